//! The builder: walks the cells, numbers questions and parts, and lets the template set them.

use std::collections::{BTreeMap, BTreeSet};

use crate::engine;
use crate::figure;
use crate::number::Fault;
use crate::scenario::{
    Ask, Audience, Backward, Callout, Cell, Content, Display, Given, Hint, Moment, Place, PlotKind,
    Problem, Question, RunId, Scenario, Text,
};
use crate::trace::{Path, Target, Trace, What};

use super::derive::Derivation;
use super::drawing;
use super::plots;
use super::prose::{Prose, ProseError};
use super::show::{Numbers, aligned};
use super::standard;
use super::templates::{TemplateError, Templates};
use super::update::{Asked, in_symbols};
use super::view::{AskView, Block, CellView, IterationView, RuleView, SheetView};
use super::work::Work;

/// Which of the two papers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paper {
    /// The questions, without a trace of their answers.
    Handout,
    /// The worked solutions.
    Solutions,
}

impl Paper {
    /// Its name, as files are called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Handout => "handout",
            Self::Solutions => "solutions",
        }
    }
}

/// A finished sheet.
#[derive(Debug, Clone)]
pub struct Sheet {
    /// The title.
    pub title: String,
    /// The language's code.
    pub language: String,
    /// One sentence on what the sheet is.
    pub description: String,
    /// The sheet in Markdown.
    pub markdown: String,
    /// The figures, by file name below `figures/`.
    pub figures: BTreeMap<String, String>,
    /// The author's texts as rendered, for checks of their formulas.
    pub passages: Vec<Passage>,
}

/// A text of the scenario and what became of it.
#[derive(Debug, Clone)]
pub struct Passage {
    /// The text.
    pub text: Text,
    /// What it was rendered to.
    pub rendered: String,
}

/// Why there is no sheet.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SheetError {
    /// Texts of the scenario are wrong.
    #[error("problems in the texts of the scenario")]
    Texts(Vec<Problem>),
    /// A number can't be printed.
    #[error("{place}: {fault}")]
    Number {
        /// Which number.
        place: String,
        /// Why.
        fault: Fault,
    },
    /// A template is wrong.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// There are no words for the scenario's language.
    #[error("no words for the language `{language}`; there are: {known}")]
    Language {
        /// The language asked for.
        language: String,
        /// The languages that there are words for.
        known: String,
        /// Where it is asked for.
        place: Option<Place>,
    },
}

/// Builds one paper of a scenario.
///
/// # Errors
///
/// Texts with misspelt names or filters, numbers that can't be printed with certainty.
pub fn build(
    scenario: &Scenario,
    trace: &Trace,
    templates: &Templates,
    paper: Paper,
) -> Result<Sheet, SheetError> {
    let language = &scenario.front.language;
    let Some(words) = templates.words(language) else {
        let known: Vec<&str> = templates.languages().collect();
        return Err(SheetError::Language {
            language: language.clone(),
            known: known.join(", "),
            place: scenario.front.language_place,
        });
    };
    let prose = Prose::new(scenario, trace, words);
    let mut builder = Builder {
        scenario,
        trace,
        prose: &prose,
        paper,
        questions: 0,
        plots: 0,
        figures: BTreeMap::new(),
        passages: Vec::new(),
        problems: Vec::new(),
        told: BTreeSet::new(),
    };
    let standard_cells;
    let cells = match &scenario.cells {
        Some(cells) => cells,
        None => {
            standard_cells = standard::cells(scenario);
            &standard_cells
        }
    };
    let mut views = Vec::new();
    if scenario.cells.is_none() {
        views = standard::setups(scenario, &prose, paper)
            .map_err(|fault| SheetError::Number { place: "the set-up".into(), fault })?;
    }
    views.extend(builder.cells(cells)?);
    if !builder.problems.is_empty() {
        return Err(SheetError::Texts(builder.problems));
    }
    let (figures, passages) = (builder.figures, builder.passages);
    let markdown = set(scenario, views, &prose, templates, paper)?;
    let blanks = [("title", scenario.front.title.clone())];
    let description = prose.say(&format!("description_{}", paper.name()), &blanks);
    Ok(Sheet {
        title: scenario.front.title.clone(),
        language: language.clone(),
        description,
        markdown,
        figures,
        passages,
    })
}

