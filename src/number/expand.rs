//! Multiplying out.
//!
//! Terms are multiplied one by one and every monomial is brought into normal form:
//!
//! ```text
//! Prime(p)^2 = p         Root(a)^2 = a         Exp(a) Exp(b) = Exp(a + b)
//! x^0 = 1                Group(a)^1 = a        a Group(a)^n = Group(a)^(n+1)
//! ```
//!
//! Replacing a root by its argument may bring further roots together, and so on. A
//! budget bounds the work; the caller decides what to do when it runs out.

use std::cmp::Ordering;
use std::sync::Arc;

use super::atom::{Atom, Function};
use super::common::{common_factors, with, without};
use super::function::exp_form;
use super::integer::size;
use super::normal::Normal;
use super::sum::{Factor, Monomial, Term, collect, ratio};
use super::{Rational, rational};

/// Products of terms that one multiplication may take.
const MAX_STEPS: u32 = 1024;
/// Replacements that may follow from one another.
const MAX_DEPTH: u32 = 24;
/// Most atoms in a monomial.
const MAX_FACTORS: usize = 12;
/// Largest power of an atom.
const MAX_POWER: i32 = 1 << 20;

/// The budget is spent.
#[derive(Debug)]
pub(super) struct Exhausted;

/// Bits of coefficients that an attempt to prove a zero may multiply: sums of long
/// fractions grow without end, and their common divisors take the square of the length.
const PROOF_BITS: usize = 1 << 22;

/// What a multiplication may still spend.
pub(super) struct Budget {
    steps: u32,
    depth: u32,
    bits: usize,
}

impl Budget {
    /// The budget of an ordinary multiplication.
    pub(super) fn ordinary() -> Self {
        Budget { steps: MAX_STEPS, depth: MAX_DEPTH, bits: usize::MAX }
    }

    /// The budget of an attempt to prove a zero.
    pub(super) fn generous() -> Self {
        Budget { steps: 16 * MAX_STEPS, depth: MAX_DEPTH, bits: PROOF_BITS }
    }

    fn step(&mut self, left: &Term, right: &Term) -> Result<(), Exhausted> {
        self.steps = self.steps.checked_sub(1).ok_or(Exhausted)?;
        let bits = size(&left.coefficient) + size(&right.coefficient);
        self.bits = self.bits.checked_sub(bits).ok_or(Exhausted)?;
        Ok(())
    }
}

/// Multiplies out, without sealing the result.
pub(super) fn expand(a: &[Term], b: &[Term], budget: &mut Budget) -> Result<Vec<Term>, Exhausted> {
    if let Some(cancelled) = cancel(a, b, budget) {
        return cancelled;
    }
    let mut products = Vec::with_capacity(a.len() * b.len());
    for left in a {
        for right in b {
            multiply_terms(left, right, budget, &mut products)?;
        }
    }
    Ok(collect(products))
}

/// Multiplies where one side is a sum that occurs in brackets in the other.
pub(super) fn cancel(
    a: &[Term],
    b: &[Term],
    budget: &mut Budget,
) -> Option<Result<Vec<Term>, Exhausted>> {
    if let Some((factor, atom)) = bracketed(a, b) {
        return Some(multiply_bracketed(a, &factor, &atom, b, budget));
    }
    let (factor, atom) = bracketed(b, a)?;
    Some(multiply_bracketed(b, &factor, &atom, a, budget))
}

/// Multiplies by a sum: as one term where the other side holds its brackets.
fn multiply_bracketed(
    sum: &[Term],
    factor: &Term,
    atom: &Atom,
    other: &[Term],
    budget: &mut Budget,
) -> Result<Vec<Term>, Exhausted> {
    let mut products = Vec::new();
    for term in other {
        let holds = term.monomial.iter().any(|factor| *factor.atom == *atom);
        let summands = if holds { std::slice::from_ref(factor) } else { sum };
        for summand in summands {
            multiply_terms(summand, term, budget, &mut products)?;
        }
    }
    Ok(collect(products))
}

/// An atom of `other` that is `sum` in brackets but for a factor, and `sum` as one term
/// with that atom.
fn bracketed(sum: &[Term], other: &[Term]) -> Option<(Term, Arc<Atom>)> {
    if sum.len() < 2 {
        return None;
    }
    let groups = other.iter().flat_map(|term| &*term.monomial).filter(|factor| {
        let inner = factor.atom.argument().as_sum();
        factor.atom.function() == Function::Group
            && inner.is_some_and(|inner| inner.terms().len() == sum.len())
    });
    let mut stripped = None;
    for group in groups {
        let inner = group.atom.argument().as_sum()?.terms();
        if let Some(content) = ratio(sum, inner) {
            let term = Term::power(content, &group.atom, 1);
            return Some((term, Arc::clone(&group.atom)));
        }
        let (common, rest) = stripped.get_or_insert_with(|| {
            let common = common_factors(sum);
            let rest = collect(without(sum, &common));
            (common, rest)
        });
        if let Some(content) = ratio(rest, inner) {
            let term = Term::new(content, with(common.clone(), &group.atom));
            return Some((term, Arc::clone(&group.atom)));
        }
    }
    None
}

