//! Factoring integers within a budget, so that square roots have one form.
//!
//! `sqrt(8)` and `2 sqrt(2)` are seen to be equal by splitting radicands into
//! primes. A radicand that resists keeps its *cofactor* whole, which is sound, only
//! less complete. Little effort is spent where a number is computed with, and more
//! where its closed form is to be printed.
//!
//! Methods: trial division; squares; the Miller-Rabin test, whose first twelve prime
//! bases decide all numbers below 2^64 (Sorenson and Webster 2015); Pollard's rho in
//! Brent's form (1980), which takes about `sqrt(p)` steps to find a factor `p`, with
//! Montgomery's products. A run comes to the same radicands for several parameters and in
//! several iterations, so what a search found is remembered.

use std::cell::RefCell;
use std::sync::OnceLock;

use dashu_base::{BitTest, Gcd};
use dashu_int::UBig;

use crate::memo::Memo;

use super::integer::exact_root;
use super::montgomery::Field;

/// How many searches for a divisor are remembered, on each thread.
const REMEMBERED: usize = 1 << 12;

thread_local! {
    static DIVISORS: RefCell<Memo<(u128, Effort), Option<u128>>> =
        RefCell::new(Memo::new(REMEMBERED));
}

/// Trial divisors for numbers of up to 128 bits, and for longer ones.
const TRIAL_LIMIT: usize = 1 << 12;
const TRIAL_LIMIT_LONG: u16 = 256;
/// What trial division leaves below the square of its limit is prime.
const PRIME_BITS: usize = 24;
/// Steps whose differences are multiplied before a greatest common divisor is taken.
const RHO_BATCH: u32 = 128;
/// The bases of the primality test.
const BASES: [u8; 12] = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37];

/// How long to search for a factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Effort {
    /// Less than a tenth of a millisecond: factors of up to about 20 bits.
    Quick,
    /// A few milliseconds: factors of up to about 32 bits.
    Thorough,
}

impl Effort {
    fn steps(self) -> u32 {
        match self {
            Effort::Quick => 1 << 11,
            Effort::Thorough => 1 << 17,
        }
    }
}

/// What is known of a factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A prime number (above 2^64: a strong probable prime to twelve bases).
    Prime,
    /// A number without small factors that the budget did not split.
    Cofactor,
}

/// A factor of a number, with its multiplicity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) base: UBig,
    pub(super) multiplicity: usize,
    pub(super) kind: Kind,
}

/// Splits a positive number; the factors are distinct and their product is `n`.
pub(super) fn factor(n: &UBig, effort: Effort) -> Vec<Part> {
    if let Some(root) = exact_root(n).filter(|root| !root.is_one()) {
        let mut found = factor(&root, effort);
        found.iter_mut().for_each(|factor| factor.multiplicity *= 2);
        return found;
    }
    let mut found = Vec::new();
    let rest = trial_division(n.clone(), &mut found);
    let mut pending = vec![(rest, 1)];
    while let Some((part, multiplicity)) = pending.pop() {
        if part.is_one() {
            continue;
        }
        if let Some(root) = exact_root(&part) {
            // The root has not been through trial division as far as it deserves.
            for factor in factor(&root, effort) {
                let multiplicity = 2 * multiplicity * factor.multiplicity;
                record(&mut found, factor.base, multiplicity, factor.kind);
            }
        } else if is_prime(&part) {
            record(&mut found, part, multiplicity, Kind::Prime);
        } else if let Some(divisor) = u128::try_from(&part).ok().and_then(|n| divisor(n, effort)) {
            pending.push((&part / divisor, multiplicity));
            pending.push((UBig::from(divisor), multiplicity));
        } else {
            record(&mut found, part, multiplicity, Kind::Cofactor);
        }
    }
    found
}

fn record(found: &mut Vec<Part>, base: UBig, multiplicity: usize, kind: Kind) {
    match found.iter_mut().find(|factor| factor.base == base) {
        Some(factor) => factor.multiplicity += multiplicity,
        None => found.push(Part { base, multiplicity, kind }),
    }
}

/// Divides small primes out and returns what is left.
fn trial_division(mut rest: UBig, found: &mut Vec<Part>) -> UBig {
    for (place, &prime) in primes().iter().enumerate() {
        if let Ok(word) = u64::try_from(&rest) {
            return trial_division_of_word(word, &primes()[place..], found).into();
        }
        if prime > TRIAL_LIMIT_LONG && rest.bit_len() > 128 {
            break;
        }
        if &rest % prime == 0 {
            let base = UBig::from(prime);
            let multiplicity = rest.remove(&base).unwrap_or(0);
            record(found, base, multiplicity, Kind::Prime);
        }
    }
    rest
}

