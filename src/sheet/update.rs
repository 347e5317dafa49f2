//! The optimizer's step, told line by line: `w_1 = w_0 - \alpha u^w_1 = 1 - 0.5 \cdot 3 = -0.5`.

use std::sync::Arc;

use crate::catalogue::{Line, Over, Rule};
use crate::derivation::{self, GRADIENT};
use crate::formula::latex::Printer;
use crate::formula::notation::{Notation, indexed};
use crate::formula::{Expression, Operator, Shown};
use crate::number::{Fault, Rational, exact_input_latex};
use crate::scenario::Run;
use crate::trace::{Named, Tensor, Value};

use super::prose::Prose;
use super::show::Row;
use super::work::{Reading, Work};

/// What is asked of an update.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Asked {
    /// The parameters concerned, in the set-up's order.
    pub parameters: Vec<String>,
    /// The last quantity of the rule that is needed.
    pub last: String,
}

/// One line of a rule, for one parameter.
struct Place<'r> {
    rule: &'r Rule,
    line: &'r Line,
    parameter: &'r str,
    /// What was assigned before.
    assigned: Vec<&'r str>,
}

impl Work<'_> {
    /// The rule's lines for the parameters asked for.
    pub(super) fn update(&self, asked: &Asked) -> Result<Vec<Row>, Fault> {
        let t = self.record.t;
        let rules: Vec<(&str, Arc<Rule>)> =
            asked.parameters.iter().map(|name| (name.as_str(), self.rule_of(name))).collect();
        let mut rows = Vec::new();
        for name in names(rules.iter().map(|(_, rule)| rule.lines_at(t))) {
            for (index, (parameter, rule)) in rules.iter().enumerate() {
                let lines = rule.lines_at(t);
                let Some(place) = lines.iter().position(|line| line.name == name) else { continue };
                // What is the same for all parameters is told once.
                if index > 0 && self.is_shared(rule, &name) {
                    continue;
                }
                let assigned = lines[..place].iter().map(|line| line.name.as_str()).collect();
                rows.push(self.update_row(&Place {
                    rule,
                    line: &lines[place],
                    parameter,
                    assigned,
                })?);
            }
            if name == asked.last {
                break;
            }
        }
        Ok(rows)
    }

    fn is_shared(&self, rule: &Rule, name: &str) -> bool {
        self.run.overrides.is_empty() && rule.is_shared(name)
    }

    fn update_row(&self, place: &Place<'_>) -> Result<Row, Fault> {
        let Place { rule, line, parameter, assigned } = place;
        let latex = |name: &str| self.rule_name(name, rule, parameter, assigned);
        let value = |name: &str| self.rule_value(name, parameter, assigned);
        let reading = Reading { latex: &latex, value: &value, tensor: &|_| None };
        let left = self.at_iteration(&line.name, rule, parameter, self.record.t);
        let undefined = Tensor::from(Value::Undefined("".into()));
        let result = self.after(&line.name, parameter).unwrap_or(&undefined);
        let readable = |expression: &Expression| {
            let readable = match self.before.parameters.get(parameter).and_then(Tensor::shape) {
                None => derivation::of_numbers(expression),
                Some(_) => self.entry_by_entry(expression, parameter, assigned),
            };
            if !readable.mentions("t") {
                return readable;
            }
            readable.map(&mut |node| match node {
                Expression::Name(name) if name == "t" => {
                    Some(Expression::Number(Rational::from(self.record.t)))
                }
                _ => None,
            })
        };
        if line.over == Over::NormOfAll {
            return self.row(
                left,
                &derivation::norm_of_all(&self.record.gradient),
                result,
                &reading,
            );
        }
        let chosen = self.record.cases.get(&line.name).and_then(|list| list.get(parameter));
        let chosen = chosen.map_or(&[][..], Vec::as_slice);
        let Some(first) = chosen.first() else {
            let mut row = self.row(left, &readable(&line.expression), result, &reading)?;
            if self.counts(line) {
                row.tail(format!(r"\quad (k = {})", self.before.t));
            }
            return Ok(row);
        };
        if chosen.iter().any(|other| other != first) {
            // Entries that take different cases are told by the rule's list of update rules.
            let mut row = Row::new(left);
            row.result(self.numbers.result(result)?);
            return Ok(row);
        }
        let expression = first.map_or(&line.expression, |index| &line.cases[index].expression);
        let mut row = self.row(left, &readable(expression), result, &reading)?;
        if self.counts(line) {
            row.tail(format!(r"\quad (k = {})", self.before.t));
        } else if let Some((left, comparison, right)) = derivation::condition(line, *first) {
            let number = |number: &_| self.numbers.rational(number);
            let printer = Printer { name: &latex, number: &number };
            let (left, right) = (printer.latex(&readable(left)), printer.latex(&readable(right)));
            row.tail(format!(r"\quad ({left} {} {right})", comparison.latex()));
        }
        Ok(row)
    }

    /// Whether the line gives a rate by the iterations done before.
    fn counts(&self, line: &Line) -> bool {
        let Some(schedule) = &self.run.schedule else { return false };
        let is_count = |node: &Expression| match node {
            Expression::Name(name) => schedule.quantity(name).is_some(),
            _ => false,
        };
        schedule.lines.contains(line)
            && line.expressions().any(|expression| expression.any(&mut |node| is_count(node)))
    }

    /// Products of two matrices in a rule are entry by entry.
    fn entry_by_entry(
        &self,
        expression: &Expression,
        parameter: &str,
        assigned: &[&str],
    ) -> Expression {
        let inner = |inner: &Expression| self.entry_by_entry(inner, parameter, assigned);
        expression.map(&mut |node| match node {
            Expression::Binary(Operator::Multiply, left, right) => {
                let [left, right] = [inner(left), inner(right)];
                let matrices =
                    [&left, &right].map(|side| self.is_matrix(side, parameter, assigned));
                let entrywise = matrices == [true, true];
                let operator = if entrywise { Operator::Hadamard } else { Operator::Multiply };
                Some(Expression::binary(operator, left, right))
            }
            _ => None,
        })
    }

    fn is_matrix(&self, expression: &Expression, parameter: &str, assigned: &[&str]) -> bool {
        match expression {
            Expression::Name(name) => {
                let value = match name.as_str() {
                    "theta" => self.before.parameters.get(parameter),
                    "g" => self.record.gradient.get(parameter),
                    _ if assigned.contains(&name.as_str()) => self.after(name, parameter),
                    _ => self.before.state.get(name).and_then(|values| values.get(parameter)),
                };
                value.is_some_and(|value| value.shape().is_some())
            }
            Expression::Call(call) if call.function.reduces().is_some() => false,
            other => other.children().iter().any(|part| self.is_matrix(part, parameter, assigned)),
        }
    }

    /// A name of the rule, for one parameter, at the iteration that it belongs to.
    pub(super) fn rule_name(
        &self,
        name: &str,
        rule: &Rule,
        parameter: &str,
        assigned: &[&str],
    ) -> String {
        if let Some(quantity) = self.run.schedule.as_ref().and_then(|own| own.quantity(name)) {
            return quantity.latex.clone();
        }
        match name {
            "g" => self.gradient_name(parameter, None),
            "t" => self.record.t.to_string(),
            "learning_rate" if self.run.rate_varies() => {
                indexed(&self.setup.notation.in_rule(name), &self.record.t.to_string())
            }
            _ if assigned.contains(&name) => {
                self.at_iteration(name, rule, parameter, self.record.t)
            }
            _ if name == "theta" || self.before.state.get(name).is_some() => {
                self.at_iteration(name, rule, parameter, self.before.t)
            }
            _ => match name.strip_prefix(GRADIENT) {
                Some(other) => self.gradient_name(other, None),
                None => self.setup.notation.in_rule(name),
            },
        }
    }

    /// The number that stands for a name of the rule.
    pub(super) fn rule_value(
        &self,
        name: &str,
        parameter: &str,
        assigned: &[&str],
    ) -> Result<Shown, Fault> {
        if let ("learning_rate", true, Some(rate)) =
            (name, self.run.rate_varies(), &self.record.learning_rate)
        {
            return self.numbers.put_in(&Tensor::from(rate.clone()));
        }
        let scheduled = self.run.scheduled(self.record.t);
        if let Some((_, value)) = scheduled.into_iter().find(|(known, _)| *known == name) {
            return self.numbers.put_in(&Tensor::from(value));
        }
        if let Some(number) = self.run.options_of(parameter).number(name) {
            return Ok(self.numbers.rational(number));
        }
        let value = match name {
            "t" => return Ok(self.numbers.rational(&Rational::from(self.record.t))),
            "g" => self.record.gradient.get(parameter),
            _ if assigned.contains(&name) => self.after(name, parameter),
            "theta" => return self.parameter(parameter),
            "rows" | "columns" => {
                let shape = self.before.parameters.get(parameter).and_then(Tensor::shape);
                let (rows, columns) = shape.unwrap_or((1, 1));
                let size = if name == "rows" { rows } else { columns };
                return Ok(self.numbers.rational(&Rational::from(size)));
            }
            _ => match name.strip_prefix(GRADIENT) {
                Some(other) => self.record.gradient.get(other),
                None => self.before.state.get(name).and_then(|values| values.get(parameter)),
            },
        };
        value.map_or_else(|| Ok(self.numbers.no_value()), |value| self.numbers.put_in(value))
    }

    /// What the iteration computed for a name of the rule, before any rounding.
    fn after(&self, name: &str, parameter: &str) -> Option<&Tensor> {
        let record = self.record;
        let (state, parameters): (&Named<Named<Tensor>>, &Named<Tensor>) = match &record.unrounded {
            Some(unrounded) => (&unrounded.state, &unrounded.parameters),
            None => (&record.state, &record.parameters),
        };
        if name == "theta" {
            return parameters.get(parameter);
        }
        state.get(name).or_else(|| record.intermediate.get(name))?.get(parameter)
    }

    /// `w_{1}`, `u^{w}_{1}`; a name that has an index already takes `W_1^{(1)}`.
    pub(super) fn at_iteration(
        &self,
        name: &str,
        rule: &Rule,
        parameter: &str,
        t: usize,
    ) -> String {
        let notation = &self.setup.notation;
        if name == "theta" || name == STEPPED {
            let latex = notation.latex(parameter);
            let latex = if name == STEPPED { format!(r"\tilde{{{latex}}}") } else { latex };
            return if latex.contains('_') {
                format!("{latex}^{{({t})}}")
            } else {
                format!("{latex}_{{{t}}}")
            };
        }
        let (latex, own) = (notation.in_rule(name), notation.latex(parameter));
        if rule.is_constant(name) && self.run.overrides.is_empty() {
            return latex;
        }
        if self.is_shared(rule, name) {
            return indexed(&latex, &t.to_string());
        }
        if latex.contains('_') {
            return format!("{}^{{{own}}}", indexed(&latex, &t.to_string()));
        }
        format!("{latex}^{{{own}}}_{{{t}}}")
    }
}

