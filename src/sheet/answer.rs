//! What is asked, and its worked solution: the author's words, then the derived lines.

use crate::catalogue::Over;
use crate::formula::notation::indexed;
use crate::number::Fault;
use crate::scenario::{Ask, Audience, Moment, Number, Numbered, RunId};
use crate::trace::{Path, Reading, Target, What};

use super::build::{Builder, Paper, SheetError};
use super::names::{run_name, run_title};
use super::prose::Prose;
use super::show::{aligned, joined};
use super::steps::Steps;
use super::update::Asked;
use super::view::{AskView, Block};
use super::work::{Derivatives, Work};

impl Builder<'_> {
    pub(super) fn ask(
        &mut self,
        ask: &Ask,
        home: Option<&str>,
        numbered: &Numbered<'_>,
    ) -> Result<AskView, SheetError> {
        let text = match &ask.text {
            Some(text) => Some(self.text(text, home)?),
            None => None,
        };
        let given = match &ask.given {
            Some(given) => Some(self.given(given)?),
            None => None,
        };
        // What follows is for solutions, whatever paper is made.
        self.shown = self.shown.to(Audience::Solutions);
        let (mut solution, mut mistakes) = (Vec::new(), None);
        if self.works_solutions() {
            solution = self.solution(ask, home)?;
            mistakes = self.mistakes(ask, home)?;
        }
        let number = numbered.number.as_ref();
        let letter = match number {
            Some(Number::Part { letter, .. }) => Some(self.place_of(number) + letter),
            _ => None,
        };
        let handout = self.paper == Paper::Handout;
        let opening = if handout { None } else { opening(&mut solution) };
        Ok(AskView {
            letter,
            text,
            marks: ask.marks.clone().map(|marks| self.marks(&marks)),
            given,
            space: ask.space.clone().filter(|_| handout),
            solution: Some(solution)
                .filter(|blocks| !handout && (opening.is_some() || !blocks.is_empty())),
            opening,
            mistakes,
        })
    }

    fn marks(&self, marks: &str) -> String {
        let key = if marks == "1" { "one_mark" } else { "marks" };
        self.prose.say(key, &[("count", self.prose.words().number(marks))])
    }

    /// The author's solution first, then the derivation of the answers.
    fn solution(&mut self, ask: &Ask, home: Option<&str>) -> Result<Vec<Block>, SheetError> {
        let mut blocks = Vec::new();
        if let Some(text) = &ask.solution {
            blocks.push(Block::Text(self.text(text, home)?));
        }
        let mut steps = Steps::default();
        let moments = self.moments(&ask.answers);
        let mut run = None;
        for (moment, paths) in &moments {
            steps.expect(self.marked_answers(ask, *moment));
            let mut derived = self.derivation(*moment, paths, &mut steps)?;
            if let (Some(label), Some(Block::Text(first))) =
                (self.moment_label(*moment, &moments), derived.first_mut())
            {
                *first = format!("{label} {first}");
            }
            // One rate after another stands in one formula.
            let rates = Some(moment.run).filter(|_| only_rates(paths));
            if rates.is_some()
                && rates == run
                && let Some(Block::Formula(known)) = blocks.last_mut()
                && let [_, Block::Formula(more)] = derived.as_slice()
            {
                *known = joined(known, more);
                continue;
            }
            run = rates;
            blocks.extend(derived);
        }
        for (path, marks) in ask.answers.iter().zip(&ask.steps) {
            if !self.is_computed(path) {
                blocks.push(self.looked_up(path, marks.as_deref())?);
            }
        }
        blocks.extend(steps.elsewhere(self.prose));
        Ok(blocks)
    }

    /// What tells an iteration from the others that a part asks about.
    fn moment_label(&self, moment: Moment, all: &[(Moment, Vec<&What>)]) -> Option<String> {
        let mut runs: Vec<RunId> = Vec::new();
        for (other, _) in all {
            if !runs.contains(&other.run) {
                runs.push(other.run);
            }
        }
        let own = all.iter().find(|(other, _)| *other == moment);
        let rates = own.is_some_and(|(_, asked)| only_rates(asked));
        let iterations = !rates && all.iter().any(|(other, _)| other.t != moment.t);
        let label = match (runs.len() > 1, iterations) {
            (false, false) => return None,
            (false, true) => self.prose.say("iteration", &[("t", moment.t.to_string())]),
            (true, several) => {
                let name = run_title(self.scenario, self.prose, moment.run, &runs);
                let blanks = [("name", name), ("t", moment.t.to_string())];
                self.prose.say(if several { "run_in_iteration" } else { "run_alone" }, &blanks)
            }
        };
        Some(format!("*{label}.*"))
    }

    /// The answers of an iteration that have marks of their own: what they are called, the marks.
    fn marked_answers(&self, ask: &Ask, moment: Moment) -> Vec<(String, String)> {
        let marked = ask.answers.iter().zip(&ask.steps);
        let marked = marked.filter_map(|(path, marks)| Some((path, marks.as_ref()?)));
        let own = marked.filter_map(|(path, marks)| {
            let Target::Record { run, t, what } = &path.target else { return None };
            let is_own = self.run_id(&path.setup, run) == Some(moment.run) && *t == moment.t;
            let marks =
                self.prose.say("step_marks", &[("count", self.prose.words().number(marks))]);
            // The entries of a matrix stand in one line.
            let whole = Path { entry: None, ..path.clone() };
            is_own.then(|| (self.label(moment, &whole, what), marks))
        });
        own.collect()
    }

    /// The answers by the iteration that they belong to, in order of appearance.
    fn moments<'p>(&self, answers: &'p [Path]) -> Vec<(Moment, Vec<&'p What>)> {
        let mut list: Vec<(Moment, Vec<&What>)> = Vec::new();
        for path in answers {
            let Target::Record { run, t, what } = &path.target else { continue };
            let id = self.run_id(&path.setup, run).filter(|_| self.is_computed(path));
            let Some(id) = id else { continue };
            let moment = Moment { run: id, t: *t };
            match list.iter_mut().find(|(known, _)| *known == moment) {
                Some((_, asked)) => asked.push(what),
                None => list.push((moment, vec![what])),
            }
        }
        list
    }

    /// Whether the path names a value after the initial state.
    fn is_computed(&self, path: &Path) -> bool {
        let setup = self.scenario.setups.iter().find(|setup| setup.name == path.setup);
        let start = setup.map_or(0, |setup| setup.start_iteration);
        if let Target::Record { run, what: What::LearningRate, .. } = &path.target {
            // A rate that no schedule gives is an option of the run.
            let run = setup.and_then(|setup| setup.runs.iter().find(|known| known.name == *run));
            return run.is_some_and(|run| run.schedule.is_some());
        }
        matches!(&path.target, Target::Record { t, .. } if *t > start)
    }

    fn run_id(&self, setup: &str, run: &str) -> Option<RunId> {
        let index = self.scenario.setups.iter().position(|known| known.name == setup)?;
        let run = self.scenario.setups[index].runs.iter().position(|known| known.name == run)?;
        Some(RunId { setup: index, run })
    }

    /// A value that is not computed but given: `\alpha = 0.5`.
    fn looked_up(&self, path: &Path, marks: Option<&str>) -> Result<Block, SheetError> {
        let fail = |fault| SheetError::Number { place: path.setup.clone(), fault };
        let Some(id) = self.scenario.setups.iter().position(|setup| setup.name == path.setup)
        else {
            return Ok(Block::Text(String::new()));
        };
        let setup = &self.scenario.setups[id];
        let numbers = self.numbers(&setup.display);
        let value = path.value(self.trace, Reading::Printed);
        let shown = match &value {
            Some(value) => numbers.given(value).map_err(fail)?,
            None => numbers.no_value(),
        };
        let name = match &path.target {
            Target::Datum { name, .. } => setup.notation.latex(name),
            Target::Option { name, .. } => setup.notation.in_rule(name),
            Target::Record { what: What::Parameter(name), .. } => setup.notation.latex(name),
            Target::Record { what: What::State { state, parameter }, .. } => {
                format!("{}^{{{}}}", setup.notation.latex(state), setup.notation.latex(parameter))
            }
            Target::Record { t, what: What::LearningRate, .. } => {
                indexed(&setup.notation.in_rule("learning_rate"), &t.to_string())
            }
            Target::Record { .. } => String::new(),
        };
        let marks = marks.map(|marks| {
            self.prose.say("step_marks", &[("count", self.prose.words().number(marks))])
        });
        let end = marks.map(|marks| format!(r" \quad \text{{{marks}}}")).unwrap_or_default();
        Ok(Block::Formula(format!("{name} = {}{end}", shown.latex())))
    }

    fn derivation(
        &mut self,
        moment: Moment,
        asked: &[&What],
        steps: &mut Steps,
    ) -> Result<Vec<Block>, SheetError> {
        // Who asks for the forward pass alone is not told the gradient.
        let forward = asked.iter().all(|what| matches!(what, What::Forward { .. } | What::Loss));
        let rates = only_rates(asked);
        let place = self.place(moment);
        let fail = |fault| SheetError::Number { place: place.clone(), fault };
        let Some(needed) = self.work(moment).map(|work| needed_gradients(&work, asked)) else {
            return Ok(vec![Block::Text(self.prose.word("ended_before"))]);
        };
        let wants_forward =
            asked.iter().any(|what| matches!(what, What::Forward { .. } | What::Loss));
        let loss = asked.iter().any(|what| match what {
            What::Loss => true,
            What::Forward { name, .. } => name == "loss",
            _ => false,
        });
        let mut derivatives = asked_derivatives(asked);
        let before = derivatives.gradients.len();
        for parameter in needed {
            if self.tell_gradient(moment, &parameter) {
                derivatives.gradients.insert(parameter);
            }
        }
        let news = derivatives.gradients.len() > before;
        let backward = !(derivatives.gradients.is_empty() && derivatives.adjoints.is_empty());
        // Told from now on, even where it is asked for a second time.
        let untold = (backward || wants_forward) && self.tell_forward(moment);
        let pass = Pass { forward: wants_forward || untold, loss, derivatives };
        let Some(work) = self.work(moment) else { return Ok(Vec::new()) };
        let mut blocks = Vec::new();
        if forward {
            let mut rows = work.look_ahead().map_err(fail)?;
            rows.extend(work.forward(loss).map_err(fail)?);
            steps.give(&mut rows);
            if !rows.is_empty() {
                blocks.push(Block::Text(self.prose.word("forward_lead")));
                blocks.push(Block::Formula(aligned(&rows)));
            }
        } else if backward || wants_forward {
            blocks.extend(pass_blocks(&work, self.prose, &pass, steps).map_err(fail)?);
        } else if !rates {
            blocks.extend(work.gradient_remarks(self.prose).map_err(fail)?);
        }
        if let Some(asked) = asked_update(&work, asked) {
            let blanks = [("name", run_name(self.prose, work.run)), ("t", moment.t.to_string())];
            // Whether the gradient stands just above, in another place, or nowhere.
            let lead = match (news, work.has_gradient()) {
                _ if rates => "schedule_lead",
                (_, false) => "apply_rule_alone",
                (true, true) => "apply_rule",
                (false, true) => "apply_rule_known",
            };
            let mut rows = work.update(&asked).map_err(fail)?;
            steps.give(&mut rows);
            if !rows.is_empty() {
                blocks.push(Block::Text(self.prose.say(lead, &blanks)));
                blocks.push(Block::Formula(aligned(&rows)));
            }
            blocks.extend(work.update_remarks(self.prose));
        }
        Ok(blocks)
    }
}

