//! Signs and comparisons: decided or refused, never guessed.
//!
//! In this order: the form (zero, terms that are all positive or all negative); doubles; balls of
//! 256, 512, ... bits, until one keeps clear of zero; where 512 bits do not, what the form
//! left in brackets is multiplied out, which may leave nothing, or a number that balls can
//! tell from zero; a separation bound; balls up to the limit `precision`, 4096 bits; [`Undecided`]. Each of these
//! has a bound, so that every question ends.

use std::cmp::Ordering;
use std::sync::Arc;

use crate::limits::Limit;

use super::atom::Atom;
use super::ball::{Ball, BallFault, WRITTEN_EXPONENT};
use super::bound;
use super::double::Double;
use super::evaluate::{Found, evaluate, known_bits};
use super::fault::{Fault, OutOfRange, Question, Sign, Undecided};
use super::integer::sign_of;
use super::normal::Normal;
use super::rational::Short;
use super::real::{Kind, Real};
use super::sum::{Factor, Sum, Term};
use super::zero::{Cleared, clear};

/// First and last precision of balls, in bits. The first is what 40 digits take, since most
/// numbers whose sign is asked for are written later.
pub(super) const MIN_BITS: u32 = 256;
/// The last one is the limit `precision`.
pub(super) fn max_bits() -> u32 {
    let bits = u32::try_from(Limit::Precision.get()).unwrap_or(MAX_BALL_BITS);
    // Precisions are doubled, so the last one is a power of two.
    1 << bits.clamp(MIN_BITS, MAX_BALL_BITS).ilog2()
}
/// Precision after which a proof of zero is tried.
pub(super) const PROOF_BITS: u32 = 512;
/// Largest precision that a caller may ask of a ball.
const MAX_BALL_BITS: u32 = 1 << 16;

impl Real {
    /// The sign.
    ///
    /// # Errors
    /// [`Undecided`] where the number is zero to the last digit that was computed, but
    /// not proved to be zero.
    pub fn sign(&self) -> Result<Sign, Undecided> {
        match self.kind() {
            Kind::Normal(normal) => normal.sign(),
            Kind::Lazy(lazy) => lazy.sign(),
        }
    }

    /// The order of two numbers.
    ///
    /// # Errors
    /// [`Undecided`] where they agree to the last digit that was computed, but were
    /// not proved to be equal.
    pub fn compare(&self, other: &Real) -> Result<Ordering, Undecided> {
        if let (Kind::Normal(a), Kind::Normal(b)) = (self.kind(), other.kind()) {
            if let (Some(a), Some(b)) = (a.as_short(), b.as_short()) {
                return Ok(a.order(b));
            }
            if let (Some(a), Some(b)) = (a.as_rational(), b.as_rational()) {
                return Ok(a.cmp(&b));
            }
        }
        Ok((self - other).sign()?.cmp(&Sign::Zero))
    }

    /// A ball that holds the number, computed with at least `bits` bits (at most
    /// 65,536); its radius is whatever that precision gives.
    ///
    /// # Errors
    /// [`Fault::OutOfRange`] for a number that is too large, [`Fault::Undecided`] where
    /// every ball of a denominator holds zero.
    pub fn ball(&self, bits: u32) -> Result<Ball, Fault> {
        let mut precision = bits.clamp(8, MAX_BALL_BITS);
        loop {
            match self.evaluate(precision) {
                Ok(ball) if ball.magnitude_bits() > WRITTEN_EXPONENT => {
                    return Err(OutOfRange.into());
                }
                Ok(ball) if ball.magnitude_bits() < -WRITTEN_EXPONENT => {
                    return Ok(Ball::around_zero(-WRITTEN_EXPONENT));
                }
                Ok(ball) => return Ok(Arc::unwrap_or_clone(ball)),
                Err(BallFault::OutOfRange) => return Err(OutOfRange.into()),
                Err(BallFault::Coarse) if precision >= max_bits() => {
                    return Err(Undecided { bits: precision, question: Question::Sign }.into());
                }
                Err(BallFault::Coarse) => precision *= 2,
            }
        }
    }

