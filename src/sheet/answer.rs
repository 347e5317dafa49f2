//! What is asked, and its worked solution: the author's words, then the derived lines.

use crate::number::Fault;
use crate::scenario::{Ask, Audience, Moment, Number, Numbered, RunId};
use crate::trace::{Path, Reading, Target, What};

use super::build::{Builder, Paper, SheetError};
use super::names::run_name;
use super::prose::Prose;
use super::show::aligned;
use super::steps::Steps;
use super::update::Asked;
use super::view::{AskView, Block};
use super::work::Work;

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
        self.prose.say(key, &[("count", marks.to_owned())])
    }

    /// The author's solution first, then the derivation of the answers.
    fn solution(&mut self, ask: &Ask, home: Option<&str>) -> Result<Vec<Block>, SheetError> {
        let mut blocks = Vec::new();
        if let Some(text) = &ask.solution {
            blocks.push(Block::Text(self.text(text, home)?));
        }
        let mut steps = Steps::default();
        for (moment, paths) in self.moments(&ask.answers) {
            steps.expect(self.marked_answers(ask, moment));
            blocks.extend(self.derivation(moment, &paths, &mut steps)?);
        }
        for (path, marks) in ask.answers.iter().zip(&ask.steps) {
            if !self.is_computed(path) {
                blocks.push(self.looked_up(path, marks.as_deref())?);
            }
        }
        blocks.extend(steps.elsewhere(self.prose));
        Ok(blocks)
    }

    /// The answers of an iteration that have marks of their own: what they are called, the marks.
    fn marked_answers(&self, ask: &Ask, moment: Moment) -> Vec<(String, String)> {
        let marked = ask.answers.iter().zip(&ask.steps);
        let marked = marked.filter_map(|(path, marks)| Some((path, marks.as_ref()?)));
        let own = marked.filter_map(|(path, marks)| {
            let Target::Record { run, t, what } = &path.target else { return None };
            let is_own = self.run_id(&path.setup, run) == Some(moment.run) && *t == moment.t;
            let marks = self.prose.say("step_marks", &[("count", marks.clone())]);
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
            Target::Record { .. } => String::new(),
        };
        let marks = marks.map(|marks| self.prose.say("step_marks", &[("count", marks.to_owned())]));
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
        let news = !forward && self.tell(moment);
        let place = self.place(moment);
        let fail = |fault| SheetError::Number { place: place.clone(), fault };
        let Some(work) = self.work(moment) else {
            return Ok(vec![Block::Text(self.prose.word("ended_before"))]);
        };
        let loss = asked.iter().any(|what| match what {
            What::Loss => true,
            What::Forward { name, .. } => name == "loss",
            _ => false,
        });
        let wants_pass = asked.iter().any(|what| {
            !matches!(what, What::Parameter(_) | What::State { .. } | What::UsedGradient(_))
        });
        let mut blocks = Vec::new();
        if forward {
            let mut rows = work.look_ahead().map_err(fail)?;
            rows.extend(work.forward(loss).map_err(fail)?);
            steps.give(&mut rows);
            blocks.push(Block::Text(self.prose.word("forward_lead")));
            blocks.push(Block::Formula(aligned(&rows)));
        } else if news || wants_pass {
            blocks.extend(pass_blocks(&work, self.prose, loss, steps).map_err(fail)?);
        } else {
            blocks.extend(work.gradient_remarks(self.prose).map_err(fail)?);
        }
        if let Some(asked) = asked_update(&work, asked) {
            let name = run_name(self.prose, work.run);
            let mut rows = work.update(&asked).map_err(fail)?;
            steps.give(&mut rows);
            blocks.push(Block::Text(self.prose.say("apply_rule", &[("name", name)])));
            blocks.push(Block::Formula(aligned(&rows)));
            blocks.extend(work.update_remarks(self.prose));
        }
        Ok(blocks)
    }
}

/// Forward pass and gradient, with what there is to say about them.
pub(super) fn pass_blocks(
    work: &Work<'_>,
    prose: &Prose,
    loss: bool,
    steps: &mut Steps,
) -> Result<Vec<Block>, Fault> {
    let mut rows = work.look_ahead()?;
    rows.extend(work.forward(loss)?);
    rows.extend(work.gradient()?);
    steps.give(&mut rows);
    let lead = if work.setup.gradients.is_some() { "gradient_lead" } else { "pass_lead" };
    let mut blocks = vec![Block::Text(prose.word(lead)), Block::Formula(aligned(&rows))];
    blocks.extend(work.gradient_remarks(prose)?);
    Ok(blocks)
}

/// Which parameters an answer asks to update, and how far.
fn asked_update(work: &Work<'_>, asked: &[&What]) -> Option<Asked> {
    let mut names: Vec<&str> = Vec::new();
    let mut states: Vec<&str> = Vec::new();
    let rule = work.run.rule();
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
    let begins = |text: &str| text.starts_with(|letter: char| letter.is_alphabetic());
    match blocks.first() {
        Some(Block::Text(text)) if begins(text) => {
            let text = text.clone();
            blocks.remove(0);
            Some(text)
        }
        _ => None,
    }
}