fn set(
    scenario: &Scenario,
    cells: Vec<CellView>,
    prose: &Prose,
    templates: &Templates,
    paper: Paper,
) -> Result<String, SheetError> {
    let front = &scenario.front;
    let authors = Some(front.authors.join(", ")).filter(|authors| !authors.is_empty());
    let note = (paper == Paper::Solutions).then(|| prose.word("solutions_note"));
    let byline = [front.subtitle.clone(), front.course.clone(), authors, front.date.clone(), note];
    let view = SheetView {
        title: front.title.clone(),
        byline: byline.into_iter().flatten().collect(),
        license: front.license.clone(),
        paper: paper.name(),
        cells,
    };
    let mut context = tera::Context::new();
    context.insert("sheet", &view);
    context.insert("words", prose.words());
    let markdown = templates.render("sheet.md", &context)?;
    Ok(tidy(&markdown))
}

/// No trailing blanks, at most one empty line in a row, one line break at the end.
fn tidy(markdown: &str) -> String {
    let mut lines: Vec<&str> = Vec::new();
    for line in markdown.lines() {
        let line = line.trim_end();
        let empty = |line: &str| line.is_empty() || line == ">";
        let repeated = empty(line) && lines.last().is_none_or(|last| *last == line);
        if !repeated {
            lines.push(line);
        }
    }
    let mut text = lines.join("\n").trim_end().to_owned();
    text.push('\n');
    text
}

struct Builder<'a> {
    scenario: &'a Scenario,
    trace: &'a Trace,
    prose: &'a Prose,
    paper: Paper,
    questions: usize,
    plots: usize,
    figures: BTreeMap<String, String>,
    passages: Vec<Passage>,
    problems: Vec<Problem>,
    /// The gradients that the current question has shown already.
    told: BTreeSet<String>,
}

