//! One optimizer's run: batches in, records out.

use std::borrow::Cow;
use std::sync::Arc;

use crate::catalogue::{Extent, Options, Over, Rule, Setting, State};
use crate::formula::function::Reduction;
use crate::formula::{Decide, Expression, Failure, Prove, ZeroOverZero};
use crate::number::{Fault, Real, round};
use crate::scenario::{Carry, Display, Reduction as BatchReduction, Run, Setup};
use crate::trace::{self, Iteration, Named, Tensor, Unrounded, Value, What};

use super::batch;
use super::failure::{EngineError, Halt};
use super::forward::{Stop, reduce};
use super::pass::{self, Activations, LOSS, Model};
use super::rule::{Executor, Known};
use super::substitution::Substitutions;

/// Executes a run, and its carried run where the display asks for one.
pub(super) fn execute(
    run: &Run,
    model: &Model<'_>,
    substitutions: Substitutions<'_>,
) -> Result<trace::Run, EngineError> {
    let trained = trained(run, model, &|name| run.rule_of(name));
    let course = Course { substitutions, ..Course::new(run, model, &trained) };
    let iterations = course
        .iterations(&mut Prove, usize::MAX)
        .map_err(|halt| EngineError::new(&course, halt))?;
    let carried = match run.display.carry {
        Carry::Exact => None,
        Carry::Displayed => {
            let course = Course { carry: Some(&run.display), ..course };
            let carried = course
                .iterations(&mut Prove, usize::MAX)
                .map_err(|halt| EngineError::new(&course, halt))?;
            EngineError::compare(&course, &iterations, &carried)?;
            Some(carried)
        }
    };
    Ok(record(run, iterations, carried))
}

/// The record of a run.
pub(super) fn record(
    run: &Run,
    iterations: Vec<Iteration>,
    carried: Option<Vec<Iteration>>,
) -> trace::Run {
    let ended = iterations.last().and_then(undefined_cause).map(|cause| cause.to_string());
    let numbers = run.options.iter().filter_map(|(name, setting)| match setting {
        Setting::Number(number) => Some((name.to_owned(), number.clone())),
        Setting::Word(_) => None,
    });
    trace::Run { options: numbers.collect(), iterations, carried, ended }
}

/// A parameter that is trained, with what stays the same for it during a run.
pub(super) struct Trained<'a> {
    name: Arc<str>,
    rule: Arc<Rule>,
    /// The options that are numbers.
    options: Known<'a>,
    zero_over_zero: ZeroOverZero,
}

/// The parameters that a run trains, each by its rule.
pub(super) fn trained<'a>(
    run: &'a Run,
    model: &Model<'_>,
    rule_of: &dyn Fn(&str) -> Arc<Rule>,
) -> Vec<Trained<'a>> {
    let one = |name: &Arc<str>| {
        let options = run.options_of(name);
        let no_move = options.word("zero_over_zero") == "no_move";
        Trained {
            name: name.clone(),
            rule: rule_of(name),
            options: numbers(options),
            zero_over_zero: if no_move { ZeroOverZero::NoMove } else { ZeroOverZero::Undefined },
        }
    };
    model.trained().map(one).collect()
}

/// Everything that stays the same during a run.
#[derive(Clone, Copy)]
pub(super) struct Course<'a> {
    pub(super) setup: &'a Setup,
    pub(super) run: &'a Run,
    pub(super) model: &'a Model<'a>,
    pub(super) trained: &'a [Trained<'a>],
    /// How the numbers are rounded between iterations, in a carried run.
    pub(super) carry: Option<&'a Display>,
    /// What stands in the place of computed values.
    pub(super) substitutions: Substitutions<'a>,
    /// How the losses of a batch combine.
    pub(super) reduction: BatchReduction,
    /// Whether the backward pass knows their derivatives.
    pub(super) activations: Activations,
    /// The record to begin from, where it is not the initial state.
    pub(super) from: Option<&'a Iteration>,
}

