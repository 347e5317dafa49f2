//! Square roots of forms.
//!
//! ```text
//! sqrt(q m n^2)        = sqrt(q) sqrt(m) |n|
//! sqrt(a b)            = sqrt|a| sqrt|b|           for factors of one term
//! sqrt(Exp(a))         = Exp(a/2)
//! sqrt(a + b sqrt(d))  = sqrt((a+s)/2) ± sqrt((a-s)/2)   where s^2 = a^2 - b^2 d
//!                        is the square of a fraction; the sign is that of b
//! sqrt(q1 m1 + ...)    = sqrt|q1| Root(±m1 + ...)
//! ```
//!
//! The radicand's sign is certified first, so a [`Function::Root`] is always the
//! root of a positive number.

use dashu_base::Abs;

use super::atom::{Atom, Function};
use super::decide::sign_of_atom;
use super::fault::{Fault, Sign, Undefined};
use super::function::exp_form;
use super::integer::{exact_root, is_negative, magnitude, sign_of, unsigned};
use super::normal::Normal;
use super::real::Real;
use super::sum::{Factor, Sum, Term, collect, from_terms, is_multiquadratic, primitive, scaled};
use super::surd::{root_of_rational, whole_root_of_rational};
use super::{Integer, Rational};

impl Normal {
    /// The square root.
    pub(super) fn sqrt(&self) -> Result<Normal, Fault> {
        match self.sign()? {
            Sign::Negative => Err(Undefined::RootOfNegative.into()),
            Sign::Zero => Ok(Normal::zero()),
            Sign::Positive => Ok(root_of_positive(self)),
        }
    }
}

impl Real {
    /// The square root of a number that is only printed, not computed with: that of a fraction stays
    /// one root, whose radicand is not split into primes.
    ///
    /// # Errors
    /// As for [`Real::sqrt`].
    pub fn whole_sqrt(&self) -> Result<Real, Fault> {
        match self.as_rational() {
            Some(value) if sign_of(&value) == Sign::Positive => {
                Ok(from_terms(vec![whole_root_of_rational(&value)]).into())
            }
            _ => self.sqrt(),
        }
    }
}

/// The square root of a number that was certified to be positive.
pub(super) fn root_of_positive(value: &Normal) -> Normal {
    if let Some(rational) = value.as_rational() {
        return from_terms(vec![root_of_rational(&rational)]);
    }
    let terms = value.terms();
    match &*terms {
        [only] => root_of_term(only).unwrap_or_else(|| opaque_root(value)),
        [first, second] => denested(first, second).unwrap_or_else(|| root_of_sum(&terms)),
        _ => root_of_sum(&terms),
    }
}

fn opaque_root(value: &Normal) -> Normal {
    Normal::from_atom(Atom::new(Function::Root, value.clone()))
}

fn root_of_sum(terms: &[Term]) -> Normal {
    let (content, primitive) = primitive(terms);
    let primitive =
        if is_negative(&content) { scaled(&primitive, &Rational::NEG_ONE) } else { primitive };
    let root = opaque_root(&Normal::from_sum(Sum::new(primitive)));
    from_terms(vec![root_of_rational(&magnitude(&content))]) * root
}

/// Takes the root factor by factor; `None` where a factor's sign is not known.
fn root_of_term(term: &Term) -> Option<Normal> {
    let mut result = from_terms(vec![root_of_rational(&magnitude(&term.coefficient))]);
    for factor in &*term.monomial {
        let sign = sign_of_atom(&factor.atom)?;
        let (half, odd) = (factor.power.div_euclid(2), factor.power.rem_euclid(2));
        if half != 0 {
            result = result * absolute_power(factor, half, sign);
        }
        if odd == 1 {
            result = result * root_of_atom(factor, sign);
        }
    }
    Some(result)
}

/// `|x|^power` for an atom `x` of known sign.
fn absolute_power(factor: &Factor, power: i32, sign: Sign) -> Normal {
    let value = match (factor.atom.function(), power) {
        (Function::Group, 1) => factor.atom.argument().clone(),
        _ => {
            let term = Term::power(Rational::ONE, &factor.atom, power);
            Normal::from_sum(Sum::new(vec![term]))
        }
    };
    if sign == Sign::Negative && power % 2 != 0 { -value } else { value }
}

/// `sqrt|x|` for an atom `x` of known sign.
fn root_of_atom(factor: &Factor, sign: Sign) -> Normal {
    let argument = factor.atom.argument();
    let inner = match factor.atom.function() {
        Function::Exp => {
            let half = Rational::from_parts(Integer::ONE, 2_u8.into());
            return exp_form(&(argument * Normal::rational(half)));
        }
        Function::Group => argument.clone(),
        _ => Normal::from_atom(factor.atom.clone()),
    };
    let inner = if sign == Sign::Negative { -inner } else { inner };
    match factor.atom.function() {
        Function::Group => root_of_positive(&inner),
        _ => opaque_root(&inner),
    }
}

