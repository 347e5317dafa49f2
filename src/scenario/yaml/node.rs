//! The tree: scalars with their characters and style, lists, mappings in order.
//!
//! Nothing is interpreted. `0.10` is a scalar of four characters, and whether it
//! is a number, a text or a name is for the decoder to say, who knows what is
//! expected. Only a plain scalar can be a number, a truth value or nothing;
//! `"1/3"` and `"true"` in quotes are texts.

use super::super::Place;
use super::places::Places;

/// The longest text that a message repeats, in characters.
const SHOWN: usize = 40;

/// A value of the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Where it begins: a block at its first line, a quoted text at its quote.
    pub place: Place,
    /// What it is.
    pub data: Data,
}

/// The three things that a value can be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Data {
    /// A text, a number, a truth value or nothing.
    Scalar(Scalar),
    /// A list.
    List(Vec<Node>),
    /// A mapping, in the order of the file and without repeated keys.
    Map(Vec<(Key, Node)>),
}

/// A key of a mapping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Its text.
    pub text: String,
    /// Where it begins.
    pub place: Place,
}

/// A value without parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scalar {
    /// Its characters, after unquoting and folding.
    pub text: String,
    /// How it was written.
    pub style: Style,
    pub(super) places: Places,
}

/// The five ways in which YAML writes a scalar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Without quotes.
    Plain,
    /// `'…'`
    SingleQuoted,
    /// `"…"`
    DoubleQuoted,
    /// `|`
    Literal,
    /// `>`
    Folded,
}

impl Node {
    /// The scalar, if it is one.
    #[must_use]
    pub fn scalar(&self) -> Option<&Scalar> {
        match &self.data {
            Data::Scalar(scalar) => Some(scalar),
            Data::List(_) | Data::Map(_) => None,
        }
    }

    /// Whether it is a mapping.
    pub fn is_map(&self) -> bool {
        matches!(self.data, Data::Map(_))
    }

    /// Whether it is a list.
    pub fn is_list(&self) -> bool {
        matches!(self.data, Data::List(_))
    }

    /// Whether nothing was given: no value, `~` or `null`.
    #[must_use]
    pub fn is_null(&self) -> bool {
        self.scalar().is_some_and(Scalar::is_null)
    }

    /// The place of a byte of a scalar's text; where a list or mapping begins.
    #[must_use]
    pub fn place_of(&self, offset: usize) -> Place {
        self.scalar().map_or(self.place, |scalar| scalar.place_of(offset))
    }

    /// How many characters a marker under this node covers.
    #[must_use]
    pub fn width(&self) -> usize {
        let Some(scalar) = self.scalar() else {
            return 1;
        };
        let quotes = match scalar.style {
            Style::SingleQuoted | Style::DoubleQuoted => 2,
            Style::Plain | Style::Literal | Style::Folded => 0,
        };
        let line = scalar.text.lines().next().unwrap_or_default();
        line.chars().count() + quotes
    }

    /// What a message says was found: "a list", "the number `1.5`".
    #[must_use]
    pub fn describe(&self) -> String {
        match &self.data {
            Data::Scalar(scalar) => scalar.describe(),
            Data::List(_) => "a list".to_owned(),
            Data::Map(_) => "a mapping".to_owned(),
        }
    }
}

impl Scalar {
    /// The place of a byte of the text in the file.
    ///
    /// Exact inside blocks `|` and in plain and quoted texts of one line. In
    /// folded texts, and after escapes, it is at least the right line wherever
    /// source and text can be matched. An offset past the end gives the end.
    #[must_use]
    pub fn place_of(&self, offset: usize) -> Place {
        self.places.of(&self.text, offset)
    }

    /// Where it begins: a block at its first line, a quoted text at its quote.
    #[must_use]
    pub fn start(&self) -> Place {
        self.places.start()
    }

    /// Whether it was written without quotes and not as a block.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.style == Style::Plain
    }

    /// Whether it is plain and empty, `~` or `null`.
    #[must_use]
    pub fn is_null(&self) -> bool {
        self.is_plain() && matches!(self.text.as_str(), "" | "~" | "null" | "Null" | "NULL")
    }

    /// The truth value, if it is plain `true` or `false`.
    #[must_use]
    pub fn truth(&self) -> Option<bool> {
        match self.text.as_str() {
            "true" if self.is_plain() => Some(true),
            "false" if self.is_plain() => Some(false),
            _ => None,
        }
    }

    /// Whether it is a plain decimal number: `-3`, `0.10`, `.5`, `1e-8`.
    ///
    /// Not `010`, `1_000` or `0x10`, which YAML's versions read differently.
    #[must_use]
    pub fn is_number(&self) -> bool {
        self.is_plain() && is_decimal(&self.text)
    }

    fn describe(&self) -> String {
        if self.is_null() {
            return "nothing".to_owned();
        }
        if self.text.is_empty() {
            return "an empty text".to_owned();
        }
        let shown = shortened(&self.text);
        if self.truth().is_some() {
            format!("`{shown}`")
        } else if self.is_number() {
            format!("the number `{shown}`")
        } else {
            format!("the text `{shown}`")
        }
    }
}

/// The first line of a text, cut where it is long.
pub(in super::super) fn shortened(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let mut shown: String = line.chars().take(SHOWN).collect();
    if shown.len() < text.trim_end().len() {
        shown.push('…');
    }
    shown
}

/// Whether a text is a decimal number as the scenario language writes them.
pub(in super::super) fn is_decimal(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let leading_zero = whole.len() > 1 && whole.starts_with('0');
    let exponent_holds = exponent.is_none_or(|exponent| {
        let power = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        !power.is_empty() && digits(power)
    });
    digits(whole)
        && digits(fraction)
        && whole.len() + fraction.len() > 0
        && !leading_zero
        && exponent_holds
}

#[cfg(test)]
mod tests {
    use super::{is_decimal, shortened};

    #[test]
    fn decimals_are_told_from_texts() {
        let numbers = [
            "0",
            "-3",
            "+5",
            "0.10",
            "0.10000000000000001",
            "1e-8",
            "-1E+6",
            ".5",
            "5.",
            "123456789012345678901234567890",
            "1.5e3",
            "0.0",
        ];
        for text in numbers {
            assert!(is_decimal(text), "{text}");
        }
        let others = [
            "", "-", ".", "e5", "1e", "1e+", "1e5.0", "010", "1_000", "0x10", ".inf", ".nan",
            "1/3", "1 2", "--1", "1.2.3", "١", "true",
        ];
        for text in others {
            assert!(!is_decimal(text), "{text}");
        }
    }

    #[test]
    fn long_texts_are_cut_in_messages() {
        let table = [
            ("abc", "abc".to_owned()),
            ("abc\n", "abc".to_owned()),
            ("abc\ndef\n", "abc…".to_owned()),
            (&"é".repeat(41), "é".repeat(40) + "…"),
        ];
        for (text, expected) in table {
            assert_eq!(shortened(text), expected);
        }
    }
}
