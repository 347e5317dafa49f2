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
use super::integer::{exact_root, is_negative, magnitude, sign_of, size, unsigned};
use super::real::Real;
use super::sum::{Factor, Sum, Term, collect, from_terms, is_multiquadratic, scaled};
use super::surd::root_of_rational;
use super::{Integer, Rational};

/// Longest coefficient whose root is drawn out of a sum, in bits.
const CONTENT_BITS: usize = 512;

impl Real {
    /// The square root.
    ///
    /// # Errors
    /// [`Fault::Undefined`] of a negative number, [`Fault::Undecided`] where the sign
    /// cannot be told.
    pub fn sqrt(&self) -> Result<Real, Fault> {
        match self.sign()? {
            Sign::Negative => Err(Undefined::RootOfNegative.into()),
            Sign::Zero => Ok(Real::zero()),
            Sign::Positive => Ok(root_of_positive(self)),
        }
    }
}

/// The square root of a number that was certified to be positive.
fn root_of_positive(value: &Real) -> Real {
    if let Some(rational) = value.as_rational() {
        return from_terms(vec![root_of_rational(rational)]);
    }
    let terms = value.terms();
    match &*terms {
        [only] => root_of_term(only).unwrap_or_else(|| opaque_root(value)),
        [first, second] => denested(first, second).unwrap_or_else(|| root_of_sum(&terms)),
        _ => root_of_sum(&terms),
    }
}

fn opaque_root(value: &Real) -> Real {
    Real::from_atom(Atom::new(Function::Root, value.clone()))
}

fn root_of_sum(terms: &[Term]) -> Real {
    let lead = terms.iter().find(|term| !term.is_rational()).map(|term| &term.coefficient);
    let content = lead.map_or(Rational::ONE, magnitude);
    if content.is_one() || size(&content) > CONTENT_BITS {
        return opaque_root(&Real::from_sum(Sum::new(terms.to_vec())));
    }
    let primitive = scaled(terms, &(Rational::ONE / &content));
    from_terms(vec![root_of_rational(&content)]) * opaque_root(&Real::from_sum(Sum::new(primitive)))
}

/// Takes the root factor by factor; `None` where a factor's sign is not known.
fn root_of_term(term: &Term) -> Option<Real> {
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
fn absolute_power(factor: &Factor, power: i32, sign: Sign) -> Real {
    let value = match (factor.atom.function(), power) {
        (Function::Group, 1) => factor.atom.argument().clone(),
        _ => {
            let monomial = [Factor { atom: factor.atom.clone(), power }].into();
            Real::from_sum(Sum::new(vec![Term { coefficient: Rational::ONE, monomial }]))
        }
    };
    if sign == Sign::Negative && power % 2 != 0 { -value } else { value }
}

/// `sqrt|x|` for an atom `x` of known sign.
fn root_of_atom(factor: &Factor, sign: Sign) -> Real {
    let argument = factor.atom.argument();
    let inner = match factor.atom.function() {
        Function::Exp => {
            let half = Rational::from_parts(Integer::ONE, 2_u8.into());
            return exp_form(&(argument * Real::rational(half)));
        }
        Function::Group => argument.clone(),
        _ => Real::from_atom(factor.atom.clone()),
    };
    let inner = if sign == Sign::Negative { -inner } else { inner };
    match factor.atom.function() {
        Function::Group => root_of_positive(&inner),
        _ => opaque_root(&inner),
    }
}

/// The root of `a + b sqrt(d)` as a sum of two roots of fractions, if it is one.
fn denested(first: &Term, second: &Term) -> Option<Real> {
    if !first.is_rational() || !is_multiquadratic(std::slice::from_ref(second)) {
        return None;
    }
    let radicand = second.monomial.iter().try_fold(Rational::ONE, |product, factor| {
        Some(product * factor.atom.argument().as_rational()?)
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
