//! `mistakes` of a part: wrong turns that students take.
//!
//! ```text
//! - sgd_instead                                    one of the catalogue's
//! - {kind: old_state, remark: …}                   with a remark for the marker
//! - {kind: old_state, from: 1}                     made from this iteration on
//! - custom: {optimizer: {kind: momentum, …}}       another optimizer
//!   remark: …
//! - custom: {model: …}                             another model over the same names
//! ```
//!
//! A mistake is made in every run that the part asks about, from the first iteration asked
//! for, if `from` names no earlier one; one that can be made in none of them is refused. An optimizer in `custom` is read like
//! any of the set-up; without a `learning_rate` it takes that of the run it stands for.

use std::sync::Arc;

use crate::catalogue::Mistake as Known;
use crate::formula::Expression;
use crate::trace::{Path, Target};

use super::definition::{Definition, Instead, Mistake, Reduction, Run, RunId, Setup, Turn};
use super::modifier::Modifiers;
use super::optimizer::{self, Around};
use super::schema::{CUSTOM, MISTAKE, SETUP};
use super::shapes::dimensions;
use super::text::Text;
use super::yaml::Key;
use super::{Field, Fields, model, suggest};

/// The iterations of a run that a part asks about.
#[derive(Debug, Clone, Copy)]
struct Span {
    run: RunId,
    from: usize,
    to: usize,
}

/// Reads the mistakes of one part.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mistakes<'a> {
    /// The set-ups, and the text that they were read from.
    pub setups: &'a [Setup],
    pub text: &'a Field<'a>,
}

