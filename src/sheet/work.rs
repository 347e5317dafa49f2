//! Worked lines of one iteration: the rule in symbols, the numbers put in, the result.
//!
//! A line is made from an expression tree and the trace alone. Its symbols come from the
//! set-up's notation, with `inline` definitions written out; the numbers are put in for
//! the names; the result is the trace's own value.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::sync::Arc;

use crate::catalogue::Rule;
use crate::derivation::{self, ADJOINT, Gradients};
use crate::engine::slope;
use crate::formula::latex::Printer;
use crate::formula::{Call, Expression, Failure, Shown, adjoint};
use crate::number::Fault;
use crate::scenario::{Run, Scenario, Setup};
use crate::trace::{Example, Iteration, Tensor};

use super::show::{Numbers, Row};

const LOSS: &str = "loss";

/// One iteration of a run, with what is needed to tell it.
#[derive(Clone, Copy)]
pub(super) struct Work<'a> {
    pub setup: &'a Setup,
    pub run: &'a Run,
    /// Which of the set-up's runs that is.
    pub index: usize,
    pub symbols: &'a Symbols,
    pub record: &'a Iteration,
    /// The iteration before.
    pub before: &'a Iteration,
    pub numbers: Numbers<'a>,
}

/// What follows from a set-up without its numbers, worked out when it is first asked for.
pub(super) struct Symbols {
    gradients: OnceCell<Gradients>,
    /// The rule of each run.
    rules: Vec<OnceCell<Arc<Rule>>>,
}

impl Symbols {
    /// Those of every set-up.
    pub(super) fn of(scenario: &Scenario) -> Vec<Self> {
        let one = |setup: &Setup| Self {
            gradients: OnceCell::new(),
            rules: vec![OnceCell::new(); setup.runs.len()],
        };
        scenario.setups.iter().map(one).collect()
    }
}

/// How a name prints, and what number stands for it.
pub(super) struct Reading<'a> {
    pub latex: &'a dyn Fn(&str) -> String,
    pub value: &'a dyn Fn(&str) -> Result<Shown, Fault>,
    pub tensor: &'a dyn Fn(&str) -> Option<Tensor>,
}

/// Which derivatives of an iteration are shown.
#[derive(Debug, Clone, Default)]
pub(super) struct Derivatives {
    /// The parameters whose gradients are.
    pub gradients: BTreeSet<String>,
    /// The definitions whose adjoints are, with the example's place in the batch, from 1.
    pub adjoints: BTreeSet<(usize, String)>,
}

impl Derivatives {
    /// The gradients of all that is trained.
    pub(super) fn all(setup: &Setup) -> Self {
        let gradients = setup.trained_names().map(str::to_owned).collect();
        Self { gradients, ..Self::default() }
    }

    fn has(&self, parameter: &str) -> bool {
        self.gradients.contains(parameter)
    }

    fn adjoints_of(&self, example: usize) -> Vec<&str> {
        let own = self.adjoints.iter().filter(|(of, _)| *of == example);
        own.map(|(_, name)| name.as_str()).collect()
    }
}

