//! One optimizer's run: batches in, records out.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::catalogue::{Line, Setting};
use crate::formula::{Decide, Evaluator, Expression, Failure, Prove, ZeroOverZero};
use crate::number::{Fault, Rational, Real, round};
use crate::scenario::{Carry, Display, Run, Setup};
use crate::trace::{self, Example, Iteration, Named, Unrounded, Value};

use super::failure::{EngineError, Halt};
use super::forward::{Stop, settle};
use super::graph::Graph;
use super::pass::{self, LOSS};
use super::tensor::{Outcome, Tensor};

/// Executes a run, and its carried run where the display asks for one.
pub(super) fn execute(setup: &Setup, run: &Run, graph: &Graph) -> Result<trace::Run, EngineError> {
    let course = Course { setup, run, graph, carry: None };
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
    let ended = iterations.last().and_then(undefined_cause).map(|cause| cause.to_string());
    let numbers = run.options.iter().filter_map(|(name, setting)| match setting {
        Setting::Number(number) => Some((name.to_owned(), number.clone())),
        Setting::Word(_) => None,
    });
    Ok(trace::Run { options: numbers.collect(), iterations, carried, ended })
}

/// Everything that stays the same during a run.
#[derive(Clone, Copy)]
pub(super) struct Course<'a> {
    pub(super) setup: &'a Setup,
    pub(super) run: &'a Run,
    pub(super) graph: &'a Graph,
    /// How the numbers are rounded between iterations, in a carried run.
    pub(super) carry: Option<&'a Display>,
}

