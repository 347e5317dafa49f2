//! The optimizer's step, told line by line: `w_1 = w_0 - \alpha u^w_1 = 1 - 0.5 \cdot 3 = -0.5`.

use crate::catalogue::{Line, Rule};
use crate::formula::Shown;
use crate::formula::latex::Printer;
use crate::formula::notation::Notation;
use crate::number::{Fault, Rational, exact_input_latex};
use crate::scenario::Run;
use crate::trace::{Named, Tensor, Value};

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

impl Work<'_> {
    /// The rule's lines for the parameters asked for.
    pub(super) fn update(&self, asked: &Asked) -> Result<Vec<Row>, Fault> {
        let rule = (self.run.optimizer.rule)(&self.run.options);
        let mut rows = Vec::new();
        let mut assigned: Vec<&str> = Vec::new();
        for line in rule.lines_at(self.record.t) {
            for parameter in &asked.parameters {
                rows.push(self.update_row(line, parameter, &assigned)?);
            }
            assigned.push(&line.name);
            if line.name == asked.last {
                break;
            }
        }
        Ok(rows)
    }

    fn update_row(&self, line: &Line, parameter: &str, assigned: &[&str]) -> Result<Row, Fault> {
        let latex = |name: &str| self.rule_name(name, parameter, assigned);
        let value = |name: &str| self.rule_value(name, parameter, assigned);
        let reading = Reading { latex: &latex, value: &value, tensor: &|_| None };
        let left = self.at_iteration(&line.name, parameter, self.record.t);
        let undefined = Tensor::from(Value::Undefined("".into()));
        let result = self.after(&line.name, parameter).unwrap_or(&undefined);
        self.row(left, &line.expression, result, &reading)
    }

    /// A name of the rule, for one parameter, at the iteration that it belongs to.
    pub(super) fn rule_name(&self, name: &str, parameter: &str, assigned: &[&str]) -> String {
        match name {
            "g" => self.gradient_name(parameter, None),
            "t" => self.record.t.to_string(),
            _ if assigned.contains(&name) => self.at_iteration(name, parameter, self.record.t),
            _ if name == "theta" || self.before.state.get(name).is_some() => {
                self.at_iteration(name, parameter, self.before.t)
            }
            _ => self.setup.notation.latex(name),
        }
    }

    /// The number that stands for a name of the rule.
    pub(super) fn rule_value(
        &self,
        name: &str,
        parameter: &str,
        assigned: &[&str],
    ) -> Result<Shown, Fault> {
        if let Some(number) = self.run.options.number(name) {
            return Ok(self.numbers.rational(number));
        }
        let value = match name {
            "t" => return Ok(self.numbers.rational(&Rational::from(self.record.t))),
            "g" => self.record.gradient.get(parameter),
            _ if assigned.contains(&name) => self.after(name, parameter),
            "theta" => return self.parameter(parameter),
            _ => self.before.state.get(name).and_then(|values| values.get(parameter)),
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
    fn at_iteration(&self, name: &str, parameter: &str, t: usize) -> String {
        if name != "theta" {
            return format!("{}_{{{t}}}", self.of_parameter(name, parameter));
        }
        let latex = self.setup.notation.latex(parameter);
        if latex.contains('_') { format!("{latex}^{{({t})}}") } else { format!("{latex}_{{{t}}}") }
    }
}

/// The update rule in symbols, for any parameter θ and any iteration t.
pub(super) fn in_symbols(run: &Run, notation: &Notation, mark: char) -> Vec<Row> {
    let rule = (run.optimizer.rule)(&run.options);
    let mut rows = Vec::new();
    let number = |number: &Rational| Shown {
        magnitude: exact_input_latex(number, mark),
        negative: false,
        exact: true,
        compound: false,
    };
    let theta = notation.latex("theta");
    if let Some(point) = &rule.look_ahead {
        let latex = |name: &str| general(name, &rule, notation, &[]);
        let mut row = Row::new(format!(r"\tilde{{{theta}}}_{{t}}"));
        row.step(Printer { name: &latex, number: &number }.latex(point), true);
        rows.push(row);
    }
    let mut assigned: Vec<&str> = Vec::new();
    for line in &rule.lines {
        let latex = |name: &str| general(name, &rule, notation, &assigned);
        let mut row = Row::new(format!("{}_{{t+1}}", notation.latex(&line.name)));
        row.step(Printer { name: &latex, number: &number }.latex(&line.expression), true);
        rows.push(row);
        assigned.push(&line.name);
    }
    rows
}

fn general(name: &str, rule: &Rule, notation: &Notation, assigned: &[&str]) -> String {
    let latex = notation.latex(name);
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
        "t" => "t+1".into(),
        _ if assigned.contains(&name) => format!("{latex}_{{t+1}}"),
        _ if name == "theta" || rule.states.iter().any(|state| state == name) => {
            format!("{latex}_{{t}}")
        }
        _ => latex,
    }
}