impl<'a> Work<'a> {
    /// The update rule of parameters without options of their own.
    pub(super) fn rule(&self) -> &'a Arc<Rule> {
        self.symbols.rules[self.index].get_or_init(|| self.run.rule())
    }

    /// The update rule of a parameter.
    pub(super) fn rule_of(&self, parameter: &str) -> Arc<Rule> {
        match self.run.overrides.as_slice() {
            [] => self.rule().clone(),
            _ => self.run.rule_of(parameter),
        }
    }

    /// The state before the iteration: `u^w = 3`.
    pub(super) fn state_before(&self) -> Result<Vec<Row>, Fault> {
        let mut rows = Vec::new();
        for (state, values) in self.before.state.iter() {
            for (parameter, value) in values.iter() {
                let mut row = Row::new(self.of_parameter(state, parameter));
                row.result(self.numbers.result(value)?);
                rows.push(row);
            }
        }
        Ok(rows)
    }

    /// The parameters before the iteration: `w = -2`.
    pub(super) fn parameters_before(&self) -> Result<Vec<Row>, Fault> {
        let mut rows = Vec::new();
        for (name, _) in self.before.parameters.iter() {
            let mut row = Row::new(self.setup.notation.latex(name));
            let shown = self.parameter(name)?;
            row.step(shown.latex(), shown.exact);
            rows.push(row);
        }
        Ok(rows)
    }

    /// The point at which a look-ahead gradient is taken: `\tilde w = w - \alpha\beta u^w = …`.
    pub(super) fn look_ahead(&self) -> Result<Vec<Row>, Fault> {
        let rule = self.rule();
        let (Some(point), Some(values)) = (&rule.look_ahead, &self.record.look_ahead) else {
            return Ok(Vec::new());
        };
        // The rate that a schedule gives is known before the step.
        let assigned: Vec<&str> = self.run.schedule.iter().map(|own| own.rate()).collect();
        let mut rows = Vec::new();
        for (parameter, value) in values.iter().filter(|(name, _)| self.is_shifted(name)) {
            let latex = |name: &str| self.rule_name(name, rule, parameter, &assigned);
            let shown = |name: &str| self.rule_value(name, parameter, &assigned);
            let reading = Reading { latex: &latex, value: &shown, tensor: &|_| None };
            let left = format!(r"\tilde{{{}}}", self.setup.notation.latex(parameter));
            rows.push(self.row(left, point, value, &reading)?);
        }
        Ok(rows)
    }

    /// The forward pass; the loss too, if asked for.
    pub(super) fn forward(&self, with_loss: bool) -> Result<Vec<Row>, Fault> {
        let mut rows = Vec::new();
        for (index, example) in self.record.examples.iter().enumerate() {
            for line in &self.setup.model {
                let hidden = self.setup.inline.contains(&line.name);
                if hidden || (line.name == LOSS && !with_loss) {
                    continue;
                }
                let Some(value) = example.values.get(&line.name) else { continue };
                let left = self.name(&line.name, index);
                rows.push(self.example_row(left, &line.expression, value, index, example)?);
            }
        }
        if let (true, true, Some(loss)) =
            (with_loss, self.record.examples.len() > 1, &self.record.loss)
        {
            rows.push(self.loss_row(loss)?);
        }
        Ok(rows)
    }

    /// The batch's loss from those of its examples.
    fn loss_row(&self, value: &Tensor) -> Result<Row, Fault> {
        let of_batch = derivation::of_batch(self.setup.reduction, self.record.examples.len());
        let index = derivation::part;
        let latex = |name: &str| self.loss_name(index(name).unwrap_or(0));
        let shown = |name: &str| {
            let example = index(name).and_then(|index| self.record.examples.get(index));
            let value = example.and_then(|example| example.values.get(LOSS));
            value.map_or_else(|| Ok(self.numbers.no_value()), |value| self.numbers.put_in(value))
        };
        let reading = Reading { latex: &latex, value: &shown, tensor: &|_| None };
        self.row(self.setup.notation.latex(LOSS), &of_batch, value, &reading)
    }

    /// Whether the loss has a gradient in this iteration.
    pub(super) fn has_gradient(&self) -> bool {
        self.record.gradient.iter().all(|(_, value)| value.undefined().is_none())
    }

    /// The gradients by the chain rule, and the adjoints that they go through or that are asked for.
    pub(super) fn gradient(&self, shown: &Derivatives) -> Result<Vec<Row>, Fault> {
        let mut rows = Vec::new();
        let of_batch = || self.record.gradient.iter().filter(|(name, _)| shown.has(name));
        if self.setup.gradients.is_some() {
            for (parameter, value) in of_batch() {
                let mut row = Row::new(self.gradient_name(parameter, None));
                let shown = self.numbers.given(value)?;
                row.step(shown.latex(), shown.exact);
                rows.push(row);
            }
        }
        let several = self.record.examples.len() > 1;
        for (index, example) in self.record.examples.iter().enumerate() {
            // What has no value has no derivative either; numbers put in would seem to give one.
            if example.values.get(LOSS).is_some_and(|loss| loss.undefined().is_some()) {
                continue;
            }
            let asked = shown.adjoints_of(index + 1);
            let through;
            let mut symbolic = self.symbols.gradients.get_or_init(|| Gradients::new(self.setup));
            if asked.iter().any(|name| symbolic.adjoints.iter().all(|(known, _)| known != name)) {
                through = Gradients::through(self.setup, &asked);
                symbolic = &through;
            }
            let gradients = || symbolic.gradients.iter().filter(|(name, _)| shown.has(name));
            let used = symbolic.adjoints_in_use(gradients().map(|(_, one)| one), &asked);
            for (name, expression) in &symbolic.adjoints {
                let value = example.adjoints.get(name).filter(|_| used.contains(name));
                let Some(value) = value else { continue };
                let left = adjoint_latex(&self.name(name, index), &self.loss_name(index));
                rows.push(self.example_row(left, expression, value, index, example)?);
            }
            for (parameter, expression) in gradients() {
                let Some(value) = example.gradient.get(parameter) else { continue };
                let left = self.gradient_name(parameter, several.then_some(index));
                rows.push(self.example_row(left, expression, value, index, example)?);
            }
        }
        if several {
            for (parameter, value) in of_batch() {
                rows.push(self.mean_row(parameter, value)?);
            }
        }
        Ok(rows)
    }

    fn example_row(
        &self,
        left: String,
        expression: &Expression,
        value: &Tensor,
        index: usize,
        example: &Example,
    ) -> Result<Row, Fault> {
        let latex = |name: &str| match name.strip_prefix(ADJOINT) {
            Some(inner) => adjoint_latex(&self.name(inner, index), &self.loss_name(index)),
            None => self.name(name, index),
        };
        let shown = |name: &str| self.forward_value(name, example);
        let tensor = |name: &str| self.forward_tensor(name, example);
        let reading = Reading { latex: &latex, value: &shown, tensor: &tensor };
        self.row(left, expression, value, &reading)
    }

    /// ∇L as the mean, or the sum, of the examples' gradients.
    fn mean_row(&self, parameter: &str, value: &Tensor) -> Result<Row, Fault> {
        let mean = derivation::of_batch(self.setup.reduction, self.record.examples.len());
        let index = derivation::part;
        let latex = |name: &str| self.gradient_name(parameter, index(name));
        let shown = |name: &str| {
            let example = index(name).and_then(|index| self.record.examples.get(index));
            let value = example.and_then(|example| example.gradient.get(parameter));
            value.map_or_else(|| Ok(self.numbers.no_value()), |value| self.numbers.put_in(value))
        };
        let reading = Reading { latex: &latex, value: &shown, tensor: &|_| None };
        self.row(self.gradient_name(parameter, None), &mean, value, &reading)
    }

    /// A line: symbols, numbers put in, result.
    pub(super) fn row(
        &self,
        left: String,
        expression: &Expression,
        value: &Tensor,
        reading: &Reading<'_>,
    ) -> Result<Row, Fault> {
        let number = |number: &_| self.numbers.rational(number);
        let printer = Printer { name: reading.latex, number: &number };
        let mut row = Row::new(left);
        let written_out = self.write_out(expression);
        row.step(printer.latex(&written_out), true);
        let by_inline = self.has_inline_value(expression).then_some(expression);
        for form in [Some(&*written_out), by_inline].into_iter().flatten() {
            let put_in = self.put_in(form, reading)?;
            let rounded =
                put_in.any(&mut |node| matches!(node, Expression::Shown(shown) if !shown.exact));
            row.step(printer.latex(&put_in), !rounded);
        }
        row.result(self.numbers.result(value)?);
        Ok(row)
    }

    /// The expression with `inline` definitions in the place of their names.
    pub(super) fn write_out<'e>(&self, expression: &'e Expression) -> Cow<'e, Expression> {
        derivation::write_out(self.setup, expression)
    }

    /// Whether the value of an `inline` definition is put in somewhere; a derivative is one
    /// number, however its argument is written.
    fn has_inline_value(&self, expression: &Expression) -> bool {
        match expression {
            Expression::Name(name) => self.setup.inline.contains(name),
            Expression::Derivative(..) => false,
            other => other.children().into_iter().any(|child| self.has_inline_value(child)),
        }
    }

    /// The expression with numbers in the place of names and of derivatives.
    fn put_in(&self, expression: &Expression, reading: &Reading<'_>) -> Result<Expression, Fault> {
        let mut fault = None;
        let mut take = |result: Result<Shown, Fault>| match result {
            Ok(shown) => Some(Expression::Shown(shown)),
            Err(error) => {
                fault.get_or_insert(error);
                None
            }
        };
        let numeric = expression.map(&mut |node| match node {
            Expression::Name(name) => take((reading.value)(name)),
            Expression::Derivative(call, index) => take(self.slope(call, *index, reading)),
            _ => None,
        });
        fault.map_or(Ok(numeric), Err)
    }

    /// The value of a derivative such as ReLU′(wx + b).
    fn slope(&self, call: &Call, index: usize, reading: &Reading<'_>) -> Result<Shown, Fault> {
        match slope(call, index, reading.tensor) {
            Ok(tensor) => self.numbers.tensor(&tensor),
            Err(Failure::Undecided { reached, .. }) => Err(Fault::Undecided(reached)),
            Err(_) => Ok(self.numbers.no_value()),
        }
    }

    /// A name in the forward pass; in a batch of several, with the example's number.
    pub(super) fn name(&self, name: &str, index: usize) -> String {
        let latex = self.setup.notation.latex(name);
        if self.setup.is_parameter(name) {
            return if self.is_shifted(name) { format!(r"\tilde{{{latex}}}") } else { latex };
        }
        if self.record.examples.len() > 1 {
            return format!("{latex}^{{({})}}", self.record.batch[index]);
        }
        latex
    }

    fn loss_name(&self, index: usize) -> String {
        self.name(LOSS, index)
    }

    /// `\nabla_w L`, or one example's.
    pub(super) fn gradient_name(&self, parameter: &str, index: Option<usize>) -> String {
        let loss = match index {
            Some(index) => self.loss_name(index),
            None => self.setup.notation.latex(LOSS),
        };
        format!(r"\nabla_{{{}}} {loss}", self.setup.notation.latex(parameter))
    }

    /// `u^{w}`
    pub(super) fn of_parameter(&self, state: &str, parameter: &str) -> String {
        let notation = &self.setup.notation;
        format!("{}^{{{}}}", notation.in_rule(state), notation.latex(parameter))
    }

    /// The parameter before the iteration: exact as long as it is the scenario's own number.
    pub(super) fn parameter(&self, name: &str) -> Result<Shown, Fault> {
        match self.before.parameters.get(name) {
            Some(value) if self.is_given(name) => self.numbers.given(value),
            Some(value) => self.numbers.put_in(value),
            None => Ok(self.numbers.no_value()),
        }
    }

    /// Whether a parameter's value is the scenario's own.
    fn is_given(&self, name: &str) -> bool {
        self.is_frozen(name) || self.before.t == self.setup.start_iteration
    }

    fn is_frozen(&self, name: &str) -> bool {
        self.setup.parameter(name).is_some_and(|parameter| parameter.frozen)
    }

    /// Whether the forward pass sees the parameter at a point ahead of its own.
    fn is_shifted(&self, name: &str) -> bool {
        self.record.look_ahead.is_some() && !self.is_frozen(name)
    }

    fn forward_value(&self, name: &str, example: &Example) -> Result<Shown, Fault> {
        if name == adjoint::ONES {
            let magnitude = self.setup.notation.latex(name);
            return Ok(Shown { magnitude, negative: false, exact: true, compound: false });
        }
        if let Some(inner) = name.strip_prefix(ADJOINT) {
            let value = example.adjoints.get(inner);
            return value
                .map_or_else(|| Ok(self.numbers.no_value()), |value| self.numbers.put_in(value));
        }
        if self.setup.is_parameter(name) {
            let point = self.record.look_ahead.as_ref().filter(|_| self.is_shifted(name));
            return point
                .and_then(|point| point.get(name))
                .map_or_else(|| self.parameter(name), |value| self.numbers.put_in(value));
        }
        match example.values.get(name) {
            Some(value) if self.setup.inputs.iter().any(|input| input == name) => {
                self.numbers.given(value)
            }
            Some(value) => self.numbers.put_in(value),
            None => Ok(self.numbers.no_value()),
        }
    }

    fn forward_tensor(&self, name: &str, example: &Example) -> Option<Tensor> {
        let point = self.record.look_ahead.as_ref().unwrap_or(&self.before.parameters);
        point.get(name).or_else(|| example.values.get(name)).cloned()
    }
}

/// ∂L/∂z.
pub(super) fn adjoint_latex(node: &str, loss: &str) -> String {
    format!(r"\frac{{\partial {loss}}}{{\partial {node}}}")
}
