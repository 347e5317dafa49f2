//! Exponential, logarithm, sigmoid, tanh, sine, cosine, softplus and the normal
//! distribution function of forms, and pi.
//!
//! ```text
//! exp(a + q log b)  = b^q exp(a)          2^k q an integer    exp(0) = 1
//! log(q prod x^n)   = sum of the logarithms of q's primes + sum of n log|x|
//! log(Exp(a))       = a                   log(Root(a)) = 1/2 log(a)
//! sigmoid(0) = 1/2      tanh, sin odd     cos even            tanh(0) = sin(0) = 0
//! softplus(x)       = x + softplus(-x) for x > 0              softplus(0) = log 2
//! sigmoid(x)        = 1 - sigmoid(-x)  for x >= 64            phi(0) = 1/2
//! tanh(x)           = 1 - 2 sigmoid(-2x) for x >= 32
//! phi(x)            = 1 - phi(-x)      for x >= 16
//! ```
//!
//! The last ones keep what a saturated function is short of its limit: `1 - sigmoid(x)` is
//! one positive atom, however small. Sigmoid, tanh and softplus of logarithms of fractions
//! are in `logarithmic`.
//!
//! The exponentials of distinct algebraic numbers are linearly independent over the
//! algebraic numbers (Lindemann-Weierstrass), so that polynomials in exponentials of
//! rational numbers have one form.

use std::sync::Arc;

use dashu_base::PowerOfTwo;

use super::atom::{Atom, Function};
use super::ball::BallFault;
use super::decide::{MIN_BITS, sign_of_atom};
use super::evaluate::evaluate;
use super::factor::{Effort, factor};
use super::fault::{Fault, OutOfRange, Sign, Undefined};
use super::integer::{is_negative, magnitude, unsigned};
use super::logarithmic;
use super::normal::Normal;
use super::power::integer_power;
use super::root::root_of_positive;
use super::sum::{Factor, Sum, Term, from_terms, primitive};
use super::{Integer, Rational};

/// Largest power, and largest root, that a multiple of a logarithm is turned into.
const MAX_MULTIPLE: u8 = 64;
const MAX_DEGREE: u8 = 16;
/// Precision at which a new value is tested for its range.
const PROBE_BITS: u32 = MIN_BITS;
/// Binary exponents of the arguments from which on a function is its limit but for a
/// small number: below `2^-92` for each of them.
const SIGMOID_SATURATES: i64 = 6;
const TANH_SATURATES: i64 = 5;
const PHI_SATURATES: i64 = 4;

impl Normal {
    /// The exponential function.
    pub(super) fn exp(&self) -> Result<Normal, Fault> {
        within_range(exp_form(self))
    }

    /// The natural logarithm.
    pub(super) fn log(&self) -> Result<Normal, Fault> {
        match self.sign()? {
            Sign::Positive => Ok(log_form(self)),
            Sign::Negative | Sign::Zero => Err(Undefined::LogOfNonPositive.into()),
        }
    }

    /// The logistic function.
    pub(super) fn sigmoid(&self) -> Result<Normal, Fault> {
        within_range(sigmoid_form(self))
    }

    /// The hyperbolic tangent.
    pub(super) fn tanh(&self) -> Result<Normal, Fault> {
        within_range(tanh_form(self))
    }

    /// The sine.
    pub(super) fn sin(&self) -> Result<Normal, Fault> {
        within_range(odd(self, Function::Sin))
    }

    /// The cosine.
    pub(super) fn cos(&self) -> Result<Normal, Fault> {
        within_range(cos_form(self))
    }

    /// The logarithm of `1 + exp(x)`.
    pub(super) fn softplus(&self) -> Result<Normal, Fault> {
        within_range(softplus_form(self))
    }

    /// The distribution function of the standard normal distribution.
    pub(super) fn phi(&self) -> Result<Normal, Fault> {
        within_range(phi_form(self))
    }

    /// The number pi.
    pub(super) fn pi() -> Normal {
        Normal::from_atom(Atom::new(Function::Pi, Normal::one()))
    }

