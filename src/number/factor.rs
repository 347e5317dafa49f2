//! Factoring integers within a budget, so that square roots have one form.
//!
//! `sqrt(8)` and `2 sqrt(2)` are seen to be equal by splitting radicands into
//! primes. A radicand that resists keeps its *cofactor* whole, which is sound, only
//! less complete: no time is spent on numbers that nobody wants to read.
//!
//! Methods: trial division; perfect powers; the Miller-Rabin test, whose first
//! twelve prime bases decide all numbers below 2^64 (Sorenson and Webster 2015);
//! Pollard's rho in Brent's form (1980) with Montgomery products below 2^64, where
//! the budget suffices for all but freak cases.

use std::sync::OnceLock;

use dashu_base::{BitTest, Gcd};
use dashu_int::UBig;

use super::integer::exact_root;

/// Trial divisors for numbers of up to 128 bits, and for longer ones.
const TRIAL_LIMIT: usize = 1 << 12;
const TRIAL_LIMIT_LONG: u16 = 256;
/// Steps of the rho method: four times what a factor of 32 bits takes on average.
const RHO_STEPS: u32 = 1 << 18;
/// Steps whose differences are multiplied before a greatest common divisor is taken.
const RHO_BATCH: u32 = 128;

/// The bases of the primality test.
const BASES: [u16; 12] = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37];

/// What is known of a factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A prime number (above 2^64: a strong probable prime to twelve bases).
    Prime,
    /// A number without small factors that the budget did not split.
    Cofactor,
}

/// One factor of a number, with its multiplicity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Factor {
    pub(super) base: UBig,
    pub(super) multiplicity: usize,
    pub(super) kind: Kind,
}

/// Splits a positive number; the factors are distinct and their product is `n`.
pub(super) fn factor(n: &UBig) -> Vec<Factor> {
    let mut found = Vec::new();
    let mut rest = n.clone();
    for &prime in primes() {
        if rest.is_one() || (prime > TRIAL_LIMIT_LONG && rest.bit_len() > 128) {
            break;
        }
        if rest.clone() % prime == 0 {
            let base = UBig::from(prime);
            let multiplicity = rest.remove(&base).unwrap_or(0);
            found.push(Factor { base, multiplicity, kind: Kind::Prime });
        }
    }
    let mut pending = vec![(rest, 1)];
    while let Some((part, multiplicity)) = pending.pop() {
        if part.is_one() {
            continue;
        }
        if let Some(root) = exact_root(&part) {
            // The root has not been through trial division as far as it deserves.
            for factor in factor(&root) {
                let multiplicity = 2 * multiplicity * factor.multiplicity;
                record(&mut found, factor.base, multiplicity, factor.kind);
            }
        } else if is_prime(&part) {
            record(&mut found, part, multiplicity, Kind::Prime);
        } else if let Some(divisor) = u64::try_from(&part).ok().and_then(rho) {
            pending.push((&part / divisor, multiplicity));
            pending.push((UBig::from(divisor), multiplicity));
        } else {
            record(&mut found, part, multiplicity, Kind::Cofactor);
        }
    }
    found
}

fn record(found: &mut Vec<Factor>, base: UBig, multiplicity: usize, kind: Kind) {
    match found.iter_mut().find(|factor| factor.base == base) {
        Some(factor) => factor.multiplicity += multiplicity,
        None => found.push(Factor { base, multiplicity, kind }),
    }
}

/// The primes below [`TRIAL_LIMIT`], by the sieve of Eratosthenes.
fn primes() -> &'static [u16] {
    static PRIMES: OnceLock<Vec<u16>> = OnceLock::new();
    PRIMES.get_or_init(|| {
        let mut composite = vec![false; TRIAL_LIMIT];
        let mut primes = Vec::new();
        for n in 2..TRIAL_LIMIT {
            if composite[n] {
                continue;
            }
            primes.extend(u16::try_from(n));
            for multiple in (n * n..TRIAL_LIMIT).step_by(n) {
                composite[multiple] = true;
            }
        }
        primes
    })
}

/// The strong probable prime test; numbers above 128 bits count as composite.
fn is_prime(n: &UBig) -> bool {
    // What survived trial division below L and lies below L^2 is prime.
    if n.bit_len() <= 24 {
        return true;
    }
    if n.bit_len() > 128 {
        return false;
    }
    let less = n - 1_u8;
    let twos = less.trailing_zeros().unwrap_or(0);
    let odd = &less >> twos;
    BASES.iter().all(|&base| {
        let mut power = power_mod(&UBig::from(base), &odd, n);
        if power.is_one() || power == less {
            return true;
        }
        (1..twos).any(|_| {
            power = &power * &power % n;
            power == less
        })
    })
}

fn power_mod(base: &UBig, exponent: &UBig, modulus: &UBig) -> UBig {
    let mut power = UBig::ONE;
    for place in (0..exponent.bit_len()).rev() {
        power = &power * &power % modulus;
        if exponent.bit(place) {
            power = power * base % modulus;
        }
    }
    power
}

/// Products modulo an odd number `n` of 64 bits in Montgomery's representation:
/// `product(a, b) = a b / 2^64 mod n`.
struct Montgomery {
    n: u64,
    /// `-1/n mod 2^64`.
    inverse: u64,
}

