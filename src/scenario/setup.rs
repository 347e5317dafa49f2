//! One set-up: model, parameters, data, batches, optimizers.

use std::collections::BTreeMap;

use crate::formula::shape::Shape;
use crate::formula::{Call, Expression, is_name, notation::Notation};
use crate::initialization::generator::Stream;
use crate::initialization::scheme::Scheme;
use crate::limits::Limit;
use crate::number::Real;
use crate::trace::Tensor;

use super::batches::{batches, given_batches};
use super::data::{self, Surroundings, shape_of};
use super::definition::{Definition, Display, Initial, Parameter, Reduction, Run, Setup};
use super::experiment::Base;
use super::modifier::Modifiers;
use super::optimizer::Around;
use super::read::{Origin, display};
use super::repetition::Counters;
use super::schema::SETUP;
use super::shapes::{dimensions, family, shapes};
use super::text::Text;
use super::yaml::Key;
use super::{Field, Fields, Problem, beginning, initial, lengths, model, optimizer};

/// Names that paths use for something else.
pub(super) const RESERVED: [&str; 5] = ["grad", "used_grad", "adjoint", "data", "theta"];

pub(super) fn read(
    key: &Key,
    field: &Field<'_>,
    outer: &Display,
    origin: &Origin<'_>,
) -> Option<Setup> {
    check_name(field, key, "set-up");
    let mut map = field.fields(&SETUP)?;
    let display = display(&mut map, outer);
    let modifiers = Modifiers::read(&mut map, &Modifiers::default());
    let reduction = map.choice("reduction", &[("mean", Reduction::Mean), ("sum", Reduction::Sum)]);
    let frozen = names(&mut map, "frozen");
    let given = map.take("gradients");
    let initial_state = map.take("initial_state");
    let start_iteration = beginning::start(map.take("start_iteration").as_ref());
    let adjoint_field = map.take("adjoint");
    let adjoint = adjoint_field.as_ref().and_then(free_adjoint);
    let (notation, notation_texts) = notation(&mut map);
    let before_sizes = field.report().count();
    let dimensions = dimensions(&mut map);
    let sized = field.report().count() == before_sizes;
    let model_field = match &given {
        Some(_) => map.take("model"),
        None => map.required("model"),
    };
    let model_text = model_field.as_ref().and_then(|field| field.node().scalar());
    let model_text = model_text.map_or("", |scalar| scalar.text.as_str());
    let counters = Counters::of(model_text, &dimensions);
    let declared = shapes(&mut map, &dimensions, &counters);
    let mut shapes: BTreeMap<String, Shape> = declared.iter().cloned().collect();
    let before = field.report().count();
    let init = map.take("init");
    let mut parameters = init
        .as_ref()
        .map_or_else(Vec::new, |init| parameters(init, &mut shapes, &counters, origin.seed));
    beginning::freeze(&frozen, &mut parameters);
    let trained: Vec<&str> =
        parameters.iter().filter(|one| !one.frozen).map(|one| one.name.as_str()).collect();
    let optimizers = map.take("optimizers");
    let before_data = field.report().count();
    let data_field = map.take("data");
    let data = data_field.as_ref().and_then(|field| {
        let used = model::leaves(model_text, &dimensions);
        let names = declared.iter().map(|(name, _)| name.clone()).chain(used);
        let mut unset: Vec<String> = Vec::new();
        for name in names {
            let known = parameters.iter().any(|parameter| parameter.name == name);
            if !known && !unset.contains(&name) {
                unset.push(name);
            }
        }
        let around = Surroundings { unset: &unset, run: optimizers.is_some(), origin };
        data::read(field, &mut shapes, &around)
    });
    let data = data.unwrap_or_default();
    let count = (field.report().count() == before_data).then_some(data.count());
    for name in parameters.iter().map(|one| &one.name).filter(|name| data.inputs.contains(name)) {
        let message = format!("`{name}` stands both in `init` and in `data`");
        let help = "a parameter is trained, a datum is given: keep one of the two";
        let entries = init.as_ref().and_then(Field::entries).unwrap_or_default();
        match entries.iter().find(|(key, _)| key.text == *name) {
            Some((key, own)) => own.refuse_key(key, message, Some(help.into())),
            None => init.as_ref().unwrap_or(field).refuse_with(message, help),
        }
    }
    if !sized {
        // A size that was refused is not missing too.
        field
            .report()
            .take_back(before_sizes, |problem| problem.message.ends_with("has no values to fill"));
    }
    let model_place = model_field.clone();
    // Where names are missing because their values were refused, formulas are not blamed.
    let sound = field.report().count() == before;
    let names_known = if sound { model::Names::All } else { model::Names::Some };
    let model =
        model_field.and_then(|field| model::read(&field, &mut shapes, &dimensions, names_known));
    let inline = names(&mut map, "inline");
    let given = given.map(|field| {
        for (key, other) in [("model", &model_place), ("data", &data_field)] {
            if let Some(other) = other {
                let message = format!("`gradients` stand in the place of `{key}`");
                other.refuse_with(message, "leave one of the two out");
            }
        }
        beginning::gradients(&field, &shapes, &trained)
    });
    let before_batches = field.report().count();
    let batches = match &given {
        Some(given) => given_batches(&mut map, given.len()),
        None => batches(&mut map, count, &Stream::new(origin.seed).name(&key.text).name("batches")),
    };
    let batched = field.report().count() == before_batches;
    let experiments = map.take("experiments");
    map.finish();
    // Optimizers are read even where the model could not be: their options are checked alone.
    let unread = given.is_none() && model.is_none();
    let model = model.filter(|_| given.is_none()).unwrap_or_default();
    for (field, name) in inline.iter().filter(|_| !unread) {
        if !model.iter().any(|line| line.name == *name) {
            let known = model.iter().map(|line| line.name.as_str());
            let message = format!("`{name}` is not a definition of the model");
            field.refuse_with(message, beginning::nearest(name, known, "the definitions are"));
        }
    }
    lengths::check(model_place.as_ref().unwrap_or(field), &model, &inline);
    let valued = data.inputs.iter().chain(parameters.iter().map(|parameter| &parameter.name));
    let mut leaves: Vec<String> = declared.iter().map(|(name, _)| name.clone()).collect();
    leaves.extend(valued.filter(|name| !declared.iter().any(|(known, _)| known == *name)).cloned());
    let runs = match &optimizers {
        Some(field) => {
            let around = Around {
                display: &display,
                modifiers: &modifiers,
                parameters: &trained,
                shapes: &shapes,
                stands_for: None,
            };
            runs(field, &around)
        }
        None => Some(Vec::new()),
    };
    if unread {
        return None;
    }
    let objective = model.iter().any(|line| line.name == "loss");
    let initial_state = initial_state.map(|field| {
        let runs = runs.as_deref().unwrap_or_default();
        beginning::state(&field, &shapes, &trained, runs)
    });
    let nothing_to_train = trained.is_empty();
    if let (Some(place), true) = (&adjoint_field, objective) {
        place.refuse_with(
            "a model with a `loss` has no free adjoint",
            "leave `adjoint` out, or the line of the `loss`",
        );
    }
    let goals =
        Goals { inputs: &data.inputs, rows: &data.rows, leaves: &leaves, parameters: &parameters };
    let model = model.into_iter().map(|line| goals.mark(line)).collect();
    let setup = Setup {
        name: key.text.clone(),
        model,
        inline: inline.into_iter().map(|(_, name)| name).collect(),
        notation,
        notation_texts,
        shapes,
        leaves,
        parameters,
        inputs: data.inputs,
        data: data.rows,
        generated: data.generated,
        adjoint,
        batches: batches.clone().unwrap_or_default(),
        reduction: reduction.unwrap_or(Reduction::Mean),
        gradients: given,
        start_iteration,
        initial_state: initial_state.unwrap_or_default(),
        runs: Vec::new(),
        experiments: Vec::new(),
        display,
    };
    if runs.as_ref().is_some_and(|runs| !runs.is_empty()) {
        let place = optimizers.as_ref().unwrap_or(field);
        let objective = objective || setup.gradients.is_some();
        check_runs(place, objective, sound && nothing_to_train, !frozen.is_empty(), &batches);
        if batched {
            check_rates(place, runs.iter().flatten(), setup.batches.len());
        }
        if sound && sized {
            check_values(field, &setup, &declared);
        }
    }
    let experiments = match &experiments {
        // Every case repeats the set-up, and with it whatever is wrong there.
        Some(_) if field.report().count() > before || !sized => Some(Vec::new()),
        Some(list) => {
            unvalued(field, &setup, &declared);
            let base = Base {
                key,
                field,
                setup: &setup,
                counters: &counters,
                display: &setup.display,
                origin,
            };
            base.experiments(list)
        }
        None => Some(Vec::new()),
    };
    Some(Setup { runs: runs?, experiments: experiments?, ..setup })
}

