//! From forms to balls.
//!
//! Atoms are evaluated from the bottom of their graph upwards, by a loop with its own
//! stack, since a run of a thousand iterations is thousands of atoms deep. Each atom
//! keeps its most precise ball: later values build on it, and earlier ones are
//! computed again only where more digits are asked for.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::atom::{Atom, Function};
use super::ball::{Ball, BallFault};
use super::normal::Normal;
use super::sum::{Factor, Sum, Term};

/// Largest precision that a new number takes over from what it is made of.
pub(super) const MAX_KNOWN: u32 = 1024;
/// Atoms that are new, one upon the other, before the first known one.
pub(super) const MAX_STEPS: usize = 64;
/// How many times finer than asked a ball is handed out unchanged.
const FINER: u32 = 16;

/// The most precise ball so far.
#[derive(Debug, Default)]
pub(super) struct Memo {
    /// Its precision, 0 where there is none. It is set after the ball.
    bits: AtomicU32,
    ball: Mutex<Option<Found>>,
}

/// A ball, shared by all that is made of it.
pub(super) type Found = Result<Arc<Ball>, BallFault>;

impl Memo {
    /// The ball, if it was computed with at least this precision; shortened where it is so
    /// much finer that its length would cost more than computing anew.
    pub(super) fn get(&self, bits: u32) -> Option<Found> {
        let finer = self.bits();
        if finer < bits {
            return None;
        }
        match &*self.ball.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(Ok(ball)) if finer / FINER >= bits => Some(ball.shortened(2 * bits).map(Arc::new)),
            known => known.clone(),
        }
    }

    pub(super) fn is_known(&self, bits: u32) -> bool {
        self.bits() >= bits
    }

    /// The precision of the ball, 0 where there is none.
    pub(super) fn bits(&self) -> u32 {
        self.bits.load(Ordering::Acquire)
    }

    pub(super) fn set(&self, bits: u32, ball: Found) {
        let mut known = self.ball.lock().unwrap_or_else(PoisonError::into_inner);
        if self.bits() < bits {
            *known = Some(ball);
            self.bits.store(bits, Ordering::Release);
        }
    }
}

/// The precision at which what a number is made of is known already: a chain of iterations
/// that needed more digits once will need them again. It is no more than 1,024.
pub(super) fn known_bits(value: &Normal) -> u32 {
    let mut next = value.as_sum();
    for _ in 0..MAX_STEPS {
        let terms = next.map_or(&[][..], Sum::terms);
        let atoms = terms.iter().flat_map(|term| &*term.monomial);
        let least = atoms.min_by_key(|factor| factor.atom.memo().bits());
        let Some(Factor { atom, .. }) = least else { return 0 };
        match atom.memo().bits() {
            0 => next = atom.argument().as_sum(),
            known => return known.min(MAX_KNOWN),
        }
    }
    0
}

/// A ball that holds the number, computed with `bits` bits.
pub(super) fn evaluate(value: &Normal, bits: u32) -> Found {
    let Some(sum) = value.as_sum() else {
        return match value.as_rational() {
            Some(rational) => Ball::from_rational(&rational, bits).map(Arc::new),
            None => Err(BallFault::Coarse),
        };
    };
    if let Some(ball) = sum.memo().get(bits) {
        return ball;
    }
    settle(sum, bits);
    evaluate_sum(sum, bits)
}

/// Where an atom stands on the stack.
enum Visit<'a> {
    /// Its argument's atoms may still be unknown.
    Enter(&'a Atom),
    /// Its argument's atoms are known.
    Leave(&'a Atom),
}

/// Evaluates all atoms below a sum.
fn settle(sum: &Sum, bits: u32) {
    let mut stack = Vec::new();
    push_unknown(sum, bits, &mut stack);
    while let Some(visit) = stack.pop() {
        match visit {
            Visit::Enter(atom) if atom.memo().is_known(bits) => {}
            Visit::Enter(atom) => {
                stack.push(Visit::Leave(atom));
                if let Some(argument) = atom.argument().as_sum() {
                    push_unknown(argument, bits, &mut stack);
                }
            }
            Visit::Leave(atom) => atom.memo().set(bits, apply(atom, bits)),
        }
    }
}

fn push_unknown<'a>(sum: &'a Sum, bits: u32, stack: &mut Vec<Visit<'a>>) {
    for factor in sum.terms().iter().flat_map(|term| &*term.monomial) {
        if !factor.atom.memo().is_known(bits) {
            stack.push(Visit::Enter(&factor.atom));
        }
    }
}

