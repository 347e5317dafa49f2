//! Numbers in normal form.
//!
//! A [`Normal`] is a rational number or a [`Sum`]. The form is canonical as far as it
//! goes: equal forms have equal values, the form zero is the number zero, and the
//! usual ways of reaching one number (collecting terms, cancelling a factor, rooting
//! a square) lead to one form. Unequal forms may still have equal values, which is
//! what `decide` is for.

use std::borrow::Cow;
use std::fmt;
use std::ops::{Add, Mul, Neg, Sub};
use std::sync::Arc;

use super::Rational;
use super::atom::{Atom, Digest, digest_of_rational};
use super::product::multiply;
use super::rational::{self, Short};
use super::real::Real;
use super::sum::{self, Sum, Term};

/// A real number in normal form: immutable, exact, cheap to clone.
///
/// `==` compares normal forms. Equal forms are equal numbers; for the converse use
/// `Real::compare`, which decides or says that it cannot.
#[derive(Clone)]
pub(super) struct Normal {
    form: Form,
}

#[derive(Clone)]
enum Form {
    Short(Short),
    /// A fraction that is not short.
    Long(Arc<Rational>),
    Sum(Arc<Sum>),
}

impl Normal {
    /// The number 0.
    pub(super) fn zero() -> Self {
        Normal { form: Form::Short(Short::ZERO) }
    }

    /// The number 1.
    pub(super) fn one() -> Self {
        Normal { form: Form::Short(Short::ONE) }
    }

    /// The value as a fraction, where its form shows that it is one.
    pub(super) fn as_rational(&self) -> Option<Cow<'_, Rational>> {
        match &self.form {
            Form::Short(value) => Some(Cow::Owned(value.rational())),
            Form::Long(value) => Some(Cow::Borrowed(value)),
            Form::Sum(_) => None,
        }
    }

    /// The value as a fraction, where it is a short one.
    pub(super) fn as_short(&self) -> Option<Short> {
        match self.form {
            Form::Short(value) => Some(value),
            Form::Long(_) | Form::Sum(_) => None,
        }
    }

    /// Whether the form is zero, which proves that the number is.
    pub(super) fn is_zero_form(&self) -> bool {
        self.as_short().is_some_and(Short::is_zero)
    }

    /// Whether the form is one.
    pub(super) fn is_one_form(&self) -> bool {
        self.as_short() == Some(Short::ONE)
    }

    /// A fingerprint (SHA-256) of the form: equal for equal forms, on every machine.
    pub(super) fn digest(&self) -> Digest {
        match &self.form {
            Form::Short(value) => digest_of_rational(&value.rational()),
            Form::Long(value) => digest_of_rational(value),
            Form::Sum(sum) => sum.digest(),
        }
    }

    /// Whether some of it is sealed, so that its form tells little.
    pub(super) fn is_sealed(&self) -> bool {
        let terms = self.as_sum().map_or(&[][..], Sum::terms);
        terms.iter().flat_map(|term| &*term.monomial).any(|factor| factor.atom.is_sealed())
    }

    /// A rational number, whatever its size.
    pub(super) fn rational(value: Rational) -> Self {
        let short = Short::of(&value).map(Form::Short);
        Normal { form: short.unwrap_or_else(|| Form::Long(Arc::new(value))) }
    }

    /// A sum whose terms are known to be in normal form.
    pub(super) fn from_sum(sum: Sum) -> Self {
        Normal { form: Form::Sum(Arc::new(sum)) }
    }

    /// An atom on its own.
    pub(super) fn from_atom(atom: Arc<Atom>) -> Self {
        Self::from_sum(Sum::new(vec![Term::atom(Rational::ONE, atom)]))
    }

    pub(super) fn as_sum(&self) -> Option<&Sum> {
        match &self.form {
            Form::Sum(sum) => Some(sum),
            Form::Short(_) | Form::Long(_) => None,
        }
    }

    /// The terms; none of zero.
    pub(super) fn terms(&self) -> Cow<'_, [Term]> {
        match (&self.form, self.as_rational()) {
            (Form::Sum(sum), _) => Cow::Borrowed(sum.terms()),
            (_, Some(value)) if !value.is_zero() => {
                Cow::Owned(vec![Term::rational(value.into_owned())])
            }
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

impl Default for Normal {
    fn default() -> Self {
        Self::zero()
    }
}

impl From<Rational> for Normal {
    fn from(value: Rational) -> Self {
        Self::rational(value)
    }
}

impl From<Short> for Normal {
    fn from(value: Short) -> Self {
        Normal { form: Form::Short(value) }
    }
}

impl From<i64> for Normal {
    fn from(value: i64) -> Self {
        Short::integer(value).into()
    }
}

impl PartialEq for Normal {
    fn eq(&self, other: &Self) -> bool {
        match (&self.form, &other.form) {
            (Form::Sum(a), Form::Sum(b)) => Arc::ptr_eq(a, b) || a.terms() == b.terms(),
            (Form::Short(a), Form::Short(b)) => a == b,
            (Form::Long(a), Form::Long(b)) => a == b,
            _ => false,
        }
    }
}

impl Eq for Normal {}

impl fmt::Debug for Normal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.as_sum() {
            None => write!(f, "Normal({})", self.as_rational().unwrap_or_default()),
            Some(sum) => write!(
                f,
                "Normal(~{}, {} terms)",
                Real::from(self.clone()).to_f64(),
                sum.terms().len()
            ),
        }
    }
}

/// What an operation on short fractions gives, if that is short too.
pub(super) fn of_short(
    left: &Normal,
    right: &Normal,
    operate: impl FnOnce(Short, Short) -> Option<Short>,
) -> Option<Normal> {
    operate(left.as_short()?, right.as_short()?).map(Normal::from)
}

fn add(left: &Normal, right: &Normal) -> Normal {
    if let Some(sum) = of_short(left, right, Short::plus) {
        return sum;
    }
    match (left.as_rational(), right.as_rational()) {
        (Some(zero), _) if zero.is_zero() => right.clone(),
        (_, Some(zero)) if zero.is_zero() => left.clone(),
        (Some(a), Some(b)) => sum::from_rational(rational::add(&a, &b)),
        _ => sum::from_terms(sum::merge(&left.terms(), &right.terms(), Rational::clone)),
    }
}

fn subtract(left: &Normal, right: &Normal) -> Normal {
    if let Some(difference) = of_short(left, right, Short::minus) {
        return difference;
    }
    match (left.as_rational(), right.as_rational()) {
        (_, Some(zero)) if zero.is_zero() => left.clone(),
        (Some(a), Some(b)) => sum::from_rational(rational::subtract(&a, &b)),
        _ => sum::from_terms(sum::merge(&left.terms(), &right.terms(), |value| -value)),
    }
}

fn negate(value: &Normal) -> Normal {
    if let Some(negative) = value.as_short().and_then(Short::negative) {
        return negative.into();
    }
    match value.as_rational() {
        Some(rational) => Normal::rational(-rational.into_owned()),
        None => Normal::from_sum(Sum::new(sum::scaled(&value.terms(), &Rational::NEG_ONE))),
    }
}

operator!(Normal, Add, add, add);
operator!(Normal, Sub, sub, subtract);
operator!(Normal, Mul, mul, multiply);

impl Neg for &Normal {
    type Output = Normal;
    fn neg(self) -> Normal {
        negate(self)
    }
}

impl Neg for Normal {
    type Output = Normal;
    fn neg(self) -> Normal {
        negate(&self)
    }
}
