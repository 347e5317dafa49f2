//! Backward passes against central differences, on random programs.

use super::backward::{Reduction, gradient};
use super::builder::Builder;
use super::generator::{Generator, Stream};
use super::program::{Op, Program, Scope, broadcast};
use super::scheme::Shape;

const EXAMPLES: usize = 3;

/// A random program over rows, columns, matrices and scalars that ends in a scalar; every
/// operation is smooth where it is used, but for kinks that no draw here meets.
fn random_program(generator: &mut Generator) -> Program {
    let mut builder = Builder::default();
    let leaves = [
        (Op::Input(0), 1, 3),
        (Op::Input(1), 3, 1),
        (Op::Input(2), 2, 3),
        (Op::Parameter(0), 3, 4),
        (Op::Parameter(1), 1, 3),
        (Op::Parameter(2), 2, 3),
        (Op::Parameter(3), 1, 1),
        (Op::Parameter(4), 3, 1),
        (Op::Constant(0.7), 1, 1),
    ];
    let mut last = 0;
    for (op, rows, columns) in leaves {
        last = builder.leaf(op, rows, columns);
    }
    for _ in 0..40 {
        let (a, b) = (generator.index(last + 1), generator.index(last + 1));
        last = random_step(generator, &mut builder, a, b).unwrap_or(last);
    }
    // Every node counts in the root, so that adjoints fork.
    let mut root = builder.apply(Op::Norm, &[last]);
    for node in 0..=last {
        let op = [Op::Mean, Op::Sum, Op::Norm, Op::Max, Op::Min][generator.index(5)];
        let part = builder.apply(op, &[node]);
        let part = builder.apply(Op::Tanh, &[part]);
        root = builder.apply(Op::Add, &[root, part]);
    }
    builder.finish().unwrap()
}

/// One operation on nodes `a` and `b`, if their shapes fit it.
fn random_step(
    generator: &mut Generator,
    builder: &mut Builder,
    a: usize,
    b: usize,
) -> Option<usize> {
    let (left, right) = (builder.shape(a)?, builder.shape(b)?);
    let unary = [
        Op::Negate,
        Op::Relu,
        Op::LeakyRelu(0.1),
        Op::Sigmoid,
        Op::Tanh,
        Op::Abs,
        Op::Sin,
        Op::Cos,
        Op::Erf,
        Op::Softplus,
        Op::Power(2.0),
    ];
    let positive = [Op::Log, Op::Sqrt, Op::Power(-1.5), Op::Exp];
    let binary = [Op::Add, Op::Subtract, Op::Multiply, Op::Divide, Op::Max, Op::Min];
    match generator.index(6) {
        0 => Some(builder.apply(unary[generator.index(unary.len())], &[a])),
        1 => {
            let above = builder.apply(Op::Sigmoid, &[a]);
            Some(builder.apply(positive[generator.index(4)], &[above]))
        }
        2 | 3 if broadcast(left, right).is_some() => {
            // A divisor between 1/e and e.
            let b = builder.apply(Op::Tanh, &[b]);
            let b = builder.apply(Op::Exp, &[b]);
            Some(builder.apply(binary[generator.index(6)], &[a, b]))
        }
        4 if left.columns == right.rows => Some(builder.apply(Op::MatMul, &[a, b])),
        5 => Some(builder.apply(Op::Transpose, &[a])),
        _ => None,
    }
}

fn numbers(generator: &mut Generator, count: usize) -> Vec<f64> {
    (0..count).map(|_| 0.6 * generator.normal()).collect()
}

#[test]
fn gradients_match_central_differences_on_random_programs() {
    let mut compared = 0;
    for index in 0..20 {
        let mut generator = Stream::new(41).number(index).generator();
        let program = random_program(&mut generator);
        let sizes = |shapes: &[Shape]| shapes.iter().map(|s| s.size()).collect::<Vec<_>>();
        let inputs: Vec<Vec<f64>> = sizes(program.inputs())
            .into_iter()
            .map(|size| numbers(&mut generator, EXAMPLES * size))
            .collect();
        let parameters: Vec<Vec<f64>> = sizes(program.parameters())
            .into_iter()
            .map(|size| numbers(&mut generator, size))
            .collect();
        let at = |parameters: &[Vec<f64>]| {
            gradient(&program, parameters, &inputs, EXAMPLES, Reduction::Mean)
        };
        let (_, gradients) = at(&parameters);
        for (leaf, gradient) in gradients.iter().enumerate() {
            for (entry, slope) in gradient.iter().enumerate() {
                let difference = |step: f64| {
                    let (mut up, mut down) = (parameters.clone(), parameters.clone());
                    up[leaf][entry] += step;
                    down[leaf][entry] -= step;
                    (at(&up).0[0] - at(&down).0[0]) / (2.0 * step)
                };
                // Richardson: the error of the plain difference falls by four.
                let expected = (4.0 * difference(1e-4) - difference(2e-4)) / 3.0;
                let slack = 1e-7 * (1.0 + expected.abs());
                assert!(
                    (slope - expected).abs() < slack,
                    "program {index}, parameter {leaf}, entry {entry}: {slope} {expected}"
                );
                compared += 1;
            }
        }
    }
    assert!(compared > 400, "only {compared} entries were compared");
}

#[test]
fn one_batch_is_the_mean_of_its_examples() {
    for index in 0..20 {
        let mut generator = Stream::new(43).number(index).generator();
        let program = random_program(&mut generator);
        assert_eq!(program.nodes()[program.last()].scope, Scope::Example);
        let shapes = program.inputs().to_vec();
        let inputs: Vec<Vec<f64>> =
            shapes.iter().map(|s| numbers(&mut generator, EXAMPLES * s.size())).collect();
        let parameters: Vec<Vec<f64>> =
            program.parameters().iter().map(|s| numbers(&mut generator, s.size())).collect();
        let whole = gradient(&program, &parameters, &inputs, EXAMPLES, Reduction::Sum);
        let mut sum: Vec<Vec<f64>> = whole.1.iter().map(|g| vec![0.0; g.len()]).collect();
        for k in 0..EXAMPLES {
            let one: Vec<Vec<f64>> = inputs
                .iter()
                .zip(&shapes)
                .map(|(input, shape)| input[k * shape.size()..(k + 1) * shape.size()].to_vec())
                .collect();
            let part = gradient(&program, &parameters, &one, 1, Reduction::Sum).1;
            for (sum, part) in sum.iter_mut().flatten().zip(part.iter().flatten()) {
                *sum += part;
            }
        }
        for (sum, whole) in sum.iter().flatten().zip(whole.1.iter().flatten()) {
            assert!((sum - whole).abs() < 1e-11 * (1.0 + whole.abs()), "program {index}");
        }
    }
}
