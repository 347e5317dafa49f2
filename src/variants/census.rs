//! What is counted over all variants: how hard they are, and which answers they share.
//!
//! Answers are compared as they are displayed, since that is what a student writes. Of each
//! answer a digest is kept and a few variants, never the papers.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

use crate::scenario::Feature;

use super::fingerprint::Fingerprint;
use super::key::KeyRow;
use super::manifest::Entry;

/// The most variants that are named where several are alike.
pub(super) const NAMED: usize = 12;

/// Counts over the variants that were added so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Census {
    /// How many variants there are.
    pub variants: u64,
    features: BTreeMap<Feature, BTreeMap<u64, Group>>,
    /// Variants by the counts of all features together.
    alike: BTreeMap<Fingerprint, Group>,
    /// The parts in their order, with their answers.
    pub parts: Vec<Part>,
}

/// Variants that have something in common.
#[derive(Debug, Clone, Default)]
pub(super) struct Group {
    /// How many there are.
    pub count: u64,
    /// The first of them.
    pub first: Vec<u64>,
}

/// One part of the paper.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub label: String,
    /// Variants by all answers of the part together.
    together: BTreeMap<[u8; 16], Group>,
    pub answers: Vec<Answer>,
}

/// One answer of a part.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub path: String,
    values: BTreeMap<[u8; 16], Shared>,
}

/// Variants that have one answer in common.
#[derive(Debug, Clone, Default)]
struct Shared {
    count: u64,
    /// The answer, once two variants have it.
    text: Option<Box<str>>,
}

impl Group {
    fn add(&mut self, variant: u64) {
        self.count += 1;
        if self.first.len() < NAMED {
            self.first.push(variant);
        }
    }
}

impl Census {
    /// Counts a variant with its answers.
    pub(super) fn add(&mut self, entry: &Entry, rows: &[KeyRow]) {
        self.variants += 1;
        for (_, feature) in Feature::ALL {
            let values = self.features.entry(feature).or_default();
            values.entry(entry.difficulty.count(feature)).or_default().add(entry.number);
        }
        self.alike.entry(entry.difficulty.clone()).or_default().add(entry.number);
        for rows in rows.chunk_by(|one, next| one.part == next.part) {
            let Some(first) = rows.first() else { continue };
            let part = self.part(&first.part);
            let mut all = Sha256::new();
            for row in rows {
                all.update(&row.displayed);
                all.update([0]);
                part.answer(&row.path).add(&row.displayed);
            }
            part.together.entry(short(all)).or_default().add(entry.number);
        }
    }

    fn part(&mut self, label: &str) -> &mut Part {
        let known = self.parts.iter().position(|part| part.label == label);
        let index = known.unwrap_or(self.parts.len());
        if known.is_none() {
            let label = label.to_owned();
            self.parts.push(Part { label, together: BTreeMap::new(), answers: Vec::new() });
        }
        &mut self.parts[index]
    }

    /// The variants by their count of a feature, in ascending order.
    pub(super) fn of(&self, feature: Feature) -> impl Iterator<Item = (u64, &Group)> {
        self.features.get(&feature).into_iter().flatten().map(|(value, group)| (*value, group))
    }

    /// How many variants are exactly as hard as a paper, and how many kinds there are.
    pub(super) fn alike(&self, paper: &Fingerprint) -> (u64, usize) {
        (self.alike.get(paper).map_or(0, |group| group.count), self.alike.len())
    }

    /// Twice the count that stands at `quarters` quarters of the variants in ascending
    /// order: a mean of two where it falls between them.
    pub(super) fn quantile(&self, feature: Feature, quarters: u64) -> u64 {
        let at = |index: u64| {
            let mut passed = 0;
            let mut last = 0;
            for (value, group) in self.of(feature) {
                passed += group.count;
                last = value;
                if passed > index {
                    break;
                }
            }
            last
        };
        // Of n values the k-th quarter has k·n/4 below it.
        let below = quarters * self.variants;
        let index = (below / 4).min(self.variants.saturating_sub(1));
        match below.is_multiple_of(4) && index > 0 && below < 4 * self.variants {
            true => at(index - 1) + at(index),
            false => 2 * at(index),
        }
    }