    /// `cos(pi x)` for a number from 0 to 1.
    pub(super) fn cos_pi(turn: &Rational) -> Normal {
        let half = Rational::ONE / Rational::from(2);
        if *turn > half {
            return -Self::cos_pi(&(Rational::ONE - turn));
        }
        let root = |radicand: i64| root_of_positive(&Normal::from(radicand));
        let over = |root: Normal, plus: i64, below: i32| {
            let part = Normal::from(Rational::ONE / Rational::from(below));
            (root + Normal::from(plus)) * part
        };
        let parts = (turn.numerator().clone(), turn.denominator().clone());
        match (i64::try_from(parts.0), u64::try_from(parts.1)) {
            (Ok(0), _) => Normal::one(),
            (Ok(1), Ok(2)) => Normal::zero(),
            (Ok(1), Ok(3)) => Normal::from(half),
            (Ok(1), Ok(4)) => over(root(2), 0, 2),
            (Ok(1), Ok(5)) => over(root(5), 1, 4),
            (Ok(2), Ok(5)) => over(root(5), -1, 4),
            (Ok(1), Ok(6)) => over(root(3), 0, 2),
            _ => Normal::from_atom(Atom::new(Function::CosPi, Normal::from(turn.clone()))),
        }
    }
}

/// A function of a number for which it was certified to be defined.
pub(super) fn form_of(function: Function, value: &Normal) -> Normal {
    match function {
        Function::Prime | Function::Cofactor | Function::Root => root_of_positive(value),
        Function::Exp => exp_form(value),
        Function::Log => log_form(value),
        Function::Sigmoid => sigmoid_form(value),
        Function::Tanh => tanh_form(value),
        Function::Sin => odd(value, Function::Sin),
        Function::Cos => cos_form(value),
        Function::Softplus => softplus_form(value),
        Function::Phi => phi_form(value),
        Function::Pi | Function::CosPi => Normal::from_atom(Atom::new(function, value.clone())),
        Function::Group | Function::Sealed => value.clone(),
    }
}

fn half() -> Normal {
    Normal::rational(Rational::from_parts(Integer::ONE, 2_u8.into()))
}

fn sigmoid_form(value: &Normal) -> Normal {
    if value.is_zero_form() {
        return half();
    }
    if let Some(known) = logarithmic::sigmoid(value) {
        return known;
    }
    let of = |argument| Normal::from_atom(Atom::new(Function::Sigmoid, argument));
    if is_at_least_power(value, SIGMOID_SATURATES) {
        return Normal::one() - of(-value);
    }
    of(value.clone())
}

fn tanh_form(value: &Normal) -> Normal {
    if let Some(known) = logarithmic::tanh(value) {
        return known;
    }
    let opposite = -value;
    if is_at_least_power(value, TANH_SATURATES) {
        return Normal::one() - sigmoid_form(&(&opposite + &opposite)) * Normal::from(2);
    }
    if is_at_least_power(&opposite, TANH_SATURATES) {
        return sigmoid_form(&(value + value)) * Normal::from(2) - Normal::one();
    }
    odd(value, Function::Tanh)
}

fn cos_form(value: &Normal) -> Normal {
    if value.is_zero_form() {
        return Normal::one();
    }
    let (_, argument) = without_sign(value);
    Normal::from_atom(Atom::new(Function::Cos, argument))
}

fn softplus_form(value: &Normal) -> Normal {
    if value.is_zero_form() {
        return log_form(&Normal::from(2));
    }
    if let Some(known) = logarithmic::softplus(value) {
        return known;
    }
    let of = |argument| Normal::from_atom(Atom::new(Function::Softplus, argument));
    // For a positive number the part that is not the number itself is the small one.
    match evaluate(value, PROBE_BITS).map(|ball| ball.sign()) {
        Ok(Some(Sign::Positive)) => value + of(-value),
        _ => of(value.clone()),
    }
}

fn phi_form(value: &Normal) -> Normal {
    if value.is_zero_form() {
        return half();
    }
    let of = |argument| Normal::from_atom(Atom::new(Function::Phi, argument));
    if is_at_least_power(value, PHI_SATURATES) {
        return Normal::one() - of(-value);
    }
    of(value.clone())
}

/// Whether a number is known to be `2^exponent` or more.
fn is_at_least_power(value: &Normal, exponent: i64) -> bool {
    evaluate(value, PROBE_BITS).is_ok_and(|ball| ball.is_at_least_power(exponent))
}

