//! Answers: the values that a paper asks for, as they are marked.

use std::cmp::Ordering;

use crate::number::{Decimal, Fault, Precision, Rational, Real, Rounding, Sign, round};
use crate::scenario::{Carry, Display, Scenario};
use crate::trace::{Path, Reading, Target, Tensor, Trace, Value, What};

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

/// The longest number that is written without a power of ten.
const LONGEST: usize = 24;

impl Marked {
    /// The displayed value as text.
    pub fn shown(&self) -> String {
        let plain = self.displayed.to_plain('.');
        if plain.len() > LONGEST { self.displayed.to_scientific('.') } else { plain }
    }

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
    let exact = path.value(trace, Reading::Exact).as_ref().and_then(number);
    let printed = printed(trace, path).as_ref().and_then(number);
    let found = (display(scenario, path), exact, printed);
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
            // An exact value has fewer digits than were asked for; the other run's tells more.
            let other = round(&exact, display.precision, display.rounding)?;
            let unit = displayed.half_unit().min(other.half_unit());
            // More than the gap, so that the exact run's own digits are right too.
            let whole = whole_units(&gap, &unit)?;
            tolerance = unit * (whole + Rational::ONE);
        }
    }
    Ok(Marked { exact, displayed, tolerance })
}

/// The value that the sheet rounds when it prints: of a carried run, what was computed before
/// the next iteration started from the displayed number.
pub(super) fn printed(trace: &Trace, path: &Path) -> Option<Tensor> {
    let value = path.value(trace, Reading::Printed);
    let Target::Record { run, t, what } = &path.target else { return value };
    let records = trace.setups.get(&path.setup)?.runs.get(run)?.printed();
    let record = records.iter().find(|record| record.t == *t)?;
    let Some(unrounded) = &record.unrounded else { return value };
    let whole = match what {
        What::Parameter(name) => unrounded.parameters.get(name),
        What::State { state, parameter } => {
            unrounded.state.get(state).and_then(|values| values.get(parameter))
        }
        _ => None,
    };
    let Some(whole) = whole else { return value };
    match path.entry {
        None => Some(whole.clone()),
        Some((row, column)) => whole.entry(row, column).cloned().map(Tensor::from),
    }
}

/// How many whole units a positive number has: none, in most cases.
fn whole_units(value: &Real, unit: &Rational) -> Result<Rational, Fault> {
    let unit = Real::from(unit.clone());
    if value.compare(&unit)? == Ordering::Less {
        return Ok(Rational::ZERO);
    }
    let units = value.checked_div(&unit)?;
    let near = round(&units, Precision::Decimals(0), Rounding::HalfUp)?.value;
    let mut whole = Rational::from(near.floor());
    if units.compare(&Real::from(whole.clone()))? == Ordering::Less {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::parse_exact;
    use crate::scenario::ExactForm;

    #[test]
    fn tolerances_cover_the_displayed_digits_and_both_runs() {
        // Exact run, value before it was displayed to two decimals, what prints, tolerance;
        // the last is half a unit, or as many as reach beyond the exact run's value.
        let table = [
            ("1/3", "1/3", Carry::Exact, "0.33", "0.005"),
            ("0.4", "0.4", Carry::Exact, "0.4", "0"),
            ("0.4", "0.4", Carry::Displayed, "0.4", "0"),
            ("1.6292", "1.6314", Carry::Displayed, "1.63", "0.005"),
            ("1.3982", "1.4021", Carry::Displayed, "1.40", "0.005"),
            ("1.3982", "1.4", Carry::Displayed, "1.4", "0.005"),
            ("1.3849", "1.4021", Carry::Displayed, "1.40", "0.02"),
            ("1.385", "1.4021", Carry::Displayed, "1.40", "0.02"),
            ("1.35", "1.4", Carry::Displayed, "1.4", "0.055"),
        ];
        let number = |text: &str| Real::from(parse_exact(text).unwrap());
        for (exact, printed, carry, shown, tolerance) in table {
            let display = Display {
                precision: Precision::Decimals(2),
                rounding: Rounding::HalfUp,
                carry,
                exact_form: ExactForm::Hidden,
            };
            let path = Path {
                setup: "s".into(),
                target: Target::Record { run: "r".into(), t: 1, what: What::Parameter("w".into()) },
                entry: None,
            };
            let found = mark(number(exact), &number(printed), &path, &display).unwrap();
            assert_eq!(found.shown(), shown, "{exact} {printed}");
            assert_eq!(found.tolerance, parse_exact(tolerance).unwrap(), "{exact} {printed}");
        }
    }
}
