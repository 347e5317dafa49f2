//! One set-up: model, parameters, data, batches, optimizers.

use std::collections::BTreeMap;

use crate::formula::shape::{Shape, Size};
use crate::formula::{is_name, notation::Notation};
use crate::number::Real;
use crate::trace::Tensor;

use super::definition::{Display, Run, Setup};
use super::quantity::tensor;
use super::read::display;
use super::shapes::{dimensions, shapes};
use super::text::Text;
use super::yaml::Key;
use super::{Field, Fields, Problem, model, optimizer, suggest};

/// The most iterations that a run may have.
const MAX_ITERATIONS: u64 = 10_000;
/// The most examples that the iterations of a run may pass through together.
const MAX_PASSES: usize = 1_000_000;
/// Names that paths use for something else.
const RESERVED: [&str; 5] = ["grad", "used_grad", "adjoint", "data", "theta"];

pub(super) fn read(key: &Key, field: &Field<'_>, outer: &Display) -> Option<Setup> {
    check_name(field, key, "set-up");
    let mut map = field.fields()?;
    let display = display(&mut map, outer);
    later_keys(&mut map);
    only_choice(&mut map, "reduction", "mean", "sum");
    free_adjoint(&mut map);
    let (notation, notation_texts) = notation(&mut map);
    let dimensions = dimensions(&mut map);
    let declared = shapes(&mut map, &dimensions);
    let mut shapes: BTreeMap<String, Shape> = declared.iter().cloned().collect();
    let before = field.report().count();
    let init = map.take("init");
    let parameters = init.as_ref().map_or_else(Vec::new, |init| parameters(init, &mut shapes));
    let before_data = field.report().count();
    let data_field = map.take("data");
    let (inputs, data) = match &data_field {
        Some(field) => examples(field, &mut shapes).unwrap_or_default(),
        None => (Vec::new(), Vec::new()),
    };
    let count = (field.report().count() == before_data).then_some(data.len());
    for (name, _) in parameters.iter().filter(|(name, _)| inputs.contains(name)) {
        let place = init.as_ref().unwrap_or(field);
        place.refuse(format!("`{name}` stands both in `init` and in `data`"));
    }
    // Where names are missing because their values were refused, formulas are not blamed.
    let sound = field.report().count() == before;
    let names_known = if sound { model::Names::All } else { model::Names::Some };
    let model = map
        .required("model")
        .and_then(|field| model::read(&field, &mut shapes, &dimensions, names_known));
    let inline = names(&mut map, "inline");
    let batches = batches(&mut map, count);
    let optimizers = map.take("optimizers");
    map.finish();
    let model = model?;
    for (field, name) in inline.iter() {
        if !model.iter().any(|line| line.name == *name) {
            let known = model.iter().map(|line| line.name.as_str());
            let problem = field.problem(format!("`{name}` is not a definition of the model"));
            field.report().push(helped(problem, suggest(name, known)));
        }
    }
    let given = inputs.iter().chain(parameters.iter().map(|(name, _)| name));
    let mut leaves: Vec<String> = declared.iter().map(|(name, _)| name.clone()).collect();
    leaves.extend(given.filter(|name| !declared.iter().any(|(known, _)| known == *name)).cloned());
    let runs = match &optimizers {
        Some(field) => runs(field, &display),
        None => Some(Vec::new()),
    };
    let objective = model.iter().any(|line| line.name == "loss");
    if runs.as_ref().is_some_and(|runs| !runs.is_empty()) {
        let place = optimizers.as_ref().unwrap_or(field);
        check_runs(place, objective, sound && parameters.is_empty(), &batches);
        for (name, _) in &declared {
            if !inputs.contains(name) && !parameters.iter().any(|(known, _)| known == name) {
                field.refuse(format!("`{name}` has a shape, but no value in `init` or `data`"));
            }
        }
    }
    Some(Setup {
        name: key.text.clone(),
        model,
        inline: inline.into_iter().map(|(_, name)| name).collect(),
        notation,
        notation_texts,
        shapes,
        leaves,
        parameters,
        inputs,
        data,
        batches: batches.unwrap_or_default(),
        runs: runs?,
        display,
    })
}

/// A key with one word that this version offers and one that it does not.
fn only_choice(map: &mut Fields<'_>, key: &'static str, offered: &str, later: &str) {
    let Some(field) = map.take(key) else { return };
    if field.node().scalar().is_some_and(|scalar| scalar.text == later) {
        field.refuse(format!("`{key}: {later}` is not offered by this version"));
    } else {
        let _: Option<()> = field.choice(&[(offered, ())]);
    }
}

