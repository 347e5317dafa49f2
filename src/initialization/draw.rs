//! Drawing a parameter: one number after another in row order, or a whole matrix at once.
//!
//! Orthogonal: Householder reflections take a matrix `A` of normal numbers to `A = Q R`; the
//! columns of `Q` times the signs of `R`'s diagonal are uniform over all orthonormal frames.
//! Without the signs they are not. Fewer columns than rows are drawn directly, otherwise the
//! transpose is.
//!
//! Source: Mezzadri (2007), How to generate random matrices from the classical compact groups.

use super::distribution::{Distribution, Family};
use super::generator::{Generator, Stream};
use super::scheme::{Scheme, Shape};

/// The entries of a parameter in row order.
#[must_use]
pub fn draw(scheme: &Scheme, shape: Shape, stream: &Stream) -> Vec<f64> {
    let Distribution { family, mean, variance, .. } = scheme.distribution(shape);
    let mut generator = stream.generator();
    let mut fill = |draw: &mut dyn FnMut(&mut Generator) -> f64| {
        (0..shape.size()).map(|_| draw(&mut generator)).collect()
    };
    match family {
        Family::Fixed => fixed(scheme, mean, shape),
        Family::Normal => {
            let std = variance.sqrt();
            fill(&mut |generator| mean + std * generator.normal())
        }
        Family::Uniform { low, high } => fill(&mut |generator| generator.uniform(low, high)),
        Family::Truncated { center, scale, low, high } => {
            fill(&mut |generator| center + scale * generator.truncated(low, high))
        }
        Family::Orthogonal => orthogonal(scheme, shape, &mut generator),
        Family::Sparse { zeros, std } => sparse(zeros, std, shape, &mut generator),
    }
}

fn fixed(scheme: &Scheme, value: f64, shape: Shape) -> Vec<f64> {
    let mut entries = vec![value; shape.size()];
    if let Scheme::Identity { gain } = scheme {
        let gain = gain.number().value();
        entries.iter_mut().step_by(shape.columns + 1).take(shape.columns).for_each(|entry| {
            *entry = gain;
        });
    }
    entries
}

fn sparse(zeros: usize, std: f64, shape: Shape, generator: &mut Generator) -> Vec<f64> {
    let mut entries: Vec<f64> = (0..shape.size()).map(|_| std * generator.normal()).collect();
    for column in 0..shape.columns {
        let mut rows: Vec<usize> = (0..shape.rows).collect();
        generator.shuffle(&mut rows);
        for row in rows.into_iter().take(zeros) {
            entries[row * shape.columns + column] = 0.0;
        }
    }
    entries
}

fn orthogonal(scheme: &Scheme, shape: Shape, generator: &mut Generator) -> Vec<f64> {
    let Scheme::Orthogonal { gain } = scheme else {
        return vec![0.0; shape.size()];
    };
    let gain = gain.number().value();
    let (long, short) = (shape.rows.max(shape.columns), shape.rows.min(shape.columns));
    let vectors: Vec<Vec<f64>> =
        (0..short).map(|_| (0..long).map(|_| generator.normal()).collect()).collect();
    let frame = orthonormal(vectors);
    let entry = |row: usize, column: usize| {
        if shape.rows >= shape.columns { frame[column][row] } else { frame[row][column] }
    };
    let rows = (0..shape.rows).flat_map(|row| (0..shape.columns).map(move |column| (row, column)));
    rows.map(|(row, column)| gain * entry(row, column)).collect()
}

/// The `Q` of the QR decomposition with positive diagonal of `R`, as a list of columns.
fn orthonormal(mut columns: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    let mut signs = Vec::with_capacity(columns.len());
    for k in 0..columns.len() {
        let (done, rest) = columns.split_at_mut(k + 1);
        let reflector = &mut done[k];
        signs.push(make_reflector(reflector, k));
        rest.iter_mut().for_each(|column| reflect(reflector, column, k));
    }
    (0..columns.len())
        .map(|j| {
            let mut column = vec![0.0; columns[j].len()];
            column[j] = signs[j];
            for k in (0..=j).rev() {
                reflect(&columns[k], &mut column, k);
            }
            column
        })
        .collect()
}

/// Replaces `a[k..]` by the unit vector of the reflection that takes it to a multiple of the
/// `k`th axis, and returns that multiple's sign.
fn make_reflector(a: &mut [f64], k: usize) -> f64 {
    let length = dot(&a[k..], &a[k..]).sqrt();
    // The sign against a[k] avoids cancellation.
    let sign = if a[k] > 0.0 { -1.0 } else { 1.0 };
    a[k] -= sign * length;
    let norm = dot(&a[k..], &a[k..]).sqrt();
    if norm > 0.0 {
        a[k..].iter_mut().for_each(|entry| *entry /= norm);
    }
    sign
}

