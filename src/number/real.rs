//! Real numbers: in normal form, or waiting for it.
//!
//! A [`Real`] is in normal form (`normal`) as long as its form is short. What is computed from
//! sealed parts waits (`lazy`): its form is worked out only where balls can't answer.

use std::borrow::Cow;
use std::fmt;
use std::ops::{Add, Mul, Neg, Sub};
use std::sync::Arc;

use super::Rational;
use super::atom::{Digest, Function};
use super::ball::{Ball, BallFault};
use super::closed_form::ClosedForm;
use super::decide::MIN_BITS;
use super::evaluate::{Found, evaluate};
use super::fault::{Fault, OutOfRange, Sign, Undefined};
use super::lazy::{Lazy, Operation};
use super::normal::Normal;
use super::quotient::division_by_zero;

/// A real number: immutable, exact, cheap to clone.
///
/// `==` compares normal forms. Equal forms are equal numbers; for the converse use
/// [`Real::compare`], which decides or says that it cannot.
#[derive(Clone)]
pub struct Real(Kind);

/// How a number is known.
#[derive(Clone)]
pub(super) enum Kind {
    Normal(Normal),
    Lazy(Arc<Lazy>),
}

impl Real {
    /// The number 0.
    #[must_use]
    pub fn zero() -> Self {
        Normal::zero().into()
    }

    /// The number 1.
    #[must_use]
    pub fn one() -> Self {
        Normal::one().into()
    }

    /// The number pi.
    #[must_use]
    pub fn pi() -> Self {
        Normal::pi().into()
    }

    /// `cos(pi x)` for a number from 0 to 1; with square roots where the angle is a multiple of
    /// 30, 36 or 45 degrees.
    #[must_use]
    pub fn cos_pi(turn: &Rational) -> Self {
        Normal::cos_pi(turn).into()
    }