impl Builder<'_> {
    fn is_shown(&self, audience: Audience) -> bool {
        match audience {
            Audience::Both => true,
            Audience::Handout => self.paper == Paper::Handout,
            Audience::Solutions => self.paper == Paper::Solutions,
        }
    }

    /// What is hidden still counts, so that both papers number alike.
    fn count(&mut self, cell: &Cell) {
        match cell.content {
            Content::Question(_) => self.questions += 1,
            Content::Plot { .. } | Content::Graph { .. } => self.plots += 1,
            _ => {}
        }
    }

    fn cells(&mut self, cells: &[Cell]) -> Result<Vec<CellView>, SheetError> {
        let mut views = Vec::new();
        for cell in cells {
            self.count(cell);
            if self.is_shown(cell.audience) {
                views.push(self.cell(cell, None, None)?);
            }
        }
        Ok(views)
    }

    fn cell(
        &mut self,
        cell: &Cell,
        home: Option<&str>,
        letter: Option<String>,
    ) -> Result<CellView, SheetError> {
        match &cell.content {
            Content::Markdown(text) => Ok(CellView::Markdown { text: self.text(text, home)? }),
            Content::Callout { kind, text } => {
                Ok(CellView::Callout { callout: callout(*kind), text: self.text(text, home)? })
            }
            Content::Rules(runs) => Ok(CellView::Rules { rules: self.rules(runs) }),
            Content::Question(question) => self.question(question),
            Content::Ask(ask) => Ok(CellView::Ask(self.ask(ask, home, letter)?)),
            Content::Given(given) => Ok(CellView::Given { formula: self.given(given)? }),
            Content::Plot { kind, of } => self.plot(*kind, of),
            Content::Table { of } => self.table(of),
            Content::Gradients { setup, at } => self.gradients(*setup, *at),
            Content::Nodes(setup) => Ok(self.nodes(*setup)),
            Content::Adjoints { setup, at } => self.adjoints(*setup, *at),
            Content::Graph { setup, backward } => Ok(self.graph(*setup, *backward)),
            Content::Narration(run) => self.narration(*run),
        }
    }

    fn text(&mut self, text: &Text, home: Option<&str>) -> Result<String, SheetError> {
        match self.prose.render(text, home) {
            Ok(rendered) => {
                self.passages.push(Passage { text: text.clone(), rendered: rendered.clone() });
                Ok(rendered.trim().to_owned())
            }
            Err(ProseError::Text { offset, width, message }) => {
                self.problems.push(text.problem(offset, width, message));
                Ok(String::new())
            }
            Err(ProseError::Number(fault)) => {
                Err(SheetError::Number { place: "a number in a text".into(), fault })
            }
        }
    }

    fn question(&mut self, question: &Question) -> Result<CellView, SheetError> {
        self.told.clear();
        let home = question.setup.map(|index| self.scenario.setups[index].name.as_str());
        let text = match &question.text {
            Some(text) => Some(self.text(text, home)?),
            None => None,
        };
        let number = self.questions;
        let asks = question.parts.iter().filter(|cell| matches!(cell.content, Content::Ask(_)));
        let single = asks.count() < 2;
        let mut letters = 0;
        let mut parts = Vec::new();
        for cell in &question.parts {
            self.count(cell);
            let mut letter = None;
            if let (Content::Ask(_), false) = (&cell.content, single) {
                letter = Some(part_letter(letters));
                letters += 1;
            }
            if self.is_shown(cell.audience) {
                parts.push(self.cell(cell, home, letter)?);
            }
        }
        Ok(CellView::Question { number, title: question.title.clone(), text, parts })
    }

    fn ask(
        &mut self,
        ask: &Ask,
        home: Option<&str>,
        letter: Option<String>,
    ) -> Result<AskView, SheetError> {
        let text = match &ask.text {
            Some(text) => Some(self.text(text, home)?),
            None => None,
        };
        let given = match &ask.given {
            Some(given) => Some(self.given(given)?),
            None => None,
        };
        let mut solution = self.solution(ask, home)?;
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
        })
    }

    fn marks(&self, marks: &str) -> String {
        let key = if marks == "1" { "one_mark" } else { "marks" };
        self.prose.say(key, &[("count", marks.to_owned())])
    }

    /// The author's solution first, then the derivation of the answers. Both are made for
    /// the handout too, so that a mistake in a solution shows whatever is rendered.
    fn solution(&mut self, ask: &Ask, home: Option<&str>) -> Result<Vec<Block>, SheetError> {
        let mut blocks = Vec::new();
        if let Some(text) = &ask.solution {
            blocks.push(Block::Text(self.text(text, home)?));
        }
        for (moment, paths) in self.moments(&ask.answers) {
            blocks.extend(self.derivation(moment, &paths)?);
        }
        for path in &ask.answers {
            if !matches!(&path.target, Target::Record { t, .. } if *t > 0) {
                blocks.push(self.looked_up(path)?);
            }
        }
        Ok(blocks)
    }

    /// The answers by the iteration that they belong to, in order of appearance.
    fn moments<'p>(&self, answers: &'p [Path]) -> Vec<(Moment, Vec<&'p What>)> {
        let mut list: Vec<(Moment, Vec<&What>)> = Vec::new();
        for path in answers {
            let Target::Record { run, t, what } = &path.target else { continue };
            let Some(id) = self.run_id(&path.setup, run).filter(|_| *t > 0) else { continue };
            let moment = Moment { run: id, t: *t };
            match list.iter_mut().find(|(known, _)| *known == moment) {
                Some((_, asked)) => asked.push(what),
                None => list.push((moment, vec![what])),
            }
        }
        list
    }

    fn run_id(&self, setup: &str, run: &str) -> Option<RunId> {
        let index = self.scenario.setups.iter().position(|known| known.name == setup)?;
        let run = self.scenario.setups[index].runs.iter().position(|known| known.name == run)?;
        Some(RunId { setup: index, run })
    }

    /// A value that is not computed but given: `\alpha = 0.5`.
    fn looked_up(&self, path: &Path) -> Result<Block, SheetError> {
        let fail = |fault| SheetError::Number { place: path.setup.clone(), fault };
        let Some(id) = self.scenario.setups.iter().position(|setup| setup.name == path.setup)
        else {
            return Ok(Block::Text(String::new()));
        };
        let setup = &self.scenario.setups[id];
        let numbers = self.numbers(&setup.display);
        let value = path.value(self.trace, crate::trace::Reading::Printed);
        let shown = match &value {
            Some(value) => numbers.given(value).map_err(fail)?,
            None => numbers.no_value(),
        };
        let name = match &path.target {
            Target::Datum { name, .. } | Target::Option { name, .. } => setup.notation.latex(name),
            Target::Record { what: What::Parameter(name), .. } => setup.notation.latex(name),
            Target::Record { what: What::State { state, parameter }, .. } => {
                format!("{}^{{{}}}", setup.notation.latex(state), setup.notation.latex(parameter))
            }
            Target::Record { .. } => String::new(),
        };
        Ok(Block::Formula(format!("{name} = {}", shown.latex())))
    }

    fn numbers<'n>(&'n self, display: &'n Display) -> Numbers<'n> {
        let undefined = self.prose.words().get("undefined").map_or("undefined", String::as_str);
        Numbers { display, mark: self.prose.mark(), undefined }
    }

    /// The iteration, if the run got so far.
    fn work(&self, moment: Moment) -> Option<Work<'_>> {
        let (setup, run) = self.scenario.run(moment.run);
        let records = self.trace.setups.get(&setup.name)?.runs.get(&run.name)?.printed();
        let record = records.iter().find(|record| record.t == moment.t)?;
        let before = records.iter().find(|record| record.t + 1 == moment.t)?;
        Some(Work { setup, run, record, before, numbers: self.numbers(&run.display) })
    }

    fn place(&self, moment: Moment) -> String {
        let (setup, run) = self.scenario.run(moment.run);
        format!("{}.{}.t{}", setup.name, run.name, moment.t)
    }

    /// Marks the gradient of an iteration as told; false if it was told before.
    fn tell(&mut self, moment: Moment) -> bool {
        let Some(work) = self.work(moment) else { return false };
        let key = format!(
            "{} {:?} {:?} {:?}",
            work.setup.name, work.record.batch, work.before.parameters, work.record.look_ahead
        );
        self.told.insert(key)
    }

    fn derivation(&mut self, moment: Moment, asked: &[&What]) -> Result<Vec<Block>, SheetError> {
        let news = self.tell(moment);
        let place = self.place(moment);
        let fail = |fault| SheetError::Number { place: place.clone(), fault };
        let Some(work) = self.work(moment) else {
            return Ok(vec![Block::Text(self.prose.word("ended_before"))]);
        };
        let wants_pass =
            asked.iter().any(|what| !matches!(what, What::Parameter(_) | What::State { .. }));
        let mut blocks = Vec::new();
        if news || wants_pass {
            let loss = asked.iter().any(|what| match what {
                What::Loss => true,
                What::Forward { name, .. } => name == "loss",
                _ => false,
            });
            blocks.extend(pass_blocks(&work, self.prose, loss).map_err(fail)?);
        } else {
            blocks.extend(work.gradient_remarks(self.prose).map_err(fail)?);
        }
        if let Some(asked) = asked_update(&work, asked) {
            let name = run_name(self.prose, work.run);
            let rows = work.update(&asked).map_err(fail)?;
            blocks.push(Block::Text(self.prose.say("apply_rule", &[("name", name)])));
            blocks.push(Block::Formula(aligned(&rows)));
            blocks.extend(work.update_remarks(self.prose));
        }
        Ok(blocks)
    }

    fn given(&mut self, given: &Given) -> Result<String, SheetError> {
        if given.show.contains(&Hint::Gradient) {
            self.tell(given.at);
        }
        let place = self.place(given.at);
        let fail = |fault| SheetError::Number { place: place.clone(), fault };
        let Some(work) = self.work(given.at) else {
            return Ok(format!(r"\text{{{}}}", self.prose.word("ended_before")));
        };
        let mut rows = Vec::new();
        for hint in &given.show {
            let more = match hint {
                Hint::State => work.state_before(),
                Hint::Parameters => work.parameters_before(),
                Hint::Forward => work.look_ahead().and_then(|mut rows| {
                    rows.extend(work.forward(false)?);
                    Ok(rows)
                }),
                Hint::Gradient => work.gradient(),
            };
            rows.extend(more.map_err(fail)?);
        }
        Ok(aligned(&rows))
    }

    fn rules(&self, runs: &[RunId]) -> Vec<RuleView> {
        let mut views: Vec<RuleView> = Vec::new();
        for id in runs {
            let (setup, run) = self.scenario.run(*id);
            let rows = in_symbols(run, &setup.notation, self.prose.mark());
            let view = RuleView {
                name: self.prose.word(&format!("optimizer_{}_title", run.optimizer.kind)),
                formula: aligned(&rows),
                conventions: conventions(self.prose, run),
            };
            if views.iter().all(|known| known.formula != view.formula) {
                views.push(view);
            }
        }
        views
    }

    fn plot(&mut self, kind: PlotKind, of: &[RunId]) -> Result<CellView, SheetError> {
        let plot = plots::plot(self.scenario, self.trace, self.prose, kind, of)
            .map_err(|fault| SheetError::Number { place: "a plot".into(), fault })?;
        let name = format!("{}-{}", plots::file_stem(kind), self.plots);
        let svg = figure::draw(&plot, &name, figure::Theme::Adaptive);
        let file = format!("{name}.svg");
        self.figures.insert(file.clone(), svg);
        Ok(CellView::Figure { file, title: plot.title, description: plot.description })
    }

    fn table(&self, of: &[RunId]) -> Result<CellView, SheetError> {
        standard::table(self.scenario, self.trace, self.prose, of)
            .map_err(|fault| SheetError::Number { place: "a table".into(), fault })
    }

    fn gradients(&self, setup: usize, at: Option<Moment>) -> Result<CellView, SheetError> {
        let setup = &self.scenario.setups[setup];
        let mut blocks = Vec::new();
        if let Some(work) = at.and_then(|moment| self.work(moment)) {
            let fail = |fault| SheetError::Number { place: setup.name.clone(), fault };
            blocks = pass_blocks(&work, self.prose, false).map_err(fail)?;
        }
        let numbers = self.numbers(&setup.display);
        let (formula, derivatives) = standard::gradients(setup, self.prose, &numbers);
        Ok(CellView::Gradients { formula, derivatives, blocks })
    }

    fn nodes(&self, setup: usize) -> CellView {
        let setup = &self.scenario.setups[setup];
        let derivation = Derivation::new(setup, self.numbers(&setup.display));
        CellView::Given { formula: aligned(&derivation.nodes()) }
    }

    fn adjoints(&self, setup: usize, at: Option<Moment>) -> Result<CellView, SheetError> {
        let setup = &self.scenario.setups[setup];
        let place = || format!("the adjoints of `{}`", setup.name);
        let number = |fault| SheetError::Number { place: place(), fault };
        let values = match at.and_then(|moment| self.work(moment)) {
            None => None,
            Some(work) => {
                let point = work.record.look_ahead.as_ref().unwrap_or(&work.before.parameters);
                let example = work.record.batch.first().copied().unwrap_or(0);
                let nodes = engine::nodes(setup, point, example).ok();
                nodes.map(|nodes| nodes.into_iter().map(|(_, adjoint)| adjoint).collect::<Vec<_>>())
            }
        };
        let derivation = Derivation::new(setup, self.numbers(&setup.display));
        let formula = aligned(&derivation.adjoints(values.as_deref()).map_err(number)?);
        let mut remarks = Vec::new();
        if derivation.reorders() {
            remarks.push(self.prose.word("adjoints_reshaped"));
        }
        Ok(CellView::Adjoints { formula, remarks })
    }

    fn graph(&mut self, setup: usize, backward: Backward) -> CellView {
        let setup = &self.scenario.setups[setup];
        let derivation = Derivation::new(setup, self.numbers(&setup.display));
        let diagram = drawing::diagram(&derivation, self.prose, backward);
        let name = format!("graph-{}", self.plots);
        let svg = figure::diagram::draw(&diagram, &name, figure::Theme::Adaptive);
        let file = format!("{name}.svg");
        self.figures.insert(file.clone(), svg);
        CellView::Figure { file, title: diagram.title, description: diagram.description }
    }

    fn narration(&mut self, run: RunId) -> Result<CellView, SheetError> {
        let (setup, definition) = self.scenario.run(run);
        let name = run_title(self.scenario, self.prose, run, &self.scenario.run_ids());
        let title = self.prose.say("narration_title", &[("name", name)]);
        let lead = conventions(self.prose, definition).join("; ");
        let mut iterations = Vec::new();
        let count = setup.batches.len();
        for t in 1..=count {
            let moment = Moment { run, t };
            let place = self.place(moment);
            let fail = |fault| SheetError::Number { place: place.clone(), fault };
            let Some(work) = self.work(moment) else { break };
            let mut blocks = pass_blocks(&work, self.prose, true).map_err(fail)?;
            let everything = Asked {
                parameters: setup.parameters.iter().map(|(name, _)| name.clone()).collect(),
                last: "theta".into(),
            };
            let name = run_name(self.prose, definition);
            blocks.push(Block::Text(self.prose.say("apply_rule", &[("name", name)])));
            blocks.push(Block::Formula(aligned(&work.update(&everything).map_err(fail)?)));
            blocks.extend(work.update_remarks(self.prose));
            iterations.push(IterationView {
                title: iteration_title(&work, self.prose).map_err(fail)?,
                blocks,
            });
        }
        Ok(CellView::Narration { title, lead, iterations })
    }
}