impl<'a> Course<'a> {
    /// The whole run, as the set-up has it.
    pub(super) fn new(run: &'a Run, model: &'a Model<'a>, trained: &'a [Trained<'a>]) -> Self {
        Self {
            setup: model.setup,
            run,
            model,
            trained,
            carry: None,
            substitutions: Substitutions::default(),
            reduction: model.setup.reduction,
            activations: Activations::Derived,
            from: None,
        }
    }

    /// The records from the first one on, at most up to iteration `last`, ending with the first
    /// iteration in which something is undefined.
    pub(super) fn iterations(
        &self,
        decide: &mut dyn Decide,
        last: usize,
    ) -> Result<Vec<Iteration>, Halt> {
        let first = self.setup.start_iteration;
        let at = |stop| Halt { t: first + 1, example: None, stop };
        let mut before = match self.from {
            Some(record) => record.clone(),
            None => self.start(decide).map_err(at)?,
        };
        let (done, most) = (before.t.saturating_sub(first), last.saturating_sub(first));
        let mut records = Vec::new();
        let rule = self.run.rule();
        for (index, batch) in self.setup.batches.iter().enumerate().take(most).skip(done) {
            let point = rule.look_ahead.as_ref();
            let record = self.iteration((index, batch), point, &before, decide)?;
            records.push(std::mem::replace(&mut before, record));
            if undefined_cause(&before).is_some() {
                break;
            }
        }
        records.push(before);
        Ok(records)
    }

    /// The record before the first iteration. A state that begins with the learning rate has
    /// that of the first iteration.
    pub(super) fn start(&self, decide: &mut dyn Decide) -> Result<Iteration, Stop> {
        let parameters = self.setup.start();
        let t = self.setup.start_iteration;
        let mut state: Named<Named<Tensor>> = Named::default();
        for own in self.trained.iter().filter(|own| !own.rule.states.is_empty()) {
            let shape = parameters.get(&own.name).and_then(Tensor::shape);
            let mut options = own.options.clone();
            if self.run.schedule.is_some() || self.run.rate_varies() {
                let rate = self.rate(self.run.options_of(&own.name), 0, t + 1, decide)?;
                if let Some(rate) = rate {
                    options.insert_number("learning_rate", rate);
                }
            }
            for one in &own.rule.states {
                let start = own.executor("the state", decide).evaluate(&one.start, &options)?;
                let whole = one.extent == Extent::Whole;
                let given = self.setup.initial_state.get(&one.name);
                let tensor = match given.and_then(|values| values.get(&own.name)) {
                    Some(given) => given.clone(),
                    None if whole => start.into_owned(),
                    None => start.into_owned().filling(shape),
                };
                state.within(&one.name).push(own.name.clone(), tensor);
            }
        }
        let mut record = Iteration { t, parameters, state, ..Iteration::default() };
        self.substitutions.in_results(&mut record);
        Ok(record)
    }

    fn iteration(
        &self,
        (index, batch): (usize, &[usize]),
        look_ahead: Option<&Expression>,
        before: &Iteration,
        decide: &mut dyn Decide,
    ) -> Result<Iteration, Halt> {
        let t = self.setup.start_iteration + index + 1;
        let at = |example: Option<usize>| move |stop: Stop| Halt { t, example, stop };
        let rate = self.rate(&self.run.options, index, t, decide).map_err(at(None))?;
        let look_ahead = match look_ahead {
            None => None,
            Some(point) => Some(self.look_ahead(point, before, index, decide).map_err(at(None))?),
        };
        let point = look_ahead.as_ref().unwrap_or(&before.parameters);
        let given = self.setup.gradients.as_ref().and_then(|list| list.get(index));
        let examples = match (given, batch) {
            (Some(_), _) => Vec::new(),
            (None, []) => vec![0],
            (None, batch) => batch.to_vec(),
        };
        let examples = examples
            .into_iter()
            .zip(1..)
            .map(|(index, example)| {
                let place = (index > 0).then_some(index);
                let replace = |name: &str, value| {
                    let name = name.to_owned();
                    let what = What::Forward { example, name };
                    self.substitutions.within(t, value, |meant| *meant == what)
                };
                let replace: Option<pass::Replace<'_>> =
                    if self.substitutions.is_empty() { None } else { Some(&replace) };
                let passed =
                    self.model.example(self.activations, (t, point), index, replace, decide);
                passed.map_err(at(place))
            })
            .collect::<Result<Vec<_>, _>>()?;
        let losses = examples.iter().filter_map(|example| example.values.get(LOSS));
        let mut record = Iteration {
            t,
            batch: batch.to_vec(),
            loss: given.is_none().then(|| batch::together(self.reduction, losses)),
            gradient: given.cloned().unwrap_or_else(|| {
                batch::gradient(self.model.trained(), self.reduction, &examples)
            }),
            learning_rate: rate,
            look_ahead,
            examples,
            ..Iteration::default()
        };
        self.substitutions.in_gradient(t, &mut record.gradient);
        self.update(before, &mut record, decide).map_err(at(None))?;
        self.carry_over(&mut record).map_err(at(None))?;
        self.substitutions.in_results(&mut record);
        Ok(record)
    }

    /// The learning rate of an iteration, by the list, or by the schedule under these options.
    fn rate(
        &self,
        own: &Options,
        index: usize,
        t: usize,
        decide: &mut dyn Decide,
    ) -> Result<Option<Real>, Stop> {
        let constant = self.run.rate(index).cloned().map(Real::from);
        let Some(schedule) = &self.run.schedule else { return Ok(constant) };
        let mut known = numbers(own);
        for (name, value) in self.run.scheduled(t) {
            known.insert_number(name, value);
        }
        let zero_over_zero = ZeroOverZero::Undefined;
        let mut executor =
            Executor { decide, zero_over_zero, within: "the learning rate", branches: Vec::new() };
        for line in &schedule.lines {
            let value = executor.line(line, &known)?.value;
            known.insert(&line.name, Cow::Owned(value));
        }
        let rate = known.get(schedule.rate()).and_then(|rate| rate.entries().first());
        Ok(rate.and_then(Value::real).cloned())
    }

    /// Makes the rate of this iteration known where it is not the constant one.
    fn put_rate<'b>(&'b self, known: &mut Known<'b>, rate: Option<&Real>) {
        let Some(rate) = rate else { return };
        if let Some(schedule) = &self.run.schedule {
            known.insert_number(schedule.rate(), rate.clone());
        } else if self.run.rate_varies() {
            known.insert_number("learning_rate", rate.clone());
        }
    }

