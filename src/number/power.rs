//! Powers, absolute values, the larger and the smaller of two numbers.

use dashu_base::BitTest;
use dashu_int::UBig;

use super::atom::{Atom, Function};
use super::fault::{Fault, Sign, Undefined};
use super::integer::{is_negative, magnitude, reciprocal, size, unsigned};
use super::normal::Normal;
use super::quotient::reciprocal_of;
use super::real::Real;
use super::sum::{RATIONAL_BITS, Term, from_terms};
use super::{Integer, Rational};

/// Most square roots that a fractional power is taken apart into.
const MAX_ROOTS: usize = 16;
/// Largest power of a fraction too long to be written out that is still kept as a power.
const MAX_SEALED: u32 = 1 << 20;
/// Largest root that is tried on fractions.
const MAX_DEGREE: usize = 64;

impl Normal {
    /// The number to an integer power; `x^0` is 1 for every `x`, zero included.
    pub(super) fn pow(&self, exponent: i64) -> Result<Normal, Fault> {
        if exponent < 0 && self.sign()? == Sign::Zero {
            return Err(Undefined::DivisionByZero { numerator: Some("1".to_owned()) }.into());
        }
        let short = u32::try_from(exponent).ok().and_then(|power| self.as_short()?.power(power));
        if let Some(power) = short {
            return Ok(power.into());
        }
        match self.as_rational().as_deref() {
            Some(base) => match (is_short_power(base, exponent), i32::try_from(exponent)) {
                (true, _) => Ok(Normal::rational(power_of_rational(base, exponent))),
                (false, Ok(power)) if power.unsigned_abs() <= MAX_SEALED => {
                    let atom = Atom::new(Function::Sealed, self.clone());
                    Ok(from_terms(vec![Term::power(Rational::ONE, &atom, power)]))
                }
                (false, _) => {
                    let size = Normal::from(magnitude(base)).log()? * Normal::from(exponent);
                    let power = size.exp()?;
                    let negative = is_negative(base) && exponent % 2 != 0;
                    Ok(if negative { -power } else { power })
                }
            },
            None => Ok(integer_power(self, exponent)),
        }
    }
}

impl Real {
    /// The number to a fractional power.
    ///
    /// # Errors
    /// As [`Real::pow`]; also [`Fault::Undefined`] for a negative base with an exponent
    /// that is not an integer.
    pub fn pow_rational(&self, exponent: &Rational) -> Result<Real, Fault> {
        if let (true, Ok(integer)) = (exponent.is_int(), i64::try_from(exponent.numerator())) {
            return self.pow(integer);
        }
        match (self.sign()?, is_negative(exponent)) {
            (Sign::Zero, true) => {
                Err(Undefined::DivisionByZero { numerator: Some("1".to_owned()) }.into())
            }
            (Sign::Zero, false) => Ok(Real::zero()),
            (Sign::Negative, _) if exponent.is_int() => {
                let power = positive_power(&-self, exponent)?;
                let odd = exponent.numerator().bit(0);
                Ok(if odd { -power } else { power })
            }
            (Sign::Negative, _) => Err(Undefined::PowerOfNegative.into()),
            (Sign::Positive, _) => positive_power(self, exponent),
        }
    }

    /// The absolute value.
    ///
    /// # Errors
    /// [`Fault::Undecided`] where the sign cannot be told.
    pub fn abs(&self) -> Result<Real, Fault> {
        Ok(match self.sign()? {
            Sign::Negative => -self,
            Sign::Zero => Real::zero(),
            Sign::Positive => self.clone(),
        })
    }

    /// The larger of two numbers.
    ///
    /// # Errors
    /// [`Fault::Undecided`] where their order cannot be told.
    pub fn max(&self, other: &Real) -> Result<Real, Fault> {
        Ok(if self.compare(other)?.is_lt() { other.clone() } else { self.clone() })
    }

    /// The smaller of two numbers.
    ///
    /// # Errors
    /// [`Fault::Undecided`] where their order cannot be told.
    pub fn min(&self, other: &Real) -> Result<Real, Fault> {
        Ok(if self.compare(other)?.is_gt() { other.clone() } else { self.clone() })
    }
}

fn is_short_power(base: &Rational, exponent: i64) -> bool {
    let factor = usize::try_from(exponent.unsigned_abs()).unwrap_or(usize::MAX);
    size(base) <= 2 || size(base).saturating_mul(factor) <= RATIONAL_BITS
}