/// Refuses runs over names without values, or with more than exact arithmetic can bear.
fn check_values(field: &Field<'_>, setup: &Setup, declared: &[(String, Shape)]) {
    unvalued(field, setup, declared);
    for parameter in &setup.parameters {
        let size = parameter.initial.size();
        if size > Limit::Entries.count() {
            let what = format!("the {size} entries of `{}` in exact arithmetic", parameter.name);
            field.exceeds(Limit::Entries, what, u64::try_from(size).ok());
        }
    }
}

/// Refuses names that have a shape, but no value.
fn unvalued(field: &Field<'_>, setup: &Setup, declared: &[(String, Shape)]) {
    for (name, shape) in declared {
        let parameter = setup.parameter(name);
        if !setup.inputs.contains(name) && parameter.is_none() {
            let message = format!("`{name}` has a shape, but no value in `init` or `data`");
            refuse_shape(field, name, message, "a number there fills the shape");
        } else if parameter.is_some_and(|parameter| parameter.initial.counts().is_none()) {
            let message = format!("the shape {shape} of `{name}` has no values");
            refuse_shape(field, name, message, "give each size one in `dimensions`");
        }
    }
}

/// Refuses a name of a set-up where its shape is written.
fn refuse_shape(field: &Field<'_>, name: &str, message: String, help: &str) {
    let entries = field.entries().unwrap_or_default();
    let shapes = entries.iter().find(|(key, _)| key.text == "shapes");
    let shapes = shapes.and_then(|(_, shapes)| shapes.entries()).unwrap_or_default();
    match shapes.iter().find(|(key, _)| key.text == name) {
        Some((key, own)) => own.refuse_key(key, message, Some(help.to_owned())),
        None => field.refuse_with(message, help),
    }
}