/// What of an iteration's forward and backward pass is shown.
#[derive(Debug)]
pub(super) struct Pass {
    /// The forward pass.
    pub forward: bool,
    /// The loss in it.
    pub loss: bool,
    /// Of the backward pass.
    pub derivatives: Derivatives,
}

impl Pass {
    /// All of it, with or without the loss.
    pub(super) fn whole(work: &Work<'_>, loss: bool) -> Self {
        Self { forward: true, loss, derivatives: Derivatives::all(work.setup) }
    }
}

/// The forward pass and the gradients, with what there is to say on them.
pub(super) fn pass_blocks(
    work: &Work<'_>,
    prose: &Prose,
    pass: &Pass,
    steps: &mut Steps,
) -> Result<Vec<Block>, Fault> {
    let mut rows = work.look_ahead()?;
    if pass.forward {
        rows.extend(work.forward(pass.loss)?);
    }
    let forward = !rows.is_empty();
    rows.extend(work.gradient(&pass.derivatives)?);
    steps.give(&mut rows);
    let remarks = work.gradient_remarks(prose)?;
    // A model that is undefined from its first line on has no line to show.
    if rows.is_empty() {
        return Ok(remarks);
    }
    let lead = match (work.setup.gradients.is_some(), forward) {
        (true, _) => "gradient_lead",
        (false, true) => "pass_lead",
        (false, false) => "backward_lead",
    };
    let mut blocks = vec![Block::Text(prose.word(lead)), Block::Formula(aligned(&rows))];
    blocks.extend(remarks);
    Ok(blocks)
}