    /// How a parameter is trained; what is frozen is not.
    fn training(&self, parameter: &str) -> Option<&'a Trained<'a>> {
        self.trained.iter().find(|own| *own.name == *parameter)
    }

    /// Where the gradient is taken; what is frozen stays where it is.
    fn look_ahead(
        &self,
        point: &Expression,
        before: &Iteration,
        index: usize,
        decide: &mut dyn Decide,
    ) -> Result<Named<Tensor>, Stop> {
        let t = self.setup.start_iteration + index + 1;
        let mut shifted = Named::default();
        for (parameter, theta) in before.parameters.shared() {
            let Some(own) = self.training(parameter) else {
                shifted.push(parameter.clone(), theta.clone());
                continue;
            };
            let rate = self.rate(self.run.options_of(parameter), index, t, decide)?;
            let mut known = own.known(before, theta);
            self.put_rate(&mut known, rate.as_ref());
            let mut executor = own.executor("the look-ahead point", decide);
            shifted.push(parameter.clone(), executor.evaluate(point, &known)?.into_owned());
        }
        Ok(shifted)
    }

    /// Applies the rule's lines to every parameter.
    fn update(
        &self,
        before: &Iteration,
        record: &mut Iteration,
        decide: &mut dyn Decide,
    ) -> Result<(), Stop> {
        let t = i64::try_from(record.t).unwrap_or(i64::MAX);
        let mut used = Named::default();
        let states = before.state.shared();
        let mut state: Named<Named<Tensor>> =
            states.map(|(name, _)| (name.clone(), Named::default())).collect();
        for (parameter, theta) in before.parameters.shared() {
            let Some(own) = self.training(parameter) else {
                record.parameters.push(parameter.clone(), theta.clone());
                continue;
            };
            let rule = &own.rule;
            let mut known = own.known(before, theta);
            known.insert_number("t", Real::from(t));
            let gradient = record.gradient.get(parameter).map(Cow::Borrowed);
            known.insert("g", gradient.unwrap_or_else(|| Cow::Owned(Tensor::zeros(theta.shape()))));
            self.put_rate(&mut known, record.learning_rate.as_ref());
            for (name, value) in self.run.scheduled(record.t) {
                known.insert_number(name, value);
            }
            for line in rule.lines_at(record.t) {
                let mut executor = own.executor(&line.name, decide);
                let value = match line.over {
                    Over::Parameter => {
                        let computed = executor.line(line, &known)?;
                        if let Some(chosen) = computed.chosen {
                            record.cases.within(&line.name).push(parameter.clone(), chosen);
                        }
                        if !executor.branches.is_empty() {
                            let taken = std::mem::take(&mut executor.branches);
                            record.rule_branches.within(&line.name).push(parameter.clone(), taken);
                        }
                        computed.value
                    }
                    Over::NormOfAll => norm_of_all(&record.gradient, &line.name)?,
                };
                let is_state = rule.state(&line.name);
                let of_entries = line.name == "theta"
                    || is_state.is_some_and(|state| state.extent == Extent::Entries);
                let value = if of_entries { value.filling(theta.shape()) } else { value };
                let value = self
                    .substitutions
                    .within(record.t, value, |meant| is_line(meant, rule, &line.name, parameter));
                let list = if line.name == "theta" {
                    &mut record.parameters
                } else if is_state.is_some() {
                    state.within(&line.name)
                } else {
                    record.intermediate.within(&line.name)
                };
                list.push(parameter.clone(), value.clone());
                known.insert(&line.name, Cow::Owned(value));
            }
            for kept in rule.states.iter().filter(|state| state_is_kept(rule, state, record.t)) {
                let old = before.state.get(&kept.name).and_then(|values| values.get(parameter));
                state.within(&kept.name).extend(old.map(|old| (parameter.clone(), old.clone())));
            }
            let whole = rule.used_gradient.as_ref().and_then(|name| known.get(name));
            let whole = whole.or_else(|| record.gradient.get(parameter));
            used.extend(whole.map(|gradient| (parameter.clone(), gradient.clone())));
        }
        record.state = state;
        let prepared = self.trained.iter().any(|own| own.rule.used_gradient.is_some());
        record.used_gradient = prepared.then_some(used);
        Ok(())
    }

