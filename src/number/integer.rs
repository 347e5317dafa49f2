//! Small helpers on integers and fractions that the library lacks.
//!
//! Exponents are `i64` and precisions `u32`; the conversions to the machine's
//! word, which cannot fail for numbers that fit into memory, happen here.

use dashu_base::{BitTest, Sign as IntegerSign, SquareRoot, UnsignedAbs};
use dashu_int::UBig;

use super::{Integer, Rational, Sign, rational};

/// Number of binary digits of the magnitude; 0 for 0.
pub(super) fn bit_length(value: &Integer) -> i64 {
    i64::try_from(value.bit_len()).unwrap_or(i64::MAX)
}

/// `value * 2^by`, rounded towards minus infinity where `by` is negative.
pub(super) fn shift(value: &Integer, by: i64) -> Integer {
    let places = usize::try_from(by.unsigned_abs()).unwrap_or(usize::MAX);
    if by >= 0 { value << places } else { value >> places }
}

/// `(m, s)` with `|value| <= m * 2^s`, `m <= 2^32`, sharp where `s` is 0 and off by less
/// than `2^s` otherwise.
pub(super) fn leading(value: &Integer) -> (u64, i64) {
    let (_, words) = value.as_sign_words();
    let length = bit_length(value);
    let exp = (length - 32).max(0);
    let (Some(&last), before) = (words.last(), words.len().checked_sub(2)) else {
        return (0, 0);
    };
    let before = before.and_then(|place| words.get(place)).copied().unwrap_or(0);
    if exp == 0 {
        return (last, 0);
    }
    let joined = u128::from(last) << 64 | u128::from(before);
    let top = if words.len() == 1 { u128::from(last) << 64 } else { joined };
    let used = 64 * i64::try_from(words.len()).unwrap_or(i64::MAX);
    // The joined words stand at 2^(used - 128).
    let down = u32::try_from(exp - (used - 128)).unwrap_or(127);
    (u64::try_from(top >> down).unwrap_or(u64::MAX) + 1, exp)
}

/// `2^by`, for a `by` that is not negative.
pub(super) fn power_of_two(by: i64) -> Integer {
    shift(&Integer::ONE, by)
}

/// The decimal digits of the magnitude. Most numbers fit a machine word, which prints faster.
pub(super) fn magnitude_text(value: &Integer) -> String {
    let value = unsigned(value);
    u64::try_from(&value).map_or_else(|_| value.to_string(), |word| word.to_string())
}

/// `10^exponent`.
pub(super) fn power_of_ten(exponent: u64) -> UBig {
    let word = u32::try_from(exponent).ok().and_then(|exponent| 10_u64.checked_pow(exponent));
    if let Some(word) = word {
        return UBig::from(word);
    }
    UBig::from(10_u8).pow(usize::try_from(exponent).unwrap_or(usize::MAX))
}

/// `value * 10^exponent`, exactly.
pub(super) fn scale_by_ten(value: &Rational, exponent: i64) -> Rational {
    let power = power_of_ten(exponent.unsigned_abs());
    if exponent >= 0 { value * power } else { value / power }
}

/// Bits of the numerator and of the denominator together: what a fraction costs.
pub(super) fn size(value: &Rational) -> usize {
    value.numerator().bit_len() + value.denominator().bit_len()
}

/// The sign of a fraction.
pub(super) fn sign_of(value: &Rational) -> Sign {
    if value.is_zero() {
        Sign::Zero
    } else if value.sign() == IntegerSign::Negative {
        Sign::Negative
    } else {
        Sign::Positive
    }
}

/// Whether a fraction is less than zero.
pub(super) fn is_negative(value: &Rational) -> bool {
    sign_of(value) == Sign::Negative
}

/// The absolute value of a fraction.
pub(super) fn magnitude(value: &Rational) -> Rational {
    if is_negative(value) { -value } else { value.clone() }
}

/// The reciprocal, or `None` of zero.
pub(super) fn reciprocal(value: &Rational) -> Option<Rational> {
    if value.is_zero() {
        return None;
    }
    Some(rational::divide(&Rational::ONE, value))
}

/// The square root, where it is an integer.
pub(super) fn exact_root(value: &UBig) -> Option<UBig> {
    // A square is 0, 1, 4 or 9 modulo 16, which spares three roots in four.
    let residue = value.clone() % 16_u8;
    if !matches!(residue, 0 | 1 | 4 | 9) {
        return None;
    }
    let root = value.sqrt();
    (&root * &root == *value).then_some(root)
}

/// The magnitude of an integer.
pub(super) fn unsigned(value: &Integer) -> UBig {
    value.unsigned_abs()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shifts_round_down() {
        let table = [(5, 1, 10), (5, -1, 2), (-5, -1, -3), (-1, -70, -1), (0, 9, 0)];
        for (value, by, expected) in table {
            assert_eq!(shift(&Integer::from(value), by), Integer::from(expected));
        }
    }

    #[test]
    fn leading_bits_bound_from_above() {
        for length in [1, 5, 31, 32, 33, 63, 64, 65, 96, 127, 128, 129, 200] {
            for value in [power_of_two(length) - 1, power_of_two(length), -power_of_two(length)] {
                let (size, exp) = leading(&value);
                let bound = shift(&Integer::from(size), exp);
                let magnitude = Integer::from(unsigned(&value));
                assert!(size <= 1 << 32, "{value}");
                assert!(magnitude <= bound, "{value}");
                assert!(exp == 0 || bound - magnitude <= power_of_two(exp), "{value}");
                assert!(exp > 0 || Integer::from(size) == Integer::from(unsigned(&value)));
            }
        }
        assert_eq!(leading(&Integer::ZERO), (0, 0));
    }

    #[test]
    fn roots_are_exact_or_absent() {
        let table = [(0_u64, Some(0_u64)), (1, Some(1)), (144, Some(12)), (145, None), (17, None)];
        for (value, root) in table {
            assert_eq!(exact_root(&UBig::from(value)), root.map(UBig::from));
        }
    }
}