fn within_range(value: Normal) -> Result<Normal, Fault> {
    match evaluate(&value, PROBE_BITS) {
        Err(BallFault::OutOfRange) => Err(OutOfRange.into()),
        Ok(_) | Err(BallFault::Coarse) => Ok(value),
    }
}

fn odd(value: &Normal, function: Function) -> Normal {
    if value.is_zero_form() {
        return Normal::zero();
    }
    let (sign, argument) = without_sign(value);
    let image = Normal::from_atom(Atom::new(function, argument));
    if sign == Sign::Negative { -image } else { image }
}

/// Splits off the sign of the leading coefficient, so that `x` and `-x` share a form.
fn without_sign(value: &Normal) -> (Sign, Normal) {
    match value.terms().last() {
        Some(last) if is_negative(&last.coefficient) => (Sign::Negative, -value),
        _ => (Sign::Positive, value.clone()),
    }
}

/// The form of an exponential; never fails, since nothing is evaluated.
pub(super) fn exp_form(value: &Normal) -> Normal {
    let terms = value.terms();
    let (logarithms, others): (Vec<&Term>, Vec<&Term>) =
        terms.iter().partition(|term| multiple_of_log(term).is_some());
    let mut result = match others.as_slice() {
        [] => Normal::one(),
        _ if logarithms.is_empty() => Normal::from_atom(Atom::new(Function::Exp, value.clone())),
        _ => {
            let rest = from_terms(others.into_iter().cloned().collect());
            Normal::from_atom(Atom::new(Function::Exp, rest))
        }
    };
    for (multiple, atom) in logarithms.into_iter().filter_map(multiple_of_log) {
        result = result * short_power(atom.argument(), multiple);
    }
    result
}

/// The multiple and the atom of a term `q Log(a)`, where `a^q` is had by roots and powers.
pub(super) fn multiple_of_log(term: &Term) -> Option<(&Rational, &Atom)> {
    let [Factor { atom, power: 1 }] = &*term.monomial else {
        return None;
    };
    let multiple = &term.coefficient;
    let short = *multiple.denominator() <= MAX_DEGREE.into()
        && multiple.denominator().is_power_of_two()
        && unsigned(multiple.numerator()) <= MAX_MULTIPLE.into();
    (atom.function() == Function::Log && short).then_some((multiple, &**atom))
}

/// The power of a positive number that [`multiple_of_log`] found.
fn short_power(base: &Normal, exponent: &Rational) -> Normal {
    let mut root = base.clone();
    for _ in 0..exponent.denominator().trailing_zeros().unwrap_or(0) {
        root = root_of_positive(&root);
    }
    integer_power(&root, i64::try_from(exponent.numerator()).unwrap_or(0))
}

/// The form of the logarithm of a number that was certified to be positive.
pub(super) fn log_form(value: &Normal) -> Normal {
    let mut result = Normal::zero();
    // A loop, since roots may be nested as deep as a run is long.
    let mut pending = vec![(value.clone(), Rational::ONE)];
    while let Some((value, multiple)) = pending.pop() {
        let summand = match &*value.terms() {
            [only] => log_of_term(only, &multiple, &mut pending),
            terms => Some(log_of_sum(terms)),
        };
        let summand = summand.unwrap_or_else(|| opaque_log(&value));
        result = result + summand * Normal::from(multiple);
    }
    result
}

fn opaque_log(value: &Normal) -> Normal {
    Normal::from_atom(Atom::new(Function::Log, value.clone()))
}

/// The logarithm of one term, but for the parts that are left to `pending`; `None`
/// where a factor's sign is not known.
fn log_of_term(
    term: &Term,
    multiple: &Rational,
    pending: &mut Vec<(Normal, Rational)>,
) -> Option<Normal> {
    let signs: Vec<Sign> =
        term.monomial.iter().map(|factor| sign_of_atom(&factor.atom)).collect::<Option<_>>()?;
    let mut result = log_of_rational(&magnitude(&term.coefficient));
    for (factor, sign) in term.monomial.iter().zip(signs) {
        let argument = factor.atom.argument();
        let power = Rational::from(Integer::from(factor.power));
        let half = || &power * multiple / Integer::from(2);
        match factor.atom.function() {
            Function::Exp => result = result + argument * Normal::from(power),
            Function::Root | Function::Prime => pending.push((argument.clone(), half())),
            Function::Group => {
                let positive = if sign == Sign::Negative { -argument } else { argument.clone() };
                pending.push((positive, &power * multiple));
            }
            _ => {
                let atom = Normal::from_atom(Arc::clone(&factor.atom));
                let positive = if sign == Sign::Negative { -atom } else { atom };
                result = result + opaque_log(&positive) * Normal::from(power);
            }
        }
    }
    Some(result)
}

