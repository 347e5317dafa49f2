//! What stands around an optimizer's rule: clipping, weight decay, a schedule.

use crate::catalogue::{
    CLIPS, DECAY_ON, DECAYS, Decay, Optimizer, Options, Schedule, Setting, optimizers,
};
use crate::number::Rational;

use super::quantity::rational;
use super::schema::{CLIP, DECAY};
use super::{Field, Fields, schedule};

/// Clipping, weight decay and schedule as a set-up or an optimizer asks for them.
#[derive(Debug, Clone, Default)]
pub(super) struct Modifiers<'n> {
    clip: Option<(&'static str, Rational)>,
    decay: Option<WeightDecay<'n>>,
    schedule: Option<Schedule>,
}

#[derive(Debug, Clone)]
struct WeightDecay<'n> {
    place: Field<'n>,
    kind: Option<Decay>,
    value: Rational,
    on: Option<&'static str>,
}

impl<'n> Modifiers<'n> {
    /// The keys of a mapping; what is not there is as outside.
    pub(super) fn read(map: &mut Fields<'n>, outer: &Self) -> Self {
        let clip = map.take("clip");
        let decay = map.take("weight_decay");
        let schedule = map.take("schedule");
        Self {
            clip: clip.map_or_else(|| outer.clip.clone(), |field| clipping(&field)),
            decay: decay.map_or_else(|| outer.decay.clone(), |field| weight_decay(&field)),
            schedule: match schedule {
                Some(field) => schedule::read(&field),
                None => outer.schedule.clone(),
            },
        }
    }

    /// Whether weight decay is asked for, or refused, in so many words.
    pub(super) fn decays(&self) -> bool {
        self.decay.is_some()
    }

    /// The schedule of the learning rate.
    pub(super) fn schedule(&self) -> Option<Schedule> {
        self.schedule.clone()
    }

    /// Adds the options to those of an optimizer.
    pub(super) fn apply(&self, optimizer: &Optimizer, options: &mut Options) {
        let word = |word: &str| Setting::Word(word.to_owned());
        if let Some((kind, at)) = &self.clip {
            options.set("clip", word(kind));
            options.set("clip_at", Setting::Number(at.clone()));
        }
        if let Some(decay) = &self.decay {
            options.set("weight_decay", Setting::Number(decay.value.clone()));
            if let Some(kind) = decay.kind {
                options.set("decay", word(kind.word()));
            }
        }
        if !options.is_set("weight_decay") {
            options.unset("weight_decay");
            options.unset("decay");
            return;
        }
        if options.word("decay").is_empty() {
            options.set("decay", word(optimizer.decay.0.word()));
        }
        let kind = options.word("decay").to_owned();
        let Some(decay) = &self.decay else {
            if kind == Decay::Decoupled.word() {
                options.set("decay_on", word(DECAY_ON[0]));
            }
            return;
        };
        if kind == Decay::Inside.word() && !optimizer.decays_inside() {
            let able = optimizers().iter().filter(|one| one.decays_inside());
            let able: Vec<String> = able.map(|one| format!("`{}`", one.kind)).collect();
            decay.place.refuse(format!(
                "weight decay inside the rule is for {}; `{}` takes coupled or decoupled",
                able.join(" and "),
                optimizer.kind
            ));
        }
        if kind == Decay::Decoupled.word() {
            options.set("decay_on", word(decay.on.unwrap_or(DECAY_ON[0])));
        } else if decay.on.is_some() {
            decay.place.refuse("`on` belongs to decoupled weight decay");
        }
    }
}

fn clipping(field: &Field<'_>) -> Option<(&'static str, Rational)> {
    let mut map = field.fields(&CLIP)?;
    let words = CLIPS.map(|word| (word, word));
    let kind = map.required("kind").and_then(|kind| kind.choice(&words));
    let at = map.required("at").and_then(|at| {
        let number = rational(&at)?;
        if number <= Rational::ZERO {
            at.refuse("gradients are clipped at a number above 0");
            return None;
        }
        Some(number)
    });
    map.finish();
    Some((kind?, at?))
}

fn weight_decay<'n>(field: &Field<'n>) -> Option<WeightDecay<'n>> {
    let place = field.clone();
    if !field.node().is_map() {
        return Some(WeightDecay { place, kind: None, value: strength(field)?, on: None });
    }
    let mut map = field.fields(&DECAY)?;
    let kind = map.choice("kind", &DECAYS);
    let value = map.required("value").and_then(|value| strength(&value));
    let on = map.choice("on", &DECAY_ON.map(|word| (word, word)));
    map.finish();
    Some(WeightDecay { place, kind, value: value?, on })
}

/// A number that is not negative.
pub(super) fn strength(field: &Field<'_>) -> Option<Rational> {
    let written = field.text()?.text.trim();
    let value = rational(field)?;
    if value < Rational::ZERO {
        field.refuse(format!("weight_decay must not be negative, got {written}"));
        return None;
    }
    Some(value)
}
