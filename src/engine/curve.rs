//! A function of one number and its derivative, in floating point: for plots alone.

use crate::formula::Expression;
use crate::initialization::backward::Adjoints;
use crate::initialization::forward::Tape;
use crate::initialization::matrix::Threads;
use crate::initialization::program::Op;

use super::graph::Graph;
use super::program::compile_with;

/// The values and the derivatives of an expression in `z` at the given points; none where
/// it can't run in floating point.
pub fn curve(expression: &Expression, points: &[f64]) -> Option<(Vec<f64>, Vec<f64>)> {
    let graph = Graph::new(["z"].into_iter(), [("f", expression)].into_iter());
    let root = graph.node("f")?;
    let compiled =
        compile_with(&graph, root, &|builder, _| Ok(builder.leaf(Op::Input(0), 1, 1))).ok()?;
    let mut tape = Tape::new(&compiled.program, &[], Threads::One);
    tape.run(vec![points], points.len());
    let end = *compiled.places.last()?;
    let values = tape.value(end).to_vec();
    let input = *compiled.places.first()?;
    let mut slopes = vec![0.0; points.len()];
    let mut adjoints = Adjoints::new(&compiled.program, &[input]);
    adjoints.run(&tape, end, &vec![1.0; points.len()], |node, adjoint| {
        if node == input {
            slopes.copy_from_slice(adjoint);
        }
    });
    (values.len() == points.len()).then_some((values, slopes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formula::parse;

    #[test]
    fn a_curve_has_the_function_s_values_and_slopes() {
        let curve_of = |text: &str, points: &[f64]| curve(&parse(text).unwrap().expression, points);
        let points = [-2.0, 0.5];
        assert_eq!(curve_of("relu(z)", &points), Some((vec![0.0, 0.5], vec![0.0, 1.0])));
        assert_eq!(curve_of("z^2 - 3*z", &points), Some((vec![10.0, -1.25], vec![-7.0, -2.0])));
    }
}
