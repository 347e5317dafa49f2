//! A run worked out: forward mode for the gradients, clipping, weight decay, the rule.
//!
//! In each iteration, in this order:
//!
//! ```text
//! g = mean (or sum) of the examples' gradients      at the parameters, or ahead of them
//! g ← clipped g
//! g ← g + λθ                                        coupled weight decay
//! θ ← the rule's step
//! θ ← θ − ηλθ                                       decoupled, of the old or the new θ
//! ```

use std::collections::BTreeMap;

use dashu_ratio::RBig;

use super::float::Float;
use super::plan::{Plan, Source};
use super::rule::{State, Step, norm};
use super::schedule::Rates;
use super::settings::Settings;
use crate::adjoint::grid::{Grid, Scope, evaluate};
use crate::adjoint::jet::{Jet, Met};
use crate::adjoint::model::Model;

/// Values by name.
pub(crate) type Named = BTreeMap<String, Grid<Float>>;

/// One example of a batch.
#[derive(Debug)]
pub(crate) struct Example {
    pub(crate) values: Named,
    pub(crate) adjoints: Named,
    gradient: Named,
    /// Node, function and sign.
    pub(crate) branches: Vec<(String, String, i32)>,
}

/// What an iteration leaves behind.
#[derive(Debug)]
pub(crate) struct Record {
    pub(crate) t: u64,
    pub(crate) batch: Vec<usize>,
    pub(crate) examples: Vec<Example>,
    pub(crate) loss: Option<Float>,
    pub(crate) gradient: Named,
    pub(crate) used: Named,
    pub(crate) rate: Float,
    pub(crate) state: BTreeMap<&'static str, Named>,
    pub(crate) parameters: Named,
}

/// A run on its way.
struct Run<'p> {
    plan: &'p Plan,
    parameters: Named,
    states: BTreeMap<String, State>,
    settings: BTreeMap<String, Settings>,
}

/// The iterations, until one has something undefined; nothing where numbers are so large or
/// so small that nobody would believe them.
pub(crate) fn records(plan: &Plan) -> Option<Vec<Record>> {
    let mut run = Run::begin(plan);
    let mut records = Vec::new();
    for index in 0..plan.iterations {
        let record = run.iterate(index);
        let all = || {
            let states = record.state.values().flat_map(BTreeMap::values);
            record.parameters.values().chain(states).flat_map(|grid| &grid.entries)
        };
        let values = record.examples.iter().flat_map(|example| example.values.values());
        let gradients = record.gradient.values().chain(values).flat_map(|grid| &grid.entries);
        if all().chain(gradients).any(Float::is_extreme) {
            return None;
        }
        let ends = all().any(|value| !value.is_defined());
        records.push(record);
        if ends {
            break;
        }
    }
    Some(records)
}

fn floats(grid: &Grid<RBig>) -> Grid<Float> {
    grid.map(|entry| Float::from(entry))
}

