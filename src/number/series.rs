//! Elementary functions on fixed-point numbers, with proven errors.
//!
//! A fixed-point number of precision `p` is an integer `X` that stands for
//! `X / 2^p`; a *unit* is `2^-p`. Each kernel works with guard bits and drops them
//! at the end, so that its result is off by at most [`ERROR`] units for the exact
//! argument `X / 2^p`.
//!
//! ```text
//! ln 2 = 18 artanh(1/26) - 2 artanh(1/4801) + 8 artanh(1/8749)     (Machin-like)
//! pi   = 16 arctan(1/5) - 4 arctan(1/239)                            (Machin 1706)
//! e^t  = (e^(t/2^s))^(2^s)                         Taylor series for |t/2^s| <= 2^-s
//! ln m = 2^(r+1) artanh((y-1)/(y+1)), y = m^(1/2^r)
//! sin 2t = 2 sin t cos t,  cos 2t = 1 - 2 sin^2 t
//! ```
//!
//! Series: with `|t| <= 1/2` a truncated term errs by at most 2 units of the working
//! precision (`(2/2 + 1)/n + 1 <= 2`), so `N` terms by `2N`; the tail after a term
//! below one unit is below two more.

use std::sync::OnceLock;

use dashu_base::SquareRoot;

use super::Integer;
use super::integer::{bit_length, power_of_two, shift, unsigned};

/// Largest error of a kernel's result, in units.
pub(super) const ERROR: u64 = 2;

/// Constants are computed at powers of two of the precision, and kept: the digits
/// that a caller sees do not depend on what was asked before.
const RUNGS: usize = 32;
static LN_2: [OnceLock<Integer>; RUNGS] = [const { OnceLock::new() }; RUNGS];
static PI: [OnceLock<Integer>; RUNGS] = [const { OnceLock::new() }; RUNGS];

/// Guard bits of the constants: more than the logarithm of their error, below
/// `30 * 2 * 2^32`.
const CONSTANT_GUARD: i64 = 40;

/// `ln 2`.
pub(super) fn ln_2(precision: i64) -> Integer {
    constant(&LN_2, precision, |p| {
        artanh_inverse(26, p) * 18 - artanh_inverse(4801, p) * 2 + artanh_inverse(8749, p) * 8
    })
}

/// `pi`.
pub(super) fn pi(precision: i64) -> Integer {
    constant(&PI, precision, |p| arctan_inverse(5, p) * 16 - arctan_inverse(239, p) * 4)
}

fn constant(
    rungs: &[OnceLock<Integer>; RUNGS],
    precision: i64,
    compute: impl Fn(i64) -> Integer,
) -> Integer {
    let rung = (u64::try_from(precision).unwrap_or(0) + 1).next_power_of_two().max(128);
    let top = i64::try_from(rung).unwrap_or(i64::MAX) + CONSTANT_GUARD;
    match rungs.get(usize::try_from(rung.trailing_zeros()).unwrap_or(RUNGS)) {
        Some(cell) => shift(cell.get_or_init(|| compute(top)), precision - top),
        None => shift(&compute(top), precision - top),
    }
}

/// `artanh(1/n)`.
fn artanh_inverse(n: u32, precision: i64) -> Integer {
    inverse_series(n, precision, |sum, term| *sum += term)
}

/// `arctan(1/n)`: the same series with alternating signs.
fn arctan_inverse(n: u32, precision: i64) -> Integer {
    let mut minus = true;
    inverse_series(n, precision, |sum, term| {
        minus = !minus;
        if minus {
            *sum -= term;
        } else {
            *sum += term;
        }
    })
}

/// Gathers `1/((2k+1) n^(2k+1))` for `k = 0, 1, ...`.
fn inverse_series(
    n: u32,
    precision: i64,
    mut gather: impl FnMut(&mut Integer, Integer),
) -> Integer {
    let square = u64::from(n) * u64::from(n);
    let mut power = power_of_two(precision) / n;
    let mut sum = Integer::ZERO;
    let mut odd = 1_u64;
    while !power.is_zero() {
        gather(&mut sum, &power / odd);
        power /= square;
        odd += 2;
    }
    sum
}

/// `(x * y) / 2^precision`, rounded down.
fn times(x: &Integer, y: &Integer, precision: i64) -> Integer {
    shift(&(x * y), -precision)
}

/// How often to halve an argument: the series then takes about as many terms as
/// there are doublings to undo.
fn halvings(precision: i64) -> i64 {
    i64::try_from(precision.unsigned_abs().isqrt()).unwrap_or(0) / 2 + 2
}

/// `e^t` for `|t| <= 1/2`.
///
/// A squaring turns an error of `E` units at a value `y <= 1.7` into at most
/// `2yE + E^2/2^p + 1 <= 4E`, so `s` squarings cost `2s` guard bits.
pub(super) fn exp(t: &Integer, precision: i64) -> Integer {
    let s = halvings(precision);
    let terms = precision / s + 4;
    let guard = 2 * s + bit_length(&Integer::from(terms)) + 4;
    let p = precision + guard;
    let small = shift(t, guard - s);
    let mut sum = power_of_two(p);
    let mut term = power_of_two(p);
    let mut n = 1_u64;
    while bit_length(&term) > 1 {
        term = times(&term, &small, p) / n;
        sum += &term;
        n += 1;
    }
    for _ in 0..s {
        sum = times(&sum, &sum, p);
    }
    shift(&sum, -guard)
}