    /// The value as a fraction, where its form shows that it is one.
    #[must_use]
    pub fn as_rational(&self) -> Option<Cow<'_, Rational>> {
        self.normal().as_rational()
    }

    /// Whether the form is zero, which proves that the number is.
    #[must_use]
    pub fn is_zero_form(&self) -> bool {
        match self.kind() {
            Kind::Normal(normal) => normal.is_zero_form(),
            Kind::Lazy(lazy) if clear_of_zero(&lazy.evaluate(MIN_BITS)) => false,
            Kind::Lazy(lazy) => lazy.form().is_zero_form(),
        }
    }

    /// A fingerprint (SHA-256) of the form: equal for equal forms, on every machine.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.normal().digest()
    }

    /// The number as a sum of square roots, where it has that form, all radicands could
    /// be factored, and it has no more than about 4,000 digits.
    #[must_use]
    pub fn closed_form(&self) -> Option<ClosedForm> {
        self.normal().closed_form()
    }

    /// The quotient `self / divisor`.
    ///
    /// # Errors
    /// [`Fault::Undefined`] where the divisor is zero, [`Fault::Undecided`] where it
    /// cannot be told from zero.
    pub fn checked_div(&self, divisor: &Real) -> Result<Real, Fault> {
        match (self.brief(), divisor.brief()) {
            (Some(a), Some(b)) => a.checked_div(b).map(Real::from),
            _ if divisor.sign()? == Sign::Zero => Err(division_by_zero(self.normal())?.into()),
            (Some(zero), None) if zero.is_zero_form() => Ok(Real::zero()),
            _ => Ok(Real::lazy(Operation::Divide, self, divisor)),
        }
    }

    /// The number to an integer power; `x^0` is 1 for every `x`, zero included.
    ///
    /// # Errors
    /// [`Fault::Undefined`] for a negative power of zero, [`Fault::Undecided`] where
    /// a base cannot be told from zero, [`Fault::OutOfRange`] where the result is too
    /// large.
    pub fn pow(&self, exponent: i64) -> Result<Real, Fault> {
        match (self.brief(), exponent) {
            (Some(base), _) => base.pow(exponent).map(Real::from),
            (None, 0) => Ok(Real::one()),
            (None, 1) => Ok(self.clone()),
            _ if exponent < 0 && self.sign()? == Sign::Zero => {
                Err(Undefined::DivisionByZero { numerator: Some("1".to_owned()) }.into())
            }
            _ => within_range(Real::lazy(Operation::Power(exponent), self, &Real::zero())),
        }
    }

    /// The square root.
    ///
    /// # Errors
    /// [`Fault::Undefined`] of a negative number, [`Fault::Undecided`] where the sign
    /// cannot be told.
    pub fn sqrt(&self) -> Result<Real, Fault> {
        match (self.brief(), self.sign()?) {
            (_, Sign::Zero) => Ok(Real::zero()),
            (_, Sign::Negative) => Err(Undefined::RootOfNegative.into()),
            _ => self.apply(Function::Root, Normal::sqrt),
        }
    }

    /// The exponential function.
    ///
    /// # Errors
    /// [`Fault::OutOfRange`] where the result is too large.
    pub fn exp(&self) -> Result<Real, Fault> {
        self.apply(Function::Exp, Normal::exp)
    }

    /// The natural logarithm.
    ///
    /// # Errors
    /// [`Fault::Undefined`] where the number is not positive, [`Fault::Undecided`]
    /// where that cannot be told.
    pub fn log(&self) -> Result<Real, Fault> {
        match self.sign()? {
            Sign::Positive => self.apply(Function::Log, Normal::log),
            Sign::Negative | Sign::Zero => Err(Undefined::LogOfNonPositive.into()),
        }
    }

    /// The logistic function `1 / (1 + exp(-x))`.
    ///
    /// # Errors
    /// [`Fault::OutOfRange`] where the argument is too large to be worked with.
    pub fn sigmoid(&self) -> Result<Real, Fault> {
        self.apply(Function::Sigmoid, Normal::sigmoid)
    }

    /// The hyperbolic tangent.
    ///
    /// # Errors
    /// [`Fault::OutOfRange`] where the argument is too large to be worked with.
    pub fn tanh(&self) -> Result<Real, Fault> {
        self.apply(Function::Tanh, Normal::tanh)
    }

    /// The sine of an angle in radians.
    ///
    /// # Errors
    /// [`Fault::OutOfRange`] where the angle is too large to be worked with.
    pub fn sin(&self) -> Result<Real, Fault> {
        self.apply(Function::Sin, Normal::sin)
    }

    /// The cosine of an angle in radians.
    ///
    /// # Errors
    /// [`Fault::OutOfRange`] where the angle is too large to be worked with.
    pub fn cos(&self) -> Result<Real, Fault> {
        self.apply(Function::Cos, Normal::cos)
    }

    /// `log(1 + exp(x))`, which is positive however small.
    ///
    /// # Errors
    /// [`Fault::OutOfRange`] where the argument is too large to be worked with.
    pub fn softplus(&self) -> Result<Real, Fault> {
        self.apply(Function::Softplus, Normal::softplus)
    }

    /// The distribution function of the standard normal distribution, positive however
    /// small.
    ///
    /// # Errors
    /// [`Fault::OutOfRange`] where the argument is too large to be worked with.
    pub fn phi(&self) -> Result<Real, Fault> {
        self.apply(Function::Phi, Normal::phi)
    }

    /// A function that is defined for the number.
    fn apply(
        &self,
        function: Function,
        of_normal: fn(&Normal) -> Result<Normal, Fault>,
    ) -> Result<Real, Fault> {
        match self.brief() {
            Some(normal) => of_normal(normal).map(Real::from),
            None => within_range(Real::lazy(Operation::Apply(function), self, &Real::zero())),
        }
    }
}

impl Real {
    fn lazy(operation: Operation, left: &Real, right: &Real) -> Self {
        Real(Kind::Lazy(Lazy::new(operation, left, right)))
    }

    /// A rational number, whatever its size.
    pub(super) fn rational(value: Rational) -> Self {
        Normal::rational(value).into()
    }

    pub(super) fn kind(&self) -> &Kind {
        &self.0
    }

    /// The number in normal form.
    pub(super) fn normal(&self) -> &Normal {
        match self.kind() {
            Kind::Normal(normal) => normal,
            Kind::Lazy(lazy) => lazy.form(),
        }
    }

    /// The normal form, if it is worth computing with: nothing in it is sealed.
    fn brief(&self) -> Option<&Normal> {
        match self.kind() {
            Kind::Normal(normal) if !normal.is_sealed() => Some(normal),
            Kind::Normal(_) | Kind::Lazy(_) => None,
        }
    }

