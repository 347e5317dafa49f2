//! Reciprocals and quotients.
//!
//! ```text
//! 1/(q m)             = (1/q) * the reciprocals of m's factors
//! 1/sqrt(n)           = sqrt(n)/n            1/Root(a) = Root(a) / a
//! 1/Exp(a)            = Exp(-a)              1/x^n = x^-n otherwise
//! 1/(sum of surds)    = rationalised, up to four roots
//! 1/(m a + m b)       = (1/m) * 1/(a + b)
//! 1/(q1 m1 + ...)     = (1/q1) * Group(m1 + ...)^-1
//! ```
//!
//! A denominator is certified before: zero is an [`Undefined`] operation, and what
//! cannot be told from zero is undecided.

use std::sync::Arc;

use super::atom::Function;
use super::closed_form::short_text;
use super::common::{common_factors, without};
use super::fault::{Fault, Sign, Undefined};
use super::function::exp_form;
use super::integer::reciprocal;
use super::normal::{Normal, of_short};
use super::product::group;
use super::rational::{self, Short};
use super::sum::{Factor, Monomial, Sum, Term, collect, from_rational, from_terms};
use super::surd::rationalised_reciprocal;
use super::{Integer, Rational};

impl Normal {
    /// The quotient; the divisor is certified.
    pub(super) fn checked_div(&self, divisor: &Normal) -> Result<Normal, Fault> {
        if divisor.sign()? == Sign::Zero {
            return Err(division_by_zero(self)?.into());
        }
        Ok(self.quotient(divisor))
    }

    /// The quotient by a number that was certified not to be zero.
    pub(super) fn quotient(&self, divisor: &Normal) -> Normal {
        if let Some(quotient) = of_short(self, divisor, Short::over) {
            return quotient;
        }
        match (self.as_rational(), divisor.as_rational()) {
            (Some(a), Some(b)) => from_rational(rational::divide(&a, &b)),
            _ if self.is_zero_form() => Normal::zero(),
            _ if self == divisor => Normal::one(),
            _ => self * reciprocal_of(divisor),
        }
    }
}

/// What a division by zero lacks.
pub(super) fn division_by_zero(numerator: &Normal) -> Result<Undefined, Fault> {
    Ok(match numerator.sign()? {
        Sign::Zero => Undefined::ZeroOverZero,
        Sign::Negative | Sign::Positive => {
            Undefined::DivisionByZero { numerator: short_text(numerator) }
        }
    })
}

/// The reciprocal of a number that was certified not to be zero.
pub(super) fn reciprocal_of(value: &Normal) -> Normal {
    if let Some(rational) = value.as_rational() {
        return reciprocal(&rational).map_or_else(Normal::zero, from_rational);
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

fn reciprocal_of_sum(terms: &[Term]) -> Normal {
    let common = common_factors(terms);
    if !common.is_empty() {
        let rest = from_terms(collect(without(terms, &common)));
        let factor = Term::new(Rational::ONE, Monomial::from(common));
        return reciprocal_of_term(&factor) * reciprocal_of(&rest);
    }
    reciprocal_of_group(terms)
}

/// The reciprocal of a sum under a root. Not by its common factors: those may be roots
/// of the same kind, as deep as a run is long.
fn reciprocal_below_root(terms: &[Term]) -> Normal {
    rationalised_reciprocal(terms).map_or_else(|| reciprocal_of_group(terms), from_terms)
}

fn reciprocal_of_group(terms: &[Term]) -> Normal {
    let (content, atom) = group(terms);
    let coefficient = reciprocal(&content).unwrap_or(Rational::ONE);
    from_terms(vec![Term::power(coefficient, &atom, -1)])
}

/// Inverts factor by factor; nested roots are unwound by a loop.
fn reciprocal_of_term(term: &Term) -> Normal {
    let mut result = reciprocal(&term.coefficient).map_or_else(Normal::one, from_rational);
    let mut pending: Vec<Factor> = term.monomial.to_vec();
    let mut direct = Vec::new();
    let mut opened = Vec::new();
    while let Some(Factor { atom, power }) = pending.pop() {
        let argument = atom.argument();
        match atom.function() {
            Function::Prime | Function::Cofactor => {
                let below =
                    argument.as_rational().as_deref().and_then(reciprocal).unwrap_or(Rational::ONE);
                result = result * from_terms(vec![Term::atom(below, atom)]);
            }
            Function::Root => {
                result = result * Normal::from_atom(Arc::clone(&atom));
                match &*argument.terms() {
                    [only] => {
                        let below = reciprocal(&only.coefficient).unwrap_or(Rational::ONE);
                        result = result * from_rational(below);
                        pending.extend(only.monomial.iter().cloned());
                    }
                    several => result = result * reciprocal_below_root(several),
                }
            }
            Function::Exp => {
                let turned = argument * Normal::rational(Rational::from(Integer::from(-power)));
                result = result * exp_form(&turned);
            }
            Function::Group if power == -1 => opened.push(argument.clone()),
            Function::Group
            | Function::Log
            | Function::Sigmoid
            | Function::Tanh
            | Function::Sin
            | Function::Cos
            | Function::Softplus
            | Function::Phi
            | Function::Pi
            | Function::CosPi
            | Function::Sealed => direct.push(Factor::new(&atom, -power)),
        }
    }
    // Sums come last, so that they meet the brackets that they cancel.
    opened.iter().fold(result * product_of(direct), |product, sum| product * sum)
}

/// The product of powers without rules, each of which is its own normal form.
fn product_of(factors: Vec<Factor>) -> Normal {
    factors.into_iter().fold(Normal::one(), |product, factor| {
        let monomial: Monomial = Arc::new([factor]);
        product * Normal::from_sum(Sum::new(vec![Term::new(Rational::ONE, monomial)]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn real(n: i64) -> Normal {
        Normal::from(n)
    }

    fn root(value: &Normal) -> Normal {
        value.sqrt().unwrap()
    }

    #[test]
    fn reciprocals_reach_their_normal_form() {
        let (two, three) = (root(&real(2)), root(&real(3)));
        let e = Normal::one().exp().unwrap();
        let nested = root(&(&e + &two));
        let table = [
            (two.clone(), "1/2*sqrt(2)"),
            (real(1) + &two, "-1 + sqrt(2)"),
            (&two + &three, "-sqrt(2) + sqrt(3)"),
            (real(3) * &two, "1/6*sqrt(2)"),
        ];
        for (value, expected) in table {
            let found = reciprocal_of(&value).closed_form().map(|form| form.to_text());
            assert_eq!(found.as_deref(), Some(expected));
        }
        for value in [two, &e + &three, nested.clone(), &nested * &e + &nested, &e * &nested] {
            assert_eq!(reciprocal_of(&value) * &value, Normal::one(), "{value:?}");
            assert_eq!(reciprocal_of(&reciprocal_of(&value)), value, "{value:?}");
        }
    }

    #[test]
    fn nested_roots_are_inverted_without_recursion() {
        let mut x = Normal::one().exp().unwrap();
        for _ in 0..10_000 {
            x = root(&x);
        }
        let mut y = real(3);
        for _ in 0..5_000 {
            y = root(&(&y + &y * Normal::one().exp().unwrap()));
        }
        for value in [x, y] {
            assert!(reciprocal_of(&value).sign().is_ok());
        }
    }
}