/// `ln m` for `1/2 <= m <= 2`.
///
/// Each square root adds one unit and divides the error by at least `1.41`, so
/// `y` is off by at most 4 units; the last factor `2^(r+1)` costs `r + 1` bits.
pub(super) fn ln(m: &Integer, precision: i64) -> Integer {
    let roots = halvings(precision);
    let terms = precision / (2 * roots) + 4;
    let guard = roots + bit_length(&Integer::from(terms)) + 6;
    let p = precision + guard;
    let one = power_of_two(p);
    let mut y = shift(m, guard);
    for _ in 0..roots {
        y = Integer::from(unsigned(&shift(&y, p)).sqrt());
    }
    let z = shift(&(&y - &one), p) / (&y + &one);
    let square = times(&z, &z, p);
    let mut power = z;
    let mut sum = Integer::ZERO;
    let mut odd = 1_u64;
    while bit_length(&power) > 1 {
        sum += &power / odd;
        power = times(&power, &square, p);
        odd += 2;
    }
    shift(&sum, roots + 1 - guard)
}

/// `(sin t, cos t)` for `|t| <= 1`.
///
/// A doubling turns errors of at most `E` into at most `4E + 3`, so `s` doublings
/// cost `3s` guard bits.
pub(super) fn sin_cos(t: &Integer, precision: i64) -> (Integer, Integer) {
    let s = halvings(precision) + 1;
    let terms = precision / s + 4;
    let guard = 3 * s + bit_length(&Integer::from(terms)) + 4;
    let p = precision + guard;
    let small = shift(t, guard - s);
    let one = power_of_two(p);
    let (mut sin, mut cos) = (Integer::ZERO, one.clone());
    let mut term = one.clone();
    let mut n = 1_u64;
    while bit_length(&term) > 1 {
        term = times(&term, &small, p) / n;
        match n % 4 {
            0 => cos += &term,
            1 => sin += &term,
            2 => cos -= &term,
            _ => sin -= &term,
        }
        n += 1;
    }
    for _ in 0..s {
        let doubled = shift(&times(&sin, &cos, p), 1);
        cos = &one - shift(&times(&sin, &sin, p), 1);
        sin = doubled;
    }
    (shift(&sin, -guard), shift(&cos, -guard))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `digits / 10^(their number - 1)` in fixed point, e.g. "31415" for 3.1415.
    fn fixed(digits: &str, precision: i64) -> Integer {
        let negative = digits.starts_with('-');
        let digits = digits.trim_start_matches('-');
        let number: Integer = digits.parse().unwrap();
        let ten = Integer::from(10).pow(digits.len() - 1);
        let value = shift(&number, precision) / ten;
        if negative { -value } else { value }
    }

    fn close(found: &Integer, digits: &str, precision: i64) {
        let gap = found - fixed(digits, precision);
        assert!(bit_length(&gap) <= 2, "{digits}: off by {gap}");
    }

    // Digits from published tables of constants (OEIS A000796, A002162, A019774,
    // A016578, A049469, A049470).
    const PI_DIGITS: &str = "314159265358979323846264338327950288419716939937510582097494459";
    const LN_2_DIGITS: &str = "069314718055994530941723212145817656807550013436025525412068000";
    const ROOT_E: &str = "164872127070012814684865078781416357165377610071014801157507931";
    const SIN_1: &str = "084147098480789650665250232163029899962256306079837106567275170";
    const COS_1: &str = "054030230586813971740093660744297660373231042061792222767009725";
    const LN_3_HALVES: &str = "040546510810816438197801311546434913657199042346249419761401432";

    #[test]
    fn kernels_agree_with_tables() {
        for precision in [64, 100, 180] {
            close(&pi(precision), PI_DIGITS, precision);
            close(&ln_2(precision), LN_2_DIGITS, precision);
            close(&exp(&power_of_two(precision - 1), precision), ROOT_E, precision);
            close(&ln(&(power_of_two(precision - 1) * 3), precision), LN_3_HALVES, precision);
            let (sin, cos) = sin_cos(&power_of_two(precision), precision);
            close(&sin, SIN_1, precision);
            close(&cos, COS_1, precision);
        }
    }

    #[test]
    fn kernels_agree_with_themselves_at_higher_precision() {
        for numerator in [-63_i64, -40, -1, 0, 1, 17, 50, 64] {
            for precision in [64_i64, 333, 2000] {
                let finer = precision + 500;
                let t = |p: i64| shift(&Integer::from(numerator), p - 7);
                let m = |p: i64| shift(&Integer::from(numerator + 128), p - 7);
                let pairs = [
                    (exp(&t(precision), precision), exp(&t(finer), finer)),
                    (ln(&m(precision), precision), ln(&m(finer), finer)),
                    (sin_cos(&t(precision), precision).0, sin_cos(&t(finer), finer).0),
                    (sin_cos(&t(precision), precision).1, sin_cos(&t(finer), finer).1),
                ];
                for (coarse, fine) in pairs {
                    let gap = coarse - shift(&fine, -500);
                    assert!(unsigned(&gap) <= (ERROR + 1).into(), "{numerator} {precision}: {gap}");
                }
            }
        }
    }
}