impl Course<'_> {
    /// The records from t = 0 on, at most up to iteration `last`, ending with the first
    /// iteration in which something is undefined.
    pub(super) fn iterations(
        &self,
        decide: &mut dyn Decide,
        last: usize,
    ) -> Result<Vec<Iteration>, Halt> {
        let mut records = vec![self.start()];
        let batches = self.setup.batches.iter().take(last);
        for (index, batch) in batches.enumerate() {
            let t = index + 1;
            let record = self.iteration(t, batch, &records[index], decide)?;
            let over = undefined_cause(&record).is_some();
            records.push(record);
            if over {
                break;
            }
        }
        Ok(records)
    }

    fn start(&self) -> Iteration {
        let parameters = self.setup.start();
        let zeros = || {
            let zero = |value: &trace::Tensor| Tensor::zeros(value.shape()).record();
            parameters.iter().map(move |(name, value)| (name.to_owned(), zero(value)))
        };
        let rule = (self.run.optimizer.rule)(&self.run.options);
        let states = rule.states.into_iter();
        let state = states.map(|state| (state, zeros().collect())).collect();
        Iteration { parameters, state, ..Iteration::default() }
    }

    fn iteration(
        &self,
        t: usize,
        batch: &[usize],
        before: &Iteration,
        decide: &mut dyn Decide,
    ) -> Result<Iteration, Halt> {
        let rule = (self.run.optimizer.rule)(&self.run.options);
        let at = |example: Option<usize>| move |stop: Stop| Halt { t, example, stop };
        let look_ahead = match &rule.look_ahead {
            None => None,
            Some(point) => Some(self.look_ahead(point, before, decide).map_err(at(None))?),
        };
        let point = tensors(look_ahead.as_ref().unwrap_or(&before.parameters));
        let examples = if batch.is_empty() { vec![0] } else { batch.to_vec() };
        let examples = examples
            .into_iter()
            .map(|index| {
                let place = (index > 0).then_some(index);
                pass::example(self.setup, self.graph, &point, index, decide).map_err(at(place))
            })
            .collect::<Result<Vec<_>, _>>()?;
        let losses = examples.iter().filter_map(|example| example.values.get(LOSS));
        let mut record = Iteration {
            t,
            batch: batch.to_vec(),
            loss: Some(mean(losses)),
            gradient: mean_gradient(self.setup, &examples),
            learning_rate: self.run.options.number("learning_rate").cloned(),
            look_ahead,
            examples,
            ..Iteration::default()
        };
        self.update(rule.lines_at(t), before, &mut record, decide).map_err(at(None))?;
        self.carry_over(&mut record).map_err(at(None))?;
        Ok(record)
    }

    fn look_ahead(
        &self,
        point: &Expression,
        before: &Iteration,
        decide: &mut dyn Decide,
    ) -> Result<Named<trace::Tensor>, Stop> {
        let mut shifted = Named::default();
        for (parameter, theta) in before.parameters.iter() {
            let mut entries = Vec::new();
            for (entry, theta) in theta.entries().iter().enumerate() {
                let mut known = self.known((parameter, entry), before);
                known.insert("theta", outcome(theta));
                entries.push(self.evaluate(point, &known, "the look-ahead point", decide)?);
            }
            shifted.push(parameter, Tensor { shape: theta.shape(), entries }.record());
        }
        Ok(shifted)
    }

    /// Applies the rule's lines to every entry of every parameter.
    fn update(
        &self,
        lines: &[Line],
        before: &Iteration,
        record: &mut Iteration,
        decide: &mut dyn Decide,
    ) -> Result<(), Stop> {
        let t = i64::try_from(record.t).unwrap_or(i64::MAX);
        let mut results: BTreeMap<&str, Named<trace::Tensor>> = BTreeMap::new();
        for (parameter, theta) in before.parameters.iter() {
            let gradient = record.gradient.get(parameter);
            let mut columns: BTreeMap<&str, Vec<Outcome>> = BTreeMap::new();
            for (entry, theta) in theta.entries().iter().enumerate() {
                let mut known = self.known((parameter, entry), before);
                known.insert("theta", outcome(theta));
                known.insert("t", Ok(Real::from(t)));
                known.insert("g", nth(gradient, entry));
                for line in lines {
                    let value = self.evaluate(&line.expression, &known, &line.name, decide)?;
                    columns.entry(&line.name).or_default().push(value.clone());
                    known.insert(&line.name, value);
                }
            }
            for (name, entries) in columns {
                let tensor = Tensor { shape: theta.shape(), entries }.record();
                results.entry(name).or_default().push(parameter, tensor);
            }
        }
        record.parameters = results.remove("theta").unwrap_or_default();
        for (state, old) in before.state.iter() {
            record.state.push(state, results.remove(state).unwrap_or_else(|| old.clone()));
        }
        for line in lines {
            if let Some(quantity) = results.remove(line.name.as_str()) {
                record.intermediate.push(line.name.clone(), quantity);
            }
        }
        Ok(())
    }

    /// The names that a rule's line may use: options, and the states of this entry.
    fn known<'b>(
        &'b self,
        (parameter, entry): (&str, usize),
        before: &'b Iteration,
    ) -> BTreeMap<&'b str, Outcome> {
        let options = self.run.options.iter().filter_map(|(name, setting)| match setting {
            Setting::Number(number) => Some((name, Ok(Real::from(number.clone())))),
            Setting::Word(_) => None,
        });
        let states = before.state.iter();
        let states = states.map(|(state, values)| (state, nth(values.get(parameter), entry)));
        options.chain(states).collect()
    }

    fn evaluate(
        &self,
        expression: &Expression,
        known: &BTreeMap<&str, Outcome>,
        within: &str,
        decide: &mut dyn Decide,
    ) -> Result<Outcome, Stop> {
        let mut cause: Option<Arc<str>> = None;
        expression.any(&mut |node| {
            if let Expression::Name(name) = node
                && let Some(Err(undefined)) = known.get(name.as_str())
            {
                cause.get_or_insert_with(|| undefined.clone());
            }
            false
        });
        if let Some(cause) = cause {
            return Ok(Err(cause));
        }
        let no_move = self.run.options.word("zero_over_zero") == "no_move";
        let zero_over_zero = if no_move { ZeroOverZero::NoMove } else { ZeroOverZero::Undefined };
        let scope = |name: &str| match known.get(name) {
            Some(Ok(value)) => Ok(value.clone()),
            _ => Ok(Real::zero()),
        };
        let result = Evaluator { decide, zero_over_zero }.evaluate(expression, &scope);
        settle(result, within)
    }

    /// In a carried run, rounds what the next iteration starts from.
    fn carry_over(&self, record: &mut Iteration) -> Result<(), Stop> {
        let Some(display) = self.carry else { return Ok(()) };
        let parameters = rounded(&record.parameters, display)?;
        let mut state = Named::default();
        for (name, values) in record.state.iter() {
            state.push(name, rounded(values, display)?);
        }
        record.unrounded = Some(Box::new(Unrounded {
            state: std::mem::replace(&mut record.state, state),
            parameters: std::mem::replace(&mut record.parameters, parameters),
        }));
        Ok(())
    }
}

