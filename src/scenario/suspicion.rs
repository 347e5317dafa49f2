//! What a scenario may accept that is legal and suspicious: `allow: [kink]`.

use super::{Field, Fields};

/// What is legal and suspicious.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Suspicion {
    /// A variable that nothing depends on.
    UnusedVariable,
    /// An answer that the text of its part does not ask for.
    UnaskedAnswer,
    /// A number in prose that the run does not have.
    ContradictingNumber,
    /// A plot or table of a set-up that no cell introduces.
    PlotWithoutSetup,
    /// A kink that was met, where the chosen derivative mattered.
    Kink,
    /// A run that takes another branch in double precision.
    DoublePrecision,
}

impl Suspicion {
    /// Every one with its word in a scenario.
    pub const ALL: [(&'static str, Self); 6] = [
        ("unused_variable", Self::UnusedVariable),
        ("unasked_answer", Self::UnaskedAnswer),
        ("contradicting_number", Self::ContradictingNumber),
        ("plot_without_setup", Self::PlotWithoutSetup),
        ("kink", Self::Kink),
        ("double_precision", Self::DoublePrecision),
    ];

    /// Their words.
    pub(super) const WORDS: [&'static str; 6] = [
        "unused_variable",
        "unasked_answer",
        "contradicting_number",
        "plot_without_setup",
        "kink",
        "double_precision",
    ];

    /// Its word in a scenario.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(_, one)| *one == self).map_or("", |(word, _)| word)
    }
}

/// `allow: [kink]`, or a single word.
pub(super) fn allowed(map: &mut Fields<'_>) -> Vec<Suspicion> {
    let Some(field) = map.take("allow") else { return Vec::new() };
    let one = |field: &Field<'_>| field.choice(&Suspicion::ALL);
    if field.node().is_list() {
        let items = field.items().unwrap_or_default();
        return items.iter().filter_map(one).collect();
    }
    one(&field).into_iter().collect()
}