/// The same in machine integers, up to the root of what is left, which then is 1 or a prime.
fn trial_division_of_word(mut rest: u64, primes: &[u16], found: &mut Vec<Part>) -> u64 {
    for &prime in primes {
        let divisor = u64::from(prime);
        if divisor * divisor > rest {
            break;
        }
        let mut multiplicity = 0;
        while rest.is_multiple_of(divisor) {
            rest /= divisor;
            multiplicity += 1;
        }
        if multiplicity > 0 {
            record(found, divisor.into(), multiplicity, Kind::Prime);
        }
    }
    rest
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

/// The strong probable prime test; numbers above 128 bits count as composite. What is
/// tested has been through trial division, so it is odd.
fn is_prime(n: &UBig) -> bool {
    if n.bit_len() <= PRIME_BITS {
        return true;
    }
    let Some(field) = u128::try_from(n).ok().and_then(Field::new) else {
        return false;
    };
    let one = field.one();
    let minus_one = field.modulus() - one;
    let less = field.modulus() - 1;
    let twos = less.trailing_zeros();
    BASES.iter().all(|&base| {
        let mut power = field.power(field.element(base), less >> twos);
        if power == one || power == minus_one {
            return true;
        }
        (1..twos).any(|_| {
            power = field.product(power, power);
            power == minus_one
        })
    })
}

/// A proper divisor of an odd composite number, if the budget finds one.
fn divisor(n: u128, effort: Effort) -> Option<u128> {
    DIVISORS.with_borrow_mut(|known| known.result(&(n, effort), || rho(n, effort)))
}

/// The same without what is remembered.
fn rho(n: u128, effort: Effort) -> Option<u128> {
    let field = Field::new(n)?;
    let mut steps = effort.steps();
    // Another constant helps where a cycle closes for all factors at once.
    (1..4).find_map(|constant| rho_from(&field, constant, &mut steps))
}

/// Brent's cycle search for `x -> x^2 + c`.
fn rho_from(field: &Field, constant: u8, steps: &mut u32) -> Option<u128> {
    let n = field.modulus();
    let constant = field.element(constant);
    let step = |x: u128| field.sum(field.product(x, x), constant);
    let mut fast = field.element(2);
    let mut length = 1_u32;
    while *steps > 0 {
        *steps = steps.saturating_sub(length);
        let slow = fast;
        for _ in 0..length {
            fast = step(fast);
        }
        let mut walked = 0;
        while walked < length {
            let saved = fast;
            let batch = RHO_BATCH.min(length - walked);
            let mut product = field.one();
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
        length *= 2;
    }
    None
}

/// Repeats a batch one step at a time, since its product became zero.
fn single_steps(n: u128, slow: u128, mut fast: u128, step: impl Fn(u128) -> u128) -> Option<u128> {
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
        let mut found: Vec<_> = factor(&n.parse().unwrap(), Effort::Thorough)
            .into_iter()
            .map(|f| (f.base, f.multiplicity, f.kind))
            .collect();
        found.sort_by(|a, b| a.0.cmp(&b.0));
        found.into_iter().map(|(base, m, kind)| (base.to_string(), m, kind)).collect()
    }

    #[test]
    fn splits_into_primes() {
        // Known factorisations: Fermat's F5 (Euler 1732), 2^67 - 1 (Cole 1903), 2^89 - 1 is prime, 1000003 and 4294967291 are primes.
        let table: [(&str, &[(&str, usize)]); 9] = [
            ("1", &[]),
            ("720", &[("2", 4), ("3", 2), ("5", 1)]),
            ("4294967297", &[("641", 1), ("6700417", 1)]),
            ("1000006000009", &[("1000003", 2)]),
            ("18446744030759878681", &[("4294967291", 2)]),
            ("4294980175901873", &[("1000003", 1), ("4294967291", 1)]),
            ("618970019642690137449562111", &[("618970019642690137449562111", 1)]),
            ("147573952589676412927", &[("193707721", 1), ("761838257287", 1)]),
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
        // 2^101 - 1 = 7432339208719 * 341117531003194129.
        let n: UBig = "2535301200456458802993406410751".parse().unwrap();
        let whole = [Part { base: n.clone(), multiplicity: 1, kind: Kind::Cofactor }];
        assert_eq!(factor(&n, Effort::Quick), whole);
        let long = format!("{}1", "9".repeat(400));
        let product = factor(&long.parse().unwrap(), Effort::Quick)
            .iter()
            .fold(UBig::ONE, |product, f| product * f.base.pow(f.multiplicity));
        assert_eq!(product.to_string(), long);
    }
}
