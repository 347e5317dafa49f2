//! From a kind's name and its options to a [`Scheme`], by the table of kinds.
//!
//! What is left out has the convention's default, and the table's own where the convention is
//! silent. All problems are reported at once.

use super::exact::{Fraction, Number};
use super::kinds::{KINDS, Kind, OptionEntry, OptionType};
use super::scheme::{Correction, Fan, Gain, Scheme, Tails};

/// An option's value as a scenario gives it.
#[derive(Clone, Debug, PartialEq)]
pub enum OptionValue {
    /// A number.
    Number(Number),
    /// A word, such as `relu` or `average`.
    Word(String),
    /// A word with an argument: `leaky_relu(0.2)`.
    Call(String, Number),
}

/// Why names and values are not a scheme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KindError {
    /// No such kind.
    Kind(String),
    /// The kind has no such option.
    Option(String),
    /// An option without default is missing.
    Missing(&'static str),
    /// The value is not what the option holds.
    Value(&'static str),
}

impl std::fmt::Display for KindError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Kind(name) => write!(f, "unknown initializer `{name}`"),
            Self::Option(name) => write!(f, "unknown option `{name}`"),
            Self::Missing(name) => write!(f, "option `{name}` is required"),
            Self::Value(name) => write!(f, "option `{name}` cannot take this value"),
        }
    }
}

impl std::error::Error for KindError {}

/// The scheme that a kind's name and its options describe; what is left out has the convention's
/// default, and the table's own where the convention is silent.
///
/// # Errors
///
/// All problems with the names and the values' types. Whether the values are in range,
/// [`Scheme::violations`] says.
pub fn build(
    name: &str,
    convention: &str,
    options: &[(String, OptionValue)],
) -> Result<Scheme, Vec<KindError>> {
    let Some(kind) = KINDS.iter().find(|kind| kind.name == name) else {
        return Err(vec![KindError::Kind(name.to_owned())]);
    };
    let known = |name: &str| kind.options.iter().any(|option| option.name == name);
    let strangers = options.iter().filter(|(name, _)| !known(name));
    let errors = strangers.map(|(name, _)| KindError::Option(name.clone())).collect();
    let mut reader = Reader { kind, convention, options, errors };
    let scheme = reader.scheme();
    if reader.errors.is_empty() { Ok(scheme) } else { Err(reader.errors) }
}

struct Reader<'a> {
    kind: &'a Kind,
    convention: &'a str,
    options: &'a [(String, OptionValue)],
    errors: Vec<KindError>,
}

impl Reader<'_> {
    fn scheme(&mut self) -> Scheme {
        match self.kind.name {
            "ones" => Scheme::Ones,
            "constant" => Scheme::Constant { value: self.number("value") },
            "normal" => Scheme::Normal { mean: self.number("mean"), std: self.number("std") },
            "uniform" => Scheme::Uniform { low: self.number("low"), high: self.number("high") },
            "truncated_normal" => Scheme::TruncatedNormal {
                mean: self.number("mean"),
                std: self.number("std"),
                low: self.number("low"),
                high: self.number("high"),
                correction: self.one_of("correction", [Correction::None, Correction::Variance]),
            },
            "lecun_normal" => Scheme::LecunNormal { tails: self.tails() },
            "lecun_uniform" => Scheme::LecunUniform,
            "xavier_normal" => Scheme::XavierNormal { gain: self.gain(), tails: self.tails() },
            "xavier_uniform" => Scheme::XavierUniform { gain: self.gain() },
            "kaiming_normal" => {
                Scheme::KaimingNormal { fan: self.fan(), gain: self.gain(), tails: self.tails() }
            }
            "kaiming_uniform" => Scheme::KaimingUniform { fan: self.fan(), gain: self.gain() },
            "orthogonal" => Scheme::Orthogonal { gain: self.gain() },
            "sparse" => {
                Scheme::Sparse { fraction: self.number("fraction"), std: self.number("std") }
            }
            "identity" => Scheme::Identity { gain: self.gain() },
            _ => Scheme::Zeros,
        }
    }

    fn fan(&mut self) -> Fan {
        self.one_of("fan", [Fan::In, Fan::Out, Fan::Average])
    }

    fn tails(&mut self) -> Tails {
        self.one_of("tails", [Tails::Full, Tails::Truncated])
    }

    /// The meaning of a word, given in the order of the table's words.
    fn one_of<T: Copy, const N: usize>(&mut self, name: &'static str, meanings: [T; N]) -> T {
        let position = match (self.value(name), self.entry(name).map(|entry| entry.holds)) {
            (Some(OptionValue::Word(word)), Some(OptionType::Choice(words))) => {
                words.iter().position(|known| *known == word)
            }
            _ => None,
        };
        let meaning = position.and_then(|position| meanings.get(position).copied());
        meaning.unwrap_or_else(|| {
            self.errors.push(KindError::Value(name));
            meanings[0]
        })
    }

    fn number(&mut self, name: &'static str) -> Number {
        match self.value(name) {
            Some(OptionValue::Number(number)) => return number,
            Some(OptionValue::Word(_) | OptionValue::Call(..)) => {
                self.errors.push(KindError::Value(name));
            }
            None => self.errors.push(KindError::Missing(name)),
        }
        Number::ONE
    }

    fn gain(&mut self) -> Gain {
        let value = self.value("gain");
        let gain = value.and_then(|value| match value {
            OptionValue::Number(number) => Some(Gain::Number(number)),
            OptionValue::Word(word) => named_gain(&word),
            OptionValue::Call(word, slope) => {
                (word == "leaky_relu").then_some(Gain::LeakyRelu(slope))
            }
        });
        gain.unwrap_or_else(|| {
            self.errors.push(KindError::Value("gain"));
            Gain::Linear
        })
    }

    fn entry(&self, name: &str) -> Option<&'static OptionEntry> {
        self.kind.options.iter().find(|option| option.name == name)
    }

    fn value(&self, name: &str) -> Option<OptionValue> {
        if let Some((_, value)) = self.options.iter().find(|(given, _)| given == name) {
            return Some(value.clone());
        }
        let entry = self.entry(name)?;
        let other = entry.conventions.iter().find(|(name, _)| *name == self.convention);
        let text = other.map(|(_, value)| *value).or(entry.default)?;
        let number = decimal(text).map(OptionValue::Number);
        Some(number.unwrap_or_else(|| OptionValue::Word(text.to_owned())))
    }
}

