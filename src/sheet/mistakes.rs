//! What wrong numbers mean, for the marker: each wrong turn with the numbers it leads to.

use std::sync::Arc;

use crate::catalogue::{Mistake as Known, Setting};
use crate::formula::latex::Printer;
use crate::formula::notation::indexed;
use crate::marking::{MarkingError, Outcome, WrongAnswer, WrongTurn};
use crate::number::{Fault, exact_input_latex};
use crate::scenario::{Ask, Definition, Instead, Moment, Run, RunId, Setup};
use crate::trace::{Path, Target, What};

use super::build::{Builder, Paper, SheetError};
use super::names::{conventions, run_name, run_title};
use super::view::MistakesView;
use super::words::listed;
use super::work::{Work, adjoint_latex};

/// Wrong numbers, and all that they may mean.
struct Item {
    numbers: String,
    meanings: Vec<String>,
}

impl Builder<'_> {
    /// The wrong turns of a part; a handout holds none, but remarks are checked for it too.
    pub(super) fn mistakes(
        &mut self,
        ask: &Ask,
        home: Option<&str>,
    ) -> Result<Option<MistakesView>, SheetError> {
        let mut remarks = Vec::new();
        for mistake in &ask.mistakes {
            remarks.push(match &mistake.remark {
                Some(text) => Some(self.text(text, home)?),
                None => None,
            });
        }
        if self.paper == Paper::Handout || ask.mistakes.is_empty() {
            return Ok(None);
        }
        let turns = self.solved.wrong_turns_of(ask).map_err(|error| match error {
            MarkingError::Engine(error) => SheetError::Engine(error),
            MarkingError::Number { path, fault } => SheetError::Number { place: path, fault },
        })?;
        let mut among: Vec<RunId> = Vec::new();
        for turn in turns.iter() {
            if !among.contains(&turn.turn().run) {
                among.push(turn.turn().run);
            }
        }
        let mut items: Vec<Item> = Vec::new();
        let mut hidden: Vec<String> = Vec::new();
        for turn in turns.iter() {
            let place = ask.mistakes.iter().position(|known| Arc::ptr_eq(known, &turn.mistake));
            let remark = place.and_then(|place| remarks.get(place)).and_then(Option::as_deref);
            let (setup, run) = self.scenario.run(turn.turn().run);
            let place = || format!("{}.{}.t{}", setup.name, run.name, turn.turn().from);
            let fail = |fault| SheetError::Number { place: place(), fault };
            let meaning = match (&turn.turn().instead, remark) {
                // Who writes another model and a remark says with it what is wrong.
                (Instead::Model(_), Some(remark)) => remark.to_owned(),
                _ => self.with_remark(&self.meaning(turn, setup, run), remark),
            };
            let of_run = |text: String| {
                if among.len() < 2 {
                    return text;
                }
                let name = run_title(self.scenario, self.prose, turn.turn().run, &among);
                self.prose.say("mistake_of_run", &[("name", name), ("text", text)])
            };
            if turn.is_hidden() {
                hidden.push(of_run(meaning));
                continue;
            }
            let numbers = of_run(self.wrong_numbers(turn, run).map_err(fail)?);
            match items.iter_mut().find(|item| item.numbers == numbers) {
                Some(item) => item.meanings.push(meaning),
                None => items.push(Item { numbers, meanings: vec![meaning] }),
            }
        }
        let items = items.into_iter().map(|item| self.item(item)).collect();
        let hidden = hidden.iter().map(|text| indented(text)).collect();
        Ok(Some(MistakesView { items, hidden }))
    }

    fn with_remark(&self, meaning: &str, remark: Option<&str>) -> String {
        match remark {
            None => self.prose.say("mistake_alone", &[("meaning", meaning.to_owned())]),
            Some(remark) => {
                let blanks = [("meaning", meaning.to_owned()), ("remark", remark.to_owned())];
                self.prose.say("mistake_remark", &blanks)
            }
        }
    }

    /// The numbers, then what they mean.
    fn item(&self, item: Item) -> String {
        let mut meanings = item.meanings.into_iter();
        let first = meanings.next().unwrap_or_default();
        let or = |first: String, other: String| {
            self.prose.say("mistake_or", &[("first", first), ("other", other)])
        };
        let meaning = meanings.fold(first, or);
        let blanks = [("numbers", item.numbers), ("meaning", meaning)];
        indented(&self.prose.say("mistake_item", &blanks))
    }

    /// `$w_{1} = 0.3$, $b_{1} \approx -1.2$`: those that differ from the right ones.
    fn wrong_numbers(&self, turn: &WrongTurn, run: &Run) -> Result<String, Fault> {
        let wrong = || turn.answers.iter().filter(|answer| answer.outcome == Outcome::Wrong);
        // What another rule doesn't have at all tells nothing where it has other values.
        let has_some = wrong().any(|answer| answer.value.is_some());
        let wrong = wrong().filter(|answer| answer.value.is_some() || !has_some);
        let shown = wrong.map(|answer| self.wrong_number(turn, answer, run));
        Ok(listed(&shown.collect::<Result<Vec<_>, _>>()?))
    }

    fn wrong_number(
        &self,
        turn: &WrongTurn,
        answer: &WrongAnswer,
        run: &Run,
    ) -> Result<String, Fault> {
        let Target::Record { t, what, .. } = &answer.path.target else { return Ok(String::new()) };
        let moment = Moment { run: turn.turn().run, t: *t };
        let label = self.label(moment, &answer.path, what);
        let timed = matches!(what, What::Parameter(_) | What::State { .. });
        let number = match &answer.value {
            None => self.prose.say("mistake_no_value", &[("name", format!("${label}$"))]),
            Some(value) if value.scalar().is_some_and(|value| value.real().is_none()) => {
                self.prose.say("mistake_undefined", &[("name", format!("${label}$"))])
            }
            Some(value) => {
                let mut latex = label;
                for step in self.numbers(&run.display).result(value)? {
                    let relation = if step.exact { "=" } else { r"\approx" };
                    latex.push_str(&format!(" {relation} {}", step.latex));
                }
                format!("${latex}$")
            }
        };
        if timed || turn.turn().from == turn.turn().to {
            return Ok(number);
        }
        let blanks = [("number", number), ("t", t.to_string())];
        Ok(self.prose.say("mistake_in_iteration", &blanks))
    }

    /// What an answer is called, as in its worked solution.
    pub(super) fn label(&self, moment: Moment, path: &Path, what: &What) -> String {
        let name = match self.work(moment) {
            Some(work) => label(&work, what),
            None => format!(r"\text{{{}}}", path.to_string().replace('_', r"\_")),
        };
        match path.entry {
            Some((row, column)) => format!(r"\left({name}\right)_{{{row},{column}}}"),
            None => name,
        }
    }

    /// What went wrong, without a final period.
    fn meaning(&self, turn: &WrongTurn, setup: &Setup, run: &Run) -> String {
        let name = run_name(self.prose, run);
        match &turn.turn().instead {
            Instead::Slip(Known::EpsilonMisplaced) => {
                let altered = Known::EpsilonMisplaced.setting(run.optimizer, &run.options);
                let place = altered.map(|(_, options)| options.word("epsilon_place").to_owned());
                let place = place.unwrap_or_default();
                let kind = run.optimizer.kind;
                let keys = [
                    format!("mistake_epsilon_misplaced_{kind}_{place}"),
                    format!("mistake_epsilon_misplaced_{place}"),
                ];
                let own = keys.iter().find(|key| !self.prose.optional_word(key).is_empty());
                let blanks = [("epsilon", setup.notation.in_rule("epsilon"))];
                own.map_or_else(String::new, |key| self.prose.say(key, &blanks))
            }
            Instead::Slip(mistake) => {
                let key = format!("mistake_{}", mistake.word());
                self.prose.say(&key, &[("name", name)])
            }
            Instead::Optimizer(other) => self.other_optimizer(setup, run, other),
            Instead::Model(model) => {
                let lines = self.other_lines(setup, model).join(", ");
                let key = if lines.is_empty() { "mistake_other_model" } else { "mistake_model" };
                self.prose.say(key, &[("lines", lines)])
            }
        }
    }

    fn other_optimizer(&self, setup: &Setup, run: &Run, other: &Run) -> String {
        let name = run_name(self.prose, run);
        if other.title.is_some() {
            let other = run_name(self.prose, other);
            return self.prose.say("mistake_optimizer", &[("other", other), ("name", name)]);
        }
        if other.custom.is_some() {
            return self.prose.say("mistake_own_rule", &[("name", name)]);
        }
        let usual = conventions(self.prose, setup, run);
        let mut details: Vec<String> = conventions(self.prose, setup, other);
        details.retain(|one| !usual.contains(one));
        for (option, setting) in other.options.iter() {
            if let (Setting::Number(number), Some(right)) = (setting, run.options.number(option))
                && number != right
            {
                let value = exact_input_latex(number, self.prose.mark());
                details.push(format!("${} = {value}$", setup.notation.in_rule(option)));
            }
        }
        let details = details.join("; ");
        if run.optimizer.kind == other.optimizer.kind {
            let key = if details.is_empty() { "mistake_settings" } else { "mistake_settings_told" };
            return self.prose.say(key, &[("name", name), ("details", details)]);
        }
        let mut used = run_name(self.prose, other);
        if !details.is_empty() {
            used = self.prose.say("mistake_details", &[("name", used), ("details", details)]);
        }
        self.prose.say("mistake_optimizer", &[("other", used), ("name", name)])
    }

    /// The lines of a model that the set-up's has not.
    fn other_lines(&self, setup: &Setup, model: &[Definition]) -> Vec<String> {
        let numbers = self.numbers(&setup.display);
        let latex = |name: &str| setup.notation.latex(name);
        let number = |number: &_| numbers.rational(number);
        let printer = Printer { name: &latex, number: &number };
        let known = |line: &&Definition| setup.definition(&line.name) != Some(&line.expression);
        let line = |line: &Definition| {
            format!("${} = {}$", latex(&line.name), printer.latex(&line.expression))
        };
        model.iter().filter(known).map(line).collect()
    }
}

fn label(work: &Work<'_>, what: &What) -> String {
    let t = work.record.t;
    match what {
        What::Parameter(name) => work.at_iteration("theta", &work.rule_of(name), name, t),
        What::State { state, parameter } => {
            work.at_iteration(state, &work.rule_of(parameter), parameter, t)
        }
        What::Loss => work.setup.notation.latex("loss"),
        What::Gradient(name) => work.gradient_name(name, None),
        What::UsedGradient(name) => {
            let rule = work.rule_of(name);
            match &rule.used_gradient {
                Some(used) => work.at_iteration(used, &rule, name, t),
                None => work.gradient_name(name, None),
            }
        }
        What::LearningRate => match &work.run.schedule {
            Some(schedule) => work.at_iteration(schedule.rate(), work.rule(), "", t),
            None => indexed(&work.setup.notation.in_rule("learning_rate"), &t.to_string()),
        },
        What::Forward { example, name } => work.name(name, example.saturating_sub(1)),
        What::Adjoint { example, name } => {
            let index = example.saturating_sub(1);
            adjoint_latex(&work.name(name, index), &work.name("loss", index))
        }
    }
}

/// The text with its further lines set in below a list's item.
fn indented(text: &str) -> String {
    text.replace('\n', "\n  ")
}
