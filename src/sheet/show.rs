//! Numbers as the sheet prints them, and rows of equations made of them.

use crate::formula::Shown;
use crate::number::{Fault, Precision, Rational, Real, exact_input_latex, round};
use crate::scenario::{Display, ExactForm};
use crate::trace::{Tensor, Value};

/// The most entries of a matrix that is written out.
pub(super) const MAX_SHOWN: usize = 16;

/// How many digits more a decimal may have to be put in as it is.
const SOME_MORE: u32 = 2;

/// Prints numbers under one display setting.
#[derive(Debug, Clone, Copy)]
pub(super) struct Numbers<'a> {
    pub display: &'a Display,
    /// The decimal mark.
    pub mark: char,
    /// The word for an undefined value.
    pub undefined: &'a str,
}

/// A number, rounded for the eye or exact.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Step {
    pub latex: String,
    /// Whether an equals sign may stand before it.
    pub exact: bool,
}

impl Numbers<'_> {
    /// A computed number: its exact value where that ends within the asked digits, else rounded.
    pub(super) fn computed(&self, real: &Real) -> Result<Shown, Fault> {
        let decimal = round(real, self.display.precision, self.display.rounding)?;
        let text = decimal.to_latex(self.mark);
        let exact = decimal.exact;
        Ok(signed(&text, exact, false))
    }

    /// A number known to a relative error only, rounded to the digits that are certain.
    pub(super) fn estimate(&self, value: f64, error: f64) -> Result<Shown, Fault> {
        let ends = [1.0 - error, 1.0 + error].map(|factor| from_double(value * factor));
        let mut precision = self.display.precision;
        loop {
            let display = Display { precision, ..self.display.clone() };
            let numbers = Numbers { display: &display, ..*self };
            let [low, high] = [numbers.computed(&ends[0])?, numbers.computed(&ends[1])?];
            let fewer = match precision {
                Precision::Significant(digits) if digits > 1 => Precision::Significant(digits - 1),
                Precision::Decimals(places) if places > 0 => Precision::Decimals(places - 1),
                Precision::Significant(_) | Precision::Decimals(_) => precision,
            };
            let same = (low.negative, &low.magnitude) == (high.negative, &high.magnitude);
            if same || fewer == precision {
                return Ok(Shown { exact: false, ..high });
            }
            precision = fewer;
        }
    }

    /// A number of the scenario, or a matrix of them: always exact.
    pub(super) fn given(&self, tensor: &Tensor) -> Result<Shown, Fault> {
        self.matrix(tensor, &|value| match value {
            Value::Real(real) => self.input(real),
            Value::Undefined(_) => Ok(self.no_value()),
        })
    }

    /// A value of the trace, or a matrix of them.
    pub(super) fn tensor(&self, tensor: &Tensor) -> Result<Shown, Fault> {
        self.matrix(tensor, &|value| self.value(value))
    }

    /// A value put in for its name: a decimal that ends a little later than the display
    /// asks is written out, so that the line can be checked by hand.
    pub(super) fn put_in(&self, tensor: &Tensor) -> Result<Shown, Fault> {
        let precision = match self.display.precision {
            Precision::Decimals(places) => Precision::Decimals(places + SOME_MORE),
            Precision::Significant(digits) => Precision::Significant(digits + SOME_MORE),
        };
        let display = Display { precision, ..self.display.clone() };
        let finer = Numbers { display: &display, ..*self };
        self.matrix(tensor, &|value| {
            let written_out = finer.value(value)?;
            if written_out.exact { Ok(written_out) } else { self.value(value) }
        })
    }

    /// A matrix in round brackets; one of more than [`MAX_SHOWN`] entries is not shown.
    fn matrix(
        &self,
        tensor: &Tensor,
        show: &dyn Fn(&Value) -> Result<Shown, Fault>,
    ) -> Result<Shown, Fault> {
        if let Some(value) = tensor.scalar() {
            return show(value);
        }
        let columns = tensor.shape().map_or(1, |(_, columns)| columns);
        if tensor.entries().len() > MAX_SHOWN {
            return Ok(signed(r"(\cdots)", true, false));
        }
        let entries = tensor.entries().iter().map(show).collect::<Result<Vec<_>, _>>()?;
        let latex: Vec<String> = entries.iter().map(Shown::latex).collect();
        let rows: Vec<String> = latex.chunks(columns).map(|row| row.join(" & ")).collect();
        let magnitude = format!(r"\begin{{pmatrix}} {} \end{{pmatrix}}", rows.join(r" \\ "));
        let exact = entries.iter().all(|entry| entry.exact);
        Ok(Shown { magnitude, negative: false, exact, compound: false })
    }

    /// A number of the scenario: always exact.
    pub(super) fn input(&self, real: &Real) -> Result<Shown, Fault> {
        if let Some(number) = real.as_rational() {
            return Ok(self.rational(number));
        }
        match real.closed_form() {
            Some(form) => {
                let text = form.to_latex();
                let compound = text.trim_start_matches('-').contains([' ', '+', '-']);
                if compound {
                    return Ok(Shown { magnitude: text, negative: false, exact: true, compound });
                }
                Ok(signed(&text, true, false))
            }
            None => self.computed(real),
        }
    }

    /// An exact fraction.
    pub(super) fn rational(&self, number: &Rational) -> Shown {
        signed(&exact_input_latex(number, self.mark), true, false)
    }

    /// A value of the trace.
    pub(super) fn value(&self, value: &Value) -> Result<Shown, Fault> {
        match value {
            Value::Real(real) => self.computed(real),
            Value::Undefined(_) => Ok(self.no_value()),
        }
    }

    /// What stands for a number that is not defined.
    pub(super) fn no_value(&self) -> Shown {
        signed(&format!(r"\text{{{}}}", self.undefined), true, false)
    }

    /// The end of a row: the exact form too, where it is asked for and there is one.
    pub(super) fn result(&self, value: &Tensor) -> Result<Vec<Step>, Fault> {
        let shown = self.tensor(value)?;
        let mut steps = Vec::new();
        if let (ExactForm::Shown, false, Some(real)) =
            (self.display.exact_form, shown.exact, value.real())
            && let Some(form) = real.closed_form()
        {
            steps.push(Step { latex: form.to_latex(), exact: true });
        }
        steps.push(Step { latex: shown.latex(), exact: shown.exact });
        Ok(steps)
    }
}

