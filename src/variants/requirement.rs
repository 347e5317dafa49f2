//! Whether a requirement holds for a trace: exactly, never by rounding.

use crate::formula::{Evaluator, Failure, Prove, ZeroOverZero};
use crate::number::{Rational, Real, Sign, ending};
use crate::scenario::{Assignment, Comparison, Condition, Operand, Scenario, Side, Term};
use crate::trace::{Path, Reading, Trace, Value};

use super::answer;
use super::branches::Branches;

/// What requirements are about.
pub(super) struct Facts<'a> {
    pub assignment: &'a Assignment,
    /// The scenario and its trace; none while only the variables are known.
    pub run: Option<(&'a Scenario, &'a Trace)>,
    /// The branches of the default paper.
    pub branches: &'a Branches,
}

/// Why a requirement has no answer: a sign that can't be decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Open;

impl Facts<'_> {
    /// Whether the condition holds. A comparison with something undefined does not.
    pub(super) fn hold(&self, condition: &Condition) -> Result<bool, Open> {
        match condition {
            Condition::All(parts) => {
                for part in parts {
                    if !self.hold(part)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Condition::Any(parts) => {
                for part in parts {
                    if self.hold(part)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Condition::Not(inner) => Ok(!self.hold(inner)?),
            Condition::Compare(sides) => self.compare(&sides.0, sides.1, &sides.2),
            Condition::SameBranches => {
                Ok(self.run.is_some_and(|(_, trace)| Branches::of(trace) == *self.branches))
            }
            Condition::Distinct(paths) => self.distinct(paths),
        }
    }

    fn compare(&self, left: &Side, comparison: Comparison, right: &Side) -> Result<bool, Open> {
        let (Some(left), Some(right)) = (self.side(left)?, self.side(right)?) else {
            return Ok(false);
        };
        let difference = match (left, right) {
            (Size::Infinite, Size::Infinite) => Sign::Zero,
            (Size::Infinite, Size::Number(_)) => Sign::Positive,
            (Size::Number(_), Size::Infinite) => Sign::Negative,
            (Size::Number(left), Size::Number(right)) => {
                (&left - &right).sign().map_err(|_| Open)?
            }
        };
        Ok(comparison.holds(difference))
    }

    fn side(&self, side: &Side) -> Result<Option<Size>, Open> {
        let (Side::Value(term) | Side::Decimals(term) | Side::Digits(term)) = side;
        let Some(value) = self.term(term)? else { return Ok(None) };
        let ending = || value.as_rational().as_deref().and_then(ending::of);
        let count = match side {
            Side::Value(_) => return Ok(Some(Size::Number(value))),
            Side::Decimals(_) => ending().map(|ending| ending.decimals),
            Side::Digits(_) => ending().map(|ending| ending.digits),
        };
        let count = count.map(|count| Size::Number(Real::from(Rational::from(count))));
        Ok(Some(count.unwrap_or(Size::Infinite)))
    }

    /// The value of a term, if it is defined.
    fn term(&self, term: &Term) -> Result<Option<Real>, Open> {
        let mut values = Vec::new();
        for (name, operand) in &term.operands {
            let value = match operand {
                Operand::Variable(variable) => self.assignment.get(variable).cloned(),
                Operand::Path(path) => self.value(path),
            };
            let Some(value) = value else { return Ok(None) };
            values.push((name.as_str(), value));
        }
        let mut prove = Prove;
        let zero_over_zero = ZeroOverZero::Undefined;
        let mut evaluator = Evaluator { decide: &mut prove, zero_over_zero };
        let known = |name: &str| {
            let value = values.iter().find(|(known, _)| *known == name);
            let value = value.map(|(_, value)| value.clone());
            value.ok_or_else(|| Failure::OutOfRange(name.to_owned()))
        };
        match evaluator.evaluate(&term.expression, &known) {
            Ok(value) => Ok(Some(value)),
            Err(Failure::Undefined { .. }) => Ok(None),
            Err(Failure::Undecided { .. } | Failure::OutOfRange(_)) => Err(Open),
        }
    }

    /// The number at a path of the exact run.
    fn value(&self, path: &Path) -> Option<Real> {
        let (_, trace) = self.run?;
        let value = path.value(trace, Reading::Exact)?;
        match value.entries() {
            [Value::Real(real)] => Some(real.clone()),
            _ => None,
        }
    }

    /// Whether any two of the values differ by more than both tolerances together, so that
    /// neither is taken for the other after rounding.
    fn distinct(&self, paths: &[Path]) -> Result<bool, Open> {
        let Some((scenario, trace)) = self.run else { return Ok(false) };
        let mut known: Vec<answer::Marked> = Vec::new();
        for path in paths {
            let Some(value) = answer::marked(scenario, trace, path) else { return Ok(false) };
            for other in &known {
                if !value.is_apart_from(other).map_err(|_| Open)? {
                    return Ok(false);
                }
            }
            known.push(value);
        }
        Ok(true)
    }
}

/// A number, or one that is larger than all.
enum Size {
    Number(Real),
    Infinite,
}
