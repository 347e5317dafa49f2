//! The number in front of a summand of a derivative.
//!
//! Numbers of the formula that stand in several of its factors become one:
//!
//! ```text
//! 2 · (½ λ) · w = λ w        ½ · b · (2 q) = q b        2 · (λ/2) · w = λ w
//! ```
//!
//! A number in one place only stays where the author wrote it. Names are never folded,
//! whatever number they stand for.

use super::chain::number;
use super::{Expression, Operator};
use crate::number::Rational;

/// A number that is being collected.
#[derive(Debug, Clone)]
pub(super) struct Coefficient {
    value: Rational,
    /// Whether a part of it was written as a decimal.
    decimal: bool,
    /// In how many factors there are numbers other than 1 and -1.
    places: usize,
}

impl Coefficient {
    pub(super) fn one() -> Self {
        Self { value: Rational::ONE, decimal: false, places: 0 }
    }

    pub(super) fn multiply(&mut self, value: &Rational, decimal: bool) {
        self.value *= value.clone();
        self.decimal |= decimal;
    }

    pub(super) fn negate(&mut self) {
        self.value = -self.value.clone();
    }

    /// The coefficient with the numbers of the factors in it, and what is left of these;
    /// both as they are where that joins no two numbers.
    pub(super) fn folded(self, factors: Vec<Expression>) -> (Self, Vec<Expression>) {
        let places = usize::from(!is_unit(&self.value));
        let mut whole = Self { places, ..self.clone() };
        let rest = factors.iter().filter_map(|factor| whole.take(factor)).collect();
        if whole.places < 2 { (self, factors) } else { (whole, rest) }
    }

    /// Takes the numbers out of a factor; nothing is left of one that holds nothing else.
    fn take(&mut self, factor: &Expression) -> Option<Expression> {
        if let Some((value, decimal)) = number(factor) {
            self.places += usize::from(!is_unit(&value));
            self.multiply(&value, decimal);
            return None;
        }
        match factor {
            Expression::Negate(inner) => {
                self.negate();
                self.take(inner)
            }
            Expression::Transpose(inner) => {
                self.take(inner).map(|inner| Expression::Transpose(Box::new(inner)))
            }
            Expression::Binary(
                operator @ (Operator::Multiply | Operator::Hadamard | Operator::MatMul),
                left,
                right,
            ) => match (self.take(left), self.take(right)) {
                (Some(left), Some(right)) => Some(Expression::binary(*operator, left, right)),
                (left, right) => left.or(right),
            },
            Expression::Binary(Operator::Divide, above, below) => {
                self.take_quotient(above, below).unwrap_or_else(|| Some(factor.clone()))
            }
            _ => Some(factor.clone()),
        }
    }

    /// Takes the numbers out of a quotient, which is one place; `None` where it stays as it is.
    fn take_quotient(
        &mut self,
        above: &Expression,
        below: &Expression,
    ) -> Option<Option<Expression>> {
        let (mut upper, mut lower) = (Self::one(), Self::one());
        let (numerator, denominator) = (upper.take(above), lower.take(below));
        // z/norm(z) is known by its form, as the direction that is 0 at 0.
        let direction = matches!(below, Expression::Call(call) if call.arguments.contains(above));
        if direction || lower.value == Rational::ZERO {
            return None;
        }
        self.places += usize::from(upper.places + lower.places > 0);
        self.multiply(&(upper.value / lower.value), upper.decimal || lower.decimal);
        let Some(denominator) = denominator else { return Some(numerator) };
        let numerator = numerator.unwrap_or_else(|| Expression::integer(1));
        Some(Some(Expression::binary(Operator::Divide, numerator, denominator)))
    }

    /// Whether it is subtracted, and its absolute value, if that is written.
    pub(super) fn written(&self) -> (bool, Option<Expression>) {
        let negative = self.value < Rational::ZERO;
        if is_unit(&self.value) {
            return (negative, None);
        }
        let size = if negative { -self.value.clone() } else { self.value.clone() };
        if self.decimal || size.is_int() {
            return (negative, Some(Expression::Number(size)));
        }
        let above = Expression::Number(Rational::from(size.numerator().clone()));
        let below = Expression::Number(Rational::from(size.denominator().clone()));
        (negative, Some(Expression::binary(Operator::Divide, above, below)))
    }
}

fn is_unit(value: &Rational) -> bool {
    *value == Rational::ONE || *value == Rational::NEG_ONE
}