fn named_gain(word: &str) -> Option<Gain> {
    Some(match word {
        "relu" => Gain::Relu,
        "leaky_relu" => Gain::LeakyRelu(Number::ratio(1, 100)),
        "tanh" => Gain::Tanh,
        "linear" => Gain::Linear,
        "sigmoid" => Gain::Sigmoid,
        "selu" => Gain::Selu,
        _ => return None,
    })
}

/// The decimals of the table above; scenarios bring their numbers ready.
fn decimal(text: &str) -> Option<Number> {
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    let digits: i128 = format!("{whole}{rest}").parse().ok()?;
    let scale = 10_i128.checked_pow(u32::try_from(rest.len()).ok()?)?;
    Fraction::new(digits, scale).map(Number::Fraction)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_those_of_the_convention() {
        let number = Number::ratio;
        let (full, cut) = (Tails::Full, Tails::Truncated);
        let kaiming = |tails| Scheme::KaimingNormal { fan: Fan::In, gain: Gain::Relu, tails };
        let table = [
            ("normal", "pytorch", Scheme::Normal { mean: Number::ZERO, std: Number::ONE }),
            ("normal", "keras", Scheme::Normal { mean: Number::ZERO, std: number(1, 20) }),
            ("uniform", "keras", Scheme::Uniform { low: number(-1, 20), high: number(1, 20) }),
            ("kaiming_normal", "paper", kaiming(full)),
            ("kaiming_normal", "keras", kaiming(cut)),
            ("identity", "", Scheme::Identity { gain: Gain::Number(Number::ONE) }),
        ];
        for (name, convention, expected) in table {
            assert_eq!(build(name, convention, &[]), Ok(expected), "{name} {convention}");
        }
    }

    #[test]
    fn every_problem_is_reported() {
        let word = |text: &str| OptionValue::Word(text.to_owned());
        let (one, slope) = (OptionValue::Number(Number::ONE), Number::ratio(1, 5));
        let call = OptionValue::Call("leaky_relu".to_owned(), slope);
        let option = |name: &str, value: &OptionValue| (name.to_owned(), value.clone());
        let leaky = Scheme::XavierUniform { gain: Gain::LeakyRelu(slope) };
        let table = [
            ("orthodox", vec![], Err(vec![KindError::Kind("orthodox".to_owned())])),
            ("constant", vec![], Err(vec![KindError::Missing("value")])),
            ("xavier_uniform", vec![option("gain", &call)], Ok(leaky)),
            (
                "kaiming_uniform",
                vec![
                    option("fan", &word("inn")),
                    option("gain", &word("swish")),
                    option("a", &one),
                ],
                Err(vec![
                    KindError::Option("a".to_owned()),
                    KindError::Value("fan"),
                    KindError::Value("gain"),
                ]),
            ),
        ];
        for (name, options, expected) in table {
            assert_eq!(build(name, "", &options), expected, "{name}");
        }
    }

    #[test]
    fn every_kind_of_the_table_can_be_built() {
        for kind in KINDS {
            let required = kind.options.iter().filter(|option| option.default.is_none());
            let half = OptionValue::Number(Number::ratio(1, 2));
            let options: Vec<_> =
                required.map(|option| (option.name.to_owned(), half.clone())).collect();
            let scheme = build(kind.name, "", &options).unwrap();
            assert!(scheme.violations().is_empty(), "{}", kind.name);
            assert_eq!(scheme.kind_name(), kind.name);
        }
    }
}