/// Forward pass and gradient, with what there is to say about them.
fn pass_blocks(work: &Work<'_>, prose: &Prose, loss: bool) -> Result<Vec<Block>, Fault> {
    let mut rows = work.look_ahead()?;
    rows.extend(work.forward(loss)?);
    rows.extend(work.gradient()?);
    let mut blocks = vec![Block::Text(prose.word("pass_lead")), Block::Formula(aligned(&rows))];
    blocks.extend(work.gradient_remarks(prose)?);
    Ok(blocks)
}

/// Which parameters an answer asks to update, and how far.
fn asked_update(work: &Work<'_>, asked: &[&What]) -> Option<Asked> {
    let mut names: Vec<&str> = Vec::new();
    let mut states: Vec<&str> = Vec::new();
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
            What::Loss | What::Gradient(_) | What::Forward { .. } | What::Adjoint { .. } => {}
        }
    }
    if names.is_empty() {
        return None;
    }
    let parameters = work.setup.parameters.iter().map(|(name, _)| name);
    let parameters = parameters.filter(|name| names.contains(&name.as_str())).cloned().collect();
    let rule = (work.run.optimizer.rule)(&work.run.options);
    let lines = rule.lines_at(work.record.t).iter();
    let last = lines.rev().find(|line| states.contains(&line.name.as_str()))?;
    Some(Asked { parameters, last: last.name.clone() })
}

