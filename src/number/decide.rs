//! Signs and comparisons: decided or refused, never guessed.
//!
//! In this order: the form (zero, a product of positive atoms); balls of 64, 128, ...
//! bits, until one keeps clear of zero; where 512 bits do not, a proof that the number
//! is zero, by multiplying out what the form left in brackets or by a separation
//! bound; balls up to 4096 bits; [`Undecided`].

use std::cmp::Ordering;
use std::sync::Arc;

use super::atom::Atom;
use super::ball::{Ball, BallFault};
use super::bound;
use super::evaluate::evaluate;
use super::fault::{Fault, OutOfRange, Sign, Undecided};
use super::integer::sign_of;
use super::real::Real;
use super::sum::{Sum, Term};
use super::zero;

/// First and last precision of balls, in bits.
pub(super) const MIN_BITS: u32 = 64;
pub(super) const MAX_BITS: u32 = 4096;
/// Precision after which a proof of zero is tried.
const PROOF_BITS: u32 = 512;
/// Largest precision that a caller may ask of a ball.
const MAX_BALL_BITS: u32 = 1 << 16;

impl Real {
    /// The sign.
    ///
    /// # Errors
    /// [`Undecided`] where the number is zero to the last digit that was computed, but
    /// not proved to be zero.
    pub fn sign(&self) -> Result<Sign, Undecided> {
        match (self.as_sum(), self.as_rational()) {
            (Some(sum), _) => match sum.sign().get() {
                Some(sign) => Ok(*sign),
                None => {
                    let sign = decide(self, sum)?;
                    Ok(*sum.sign().get_or_init(|| sign))
                }
            },
            (None, rational) => Ok(rational.map_or(Sign::Zero, sign_of)),
        }
    }

    /// The order of two numbers.
    ///
    /// # Errors
    /// [`Undecided`] where they agree to the last digit that was computed, but were
    /// not proved to be equal.
    pub fn compare(&self, other: &Real) -> Result<Ordering, Undecided> {
        if let (Some(a), Some(b)) = (self.as_rational(), other.as_rational()) {
            return Ok(a.cmp(b));
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
            match evaluate(self, precision) {
                Ok(ball) => return Ok(ball),
                Err(BallFault::OutOfRange) => return Err(OutOfRange.into()),
                Err(BallFault::Coarse) if precision >= MAX_BITS => {
                    return Err(Undecided { bits: precision }.into());
                }
                Err(BallFault::Coarse) => precision *= 2,
            }
        }
    }

    /// The nearest double or one beside it. For plots only: what is printed comes from
    /// [`super::round`]. Zero where nothing better is known, infinite beyond the range.
    #[must_use]
    pub fn to_f64(&self) -> f64 {
        for bits in ladder(MIN_BITS).take_while(|&bits| bits <= 1024) {
            match evaluate(self, bits) {
                Ok(ball) if ball.accuracy() > 54 => return ball.to_f64(),
                Err(BallFault::OutOfRange) => return f64::INFINITY,
                _ => {}
            }
        }
        0.0
    }
}

/// The precisions that are tried in turn.
pub(super) fn ladder(from: u32) -> impl Iterator<Item = u32> {
    let first = from.clamp(MIN_BITS, MAX_BITS).next_power_of_two();
    std::iter::successors(Some(first), |bits| bits.checked_mul(2))
        .take_while(|&bits| bits <= MAX_BITS)
}

fn decide(value: &Real, sum: &Sum) -> Result<Sign, Undecided> {
    if let Some(sign) = sum.terms().first().and_then(|first| sign_of_term(first, sum)) {
        return Ok(sign);
    }
    for bits in ladder(MIN_BITS) {
        match evaluate(value, bits) {
            Ok(ball) => {
                if let Some(sign) = ball.sign() {
                    return Ok(sign);
                }
            }
            Err(BallFault::OutOfRange) => return Err(Undecided { bits }),
            Err(BallFault::Coarse) => {}
        }
        if bits == PROOF_BITS {
            if zero::is_zero(sum) {
                return Ok(Sign::Zero);
            }
            if let Some(sign) = bound::sign(value) {
                return Ok(sign);
            }
        }
    }
    Err(Undecided { bits: MAX_BITS })
}

/// The sign of a sum of one term with several factors, from those of its factors:
/// it stays decidable where the product falls below every ball.
fn sign_of_term(term: &Term, sum: &Sum) -> Option<Sign> {
    if sum.terms().len() != 1 {
        return None;
    }
    term.monomial.iter().try_fold(sign_of(&term.coefficient), |sign, factor| {
        let atom = sign_of_atom(&factor.atom)?;
        Some(if factor.power % 2 == 0 { sign } else { sign.times(atom) })
    })
}

/// The sign of an atom that is not zero, from its function or a ball.
pub(super) fn sign_of_atom(atom: &Arc<Atom>) -> Option<Sign> {
    if atom.function().is_positive() {
        return Some(Sign::Positive);
    }
    let value = Real::from_atom(Arc::clone(atom));
    ladder(MIN_BITS)
        .map_while(|bits| match evaluate(&value, bits) {
            Err(BallFault::OutOfRange) => None,
            other => Some(other),
        })
        .find_map(|ball| ball.ok()?.sign())
        .filter(|&sign| sign != Sign::Zero)
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
                    assert_eq!(reached, Err(Undecided { bits: MAX_BITS }));
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