fn reflect(unit: &[f64], column: &mut [f64], from: usize) {
    let factor = 2.0 * dot(&unit[from..], &column[from..]);
    for (entry, direction) in column[from..].iter_mut().zip(&unit[from..]) {
        *entry -= factor * direction;
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::super::exact::Number;
    use super::super::scheme::{Correction, Fan, Gain, Tails};
    use super::super::statistics::Moments;
    use super::*;

    const SHAPE: Shape = Shape { rows: 300, columns: 200 };

    fn schemes() -> Vec<Scheme> {
        let (half, fifth) = (Number::ratio(1, 2), Number::ratio(1, 5));
        let cuts = [(-2, 2), (-1, 3), (1, 2)];
        let mut all = vec![
            Scheme::Normal { mean: half, std: fifth },
            Scheme::Uniform { low: fifth, high: half },
            Scheme::LecunNormal { tails: Tails::Truncated },
            Scheme::LecunUniform,
            Scheme::XavierNormal { gain: Gain::Tanh, tails: Tails::Full },
            Scheme::XavierUniform { gain: Gain::Linear },
            Scheme::KaimingNormal { fan: Fan::In, gain: Gain::Relu, tails: Tails::Full },
            Scheme::KaimingUniform { fan: Fan::Out, gain: Gain::Selu },
            Scheme::Sparse { fraction: fifth, std: half },
        ];
        for correction in [Correction::None, Correction::Variance] {
            all.extend(cuts.map(|(low, high)| Scheme::TruncatedNormal {
                mean: half,
                std: fifth,
                low: Number::ratio(low, 1),
                high: Number::ratio(high, 1),
                correction,
            }));
        }
        all
    }

    #[test]
    fn entries_have_the_moments_and_bounds_of_their_distribution() {
        for scheme in schemes() {
            let entries = draw(&scheme, SHAPE, &Stream::new(3).name("W"));
            let expected = scheme.distribution(SHAPE);
            let found = Moments::of(&entries);
            assert!((found.mean() - expected.mean).abs() < 4.0 * found.standard_error());
            let squares: Vec<f64> = entries
                .iter()
                .map(|entry| (entry - expected.mean) * (entry - expected.mean))
                .collect();
            let spread = Moments::of(&squares);
            let error = (spread.mean() - expected.variance).abs() / spread.standard_error();
            assert!(error < 4.0, "{scheme:?}: variance {error} standard errors off");
            if let Some((low, high)) = expected.bounds {
                let inside = |entry: &f64| (low..=high).contains(entry);
                assert!(entries.iter().all(inside), "{scheme:?} left its bounds");
            }
        }
    }

    #[test]
    fn orthogonal_matrices_are_orthogonal_and_uniform() {
        for (rows, columns) in [(40, 40), (60, 20), (20, 60), (1, 1), (1, 5)] {
            let shape = Shape::new(rows, columns);
            let scheme = Scheme::Orthogonal { gain: Gain::Relu };
            let entries = draw(&scheme, shape, &Stream::new(1));
            let at = |i: usize, j: usize, k: usize| match rows >= columns {
                true => entries[k * columns + i] * entries[k * columns + j],
                false => entries[i * columns + k] * entries[j * columns + k],
            };
            let (long, short) = (rows.max(columns), rows.min(columns));
            for i in 0..short {
                for j in 0..short {
                    let product: f64 = (0..long).map(|k| at(i, j, k)).sum();
                    let expected = if i == j { 2.0 } else { 0.0 };
                    assert!((product - expected).abs() < 1e-13, "{rows}×{columns} {i} {j}");
                }
            }
        }
        // Uniformity shows in the trace: its mean over the orthogonal group is 0, its variance 1.
        // Householder's Q without the signs of R has a mean far from 0.
        let mut traces = Moments::default();
        for k in 0..2000 {
            let scheme = Scheme::Orthogonal { gain: Gain::Linear };
            let entries = draw(&scheme, Shape::new(4, 4), &Stream::new(1).number(k));
            traces.push(entries.iter().step_by(5).sum());
        }
        assert!(traces.mean().abs() < 4.0 * traces.standard_error(), "{}", traces.mean());
        assert!((traces.sample_std() - 1.0).abs() < 0.1, "{}", traces.sample_std());
    }

    #[test]
    fn a_sparse_column_has_its_zeros_and_the_identity_its_diagonal() {
        let sparse = Scheme::Sparse { fraction: Number::ratio(1, 10), std: Number::ONE };
        let entries = draw(&sparse, Shape::new(31, 7), &Stream::new(9));
        for column in 0..7 {
            let zeros = entries.iter().skip(column).step_by(7).filter(|entry| **entry == 0.0);
            assert_eq!(zeros.count(), 4);
        }
        let identity = Scheme::Identity { gain: Gain::Number(Number::ratio(3, 1)) };
        let table = [
            ((2, 3), vec![3.0, 0.0, 0.0, 0.0, 3.0, 0.0]),
            ((3, 2), vec![3.0, 0.0, 0.0, 3.0, 0.0, 0.0]),
        ];
        for ((rows, columns), expected) in table {
            let entries = draw(&identity, Shape::new(rows, columns), &Stream::new(9));
            assert_eq!(entries, expected);
        }
    }
}