/// The parameter after the step and before decay on the new weights.
const STEPPED: &str = "theta_tilde";

/// The names of several lists of lines, in an order that suits them all.
fn names<'l>(lists: impl Iterator<Item = &'l [Line]>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for list in lists {
        let mut next = 0;
        for line in list {
            match names.iter().position(|known| *known == line.name) {
                Some(place) => next = place + 1,
                None => {
                    names.insert(next, line.name.clone());
                    next += 1;
                }
            }
        }
    }
    names
}

/// The update rule in symbols, for any parameter θ and any iteration t.
pub(super) fn in_symbols(run: &Run, notation: &Notation, prose: &Prose) -> Vec<Row> {
    let rule = run.rule();
    let mut rows = Vec::new();
    let number = |number: &Rational| Shown {
        magnitude: exact_input_latex(number, prose.mark()),
        negative: false,
        exact: true,
        compound: false,
    };
    let theta = notation.latex("theta");
    for state in &rule.states {
        let zero = match &state.start {
            Expression::Name(option) => !run.options.is_set(option),
            Expression::Number(number) => *number == Rational::ZERO,
            _ => false,
        };
        if !zero {
            let varies = run.schedule.is_some() || run.rate_varies();
            let latex = |name: &str| match name {
                "learning_rate" if varies => indexed(&notation.in_rule(name), "1"),
                _ => notation.in_rule(name),
            };
            let mut row = Row::new(indexed(&notation.in_rule(&state.name), "0"));
            let start = Printer { name: &latex, number: &number }.latex(&state.start);
            // An option may be the initial value by its very name.
            if row.left != start {
                row.step(start, true);
                rows.push(row);
            }
        }
    }
    if let Some(point) = &rule.look_ahead {
        let latex = |name: &str| general(name, run, &rule, notation, &[]);
        let mut row = Row::new(format!(r"\tilde{{{theta}}}_{{t}}"));
        row.step(Printer { name: &latex, number: &number }.latex(point), true);
        rows.push(row);
    }
    let (when, otherwise) = (prose.word("if"), prose.word("otherwise"));
    let mut assigned: Vec<&str> = Vec::new();
    for line in &rule.lines {
        let latex = |name: &str| general(name, run, &rule, notation, &assigned);
        let printer = Printer { name: &latex, number: &number };
        let left = notation.in_rule(&line.name);
        let constant = rule.is_constant(&line.name);
        let mut row = Row::new(if constant { left } else { indexed(&left, "t+1") });
        let print = |expression: &Expression| printer.latex(&with_time(expression));
        row.step(line.right_side(&print, &theta, [&when, &otherwise]), true);
        rows.push(row);
        assigned.push(&line.name);
    }
    let other = rule.first.iter().flatten().filter(|line| !rule.lines.contains(line));
    for line in other {
        let latex = |name: &str| general(name, run, &rule, notation, &assigned);
        let printer = Printer { name: &latex, number: &number };
        let mut row = Row::new(indexed(&notation.in_rule(&line.name), "t+1"));
        let print = |expression: &Expression| printer.latex(&with_time(expression));
        row.step(line.right_side(&print, &theta, [&when, &otherwise]), true);
        row.tail(format!(r"\quad \text{{{}}}", prose.word("first_iteration")));
        rows.push(row);
    }
    rows
}