/// What the free adjoint of a model without a loss is drawn from; one in every entry if
/// nothing is said.
fn free_adjoint(field: &Field<'_>) -> Option<Scheme> {
    let ones = field.node().scalar().is_some_and(|scalar| scalar.text == "ones");
    if ones { None } else { initial::scheme(field) }
}

fn check_runs(
    field: &Field<'_>,
    objective: bool,
    nothing_to_train: bool,
    frozen: bool,
    batches: &Option<Vec<Vec<usize>>>,
) {
    if !objective {
        let problem = field.problem("the model defines no `loss`, so there is nothing to minimize");
        field.report().push(problem.with_help("end the model with a line `loss = …`"));
    }
    if nothing_to_train {
        let why = if frozen { "all parameters are frozen" } else { "`init` names no parameter" };
        field.refuse(format!("{why}, so there is nothing to train"));
    }
    if batches.is_none() {
        let problem = field.problem("how many iterations are to be run?");
        field.report().push(problem.with_help("list the `batches`, or give `iterations`"));
    }
}

/// Refuses lists of learning rates that end too early.
fn check_rates<'r>(place: &Field<'_>, runs: impl Iterator<Item = &'r Run>, iterations: usize) {
    for run in runs {
        let Some(rates) = run.rates.as_ref().filter(|rates| rates.len() < iterations) else {
            continue;
        };
        let plural = if rates.len() == 1 { "rate" } else { "rates" };
        let message = format!(
            "`{}` lists {} learning {plural} for {iterations} iterations",
            run.name,
            rates.len()
        );
        let entries = place.entries().unwrap_or_default();
        let own = entries.iter().find(|(key, _)| key.text == run.name);
        let keys = own.and_then(|(_, own)| own.entries()).unwrap_or_default();
        let listed = keys.iter().find(|(key, _)| key.text == "learning_rate");
        listed.map_or(place, |(_, rates)| rates).refuse(message);
    }
}