/// The derivatives that a part asks for by name.
fn asked_derivatives(asked: &[&What]) -> Derivatives {
    let mut derivatives = Derivatives::default();
    for what in asked {
        match what {
            What::Gradient(name) => {
                derivatives.gradients.insert(name.clone());
            }
            What::Adjoint { example, name } => {
                derivatives.adjoints.insert((*example, name.clone()));
            }
            _ => {}
        }
    }
    derivatives
}

/// Whether learning rates are all that is asked for.
fn only_rates(asked: &[&What]) -> bool {
    asked.iter().all(|what| matches!(what, What::LearningRate))
}

/// The parameters whose gradients the answers need: those that are updated, and all where one
/// norm goes over all of them.
fn needed_gradients(work: &Work<'_>, asked: &[&What]) -> Vec<String> {
    let named = asked.iter().filter_map(|what| match what {
        What::Parameter(name)
        | What::State { parameter: name, .. }
        | What::Gradient(name)
        | What::UsedGradient(name) => Some(name.as_str()),
        What::Loss | What::LearningRate | What::Forward { .. } | What::Adjoint { .. } => None,
    });
    let named: Vec<&str> = named.collect();
    let over_all =
        work.rule().lines_at(work.record.t).iter().any(|line| line.over == Over::NormOfAll);
    let updates = asked.iter().any(|what| !matches!(what, What::Gradient(_)));
    let all = work.setup.trained_names();
    let needed =
        all.filter(|name| named.contains(name) || !named.is_empty() && over_all && updates);
    needed.map(str::to_owned).collect()
}