/// A double as the fraction that it is.
pub(super) fn from_double(double: f64) -> Real {
    Real::from(Rational::try_from(double).unwrap_or(Rational::ZERO))
}

fn signed(text: &str, exact: bool, compound: bool) -> Shown {
    let (negative, magnitude) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    Shown { magnitude: magnitude.to_owned(), negative, exact, compound }
}

/// One row of an aligned block: a left side, then steps, each with its relation.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Row {
    pub left: String,
    pub steps: Vec<Step>,
    /// What ends the row without a relation of its own.
    pub end: String,
    /// What it earns, as it prints.
    pub marks: Option<String>,
}

impl Row {
    pub(super) fn new(left: impl Into<String>) -> Self {
        Self { left: left.into(), steps: Vec::new(), end: String::new(), marks: None }
    }

    /// Adds a step, unless it would only repeat the one before.
    pub(super) fn step(&mut self, latex: impl Into<String>, exact: bool) {
        let latex = latex.into();
        if self.steps.last().is_none_or(|last| last.latex != latex) {
            self.steps.push(Step { latex, exact });
        }
    }

    pub(super) fn result(&mut self, steps: Vec<Step>) {
        for step in steps {
            self.step(step.latex, step.exact);
        }
    }

    pub(super) fn tail(&mut self, end: impl Into<String>) {
        self.end = end.into();
    }

    fn latex(&self) -> String {
        let mut text = self.left.clone();
        for (index, step) in self.steps.iter().enumerate() {
            let relation = if step.exact { "=" } else { r"\approx" };
            text.push_str(if index == 0 { " &" } else { " " });
            text.push_str(&format!("{relation} {}", step.latex));
        }
        if !self.end.is_empty() {
            text.push(' ');
            text.push_str(&self.end);
        }
        if let Some(marks) = &self.marks {
            text.push_str(&format!(r" \quad \text{{{marks}}}"));
        }
        text
    }
}

/// The rows as one aligned display formula.
pub(super) fn aligned(rows: &[Row]) -> String {
    let rows: Vec<String> = rows.iter().map(Row::latex).collect();
    format!("\\begin{{aligned}}\n{}\n\\end{{aligned}}", rows.join(" \\\\\n"))
}
