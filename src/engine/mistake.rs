//! A wrong turn: the right run up to an iteration, then the altered algorithm.
//!
//! Nothing is computed from the right numbers of that iteration: the engine starts from the
//! record before it, with another rule, another model, another reduction or another backward
//! pass. What it finds is as exact as the run itself.
//!
//! Conventions: a state of the right run is gone on with where the altered algorithm has one
//! of that name, others begin as in the first iteration. Under `carry: displayed` the wrong
//! turn is taken from the displayed numbers too, and rounds as the run does.

use std::sync::Arc;

use crate::catalogue::{Mistake, Options, Rule};
use crate::formula::Prove;
use crate::scenario::{Carry, Instead, Reduction, Run, Setup, Turn};
use crate::trace::{self, Iteration, Named, Tensor, Trace};

use super::failure::{EngineError, Halt};
use super::models::Models;
use super::pass::{Activations, Model};
use super::run::{self, Course};

/// What a wrong turn leads to: a trace that holds its run alone, from the iteration in which it
/// is taken to the last that the part asks for.
///
/// # Errors
///
/// A sign that can be neither proved nor refuted, or a number out of range.
pub fn wrong_turn(models: &Models<'_>, trace: &Trace, turn: &Turn) -> Result<Trace, EngineError> {
    let (setup, run) = models.run(turn.run);
    let other;
    let model = match &turn.instead {
        Instead::Model(lines) => {
            other = Model::new(setup, lines);
            &other
        }
        Instead::Slip(_) | Instead::Optimizer(_) => models.model(turn.run),
    };
    let right = trace.setups.get(&setup.name).and_then(|own| own.runs.get(&run.name));
    let altered = |right| Altered::new(model, run, turn).execute(right);
    let found = right.map(altered).transpose()?;
    let mut runs = Named::default();
    runs.extend(found.map(|found| (run.name.clone(), found)));
    let mut setups = Named::default();
    let alone = trace::Setup { data: Vec::new(), runs, experiments: Named::default() };
    setups.push(setup.name.clone(), alone);
    Ok(Trace { title: trace.title.clone(), setups, frames: Vec::new() })
}

/// An algorithm that a student carried out instead.
struct Altered<'a> {
    run: Run,
    /// The rule of each parameter, where it is not that of the run.
    rules: Vec<(String, Arc<Rule>)>,
    model: &'a Model<'a>,
    reduction: Reduction,
    activations: Activations,
    turn: &'a Turn,
}

impl<'a> Altered<'a> {
    fn new(model: &'a Model<'a>, right: &Run, turn: &'a Turn) -> Self {
        let setup = model.setup;
        let (run, rules) = match &turn.instead {
            Instead::Slip(mistake) => slip(setup, right, *mistake),
            Instead::Optimizer(run) => ((**run).clone(), Vec::new()),
            Instead::Model(_) => (right.clone(), Vec::new()),
        };
        let reduction = match turn.instead {
            Instead::Slip(Mistake::SumInsteadOfMean) => Reduction::Sum,
            _ => setup.reduction,
        };
        let activations = match turn.instead {
            Instead::Slip(Mistake::ForgottenActivationDerivative) => Activations::Forgotten,
            _ => Activations::Derived,
        };
        Self { run, rules, model, reduction, activations, turn }
    }

    fn rule_of(&self, name: &str) -> Arc<Rule> {
        let altered = self.rules.iter().find(|(parameter, _)| parameter == name);
        altered.map_or_else(|| self.run.rule_of(name), |(_, rule)| rule.clone())
    }

    fn execute(&self, right: &trace::Run) -> Result<trace::Run, EngineError> {
        let exact = self.records(&right.iterations, Carry::Exact)?;
        let carried = right.carried.as_deref();
        let carried = carried.map(|list| self.records(list, Carry::Displayed)).transpose()?;
        Ok(run::record(&self.run, exact, carried))
    }

    /// The altered records; none where the right run has ended before.
    fn records(&self, right: &[Iteration], carry: Carry) -> Result<Vec<Iteration>, EngineError> {
        let before = right.iter().find(|record| record.t + 1 == self.turn.from);
        let Some(before) = before.filter(|record| run::undefined_cause(record).is_none()) else {
            return Ok(Vec::new());
        };
        let trained = run::trained(&self.run, self.model, &|name| self.rule_of(name));
        let whole = Course {
            carry: (carry == Carry::Displayed).then_some(&self.run.display),
            reduction: self.reduction,
            activations: self.activations,
            ..Course::new(&self.run, self.model, &trained)
        };
        let fail = |course: &Course<'_>, halt: Halt| {
            EngineError::new(course, halt).in_mistake(self.turn.instead.word())
        };
        let at = |stop| Halt { t: self.turn.from, example: None, stop };
        let fresh = whole.start(&mut Prove).map_err(|stop| fail(&whole, at(stop)))?;
        let state = known_state(&fresh.state, &before.state);
        let parameters = before.parameters.clone();
        let start = Iteration { t: before.t, parameters, state, ..Iteration::default() };
        let course = Course { from: Some(&start), ..whole };
        let records = course.iterations(&mut Prove, self.turn.to);
        let records = records.map_err(|halt| fail(&course, halt))?;
        Ok(records.into_iter().skip(1).collect())
    }
}

/// The run with a mistake of the catalogue, and the rules that it changes; one in which it can't
/// be made stays as it is.
fn slip(setup: &Setup, right: &Run, mistake: Mistake) -> (Run, Vec<(String, Arc<Rule>)>) {
    let setting = |options: &Options| {
        let altered = mistake.setting(right.optimizer, options);
        altered.unwrap_or_else(|| (right.optimizer, options.clone()))
    };
    let (optimizer, options) = setting(&right.options);
    let custom = right.custom.clone().filter(|_| optimizer.kind == right.optimizer.kind);
    let overrides = right.overrides.iter();
    let overrides = overrides.map(|(name, options)| (name.clone(), setting(options).1)).collect();
    let run = Run { optimizer, options, custom, overrides, ..right.clone() };
    let altered = |name: &str| Some((name.to_owned(), run.rule_with(mistake, name)?));
    let rules = setup.trained_names().filter_map(altered).collect();
    (run, rules)
}

/// The states that the altered algorithm starts with: those of the right run where it has them.
fn known_state(fresh: &Named<Named<Tensor>>, right: &Named<Named<Tensor>>) -> Named<Named<Tensor>> {
    let mut list: Named<Named<Tensor>> = Named::default();
    for (state, values) in fresh.iter() {
        for (parameter, value) in values.shared() {
            let known = right.get(state).and_then(|known| known.get(parameter));
            let known = known.filter(|known| known.shape() == value.shape());
            list.within(state).push(parameter.clone(), known.unwrap_or(value).clone());
        }
    }
    list
}
