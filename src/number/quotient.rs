//! Reciprocals and quotients.
//!
//! ```text
//! 1/(q m)             = (1/q) * the reciprocals of m's factors
//! 1/sqrt(n)           = sqrt(n)/n            1/Root(a) = Root(a) / a
//! 1/Exp(a)            = Exp(-a)              1/x^n = x^-n otherwise
//! 1/(sum of surds)    = rationalised, up to four roots
//! 1/(q1 m1 + ...)     = (1/q1) * Group(m1 + ...)^-1
//! ```
//!
//! A denominator is certified before: zero is an [`Undefined`] operation, and what
//! cannot be told from zero is undecided.

use std::sync::Arc;

use super::atom::Function;
use super::closed_form::short_text;
use super::fault::{Fault, Sign, Undefined};
use super::function::exp_form;
use super::integer::reciprocal;
use super::product::group;
use super::real::Real;
use super::sum::{Factor, Monomial, Sum, Term, from_rational, from_terms};
use super::surd::rationalised_reciprocal;
use super::{Integer, Rational};

impl Real {
    /// The quotient `self / divisor`.
    ///
    /// # Errors
    /// [`Fault::Undefined`] where the divisor is zero, [`Fault::Undecided`] where it
    /// cannot be told from zero.
    pub fn checked_div(&self, divisor: &Real) -> Result<Real, Fault> {
        if divisor.sign()? == Sign::Zero {
            return Err(division_by_zero(self)?.into());
        }
        match (self.as_rational(), divisor.as_rational()) {
            (Some(a), Some(b)) => Ok(from_rational(a / b)),
            _ if self.is_zero_form() => Ok(Real::zero()),
            _ => Ok(self * reciprocal_of(divisor)),
        }
    }
}

fn division_by_zero(numerator: &Real) -> Result<Undefined, Fault> {
    Ok(match numerator.sign()? {
        Sign::Zero => Undefined::ZeroOverZero,
        Sign::Negative | Sign::Positive => {
            Undefined::DivisionByZero { numerator: short_text(numerator) }
        }
    })
}

/// The reciprocal of a number that was certified not to be zero.
pub(super) fn reciprocal_of(value: &Real) -> Real {
    if let Some(rational) = value.as_rational() {
        return reciprocal(rational).map_or_else(Real::zero, from_rational);
    }
    let terms = value.terms();
    match &*terms {
        [only] => reciprocal_of_term(only),
        _ => match rationalised_reciprocal(&terms) {
            Some(quotient) => from_terms(quotient),
            None => reciprocal_of_sum(&terms),
        },
    }
}

fn reciprocal_of_sum(terms: &[Term]) -> Real {
    let (content, atom) = group(terms);
    let coefficient = reciprocal(&content).unwrap_or(Rational::ONE);
    from_terms(vec![Term { coefficient, monomial: Arc::new([Factor { atom, power: -1 }]) }])
}

/// Inverts factor by factor; nested roots are unwound by a loop.
fn reciprocal_of_term(term: &Term) -> Real {
    let mut result = reciprocal(&term.coefficient).map_or_else(Real::one, from_rational);
    let mut pending: Vec<Factor> = term.monomial.to_vec();
    let mut direct = Vec::new();
    while let Some(Factor { atom, power }) = pending.pop() {
        let argument = atom.argument();
        match atom.function() {
            Function::Prime | Function::Cofactor => {
                let below = argument.as_rational().and_then(reciprocal).unwrap_or(Rational::ONE);
                result = result * from_terms(vec![Term::atom(below, atom)]);
            }
            Function::Root => {
                result = result * Real::from_atom(Arc::clone(&atom));
                match &*argument.terms() {
                    [only] => {
                        let below = reciprocal(&only.coefficient).unwrap_or(Rational::ONE);
                        result = result * from_rational(below);
                        pending.extend(only.monomial.iter().cloned());
                    }
                    _ => result = result * reciprocal_of(argument),
                }
            }
            Function::Exp => {
                let turned = argument * Real::rational(Rational::from(Integer::from(-power)));
                result = result * exp_form(&turned);
            }
            Function::Group if power == -1 => result = result * argument,
            Function::Group
            | Function::Log
            | Function::Sigmoid
            | Function::Tanh
            | Function::Sin
            | Function::Cos
            | Function::Sealed => direct.push(Factor { atom, power: -power }),
        }
    }
    result * product_of(direct)
}

/// The product of powers without rules, each of which is its own normal form.
fn product_of(factors: Vec<Factor>) -> Real {
    factors.into_iter().fold(Real::one(), |product, factor| {
        let monomial: Monomial = Arc::new([factor]);
        product * Real::from_sum(Sum::new(vec![Term { coefficient: Rational::ONE, monomial }]))
    })
}