    /// In a carried run, rounds what the next iteration starts from.
    fn carry_over(&self, record: &mut Iteration) -> Result<(), Stop> {
        let Some(display) = self.carry else { return Ok(()) };
        let mut parameters = rounded(&record.parameters, display)?;
        parameters = parameters
            .shared()
            .map(|(name, rounded)| {
                let frozen = self.setup.parameter(name).is_some_and(|own| own.frozen);
                let exact = record.parameters.get(name).filter(|_| frozen);
                (name.clone(), exact.unwrap_or(rounded).clone())
            })
            .collect();
        let mut state = Named::default();
        for (name, values) in record.state.shared() {
            state.push(name.clone(), rounded(values, display)?);
        }
        record.unrounded = Some(Box::new(Unrounded {
            state: std::mem::replace(&mut record.state, state),
            parameters: std::mem::replace(&mut record.parameters, parameters),
        }));
        Ok(())
    }
}

impl<'a> Trained<'a> {
    /// The names that a rule's line may use: options, states, and the parameter itself.
    fn known<'b>(&'b self, before: &'b Iteration, theta: &'b Tensor) -> Known<'b> {
        let mut known = self.options.lent();
        for (state, values) in before.state.iter() {
            if let Some(value) = values.get(&self.name) {
                known.insert(state, Cow::Borrowed(value));
            }
        }
        known.insert("theta", Cow::Borrowed(theta));
        let (rows, columns) = theta.shape().unwrap_or((1, 1));
        for (name, size) in [("rows", rows), ("columns", columns)] {
            known.insert_number(name, Real::from(i64::try_from(size).unwrap_or(i64::MAX)));
        }
        known
    }

    fn executor<'b>(&self, within: &'b str, decide: &'b mut dyn Decide) -> Executor<'b> {
        let zero_over_zero = self.zero_over_zero;
        Executor { decide, zero_over_zero, within, branches: Vec::new() }
    }
}