impl Mistakes<'_> {
    /// The mistakes of a part with these answers; of answers that were refused nothing is known.
    pub(super) fn read(
        &self,
        field: &Field<'_>,
        answers: Option<&[Path]>,
    ) -> Option<Vec<Arc<Mistake>>> {
        let items = field.items()?;
        let spans = answers.map(|answers| self.spans(answers));
        if !items.is_empty() && spans.as_ref().is_some_and(Vec::is_empty) {
            let problem = field.problem("this part has no answer that is computed");
            let help = "list what is asked for in `answers`, such as `[sgd.t1.w]`";
            field.report().push(problem.with_help(help));
            return None;
        }
        let spans = spans.unwrap_or_default();
        let read: Vec<_> =
            items.iter().map(|item| self.mistake(item, &spans).map(Arc::new)).collect();
        read.into_iter().collect()
    }

    /// The runs that are asked about, from the first answer to the last.
    fn spans(&self, answers: &[Path]) -> Vec<Span> {
        let mut list: Vec<Span> = Vec::new();
        for path in answers {
            let Target::Record { run, t, .. } = &path.target else { continue };
            let named = |setup: &Setup| setup.name == path.setup;
            let Some(setup) = self.setups.iter().position(named) else { continue };
            let own = &self.setups[setup];
            let Some(run) = own.runs.iter().position(|known| known.name == *run) else { continue };
            let run = RunId { setup, run };
            if *t <= own.start_iteration {
                continue;
            }
            match list.iter_mut().find(|span| span.run == run) {
                Some(span) => (span.from, span.to) = (span.from.min(*t), span.to.max(*t)),
                None => list.push(Span { run, from: *t, to: *t }),
            }
        }
        list
    }

    fn mistake(&self, field: &Field<'_>, spans: &[Span]) -> Option<Mistake> {
        if !field.node().is_map() {
            return Some(Mistake { remark: None, turns: self.known(field, spans)? });
        }
        let mut map = field.fields(&MISTAKE)?;
        let remark = map.take("remark").map(|text| Text::read(&text));
        let custom = map.take("custom");
        let spans = match map.take("from") {
            Some(field) => self.since(&field, spans),
            None => Some(spans.to_vec()),
        };
        let known = spans.as_deref().unwrap_or_default();
        let turns = match &custom {
            Some(custom) => self.custom(custom, known),
            None => self.kind(&mut map, known),
        };
        map.finish();
        let remark = remark.map_or(Some(None), |text| text.map(Some));
        spans.and(Some(Mistake { remark: remark?, turns: turns? }))
    }

    /// The spans begun in an earlier iteration.
    fn since(&self, field: &Field<'_>, spans: &[Span]) -> Option<Vec<Span>> {
        let first = |span: &Span| self.setups[span.run.setup].start_iteration + 1;
        let number = |t: usize| u64::try_from(t).unwrap_or(u64::MAX);
        let least = spans.iter().map(first).max().map_or(1, number);
        let most = spans.iter().map(|span| span.from).min().map_or(u64::MAX, number);
        let from = usize::try_from(field.unsigned_in(least..=most)?).ok()?;
        Some(spans.iter().map(|span| Span { from, ..*span }).collect())
    }

    fn kind(&self, map: &mut Fields<'_>, spans: &[Span]) -> Option<Vec<Turn>> {
        let whole = map.whole().clone();
        let kind = map.take("kind");
        if kind.is_none() {
            let help = "write `{kind: sign_slip, remark: …}`, or `{custom: {optimizer: …}}`";
            // A key that is a mistake's name stands in the place of `kind`.
            let named = map
                .first_left()
                .filter(|key| Known::ALL.iter().any(|(known, _)| *known == key.text));
            let message = "a mistake is named by `kind`, or stands in `custom`";
            match named {
                Some(key) => {
                    let help = format!("write `{{kind: {}}}`, or the name alone", key.text);
                    whole.refuse_key(key, message, Some(help));
                    map.pass_over();
                }
                None => whole.refuse_with(message, help),
            }
        }
        self.known(&kind?, spans)
    }

    /// A mistake of the catalogue, in every run in which it can be made.
    fn known(&self, field: &Field<'_>, spans: &[Span]) -> Option<Vec<Turn>> {
        let word = field.node().scalar().map(|scalar| scalar.text.as_str());
        let found = Known::ALL.iter().find(|(known, _)| Some(*known) == word);
        let Some((word, mistake)) = found else {
            let words = Known::ALL.map(|(word, _)| word);
            let found = field.node().describe();
            let problem = field.problem(format!("expected a mistake, found {found}"));
            field.report().push(match suggest(word.unwrap_or_default(), words) {
                Some(meant) => problem.with_help(format!("did you mean `{meant}`?")),
                None => problem.with_help(format!("the mistakes are {}", words.join(", "))),
            });
            return None;
        };
        let able = |mistake: Known| {
            let able = move |span: &&Span| self.obstacle(span, mistake).is_none();
            spans.iter().filter(able)
        };
        let turns: Vec<Turn> =
            able(*mistake).map(|span| span.turn(Instead::Slip(*mistake))).collect();
        if let (true, Some(span)) = (turns.is_empty(), spans.first()) {
            let why = self.obstacle(span, *mistake).unwrap_or_default();
            let problem = field.problem(format!("`{word}` can't be made here: {why}"));
            let others = Known::ALL.iter().filter(|(_, other)| able(*other).next().is_some());
            let others: Vec<&str> = others.map(|(word, _)| *word).collect();
            let help = format!("what can be made here: {}", others.join(", "));
            field.report().push(problem.with_help(help));
            return None;
        }
        Some(turns)
    }

    /// Why a mistake can't be made in a run.
    fn obstacle(&self, span: &Span, mistake: Known) -> Option<String> {
        let setup = &self.setups[span.run.setup];
        let run = &setup.runs[span.run.run];
        let name = &run.name;
        if mistake == Known::ForgottenActivationDerivative {
            return obstacle_of_activations(setup);
        }
        if mistake == Known::SumInsteadOfMean {
            return obstacle_of_sums(setup, span);
        }
        let altered =
            mistake.setting(run.optimizer, &run.options).and_then(|(optimizer, options)| {
                mistake.whole_rule(optimizer, &options, run.custom.as_ref(), run.schedule.as_ref())
            });
        if altered.is_some() {
            return None;
        }
        Some(match mistake {
            Known::MomentumWithoutFactor => {
                format!("the rule of `{name}` has no momentum with a factor 1 - beta")
            }
            Known::SgdInstead => format!("`{name}` is SGD already"),
            Known::NoBiasCorrection => format!("the rule of `{name}` corrects no bias"),
            Known::SignSlip => format!("the rule of `{name}` subtracts no step from theta"),
            Known::EpsilonMisplaced if run.options.word("epsilon_place").is_empty() => {
                format!("the rule of `{name}` has no `epsilon_place`")
            }
            Known::EpsilonMisplaced => {
                format!("the epsilon of `{name}` is 0, so its place makes no difference")
            }
            Known::OldState => format!("the step of `{name}` is made with no new state"),
            Known::ForgottenActivationDerivative | Known::SumInsteadOfMean => String::new(),
        })
    }

    /// `{optimizer: …}` or `{model: …}`
    fn custom(&self, field: &Field<'_>, spans: &[Span]) -> Option<Vec<Turn>> {
        let mut map = field.fields(&CUSTOM)?;
        let optimizer = map.take("optimizer");
        let model = map.take("model");
        map.finish();
        let one = |span: &Span| {
            let instead = match (&optimizer, &model) {
                (Some(field), None) => self.optimizer(field, span),
                (None, Some(field)) => self.model(field, span),
                _ => None,
            };
            instead.map(|instead| span.turn(instead))
        };
        if optimizer.is_some() == model.is_some() {
            let problem = field.problem("`custom` takes another `optimizer` or another `model`");
            field.report().push(problem.with_help("two mistakes are two entries of the list"));
        }
        let turns: Vec<Option<Turn>> = spans.iter().map(one).collect();
        turns.into_iter().collect()
    }

    /// Another optimizer in the place of the run's.
    fn optimizer(&self, field: &Field<'_>, span: &Span) -> Option<Instead> {
        let setup = &self.setups[span.run.setup];
        let right = &setup.runs[span.run.run];
        let entries = field.entries()?;
        if let Some((_, display)) = entries.iter().find(|(key, _)| key.text == "display") {
            display.refuse("wrong numbers are displayed like the right ones");
        }
        let mut whole = self.whole(setup)?;
        let modifiers = Modifiers::read(&mut whole, &Modifiers::default());
        let trained: Vec<&str> = setup.trained_names().collect();
        let around = Around {
            display: &right.display,
            modifiers: &modifiers,
            parameters: &trained,
            shapes: &setup.shapes,
            stands_for: Some(right),
        };
        let key = Key { text: right.name.clone(), place: field.place() };
        let run = optimizer::read(&key, field, &around)?;
        if is_same(&run, right) {
            field.refuse(format!("this is the optimizer of `{}` itself", right.name));
            return None;
        }
        Some(Instead::Optimizer(Box::new(run)))
    }

    /// Another model over the same data and parameters.
    fn model(&self, field: &Field<'_>, span: &Span) -> Option<Instead> {
        let setup = &self.setups[span.run.setup];
        if setup.gradients.is_some() {
            field.refuse("the gradients are given, so there is no model to go wrong");
            return None;
        }
        let leaf = |name: &String| Some((name.clone(), setup.shapes.get(name).cloned()?));
        let mut shapes = setup.leaves.iter().map(leaf).collect::<Option<_>>()?;
        let dimensions = dimensions(&mut self.whole(setup)?);
        let model = model::read(field, &mut shapes, &dimensions, model::Names::All)?;
        if !model.iter().any(|line| line.name == "loss") {
            let problem = field.problem("the model defines no `loss`");
            field.report().push(problem.with_help("end the model with a line `loss = …`"));
            return None;
        }
        let same = |(one, other): (&Definition, &Definition)| {
            one.name == other.name && one.expression.to_string() == other.expression.to_string()
        };
        if model.len() == setup.model.len() && model.iter().zip(&setup.model).all(same) {
            field.refuse(format!("this is the model of `{}` itself", setup.name));
            return None;
        }
        Some(Instead::Model(model))
    }

    /// The set-up as it is written.
    fn whole(&self, setup: &Setup) -> Option<Fields<'_>> {
        let entries = self.text.entries()?;
        let own = entries.into_iter().find(|(key, _)| key.text == setup.name);
        own.and_then(|(_, field)| field.fields(&SETUP))
    }
}

