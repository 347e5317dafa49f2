//! Sigmoid, tanh and softplus of what is a logarithm.
//!
//! Where the argument is a sum of multiples of logarithms of fractions, its exponential is
//! a fraction or a square root, and so the functions are known:
//!
//! ```text
//! E = exp(x)         sigmoid(x) = E / (1 + E)          softplus(x) = log(1 + E)
//! E = exp(2x)        tanh(x)    = (E - 1) / (E + 1)
//! sigmoid(log 3) = 3/4     tanh(log 2) = 3/5     softplus(log 3) = log 4
//! ```
//!
//! Both sides are one number for every `x`, so that nothing but the form changes; whatever
//! would not come out in roots of integers is left as it is.

use super::Rational;
use super::function::{exp_form, log_form, multiple_of_log};
use super::integer::size;
use super::normal::Normal;
use super::quotient::reciprocal_of;
use super::sum::{Term, is_multiquadratic};

/// Longest exponential whose logarithm is split over prime factors, in bits.
const MAX_BITS: usize = 1 << 10;

/// The logistic function, where it is such a number.
pub(super) fn sigmoid(value: &Normal) -> Option<Normal> {
    let power = exponential(value)?;
    known(&power * reciprocal_of(&(&power + Normal::one())))
}

/// The hyperbolic tangent, where it is such a number.
pub(super) fn tanh(value: &Normal) -> Option<Normal> {
    let power = exponential(&(value + value))?;
    known((&power - Normal::one()) * reciprocal_of(&(&power + Normal::one())))
}

/// `log(1 + exp(x))`, where the exponential is a fraction. Of one with roots it would be a
/// logarithm of a sum, for which `softplus(x) = x + softplus(-x)` doesn't show.
pub(super) fn softplus(value: &Normal) -> Option<Normal> {
    let power = exponential(value)?;
    let short = power.as_rational().filter(|power| size(power) <= MAX_BITS)?;
    Some(log_form(&Normal::from(&*short + Rational::ONE)))
}

/// The exponential of a sum of logarithms of fractions.
fn exponential(value: &Normal) -> Option<Normal> {
    let of_fraction = |term: &Term| {
        multiple_of_log(term).is_some_and(|(_, atom)| atom.argument().as_rational().is_some())
    };
    let all = value.as_sum()?.terms().iter().all(of_fraction);
    all.then(|| exp_form(value)).and_then(known)
}