fn rounded(values: &Named<Tensor>, display: &Display) -> Result<Named<Tensor>, Stop> {
    let mut list = Named::default();
    for (name, tensor) in values.shared() {
        let rounded = tensor.map(|value| match value {
            Value::Undefined(_) => Ok(value.clone()),
            Value::Real(real) => {
                let decimal = round(real, display.precision, display.rounding);
                let decimal = decimal.map_err(|fault| unrounded(fault, name))?;
                Ok(Value::Real(Real::from(decimal.value)))
            }
        });
        list.push(name.clone(), rounded?);
    }
    Ok(list)
}

fn unrounded(fault: Fault, name: &str) -> Stop {
    Stop::new(Failure::of(fault, &Expression::name(name)), name)
}

/// Whether a value of the trace is what a line of the rule computes for a parameter.
fn is_line(what: &What, rule: &Rule, line: &str, own: &str) -> bool {
    match what {
        What::Parameter(name) => name == own && line == "theta",
        What::State { state, parameter } => parameter == own && line == state,
        What::UsedGradient(name) => name == own && rule.used_gradient.as_deref() == Some(line),
        What::Loss
        | What::Gradient(_)
        | What::LearningRate
        | What::Forward { .. }
        | What::Adjoint { .. } => false,
    }
}

/// Whether no line of the iteration assigns the state.
fn state_is_kept(rule: &Rule, state: &State, t: usize) -> bool {
    rule.lines_at(t).iter().all(|line| line.name != state.name)
}

/// The options that are numbers.
fn numbers(options: &Options) -> Known<'_> {
    let mut known = Known::default();
    for (name, setting) in options.iter() {
        if let Setting::Number(number) = setting {
            known.insert_number(name, Real::from(number.clone()));
        }
    }
    known
}

/// The Euclidean norm of all gradients together.
fn norm_of_all(gradient: &Named<Tensor>, within: &str) -> Result<Tensor, Stop> {
    let entries: Vec<Value> =
        gradient.iter().flat_map(|(_, value)| value.entries()).cloned().collect();
    let all = Tensor::new(Some((1, entries.len())), entries);
    reduce(Reduction::Norm, &Expression::name(within), within, &all)
}

/// Why the run can't go on after this iteration, if it can't.
pub(super) fn undefined_cause(record: &Iteration) -> Option<&Arc<str>> {
    let gradient = record.gradient.iter().map(|(_, value)| value);
    let state = record.state.iter().flat_map(|(_, values)| values.iter().map(|(_, value)| value));
    let parameters = record.parameters.iter().map(|(_, value)| value);
    let mut all = record.loss.iter().chain(gradient).chain(state).chain(parameters);
    all.find_map(Tensor::undefined)
}