/// The root of `a + b sqrt(d)` as a sum of two roots of fractions, if it is one.
fn denested(first: &Term, second: &Term) -> Option<Normal> {
    if !first.is_rational() || !is_multiquadratic(std::slice::from_ref(second)) {
        return None;
    }
    let radicand = second.monomial.iter().try_fold(Rational::ONE, |product, factor| {
        Some(product * &*factor.atom.argument().as_rational()?)
    })?;
    let norm = first.coefficient.sqr() - second.coefficient.sqr() * radicand;
    let root = rational_root(&norm)?;
    let half = Rational::from_parts(Integer::ONE, 2_u8.into());
    let larger = (&first.coefficient + &root) * &half;
    let smaller = (&first.coefficient - &root) * &half;
    if sign_of(&larger) != Sign::Positive || sign_of(&smaller) != Sign::Positive {
        return None;
    }
    let mut lesser = root_of_rational(&smaller);
    if is_negative(&second.coefficient) {
        lesser.coefficient = -lesser.coefficient;
    }
    Some(from_terms(collect(vec![root_of_rational(&larger), lesser])))
}

/// The square root of a fraction, where it is a fraction.
fn rational_root(value: &Rational) -> Option<Rational> {
    if is_negative(value) {
        return None;
    }
    let above = exact_root(&unsigned(value.numerator()))?;
    let below = exact_root(value.denominator())?;
    Some(Rational::from_parts(Integer::from(above).abs(), below))
}

#[cfg(test)]
mod tests {
    use super::super::{Precision, Rounding, round};
    use super::*;

    fn real(n: i64) -> Normal {
        Normal::from(n)
    }

    #[test]
    fn roots_of_squares_are_absolute_values() {
        let (e, s) = (Normal::one().exp().unwrap(), real(4).sin().unwrap());
        // sin 4 < 0, and e - 3 < 0.
        let table = [
            (s.clone(), -&s),
            (&e - real(3), real(3) - &e),
            (real(-6) * &e, real(6) * &e),
            (&e + real(2).sqrt().unwrap(), &e + real(2).sqrt().unwrap()),
            (real(1) - real(2).sqrt().unwrap(), real(2).sqrt().unwrap() - real(1)),
        ];
        for (value, size) in table {
            assert_eq!((&value * &value).sqrt(), Ok(size.clone()), "{value:?}");
            let scaled = (&value * &value * real(8)).sqrt().unwrap();
            assert_eq!(scaled, size * real(8).sqrt().unwrap(), "{value:?}");
        }
    }

    #[test]
    fn roots_share_what_differs_by_a_square() {
        let e = Normal::one().exp().unwrap();
        let sum = &e + real(7).sin().unwrap();
        assert_eq!((&sum * real(9)).sqrt().unwrap(), sum.sqrt().unwrap() * real(3));
        assert_eq!(e.sqrt().unwrap().pow(2), Ok(e.clone()));
        let product = sum.pow(3).unwrap().sqrt().unwrap();
        assert_eq!(product, sum.sqrt().unwrap() * &sum);
    }

    #[test]
    fn whole_roots_are_the_same_numbers() {
        // Digits of the roots of 2, 3, 5 and 7, from OEIS A002193, A002194, A002163, A010465; the others follow.
        let table = [
            ("2", "1.414213562373095048802"),
            ("3/4", "0.866025403784438646764"),
            ("20", "4.472135954999579392818"),
            ("1/7", "0.377964473009227227215"),
            ("9/4", "1.5"),
            ("0", "0"),
        ];
        for (value, digits) in table {
            let value = Real::rational(value.parse().unwrap());
            let root = value.whole_sqrt().unwrap();
            let printed = round(&root, Precision::Decimals(21), Rounding::HalfEven).unwrap();
            assert_eq!(printed.to_text(), digits);
            assert_eq!(root.pow(2), Ok(value));
        }
        assert_eq!(Real::from(-1).whole_sqrt(), Err(Undefined::RootOfNegative.into()));
    }

    #[test]
    fn surds_are_denested() {
        // (sqrt 3 - 1)^2 = 4 - 2 sqrt 3; 1 + sqrt 2 is no such square.
        let three = real(3).sqrt().unwrap();
        assert_eq!((real(4) - real(2) * &three).sqrt(), Ok(three - real(1)));
        let two = real(2).sqrt().unwrap();
        assert_eq!((real(1) + two).sqrt().unwrap().closed_form(), None);
    }
}