fn later_keys(map: &mut Fields<'_>) {
    for (key, why) in [
        ("gradients", "runs from given gradients come with the whole catalogue"),
        ("frozen", "frozen parameters come with the whole catalogue"),
        ("initial_state", "starts in the middle come with the whole catalogue"),
        ("start_iteration", "starts in the middle come with the whole catalogue"),
        ("schedule", "schedules come with the whole catalogue"),
        ("clip", "clipping comes with the whole catalogue"),
        ("weight_decay", "weight decay comes with the whole catalogue"),
        ("experiments", "experiments come with layers"),
    ] {
        map.later(key, why);
    }
}

/// The free adjoint of a model without a loss: one in every entry.
fn free_adjoint(map: &mut Fields<'_>) {
    let Some(field) = map.take("adjoint") else { return };
    if field.node().is_map() {
        field.refuse("a drawn free adjoint is not offered by this version; `ones` is");
    } else {
        let _: Option<()> = field.choice(&[("ones", ())]);
    }
}

fn check_runs(
    field: &Field<'_>,
    objective: bool,
    nothing_to_train: bool,
    batches: &Option<Vec<Vec<usize>>>,
) {
    if !objective {
        let problem = field.problem("the model defines no `loss`, so there is nothing to minimize");
        field.report().push(problem.with_help("end the model with a line `loss = …`"));
    }
    if nothing_to_train {
        field.refuse("`init` names no parameter, so there is nothing to train");
    }
    if batches.is_none() {
        let problem = field.problem("how many iterations are to be run?");
        field.report().push(problem.with_help("list the `batches`, or give `iterations`"));
    }
}

fn helped(problem: Problem, suggestion: Option<&str>) -> Problem {
    match suggestion {
        Some(meant) => problem.with_help(format!("did you mean `{meant}`?")),
        None => problem,
    }
}

/// Reports a name that can't stand in formulas and paths.
pub(super) fn check_name(field: &Field<'_>, key: &Key, what: &str) {
    let problem = |message: String| {
        Problem::new(key.place, message).in_field(field.path()).with_width(key.text.chars().count())
    };
    if !is_name(&key.text) {
        let message = format!(
            "`{}` can't name a {what}: a name is a letter, then letters, digits and `_`",
            key.text
        );
        field.report().push(problem(message));
    } else if is_taken(&key.text) {
        field.report().push(problem(format!("`{}` has another meaning in paths", key.text)));
    }
}

/// Whether paths use the name for something else.
pub(super) fn is_taken(name: &str) -> bool {
    RESERVED.contains(&name) || looks_like_a_step(name)
}

/// `e2` is an example of a batch, `t1` an iteration.
fn looks_like_a_step(name: &str) -> bool {
    let digits = |rest: &str| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit());
    name.strip_prefix(['e', 't']).is_some_and(digits)
}

fn notation(map: &mut Fields<'_>) -> (Notation, Vec<Text>) {
    let mut chosen = BTreeMap::new();
    let mut texts = Vec::new();
    for (key, field) in map.entries("notation").unwrap_or_default() {
        if let Some(text) = Text::read(&field) {
            chosen.insert(key.text.clone(), text.source.clone());
            texts.push(text);
        }
    }
    (Notation::new(chosen), texts)
}

fn parameters(init: &Field<'_>, shapes: &mut BTreeMap<String, Shape>) -> Vec<(String, Tensor)> {
    let mut list = Vec::new();
    for (key, field) in init.entries().unwrap_or_default() {
        check_name(&field, key, "parameter");
        // A value that was refused keeps its name, so that formulas are still checked.
        let value = tensor(&field, shapes.get(&key.text));
        let value = value.unwrap_or_else(|| Tensor::from(Real::zero()));
        shapes.entry(key.text.clone()).or_insert_with(|| shape_of(&value));
        list.push((key.text.clone(), value));
    }
    list
}

type Table = (Vec<String>, Vec<Vec<Tensor>>);

fn examples(field: &Field<'_>, shapes: &mut BTreeMap<String, Shape>) -> Option<Table> {
    if field.node().is_map() {
        return field
            .expected("a list of examples (files and generators are not offered by this version)");
    }
    let items = field.items()?;
    let mut inputs: Vec<String> = Vec::new();
    let mut rows = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let Some(entries) = item.entries() else { continue };
        if index == 0 {
            for (key, entry) in &entries {
                check_name(entry, key, "datum");
                inputs.push(key.text.clone());
            }
        }
        let mut row = vec![None; inputs.len()];
        for (key, entry) in &entries {
            let value = tensor(entry, shapes.get(&key.text));
            if let (0, Some(value)) = (index, &value) {
                shapes.entry(key.text.clone()).or_insert_with(|| shape_of(value));
            }
            let zero = || Tensor::from(Real::zero());
            match inputs.iter().position(|input| *input == key.text) {
                Some(column) => row[column] = Some(value.unwrap_or_else(zero)),
                None => {
                    let known = suggest(&key.text, inputs.iter().map(String::as_str));
                    let message = format!("the first example has no `{}`", key.text);
                    let problem = Problem::new(key.place, message)
                        .in_field(entry.path())
                        .with_width(key.text.chars().count());
                    entry.report().push(helped(problem, known));
                }
            }
        }
        for (input, value) in inputs.iter().zip(&row) {
            match value {
                None => item.refuse(format!("this example has no `{input}`")),
                Some(value) => {
                    let shape = shape_of(value);
                    if shapes.get(input).is_some_and(|first| !first.matches(&shape)) {
                        item.refuse(format!(
                            "`{input}` is {shape} here, but {} before",
                            shapes[input]
                        ));
                    }
                }
            }
        }
        rows.push(row.into_iter().flatten().collect());
    }
    Some((inputs, rows))
}