impl<'p> Run<'p> {
    fn begin(plan: &'p Plan) -> Self {
        let parameters: Named = match &plan.source {
            Source::Model(model) => {
                let leaves = model.leaves.iter().filter(|leaf| !leaf.is_datum);
                leaves.map(|leaf| (leaf.name.clone(), floats(&leaf.values[0]))).collect()
            }
            Source::Given { init, .. } => {
                init.iter().map(|(name, value)| (name.clone(), floats(value))).collect()
            }
        };
        let trained = || plan.trained().into_iter().map(|(name, _)| name);
        let settings: BTreeMap<String, Settings> =
            trained().map(|name| (name.clone(), plan.settings(Some(&name)))).collect();
        let mut run = Run { plan, parameters, states: BTreeMap::new(), settings };
        let begin = |name: String| {
            let own = &run.settings[&name];
            let count = run.parameters[&name].entries.len();
            let state = |state: &'static str| {
                let given = plan.state.get(state).and_then(|given| given.get(&name));
                // Rprop's first step is as large as the first rate.
                let start = || match state {
                    "d" if plan.kind.name == "rprop" => vec![run.rate(own, 0); count],
                    _ => vec![own.start(state); count],
                };
                let given = given.map(|given| floats(given).entries);
                // A number fills a shape.
                let filled = given.map(|given| {
                    (0..count).map(|entry| given[entry % given.len()].clone()).collect()
                });
                (state, filled.unwrap_or_else(start))
            };
            let states = plan.settings(None).states().into_iter().map(state).collect();
            (name, states)
        };
        run.states = trained().map(begin).collect();
        run
    }

    fn rate(&self, settings: &Settings, index: u64) -> Float {
        let base = || settings.number("learning_rate");
        match &self.plan.rates {
            Rates::Constant => base(),
            Rates::Listed(rates) => Float::from(&rates[usize::try_from(index).unwrap()]),
            Rates::Schedule(schedule) => schedule.rate(&base(), self.plan.start + index),
        }
    }

    /// Where the gradient is taken: at the parameters, or where the momentum alone would
    /// take them.
    fn place(&self, index: u64) -> Named {
        let mut place = self.parameters.clone();
        for (name, settings) in &self.settings {
            if !settings.is("nesterov", "lookahead") {
                continue;
            }
            let mut factor = settings.number("beta");
            if !settings.is("form", "velocity") {
                factor = -(factor * self.rate(settings, index));
            }
            let u = &self.states[name]["u"];
            for (entry, u) in place.get_mut(name).unwrap().entries.iter_mut().zip(u) {
                *entry = &*entry + &factor * u;
            }
        }
        place
    }

    fn iterate(&mut self, index: u64) -> Record {
        let position = usize::try_from(index).unwrap();
        let batch = self.plan.batches.get(position).cloned().unwrap_or_default();
        let place = self.place(index);
        let examples: Vec<Example> = match &self.plan.source {
            Source::Given { .. } => Vec::new(),
            Source::Model(model) if batch.is_empty() => vec![example(model, 0, &place)],
            Source::Model(model) => {
                batch.iter().map(|example_at| example(model, *example_at, &place)).collect()
            }
        };
        let share = if self.plan.sum {
            Float::one()
        } else {
            Float::one() / Float::from(i64::try_from(examples.len().max(1)).unwrap())
        };
        let mut gradient = Named::new();
        for (name, _) in self.plan.trained() {
            let own = match &self.plan.source {
                Source::Given { gradients, .. } => floats(&gradients[position][&name]),
                Source::Model(_) => {
                    let own = examples.iter().map(|example| example.gradient[&name].clone());
                    let sum = own.reduce(|sum, next| together(&sum, &next, |a, b| a + b)).unwrap();
                    sum.map(|entry| entry * &share)
                }
            };
            gradient.insert(name, own);
        }
        let losses = examples.iter().map(|example| example.values["loss"].entries[0].clone());
        let loss = losses.reduce(|sum, loss| sum + loss).map(|sum| sum * &share);
        let t = self.plan.start + index + 1;
        let used = self.update(t, index, &gradient);
        let mut state: BTreeMap<&'static str, Named> = BTreeMap::new();
        for (name, own) in &self.states {
            let shape = self.parameters[name].shape;
            for (kind, entries) in own {
                // The product of NAdam's momenta is one number for a whole parameter, unless
                // it was given.
                let grid = match *kind {
                    "P" if !self.plan.state.contains_key("P") => Grid::scalar(entries[0].clone()),
                    _ => Grid { shape, entries: entries.clone() },
                };
                state.entry(kind).or_default().insert(name.clone(), grid);
            }
        }
        let rate = self.rate(&self.plan.settings(None), index);
        let parameters = self.parameters.clone();
        Record { t, batch, examples, loss, gradient, used, rate, state, parameters }
    }

    /// The parameters after an iteration; gives the gradient that the rule was given.
    fn update(&mut self, t: u64, index: u64, gradient: &Named) -> Named {
        let mut used = clipped(self.plan.clip, gradient);
        for (name, g) in &mut used {
            let settings = &self.settings[name];
            let decay = match settings.written("weight_decay") {
                Some(_) => settings.number("weight_decay"),
                None => Float::zero(),
            };
            let own =
                |kind: &str| if settings.is("decay", kind) { decay.clone() } else { Float::zero() };
            let theta = &self.parameters[name];
            let coupled = own("coupled");
            *g = together(g, theta, |g, theta| g + &coupled * theta);
            let rate = self.rate(settings, index);
            let sizes = theta.sizes();
            let step = Step { settings, t, rate: rate.clone(), sizes, inner_decay: own("inside") };
            let state = self.states.get_mut(name).unwrap();
            let entries = step.apply(&theta.entries, &g.entries, state);
            let new = Grid { shape: theta.shape, entries };
            let shrink = rate * own("decoupled");
            let on_new = self.plan.decay.as_ref().is_some_and(|decay| decay.on == Some("new"));
            let decayed = if on_new { new.clone() } else { theta.clone() };
            let new = together(&new, &decayed, |new, weight| new - &shrink * weight);
            self.parameters.insert(name.clone(), new);
        }
        used
    }
}