    /// The counts of a feature that lie far from most: more than one and a half times the
    /// distance of the quartiles outside of them (Tukey's fences).
    pub(super) fn outliers(&self, feature: Feature) -> Vec<(u64, &Group)> {
        let (low, high) = (self.quantile(feature, 1), self.quantile(feature, 3));
        // All in quarters of a count, so that nothing is rounded.
        let reach = 3 * (high - low);
        let outside = |value: &u64| 4 * value + reach < 2 * low || 4 * value > 2 * high + reach;
        self.of(feature).filter(|(value, _)| outside(value)).collect()
    }
}

impl Part {
    fn answer(&mut self, path: &str) -> &mut Answer {
        let known = self.answers.iter().position(|answer| answer.path == path);
        let index = known.unwrap_or(self.answers.len());
        if known.is_none() {
            self.answers.push(Answer { path: path.to_owned(), values: BTreeMap::new() });
        }
        &mut self.answers[index]
    }

    /// How many different sets of answers there are.
    pub(super) fn different(&self) -> usize {
        self.together.len()
    }

    /// The variants that share all answers of the part, the largest groups first.
    pub(super) fn shared(&self) -> Vec<&Group> {
        let mut groups: Vec<&Group> =
            self.together.values().filter(|group| group.count > 1).collect();
        groups.sort_by(|one, other| {
            other.count.cmp(&one.count).then_with(|| one.first.cmp(&other.first))
        });
        groups
    }
}

impl Answer {
    fn add(&mut self, displayed: &str) {
        let mut hash = Sha256::new();
        hash.update(displayed);
        let shared = self.values.entry(short(hash)).or_default();
        shared.count += 1;
        if shared.count == 2 {
            shared.text = Some(displayed.into());
        }
    }

    /// How many different answers there are.
    pub(super) fn different(&self) -> usize {
        self.values.len()
    }

    /// The answer of most variants, where two have it, with how many have it.
    pub(super) fn commonest(&self) -> Option<(&str, u64)> {
        let shared = self.values.values().filter_map(|one| Some((one.text.as_deref()?, one.count)));
        shared.min_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(other.0)))
    }
}

fn short(hash: Sha256) -> [u8; 16] {
    let digest: [u8; 32] = hash.finalize().into();
    let mut short = [0; 16];
    short.copy_from_slice(&digest[..16]);
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    fn census(counts: &[u64]) -> Census {
        let mut census = Census::default();
        for (number, count) in (1..).zip(counts) {
            let entry = Entry {
                number,
                code: String::new(),
                student: None,
                variables: Vec::new(),
                difficulty: Fingerprint::of_counts([(Feature::Digits, *count)]),
            };
            census.add(&entry, &[]);
        }
        census
    }

    #[test]
    fn quartiles_are_those_of_the_textbook() {
        // Twice the first quartile, median and third quartile: the median of the lower
        // half, of all, and of the upper half, for an even number of values; by hand.
        let table: [(&[u64], [u64; 3]); 5] = [
            (&[4], [8, 8, 8]),
            (&[1, 2], [2, 3, 4]),
            (&[4, 1, 3, 2], [3, 5, 7]),
            (&[5, 5, 5, 5, 5, 5, 5, 9], [10, 10, 10]),
            (&[1, 2, 3, 4, 5, 6, 7, 8], [5, 9, 13]),
        ];
        for (counts, quartiles) in table {
            let census = census(counts);
            let found = [1, 2, 3].map(|quarters| census.quantile(Feature::Digits, quarters));
            assert_eq!(found, quartiles, "{counts:?}");
        }
    }

    #[test]
    fn outliers_lie_beyond_the_fences() {
        // Quartiles 2.5 and 6.5, so the fences are -3.5 and 12.5.
        let near = census(&[1, 2, 3, 4, 5, 6, 7, 12]);
        assert!(near.outliers(Feature::Digits).is_empty());
        let far = census(&[1, 2, 3, 4, 5, 6, 7, 13]);
        let found: Vec<_> = far.outliers(Feature::Digits).iter().map(|(value, _)| *value).collect();
        assert_eq!(found, [13]);
        assert_eq!(far.outliers(Feature::Digits)[0].1.first, [8]);
    }
}
