//! A model's graph as a program that runs in floating point.

use crate::formula::function::{Primitive, Reduction};
use crate::formula::{Call, Operator, function::Body};
use crate::initialization::builder::Builder;
use crate::initialization::program::{Op, Program};
use crate::number::{Rational, Real};
use crate::scenario::Setup;

use super::graph::{Graph, Operation};

/// A program, and where each node of the graph stands in it.
pub(super) struct Compiled {
    pub(super) program: Program,
    pub(super) places: Vec<usize>,
}

/// The program of a set-up's graph up to its root; the error names what can't run in
/// floating point.
pub(super) fn compile(setup: &Setup, graph: &Graph, root: usize) -> Result<Compiled, String> {
    compile_with(graph, root, &|builder, name| leaf(builder, setup, name))
}

/// As [`compile`], with leaves of the caller's own.
pub(super) fn compile_with(
    graph: &Graph,
    root: usize,
    leaf: &dyn Fn(&mut Builder, &str) -> Result<usize, String>,
) -> Result<Compiled, String> {
    let mut builder = Builder::default();
    let mut places = Vec::with_capacity(graph.nodes.len());
    for node in &graph.nodes[..=root] {
        let inputs: Vec<usize> = node.inputs.iter().map(|input| places[*input]).collect();
        let place = match &node.operation {
            Operation::Leaf(name) => leaf(&mut builder, name)?,
            Operation::Constant(number) => builder.apply(Op::Constant(float(number)), &[]),
            Operation::Same => inputs[0],
            Operation::Negate => builder.apply(Op::Negate, &inputs),
            Operation::Transpose => builder.apply(Op::Transpose, &inputs),
            Operation::Binary(operator) => binary(&mut builder, graph, *operator, node, &inputs),
            Operation::Call(call) => builder.apply(function(call)?, &inputs),
        };
        places.push(place);
    }
    // The root is the program's last node, also where it is another name of an earlier one.
    if places.last().is_some_and(|last| last + 1 < builder.len()) {
        let zero = builder.apply(Op::Constant(0.0), &[]);
        if let Some(last) = places.last_mut() {
            *last = builder.apply(Op::Add, &[*last, zero]);
        }
    }
    let program = builder.finish().map_err(|error| error.to_string())?;
    Ok(Compiled { program, places })
}

fn leaf(builder: &mut Builder, setup: &Setup, name: &str) -> Result<usize, String> {
    let shape = setup.shapes.get(name).and_then(crate::formula::shape::Shape::counts);
    let (rows, columns) = shape.ok_or_else(|| format!("`{name}` has no size"))?;
    let input = setup.inputs.iter().position(|input| input == name);
    let parameter = setup.parameter_names().position(|parameter| parameter == name);
    let op = match (input, parameter) {
        (Some(index), _) => Op::Input(index),
        (None, Some(index)) => Op::Parameter(index),
        (None, None) => return Err(format!("`{name}` has no value")),
    };
    Ok(builder.leaf(op, rows, columns))
}

fn binary(
    builder: &mut Builder,
    graph: &Graph,
    operator: Operator,
    node: &super::graph::Node,
    inputs: &[usize],
) -> usize {
    match operator {
        Operator::Add => builder.apply(Op::Add, inputs),
        Operator::Subtract => builder.apply(Op::Subtract, inputs),
        Operator::Multiply | Operator::Hadamard => builder.apply(Op::Multiply, inputs),
        Operator::Divide => builder.apply(Op::Divide, inputs),
        Operator::MatMul => builder.apply(Op::MatMul, inputs),
        Operator::Power => match &graph.nodes[node.inputs[1]].operation {
            Operation::Constant(exponent) => {
                builder.apply(Op::Power(float(exponent)), &inputs[..1])
            }
            // aᵇ = exp(b ln a)
            _ => {
                let logarithm = builder.apply(Op::Log, &inputs[..1]);
                let product = builder.apply(Op::Multiply, &[inputs[1], logarithm]);
                builder.apply(Op::Exp, &[product])
            }
        },
    }
}

fn function(call: &Call) -> Result<Op, String> {
    let name = call.function.name;
    if call.at_kink.is_some() {
        return Err(format!("`{name}` with `at_kink` is exact arithmetic's alone"));
    }
    Ok(match call.function.body {
        Body::Primitive(Primitive::Exp) => Op::Exp,
        Body::Primitive(Primitive::Log) => Op::Log,
        Body::Primitive(Primitive::Sqrt) => Op::Sqrt,
        Body::Primitive(Primitive::Sigmoid) => Op::Sigmoid,
        Body::Primitive(Primitive::Tanh) => Op::Tanh,
        Body::Reduction(Reduction::Sum) => Op::Sum,
        Body::Reduction(Reduction::Mean) => Op::Mean,
        Body::Reduction(Reduction::Norm) => Op::Norm,
        Body::Piecewise { .. } => match name {
            "relu" => Op::Relu,
            "abs" => Op::Abs,
            "max" => Op::Max,
            "min" => Op::Min,
            _ => return Err(format!("`{name}` can't run in floating point yet")),
        },
    })
}

pub(super) fn float(number: &Rational) -> f64 {
    Real::from(number.clone()).to_f64()
}