/// The shape that a literal value shows.
fn shape_of(value: &Tensor) -> Shape {
    match value.shape() {
        None => Shape::Scalar,
        Some((rows, columns)) => Shape::Matrix(Size::number(rows), Size::number(columns)),
    }
}

fn names<'n>(map: &mut Fields<'n>, key: &'static str) -> Vec<(Field<'n>, String)> {
    let items = map.items(key).unwrap_or_default();
    items
        .into_iter()
        .filter_map(|item| {
            let name = item.text()?.text.clone();
            Some((item, name))
        })
        .collect()
}

/// The examples of each iteration; `None` where nothing says how many there are.
///
/// `count` is the number of examples, unknown where the data were refused.
fn batches(map: &mut Fields<'_>, count: Option<usize>) -> Option<Vec<Vec<usize>>> {
    let iterations_field = map.take("iterations");
    let iterations =
        iterations_field.as_ref().and_then(|field| field.unsigned_in(1..=MAX_ITERATIONS));
    let iterations = iterations.and_then(|number| usize::try_from(number).ok());
    let Some(field) = map.take("batches") else {
        let all: Vec<usize> = (1..=count.unwrap_or(0)).collect();
        let number = iterations?;
        if number * all.len() > MAX_PASSES {
            iterations_field?.refuse(format!(
                "{number} iterations over {} examples are more than {MAX_PASSES} passes",
                all.len()
            ));
            return Some(Vec::new());
        }
        return Some(vec![all; number]);
    };
    let count = count.unwrap_or(usize::MAX);
    let list = if field.node().is_map() {
        sequential(&field, count, iterations)
    } else {
        listed(&field, count)
    };
    // What was refused is not missing too.
    let Some(list) = list else { return Some(Vec::new()) };
    match iterations {
        Some(number) if number > list.len() => {
            field.refuse(format!(
                "{number} iterations are asked for, but {} batches listed",
                list.len()
            ));
            Some(list)
        }
        Some(number) => Some(list[..number].to_vec()),
        None => Some(list),
    }
}

fn listed(field: &Field<'_>, count: usize) -> Option<Vec<Vec<usize>>> {
    let items = field.items()?;
    if items.is_empty() {
        field.refuse("the list of batches is empty");
    }
    let most = u64::try_from(count).unwrap_or(u64::MAX);
    let batch = |item: &Field<'_>| {
        let Some(examples) = item.items() else { return Vec::new() };
        if examples.is_empty() {
            item.refuse("a batch names at least one example");
        }
        let number = |example: &Field<'_>| {
            if most == 0 {
                example.refuse("there are no data to take this example from");
                return None;
            }
            example.unsigned_in(1..=most).and_then(|number| usize::try_from(number).ok())
        };
        examples.iter().filter_map(number).collect()
    };
    Some(items.iter().map(batch).collect())
}

/// `{size: 2, order: sequential}`: through the data again and again.
fn sequential(
    field: &Field<'_>,
    count: usize,
    iterations: Option<usize>,
) -> Option<Vec<Vec<usize>>> {
    let mut map = field.fields()?;
    let most = u64::try_from(count.max(1)).unwrap_or(u64::MAX);
    let size = map.required("size").and_then(|size| size.unsigned_in(1..=most));
    only_choice(&mut map, "order", "sequential", "shuffled");
    map.finish();
    let size = usize::try_from(size?).ok()?;
    let Some(iterations) = iterations else {
        field.refuse("`iterations` must say how many batches are drawn");
        return None;
    };
    if count == 0 {
        field.refuse("there are no data to draw batches from");
        return None;
    }
    let batch = |index: usize| (0..size).map(|k| (index * size + k) % count + 1).collect();
    Some((0..iterations).map(batch).collect())
}

fn runs(field: &Field<'_>, display: &Display) -> Option<Vec<Run>> {
    let entries = field.entries()?;
    let read: Vec<_> =
        entries.iter().map(|(key, field)| optimizer::read(key, field, display)).collect();
    read.into_iter().collect()
}
