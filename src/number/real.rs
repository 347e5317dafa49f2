//! Real numbers in normal form.
//!
//! A [`Real`] is a rational number or a [`Sum`]. The form is canonical as far as it
//! goes: equal forms have equal values, the form zero is the number zero, and the
//! usual ways of reaching one number (collecting terms, cancelling a factor, rooting
//! a square) lead to one form. Unequal forms may still have equal values, which is
//! what `decide` is for.

use std::borrow::Cow;
use std::fmt;
use std::ops::{Add, Mul, Neg, Sub};
use std::sync::Arc;

use super::atom::{Atom, Digest, digest_of_rational};
use super::integer::size;
use super::product::multiply;
use super::rational;
use super::sum::{self, Sum, Term};
use super::{Integer, Rational};

/// Rationals above this many bits are shared instead of copied.
const SMALL_BITS: usize = 256;

/// A real number: immutable, exact, cheap to clone.
///
/// `==` compares normal forms. Equal forms are equal numbers; for the converse use
/// [`Real::compare`], which decides or says that it cannot.
#[derive(Clone)]
pub struct Real {
    form: Form,
}

#[derive(Clone)]
enum Form {
    Small(Rational),
    Large(Arc<Rational>),
    Sum(Arc<Sum>),
}

impl Real {
    /// The number 0.
    #[must_use]
    pub fn zero() -> Self {
        Real { form: Form::Small(Rational::ZERO) }
    }

    /// The number 1.
    #[must_use]
    pub fn one() -> Self {
        Real { form: Form::Small(Rational::ONE) }
    }

    /// The value as a fraction, where its form shows that it is one.
    #[must_use]
    pub fn as_rational(&self) -> Option<&Rational> {
        match &self.form {
            Form::Small(value) => Some(value),
            Form::Large(value) => Some(value),
            Form::Sum(_) => None,
        }
    }

    /// Whether the form is zero, which proves that the number is.
    #[must_use]
    pub fn is_zero_form(&self) -> bool {
        self.as_rational().is_some_and(Rational::is_zero)
    }

    /// A fingerprint (SHA-256) of the form: equal for equal forms, on every machine.
    #[must_use]
    pub fn digest(&self) -> Digest {
        match &self.form {
            Form::Small(value) => digest_of_rational(value),
            Form::Large(value) => digest_of_rational(value),
            Form::Sum(sum) => sum.digest(),
        }
    }

    /// A rational number, whatever its size.
    pub(super) fn rational(value: Rational) -> Self {
        let form = if size(&value) <= SMALL_BITS {
            Form::Small(value)
        } else {
            Form::Large(Arc::new(value))
        };
        Real { form }
    }

    /// A sum whose terms are known to be in normal form.
    pub(super) fn from_sum(sum: Sum) -> Self {
        Real { form: Form::Sum(Arc::new(sum)) }
    }

    /// An atom on its own.
    pub(super) fn from_atom(atom: Arc<Atom>) -> Self {
        Self::from_sum(Sum::new(vec![Term::atom(Rational::ONE, atom)]))
    }

    pub(super) fn as_sum(&self) -> Option<&Sum> {
        match &self.form {
            Form::Sum(sum) => Some(sum),
            Form::Small(_) | Form::Large(_) => None,
        }
    }

    /// The terms; none of zero.
    pub(super) fn terms(&self) -> Cow<'_, [Term]> {
        match (&self.form, self.as_rational()) {
            (Form::Sum(sum), _) => Cow::Borrowed(sum.terms()),
            (_, Some(value)) if !value.is_zero() => Cow::Owned(vec![Term::rational(value.clone())]),
            _ => Cow::Owned(Vec::new()),
        }
    }

    /// Takes the form apart and hands over the atoms that nothing else refers to.
    pub(super) fn into_last_owned(self, mut take: impl FnMut(&mut Atom)) {
        let Form::Sum(sum) = self.form else { return };
        let Some(sum) = Arc::into_inner(sum) else {
            return;
        };
        for term in sum.into_terms() {
            let mut monomial = term.monomial;
            // A shared slice cannot be moved out of, but its last owner may change it.
            let Some(factors) = Arc::get_mut(&mut monomial) else {
                continue;
            };
            for factor in factors {
                if let Some(atom) = Arc::get_mut(&mut factor.atom) {
                    take(atom);
                }
            }
        }
    }
}

impl Default for Real {
    fn default() -> Self {
        Self::zero()
    }
}

impl From<Rational> for Real {
    fn from(value: Rational) -> Self {
        Self::rational(value)
    }
}

impl From<i64> for Real {
    fn from(value: i64) -> Self {
        Real { form: Form::Small(Rational::from(Integer::from(value))) }
    }
}

impl PartialEq for Real {
    fn eq(&self, other: &Self) -> bool {
        match (&self.form, &other.form) {
            (Form::Sum(a), Form::Sum(b)) => Arc::ptr_eq(a, b) || a.terms() == b.terms(),
            _ => match (self.as_rational(), other.as_rational()) {
                (Some(a), Some(b)) => a == b,
                _ => false,
            },
        }
    }
}

impl Eq for Real {}

impl fmt::Debug for Real {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.as_sum() {
            None => write!(f, "Real({})", self.as_rational().unwrap_or(&Rational::ZERO)),
            Some(sum) => write!(f, "Real(~{}, {} terms)", self.to_f64(), sum.terms().len()),
        }
    }
}

fn add(left: &Real, right: &Real) -> Real {
    match (left.as_rational(), right.as_rational()) {
        (Some(zero), _) if zero.is_zero() => right.clone(),
        (_, Some(zero)) if zero.is_zero() => left.clone(),
        (Some(a), Some(b)) => sum::from_rational(rational::add(a, b)),
        _ => sum::from_terms(sum::merge(&left.terms(), &right.terms(), Rational::clone)),
    }
}

fn subtract(left: &Real, right: &Real) -> Real {
    match (left.as_rational(), right.as_rational()) {
        (_, Some(zero)) if zero.is_zero() => left.clone(),
        (Some(a), Some(b)) => sum::from_rational(rational::subtract(a, b)),
        _ => sum::from_terms(sum::merge(&left.terms(), &right.terms(), |value| -value)),
    }
}

fn negate(value: &Real) -> Real {
    match value.as_rational() {
        Some(rational) => Real::rational(-rational),
        None => Real::from_sum(Sum::new(sum::scaled(&value.terms(), &Rational::NEG_ONE))),
    }
}

/// Implements an operator for all combinations of values and references.
macro_rules! operator {
    ($trait:ident, $method:ident, $function:path) => {
        impl $trait<&Real> for &Real {
            type Output = Real;
            fn $method(self, other: &Real) -> Real {
                $function(self, other)
            }
        }
        impl $trait<Real> for &Real {
            type Output = Real;
            fn $method(self, other: Real) -> Real {
                $function(self, &other)
            }
        }
        impl $trait<&Real> for Real {
            type Output = Real;
            fn $method(self, other: &Real) -> Real {
                $function(&self, other)
            }
        }
        impl $trait<Real> for Real {
            type Output = Real;
            fn $method(self, other: Real) -> Real {
                $function(&self, &other)
            }
        }
    };
}

operator!(Add, add, add);
operator!(Sub, sub, subtract);
operator!(Mul, mul, multiply);

impl Neg for &Real {
    type Output = Real;
    fn neg(self) -> Real {
        negate(self)
    }
}

impl Neg for Real {
    type Output = Real;
    fn neg(self) -> Real {
        negate(&self)
    }
}
