//! The default sheet, tables, and derivations in symbols.

use crate::catalogue::Setting;
use crate::derivation::{Gradients, write_out};
use crate::formula::latex::Printer;
use crate::formula::{Call, Expression, notation::Notation, notation::indexed};
use crate::number::{Fault, Rational};
use crate::scenario::{
    Audience, Cell, Content, ExperimentId, Generated, Generator, PlotKind, Reduction, RunId,
    Scenario, Setup,
};
use crate::trace::Trace;

use super::build::Paper;
use super::initializers;
use super::meaning::{derivative, meanings};
use super::names::{conventions, run_heading, run_title};
use super::prose::Prose;
use super::show::{Numbers, Row, aligned};
use super::view::{CellView, SetupView};
use super::words::{listed, with_mark};

/// The most generated examples that are listed.
const MAX_ROWS: usize = 20;

/// The cells of a scenario that has none: the rules, every iteration told, the plots.
pub(super) fn cells(scenario: &Scenario) -> Vec<Cell> {
    let runs = scenario.run_ids();
    let solutions =
        |content| Cell { audience: Audience::Solutions, label: None, title: None, content };
    let mut cells = Vec::new();
    if !runs.is_empty() {
        let rules = Content::Rules(runs.clone());
        cells.push(Cell { audience: Audience::Both, label: None, title: None, content: rules });
    }
    cells.extend(runs.iter().map(|run| solutions(Content::Narration(*run))));
    for (index, setup) in scenario.setups.iter().enumerate() {
        let of: Vec<RunId> = runs.iter().copied().filter(|id| id.setup == index).collect();
        let experiments = (0..setup.experiments.len())
            .map(|experiment| Content::Experiment(ExperimentId { setup: index, experiment }));
        cells.extend(experiments.map(solutions));
        if of.is_empty() {
            continue;
        }
        let given = setup.gradients.is_some();
        if !given && setup.trained_names().count() == 2 && setup.is_scalar() {
            let plot = Content::Plot { kind: PlotKind::Trajectory, of: of.clone() };
            cells.push(solutions(plot));
        }
        if !given {
            cells.push(solutions(Content::Plot { kind: PlotKind::Loss, of: of.clone() }));
        }
        cells.push(solutions(Content::Table { of }));
    }
    cells
}

/// The set-ups of a scenario, described.
pub(super) fn setups(
    scenario: &Scenario,
    prose: &Prose,
    paper: Paper,
) -> Result<Vec<CellView>, Fault> {
    let several = scenario.setups.len() > 1;
    let view = |setup: &Setup| {
        let name = several.then(|| setup.name.clone());
        setup_view(setup, name, prose, paper).map(CellView::Setup)
    };
    scenario.setups.iter().map(view).collect()
}

fn setup_view(
    setup: &Setup,
    name: Option<String>,
    prose: &Prose,
    paper: Paper,
) -> Result<SetupView, Fault> {
    let undefined = prose.word("undefined");
    let numbers = Numbers { display: &setup.display, mark: prose.mark(), undefined: &undefined };
    let notation = &setup.notation;
    let start = initializers::values(setup, &numbers)?;
    let mut data_rows = Vec::new();
    // Generated data that are too many for a table are told by their generator alone.
    let told = setup.generated.is_some() && setup.data.len() > MAX_ROWS;
    for (index, row) in setup.data.iter().enumerate().filter(|_| !told) {
        let mut cells = vec![(index + 1).to_string()];
        for value in row {
            cells.push(format!("${}$", numbers.given(value)?.latex()));
        }
        data_rows.push(cells);
    }
    let mut data_head = vec![prose.word("example")];
    data_head.extend(setup.inputs.iter().map(|input| format!("${}$", notation.latex(input))));
    let count = setup.batches.len().to_string();
    let asked = paper != Paper::Solutions && !setup.runs.is_empty();
    let task = match (count.as_str(), setup.runs.len()) {
        ("1", 1) => "task_one",
        ("1", _) => "task_one_each",
        (_, 1) => "task",
        _ => "task_each",
    };
    Ok(SetupView {
        name,
        meanings: meanings(setup, prose, &numbers),
        model: match setup.gradients {
            Some(_) => String::new(),
            None => aligned(&definitions(setup, &numbers)),
        },
        start: start.join(r",\quad "),
        sizes: initializers::sizes(setup).join(r",\; "),
        distributions: initializers::distributions(setup, prose, &numbers)?,
        drawn: if setup.runs.is_empty() {
            String::new()
        } else {
            initializers::drawn(setup, &numbers)?.join(r",\quad ")
        },
        generated: setup
            .generated
            .as_ref()
            .map_or_else(String::new, |data| generated(setup, data, prose)),
        data_head,
        data_rows,
        notes: notes(setup, &numbers, prose)?,
        batches: batches(setup, prose),
        runs: setup.runs.iter().map(|run| run_line(run, setup, &numbers, prose)).collect(),
        task: if asked { prose.say(task, &[("count", count)]) } else { String::new() },
    })
}

