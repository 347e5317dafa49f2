//! Where edges meet the sides of boxes.
//!
//! Each edge wants to run straight on. Where several want the same place they keep a distance,
//! in the order of where they come from, so that none crosses another just before a box.

/// The places of edges at a side that reaches from `-reach` to `reach`, given what they want.
pub(super) fn ports(wanted: &[f64], reach: f64, pitch: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by(|&a, &b| wanted[a].total_cmp(&wanted[b]));
    let mut places = vec![0.0; wanted.len()];
    let mut least = -reach;
    for &edge in &order {
        places[edge] = wanted[edge].clamp(-reach, reach).max(least);
        least = places[edge] + pitch;
    }
    let mut most = reach;
    for &edge in order.iter().rev() {
        places[edge] = places[edge].min(most);
        most = places[edge] - pitch;
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_keep_their_order_and_distance() {
        let table: [(&[f64], &[f64]); 6] = [
            (&[], &[]),
            (&[3.0], &[3.0]),
            (&[90.0], &[20.0]),
            // The straight one stays, the other gives way.
            (&[0.0, 60.0], &[0.0, 20.0]),
            (&[60.0, 50.0], &[20.0, 10.0]),
            (&[-70.0, 70.0, 0.0], &[-20.0, 20.0, 0.0]),
        ];
        for (wanted, expected) in table {
            assert_eq!(ports(wanted, 20.0, 10.0), expected, "{wanted:?}");
        }
    }
}