impl Montgomery {
    fn new(n: u64) -> Self {
        // Newton's iteration doubles the correct bits; n itself has three.
        let mut inverse = n;
        for _ in 0..5 {
            inverse = inverse.wrapping_mul(2_u64.wrapping_sub(n.wrapping_mul(inverse)));
        }
        Montgomery { n, inverse: inverse.wrapping_neg() }
    }

    fn product(&self, a: u64, b: u64) -> u64 {
        let wide = u128::from(a) * u128::from(b);
        let (high, low) = halves(wide);
        let (carried, _) = halves(u128::from(low.wrapping_mul(self.inverse)) * u128::from(self.n));
        // The low halves add up to 0 modulo 2^64, with a carry unless both are 0.
        let sum = u128::from(high) + u128::from(carried) + u128::from(low != 0);
        let reduced = if sum >= u128::from(self.n) { sum - u128::from(self.n) } else { sum };
        halves(reduced).1
    }
}

fn halves(wide: u128) -> (u64, u64) {
    let mask = u128::from(u64::MAX);
    let half = |value: u128| u64::try_from(value & mask).unwrap_or(u64::MAX);
    (half(wide >> 64), half(wide))
}

/// A proper divisor of an odd composite number, if the budget finds one.
fn rho(n: u64) -> Option<u64> {
    let field = Montgomery::new(n);
    (1..4).find_map(|constant| rho_from(&field, constant))
}

/// Brent's cycle search for `x -> x^2 + c`, in representatives modulo `n`.
fn rho_from(field: &Montgomery, constant: u64) -> Option<u64> {
    let n = field.n;
    let step = |x: u64| {
        let square = u128::from(field.product(x, x)) + u128::from(constant);
        u64::try_from(square % u128::from(n)).unwrap_or(0)
    };
    let mut fast = 2_u64;
    let mut length = 1_u32;
    let mut done = 0_u32;
    while done < RHO_STEPS {
        let slow = fast;
        for _ in 0..length {
            fast = step(fast);
        }
        let mut walked = 0;
        while walked < length {
            let saved = fast;
            let batch = RHO_BATCH.min(length - walked);
            let mut product = 1_u64;
            for _ in 0..batch {
                fast = step(fast);
                product = field.product(product, slow.abs_diff(fast));
            }
            let divisor = n.gcd(product);
            if divisor == n {
                return single_steps(n, slow, saved, step);
            }
            if divisor > 1 {
                return Some(divisor);
            }
            walked += batch;
        }
        done += 2 * length;
        length *= 2;
    }
    None
}

/// Repeats a batch one step at a time, since its product became zero.
fn single_steps(n: u64, slow: u64, mut fast: u64, step: impl Fn(u64) -> u64) -> Option<u64> {
    for _ in 0..RHO_BATCH {
        fast = step(fast);
        let divisor = n.gcd(slow.abs_diff(fast));
        if divisor > 1 {
            return (divisor < n).then_some(divisor);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn factors_of(n: &str) -> Vec<(String, usize, Kind)> {
        let mut found: Vec<_> = factor(&n.parse().unwrap())
            .into_iter()
            .map(|f| (f.base, f.multiplicity, f.kind))
            .collect();
        found.sort_by(|a, b| a.0.cmp(&b.0));
        found.into_iter().map(|(base, m, kind)| (base.to_string(), m, kind)).collect()
    }

    #[test]
    fn splits_into_primes() {
        // Known factorisations: Fermat's F5 (Euler 1732), 2^89 - 1 is prime, 1000003 and 4294967291 are primes.
        let table: [(&str, &[(&str, usize)]); 8] = [
            ("1", &[]),
            ("720", &[("2", 4), ("3", 2), ("5", 1)]),
            ("4294967297", &[("641", 1), ("6700417", 1)]),
            ("1000006000009", &[("1000003", 2)]),
            ("18446744030759878681", &[("4294967291", 2)]),
            ("4294980175901873", &[("1000003", 1), ("4294967291", 1)]),
            ("618970019642690137449562111", &[("618970019642690137449562111", 1)]),
            ("10000000000000000", &[("2", 16), ("5", 16)]),
        ];
        for (n, expected) in table {
            let expected: Vec<_> =
                expected.iter().map(|&(p, m)| (p.to_owned(), m, Kind::Prime)).collect();
            assert_eq!(factors_of(n), expected, "{n}");
        }
    }

    #[test]
    fn semiprimes_of_sixty_bits_split() {
        // Products of two of the primes 1000000007, 1000000009, 998244353.
        let table = [
            ("1000000016000000063", ["1000000007", "1000000009"]),
            ("998244359987710471", ["998244353", "1000000007"]),
        ];
        for (n, [p, q]) in table {
            let expected = vec![(p.to_owned(), 1, Kind::Prime), (q.to_owned(), 1, Kind::Prime)];
            assert_eq!(factors_of(n), expected, "{n}");
        }
    }

    #[test]
    fn what_resists_stays_whole() {
        // 2^67 - 1 has two prime factors (Cole 1903), both too large.
        let cole = "147573952589676412927";
        assert_eq!(factors_of(cole), [(cole.to_owned(), 1, Kind::Cofactor)]);
        let long = format!("{}1", "9".repeat(400));
        let product = factor(&long.parse().unwrap())
            .iter()
            .fold(UBig::ONE, |product, f| product * f.base.pow(f.multiplicity));
        assert_eq!(product.to_string(), long);
    }
}
