//! What the random models were made of, and what was met on the way, so that nothing is
//! lost unnoticed.

use std::collections::BTreeMap;

use super::model::Model;

#[derive(Default, Debug)]
pub(crate) struct Tally {
    pub(crate) models: usize,
    /// Models on a kink, and how many would have another gradient by another convention.
    pub(crate) kinked: usize,
    pub(crate) mattered: usize,
    pub(crate) zero_norms: usize,
    /// The branches of each function, by sign.
    pub(crate) signs: BTreeMap<String, [usize; 3]>,
    /// How often functions and operators were written.
    pub(crate) parts: BTreeMap<&'static str, usize>,
    pub(crate) repeated: usize,
    pub(crate) used_twice: usize,
    /// Numbers compared with forward mode, and models with differences.
    pub(crate) derivatives: usize,
    pub(crate) differences: usize,
    /// Derivations in symbols that came to the engine's numbers.
    pub(crate) nodes: usize,
    pub(crate) definitions: usize,
    pub(crate) chains: usize,
    /// Those in which the size of a matrix of ones is left open.
    pub(crate) open: usize,
}

impl Tally {
    /// Adds what a model is made of.
    pub(crate) fn count(&mut self, model: &Model) {
        self.models += 1;
        self.repeated += usize::from(model.repeated.is_some());
        for part in model.parts() {
            *self.parts.entry(part).or_default() += 1;
        }
        let uses = |name: &String| -> usize {
            model.definitions.iter().map(|(_, tree)| tree.uses(name)).sum()
        };
        self.used_twice += usize::from(model.shapes.keys().any(|name| uses(name) > 1));
    }

    /// Whatever the scenario language offers is called in some models, from each side of a kink
    /// and on it.
    pub(crate) fn covers(&self, parts: &[&str]) {
        for part in parts {
            let count = self.parts.get(part).copied().unwrap_or(0);
            assert!(count >= 10, "`{part}` stands {count} times in all models");
        }
        for (function, signs) in &self.signs {
            assert!(signs.iter().all(|count| *count >= 10), "{function}: {signs:?}");
        }
    }
}
