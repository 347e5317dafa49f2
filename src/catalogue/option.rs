//! Options of catalogue entries: what is allowed, what is the default, what was chosen.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use crate::number::{Rational, parse_decimal};

/// One option of a kind.
#[derive(Debug, Clone, Copy)]
pub struct Specification {
    /// Its name.
    pub name: &'static str,
    /// What it means, in one line.
    pub meaning: &'static str,
    /// The values that it may take.
    pub allowed: Allowed,
    /// Its default, as written in a scenario; `None` means that it must be given.
    pub default: Option<&'static str>,
}

/// The values that an option may take.
#[derive(Debug, Clone, Copy)]
pub enum Allowed {
    /// A number that is zero or more.
    AtLeastZero,
    /// A decay rate in [0, 1).
    DecayRate,
    /// A number in [0, 1].
    Fraction,
    /// A number that is no less than this one.
    AtLeast(i32),
    /// A whole number between these two, both included.
    Whole(i32, i32),
    /// Any number.
    Any,
    /// One of these words.
    OneOf(&'static [&'static str]),
}

/// The value of an option.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Setting {
    /// A number.
    Number(Rational),
    /// A word.
    Word(String),
}

/// What is wrong with a setting.
pub type Choice = Result<Setting, String>;

/// The options of one optimizer, all of them, in the order of its specification.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    settings: Arc<Vec<(String, Setting)>>,
}

/// The names follow from the optimizer, so the values tell options apart.
impl Hash for Options {
    fn hash<H: Hasher>(&self, state: &mut H) {
        for (_, setting) in self.settings.iter() {
            setting.hash(state);
        }
    }
}

impl Specification {
    /// The same option with what it means.
    pub(super) const fn meaning(self, meaning: &'static str) -> Self {
        Self { meaning, ..self }
    }

    /// Whether the option takes a word instead of a number.
    pub fn takes_word(&self) -> bool {
        matches!(self.allowed, Allowed::OneOf(_))
    }

    /// The words that it takes; none where it takes a number.
    pub fn words(&self) -> &'static [&'static str] {
        match self.allowed {
            Allowed::OneOf(words) => words,
            _ => &[],
        }
    }

    /// Checks a number for this option; an error quotes it as it was written.
    ///
    /// # Errors
    ///
    /// The rule that the number breaks.
    pub fn number(&self, value: Rational, written: &str) -> Choice {
        let zero = Rational::ZERO;
        let rule = match self.allowed {
            Allowed::AtLeastZero if value < zero => "must not be negative",
            Allowed::DecayRate if value < zero || value >= Rational::ONE => "must lie in [0, 1)",
            Allowed::Fraction if value < zero || value > Rational::ONE => "must lie in [0, 1]",
            Allowed::AtLeast(least) if value < Rational::from(least) => {
                return Err(format!("{} must be at least {least}, got {written}", self.name));
            }
            Allowed::Whole(least, most)
                if !value.is_int()
                    || value < Rational::from(least)
                    || value > Rational::from(most) =>
            {
                return Err(format!(
                    "{} must be a whole number from {least} to {most}, got {written}",
                    self.name
                ));
            }
            Allowed::OneOf(words) => return Err(format!("takes one of {}", words.join(", "))),
            _ => return Ok(Setting::Number(value)),
        };
        Err(format!("{} {rule}, got {written}", self.name))
    }

    /// Checks a word for this option.
    ///
    /// # Errors
    ///
    /// The words that are allowed.
    pub fn word(&self, word: &str) -> Choice {
        match self.allowed {
            Allowed::OneOf(words) if words.contains(&word) => Ok(Setting::Word(word.to_owned())),
            Allowed::OneOf(words) => {
                Err(format!("{} takes one of {}, got `{word}`", self.name, words.join(", ")))
            }
            _ => Err(format!("{} takes a number, got `{word}`", self.name)),
        }
    }

    /// The default as a setting.
    pub fn default_setting(&self) -> Option<Setting> {
        let text = self.default?;
        if self.takes_word() {
            return Some(Setting::Word(text.to_owned()));
        }
        parse_decimal(text).ok().map(Setting::Number)
    }
}

impl Options {
    /// The options from settings in the order of the specification.
    pub fn new(settings: Vec<(String, Setting)>) -> Self {
        Self { settings: Arc::new(settings) }
    }

    /// The options in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Setting)> {
        self.settings.iter().map(|(name, setting)| (name.as_str(), setting))
    }

    /// The number that the option is set to; options without one are zero to no rule.
    pub fn number(&self, name: &str) -> Option<&Rational> {
        match self.get(name)? {
            Setting::Number(number) => Some(number),
            Setting::Word(_) => None,
        }
    }

    /// The word that the option is set to, empty for none.
    pub fn word(&self, name: &str) -> &str {
        match self.get(name) {
            Some(Setting::Word(word)) => word,
            _ => "",
        }
    }

    /// Whether the option is a number other than zero.
    pub fn is_set(&self, name: &str) -> bool {
        self.number(name).is_some_and(|number| *number != Rational::ZERO)
    }

    /// Sets an option, a new one at the end.
    pub fn set(&mut self, name: &str, setting: Setting) {
        let settings = Arc::make_mut(&mut self.settings);
        match settings.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => *known = setting,
            None => settings.push((name.to_owned(), setting)),
        }
    }

    /// Takes an option away.
    pub fn unset(&mut self, name: &str) {
        Arc::make_mut(&mut self.settings).retain(|(known, _)| known != name);
    }

    fn get(&self, name: &str) -> Option<&Setting> {
        self.settings.iter().find(|(known, _)| known == name).map(|(_, setting)| setting)
    }

    /// These options, and with each way of clipping and each of weight decay.
    #[cfg(test)]
    pub(super) fn with_every_gradient(&self) -> Vec<Self> {
        use super::{CLIPS, DECAY_ON, DECAYS};
        let half = || Setting::Number(Rational::ONE / Rational::from(2));
        let word = |word: &str| Setting::Word(word.to_owned());
        let mut all = vec![self.clone()];
        for clip in CLIPS {
            let mut options = self.clone();
            options.set("clip", word(clip));
            options.set("clip_at", half());
            all.push(options);
        }
        for on in DECAY_ON {
            for (kind, _) in DECAYS {
                let mut options = self.clone();
                options.set("weight_decay", half());
                options.set("decay", word(kind));
                options.set("decay_on", word(on));
                all.push(options);
            }
        }
        all
    }

    /// Every combination of the words of a specification, numbers at one half.
    #[cfg(test)]
    pub(super) fn all_choices(specification: &[Specification]) -> Vec<Self> {
        let mut all = vec![Vec::new()];
        for option in specification {
            let settings = match option.allowed {
                Allowed::OneOf(words) => {
                    words.iter().map(|word| Setting::Word((*word).to_owned())).collect()
                }
                _ => vec![Setting::Number(Rational::ONE / Rational::from(2))],
            };
            all = all
                .iter()
                .flat_map(|chosen: &Vec<(String, Setting)>| {
                    settings.iter().map(|setting| {
                        let mut longer = chosen.clone();
                        longer.push((option.name.to_owned(), setting.clone()));
                        longer
                    })
                })
                .collect();
        }
        all.into_iter().map(Self::new).collect()
    }
}
