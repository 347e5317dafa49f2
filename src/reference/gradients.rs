//! Clipping and weight decay, by the lines that they add to a rule.

use crate::catalogue::{
    self, CLIPS_EXPLAINED, DECAY_ON, DECAYS, DECAYS_EXPLAINED, Decay, Explanation, Optimizer,
    Options, Setting,
};
use crate::number::Rational;

use super::entry::{Change, Choice, Default, Entry, Family, Formula};
use super::optimizers::defaults;
use super::rules::formulas;

pub(super) fn clipping() -> Family {
    let entry = |explained: &Explanation| {
        let with = [("clip", explained.kind)];
        entry(explained, "a kind of clipping", whole("sgd", &with, "clip_at"))
    };
    Family {
        title: "Clipping",
        place: "values of `clip`",
        lead: "They stand in a set-up or in one of its optimizers. Gradients are clipped \
               before the weight decay and the optimizer's rule, here that of `sgd`; `clip_at` is \
               the value of `at`, `G` a norm. At equality nothing is clipped.",
        entries: CLIPS_EXPLAINED.iter().map(entry).collect(),
    }
}

pub(super) fn weight_decay() -> Family {
    let entry = |explained: &Explanation| {
        let known = DECAYS.iter().find(|(word, _)| *word == explained.kind);
        let kind = known.map(|(_, kind)| *kind);
        let around = if kind == Some(Decay::Inside) { "lamb" } else { "sgd" };
        let rule = |on: &str| {
            whole(around, &[("decay", explained.kind), ("decay_on", on)], "weight_decay")
        };
        let mut entry = entry(explained, "a kind of weight decay", rule(DECAY_ON[0]));
        for option in entry.options.iter_mut().filter(|option| option.name == "on") {
            let when = DECAY_ON[1].to_owned();
            option.changes.push(Change { when, formulas: rule(DECAY_ON[1]), states: Vec::new() });
        }
        entry
    };
    Family {
        title: "Weight decay",
        place: "values of `weight_decay`",
        lead: "They stand in a set-up or in one of its optimizers; a number alone is \
               the strength of the optimizer's own kind. `weight_decay` in a formula is the value \
               of `value`. The rule is that of `sgd`, but for `inside`, which is `lamb`'s.",
        entries: DECAYS_EXPLAINED.iter().map(entry).collect(),
    }
}

fn entry(explained: &Explanation, family: &'static str, formulas: Vec<Formula>) -> Entry {
    let key = |(name, meaning): &(&'static str, &str)| Choice {
        name,
        meaning: (*meaning).to_owned(),
        allowed: Vec::new(),
        default: if *name == "on" { Default::Told } else { Default::Required },
        others: Vec::new(),
        changes: Vec::new(),
    };
    Entry {
        kind: explained.kind,
        called: explained.kind.to_owned(),
        family,
        source: explained.source,
        meaning: explained.meaning,
        formulas,
        legend: if explained.kind == Decay::Inside.word() {
            "theta is the parameter, g its gradient; the rule around is that of lamb"
        } else {
            "theta is the parameter, g its gradient; the rule around is that of sgd"
        },
        options: explained.keys.iter().map(key).collect(),
        example: explained.example,
        ..Entry::default()
    }
}

/// The whole rule of an optimizer with these words among its options, and one number.
fn whole(kind: &str, words: &[(&str, &str)], number: &str) -> Vec<Formula> {
    let Some(optimizer) = catalogue::optimizer(kind) else { return Vec::new() };
    formulas(&optimizer.whole_rule(&options(optimizer, words, number), None, None))
}

fn options(optimizer: &Optimizer, words: &[(&str, &str)], number: &str) -> Options {
    let mut options = defaults(optimizer.options);
    for (name, word) in words {
        options.set(name, Setting::Word((*word).to_owned()));
    }
    options.set(number, Setting::Number(Rational::ONE));
    options
}
