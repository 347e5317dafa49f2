//! Derivations in symbols: node by node, definition by definition, and for numbers by
//! the chain rule; each must come to the engine's number when the numbers are put in.

use gradsheet::engine::{self, Graph, Operation};
use gradsheet::formula::adjoint::{self, Shapes};
use gradsheet::formula::shape::{Shape, Size};
use gradsheet::formula::{Call, Expression, Operator, chain};
use gradsheet::scenario::Setup;
use gradsheet::trace::{Example, Tensor};

use super::fixed::Judge;
use super::grid::{self, Grid};
use super::numbers;
use super::symbol::evaluate;

/// Before the name of what an adjoint belongs to.
const BAR: &str = "adjoint of ";

fn shape(shape: grid::Shape) -> Shape {
    shape.map_or(Shape::Scalar, |(rows, columns)| {
        Shape::Matrix(Size::number(rows), Size::number(columns))
    })
}

fn judge<N: Judge>(
    expression: &Expression,
    expected: &Grid<N>,
    lookup: &dyn Fn(&str) -> Option<Grid<N>>,
) -> Result<(), String> {
    let fail = |what: String| Err(format!("{expression}: {what}"));
    let is_zero = |entry: &N| entry.sign() == 0;
    if *expression == Expression::integer(0) && expected.entries.iter().all(is_zero) {
        // Nothing is said of the size of 0.
        return Ok(());
    }
    match evaluate(expression, lookup).and_then(|open| open.fit(expected.shape)) {
        Err(what) => fail(what),
        Ok(found) => {
            let mut pairs = expected.entries.iter().zip(&found.entries);
            if pairs.all(|(expected, found)| expected.same(found)) {
                return Ok(());
            }
            fail(format!("{:?} instead of {:?}", found.entries, expected.entries))
        }
    }
}

/// The adjoints of the data, of the first example.
pub(crate) fn data(setup: &Setup) -> Vec<(String, Tensor)> {
    let point = setup.start();
    let graph = engine::graph(setup);
    let nodes = engine::nodes(setup, &point, usize::from(!setup.data.is_empty())).unwrap();
    let adjoint = |name: &String| (name.clone(), nodes[graph.names[name.as_str()]].1.clone());
    setup.inputs.iter().map(adjoint).collect()
}

/// Every node's adjoint from those of the nodes that use it; how many there are.
pub(crate) fn nodes<N: Judge>(setup: &Setup, example: usize) -> Result<usize, String> {
    let point = setup.start();
    let graph = engine::graph(setup);
    let found = engine::nodes(setup, &point, example).map_err(|failure| format!("{failure:?}"))?;
    let values: Vec<Grid<N>> = found.iter().map(|(value, _)| numbers(value)).collect();
    let adjoints: Vec<Grid<N>> = found.iter().map(|(_, adjoint)| numbers(adjoint)).collect();
    let lookup = |name: &str| match name.strip_prefix(BAR) {
        Some(node) => Some(adjoints[node.parse::<usize>().ok()?].clone()),
        None => Some(values[name.strip_prefix("node ")?.parse::<usize>().ok()?].clone()),
    };
    let root = graph.node("loss").ok_or("there is no loss")?;
    let mut shapes = Shapes::new();
    for (index, value) in values.iter().enumerate() {
        shapes.insert(format!("node {index}"), shape(value.shape));
        shapes.insert(format!("{BAR}{index}"), shape(value.shape));
    }
    let mut count = 0;
    let is_number = |index: &usize| matches!(graph.nodes[*index].operation, Operation::Constant(_));
    for index in (0..root).filter(|index| !is_number(index)) {
        let mut summands = Vec::new();
        for consumer in (0..=root).filter(|user| graph.nodes[*user].inputs.contains(&index)) {
            let bar = Expression::Name(format!("{BAR}{consumer}"));
            let given = (consumer != root).then_some(&bar);
            let operation = operation(&graph, consumer);
            summands.extend(adjoint::shares(&operation, given, &format!("node {index}"), &shapes));
        }
        count += 1;
        judge(&adjoint::total(summands), &adjoints[index], &lookup)
            .map_err(|what| format!("node {index}, {}: {what}", graph.nodes[index].expression))?;
    }
    Ok(count)
}

/// A node's operation over the nodes that it uses; numbers of the text stand as they are.
fn operation(graph: &Graph, index: usize) -> Expression {
    let node = &graph.nodes[index];
    let input = |position: usize| {
        let input = node.inputs[position];
        match &graph.nodes[input].operation {
            Operation::Constant(_) => Expression::clone(&graph.nodes[input].expression),
            _ => Expression::Name(format!("node {input}")),
        }
    };
    match &node.operation {
        Operation::Leaf(_) | Operation::Constant(_) => Expression::clone(&node.expression),
        Operation::Same => input(0),
        Operation::Negate => Expression::Negate(Box::new(input(0))),
        Operation::Transpose => Expression::Transpose(Box::new(input(0))),
        Operation::Binary(operator) => Expression::binary(*operator, input(0), input(1)),
        Operation::Call(call) => {
            let arguments = (0..node.inputs.len()).map(input).collect();
            Expression::Call(Call { arguments, ..Call::clone(call) })
        }
    }
}

/// Every definition's and every parameter's adjoint from those of the definitions that
/// use it.
pub(crate) fn definitions<N: Judge>(setup: &Setup, record: &Example) -> Result<usize, String> {
    let adjoint = |name: &str| record.adjoints.get(name).or(record.gradient.get(name));
    let start = setup.start();
    let parameter = |name: &str| start.get(name);
    let lookup = |name: &str| match name.strip_prefix(BAR) {
        Some(name) => adjoint(name).map(numbers),
        None => parameter(name).or(record.values.get(name)).map(numbers),
    };
    let end = setup.model.iter().position(|line| line.name == "loss").ok_or("no loss")?;
    let lines = &setup.model[..=end];
    let mut count = 0;
    for (name, expected) in record.adjoints.iter().chain(record.gradient.iter()) {
        let mut summands = Vec::new();
        for line in lines {
            let bar = Expression::Name(format!("{BAR}{}", line.name));
            let given = (line.name != "loss").then_some(&bar);
            summands.extend(adjoint::shares(&line.expression, given, name, &setup.shapes));
        }
        count += 1;
        judge::<N>(&adjoint::total(summands), &numbers(expected), &lookup)
            .map_err(|what| format!("{name}: {what}"))?;
    }
    Ok(count)
}

/// Every parameter's gradient by the chain rule, in a model of numbers alone.
pub(crate) fn chain_rule<N: Judge>(setup: &Setup, record: &Example) -> Result<usize, String> {
    let start = setup.start();
    let lookup = |name: &str| start.get(name).or(record.values.get(name)).map(numbers);
    let definition = |name: &str| setup.definition(name);
    let mut count = 0;
    for (name, expected) in record.gradient.iter() {
        let loss = setup.definition("loss").ok_or("there is no loss")?;
        let Some(products) = chain::derivative(loss, name, &definition) else { continue };
        let terms = products.into_iter().map(|product| {
            let factors = product.factors.into_iter();
            let multiply = |left, right| Expression::binary(Operator::Multiply, left, right);
            let term = factors.reduce(multiply).expect("a product has factors");
            if product.negative { Expression::Negate(Box::new(term)) } else { term }
        });
        count += 1;
        judge::<N>(&adjoint::total(terms.collect()), &numbers(expected), &lookup)
            .map_err(|what| format!("{name}: {what}"))?;
    }
    Ok(count)
}
