//! Rounding as it is done on paper: long division, then the digits from the right.

use dashu_int::IBig;
use dashu_ratio::RBig;
use gradsheet::number::{Precision, Real, Rounding, round};

use crate::dual::Random;

use Precision::{Decimals, Significant};

/// Digits are written down until the division ends, or there are so many.
const LONGEST: usize = 60;

/// |a/b| with its digits before and after the point.
struct Written {
    whole: Vec<u8>,
    places: Vec<u8>,
    /// Whether the division ended.
    ends: bool,
}

fn divide(above: u128, below: u128) -> Written {
    let whole = (above / below).to_string().bytes().map(|digit| digit - b'0').collect();
    let (mut rest, mut places) = (above % below, Vec::new());
    while rest > 0 && places.len() < LONGEST {
        rest *= 10;
        places.push(u8::try_from(rest / below).unwrap());
        rest %= below;
    }
    Written { whole, places, ends: rest == 0 }
}

impl Written {
    fn digits(&self) -> Vec<u8> {
        [&self.whole[..], &self.places].concat()
    }

    /// Digits from the first that is not 0.
    fn significant(&self) -> usize {
        let digits = self.digits();
        digits.len() - digits.iter().take_while(|digit| **digit == 0).count()
    }

    /// The text with so many places; fewer than none are zeros before the point.
    fn rounded(&self, places: i64, rounding: Rounding) -> Vec<u8> {
        let mut digits = self.digits();
        let kept = i64::try_from(self.whole.len()).unwrap() + places;
        // A place far to the left: all digits are cut off.
        let missing = usize::try_from((-kept).max(0) + 1).unwrap();
        digits.splice(0..0, vec![0; missing]);
        let kept = usize::try_from(kept + i64::try_from(missing).unwrap()).unwrap();
        digits.resize(digits.len().max(kept + 1), 0);
        let rest = digits.split_off(kept);
        let beyond = !self.ends || rest[1..].iter().any(|digit| *digit > 0);
        let odd = digits.last().is_some_and(|digit| digit % 2 == 1);
        let tie_goes_up = rounding == Rounding::HalfUp || odd;
        if rest[0] > 5 || rest[0] == 5 && (beyond || tie_goes_up) {
            let mut place = digits.len();
            loop {
                place -= 1;
                if digits[place] < 9 {
                    digits[place] += 1;
                    break;
                }
                digits[place] = 0;
            }
        }
        digits
    }
}

/// A number in digits, `places` of them after the point.
fn text(negative: bool, digits: &[u8], places: i64) -> String {
    let mut digits = digits.to_vec();
    digits.extend(vec![0; usize::try_from((-places).max(0)).unwrap()]);
    let places = usize::try_from(places.max(0)).unwrap();
    while digits.len() > places + 1 && digits[0] == 0 {
        digits.remove(0);
    }
    let string = |digits: &[u8]| digits.iter().map(|digit| char::from(digit + b'0')).collect();
    let (whole, fraction): (String, String) =
        (string(&digits[..digits.len() - places]), string(&digits[digits.len() - places..]));
    let point = if places > 0 { "." } else { "" };
    format!("{}{whole}{point}{fraction}", if negative { "-" } else { "" })
}

fn on_paper(above: i128, below: u128, precision: Precision, rounding: Rounding) -> String {
    let written = divide(above.unsigned_abs(), below);
    let fits = match precision {
        Decimals(count) => written.places.len() <= usize::try_from(count).unwrap(),
        Significant(count) => written.significant() <= usize::try_from(count).unwrap(),
    };
    let length = i64::try_from(written.places.len()).unwrap();
    // Integers are never rounded, and what fits is written as it is.
    if written.ends && (fits || length == 0) {
        return text(above < 0, &written.digits(), length);
    }
    let mut places = match precision {
        Decimals(count) => i64::from(count),
        // As many as are wanted beyond the digits before the point; zeros at the front of
        // a number below 1 don't count.
        Significant(count) => {
            let length = i64::try_from(written.significant()).unwrap() - length;
            i64::from(count) - length
        }
    };
    let mut digits = written.rounded(places, rounding);
    if let Significant(count) = precision {
        let zeros = digits.iter().take_while(|digit| **digit == 0).count();
        if digits.len() - zeros > usize::try_from(count).unwrap() {
            // The carry made one digit more.
            digits.pop();
            places -= 1;
        }
    }
    if digits.iter().all(|digit| *digit == 0) {
        // What is not zero is not written as zero.
        return on_paper(above, below, Significant(1), rounding);
    }
    text(above < 0, &digits, places)
}