/// The optimizer's name in running text.
fn run_name(prose: &Prose, run: &crate::scenario::Run) -> String {
    prose.word(&format!("optimizer_{}", run.optimizer.kind))
}

/// The optimizer's name, with the run's own where two of the runs would be called the same.
pub(super) fn run_title(scenario: &Scenario, prose: &Prose, id: RunId, among: &[RunId]) -> String {
    let (setup, run) = scenario.run(id);
    let name = run_name(prose, run);
    let kind = |other: RunId| scenario.run(other).1.optimizer.kind;
    if among.iter().filter(|other| kind(**other) == kind(id)).count() < 2 {
        return name;
    }
    let several = among.iter().any(|other| other.setup != id.setup);
    let path = if several { format!("{}.{}", setup.name, run.name) } else { run.name.clone() };
    format!("{name} (`{path}`)")
}

/// The conventions in force, as the language file words them.
pub(super) fn conventions(prose: &Prose, run: &crate::scenario::Run) -> Vec<String> {
    let mut list = Vec::new();
    for (name, setting) in run.options.iter() {
        if let crate::catalogue::Setting::Word(word) = setting {
            let key = format!("convention_{}_{name}_{word}", run.optimizer.kind);
            list.push(prose.optional_word(&key));
        }
    }
    list.retain(|text| !text.is_empty());
    list
}

