//! Numbers as the sheet prints them, and rows of equations made of them.

use crate::formula::Shown;
use crate::number::{Fault, Precision, Rational, Real, exact_input_latex, round};
use crate::scenario::{Display, ExactForm};

use super::width::width;
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
    /// asks is written out, so that the line can be checked by hand. So is an exact form, where
    /// those are shown.
    pub(super) fn put_in(&self, tensor: &Tensor) -> Result<Shown, Fault> {
        let precision = match self.display.precision {
            Precision::Decimals(places) => Precision::Decimals(places + SOME_MORE),
            Precision::Significant(digits) => Precision::Significant(digits + SOME_MORE),
        };
        let display = Display { precision, ..self.display.clone() };
        let finer = Numbers { display: &display, ..*self };
        self.matrix(tensor, &|value| {
            let written_out = finer.value(value)?;
            if written_out.exact {
                return Ok(written_out);
            }
            match value.real().and_then(|real| self.exact_form(real)) {
                Some(form) => Ok(form),
                None => self.value(value),
            }
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
            return Ok(self.rational(&number));
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

    /// The exact form of a value of the trace, where such forms are shown and this one is short.
    fn exact_form(&self, real: &Real) -> Option<Shown> {
        if self.display.exact_form == ExactForm::Hidden || real.closed_form().is_none() {
            return None;
        }
        self.input(real).ok().filter(|form| width(&form.latex()) <= LONGEST_FORM)
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
        if !shown.exact
            && let Some(form) = value.real().and_then(|real| self.exact_form(real))
        {
            steps.push(Step { latex: form.latex(), exact: true });
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

const ALIGNED: &str = "\\begin{aligned}\n";
const ALIGNED_END: &str = "\n\\end{aligned}";

/// Exact forms wider than this, in em, are not shown.
const LONGEST_FORM: f64 = 8.0;

/// How many em of a formula a line of a page has room for, in the box of a solution.
const LINE: f64 = 31.5;

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

    /// The row, in lines of at most `room` em behind the left side where its steps allow it.
    fn latex(&self, room: f64) -> String {
        let mut text = self.left.clone();
        let mut used = 0.0;
        for (index, step) in self.steps.iter().enumerate() {
            // What follows from rounded numbers is not equal to them.
            let rounded = index > 0 && !self.steps[index - 1].exact;
            let relation = if step.exact && !rounded { "=" } else { r"\approx" };
            let start = text.len();
            text.extend([relation, " ", &step.latex]);
            if index + 1 == self.steps.len() {
                self.write_end(&mut text);
            }
            let width = width(&text[start..]);
            let before = match index {
                0 => " &",
                _ if used + width > room => " \\\\\n&",
                _ => " ",
            };
            text.insert_str(start, before);
            used = if before.ends_with('&') { width } else { used + width };
        }
        if self.steps.is_empty() {
            self.write_end(&mut text);
        }
        text
    }

    /// What stands behind the last step.
    fn write_end(&self, text: &mut String) {
        if !self.end.is_empty() {
            text.extend([" ", &self.end]);
        }
        if let Some(marks) = &self.marks {
            text.extend([r" \quad \text{", marks, "}"]);
        }
    }
}

/// Two aligned display formulas as one.
pub(super) fn joined(first: &str, second: &str) -> String {
    let first = first.trim_end_matches(ALIGNED_END);
    format!("{first} \\\\\n{}", second.trim_start_matches(ALIGNED))
}

/// The rows as one aligned display formula; what is too long for a line goes on below.
pub(super) fn aligned(rows: &[Row]) -> String {
    let left = rows.iter().map(|row| width(&row.left)).fold(0.0, f64::max);
    let rows: Vec<String> = rows.iter().map(|row| row.latex(LINE - left)).collect();
    format!("{ALIGNED}{}{ALIGNED_END}", rows.join(" \\\\\n"))
}
