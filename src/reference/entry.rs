//! What there is to say of a kind, before it is written as text or Markdown.

/// Kinds that stand at one place of a scenario.
pub(super) struct Family {
    pub(super) title: &'static str,
    /// Where its kinds stand in a scenario.
    pub(super) place: &'static str,
    /// What the names in its formulas mean.
    pub(super) lead: &'static str,
    pub(super) entries: Vec<Entry>,
}

/// One kind.
#[derive(Default)]
pub(super) struct Entry {
    pub(super) kind: &'static str,
    /// Its name, or a call of the function.
    pub(super) called: String,
    /// `an optimizer`
    pub(super) family: &'static str,
    pub(super) source: &'static str,
    pub(super) meaning: &'static str,
    pub(super) formulas: Vec<Formula>,
    pub(super) notes: Vec<String>,
    /// What the names mean; on the page it stands at the family's head.
    pub(super) legend: &'static str,
    pub(super) options: Vec<Choice>,
    pub(super) states: Vec<State>,
    /// Names of conventions, with what each sets.
    pub(super) conventions: Vec<(&'static str, String)>,
    /// Lines of a set-up.
    pub(super) example: &'static str,
}

/// A formula in both languages.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Formula {
    /// When it holds, or what it is; empty for the rule itself.
    pub(super) label: String,
    pub(super) text: String,
    /// Left side, relation and right side.
    pub(super) latex: [String; 3],
}

/// An option.
pub(super) struct Choice {
    pub(super) name: &'static str,
    pub(super) meaning: String,
    /// The values that it takes.
    pub(super) allowed: Vec<String>,
    pub(super) default: Default,
    /// Defaults of conventions.
    pub(super) others: Vec<String>,
    pub(super) changes: Vec<Change>,
}

/// What holds where an option is left out.
pub(super) enum Default {
    /// It may not be.
    Required,
    /// This value.
    Value(String),
    /// What the meaning says.
    Told,
}

/// What another value of an option changes.
pub(super) struct Change {
    /// The value, and what must stand beside it.
    pub(super) when: String,
    pub(super) formulas: Vec<Formula>,
    /// States that there are only then.
    pub(super) states: Vec<State>,
}

/// A state and what it starts at.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct State {
    pub(super) name: String,
    pub(super) start: String,
    pub(super) meaning: &'static str,
}

impl Choice {
    /// The default in words.
    pub(super) fn default_words(&self) -> String {
        match &self.default {
            Default::Required => "required".to_owned(),
            Default::Value(value) => format!("default {value}"),
            Default::Told => String::new(),
        }
    }
}