    /// The fraction that the number is, where that is known already.
    pub(super) fn brief_rational(&self) -> Option<Cow<'_, Rational>> {
        self.brief().and_then(Normal::as_rational)
    }

    /// A ball that holds the number, computed with `bits` bits.
    pub(super) fn evaluate(&self, bits: u32) -> Found {
        match self.kind() {
            Kind::Normal(normal) => evaluate(normal, bits),
            Kind::Lazy(lazy) => lazy.evaluate(bits),
        }
    }

    /// What waits for its form, if nothing else refers to it.
    pub(super) fn into_last_owned(self) -> Option<Lazy> {
        match self.0 {
            Kind::Normal(_) => None,
            Kind::Lazy(lazy) => Arc::into_inner(lazy),
        }
    }
}

/// Whether a ball shows that a number is not zero.
fn clear_of_zero(ball: &Found) -> bool {
    ball.as_ref().is_ok_and(|ball| !ball.holds_zero())
}

/// Whether two balls have nothing in common.
fn are_apart(one: &Found, other: &Found) -> bool {
    let (Ok(one), Ok(other)) = (one, other) else { return false };
    clear_of_zero(&one.add(&Ball::clone(other).neg(), MIN_BITS).map(Arc::new))
}

fn within_range(value: Real) -> Result<Real, Fault> {
    match value.evaluate(MIN_BITS) {
        Err(BallFault::OutOfRange) => Err(OutOfRange.into()),
        Ok(_) | Err(BallFault::Coarse) => Ok(value),
    }
}

impl Default for Real {
    fn default() -> Self {
        Self::zero()
    }
}

impl From<Normal> for Real {
    fn from(normal: Normal) -> Self {
        Real(Kind::Normal(normal))
    }
}

impl From<Rational> for Real {
    fn from(value: Rational) -> Self {
        Self::rational(value)
    }
}

impl From<i64> for Real {
    fn from(value: i64) -> Self {
        Normal::from(value).into()
    }
}

impl PartialEq for Real {
    fn eq(&self, other: &Self) -> bool {
        match (self.kind(), other.kind()) {
            (Kind::Normal(a), Kind::Normal(b)) => a == b,
            (Kind::Lazy(a), Kind::Lazy(b)) if Arc::ptr_eq(a, b) => true,
            // Different numbers have different forms.
            _ if are_apart(&self.evaluate(MIN_BITS), &other.evaluate(MIN_BITS)) => false,
            _ => self.normal() == other.normal(),
        }
    }
}

impl Eq for Real {}

impl fmt::Debug for Real {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind() {
            Kind::Normal(normal) => normal.fmt(f),
            Kind::Lazy(_) => write!(f, "Real(~{}, without a form)", self.to_f64()),
        }
    }
}

fn add(left: &Real, right: &Real) -> Real {
    match (left.brief(), right.brief()) {
        (Some(a), Some(b)) => (a + b).into(),
        (Some(zero), None) if zero.is_zero_form() => right.clone(),
        (None, Some(zero)) if zero.is_zero_form() => left.clone(),
        _ => Real::lazy(Operation::Add, left, right),
    }
}

fn subtract(left: &Real, right: &Real) -> Real {
    match (left.brief(), right.brief()) {
        (Some(a), Some(b)) => (a - b).into(),
        (None, Some(zero)) if zero.is_zero_form() => left.clone(),
        _ => Real::lazy(Operation::Subtract, left, right),
    }
}

fn multiply(left: &Real, right: &Real) -> Real {
    match (left.brief(), right.brief()) {
        (Some(a), Some(b)) => (a * b).into(),
        (Some(zero), None) | (None, Some(zero)) if zero.is_zero_form() => Real::zero(),
        (Some(one), None) if one.is_one_form() => right.clone(),
        (None, Some(one)) if one.is_one_form() => left.clone(),
        _ => Real::lazy(Operation::Multiply, left, right),
    }
}

operator!(Real, Add, add, add);
operator!(Real, Sub, sub, subtract);
operator!(Real, Mul, mul, multiply);

impl Neg for &Real {
    type Output = Real;
    fn neg(self) -> Real {
        match self.brief() {
            Some(normal) => (-normal).into(),
            None => Real::lazy(Operation::Subtract, &Real::zero(), self),
        }
    }
}

impl Neg for Real {
    type Output = Real;
    fn neg(self) -> Real {
        -&self
    }
}
