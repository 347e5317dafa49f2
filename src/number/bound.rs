//! A separation bound: how close to zero a number made of square roots can be.
//!
//! Burnikel, Funke, Mehlhorn, Schirra and Schmitt (2009), "A separation bound for real
//! algebraic expressions". Every number built from integers by field operations and
//! square roots is `U/L` with algebraic integers `U`, `L`:
//!
//! ```text
//! sqrt(U/L) = sqrt(U L) / L          1/(U/L) = L/U
//! sum of n_i/d_i prod (U_a/L_a)^e    over the common denominator
//! ```
//!
//! Let `u` and `l` bound the conjugates of `U` and `L`, and let `k` square roots occur.
//! `U` has degree at most `2^k`, and the product of its conjugates is an integer, so
//! `U != 0` implies `|U| >= u^(1 - 2^k)` and
//!
//! ```text
//! |U/L| >= 2^-(log2 l + (2^k - 1) log2 u).
//! ```
//!
//! A ball inside that distance proves the number to be zero. Logarithms are rounded up
//! to integers.

use std::collections::BTreeMap;

use dashu_base::{BitTest, Gcd};
use dashu_int::UBig;

use super::atom::{Atom, Digest, Function};
use super::evaluate::evaluate;
use super::fault::Sign;
use super::integer::unsigned;
use super::normal::Normal;
use super::sum::{Sum, Term};

/// Most bits that a proof may take.
const MAX_BITS: u64 = 1 << 18;
/// Most square roots: more would need more bits than that.
const MAX_ROOTS: u32 = 16;
/// Most atoms that are looked at.
const MAX_ATOMS: usize = 64;

/// `log2 u` and `log2 l`.
#[derive(Clone, Copy)]
struct Majorant {
    upper: u64,
    lower: u64,
}

/// The sign of a number that no ball could tell from zero, if square roots are all
/// that it is made of.
pub(super) fn sign(value: &Normal) -> Option<Sign> {
    let bits = separation(value.as_sum()?)?;
    let distance = i64::try_from(bits).ok()?;
    let mut precision = u32::try_from(bits).ok()? + 64;
    for _ in 0..4 {
        if let Ok(ball) = evaluate(value, precision) {
            if let Some(sign) = ball.sign() {
                return Some(sign);
            }
            if ball.magnitude_bits() <= -distance {
                return Some(Sign::Zero);
            }
        }
        precision += precision / 2;
    }
    None
}

/// The `n` with `|x| >= 2^-n` or `x = 0`.
fn separation(sum: &Sum) -> Option<u64> {
    let mut known: BTreeMap<Digest, Majorant> = BTreeMap::new();
    let mut roots = 0;
    let mut stack = Vec::new();
    push_unknown(sum, &known, &mut stack);
    while let Some((atom, entered)) = stack.pop() {
        if known.contains_key(&atom.digest()) {
            continue;
        }
        if !entered {
            stack.push((atom, true));
            if let Some(argument) = atom.argument().as_sum() {
                push_unknown(argument, &known, &mut stack);
            }
            continue;
        }
        let inner = majorant(&atom.argument().terms(), &known)?;
        known.insert(atom.digest(), of_function(atom.function(), inner)?);
        roots += u32::from(!matches!(atom.function(), Function::Group | Function::Sealed));
        if roots > MAX_ROOTS || known.len() > MAX_ATOMS {
            return None;
        }
    }
    let whole = majorant(sum.terms(), &known)?;
    let conjugates = (1_u64 << roots) - 1;
    let bits = whole.upper.checked_mul(conjugates)?.checked_add(whole.lower)?;
    (bits <= MAX_BITS).then_some(bits)
}

fn push_unknown<'a>(
    sum: &'a Sum,
    known: &BTreeMap<Digest, Majorant>,
    stack: &mut Vec<(&'a Atom, bool)>,
) {
    for factor in sum.terms().iter().flat_map(|term| &*term.monomial) {
        if !known.contains_key(&factor.atom.digest()) {
            stack.push((&factor.atom, false));
        }
    }
}

fn of_function(function: Function, inner: Majorant) -> Option<Majorant> {
    match function {
        Function::Prime | Function::Cofactor | Function::Root => Some(Majorant {
            upper: inner.upper.checked_add(inner.lower)?.div_ceil(2),
            lower: inner.lower,
        }),
        Function::Group | Function::Sealed => Some(inner),
        Function::Exp
        | Function::Log
        | Function::Sigmoid
        | Function::Tanh
        | Function::Sin
        | Function::Cos
        | Function::Softplus
        | Function::Phi
        | Function::Pi
        | Function::CosPi => None,
    }
}

/// Largest positive and largest negative power of an atom in a sum.
#[derive(Clone, Copy, Default)]
struct Extent {
    above: u64,
    below: u64,
}