fn rounded(values: &Named<trace::Tensor>, display: &Display) -> Result<Named<trace::Tensor>, Stop> {
    let mut list = Named::default();
    for (name, tensor) in values.iter() {
        let rounded = tensor.map(|value| match value {
            Value::Undefined(_) => Ok(value.clone()),
            Value::Real(real) => {
                let decimal = round(real, display.precision, display.rounding);
                let decimal = decimal.map_err(|fault| unrounded(fault, name))?;
                Ok(Value::Real(Real::from(decimal.value)))
            }
        });
        list.push(name, rounded?);
    }
    Ok(list)
}

fn unrounded(fault: Fault, name: &str) -> Stop {
    let failure = Box::new(Failure::of(fault, &Expression::name(name)));
    Stop { failure, within: name.to_owned() }
}

fn outcome(value: &Value) -> Outcome {
    match value {
        Value::Real(real) => Ok(real.clone()),
        Value::Undefined(cause) => Err(cause.clone()),
    }
}

/// An entry of a tensor that may be missing.
fn nth(tensor: Option<&trace::Tensor>, entry: usize) -> Outcome {
    let value = tensor.and_then(|tensor| tensor.entries().get(entry));
    value.map_or_else(|| Ok(Real::zero()), outcome)
}

fn tensors(values: &Named<trace::Tensor>) -> BTreeMap<String, Tensor> {
    values.iter().map(|(name, value)| (name.to_owned(), Tensor::from_record(value))).collect()
}

/// The mean, entry by entry; an entry is undefined as soon as one of the values is.
fn mean<'a>(values: impl Iterator<Item = &'a trace::Tensor>) -> trace::Tensor {
    let mut sum: Option<Tensor> = None;
    let mut count = 0_i64;
    for value in values {
        let value = Tensor::from_record(value);
        match &mut sum {
            None => sum = Some(value),
            Some(sum) => sum.add(&value),
        }
        count += 1;
    }
    let mut mean = sum.unwrap_or_else(|| Tensor::zeros(None));
    if count > 1 {
        let share = Real::from(Rational::ONE / Rational::from(count));
        for entry in &mut mean.entries {
            *entry = entry.clone().map(|entry| &entry * &share);
        }
    }
    mean.record()
}

fn mean_gradient(setup: &Setup, examples: &[Example]) -> Named<trace::Tensor> {
    let one = |name: &str| {
        let parts = examples.iter().filter_map(|example| example.gradient.get(name));
        (name.to_owned(), mean(parts))
    };
    setup.parameter_names().map(one).collect()
}

/// Why the run can't go on after this iteration, if it can't.
fn undefined_cause(record: &Iteration) -> Option<&Arc<str>> {
    let gradient = record.gradient.iter().map(|(_, value)| value);
    let state = record.state.iter().flat_map(|(_, values)| values.iter().map(|(_, value)| value));
    let parameters = record.parameters.iter().map(|(_, value)| value);
    let mut all = record.loss.iter().chain(gradient).chain(state).chain(parameters);
    all.find_map(trace::Tensor::undefined)
}