/// A fraction, often on a tie, one step beside it, or before a carry.
fn draw(random: &mut Random) -> (i128, u128) {
    let small = |random: &mut Random, count: usize| i128::try_from(random.below(count)).unwrap();
    let power = |random: &mut Random, count: usize| {
        10_u128.pow(u32::try_from(random.below(count)).unwrap())
    };
    let sign = random.choose(&[-1, 1]);
    match random.below(5) {
        0 => (sign * small(random, 2000), 1 + random.below(999) as u128),
        1 => {
            let below = 2 * power(random, 7);
            (sign * (2 * small(random, 30_000) + 1), below)
        }
        2 => {
            // A tie and a little more or less.
            let far = 10_i128.pow(18);
            let below = 2 * power(random, 5) * far.unsigned_abs();
            let beside = random.choose(&[-1, 1]);
            (sign * ((2 * small(random, 3000) + 1) * far + beside), below)
        }
        3 => {
            // 9.995, 0.0999 95
            let nines = i128::try_from(power(random, 9)).unwrap() * 10;
            (sign * (nines - random.choose(&[1, 5, 4, 6, 50])), power(random, 12))
        }
        _ => (sign * small(random, 1_000_000), 1 + random.below(30) as u128 * 7),
    }
}

#[test]
fn decimals_are_those_of_long_division() {
    let mut random = Random(18);
    let (mut exact, mut same) = (0, 0);
    for _ in 0..6000 {
        let (above, below) = draw(&mut random);
        let number = RBig::from_parts(IBig::from(above), below.into());
        let precision = match random.below(2) {
            0 => Decimals(u32::try_from(random.below(7)).unwrap()),
            _ => Significant(u32::try_from(random.below(7)).unwrap() + 1),
        };
        let texts = [Rounding::HalfUp, Rounding::HalfEven].map(|rounding| {
            let found = round(&Real::from(number.clone()), precision, rounding).unwrap();
            let expected = on_paper(above, below, precision, rounding);
            let what = format!("{number} by {precision:?}, {rounding:?}");
            assert_eq!(found.to_plain('.'), expected, "{what}");
            let is_exact = crate::witness::decimal(&expected).unwrap() == number;
            assert_eq!(found.exact, is_exact, "{what}");
            exact += usize::from(is_exact);
            expected
        });
        same += usize::from(texts[0] == texts[1]);
    }
    // Both kinds are met, and so are ties.
    assert!((1000..11_000).contains(&exact) && same < 5900, "{exact} exact, {same} alike");
}

#[test]
fn paper_has_the_digits_of_the_schoolbook() {
    let table = [
        (9995, 1000, Significant(3), "10.0"),
        (9995, 1000, Decimals(2), "10.00"),
        (-1, 8, Decimals(2), "-0.13"),
        (1, 300, Decimals(2), "0.003"),
        (20_005, 2, Significant(4), "10000"),
        (2, 3, Significant(4), "0.6667"),
        (5, 2, Decimals(4), "2.5"),
        (-12, 3, Decimals(4), "-4"),
        (96, 100_000, Significant(1), "0.001"),
    ];
    for (above, below, precision, expected) in table {
        assert_eq!(on_paper(above, below, precision, Rounding::HalfUp), expected);
    }
}