/// A fraction or a sum of square roots of integers.
fn known(value: Normal) -> Option<Normal> {
    (value.as_rational().is_some() || is_multiquadratic(&value.terms())).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::super::evaluate::evaluate;
    use super::super::{Sign, parse_exact};
    use super::*;

    fn real(text: &str) -> Normal {
        Normal::from(parse_exact(text).unwrap())
    }

    /// `2*3 + 1/2*5` is 2 log 3 + 1/2 log 5.
    fn logarithms(text: &str) -> Normal {
        text.split(" + ").fold(Normal::zero(), |sum, term| {
            let (multiple, number) = term.split_once('*').unwrap_or(("1", term));
            sum + real(multiple) * real(number).log().unwrap()
        })
    }

    fn text(value: &Normal) -> Option<String> {
        value.closed_form().map(|form| form.to_text())
    }

    #[test]
    fn functions_of_logarithms_are_fractions() {
        // By hand: E/(1 + E) with E = exp x, and (E - 1)/(E + 1) with E = exp 2x.
        let table = [
            ("3", "3/4", "4/5"),
            ("-1*3", "1/4", "-4/5"),
            ("2", "2/3", "3/5"),
            ("1/3", "1/4", "-4/5"),
            ("1.5", "3/5", "5/13"),
            ("2*3", "9/10", "40/41"),
            ("3 + -1*2", "3/5", "5/13"),
            ("1/2*4", "2/3", "3/5"),
            ("1/2*9 + 5", "15/16", "112/113"),
            // 1/(1 + sqrt 3) = (sqrt 3 - 1)/2; sqrt 3 squared is 3 again.
            ("1/2*3", "3/2 - 1/2*sqrt(3)", "1/2"),
            ("-1/2*3", "-1/2 + 1/2*sqrt(3)", "-1/2"),
            // sqrt 6/(1 + sqrt 6) = (6 - sqrt 6)/5
            ("1/2*2 + 1/2*3", "6/5 - 1/5*sqrt(6)", "5/7"),
        ];
        for (argument, sigmoid, tanh) in table {
            let value = logarithms(argument);
            assert_eq!(text(&value.sigmoid().unwrap()).as_deref(), Some(sigmoid), "{argument}");
            assert_eq!(text(&value.tanh().unwrap()).as_deref(), Some(tanh), "{argument}");
        }
        // A fourth root: (sqrt 2 - 1)/(sqrt 2 + 1) = (sqrt 2 - 1)^2.
        let tanh = logarithms("1/4*2").tanh().unwrap();
        assert_eq!(text(&tanh).as_deref(), Some("3 - 2*sqrt(2)"));
    }

    #[test]
    fn softplus_of_a_logarithm_is_one() {
        let table = [
            ("3", "2*2"),
            ("-1*3", "4/3"),
            ("1/2", "3 + -1*2"),
            ("2*7", "50"),
            ("1/2*25", "2 + 3"),
        ];
        for (argument, expected) in table {
            let (value, expected) = (logarithms(argument), logarithms(expected));
            assert_eq!(value.softplus(), Ok(expected), "{argument}");
            assert_eq!((-&value).softplus().unwrap() + &value, value.softplus().unwrap());
        }
    }

    /// The forms against the series of the functions themselves.
    #[test]
    fn known_values_lie_in_the_balls_of_the_functions() {
        let numbers = ["2", "3/7", "10", "0.99", "1000000007", "1/123456789"];
        for (place, number) in numbers.iter().enumerate() {
            for multiple in ["1", "-1", "1/2", "-3/2", "5", "-31", "64"] {
                let value = logarithms(&format!("{multiple}*{number} + {}", numbers[place / 2]));
                for bits in [80, 300] {
                    let argument = evaluate(&value, bits).unwrap();
                    let rows = [
                        (sigmoid(&value), argument.sigmoid(bits)),
                        (tanh(&value), argument.tanh(bits)),
                        (softplus(&value), argument.softplus(bits)),
                    ];
                    for (found, ball) in rows {
                        let (Some(found), ball) = (found, ball.unwrap()) else { continue };
                        let found = evaluate(&found, bits).unwrap();
                        let meet = found.lower() <= ball.upper() && ball.lower() <= found.upper();
                        assert!(meet, "{multiple} log {number} at {bits}");
                    }
                }
            }
        }
    }

    #[test]
    fn other_arguments_are_left_as_they_are() {
        let (log, tiny) = (logarithms("3"), real("1").checked_div(&real("10").pow(60).unwrap()));
        let root = (real("2").sqrt().unwrap() + Normal::one()).log().unwrap();
        let opaque =
            [&log + Normal::one(), &log * real("1/3"), &log * &log, &log + root, real("3")];
        for value in opaque.into_iter().chain([Normal::zero(), &log * real("65")]) {
            assert_eq!(sigmoid(&value), None, "{value:?}");
            assert_eq!(softplus(&value), None, "{value:?}");
        }
        // What is next to such a number is not it.
        let near = (&log + tiny.unwrap()).sigmoid().unwrap();
        assert_eq!((near - real("3/4")).sign(), Ok(Sign::Positive));
        // The quotient and a function that saturates agree.
        let value = logarithms("64*3");
        let rest = Normal::one() - value.sigmoid().unwrap();
        assert_eq!(rest, (-value).sigmoid().unwrap());
        assert_eq!(rest.sign(), Ok(Sign::Positive));
    }
}