fn log_of_sum(terms: &[Term]) -> Normal {
    let (content, primitive) = primitive(terms);
    let form = Normal::from_sum(Sum::new(primitive));
    let positive = if is_negative(&content) { -form } else { form };
    log_of_rational(&magnitude(&content)) + opaque_log(&positive)
}

/// The logarithm of a positive fraction, split over its known factors.
fn log_of_rational(value: &Rational) -> Normal {
    let part = |number: &dashu_int::UBig, sign: i64| {
        factor(number, Effort::Quick).into_iter().fold(Normal::zero(), |sum, factor| {
            let base = Normal::rational(Rational::from(factor.base));
            let count = i64::try_from(factor.multiplicity).unwrap_or(i64::MAX);
            sum + opaque_log(&base) * Normal::from(sign * count)
        })
    };
    part(&unsigned(value.numerator()), 1) + part(value.denominator(), -1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn real(n: i64) -> Normal {
        Normal::from(n)
    }

    #[test]
    fn values_at_zero_are_exact() {
        let half = Normal::from(Rational::from_parts(1.into(), 2_u8.into()));
        let zero = Normal::zero();
        let table = [
            (zero.exp(), Normal::one()),
            (Normal::one().log(), Normal::zero()),
            (zero.sigmoid(), half),
            (zero.tanh(), Normal::zero()),
            (zero.sin(), Normal::zero()),
            (zero.cos(), Normal::one()),
            (zero.softplus(), real(2).log().unwrap()),
            (zero.phi(), Normal::from(Rational::from_parts(1.into(), 2_u8.into()))),
        ];
        for (found, expected) in table {
            assert_eq!(found, Ok(expected));
        }
    }

    #[test]
    fn identities_are_seen_in_the_form() {
        let (x, y) = (real(2).sqrt().unwrap(), real(5).sin().unwrap());
        let sum = &x - &y;
        let table = [
            (sum.exp().unwrap().log(), Ok(sum.clone())),
            (sum.log().unwrap().exp(), Ok(sum.clone())),
            (x.log().unwrap().exp(), Ok(x.clone())),
            ((&x + real(3) * sum.log().unwrap()).exp(), Ok(x.exp().unwrap() * sum.pow(3).unwrap())),
            (real(12).log(), Ok(real(2) * real(2).log().unwrap() + real(3).log().unwrap())),
            (sum.sqrt().unwrap().log().map(|log| log * real(2)), sum.log()),
            ((-&sum).tanh(), sum.tanh().map(|value| -value)),
            ((-&sum).sin(), sum.sin().map(|value| -value)),
            ((-&sum).cos(), sum.cos()),
            (y.softplus().map(|value| value - &y), (-&y).softplus()),
            (Normal::pi().sqrt().unwrap().pow(2), Ok(Normal::pi())),
            ((-&sum).exp(), Normal::one().checked_div(&sum.exp().unwrap())),
        ];
        for (place, (found, expected)) in table.into_iter().enumerate() {
            assert_eq!(found, expected, "row {place}");
        }
    }

    #[test]
    fn what_is_positive_is_so_however_small() {
        for argument in [-1, -50, -5000, -3_000_000] {
            for value in [real(argument).softplus(), real(argument).phi()] {
                assert_eq!(value.unwrap().sign(), Ok(Sign::Positive), "{argument}");
            }
        }
    }

    #[test]
    fn logarithms_need_positive_numbers() {
        for value in [Normal::zero(), real(-1), real(1) - real(2).sqrt().unwrap()] {
            assert_eq!(value.log(), Err(Undefined::LogOfNonPositive.into()));
        }
    }

    #[test]
    fn nested_roots_need_no_stack() {
        let mut x = Normal::one().sin().unwrap();
        for _ in 0..10_000 {
            x = x.sqrt().unwrap();
        }
        assert!(x.log().unwrap().sign().is_ok());
    }
}