/// A power of a fraction in lowest terms is in lowest terms. The base of a negative power
/// is not zero.
fn power_of_rational(base: &Rational, exponent: i64) -> Rational {
    // What is longer than a word was sorted out before.
    let size = isize::try_from(exponent.unsigned_abs()).unwrap_or(isize::MAX);
    let inverse = if exponent < 0 { reciprocal(base) } else { None };
    inverse.as_ref().unwrap_or(base).pow(size)
}

/// A power by repeated squaring. The base of a negative power is not zero.
pub(super) fn integer_power(base: &Normal, exponent: i64) -> Normal {
    let mut square = if exponent < 0 { reciprocal_of(base) } else { base.clone() };
    let mut left = exponent.unsigned_abs();
    let mut result = Normal::one();
    while left > 0 {
        if left % 2 == 1 {
            result = result * &square;
        }
        left /= 2;
        if left > 0 {
            square = &square * &square;
        }
    }
    result
}

fn positive_power(base: &Real, exponent: &Rational) -> Result<Real, Fault> {
    let degree = usize::try_from(exponent.denominator()).unwrap_or(usize::MAX);
    let numerator = i64::try_from(exponent.numerator());
    if let (Some(root), Ok(power)) =
        (base.as_rational().and_then(|q| root_of(&q, degree)), numerator)
    {
        return Real::from(root).pow(power);
    }
    let halvings = exponent.denominator().trailing_zeros().unwrap_or(0);
    match numerator {
        Ok(power) if degree.is_power_of_two() && halvings <= MAX_ROOTS => {
            let mut root = base.clone();
            for _ in 0..halvings {
                root = root.sqrt()?;
            }
            root.pow(power)
        }
        _ => (base.log()? * Real::from(exponent.clone())).exp(),
    }
}

/// The root of a positive fraction, where it is a fraction.
fn root_of(value: &Rational, degree: usize) -> Option<Rational> {
    if degree > MAX_DEGREE {
        return None;
    }
    let root = |number: &UBig| {
        let root = number.nth_root(degree);
        (root.pow(degree) == *number).then_some(root)
    };
    let above = root(&unsigned(value.numerator()))?;
    Some(Rational::from_parts(Integer::from(above), root(value.denominator())?))
}

#[cfg(test)]
mod tests {
    use super::super::parse_exact;
    use super::*;

    fn real(text: &str) -> Real {
        Real::from(parse_exact(text).unwrap())
    }

    #[test]
    fn powers_are_exact_where_they_can_be() {
        let table = [
            ("2/3", "3", "8/27"),
            ("-2", "-3", "-1/8"),
            ("0", "0", "1"),
            ("8", "1/3", "2"),
            ("8", "-2/3", "1/4"),
            ("2", "1/2", "sqrt(2)"),
            ("1/2", "3/2", "1/4*sqrt(2)"),
            ("4", "3/4", "2*sqrt(2)"),
            ("0", "1/3", "0"),
        ];
        for (base, exponent, expected) in table {
            let power = real(base).pow_rational(&parse_exact(exponent).unwrap()).unwrap();
            let text = power.closed_form().map(|form| form.to_text());
            assert_eq!(text.as_deref(), Some(expected), "{base}^{exponent}");
        }
        let third = parse_exact("1/3").unwrap();
        assert_eq!(real("5").pow_rational(&third).unwrap().pow(3), Ok(real("5")));
    }

    #[test]
    fn powers_without_value_say_so() {
        let one_over_zero = Undefined::DivisionByZero { numerator: Some("1".to_owned()) };
        let table = [
            ("0", "-1", one_over_zero.clone()),
            ("0", "-1/2", one_over_zero),
            ("-1", "1/2", Undefined::PowerOfNegative),
        ];
        for (base, exponent, undefined) in table {
            let found = real(base).pow_rational(&parse_exact(exponent).unwrap());
            assert_eq!(found, Err(undefined.into()), "{base}^{exponent}");
        }
    }

    #[test]
    fn the_larger_and_the_smaller() {
        let (root, bound) = (real("2").sqrt().unwrap(), real("1.5"));
        assert_eq!(root.max(&bound), Ok(bound.clone()));
        assert_eq!(root.min(&bound), Ok(root.clone()));
        assert_eq!((&root - &bound).abs(), Ok(bound - root));
    }
}