    /// The nearest double or one beside it. For plots only: what is printed comes from
    /// [`super::round`]. Zero where nothing better is known, infinite beyond the range.
    #[must_use]
    pub fn to_f64(&self) -> f64 {
        if let Kind::Normal(normal) = self.kind()
            && let Some(double) = normal.as_short().and_then(Short::to_f64)
        {
            return double;
        }
        for bits in ladder(MIN_BITS).take_while(|&bits| bits <= 1024) {
            match self.evaluate(bits) {
                Ok(ball) if ball.accuracy() > 54 => return ball.to_f64(),
                Err(BallFault::OutOfRange) => return f64::INFINITY,
                _ => {}
            }
        }
        0.0
    }
}

impl Normal {
    /// The sign.
    pub(super) fn sign(&self) -> Result<Sign, Undecided> {
        if let Some(short) = self.as_short() {
            return Ok(short.sign());
        }
        match (self.as_sum(), self.as_rational()) {
            (Some(sum), _) => match sum.sign().get() {
                Some(sign) => Ok(*sign),
                None => {
                    let sign = decide(self, sum)?;
                    Ok(*sum.sign().get_or_init(|| sign))
                }
            },
            (None, rational) => Ok(rational.map_or(Sign::Zero, |value| sign_of(&value))),
        }
    }
}

/// The precisions that are tried in turn.
pub(super) fn ladder(from: u32) -> impl Iterator<Item = u32> {
    let first = from.clamp(MIN_BITS, max_bits()).next_power_of_two();
    std::iter::successors(Some(first), |bits| bits.checked_mul(2))
        .take_while(|&bits| bits <= max_bits())
}

fn decide(value: &Normal, sum: &Sum) -> Result<Sign, Undecided> {
    if let Some(sign) = sign_of_terms(sum.terms(), sign_by_function) {
        return Ok(sign);
    }
    if let [only] = sum.terms()
        && let Some(sign) = sign_of_term(only, sign_of_atom)
    {
        return Ok(sign);
    }
    if let Some(sign) = Double::of(value).and_then(Double::sign) {
        return Ok(sign);
    }
    let fine = ladder(known_bits(value).max(2 * PROOF_BITS));
    let found = sign_by_balls(coarse(known_bits(value)), |bits| evaluate(value, bits))
        .or_else(|| clear(sum).and_then(|cleared| sign_of_cleared(&cleared)))
        .or_else(|| bound::sign(value))
        .or_else(|| sign_by_balls(fine, |bits| evaluate(value, bits)))
        .or_else(|| sign_of_terms(sum.terms(), sign_of_atom));
    found.ok_or_else(|| {
        let out_of_range = evaluate(value, MIN_BITS) == Err(BallFault::OutOfRange);
        let question = if out_of_range { Question::Range } else { Question::Sign };
        Undecided { bits: max_bits(), question }
    })
}

/// The precisions that are tried before a proof of zero is.
pub(super) fn coarse(known: u32) -> impl Iterator<Item = u32> {
    ladder(known.min(PROOF_BITS)).take_while(|&bits| bits <= PROOF_BITS)
}

/// The sign that the first ball tells which keeps clear of zero.
pub(super) fn sign_by_balls(
    precisions: impl Iterator<Item = u32>,
    evaluate: impl Fn(u32) -> Found,
) -> Option<Sign> {
    precisions
        .map(evaluate)
        .take_while(|ball| *ball != Err(BallFault::OutOfRange))
        .find_map(|ball| ball.ok()?.sign())
}

/// The sign of what is left once brackets and denominators are gone.
fn sign_of_cleared(cleared: &Cleared) -> Option<Sign> {
    let Cleared { numerator, denominators } = cleared;
    let sign = match numerator.as_sum() {
        None => sign_of(&*numerator.as_rational()?),
        Some(sum) => sign_of_terms(sum.terms(), sign_by_function)
            .or_else(|| sign_by_balls(ladder(MIN_BITS), |bits| evaluate(numerator, bits)))?,
    };
    sign_of_factors(sign, denominators, sign_of_atom)
}

