//! The same axes for several plots of lines, so that they can be compared.

use super::plot::{Axis, Layer, Plot, Scale};
use super::range::Range;

/// Gives all plots the ranges that hold the lines of each; their scales must be the same.
pub fn share_axes(plots: &mut [&mut Plot]) {
    let values = |of: fn(&(f64, f64)) -> f64| -> Vec<f64> {
        let layers = plots.iter().flat_map(|plot| &plot.layers);
        let lines = layers.filter_map(|layer| match layer {
            Layer::Line(series) => Some(&series.points),
            Layer::Contours(_) | Layer::ErrorBars(_) | Layer::Bars(_) => None,
        });
        lines.flatten().map(of).collect()
    };
    let (xs, ys) = (values(|point| point.0), values(|point| point.1));
    for plot in plots {
        plot.x.range = range(&plot.x, &xs);
        plot.y.range = range(&plot.y, &ys);
    }
}

/// The range with the room that an axis leaves around its values.
fn range(axis: &Axis, values: &[f64]) -> Option<Range> {
    let values = values.iter().copied();
    match axis.scale {
        Scale::Linear => Some(Range::around(values, 0.06)),
        Scale::Whole => Some(Range::around(values, 0.03)),
        Scale::Log => {
            let logarithms = values.filter(|value| *value > 0.0).map(libm::log10);
            let range = Range::around(logarithms, 0.06);
            Some(Range::new(libm::exp10(range.low()), libm::exp10(range.high())))
        }
        Scale::Categories(_) => axis.range,
    }
}

#[cfg(test)]
mod tests {
    use super::super::plot::{Form, Series};
    use super::*;

    #[test]
    fn plots_share_the_range_of_all_their_values() {
        let plot = |points: &[(f64, f64)], scale: Scale| Plot {
            title: String::new(),
            description: String::new(),
            x: Axis::new("t", Scale::Whole),
            y: Axis::new("loss", scale),
            mark: '.',
            layers: vec![Layer::Line(Series {
                label: String::new(),
                points: points.to_vec(),
                form: Form::Line,
            })],
        };
        for (scale, low, high) in [(Scale::Linear, -5.94, 106.0), (Scale::Log, 0.7585, 131.8)] {
            let mut one = plot(&[(0.0, 1.0), (100.0, 10.0)], scale.clone());
            let mut other = plot(&[(0.0, f64::NAN), (50.0, 100.0)], scale);
            if one.y.scale == Scale::Linear {
                one.layers.push(one.layers[0].clone());
            }
            share_axes(&mut [&mut one, &mut other]);
            assert_eq!((one.x.range, one.y.range), (other.x.range, other.y.range));
            let (x, y) = (one.x.range.unwrap(), one.y.range.unwrap());
            assert!((x.low() + 3.0).abs() < 1e-9 && (x.high() - 103.0).abs() < 1e-9, "{x:?}");
            let near = |found: f64, expected: f64| (found - expected).abs() < 0.02 * expected.abs();
            assert!(near(y.low(), low) || (y.low() - low).abs() < 1.1, "{y:?}");
            assert!(near(y.high(), high), "{y:?}");
        }
    }
}