/// Which parameters an answer asks to update, and how far.
fn asked_update(work: &Work<'_>, asked: &[&What]) -> Option<Asked> {
    let mut names: Vec<&str> = Vec::new();
    let mut states: Vec<&str> = Vec::new();
    let rule = work.rule();
    let used = rule.used_gradient.clone();
    for what in asked {
        match what {
            What::Parameter(name) => {
                names.push(name);
                states.push("theta");
            }
            What::State { state, parameter } => {
                names.push(parameter);
                states.push(state);
            }
            What::UsedGradient(name) => {
                names.push(name);
                states.extend(used.as_deref());
            }
            What::LearningRate => {
                names.extend(work.setup.trained_names().next());
                states.extend(work.run.schedule.as_ref().map(|schedule| schedule.rate()));
            }
            What::Loss | What::Gradient(_) | What::Forward { .. } | What::Adjoint { .. } => {}
        }
    }
    if names.is_empty() {
        return None;
    }
    let parameters = work.setup.trained_names().filter(|name| names.contains(name));
    let parameters: Vec<String> = parameters.map(str::to_owned).collect();
    if parameters.is_empty() {
        return None;
    }
    let lines = rule.lines_at(work.record.t).iter();
    let last = lines.rev().find(|line| states.contains(&line.name.as_str()))?;
    Some(Asked { parameters, last: last.name.clone() })
}

/// Takes the first sentence out, if it is running text.
fn opening(blocks: &mut Vec<Block>) -> Option<String> {
    // A list, a table or a formula of its own can't stand in the line of the heading.
    let letter = |text: &str| text.starts_with(|letter: char| letter.is_alphabetic());
    let begins = |text: &str| {
        let formula = text.strip_prefix('$').is_some_and(|rest| !rest.starts_with('$'));
        let emphasis = text.strip_prefix('*').is_some_and(letter);
        letter(text) || formula || emphasis || text.starts_with(['“', '„'])
    };
    match blocks.first() {
        Some(Block::Text(text)) if begins(text) => {
            let text = text.clone();
            blocks.remove(0);
            Some(text)
        }
        _ => None,
    }
}