/// Marks a time inside an expression.
const TIME: &str = "time ";

/// Rules count iterations by `t`, and their lines in symbols lead from t to t + 1.
fn with_time(expression: &Expression) -> Expression {
    let time = |text: &str| Some(Expression::Name(format!("{TIME}{text}")));
    let later = |expression: &Expression| match expression {
        Expression::Name(name) if name == "t" => Some(1),
        Expression::Binary(operator, left, right)
            if **left == Expression::name("t") && **right == Expression::integer(1) =>
        {
            match operator {
                Operator::Add => Some(2),
                Operator::Subtract => Some(0),
                _ => None,
            }
        }
        _ => None,
    };
    expression.map(&mut |node| match node {
        Expression::Binary(Operator::Power, base, exponent) => {
            let exponent = match later(exponent) {
                Some(more) => time(&format!("t+{more}"))?,
                None => with_time(exponent),
            };
            Some(Expression::binary(Operator::Power, with_time(base), exponent))
        }
        _ => match later(node)? {
            0 => time("t"),
            more => time(&format!("(t+{more})")),
        },
    })
}

fn general(name: &str, run: &Run, rule: &Rule, notation: &Notation, assigned: &[&str]) -> String {
    let latex = notation.in_rule(name);
    if let Some(quantity) = run.schedule.as_ref().and_then(|own| own.quantity(name)) {
        return quantity.latex.clone();
    }
    match name {
        "g" => {
            let (theta, loss) = (notation.latex("theta"), notation.latex("loss"));
            let point = if rule.look_ahead.is_some() {
                format!(r"\tilde{{{theta}}}")
            } else {
                theta.clone()
            };
            format!(r"\nabla_{{{theta}}} {loss}({point}_{{t}})")
        }
        _ if name.starts_with(TIME) => name[TIME.len()..].to_owned(),
        "learning_rate" if run.rate_varies() => indexed(&latex, "t+1"),
        _ if run.schedule.as_ref().is_some_and(|own| own.rate() == name) => indexed(&latex, "t+1"),
        _ if rule.is_constant(name) => latex,
        _ if assigned.contains(&name) => indexed(&latex, "t+1"),
        _ if name == "theta" || rule.state(name).is_some() => indexed(&latex, "t"),
        _ => latex,
    }
}