pub(super) fn helped(problem: Problem, suggestion: Option<&str>) -> Problem {
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

fn parameters(
    init: &Field<'_>,
    shapes: &mut BTreeMap<String, Shape>,
    counters: &Counters,
    seed: u64,
) -> Vec<Parameter> {
    let mut list = Vec::new();
    let entries = init.entries().unwrap_or_default();
    for (key, field) in &entries {
        for name in family(key, field, counters, &entries) {
            let name = name.name;
            let written = Key { text: name.clone(), place: key.place };
            check_name(field, &written, "parameter");
            // A value that was refused keeps its name, so that formulas are still checked.
            let value = initial::read(field, &name, shapes.get(&name), seed);
            let initial = value.unwrap_or_else(|| Initial::Exact(Tensor::from(Real::zero())));
            if let Some(counts) = initial.counts() {
                shapes.entry(name.clone()).or_insert_with(|| shape_of(counts));
            }
            list.push(Parameter { name, initial, frozen: false });
        }
    }
    list
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

fn runs<'n>(field: &Field<'n>, around: &Around<'_, 'n>) -> Option<Vec<Run>> {
    let entries = field.entries()?;
    let read: Vec<_> =
        entries.iter().map(|(key, field)| optimizer::read(key, field, around)).collect();
    read.into_iter().collect()
}

/// What is known of the targets of `cross_entropy`.
struct Goals<'a> {
    inputs: &'a [String],
    rows: &'a [Vec<Tensor>],
    leaves: &'a [String],
    parameters: &'a [Parameter],
}

impl Goals<'_> {
    /// Marks the calls whose target is known to have rows that sum to 1: then the gradient
    /// by the logits is softmax(z) − y.
    fn mark(&self, line: Definition) -> Definition {
        Definition { expression: self.marked(&line.expression), ..line }
    }

    fn marked(&self, expression: &Expression) -> Expression {
        expression.map(&mut |node| {
            let Expression::Call(call) = node else { return None };
            let target = call.arguments.last().filter(|_| call.function.row().is_some())?;
            let Expression::Name(name) = target else { return None };
            let arguments = call.arguments.iter().map(|inner| self.marked(inner)).collect();
            let unit_target = self.sums_to_one(name);
            Some(Expression::Call(Call { arguments, unit_target, ..call.clone() }))
        })
    }

    /// A leaf without a value is what the loss asks for.
    fn sums_to_one(&self, name: &str) -> bool {
        let Some(column) = self.inputs.iter().position(|input| input == name) else {
            let is_parameter = self.parameters.iter().any(|parameter| parameter.name == name);
            return !is_parameter && self.leaves.iter().any(|leaf| leaf == name);
        };
        self.rows.iter().filter_map(|row| row.get(column)).all(|tensor| {
            let width = tensor.shape().map_or(1, |(_, columns)| columns.max(1));
            tensor.entries().chunks(width).all(|row| {
                let mut sum = row.iter().map(|value| value.real().cloned());
                let sum = sum.try_fold(Real::zero(), |sum, value| Some(sum + value?));
                sum == Some(Real::one())
            })
        })
    }
}
