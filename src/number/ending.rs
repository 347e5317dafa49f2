//! Decimals that end: how long they are.

use super::Rational;
use super::decimal::Decimal;

/// The length of a decimal that ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ending {
    /// The digits after the mark.
    pub decimals: u64,
    /// All digits but leading zeros: 3 for 1.25 and for 120, 1 for 0.05 and for 0.
    pub digits: u64,
}

/// The length of a number's decimal; `None` where it goes on for ever.
///
/// ```
/// use gradsheet::number::{ending, parse_exact};
///
/// let length = |text| ending::of(&parse_exact(text).unwrap()).map(|e| (e.decimals, e.digits));
/// assert_eq!(length("-3.125"), Some((3, 4)));
/// assert_eq!(length("0.05"), Some((2, 1)));
/// assert_eq!(length("1/3"), None);
/// ```
#[must_use]
pub fn of(value: &Rational) -> Option<Ending> {
    let decimal = Decimal::exact(value)?;
    let (digits, decimals) = decimal.length();
    Some(Ending { decimals, digits })
}