fn multiply_terms(
    left: &Term,
    right: &Term,
    budget: &mut Budget,
    products: &mut Vec<Term>,
) -> Result<(), Exhausted> {
    budget.step(left, right)?;
    let coefficient = rational::multiply(&left.coefficient, &right.coefficient);
    let shared = match (left.is_rational(), right.is_rational()) {
        (true, _) => Some(&right.monomial),
        (_, true) => Some(&left.monomial),
        _ => None,
    };
    if let Some(monomial) = shared {
        products.push(Term::new(coefficient, Arc::clone(monomial)));
        return Ok(());
    }
    let (factors, stable) = join(&left.monomial, &right.monomial)?;
    if stable {
        products.push(Term::new(coefficient, Monomial::from(factors)));
        return Ok(());
    }
    products.extend(reduce(coefficient, factors, budget)?);
    Ok(())
}

/// Joins two monomials; true where no rule applies to the result.
fn join(left: &Monomial, right: &Monomial) -> Result<(Vec<Factor>, bool), Exhausted> {
    let mut factors: Vec<Factor> = Vec::with_capacity(left.len() + right.len());
    let mut stable = true;
    let (mut a, mut b) = (left.iter().peekable(), right.iter().peekable());
    while let (Some(x), Some(y)) = (a.peek(), b.peek()) {
        match x.atom.cmp(&y.atom) {
            Ordering::Less => factors.extend(a.next().cloned()),
            Ordering::Greater => factors.extend(b.next().cloned()),
            Ordering::Equal => {
                let power = x.power.checked_add(y.power).ok_or(Exhausted)?;
                if power.abs() > MAX_POWER {
                    return Err(Exhausted);
                }
                stable &= power == 0 || !has_rule(x.atom.function(), power);
                if power != 0 {
                    factors.push(Factor::new(&x.atom, power));
                }
                a.next();
                b.next();
            }
        }
    }
    factors.extend(a.cloned());
    factors.extend(b.cloned());
    let exponentials =
        factors.iter().filter(|factor| factor.atom.function() == Function::Exp).count();
    if factors.len() > MAX_FACTORS {
        return Err(Exhausted);
    }
    Ok((factors, stable && exponentials < 2))
}

/// Whether a power of an atom has another normal form.
fn has_rule(function: Function, power: i32) -> bool {
    match function {
        Function::Prime | Function::Cofactor | Function::Root | Function::Exp => power != 1,
        Function::Group => power == 1,
        Function::Log
        | Function::Sigmoid
        | Function::Tanh
        | Function::Sin
        | Function::Cos
        | Function::Softplus
        | Function::Phi
        | Function::Pi
        | Function::CosPi
        | Function::Sealed => false,
    }
}

/// Applies the rules to one product.
fn reduce(
    mut coefficient: Rational,
    factors: Vec<Factor>,
    budget: &mut Budget,
) -> Result<Vec<Term>, Exhausted> {
    let mut kept = Vec::with_capacity(factors.len());
    let mut replaced = Vec::new();
    let mut exponent = Normal::zero();
    let is_exp = |factor: &Factor| factor.atom.function() == Function::Exp;
    let several = factors.iter().filter(|factor| is_exp(factor)).count() > 1;
    for factor in factors {
        let argument = factor.atom.argument();
        match factor.atom.function() {
            Function::Exp if several || factor.power != 1 => {
                exponent = exponent + argument * Normal::from(i64::from(factor.power));
            }
            Function::Group if factor.power == 1 => replaced.push(argument.clone()),
            Function::Prime | Function::Cofactor if factor.power == 2 => {
                if let Some(radicand) = argument.as_rational() {
                    coefficient = rational::multiply(&coefficient, &radicand);
                }
            }
            Function::Root if factor.power == 2 => replaced.push(argument.clone()),
            _ => kept.push(factor),
        }
    }
    if !exponent.is_zero_form() {
        replaced.push(exp_form(&exponent));
    }
    let mut product = vec![Term::new(coefficient, Monomial::from(kept))];
    budget.depth = budget.depth.checked_sub(1).ok_or(Exhausted)?;
    for value in replaced {
        product = expand(&product, &value.terms(), budget)?;
    }
    budget.depth += 1;
    Ok(product)
}