fn iteration_title(work: &Work<'_>, prose: &Prose) -> Result<String, Fault> {
    let t = work.record.t.to_string();
    let mut data = Vec::new();
    for index in &work.record.batch {
        let row = &work.setup.data[index - 1];
        let mut entries = Vec::new();
        for (input, value) in work.setup.inputs.iter().zip(row) {
            let shown = work.numbers.given(value)?;
            entries.push(format!("{} = {}", work.setup.notation.latex(input), shown.latex()));
        }
        data.push(format!("$({})$", entries.join(r", \thickspace ")));
    }
    if data.is_empty() || data.len() > 3 {
        return Ok(prose.say("iteration", &[("t", t)]));
    }
    Ok(prose.say("iteration_on", &[("t", t), ("data", data.join(", "))]))
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

fn callout(kind: Callout) -> &'static str {
    match kind {
        Callout::Note => "NOTE",
        Callout::Tip => "TIP",
        Callout::Important => "IMPORTANT",
        Callout::Warning => "WARNING",
        Callout::Caution => "CAUTION",
    }
}

/// a, b, …, z, aa, ab, …
fn part_letter(index: usize) -> String {
    let letter = char::from(b'a' + u8::try_from(index % 26).unwrap_or(0));
    match index / 26 {
        0 => letter.to_string(),
        more => part_letter(more - 1) + &letter.to_string(),
    }
}
