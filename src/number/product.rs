//! Products of sums.
//!
//! Terms are multiplied out and every monomial is brought into normal form:
//!
//! ```text
//! Prime(p)^2 = p         Root(a)^2 = a         Exp(a) Exp(b) = Exp(a + b)
//! x^0 = 1                Group(a)^1 = a        a Group(a)^n = Group(a)^(n+1)
//! ```
//!
//! A sum times a multiple of itself is *not* multiplied out unless all its atoms are
//! square roots of integers: `Group(g)^2` is shorter, its ball is sharper, and its
//! root is seen to be `|g|`, on which the first step of Adam depends.
//!
//! Replacing roots by their arguments may cascade. A budget bounds the work; where
//! it runs out, both factors are sealed, and atoms without structure always multiply.

use std::sync::Arc;

use super::Rational;
use super::atom::{Atom, Function};
use super::function::exp_form;
use super::integer::size;
use super::real::Real;
use super::sum::{
    COEFFICIENT_BITS, Factor, Monomial, Sum, Term, collect, from_rational, from_terms,
    is_multiquadratic, primitive, ratio, scaled,
};

/// Products of terms that one multiplication may take.
const MAX_STEPS: u32 = 1024;
/// Replacements that may follow from one another.
const MAX_DEPTH: u32 = 24;
/// Longest product of two sums that is multiplied out.
const MAX_PRODUCT: usize = 64;
/// Most atoms in a monomial.
const MAX_FACTORS: usize = 12;
/// Largest power of an atom.
const MAX_POWER: i32 = 1 << 20;

/// The budget is spent.
#[derive(Debug)]
pub(super) struct Exhausted;

/// What a multiplication may still spend.
pub(super) struct Budget {
    steps: u32,
    depth: u32,
}

impl Budget {
    /// The budget of an ordinary multiplication.
    pub(super) fn ordinary() -> Self {
        Budget { steps: MAX_STEPS, depth: MAX_DEPTH }
    }

    /// The budget of an attempt to prove a zero.
    pub(super) fn generous() -> Self {
        Budget { steps: 16 * MAX_STEPS, depth: MAX_DEPTH }
    }

    fn step(&mut self) -> Result<(), Exhausted> {
        self.steps = self.steps.checked_sub(1).ok_or(Exhausted)?;
        Ok(())
    }
}

/// The product of two numbers.
pub(super) fn multiply(left: &Real, right: &Real) -> Real {
    match (left.as_rational(), right.as_rational()) {
        (Some(a), Some(b)) => from_rational(a * b),
        (Some(factor), None) => scale(right, factor),
        (None, Some(factor)) => scale(left, factor),
        (None, None) => multiply_sums(left, right),
    }
}

fn scale(value: &Real, factor: &Rational) -> Real {
    if factor.is_zero() {
        return Real::zero();
    }
    if factor.is_one() {
        return value.clone();
    }
    let terms = value.terms();
    if size(factor) > COEFFICIENT_BITS && terms.len() > 2 {
        // One long coefficient is enough.
        return from_terms(scaled(&seal_whole(&terms).terms(), factor));
    }
    from_terms(scaled(&terms, factor))
}

fn multiply_sums(left: &Real, right: &Real) -> Real {
    let (a, b) = (left.terms(), right.terms());
    if let Some(power) = square(&a, &b) {
        return power;
    }
    let mut budget = Budget::ordinary();
    if a.len() * b.len() <= MAX_PRODUCT || (is_multiquadratic(&a) && is_multiquadratic(&b)) {
        if let Ok(terms) = expand(&a, &b, &mut budget) {
            return from_terms(terms);
        }
    } else if let Some(Ok(terms)) = cancel(&a, &b, &mut budget) {
        return from_terms(terms);
    }
    let (longer, shorter) = if a.len() >= b.len() { (left, right) } else { (right, left) };
    let sealed = seal_whole(&longer.terms());
    if a.len() != b.len()
        && let Ok(terms) = expand(&sealed.terms(), &shorter.terms(), &mut Budget::ordinary())
    {
        return from_terms(terms);
    }
    multiply_sealed(&sealed, &seal_whole(&shorter.terms()))
}

/// Sealed atoms are subject to no rule, and there are at most two terms on each side.
fn multiply_sealed(left: &Real, right: &Real) -> Real {
    let (a, b) = (left.terms(), right.terms());
    match expand(&a, &b, &mut Budget::ordinary()) {
        Ok(terms) => from_terms(terms),
        // Only a power beyond the limit leads here; a fresh atom starts again at 1.
        Err(Exhausted) => multiply_sealed(&bury(left), &bury(right)),
    }
}

/// One atom for the whole number.
fn bury(value: &Real) -> Real {
    Real::from_atom(Atom::new(Function::Sealed, value.clone()))
}

/// The rational part, plus one sealed atom for the rest, however short it is.
pub(super) fn seal_whole(terms: &[Term]) -> Real {
    super::sum::seal(terms.to_vec())
}