/// What a generator makes, in a sentence.
fn generated(setup: &Setup, data: &Generated, prose: &Prose) -> String {
    let names: Vec<String> =
        data.names.iter().map(|(name, _)| setup.notation.latex(name)).collect();
    let (kind, numbers) = match data.generator {
        Generator::Gaussian => ("gaussian", [0.0, 1.0]),
        Generator::Uniform { low, high } => ("uniform", [low, high]),
        Generator::Linear { noise } => ("linear", [noise, 0.0]),
        Generator::TwoMoons { noise } => ("two_moons", [noise, 0.0]),
        Generator::Spiral { noise } => ("spiral", [noise, 0.0]),
    };
    let math = |number: f64| format!("${}$", with_mark(&number.to_string(), prose.mark()));
    let blanks = [
        ("count", data.count.to_string()),
        ("names", format!("${}$", names.join(", "))),
        ("first", math(numbers[0])),
        ("second", math(numbers[1])),
    ];
    prose.say(&format!("data_{kind}"), &blanks)
}

fn definitions(setup: &Setup, numbers: &Numbers<'_>) -> Vec<Row> {
    let latex = |name: &str| setup.notation.latex(name);
    let number = |number: &_| numbers.rational(number);
    let printer = Printer { name: &latex, number: &number };
    let shown = setup.model.iter().filter(|line| !setup.inline.contains(&line.name));
    let row = |line: &crate::scenario::Definition| {
        let mut row = Row::new(latex(&line.name));
        row.step(printer.latex(&write_out(setup, &line.expression)), true);
        row
    };
    shown.map(row).collect()
}

fn run_line(
    run: &crate::scenario::Run,
    setup: &Setup,
    numbers: &Numbers<'_>,
    prose: &Prose,
) -> String {
    let mut options = Vec::new();
    for (name, setting) in run.options.iter() {
        let Setting::Number(number) = setting else { continue };
        // What is not there is not told.
        let absent = ["dampening", "momentum", "learning_rate_decay", "initial_accumulator"];
        let unused = name == "momentum_decay" && run.options.word("form") == "simple";
        if unused || (absent.contains(&name) && *number == Rational::ZERO) {
            continue;
        }
        let latex = setup.notation.in_rule(name);
        match run.rates.as_ref().filter(|_| name == "learning_rate") {
            Some(rates) => {
                let rates = rates.iter().map(|rate| numbers.rational(rate).latex());
                let rates: Vec<String> = rates.collect();
                options.push(format!("${}$", equations(&latex, &rates)));
            }
            None => options.push(format!("${latex} = {}$", numbers.rational(number).latex())),
        }
    }
    options.extend(conventions(prose, setup, run));
    let name = run_heading(prose, run);
    let blanks = [("name", name), ("run", run.name.clone()), ("options", listed(&options))];
    prose.say("run_line", &blanks)
}

/// `\alpha_1 = 0.5, \alpha_2 = 0.25`; of many the first and the last ones.
fn equations(latex: &str, values: &[String]) -> String {
    let one = |(index, value): (usize, &String)| {
        format!("{} = {value}", indexed(latex, &(index + 1).to_string()))
    };
    let all: Vec<String> = values.iter().enumerate().map(one).collect();
    match all.as_slice() {
        [first, second, .., last] if all.len() > 8 => {
            listed(&[first.clone(), second.clone(), r"\dots".to_owned(), last.clone()])
        }
        _ => listed(&all),
    }
}

/// What is told of a set-up beside its model and data.
fn notes(setup: &Setup, numbers: &Numbers<'_>, prose: &Prose) -> Result<Vec<String>, Fault> {
    let mut notes = Vec::new();
    let frozen: Vec<String> = setup
        .parameters
        .iter()
        .filter(|parameter| parameter.frozen)
        .map(|parameter| format!("${}$", setup.notation.latex(&parameter.name)))
        .collect();
    if !frozen.is_empty() {
        notes.push(prose.say("frozen", &[("names", frozen.join(", "))]));
    }
    let several = setup.gradients.is_none() && setup.batches.iter().any(|batch| batch.len() > 1);
    match setup.reduction {
        Reduction::Sum => notes.push(prose.word("reduction_sum")),
        Reduction::Mean if several => notes.push(prose.word("reduction_mean")),
        Reduction::Mean => {}
    }
    let mut given = Vec::new();
    for (state, values) in setup.initial_state.iter() {
        for (parameter, value) in values.iter() {
            let name = format!(
                "{}^{{{}}}",
                setup.notation.in_rule(state),
                setup.notation.latex(parameter)
            );
            given.push(format!("{name} = {}", numbers.given(value)?.latex()));
        }
    }
    if setup.start_iteration > 0 {
        let t = setup.start_iteration.to_string();
        let key = if t == "1" { "start_iteration_one" } else { "start_iteration" };
        notes.push(prose.say(key, &[("t", t)]));
    }
    if !given.is_empty() {
        notes.push(prose.say("initial_state", &[("values", given.join(r",\quad "))]));
    }
    for (index, gradient) in setup.gradients.iter().flatten().enumerate() {
        let mut parts = Vec::new();
        for (parameter, value) in gradient.iter() {
            let (loss, name) = (setup.notation.latex("loss"), setup.notation.latex(parameter));
            parts.push(format!(r"\nabla_{{{name}}} {loss} = {}", numbers.given(value)?.latex()));
        }
        let t = (setup.start_iteration + index + 1).to_string();
        let blanks = [("t", t), ("values", parts.join(r",\quad "))];
        notes.push(prose.say("gradients_given", &blanks));
    }
    Ok(notes)
}