fn together(
    a: &Grid<Float>,
    b: &Grid<Float>,
    operate: impl Fn(&Float, &Float) -> Float,
) -> Grid<Float> {
    let entries = a.entries.iter().zip(&b.entries).map(|(a, b)| operate(a, b)).collect();
    Grid { shape: a.shape, entries }
}

fn clipped(clip: Option<(&str, &str)>, gradient: &Named) -> Named {
    let Some((kind, at)) = clip else { return gradient.clone() };
    let at = Float::from(&super::settings::number(at));
    let all: Vec<Float> = gradient.values().flat_map(|grid| grid.entries.iter().cloned()).collect();
    let one = |grid: &Grid<Float>| {
        if kind == "value" {
            return grid.map(|entry| entry.max(&-at.clone()).min(&at));
        }
        let length = norm(if kind == "norm" { &grid.entries } else { &all });
        // A gradient of this length or less stays as it is.
        if length.min(&at) == length {
            return grid.clone();
        }
        grid.map(|entry| entry * &at / &length)
    };
    gradient.iter().map(|(name, grid)| (name.clone(), one(grid))).collect()
}

/// One example in forward mode: every leaf and every definition but the loss is a variable.
fn example(model: &Model, index: usize, parameters: &Named) -> Example {
    let variables = model.variables();
    let mut scope = Scope::<Float>::new();
    let mut branches = Vec::new();
    let seed = |name: &str, value: &mut Grid<Jet<Float>>| {
        for (entry, jet) in value.entries.iter_mut().enumerate() {
            jet.seed(variables[name] + entry);
        }
    };
    for leaf in &model.leaves {
        let mut value = match parameters.get(&leaf.name) {
            Some(value) => value.map(|entry| Jet::constant(entry.clone())),
            None => Grid::constant(leaf.values.get(index).unwrap_or(&leaf.values[0])),
        };
        seed(&leaf.name, &mut value);
        scope.insert(leaf.name.clone(), value);
    }
    for (name, tree) in &model.definitions {
        let mut met = Met::new();
        let mut value = evaluate(tree, &scope, &mut met);
        if name != "loss" {
            seed(name, &mut value);
        }
        scope.insert(name.clone(), value);
        // A norm of zeros alone is no branch.
        let met = met.into_iter().filter(|(function, _)| function != "norm");
        branches.extend(met.map(|(function, sign)| (name.clone(), function, sign)));
    }
    let loss = scope["loss"].entries[0].clone();
    let derivative = |name: &str| {
        let value = &scope[name];
        let entries = (0..value.entries.len()).map(|entry| loss.slope(variables[name] + entry));
        (name.to_owned(), Grid { shape: value.shape, entries: entries.collect() })
    };
    let inner = model.definitions.iter().map(|(name, _)| name).filter(|name| *name != "loss");
    Example {
        adjoints: inner.map(|name| derivative(name)).collect(),
        gradient: parameters.keys().map(|name| derivative(name)).collect(),
        values: scope
            .iter()
            .map(|(name, grid)| (name.clone(), grid.map(|jet| jet.value.clone())))
            .collect(),
        branches,
    }
}
