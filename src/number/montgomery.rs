//! Arithmetic modulo an odd number of up to 127 bits, without division.
//!
//! Montgomery (1985): with `R = 2^128`, or `2^64` for a number of up to 63 bits, a residue `x` is represented by `x R mod n`, and
//! the product of representatives `a`, `b` is `a b / R mod n`: with `m = -a b / n mod R`
//! the sum `a b + m n` is a multiple of `R`, and the quotient lies below `2 n`.

/// The lower half of a double word.
const HALF: u128 = u64::MAX as u128;

/// The residues modulo `n`.
pub(super) struct Field {
    n: u128,
    /// `-1/n mod R`.
    inverse: u128,
    /// `R mod n`, the representative of 1.
    one: u128,
    /// Whether `R` is `2^64`.
    is_short: bool,
}

impl Field {
    /// Residues modulo an odd number below `2^127`.
    pub(super) fn new(n: u128) -> Option<Self> {
        if n.is_multiple_of(2) || n >> 127 != 0 {
            return None;
        }
        // Newton's iteration doubles the correct bits; n itself has three.
        let mut inverse = n;
        for _ in 0..6 {
            inverse = inverse.wrapping_mul(2_u128.wrapping_sub(n.wrapping_mul(inverse)));
        }
        let is_short = n >> 63 == 0;
        let one = if is_short { (HALF + 1) % n } else { (u128::MAX % n + 1) % n };
        Some(Field { n, inverse: inverse.wrapping_neg(), one, is_short })
    }

    pub(super) fn modulus(&self) -> u128 {
        self.n
    }

    pub(super) fn one(&self) -> u128 {
        self.one
    }

    /// The representative of a small number.
    pub(super) fn element(&self, value: u8) -> u128 {
        (0..value).fold(0, |sum, _| self.sum(sum, self.one))
    }

    pub(super) fn sum(&self, a: u128, b: u128) -> u128 {
        let sum = a + b;
        if sum >= self.n { sum - self.n } else { sum }
    }

    pub(super) fn product(&self, a: u128, b: u128) -> u128 {
        if self.is_short {
            return self.short_product(a & HALF, b & HALF);
        }
        let (high, low) = wide_product(a, b);
        let (carried, _) = wide_product(low.wrapping_mul(self.inverse), self.n);
        // The low halves add up to 0 modulo R, with a carry unless both are 0.
        let sum = high + carried + u128::from(low != 0);
        if sum >= self.n { sum - self.n } else { sum }
    }

    /// The product where `R` is `2^64`: all sums and products are below `2^128`.
    fn short_product(&self, a: u128, b: u128) -> u128 {
        let product = a * b;
        let multiple = ((product & HALF) * (self.inverse & HALF)) & HALF;
        let sum = (product + multiple * (self.n & HALF)) >> 64;
        if sum >= self.n { sum - self.n } else { sum }
    }

    pub(super) fn power(&self, base: u128, exponent: u128) -> u128 {
        let mut power = self.one;
        for place in (0..128 - exponent.leading_zeros()).rev() {
            power = self.product(power, power);
            if exponent >> place & 1 == 1 {
                power = self.product(power, base);
            }
        }
        power
    }
}

/// The product as `high * 2^128 + low`.
fn wide_product(a: u128, b: u128) -> (u128, u128) {
    let (a1, a0) = (a >> 64, a & HALF);
    let (b1, b0) = (b >> 64, b & HALF);
    let low = a0 * b0;
    let middle = a1 * b0 + (low >> 64);
    let other = a0 * b1 + (middle & HALF);
    (a1 * b1 + (middle >> 64) + (other >> 64), other << 64 | low & HALF)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_agree_with_division() {
        // Residues modulo 2^61 - 1, whose products a plain remainder can do.
        let n = (1_u128 << 61) - 1;
        let field = Field::new(n).unwrap();
        let mut a = field.element(3);
        let mut plain = 3_u128;
        for _ in 0..50 {
            a = field.sum(field.product(a, a), field.element(1));
            plain = (plain * plain + 1) % n;
            // The product with the plain 1 takes a representative back to its residue.
            assert_eq!(field.product(a, 1), plain);
        }
    }

    #[test]
    fn fermat_holds_for_the_prime_2_to_the_107_minus_1() {
        let n = (1_u128 << 107) - 1;
        let field = Field::new(n).unwrap();
        assert_eq!(field.power(field.element(5), n - 1), field.one());
        assert!(Field::new(n + 1).is_none());
    }

    #[test]
    fn wide_products_have_both_halves() {
        assert_eq!(wide_product(u128::MAX, u128::MAX), (u128::MAX - 1, 1));
        assert_eq!(wide_product(1 << 100, 1 << 100), (1 << 72, 0));
    }
}
