//! A function of one number and its derivative: in floating point for plots, exact for what
//! is told of them.

use crate::formula::{Expression, Failure, Prove};
use crate::initialization::backward::Adjoints;
use crate::initialization::forward::Tape;
use crate::initialization::matrix::Threads;
use crate::initialization::program::Op;
use crate::number::{Real, Sign};
use crate::trace::{Tensor, Value};

use super::backward::{Slope, backward};
use super::forward::{Stop, forward};
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

/// The exact value and derivative of an expression in `z` at a point; on a kink the
/// derivative is the convention's.
///
/// # Errors
///
/// A branch that is undecided, or a number out of range.
pub fn curve_at(expression: &Expression, z: &Real) -> Result<[Value; 2], Failure> {
    let graph = Graph::new(["z"].into_iter(), [("f", expression)].into_iter());
    let leaf = |_: &str| Tensor::from(z.clone());
    let run = || -> Result<[Tensor; 2], Stop> {
        let mut prove = Prove;
        let pass = forward(&graph, &leaf, &mut prove)?;
        let root = graph.node("f").unwrap_or(graph.nodes.len() - 1);
        let seed = (root, Tensor::from(Real::one()));
        let own = |_| Slope::Own(Sign::Zero);
        let adjoints = backward(&graph, &pass, seed, &mut prove, &own)?;
        let input = graph.node("z").unwrap_or(0);
        Ok([pass.values[root].clone(), adjoints[input].clone()])
    };
    let found = run().map_err(Stop::failure)?;
    let zero = || Value::Real(Real::zero());
    Ok(found.map(|tensor| tensor.scalar().cloned().unwrap_or_else(zero)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formula::parse;

    #[test]
    fn a_point_of_a_curve_is_exact() {
        let at = |text: &str, z: i64| {
            let found = curve_at(&parse(text).unwrap().expression, &Real::from(z)).unwrap();
            found.map(|value| {
                let number = value.real().and_then(Real::as_rational);
                number.map(|number| number.to_string()).unwrap_or_default()
            })
        };
        // d/dz of z^2 - 3z is 2z - 3; ReLU's derivative is 0 on its kink; the constant's is 0.
        assert_eq!(at("z^2 - 3*z", -2), ["10", "-7"]);
        assert_eq!(at("relu(z)", 0), ["0", "0"]);
        assert_eq!(at("z/3", 2), ["2/3", "1/3"]);
        assert_eq!(at("1/z", 0), ["", ""]);
    }

    #[test]
    fn a_curve_has_the_function_s_values_and_slopes() {
        let curve_of = |text: &str, points: &[f64]| curve(&parse(text).unwrap().expression, points);
        let points = [-2.0, 0.5];
        assert_eq!(curve_of("relu(z)", &points), Some((vec![0.0, 0.5], vec![0.0, 1.0])));
        assert_eq!(curve_of("z^2 - 3*z", &points), Some((vec![10.0, -1.25], vec![-7.0, -2.0])));
    }
}