fn batches(setup: &Setup, prose: &Prose) -> String {
    let batches = &setup.batches;
    if batches.is_empty() || setup.data.is_empty() {
        return String::new();
    }
    let all: Vec<usize> = (1..=setup.data.len()).collect();
    if batches.iter().all(|batch| *batch == all) {
        return prose.word("batches_all");
    }
    if batches.len() > 12 {
        return prose.say("batches_many", &[("count", batches.len().to_string())]);
    }
    let list =
        |batch: &Vec<usize>| batch.iter().map(ToString::to_string).collect::<Vec<_>>().join(" + ");
    let listed: Vec<String> = batches.iter().map(list).collect();
    prose.say("batches_listed", &[("list", listed.join(", "))])
}

/// A table of parameters and losses by iteration.
pub(super) fn table(
    scenario: &Scenario,
    trace: &Trace,
    prose: &Prose,
    of: &[RunId],
) -> Result<CellView, Fault> {
    let undefined = prose.word("undefined");
    let numbers = |display| Numbers { display, mark: prose.mark(), undefined: &undefined };
    let mut names: Vec<String> = Vec::new();
    for id in of {
        let (setup, _) = scenario.run(*id);
        let latex = setup.parameter_names().map(|name| setup.notation.latex(name));
        for name in latex.collect::<Vec<_>>() {
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    let mut head = vec![prose.word("run"), "$t$".to_owned()];
    head.extend(names.iter().map(|name| format!("${name}$")));
    let losses = of.iter().any(|id| scenario.run(*id).0.gradients.is_none());
    if losses {
        head.push(format!("${}$", scenario.run(of[0]).0.notation.latex("loss")));
    }
    let mut rows = Vec::new();
    for id in of {
        let (setup, run) = scenario.run(*id);
        let records = trace.setups.get(&setup.name).and_then(|record| record.runs.get(&run.name));
        let title = run_title(scenario, prose, *id, of);
        for record in records.map(|run| run.printed()).unwrap_or_default() {
            let mut row = vec![title.clone(), record.t.to_string()];
            for latex in &names {
                let mut own = setup.parameter_names();
                let found = own.find(|name| setup.notation.latex(name) == *latex);
                let value = found.and_then(|name| record.parameters.get(name));
                row.push(
                    value
                        .map_or(Ok(String::new()), |value| number(&numbers(&run.display), value))?,
                );
            }
            match &record.loss {
                Some(value) => row.push(number(&numbers(&run.display), value)?),
                None if losses => row.push(String::new()),
                None => {}
            }
            rows.push(row);
        }
    }
    Ok(CellView::Table {
        title: prose.word(if losses { "table_title" } else { "table_title_parameters" }),
        head,
        rows,
    })
}

fn number(numbers: &Numbers<'_>, value: &crate::trace::Tensor) -> Result<String, Fault> {
    Ok(format!("${}$", numbers.tensor(value)?.latex()))
}

/// The gradient of every parameter in symbols, and the derivatives that it uses.
pub(super) fn gradients(
    setup: &Setup,
    prose: &Prose,
    numbers: &Numbers<'_>,
) -> (String, Vec<String>) {
    let latex = |name: &str| match name.strip_prefix("adjoint ") {
        Some(node) => partial(&setup.notation, node),
        None => setup.notation.latex(name),
    };
    let number = |number: &_| numbers.rational(number);
    let printer = Printer { name: &latex, number: &number };
    let symbolic = Gradients::new(setup);
    let mut rows = Vec::new();
    let mut calls: Vec<(Call, usize)> = Vec::new();
    let mut shown = meanings(setup, prose, numbers);
    for (name, expression) in symbolic.adjoints.iter().chain(&symbolic.gradients) {
        let mut row = Row::new(partial(&setup.notation, name));
        row.step(printer.latex(&write_out(setup, expression)), true);
        rows.push(row);
        expression.any(&mut |node| {
            if let Expression::Derivative(call, index) = node {
                let same = |(known, other): &(Call, usize)| {
                    known.function == call.function
                        && other == index
                        && known.at_kink == call.at_kink
                };
                if !calls.iter().any(same) {
                    calls.push((call.clone(), *index));
                }
            }
            false
        });
    }
    shown.extend(calls.iter().map(|(call, index)| derivative(call, *index, prose, &printer)));
    (aligned(&rows), shown)
}

fn partial(notation: &Notation, name: &str) -> String {
    format!(r"\frac{{\partial {}}}{{\partial {}}}", notation.latex("loss"), notation.latex(name))
}