fn majorant(terms: &[Term], known: &BTreeMap<Digest, Majorant>) -> Option<Majorant> {
    let mut extents: BTreeMap<Digest, Extent> = BTreeMap::new();
    let mut denominator = UBig::ONE;
    for term in terms {
        let below = term.coefficient.denominator();
        denominator = &denominator / (&denominator).gcd(below) * below;
        for factor in &*term.monomial {
            let extent = extents.entry(factor.atom.digest()).or_default();
            let (above, below) = split(factor.power);
            extent.above = extent.above.max(above);
            extent.below = extent.below.max(below);
        }
    }
    let mut lower = length(&denominator);
    for (digest, extent) in &extents {
        let atom = known.get(digest)?;
        lower = lower
            .checked_add(extent.above.checked_mul(atom.lower)?)?
            .checked_add(extent.below.checked_mul(atom.upper)?)?;
    }
    let mut upper = 0;
    for term in terms {
        upper = upper.max(numerator(term, &denominator, &extents, known)?);
    }
    let summands = u64::from(terms.len().next_power_of_two().trailing_zeros());
    Some(Majorant { upper: upper.checked_add(summands)?, lower })
}

/// `log2` of the bound of one term, once it is brought to the common denominator.
fn numerator(
    term: &Term,
    denominator: &UBig,
    extents: &BTreeMap<Digest, Extent>,
    known: &BTreeMap<Digest, Majorant>,
) -> Option<u64> {
    let factor = denominator / term.coefficient.denominator();
    let mut bits = length(&(unsigned(term.coefficient.numerator()) * factor));
    for (digest, extent) in extents {
        let atom = known.get(digest)?;
        let power = term.monomial.iter().find(|factor| factor.atom.digest() == *digest);
        let (above, below) = split(power.map_or(0, |factor| factor.power));
        let uppers = above.checked_add(extent.below - below)?;
        let lowers = below.checked_add(extent.above - above)?;
        bits = bits
            .checked_add(uppers.checked_mul(atom.upper)?)?
            .checked_add(lowers.checked_mul(atom.lower)?)?;
    }
    Some(bits)
}

/// A power's size above and below the bar.
fn split(power: i32) -> (u64, u64) {
    let size = u64::from(power.unsigned_abs());
    if power >= 0 { (size, 0) } else { (0, size) }
}

/// `log2` of a positive number, rounded up.
fn length(value: &UBig) -> u64 {
    u64::try_from((value - 1_u8).bit_len()).unwrap_or(u64::MAX / 2)
}

#[cfg(test)]
mod tests {
    use super::super::Rational;
    use super::*;

    fn root(value: &Normal) -> Normal {
        value.sqrt().unwrap()
    }

    fn surd(n: i64) -> Normal {
        root(&Normal::from(n))
    }

    #[test]
    fn bounds_are_met() {
        // |x| for the sums of k roots that come closest to each other.
        let table = [
            surd(10) + surd(11) - surd(5) - surd(18),
            root(&(surd(2) + surd(3))) - root(&(surd(10) - Normal::one())),
            Normal::one().checked_div(&(surd(2) + surd(3) + surd(5))).unwrap() - surd(7),
        ];
        for value in table {
            let bits = separation(value.as_sum().unwrap()).unwrap();
            let size = evaluate(&value, 128).unwrap().magnitude_bits();
            assert!(size > -i64::try_from(bits).unwrap(), "{value:?}: {bits}");
        }
    }

    #[test]
    fn hidden_zeros_are_proved() {
        // sqrt(10 + 2 sqrt 6 + 2 sqrt 10 + 2 sqrt 15) = sqrt 2 + sqrt 3 + sqrt 5.
        let square = Normal::from(10) + (surd(6) + surd(10) + surd(15)) * Normal::from(2);
        let gap = root(&square) - surd(2) - surd(3) - surd(5);
        assert!(!gap.is_zero_form());
        assert_eq!(sign(&gap), Some(Sign::Zero));
        let off = &gap + Normal::from(Rational::from_parts(1.into(), UBig::ONE << 3000));
        assert_eq!(sign(&off), Some(Sign::Positive));
    }

    /// RMSProp (rho 1/2, rate 1/5) for two parameters that move alike, the quotient of one
    /// with a rational denominator: their difference is zero, and the form does not show it.
    fn rmsprop(steps: usize, epsilon: &Normal) -> Normal {
        let number = |n: i64, d: u64| Normal::from(Rational::from_parts(n.into(), d.into()));
        let (mut w, mut b, mut v) = (Normal::one(), Normal::one(), Normal::zero());
        for target in [0, 21, 7, 6, 9].into_iter().take(steps) {
            let gradient = &w + &b - number(target, 21);
            v = number(1, 2) * (&v + &gradient * &gradient);
            let root = root(&v);
            let step = gradient.checked_div(&(&root + epsilon)).unwrap();
            let below = &v - epsilon * epsilon;
            let other = (&gradient * (&root - epsilon)).checked_div(&below).unwrap();
            w = w - number(1, 5) * step;
            b = b - number(1, 5) * other;
        }
        b - w
    }

    #[test]
    fn nested_radicals_are_proved_within_the_budget() {
        let epsilon = Normal::from(super::super::parse_exact("1e-8").unwrap());
        let table = [(3, Some(Sign::Zero)), (4, Some(Sign::Zero)), (5, None)];
        for (steps, expected) in table {
            let gap = rmsprop(steps, &epsilon);
            let bits = separation(gap.as_sum().unwrap());
            // The fourth step takes more than half of the budget, the fifth has none.
            assert_eq!(bits.is_some_and(|bits| bits > MAX_BITS / 2), steps == 4, "{bits:?}");
            assert_eq!(sign(&gap), expected, "step {steps}");
        }
    }

    #[test]
    fn other_functions_have_no_bound() {
        let value = Normal::one().exp().unwrap() - surd(7);
        assert_eq!(sign(&value), None);
    }
}
