//! Exponential, logarithm, sigmoid, tanh, sine and cosine of forms.
//!
//! ```text
//! exp(a + n log b)  = b^n exp(a)          n an integer        exp(0) = 1
//! log(q prod x^n)   = sum of the logarithms of q's primes + sum of n log|x|
//! log(Exp(a))       = a                   log(Root(a)) = 1/2 log(a)
//! sigmoid(0) = 1/2      tanh, sin odd     cos even            tanh(0) = sin(0) = 0
//! ```
//!
//! The exponentials of distinct algebraic numbers are linearly independent over the
//! algebraic numbers (Lindemann-Weierstrass), so that polynomials in exponentials of
//! rational numbers have one form.

use std::sync::Arc;

use super::atom::{Atom, Function};
use super::ball::BallFault;
use super::decide::sign_of_atom;
use super::evaluate::evaluate;
use super::factor::factor;
use super::fault::{Fault, OutOfRange, Sign, Undefined};
use super::integer::{is_negative, magnitude, size, unsigned};
use super::power::integer_power;
use super::real::Real;
use super::sum::{Factor, Sum, Term, from_terms, scaled};
use super::{Integer, Rational};

/// Largest multiple of a logarithm that is turned into a power.
const MAX_MULTIPLE: i64 = 64;
/// Longest coefficient whose logarithm is drawn out of a sum, in bits.
const CONTENT_BITS: usize = 256;
/// Precision at which a new value is tested for its range.
const PROBE_BITS: u32 = 64;

impl Real {
    /// The exponential function.
    ///
    /// # Errors
    /// [`Fault::OutOfRange`] where the result is too large.
    pub fn exp(&self) -> Result<Real, Fault> {
        within_range(exp_form(self))
    }

    /// The natural logarithm.
    ///
    /// # Errors
    /// [`Fault::Undefined`] where the number is not positive, [`Fault::Undecided`]
    /// where that cannot be told.
    pub fn log(&self) -> Result<Real, Fault> {
        match self.sign()? {
            Sign::Positive => Ok(log_form(self)),
            Sign::Negative | Sign::Zero => Err(Undefined::LogOfNonPositive.into()),
        }
    }

    /// The logistic function `1 / (1 + exp(-x))`.
    ///
    /// # Errors
    /// [`Fault::OutOfRange`] where the argument is too large to be worked with.
    pub fn sigmoid(&self) -> Result<Real, Fault> {
        if self.is_zero_form() {
            return Ok(Real::rational(Rational::from_parts(Integer::ONE, 2_u8.into())));
        }
        within_range(Real::from_atom(Atom::new(Function::Sigmoid, self.clone())))
    }

    /// The hyperbolic tangent.
    ///
    /// # Errors
    /// [`Fault::OutOfRange`] where the argument is too large to be worked with.
    pub fn tanh(&self) -> Result<Real, Fault> {
        odd(self, Function::Tanh)
    }

    /// The sine of an angle in radians.
    ///
    /// # Errors
    /// [`Fault::OutOfRange`] where the angle is too large to be worked with.
    pub fn sin(&self) -> Result<Real, Fault> {
        odd(self, Function::Sin)
    }

    /// The cosine of an angle in radians.
    ///
    /// # Errors
    /// [`Fault::OutOfRange`] where the angle is too large to be worked with.
    pub fn cos(&self) -> Result<Real, Fault> {
        if self.is_zero_form() {
            return Ok(Real::one());
        }
        let (_, argument) = without_sign(self);
        within_range(Real::from_atom(Atom::new(Function::Cos, argument)))
    }
}

fn within_range(value: Real) -> Result<Real, Fault> {
    match evaluate(&value, PROBE_BITS) {
        Err(BallFault::OutOfRange) => Err(OutOfRange.into()),
        Ok(_) | Err(BallFault::Coarse) => Ok(value),
    }
}

fn odd(value: &Real, function: Function) -> Result<Real, Fault> {
    if value.is_zero_form() {
        return Ok(Real::zero());
    }
    let (sign, argument) = without_sign(value);
    let image = within_range(Real::from_atom(Atom::new(function, argument)))?;
    Ok(if sign == Sign::Negative { -image } else { image })
}

/// Splits off the sign of the leading coefficient, so that `x` and `-x` share a form.
fn without_sign(value: &Real) -> (Sign, Real) {
    match value.terms().last() {
        Some(last) if is_negative(&last.coefficient) => (Sign::Negative, -value),
        _ => (Sign::Positive, value.clone()),
    }
}