/// The product of a sum and a multiple of itself.
fn square(a: &[Term], b: &[Term]) -> Option<Real> {
    if a.len() < 2 || a.len() != b.len() || is_multiquadratic(a) {
        return None;
    }
    let quotient = ratio(b, a)?;
    let (content, group) = group(a);
    let coefficient = content.sqr() * quotient;
    Some(from_terms(vec![Term {
        coefficient,
        monomial: Arc::new([Factor { atom: group, power: 2 }]),
    }]))
}

/// A sum as a coefficient times an atom in brackets.
pub(super) fn group(terms: &[Term]) -> (Rational, Arc<Atom>) {
    let (content, primitive) = primitive(terms);
    (content, Atom::new(Function::Group, Real::from_sum(Sum::new(primitive))))
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
fn cancel(a: &[Term], b: &[Term], budget: &mut Budget) -> Option<Result<Vec<Term>, Exhausted>> {
    let one_side = |sum: &[Term], other: &[Term], budget: &mut Budget| {
        let (content, atom) = bracketed(sum, other)?;
        let factor = Term::atom(content, Arc::clone(&atom));
        let holds = |term: &&Term| term.monomial.iter().any(|factor| factor.atom == atom);
        let (with, without): (Vec<&Term>, Vec<&Term>) = other.iter().partition(holds);
        let mut products = Vec::new();
        for term in with {
            if let Err(exhausted) = multiply_terms(&factor, term, budget, &mut products) {
                return Some(Err(exhausted));
            }
        }
        for term in without {
            for summand in sum {
                if let Err(exhausted) = multiply_terms(summand, term, budget, &mut products) {
                    return Some(Err(exhausted));
                }
            }
        }
        Some(Ok(collect(products)))
    };
    one_side(a, b, budget).or_else(|| one_side(b, a, budget))
}

/// An atom of `other` that is `sum` in brackets, and the factor between them.
fn bracketed(sum: &[Term], other: &[Term]) -> Option<(Rational, Arc<Atom>)> {
    if sum.len() < 2 {
        return None;
    }
    other.iter().flat_map(|term| &*term.monomial).find_map(|factor| {
        if factor.atom.function() != Function::Group {
            return None;
        }
        let inner = factor.atom.argument().as_sum()?;
        ratio(sum, inner.terms()).map(|content| (content, Arc::clone(&factor.atom)))
    })
}

fn multiply_terms(
    left: &Term,
    right: &Term,
    budget: &mut Budget,
    products: &mut Vec<Term>,
) -> Result<(), Exhausted> {
    budget.step()?;
    let coefficient = &left.coefficient * &right.coefficient;
    let shared = match (left.is_rational(), right.is_rational()) {
        (true, _) => Some(&right.monomial),
        (_, true) => Some(&left.monomial),
        _ => None,
    };
    if let Some(monomial) = shared {
        products.push(Term { coefficient, monomial: Arc::clone(monomial) });
        return Ok(());
    }
    let (factors, stable) = join(&left.monomial, &right.monomial)?;
    if stable {
        products.push(Term { coefficient, monomial: Monomial::from(factors) });
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
            std::cmp::Ordering::Less => factors.extend(a.next().cloned()),
            std::cmp::Ordering::Greater => factors.extend(b.next().cloned()),
            std::cmp::Ordering::Equal => {
                let power = x.power.checked_add(y.power).ok_or(Exhausted)?;
                if power.abs() > MAX_POWER {
                    return Err(Exhausted);
                }
                stable &= power == 0 || !has_rule(x.atom.function(), power);
                if power != 0 {
                    factors.push(Factor { atom: Arc::clone(&x.atom), power });
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
    let mut exponent = Real::zero();
    let is_exp = |factor: &Factor| factor.atom.function() == Function::Exp;
    let several = factors.iter().filter(|factor| is_exp(factor)).count() > 1;
    for factor in factors {
        let argument = factor.atom.argument();
        match factor.atom.function() {
            Function::Exp if several || factor.power != 1 => {
                exponent = exponent + argument * Real::from(i64::from(factor.power));
            }
            Function::Group if factor.power == 1 => replaced.push(argument.clone()),
            Function::Prime | Function::Cofactor if factor.power == 2 => {
                coefficient *= argument.as_rational().unwrap_or(&Rational::ONE);
            }
            Function::Root if factor.power == 2 => replaced.push(argument.clone()),
            _ => kept.push(factor),
        }
    }
    if !exponent.is_zero_form() {
        replaced.push(exp_form(&exponent));
    }
    let mut product = vec![Term { coefficient, monomial: Monomial::from(kept) }];
    budget.depth = budget.depth.checked_sub(1).ok_or(Exhausted)?;
    for value in replaced {
        product = expand(&product, &value.terms(), budget)?;
    }
    budget.depth += 1;
    Ok(product)
}
