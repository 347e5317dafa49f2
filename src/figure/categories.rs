//! Names below an axis, so that none runs into another.

use super::layout::WIDTH;
use super::text;
use super::ticks::Tick;

/// Least distance between two names in one row.
const GAP: i32 = 90;

/// At most so many lines for a name.
const LINES: usize = 3;

/// Ways to give names room, in the order of preference: how many rows they stand in
/// by turns, and which part of them is shown.
const WAYS: [(usize, usize); 9] =
    [(1, 1), (2, 1), (3, 1), (1, 2), (1, 5), (1, 10), (1, 20), (1, 50), (1, 100)];

/// Gives names room, in several lines if need be. `slot` is the distance between
/// neighbours on the drawing, and `place` says where a tick stands.
pub(super) fn arrange(ticks: Vec<Tick>, slot: i32, place: impl Fn(&Tick) -> i32) -> Vec<Tick> {
    let wrapped = |step: usize, limit: i32| -> Option<Vec<Vec<String>>> {
        let lines = |tick: &Tick| {
            let to_edge = place(tick).min(WIDTH - place(tick));
            wrap(&tick.label, limit.min(2 * to_edge))
        };
        ticks.iter().step_by(step).map(lines).collect()
    };
    for (rows, step) in WAYS {
        let limit = slot.saturating_mul(i32::try_from(step * rows).unwrap_or(i32::MAX)) - GAP;
        let Some(widest) = wrapped(step, limit) else {
            continue;
        };
        // As narrow as the same number of lines allows, so that names alike look alike.
        let depth = deepest(&widest);
        let narrowest = (1..8)
            .filter_map(|part| wrapped(step, limit / 8 * part))
            .find(|names| deepest(names) == depth);
        let names = narrowest.unwrap_or(widest);
        let row = |row: usize| names.iter().skip(row).step_by(rows);
        let depths: Vec<usize> =
            (0..rows).map(|number| row(number).map(Vec::len).max().unwrap_or(0)).collect();
        let mut labels = names.iter().enumerate().map(|(number, lines)| {
            let above: usize = depths.iter().take(number % rows).sum();
            "\n".repeat(above) + &lines.join("\n")
        });
        let label = |k: usize| if k.is_multiple_of(step) { labels.next() } else { None };
        let labels: Vec<Option<String>> = (0..ticks.len()).map(label).collect();
        return ticks
            .iter()
            .zip(labels)
            .map(|(tick, label)| Tick { at: tick.at, label: label.unwrap_or_default() })
            .collect();
    }
    ticks.into_iter().map(|tick| Tick { label: String::new(), ..tick }).collect()
}

/// The number of lines of the name with most.
fn deepest(names: &[Vec<String>]) -> usize {
    names.iter().map(Vec::len).max().unwrap_or(0)
}

/// A name in lines no wider than the limit, broken at spaces and after `_`; none
/// where that takes too many lines or a word is too long.
fn wrap(name: &str, limit: i32) -> Option<Vec<String>> {
    let mut lines: Vec<String> = Vec::new();
    for word in name.split_inclusive(|c: char| c == '_' || c.is_whitespace()) {
        match lines.last_mut().filter(|line| fits(&format!("{line}{word}"), limit)) {
            Some(line) => line.push_str(word),
            None => lines.push(word.to_owned()),
        }
    }
    let legible = lines.len() <= LINES && lines.iter().all(|line| fits(line, limit));
    legible.then(|| lines.iter().map(|line| line.trim().to_owned()).collect())
}

fn fits(line: &str, limit: i32) -> bool {
    text::width(line.trim()) <= limit
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The labels of names in equal steps on a drawing's whole width.
    fn arranged(names: &[&str]) -> Vec<String> {
        let ticks: Vec<Tick> = names
            .iter()
            .zip(0_u32..)
            .map(|(name, k)| Tick { at: f64::from(k), label: (*name).to_owned() })
            .collect();
        let slot = 5400 / i32::try_from(names.len()).unwrap();
        let place = |tick: &Tick| {
            let k = ticks.iter().position(|other| other == tick).unwrap();
            300 + slot / 2 + slot * i32::try_from(k).unwrap()
        };
        arrange(ticks.clone(), slot, place).into_iter().map(|tick| tick.label).collect()
    }

    #[test]
    fn long_names_get_lines_then_rows() {
        let short = ["0", "−1", "−2", "−4", "−10⁶"];
        assert_eq!(arranged(&short), short);
        let schemes = ["zeros", "xavier_normal", "kaiming_normal", "W: identity", "identity"];
        let wrapped = ["zeros", "xavier_\nnormal", "kaiming_\nnormal", "W:\nidentity", "identity"];
        assert_eq!(arranged(&schemes), wrapped);
        let many = ["orthogonal"; 8];
        let rows = ["orthogonal", "\northogonal"];
        assert_eq!(arranged(&many), rows.repeat(4));
    }

    #[test]
    fn names_are_left_out_before_they_collide() {
        let values: Vec<String> = (0..60).map(|k| format!("0.{k:03}")).collect();
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        let labels = arranged(&values);
        let shown: Vec<&str> = labels.iter().map(|l| l.trim()).filter(|l| !l.is_empty()).collect();
        assert_eq!(labels.len(), 60);
        assert_eq!(shown[..3], ["0.000", "0.010", "0.020"]);
        assert!(arranged(&["x".repeat(90).as_str(); 3]).iter().all(String::is_empty));
    }
}
