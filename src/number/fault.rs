//! What can go wrong with a number, and the sign that a number has.
//!
//! Three causes are kept apart, because a sheet treats them differently: an
//! *undefined* operation is part of the exercise (0/0 in Adam without epsilon),
//! an *undecided* sign stops the work, and a number *out of range* is one whose
//! exponent alone would fill the memory.

use std::error::Error;
use std::fmt;

/// The sign of a real number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sign {
    /// Less than zero.
    Negative,
    /// Exactly zero, and proved to be.
    Zero,
    /// Greater than zero.
    Positive,
}

impl Sign {
    /// -1, 0 or 1.
    #[must_use]
    pub fn to_i32(self) -> i32 {
        match self {
            Sign::Negative => -1,
            Sign::Zero => 0,
            Sign::Positive => 1,
        }
    }

    /// The sign of the product of two numbers with these signs.
    #[must_use]
    pub(super) fn times(self, other: Sign) -> Sign {
        match self.to_i32() * other.to_i32() {
            0 => Sign::Zero,
            1 => Sign::Positive,
            _ => Sign::Negative,
        }
    }
}

/// An operation that has no value.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Undefined {
    /// Zero divided by zero.
    ZeroOverZero,
    /// A number other than zero divided by zero.
    DivisionByZero {
        /// The number divided, where it has a short text.
        numerator: Option<String>,
    },
    /// The square root of a negative number.
    RootOfNegative,
    /// The logarithm of zero or of a negative number.
    LogOfNonPositive,
    /// A negative number to a power that is not an integer.
    PowerOfNegative,
}

impl Undefined {
    /// Read back from its own words, as a trace keeps them.
    ///
    /// ```
    /// use gradsheet::number::Undefined;
    /// let division = Undefined::DivisionByZero { numerator: Some("1".into()) };
    /// assert_eq!(Undefined::read(&division.to_string()), Some(division));
    /// ```
    #[must_use]
    pub fn read(words: &str) -> Option<Self> {
        let quotient =
            words.strip_prefix("division by zero (").and_then(|rest| rest.strip_suffix("/0)"));
        if let Some(numerator) = quotient {
            return Some(Self::DivisionByZero { numerator: Some(numerator.to_owned()) });
        }
        let plain = [
            Self::ZeroOverZero,
            Self::DivisionByZero { numerator: None },
            Self::RootOfNegative,
            Self::LogOfNonPositive,
            Self::PowerOfNegative,
        ];
        plain.into_iter().find(|one| one.to_string() == words)
    }
}

impl fmt::Display for Undefined {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Undefined::ZeroOverZero => f.write_str("0/0"),
            Undefined::DivisionByZero { numerator: None } => f.write_str("division by zero"),
            Undefined::DivisionByZero { numerator: Some(text) } => {
                write!(f, "division by zero ({text}/0)")
            }
            Undefined::RootOfNegative => f.write_str("the square root of a negative number"),
            Undefined::LogOfNonPositive => {
                f.write_str("the logarithm of a number that is not positive")
            }
            Undefined::PowerOfNegative => {
                f.write_str("a negative number to a power that is not an integer")
            }
        }
    }
}

impl Error for Undefined {}

/// A question that the largest precision left open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Undecided {
    /// The precision reached, in bits.
    pub bits: u32,
    /// What was asked.
    pub question: Question,
}

/// What may stay open of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Question {
    /// The sign: the number is zero to as many digits as were computed.
    Sign,
    /// The sign of a number with parts that are too large to be worked with.
    Range,
    /// The last digit: the number lies where that changes, as far as was computed.
    Digit,
}

impl Undecided {
    /// The precision reached, in whole decimal digits.
    #[must_use]
    pub fn digits(&self) -> u32 {
        // log10(2) = 0.30102999..., rounded down so that no digit is claimed
        // that was not reached.
        let digits = u64::from(self.bits) * 301_029 / 1_000_000;
        u32::try_from(digits).unwrap_or(u32::MAX)
    }
}

impl fmt::Display for Undecided {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.digits();
        match self.question {
            Question::Sign => write!(f, "zero to {digits} digits, but not proved to be zero"),
            Question::Range => f.write_str(
                "neither told from zero nor proved to be zero, since a part of the number is \
                 beyond the range that can be worked with",
            ),
            Question::Digit => write!(
                f,
                "to {digits} digits the number lies where its last printed digit changes, but it \
                 is not proved to lie on either side"
            ),
        }
    }
}

impl Error for Undecided {}

/// A number too large, or too close to zero, to be worked with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfRange;

impl fmt::Display for OutOfRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number beyond the range that can be worked with")
    }
}

impl Error for OutOfRange {}

/// Why an operation on numbers gave no number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The operation has no value.
    Undefined(Undefined),
    /// A sign or a digit stayed open.
    Undecided(Undecided),
    /// The result is too large or too small.
    OutOfRange(OutOfRange),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Undefined(cause) => cause.fmt(f),
            Fault::Undecided(cause) => cause.fmt(f),
            Fault::OutOfRange(cause) => cause.fmt(f),
        }
    }
}

impl Error for Fault {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        None
    }
}

impl From<Undefined> for Fault {
    fn from(cause: Undefined) -> Self {
        Fault::Undefined(cause)
    }
}

impl From<Undecided> for Fault {
    fn from(cause: Undecided) -> Self {
        Fault::Undecided(cause)
    }
}

impl From<OutOfRange> for Fault {
    fn from(cause: OutOfRange) -> Self {
        Fault::OutOfRange(cause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_name_the_cause() {
        let table: [(Fault, &str); 5] = [
            (Undefined::ZeroOverZero.into(), "0/0"),
            (
                Undefined::DivisionByZero { numerator: Some("6".to_owned()) }.into(),
                "division by zero (6/0)",
            ),
            (Undefined::RootOfNegative.into(), "the square root of a negative number"),
            (
                Undecided { bits: 4096, question: Question::Sign }.into(),
                "zero to 1233 digits, but not proved to be zero",
            ),
            (OutOfRange.into(), "a number beyond the range that can be worked with"),
        ];
        for (fault, message) in table {
            assert_eq!(fault.to_string(), message);
        }
    }

    #[test]
    fn signs_multiply() {
        use Sign::{Negative, Positive, Zero};
        let table = [
            (Negative, Negative, Positive),
            (Negative, Positive, Negative),
            (Zero, Negative, Zero),
            (Positive, Positive, Positive),
        ];
        for (left, right, product) in table {
            assert_eq!(left.times(right), product);
        }
    }
}