/// The form of an exponential; never fails, since nothing is evaluated.
pub(super) fn exp_form(value: &Real) -> Real {
    let terms = value.terms();
    let (logarithms, others): (Vec<&Term>, Vec<&Term>) =
        terms.iter().partition(|term| multiple_of_log(term).is_some());
    let mut result = match others.as_slice() {
        [] => Real::one(),
        _ if logarithms.is_empty() => Real::from_atom(Atom::new(Function::Exp, value.clone())),
        _ => {
            let rest = from_terms(others.into_iter().cloned().collect());
            Real::from_atom(Atom::new(Function::Exp, rest))
        }
    };
    for (multiple, atom) in logarithms.into_iter().filter_map(multiple_of_log) {
        result = result * integer_power(atom.argument(), multiple);
    }
    result
}

/// The `n` and the atom of a term `n Log(a)` with a small integer `n`.
fn multiple_of_log(term: &Term) -> Option<(i64, &Atom)> {
    let [Factor { atom, power: 1 }] = &*term.monomial else { return None };
    if atom.function() != Function::Log || !term.coefficient.is_int() {
        return None;
    }
    let multiple = i64::try_from(term.coefficient.numerator()).ok()?;
    (multiple.abs() <= MAX_MULTIPLE).then_some((multiple, &**atom))
}

/// The form of the logarithm of a number that was certified to be positive.
fn log_form(value: &Real) -> Real {
    let mut result = Real::zero();
    // A loop, since roots may be nested as deep as a run is long.
    let mut pending = vec![(value.clone(), Rational::ONE)];
    while let Some((value, multiple)) = pending.pop() {
        let summand = match &*value.terms() {
            [only] => log_of_term(only, &multiple, &mut pending),
            terms => Some(log_of_sum(terms)),
        };
        let summand = summand.unwrap_or_else(|| opaque_log(&value));
        result = result + summand * Real::from(multiple);
    }
    result
}

fn opaque_log(value: &Real) -> Real {
    Real::from_atom(Atom::new(Function::Log, value.clone()))
}

/// The logarithm of one term, but for the parts that are left to `pending`; `None`
/// where a factor's sign is not known.
fn log_of_term(
    term: &Term,
    multiple: &Rational,
    pending: &mut Vec<(Real, Rational)>,
) -> Option<Real> {
    let signs: Vec<Sign> =
        term.monomial.iter().map(|factor| sign_of_atom(&factor.atom)).collect::<Option<_>>()?;
    let mut result = log_of_rational(&magnitude(&term.coefficient));
    for (factor, sign) in term.monomial.iter().zip(signs) {
        let argument = factor.atom.argument();
        let power = Rational::from(Integer::from(factor.power));
        let half = || &power * multiple / Integer::from(2);
        match factor.atom.function() {
            Function::Exp => result = result + argument * Real::from(power),
            Function::Root | Function::Prime => pending.push((argument.clone(), half())),
            Function::Group => {
                let positive = if sign == Sign::Negative { -argument } else { argument.clone() };
                pending.push((positive, &power * multiple));
            }
            _ => {
                let atom = Real::from_atom(Arc::clone(&factor.atom));
                let positive = if sign == Sign::Negative { -atom } else { atom };
                result = result + opaque_log(&positive) * Real::from(power);
            }
        }
    }
    Some(result)
}

fn log_of_sum(terms: &[Term]) -> Real {
    let lead = terms.iter().find(|term| !term.is_rational()).map(|term| &term.coefficient);
    let content = lead.map_or(Rational::ONE, magnitude);
    if content.is_one() || size(&content) > CONTENT_BITS {
        return opaque_log(&Real::from_sum(Sum::new(terms.to_vec())));
    }
    let primitive = scaled(terms, &(Rational::ONE / &content));
    log_of_rational(&content) + opaque_log(&Real::from_sum(Sum::new(primitive)))
}

/// The logarithm of a positive fraction, split over its known factors.
fn log_of_rational(value: &Rational) -> Real {
    let part = |number: &dashu_int::UBig, sign: i64| {
        factor(number).into_iter().fold(Real::zero(), |sum, factor| {
            let base = Real::rational(Rational::from(factor.base));
            let count = i64::try_from(factor.multiplicity).unwrap_or(i64::MAX);
            sum + opaque_log(&base) * Real::from(sign * count)
        })
    };
    part(&unsigned(value.numerator()), 1) + part(value.denominator(), -1)
}
