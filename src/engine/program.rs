//! A model's graph as a program that runs in floating point.

use crate::formula::function::{Body, Primitive, Reduction, Row};
use crate::formula::{Call, Expression, Operator};
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
            Operation::Call(call) => apply(&mut builder, call, &inputs)?,
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

/// A call: one operation, or the operations of the function's own formula.
fn apply(builder: &mut Builder, call: &Call, inputs: &[usize]) -> Result<usize, String> {
    let function = call.function;
    if call.at_kink.is_some() {
        let name = function.called();
        return Err(format!("`{name}` with `at_kink` is exact arithmetic's alone"));
    }
    let op = match function.body {
        Body::Primitive(primitive) => return Ok(smooth(builder, primitive, inputs[0])),
        Body::Reduction(kind) => reduced(kind),
        Body::Row(row) => return rows(builder, row, inputs),
        Body::Cases { .. } => match function.name {
            "relu" => Op::Relu,
            "leaky_relu" => Op::LeakyRelu(float(&call.constants[0])),
            "abs" => Op::Abs,
            "max" => Op::Max,
            "min" => Op::Min,
            name => {
                let formula = function.entry();
                let formula =
                    formula.ok_or_else(|| format!("`{name}` can't run in floating point yet"))?;
                let entry = expand(builder, formula, call, inputs)?;
                let total = function.total.map(reduced);
                return Ok(total.map_or(entry, |op| builder.apply(op, &[entry])));
            }
        },
    };
    Ok(builder.apply(op, inputs))
}

fn reduced(kind: Reduction) -> Op {
    match kind {
        Reduction::Sum => Op::Sum,
        Reduction::Mean => Op::Mean,
        Reduction::Norm => Op::Norm,
    }
}

fn smooth(builder: &mut Builder, primitive: Primitive, input: usize) -> usize {
    let op = match primitive {
        Primitive::Exp => Op::Exp,
        Primitive::Log => Op::Log,
        Primitive::Sqrt => Op::Sqrt,
        Primitive::Sigmoid => Op::Sigmoid,
        Primitive::Tanh => Op::Tanh,
        Primitive::Sin => Op::Sin,
        Primitive::Cos => Op::Cos,
        Primitive::Softplus => Op::Softplus,
        // ½(1 + erf(z/√2))
        Primitive::Phi => {
            let root = builder.apply(Op::Constant(std::f64::consts::FRAC_1_SQRT_2), &[]);
            let scaled = builder.apply(Op::Multiply, &[input, root]);
            let erf = builder.apply(Op::Erf, &[scaled]);
            let one = builder.apply(Op::Constant(1.0), &[]);
            let sum = builder.apply(Op::Add, &[erf, one]);
            let half = builder.apply(Op::Constant(0.5), &[]);
            return builder.apply(Op::Multiply, &[sum, half]);
        }
    };
    builder.apply(op, &[input])
}

/// A row function of a single row, with the greatest entry taken off.
fn rows(builder: &mut Builder, row: Row, inputs: &[usize]) -> Result<usize, String> {
    if builder.shape(inputs[0]).is_none_or(|shape| shape.rows != 1) {
        return Err("softmax of several rows is exact arithmetic's alone".into());
    }
    let greatest = builder.apply(Op::Max, &inputs[..1]);
    let gap = builder.apply(Op::Subtract, &[inputs[0], greatest]);
    let power = builder.apply(Op::Exp, &[gap]);
    let sum = builder.apply(Op::Sum, &[power]);
    if row == Row::Softmax {
        return Ok(builder.apply(Op::Divide, &[power, sum]));
    }
    let logarithm = builder.apply(Op::Log, &[sum]);
    let logarithms = builder.apply(Op::Subtract, &[gap, logarithm]);
    if row == Row::LogSoftmax {
        return Ok(logarithms);
    }
    let terms = builder.apply(Op::Multiply, &[inputs[1], logarithms]);
    let sum = builder.apply(Op::Sum, &[terms]);
    Ok(builder.apply(Op::Negate, &[sum]))
}

/// A formula of a function, entry by entry.
fn expand(
    builder: &mut Builder,
    formula: &Expression,
    call: &Call,
    inputs: &[usize],
) -> Result<usize, String> {
    match formula {
        Expression::Number(number) => Ok(builder.apply(Op::Constant(float(number)), &[])),
        Expression::Name(name) => {
            let place = call.function.parameters.iter().position(|known| known == name);
            let constant = call.function.constants.iter().position(|known| known.name == name);
            match (place, constant) {
                (Some(index), _) => Ok(inputs[index]),
                (None, Some(index)) => {
                    Ok(builder.apply(Op::Constant(float(&call.constants[index])), &[]))
                }
                (None, None) => Ok(builder.apply(Op::Constant(std::f64::consts::PI), &[])),
            }
        }
        Expression::Negate(inner) => {
            let inner = expand(builder, inner, call, inputs)?;
            Ok(builder.apply(Op::Negate, &[inner]))
        }
        Expression::Binary(operator, left, right) => {
            let left = expand(builder, left, call, inputs)?;
            let op = match (operator, crate::formula::chain::number(right)) {
                (Operator::Power, Some((exponent, _))) => {
                    return Ok(builder.apply(Op::Power(float(&exponent)), &[left]));
                }
                (Operator::Add, _) => Op::Add,
                (Operator::Subtract, _) => Op::Subtract,
                (Operator::Divide, _) => Op::Divide,
                _ => Op::Multiply,
            };
            let right = expand(builder, right, call, inputs)?;
            Ok(builder.apply(op, &[left, right]))
        }
        Expression::Call(inner) => {
            let arguments = inner.arguments.iter();
            let arguments = arguments.map(|argument| expand(builder, argument, call, inputs));
            let arguments = arguments.collect::<Result<Vec<_>, _>>()?;
            apply(builder, inner, &arguments)
        }
        Expression::Transpose(_) | Expression::Derivative(..) | Expression::Shown(_) => {
            Err(format!("`{}` can't run in floating point", call.function.called()))
        }
    }
}

pub(super) fn float(number: &Rational) -> f64 {
    Real::from(number.clone()).to_f64()
}