/// The value of an atom whose argument's atoms are known.
fn apply(atom: &Atom, bits: u32) -> Found {
    let argument = match (atom.argument().as_sum(), atom.argument().as_rational()) {
        (Some(sum), _) => evaluate_sum(sum, bits)?,
        (None, Some(rational)) => Arc::new(Ball::from_rational(&rational, bits)?),
        (None, None) => return Err(BallFault::Coarse),
    };
    match (atom.function(), above_one(atom.argument())) {
        (Function::Log, Some(rest)) => add_terms(rest, bits)?.ln_1p(bits).map(Arc::new),
        (function, _) => of_ball(function, &argument, bits),
    }
}

/// The values of a function for all members of a ball.
pub(super) fn of_ball(function: Function, argument: &Arc<Ball>, bits: u32) -> Found {
    let ball = match function {
        Function::Prime | Function::Cofactor | Function::Root => argument.sqrt(bits),
        Function::Exp => argument.exp(bits),
        Function::Log => argument.ln(bits),
        Function::Sigmoid => argument.sigmoid(bits),
        Function::Tanh => argument.tanh(bits),
        Function::Sin => argument.sin(bits),
        Function::Cos => argument.cos(bits),
        Function::Softplus => argument.softplus(bits),
        Function::Phi => argument.phi(bits),
        Function::Pi => Ball::pi(bits),
        Function::CosPi => argument.mul(&Ball::pi(bits)?, bits)?.cos(bits),
        Function::Group | Function::Sealed => return Ok(Arc::clone(argument)),
    };
    ball.map(Arc::new)
}

/// The terms that follow the 1 in `1 + ...`: where they are small, their size must not
/// be lost in it.
fn above_one(argument: &Normal) -> Option<&[Term]> {
    let (first, rest) = argument.as_sum()?.terms().split_first()?;
    (first.is_rational() && first.coefficient.is_one() && !rest.is_empty()).then_some(rest)
}

/// The value of a sum whose atoms are known.
fn evaluate_sum(sum: &Sum, bits: u32) -> Found {
    if let Some(ball) = sum.memo().get(bits) {
        return ball;
    }
    let ball = add_terms(sum.terms(), bits).map(Arc::new);
    sum.memo().set(bits, ball.clone());
    ball
}

fn add_terms(terms: &[Term], bits: u32) -> Result<Ball, BallFault> {
    let mut total: Option<Ball> = None;
    for term in terms {
        let product = evaluate_term(term, bits)?;
        total = Some(match total {
            None => product,
            Some(total) => total.add(&product, bits)?,
        });
    }
    total.ok_or(BallFault::Coarse)
}

fn evaluate_term(term: &Term, bits: u32) -> Result<Ball, BallFault> {
    let mut product: Option<Arc<Ball>> = None;
    for factor in &*term.monomial {
        let base = factor.atom.memo().get(bits).unwrap_or(Err(BallFault::Coarse))?;
        let power = match factor.power {
            1 => base,
            power => Arc::new(base.powi(i64::from(power), bits)?),
        };
        product = Some(match product {
            None => power,
            Some(product) => Arc::new(product.mul(&power, bits)?),
        });
    }
    match product {
        None => Ball::from_rational(&term.coefficient, bits),
        Some(product) => product.mul_rational(&term.coefficient, bits),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_more_precise_ball_is_kept() {
        let root = Normal::from(2).sqrt().unwrap();
        let fine = evaluate(&root, 512).unwrap();
        assert_eq!(evaluate(&root, 64).unwrap(), fine);
        assert!(fine.accuracy() > 480);
    }

    #[test]
    fn depth_needs_no_stack() {
        // x -> sqrt(x + 1), from 1, tends to the golden ratio 1.618033988749894848...
        let mut x = Normal::one();
        for _ in 0..20_000 {
            x = (x + Normal::one()).sqrt().unwrap();
        }
        let ball = evaluate(&x, 128).unwrap();
        let golden = "1618033988749894848204586834365638117".parse::<super::super::Integer>();
        let scale = super::super::integer::power_of_ten(36);
        let golden = super::super::Rational::from_parts(golden.unwrap(), scale.clone());
        let gap = ball.midpoint() - golden;
        assert!(super::super::integer::magnitude(&gap) * scale < 10.into(), "{ball:?}");
        drop(x);
    }
}
