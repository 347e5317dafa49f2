//! The adjoints that a sheet prints, read back from the sheet.

use gradsheet::engine::{self, Graph, Operation};
use gradsheet::formula::notation::Notation;
use gradsheet::scenario::{Scenario, Setup};
use gradsheet::sheet::Templates;
use gradsheet::{Audience, Format};

use super::fixed::Judge;
use super::grid::{Grid, Shape};
use super::latex::Symbols;
use super::model::Model;
use super::numbers;

use crate::shipped;

/// One scenario with all models, each with one derivation.
pub(crate) fn scenario(models: &[Model], derivation: &str) -> String {
    let mut text = String::from("title: T\nsetups:\n");
    for (index, model) in models.iter().enumerate() {
        text.push_str(&model.setup(&format!("m{index}")));
    }
    text.push_str("cells:\n");
    for index in 0..models.len() {
        text.push_str(&format!("  - derivation: {derivation}\n    of: m{index}\n"));
    }
    text
}

/// The rows of each block of formulas on the solutions.
pub(crate) fn blocks(scenario: &Scenario) -> Vec<Vec<String>> {
    let templates = Templates::built_in().unwrap();
    let files =
        shipped::rendered(scenario, &templates, &[Format::Markdown], Audience::Solutions).unwrap();
    let sheet = shipped::unbroken(&files["solutions.md"]);
    let blocks = sheet.split("\\begin{aligned}\n").skip(1);
    let rows = |block: &str| {
        let (rows, _) = block.split_once("\n\\end{aligned}").unwrap();
        rows.split(" \\\\\n").map(ToOwned::to_owned).collect()
    };
    blocks.map(rows).collect()
}

/// Checks the adjoints of one set-up, from the loss back; how many there are.
pub(crate) fn adjoints<N: Judge>(setup: &Setup, rows: &[String]) -> Result<usize, String> {
    let point = setup.start();
    let graph = engine::graph(setup);
    let example = usize::from(!setup.data.is_empty());
    let found = engine::nodes(setup, &point, example).map_err(|failure| format!("{failure:?}"))?;
    let root = graph.node("loss").ok_or("there is no loss")?;
    let numbered: Vec<usize> = numbered(&graph).filter(|index| *index <= root).collect();
    let mut list = Vec::new();
    let mut rows = rows.iter();
    if numbered.len() != rows.len() {
        return Err(format!("{} rows for {} nodes", rows.len(), numbered.len()));
    }
    for (number, index) in numbered.iter().enumerate() {
        let (value, adjoint) = &found[*index];
        list.push((format!("v_{{{}}}", number + 1), numbers::<N>(value)));
        list.push((format!(r"\bar{{v}}_{{{}}}", number + 1), numbers(adjoint)));
        if let Operation::Leaf(name) = &graph.nodes[*index].operation {
            list.push((Notation::default().latex(name), numbers(value)));
        }
    }
    let symbols = Symbols::new(list);
    for (number, index) in numbered.iter().enumerate().rev() {
        let row = rows.next().unwrap();
        let expected = numbers(&found[*index].1);
        judge(setup, &symbols, row, number + 1, &expected)
            .map_err(|what| format!("{row}: {what}"))?;
    }
    Ok(numbered.len())
}

/// Numbers of the text are no nodes.
fn numbered(graph: &Graph) -> impl Iterator<Item = usize> {
    let nodes = graph.nodes.iter().enumerate();
    nodes.filter(|(_, node)| !matches!(node.operation, Operation::Constant(_))).map(|(i, _)| i)
}

/// The rows of a name.
fn rows_of(setup: &Setup, name: &str) -> Option<usize> {
    Some(setup.shapes.get(name)?.counts()?.0)
}

fn judge<N: Judge>(
    setup: &Setup,
    symbols: &Symbols<N>,
    row: &str,
    number: usize,
    expected: &Grid<N>,
) -> Result<(), String> {
    let start = format!(r"\bar{{v}}_{{{number}}} &= ");
    let row = row.strip_prefix(&start).ok_or(format!("no `{start}`"))?;
    let (row, space) = row.split_once(r" \in ").ok_or("there is no space")?;
    // A size with a name prints by its name.
    let space = match rows_of(setup, "x") {
        Some(rows) => space.replace("{k ", &format!("{{{rows} ")),
        None => space.to_owned(),
    };
    if space != space_of(expected.shape) {
        return Err(format!("{:?} is not {space}", expected.shape));
    }
    worked_out(symbols, row.rsplit(" = ").next().unwrap_or(row), expected)
}

/// Checks the gradients of one set-up, and the adjoints of definitions on their way.
pub(crate) fn gradients<N: Judge>(setup: &Setup, rows: &[String]) -> Result<usize, String> {
    let point = setup.start();
    let graph = engine::graph(setup);
    let example = usize::from(!setup.data.is_empty());
    let found = engine::nodes(setup, &point, example).map_err(|failure| format!("{failure:?}"))?;
    let partial = |name: &str| {
        let (loss, name) = (Notation::default().latex("loss"), Notation::default().latex(name));
        format!(r"\frac{{\partial {loss}}}{{\partial {name}}}")
    };
    let mut list = Vec::new();
    for (name, index) in &graph.names {
        let (value, adjoint) = &found[*index];
        list.push((Notation::default().latex(name), numbers::<N>(value)));
        list.push((partial(name), numbers(adjoint)));
    }
    let symbols = Symbols::new(list);
    let mut missing: Vec<&str> = setup.parameter_names().collect();
    for row in rows {
        let (left, formula) = row.split_once(" &= ").ok_or("no row of a formula")?;
        let found_name = graph.names.iter().find(|(name, _)| partial(name) == left);
        let (name, index) = found_name.ok_or(format!("what is {left}?"))?;
        missing.retain(|parameter| parameter != name);
        worked_out(&symbols, formula, &numbers(&found[*index].1))
            .map_err(|what| format!("{row}: {what}"))?;
    }
    if missing.is_empty() { Ok(rows.len()) } else { Err(format!("no gradient of {missing:?}")) }
}

/// Checks the value of a formula.
fn worked_out<N: Judge>(
    symbols: &Symbols<N>,
    formula: &str,
    expected: &Grid<N>,
) -> Result<(), String> {
    if formula == "0" && expected.entries.iter().all(|entry| entry.sign() == 0) {
        // Nothing is said of the size of 0.
        return Ok(());
    }
    let found = symbols.value(formula)?.fit(expected.shape)?;
    let mut pairs = expected.entries.iter().zip(&found.entries);
    if pairs.all(|(expected, found)| expected.same(found)) {
        return Ok(());
    }
    Err(format!("{:?} instead of {:?}", found.entries, expected.entries))
}

fn space_of(shape: Shape) -> String {
    match shape {
        None => r"\mathbb{R}".into(),
        Some((rows, columns)) => format!(r"\mathbb{{R}}^{{{rows} \times {columns}}}"),
    }
}
