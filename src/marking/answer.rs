//! Answers: the values that a paper asks for, as they are marked.

use std::cmp::Ordering;

use crate::number::{Decimal, Fault, Precision, Rational, Real, Rounding, Sign, round};
use crate::scenario::{Carry, Display, Scenario};
use crate::trace::{Path, Reading, Target, Tensor, Trace, Value};

/// A value that is asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// Question and letter of the part.
    pub part: String,
    /// The value's path; a matrix is asked entry by entry.
    pub path: Path,
    /// The marks of the whole part, as written.
    pub marks: Option<String>,
}

/// An answer with what a marker accepts.
#[derive(Debug, Clone, PartialEq)]
pub struct Marked {
    /// The value of the exact run.
    pub exact: Real,
    /// What the sheet prints, of the carried run where there is one.
    pub displayed: Decimal,
    /// How far from the displayed value an answer is still right: half a unit of its last
    /// digit, 0 for a value that prints exactly. Under `carry: displayed` it covers both runs.
    pub tolerance: Rational,
}

impl Marked {
    /// Whether neither value is taken for the other within their tolerances.
    ///
    /// # Errors
    ///
    /// A difference that is equal to the tolerances to the last digit that was computed.
    pub fn is_apart_from(&self, other: &Self) -> Result<bool, Fault> {
        let gap = (&self.exact - &other.exact).abs()?;
        let reach = Real::from(&self.tolerance + &other.tolerance);
        Ok(gap.compare(&reach)? == Ordering::Greater)
    }
}

/// Every value that the scenario asks for, in order; each path once a part.
pub fn asked(scenario: &Scenario, trace: &Trace) -> Vec<Asked> {
    let mut list: Vec<Asked> = Vec::new();
    for part in scenario.parts() {
        for path in &part.ask.answers {
            for path in entries(path, trace) {
                let asked = Asked { part: part.label.clone(), path, marks: part.ask.marks.clone() };
                if !list.contains(&asked) {
                    list.push(asked);
                }
            }
        }
    }
    list
}

/// The path itself, or one for every entry of a matrix.
pub(super) fn entries(path: &Path, trace: &Trace) -> Vec<Path> {
    let shape = path.value(trace, Reading::Exact).and_then(|value| value.shape());
    let Some((rows, columns)) = shape.filter(|_| path.entry.is_none()) else {
        return vec![path.clone()];
    };
    let entry = |row, column| Path { entry: Some((row, column)), ..path.clone() };
    (1..=rows).flat_map(|row| (1..=columns).map(move |column| entry(row, column))).collect()
}

/// The answer at a path; `None` where it is undefined, the run ended before, or a digit
/// can't be decided.
pub fn marked(scenario: &Scenario, trace: &Trace, path: &Path) -> Option<Marked> {
    try_marked(scenario, trace, path).ok().flatten()
}

/// As [`marked`], but a digit that can't be decided is an error.
pub(super) fn try_marked(
    scenario: &Scenario,
    trace: &Trace,
    path: &Path,
) -> Result<Option<Marked>, Fault> {
    let value = |reading| path.value(trace, reading).as_ref().and_then(number);
    let found = (display(scenario, path), value(Reading::Exact), value(Reading::Printed));
    let (Some(display), Some(exact), Some(printed)) = found else { return Ok(None) };
    mark(exact, &printed, path, display).map(Some)
}

fn mark(exact: Real, printed: &Real, path: &Path, display: &Display) -> Result<Marked, Fault> {
    let displayed = round(printed, display.precision, display.rounding)?;
    let mut tolerance = match displayed.exact || path.is_input() {
        true => Rational::ZERO,
        false => displayed.half_unit(),
    };
    if display.carry == Carry::Displayed {
        let gap = (&exact - &Real::from(displayed.value.clone())).abs()?;
        if gap.sign()? != Sign::Zero {
            // More than the gap, so that the exact run's own digits are right too.
            let unit = displayed.half_unit();
            let whole = floor(&gap.checked_div(&Real::from(unit.clone()))?)?;
            tolerance = unit * (whole + Rational::ONE);
        }
    }
    Ok(Marked { exact, displayed, tolerance })
}

/// The whole part of a positive number.
fn floor(value: &Real) -> Result<Rational, Fault> {
    let near = round(value, Precision::Decimals(0), Rounding::HalfUp)?.value;
    let mut whole = Rational::from(near.floor());
    if value.compare(&Real::from(whole.clone()))? == Ordering::Less {
        whole -= Rational::ONE;
    }
    Ok(whole)
}

/// How the value at a path is displayed.
pub fn display<'s>(scenario: &'s Scenario, path: &Path) -> Option<&'s Display> {
    let setup = scenario.setups.iter().find(|setup| setup.name == path.setup)?;
    Some(match &path.target {
        Target::Datum { .. } => &setup.display,
        Target::Option { run, .. } | Target::Record { run, .. } => {
            let run = setup.runs.iter().find(|known| known.name == *run);
            run.map_or(&setup.display, |run| &run.display)
        }
    })
}

fn number(value: &Tensor) -> Option<Real> {
    match value.entries() {
        [Value::Real(real)] => Some(real.clone()),
        _ => None,
    }
}
