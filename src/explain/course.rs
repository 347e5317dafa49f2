//! One run, with the names and the values of its quantities.

use crate::catalogue::{Line, Rule};
use crate::scenario::{Run, Setup};
use crate::trace::{Example, Iteration, Tensor, Value};

use super::quantity::Quantity;

/// A run, as the sheet prints it.
#[derive(Clone, Copy)]
pub(super) struct Course<'a> {
    pub setup: &'a Setup,
    pub run: &'a Run,
    pub records: &'a [Iteration],
    pub data: &'a [crate::trace::Named<Tensor>],
}

/// Where a quantity stands among all of a run: what it depends on stands before it.
pub(super) type Position = [usize; 5];

impl<'a> Course<'a> {
    /// The record of an iteration.
    pub(super) fn record(&self, t: usize) -> Option<&'a Iteration> {
        self.records.iter().find(|record| record.t == t)
    }

    /// One example of an iteration's batch, from 1.
    pub(super) fn example(&self, t: usize, example: usize) -> Option<&'a Example> {
        self.record(t)?.examples.get(example.checked_sub(1)?).map(AsRef::as_ref)
    }

    /// How many examples an iteration has.
    pub(super) fn examples(&self, t: usize) -> usize {
        self.record(t).map_or(0, |record| record.examples.len())
    }

    /// The rule's lines for a parameter.
    pub(super) fn lines(rule: &Rule, t: usize) -> &[Line] {
        rule.lines_at(t)
    }

    /// The path of a quantity; what no path leads to has a name of the same form.
    pub(super) fn label(&self, quantity: &Quantity) -> String {
        let (setup, run) = (&self.setup.name, &self.run.name);
        let several = |t: usize, example: usize| match self.examples(t) {
            0 | 1 => String::new(),
            _ => format!("e{example}."),
        };
        match quantity {
            Quantity::Datum { example, name } => format!("{setup}.data.d{example}.{name}"),
            Quantity::Setting { parameter: None, name } => format!("{setup}.{run}.{name}"),
            Quantity::Setting { parameter: Some(own), name } => {
                format!("{setup}.{run}.overrides.{own}.{name}")
            }
            Quantity::Rate { t } => format!("{setup}.{run}.t{t}.learning_rate"),
            Quantity::LookAhead { t, parameter } => {
                format!("{setup}.{run}.t{t}.look_ahead.{parameter}")
            }
            Quantity::Forward { t, example, name } => {
                format!("{setup}.{run}.t{t}.{}{name}", several(*t, *example))
            }
            Quantity::Adjoint { t, example, name } => {
                format!("{setup}.{run}.t{t}.{}adjoint.{name}", several(*t, *example))
            }
            Quantity::Part { t, example, parameter } => {
                format!("{setup}.{run}.t{t}.e{example}.grad.{parameter}")
            }
            Quantity::Loss { t } => format!("{setup}.{run}.t{t}.loss"),
            Quantity::Gradient { t, parameter } => format!("{setup}.{run}.t{t}.grad.{parameter}"),
            Quantity::State { t, state, parameter } => {
                format!("{setup}.{run}.t{t}.{state}.{parameter}")
            }
            Quantity::Parameter { t, name } => format!("{setup}.{run}.t{t}.{name}"),
            Quantity::Used { t, parameter } => {
                format!("{setup}.{run}.t{t}.used_grad.{parameter}")
            }
        }
    }

    /// The value as the iteration computed it, before a carried run rounds it.
    pub(super) fn value(&self, quantity: &Quantity) -> Option<Tensor> {
        let unrounded =
            quantity.iteration().and_then(|t| self.record(t)).and_then(|r| r.unrounded.as_deref());
        match (quantity, unrounded) {
            (Quantity::Parameter { name, .. }, Some(own)) => own.parameters.get(name).cloned(),
            (Quantity::State { state, parameter, .. }, Some(own)) => {
                let values = own.state.get(state).and_then(|values| values.get(parameter));
                values.cloned().or_else(|| self.carried(quantity))
            }
            _ => self.carried(quantity),
        }
    }

    /// The value that later iterations go on from.
    pub(super) fn carried(&self, quantity: &Quantity) -> Option<Tensor> {
        match quantity {
            Quantity::Datum { example, name } => {
                self.data.get(example.checked_sub(1)?)?.get(name).cloned()
            }
            Quantity::Setting { parameter, name } => {
                let options = match parameter {
                    Some(own) => self.run.options_of(own),
                    None => &self.run.options,
                };
                let number = options.number(name)?;
                Some(Tensor::from(Value::Real(number.clone().into())))
            }
            Quantity::Rate { t } => self.record(*t)?.learning_rate.clone().map(Tensor::from),
            Quantity::LookAhead { t, parameter } => {
                self.record(*t)?.look_ahead.as_ref()?.get(parameter).cloned()
            }
            Quantity::Forward { t, example, name } => {
                self.example(*t, *example)?.values.get(name).cloned()
            }
            Quantity::Adjoint { t, example, name } => {
                self.example(*t, *example)?.adjoints.get(name).cloned()
            }
            Quantity::Part { t, example, parameter } => {
                self.example(*t, *example)?.gradient.get(parameter).cloned()
            }
            Quantity::Loss { t } => self.record(*t)?.loss.clone(),
            Quantity::Gradient { t, parameter } => {
                self.record(*t)?.gradient.get(parameter).cloned()
            }
            Quantity::State { t, state, parameter } => {
                let record = self.record(*t)?;
                let values = record.state.get(state).or_else(|| record.intermediate.get(state));
                values?.get(parameter).cloned()
            }
            Quantity::Parameter { t, name } => self.record(*t)?.parameters.get(name).cloned(),
            Quantity::Used { t, parameter } => {
                let record = self.record(*t)?;
                let used = record.used_gradient.as_ref().unwrap_or(&record.gradient);
                used.get(parameter).cloned()
            }
        }
    }

    /// Whether it is a number of the scenario itself, or what a run begins with.
    pub(super) fn is_input(&self, quantity: &Quantity) -> bool {
        match quantity {
            Quantity::Datum { .. } | Quantity::Setting { .. } | Quantity::Rate { .. } => true,
            Quantity::Parameter { t, .. } | Quantity::State { t, .. } => {
                *t == self.setup.start_iteration
            }
            Quantity::Gradient { .. } => self.setup.gradients.is_some(),
            _ => false,
        }
    }

    /// Whether the parameter keeps its value.
    pub(super) fn is_frozen(&self, name: &str) -> bool {
        self.setup.parameter(name).is_some_and(|parameter| parameter.frozen)
    }

    /// The order in which a person computes.
    pub(super) fn position(&self, quantity: &Quantity) -> Position {
        let number = |name: &str, mut among: Box<dyn Iterator<Item = &str> + '_>| {
            among.position(|known| known == name).unwrap_or(usize::MAX)
        };
        let parameter = |name: &str| number(name, Box::new(self.setup.parameter_names()));
        let input =
            |name: &str| number(name, Box::new(self.setup.inputs.iter().map(String::as_str)));
        let names = || self.setup.model.iter().map(|line| line.name.as_str());
        let definition = |name: &str| number(name, Box::new(names()));
        let line = |t: usize, name: &str, own: &str| {
            let rule = self.run.rule_of(own);
            let lines = Self::lines(&rule, t);
            lines.iter().position(|line| line.name == name).unwrap_or(0)
        };
        let scheduled = |name: &str| {
            let schedule = self.run.schedule.iter();
            schedule.flat_map(|own| &own.lines).any(|line| line.name == name)
        };
        let start = self.setup.start_iteration;
        match quantity {
            Quantity::Parameter { t, name } if *t == start => [0, 0, parameter(name), 0, 0],
            Quantity::State { t, state, parameter: own } if *t == start => {
                let rule = self.run.rule_of(own);
                let index = rule.states.iter().position(|known| known.name == *state);
                // A state may start at an option.
                let after = if self.formula(quantity).is_some() { 4 } else { 1 };
                [0, after, index.unwrap_or(usize::MAX), parameter(own), 0]
            }
            Quantity::Datum { example, name } => [0, 2, *example, input(name), 0],
            Quantity::Setting { parameter: own, name } => {
                let index = self.run.options.iter().position(|(known, _)| known == name);
                let own = own.as_deref().map_or(0, |own| parameter(own).saturating_add(1));
                [0, 3, index.unwrap_or(usize::MAX), own, 0]
            }
            Quantity::Rate { t } => [*t, 0, 0, 0, 0],
            Quantity::State { t, state, parameter: own } if scheduled(state) => {
                [*t, 0, line(*t, state, own), parameter(own), 0]
            }
            Quantity::LookAhead { t, parameter: own } => [*t, 1, parameter(own), 0, 0],
            Quantity::Forward { t, example, name } => [*t, 2, *example, 0, definition(name)],
            Quantity::Adjoint { t, example, name } => {
                [*t, 2, *example, 1, usize::MAX - definition(name)]
            }
            Quantity::Part { t, example, parameter: own } => [*t, 2, *example, 2, parameter(own)],
            Quantity::Loss { t } => [*t, 3, 0, 0, 0],
            Quantity::Gradient { t, parameter: own } => [*t, 4, parameter(own), 0, 0],
            Quantity::State { t, state, parameter: own } => {
                [*t, 5, line(*t, state, own), parameter(own), 0]
            }
            Quantity::Parameter { t, name } => [*t, 5, line(*t, "theta", name), parameter(name), 0],
            Quantity::Used { t, parameter: own } => [*t, 6, parameter(own), 0, 0],
        }
    }
}