impl Span {
    fn turn(&self, instead: Instead) -> Turn {
        Turn { run: self.run, from: self.from, to: self.to, instead }
    }
}

fn is_same(run: &Run, other: &Run) -> bool {
    let kind = run.optimizer.kind == other.optimizer.kind;
    kind && run.custom == other.custom
        && run.options == other.options
        && run.overrides == other.overrides
        && run.rates == other.rates
        && run.schedule == other.schedule
}

/// Why no derivative of an activation can be forgotten.
fn obstacle_of_activations(setup: &Setup) -> Option<String> {
    if setup.gradients.is_some() {
        return Some(format!("the gradients of `{}` are given", setup.name));
    }
    let mut trained: Vec<&str> = setup.trained_names().collect();
    for line in &setup.model {
        let uses = |expression: &Expression| trained.iter().any(|name| expression.mentions(name));
        let activates = |part: &Expression| {
            matches!(part, Expression::Call(call) if call.function.is_activation()) && uses(part)
        };
        if line.expression.any(&mut |part| activates(part)) {
            return None;
        }
        if uses(&line.expression) {
            trained.push(&line.name);
        }
    }
    Some("the model applies no activation function to a trained parameter".to_owned())
}

/// Why a sum can't be taken for a mean.
fn obstacle_of_sums(setup: &Setup, span: &Span) -> Option<String> {
    let first = setup.start_iteration + 1;
    let batches = setup.batches.iter().zip(first..);
    let asked = batches.filter(|(_, t)| (span.from..=span.to).contains(t));
    if setup.gradients.is_some() {
        Some(format!("the gradients of `{}` are given", setup.name))
    } else if setup.reduction == Reduction::Sum {
        Some(format!("the losses of `{}` are added up anyway", setup.name))
    } else if !asked.into_iter().any(|(batch, _)| batch.len() > 1) {
        Some("no batch that is asked about has more than one example".to_owned())
    } else {
        None
    }
}