/// The sign that all terms of a sum have, if they have one: it stays decidable where the
/// terms fall below every ball.
fn sign_of_terms(terms: &[Term], of_atom: fn(&Arc<Atom>) -> Option<Sign>) -> Option<Sign> {
    let (first, others) = terms.split_first()?;
    let sign = sign_of_term(first, of_atom)?;
    others.iter().all(|term| sign_of_term(term, of_atom) == Some(sign)).then_some(sign)
}

/// The sign of a term, from those of its factors.
fn sign_of_term(term: &Term, of_atom: fn(&Arc<Atom>) -> Option<Sign>) -> Option<Sign> {
    sign_of_factors(sign_of(&term.coefficient), &term.monomial, of_atom)
}

/// A sign times that of a product of powers.
fn sign_of_factors(
    sign: Sign,
    factors: &[Factor],
    of_atom: fn(&Arc<Atom>) -> Option<Sign>,
) -> Option<Sign> {
    factors.iter().try_fold(sign, |sign, factor| match factor.power % 2 {
        0 => Some(sign),
        _ => Some(sign.times(of_atom(&factor.atom)?)),
    })
}

/// The sign of an atom whose function has positive values only.
fn sign_by_function(atom: &Arc<Atom>) -> Option<Sign> {
    atom.function().is_positive().then_some(Sign::Positive)
}

/// A ball of the number, by way of what is left once brackets and denominators are gone.
pub(super) fn evaluate_cleared(cleared: &Cleared, bits: u32) -> Found {
    let mut ball = evaluate(&cleared.numerator, bits)?;
    for factor in &cleared.denominators {
        let atom = evaluate(&Normal::from_atom(Arc::clone(&factor.atom)), bits)?;
        ball = Arc::new(ball.div(&atom.powi(i64::from(factor.power), bits)?, bits)?);
    }
    Ok(ball)
}

/// The sign of an atom that is not zero, from its function or a ball.
pub(super) fn sign_of_atom(atom: &Arc<Atom>) -> Option<Sign> {
    sign_by_function(atom).or_else(|| {
        let value = Normal::from_atom(Arc::clone(atom));
        let sign = sign_by_balls(ladder(known_bits(&value)), |bits| evaluate(&value, bits));
        sign.filter(|&sign| sign != Sign::Zero)
    })
}

#[cfg(test)]
mod tests {
    use super::super::parse_exact;
    use super::*;

    fn real(text: &str) -> Real {
        Real::from(parse_exact(text).unwrap())
    }

    #[test]
    fn precision_rises_until_the_sign_shows() {
        let root = real("2").sqrt().unwrap();
        for digits in [10, 100, 1000, 1200] {
            let power = real(&format!("1e-{digits}"));
            let e = power.exp().unwrap();
            let table = [
                (&root * &root * &root - &root - &root + &power, Sign::Positive),
                (&e - Real::one() - &power - &power * &power, Sign::Negative),
                (Real::one() - &e, Sign::Negative),
            ];
            for (place, (value, sign)) in table.into_iter().enumerate() {
                let reached = value.sign();
                // The second is about 10^(-2 digits) in size.
                if place == 1 && digits >= 1000 {
                    let question = Question::Sign;
                    assert_eq!(reached, Err(Undecided { bits: max_bits(), question }));
                } else {
                    assert_eq!(reached, Ok(sign), "{digits}, row {place}");
                }
            }
        }
    }

    #[test]
    fn single_terms_are_decided_by_their_factors() {
        let tiny = real("-1e9").exp().unwrap();
        let value = real("-2") * &tiny * real("4").sin().unwrap();
        assert_eq!(value.sign(), Ok(Sign::Positive));
        assert_eq!(tiny.compare(&Real::zero()), Ok(Ordering::Greater));
    }

    #[test]
    fn doubles_are_close() {
        let table = [
            (real("1/3"), 1.0 / 3.0),
            (real("2").sqrt().unwrap(), std::f64::consts::SQRT_2),
            (-Real::one().exp().unwrap(), -std::f64::consts::E),
        ];
        for (value, double) in table {
            assert!((value.to_f64() / double - 1.0).abs() < 1e-15, "{double}");
        }
        assert!(real("1e400").to_f64().is_infinite());
        assert!(Real::zero().to_f64().abs() < f64::MIN_POSITIVE);
    }
}
