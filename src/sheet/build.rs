//! The builder: walks the cells, numbers questions and parts, and lets the template set them.

use std::collections::{BTreeMap, BTreeSet};

use crate::engine::{self, EngineError};
use crate::figure;
use crate::markup::Places;
use crate::number::Fault;
use crate::scenario::{
    Audience, Backward, Content, Display, ExperimentId, ExperimentPlot, FrontMatter, Given, Hint,
    Moment, Number, Numbered, Numbering, Place, PlotKind, Problem, Question, RunId, Scenario,
    Shown, Text,
};
use crate::trace::{self, Iteration, Trace};

use super::activation;
use super::anchors::Tokens;
use super::answer::{Pass, pass_blocks};
use super::data::Data;
use super::derive::Derivation;
use super::drawing;
use super::elsewhere::Links;
use super::experiment::Report;
use super::experiment_plots;
use super::label::{self, plain};
use super::names::{callout, conventions, iteration_title, run_heading, run_name, run_title};
use super::plots::{self, Drawn};
use super::prose::Prose;
use super::show::{Numbers, aligned};
use super::solved::Solved;
use super::standard;
use super::steps::Steps;
use super::templates::{TemplateError, Templates};
use super::texts::{TextError, Texts};
use super::told::Told;
use super::update::{Asked, in_symbols};
use super::view::{Block, CellView, IterationView, RuleView, SheetView};
use super::work::{Derivatives, Symbols, Work};

/// Which of the two papers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paper {
    /// The questions, without a trace of their answers.
    Handout,
    /// The worked solutions.
    Solutions,
    /// The questions, each with its solution below it, which a page folds away.
    Folded,
}

impl Paper {
    /// Its name, as files are called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Handout => "handout",
            Self::Solutions => "solutions",
            Self::Folded => "folded",
        }
    }
}

/// What becomes of solutions that a handout doesn't show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hidden {
    /// They are worked out nevertheless, so that a mistake in one shows.
    Checked,
    /// They are passed over: the solutions are made too.
    Skipped,
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
    /// The tables behind them, by the figure's file name; a drawn graph has none.
    pub data: BTreeMap<String, Data>,
    /// The author's texts as rendered, for checks of their formulas.
    pub passages: Vec<Passage>,
    /// The places in the Markdown that links lead to.
    pub places: Places,
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
    /// A wrong turn can't be followed.
    #[error(transparent)]
    Engine(#[from] EngineError),
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
    solved: Solved<'_>,
    templates: &Templates,
    paper: Paper,
    hidden: Hidden,
) -> Result<Sheet, SheetError> {
    build_among(solved, templates, paper, hidden, None)
}

/// Builds one paper of a scenario that may link to other sheets by their titles and labels.
///
/// # Errors
///
/// As for [`build`], and links to sheets or labels that are not there.
pub fn build_among(
    solved: Solved<'_>,
    templates: &Templates,
    paper: Paper,
    hidden: Hidden,
    links: Option<&dyn Links>,
) -> Result<Sheet, SheetError> {
    let Solved { scenario, trace, .. } = solved;
    let language = &scenario.front.language;
    let Some(words) = templates.words(language) else {
        let known: Vec<&str> = templates.languages().collect();
        return Err(SheetError::Language {
            language: language.clone(),
            known: known.join(", "),
            place: scenario.front.language_place,
        });
    };
    let prose = Prose::new(words);
    let texts = Texts::new(scenario, trace, words);
    let standard_cells;
    let cells = match &scenario.cells {
        Some(cells) => cells,
        None => {
            standard_cells = standard::cells(scenario);
            &standard_cells
        }
    };
    let numbering = Numbering::of(cells);
    let mut builder = Builder {
        solved,
        scenario,
        trace,
        prose: &prose,
        texts: &texts,
        paper,
        hidden,
        numbering: &numbering,
        links,
        shown: Shown::EVERYWHERE,
        plots: 0,
        title: None,
        figures: BTreeMap::new(),
        data: BTreeMap::new(),
        passages: Vec::new(),
        problems: Vec::new(),
        tokens: Tokens::default(),
        printed: BTreeSet::new(),
        told: Vec::new(),
        symbols: Symbols::of(scenario),
        frame: None,
    };
    let mut views = Vec::new();
    if scenario.cells.is_none() {
        views = standard::setups(scenario, &prose, paper)
            .map_err(|fault| SheetError::Number { place: "the set-up".into(), fault })?;
    }
    views.extend(builder.cells(&numbering.cells)?);
    if !builder.problems.is_empty() {
        return Err(SheetError::Texts(builder.problems));
    }
    let markdown = set(scenario, views, &prose, templates, paper)?;
    let lost = builder.lost(&builder.tokens, &markdown);
    if !lost.is_empty() {
        return Err(SheetError::Texts(lost));
    }
    let (markdown, places) = builder.tokens.finish(&markdown);
    let (figures, data, passages) = (builder.figures, builder.data, builder.passages);
    let blanks = [("title", scenario.front.title.clone())];
    let description = prose.say(&format!("description_{}", paper.name()), &blanks);
    Ok(Sheet {
        title: scenario.front.title.clone(),
        language: language.clone(),
        description,
        markdown,
        figures,
        data,
        passages,
        places,
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
    let front_matter = [front.subtitle.clone(), front.course.clone(), authors, front.date.clone()];
    let byline = front_matter.into_iter().flatten().chain(label::byline(scenario, prose));
    let view = SheetView {
        title: front.title.clone(),
        byline: byline.chain(note).collect(),
        demands: demands(front, prose),
        license: front.license.clone(),
        paper: paper.name(),
        cells,
    };
    let mut context = tera::Context::new();
    context.insert("sheet", &view);
    prose.words().insert_into(&mut context);
    let markdown = templates.render("sheet.md", &context)?;
    Ok(tidy(&markdown))
}

/// What the sheet takes, in sentences: time, and what is known already.
fn demands(front: &FrontMatter, prose: &Prose) -> Vec<String> {
    let time = front.minutes.map(|minutes| prose.words().counted("minutes", minutes));
    let known = (!front.assumes.is_empty())
        .then(|| prose.say("assumes", &[("list", prose.list(&front.assumes))]));
    time.into_iter().chain(known).collect()
}

/// No trailing blanks, at most one empty line in a row, one line break at the end.
pub fn tidy(markdown: &str) -> String {
    let mut text = String::with_capacity(markdown.len());
    let mut last = None;
    for line in markdown.lines() {
        let line = line.trim_end();
        let empty = line.is_empty() || line == ">";
        let repeated = empty && last.is_none_or(|last| last == line);
        if !repeated {
            text.extend([line, "\n"]);
            last = Some(line);
        }
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

/// Walks the cells of one paper.
pub(super) struct Builder<'a> {
    pub(super) solved: Solved<'a>,
    pub(super) scenario: &'a Scenario,
    pub(super) trace: &'a Trace,
    pub(super) prose: &'a Prose,
    pub(super) texts: &'a Texts<'a>,
    pub(super) paper: Paper,
    pub(super) hidden: Hidden,
    pub(super) numbering: &'a Numbering<'a>,
    /// Who knows other sheets.
    pub(super) links: Option<&'a dyn Links>,
    /// Where the current cell is seen.
    pub(super) shown: Shown,
    /// The number of the current figure.
    pub(super) plots: usize,
    /// The title that the current figure was given.
    pub(super) title: Option<String>,
    pub(super) figures: BTreeMap<String, String>,
    pub(super) data: BTreeMap<String, Data>,
    pub(super) passages: Vec<Passage>,
    pub(super) problems: Vec<Problem>,
    pub(super) tokens: Tokens,
    /// The labels whose equations are printed already.
    pub(super) printed: BTreeSet<String>,
    /// The forward passes and gradients that the current question has shown already.
    pub(super) told: Vec<Told<'a>>,
    /// What follows from each set-up without its numbers.
    pub(super) symbols: Vec<Symbols>,
    /// The number of the frame, from 1, in a cell that has several.
    pub(super) frame: Option<usize>,
}

impl<'a> Builder<'a> {
    fn is_shown(&self, audience: Audience) -> bool {
        match audience {
            Audience::Both => true,
            Audience::Handout => self.paper != Paper::Solutions,
            Audience::Solutions => self.paper != Paper::Handout,
        }
    }

    /// Whether solutions are worked out, be it for their mistakes alone.
    pub(super) fn works_solutions(&self) -> bool {
        self.paper != Paper::Handout || self.hidden == Hidden::Checked
    }

    fn cells(&mut self, cells: &[Numbered<'_>]) -> Result<Vec<CellView>, SheetError> {
        let shown = cells.iter().filter(|numbered| self.is_shown(numbered.cell.audience));
        let shown: Vec<&Numbered<'_>> = shown.collect();
        let mut views: Vec<CellView> = Vec::with_capacity(shown.len());
        for numbered in shown {
            let view = self.cell(numbered, None)?;
            // Neighbours are unfolded together.
            match (views.last_mut(), view) {
                (Some(CellView::Hidden { cells }), CellView::Hidden { cells: more }) => {
                    cells.extend(more);
                }
                (_, view) => views.push(view),
            }
        }
        Ok(views)
    }

    pub(super) fn cell(
        &mut self,
        numbered: &Numbered<'_>,
        home: Option<&str>,
    ) -> Result<CellView, SheetError> {
        let number = numbered.number.as_ref();
        self.shown = numbered.shown;
        if let Some(Number::Figure(figure)) = number {
            self.plots = *figure;
        }
        self.title.clone_from(&numbered.cell.title);
        let mut view = self.content(numbered, home)?;
        let is_question = matches!(numbered.cell.content, Content::Question(_));
        let folds = self.paper == Paper::Folded && !numbered.shown.handout && !is_question;
        match &mut view {
            CellView::Figure { title, .. } => *title = self.caption(number, title),
            CellView::Table { title, .. } => {
                if let Some(own) = &numbered.cell.title {
                    *title = plain(own);
                }
                *title = self.caption(number, title);
            }
            CellView::Given { formula }
            | CellView::Gradients { formula, .. }
            | CellView::Adjoints { formula, .. } => {
                *formula = self.numbered(std::mem::take(formula), number);
            }
            CellView::Rules { rules } => {
                if let Some(rule) = rules.first_mut() {
                    rule.formula = self.numbered(std::mem::take(&mut rule.formula), number);
                }
            }
            _ => {}
        }
        if folds {
            view = CellView::Hidden { cells: vec![view] };
        }
        Ok(view)
    }

    fn content(
        &mut self,
        numbered: &Numbered<'_>,
        home: Option<&str>,
    ) -> Result<CellView, SheetError> {
        match &numbered.cell.content {
            Content::Markdown(text) => Ok(CellView::Markdown { text: self.text(text, home)? }),
            Content::Callout { kind, text } => {
                Ok(CellView::Callout { callout: callout(*kind), text: self.text(text, home)? })
            }
            Content::Rules(runs) => Ok(CellView::Rules { rules: self.rules(runs) }),
            Content::Question(question) => self.question(question, numbered),
            Content::Ask(ask) => Ok(CellView::Ask(self.ask(ask, home, numbered)?)),
            Content::Given(given) => Ok(CellView::Given { formula: self.given(given)? }),
            Content::Plot { kind, of } => self.plot(*kind, of),
            Content::Experiment(id) => self.experiment(*id),
            Content::ExperimentPlot { of, kind } => self.experiment_plot(*of, kind),
            Content::Activations(functions) => {
                let display = self.scenario.setups.first().map(|setup| &setup.display);
                let Some(display) = display else {
                    return Ok(CellView::Markdown { text: String::new() });
                };
                let drawn = activation::plot(functions, display, self.prose).map_err(|fault| {
                    SheetError::Number { place: "a plot of functions".into(), fault }
                })?;
                Ok(self.figure("activation", drawn))
            }
            Content::Table { of } => self.table(of),
            Content::Gradients { setup, at } => self.gradients(*setup, *at),
            Content::Nodes(setup) => Ok(self.nodes(*setup)),
            Content::Adjoints { setup, at } => self.adjoints(*setup, *at),
            Content::Graph { setup, backward } => Ok(self.graph(*setup, *backward)),
            Content::Page(title) => Ok(CellView::Page { title: plain(title) }),
            Content::Narration(run) => self.narration(*run),
            Content::Code { library, of } => self.code(*library, of),
            Content::Frames(frames) => self.frames(frames, numbered, home),
        }
    }

    pub(super) fn text(&mut self, text: &Text, home: Option<&str>) -> Result<String, SheetError> {
        match self.texts.render(text, home) {
            Ok(rendered) => {
                let linked = self.linked(text, &rendered, self.shown);
                self.passages.push(Passage { text: text.clone(), rendered });
                Ok(linked.trim().to_owned())
            }
            Err(TextError::Text { offset, width, message, help }) => {
                let problem = text.problem(offset, width, message);
                self.problems.push(Problem { help, ..problem });
                Ok(String::new())
            }
            Err(TextError::Number(fault)) => {
                Err(SheetError::Number { place: "a number in a text".into(), fault })
            }
        }
    }

    fn question(
        &mut self,
        question: &Question,
        numbered: &Numbered<'_>,
    ) -> Result<CellView, SheetError> {
        self.told.clear();
        let home = question.setup.map(|index| self.scenario.setups[index].name.as_str());
        let text = match &question.text {
            Some(text) => Some(self.text(text, home)?),
            None => None,
        };
        let mut parts = Vec::new();
        for part in &numbered.parts {
            if self.is_shown(part.cell.audience) {
                parts.push(self.cell(part, home)?);
            }
        }
        let number = match numbered.number {
            Some(Number::Question(number)) => number,
            _ => 0,
        };
        let title = self.place_of(numbered.number.as_ref()) + &question.title;
        Ok(CellView::Question { number, title, text, parts })
    }

    pub(super) fn numbers<'n>(&'n self, display: &'n Display) -> Numbers<'n> {
        let undefined = self.prose.words().get("undefined").map_or("undefined", String::as_str);
        Numbers { display, mark: self.prose.mark(), undefined }
    }

    /// The iteration, if the run got so far.
    pub(super) fn work(&self, moment: Moment) -> Option<Work<'_>> {
        let (setup, run) = self.scenario.run(moment.run);
        let [before, record] = self.records(moment)?;
        let RunId { setup: of, run: index } = moment.run;
        let (symbols, numbers) = (&self.symbols[of], self.numbers(&run.display));
        Some(Work { setup, run, index, symbols, record, before, numbers })
    }

    /// The record of an iteration behind that of the one before.
    pub(super) fn records(&self, moment: Moment) -> Option<[&'a Iteration; 2]> {
        let (setup, run) = self.scenario.run(moment.run);
        let records = self.trace.setups.get(&setup.name)?.runs.get(&run.name)?.printed();
        let record = records.iter().find(|record| record.t == moment.t)?;
        let before = records.iter().find(|record| record.t + 1 == moment.t)?;
        Some([before, record])
    }

    pub(super) fn place(&self, moment: Moment) -> String {
        let (setup, run) = self.scenario.run(moment.run);
        format!("{}.{}.t{}", setup.name, run.name, moment.t)
    }

    pub(super) fn given(&mut self, given: &Given) -> Result<String, SheetError> {
        let (setup, _) = self.scenario.run(given.at.run);
        if given.show.contains(&Hint::Gradient) {
            for parameter in setup.trained_names() {
                self.tell_gradient(given.at, parameter);
            }
        }
        if given.show.contains(&Hint::Forward) {
            self.tell_forward(given.at);
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
                Hint::Gradient => work.gradient(&Derivatives::all(work.setup)),
            };
            rows.extend(more.map_err(fail)?);
        }
        Ok(aligned(&rows))
    }

    fn rules(&self, runs: &[RunId]) -> Vec<RuleView> {
        let mut views: Vec<RuleView> = Vec::new();
        for id in runs {
            let (setup, run) = self.scenario.run(*id);
            let rows = in_symbols(run, &setup.notation, self.prose);
            let view = RuleView {
                name: run_heading(self.prose, run),
                formula: aligned(&rows),
                conventions: conventions(self.prose, setup, run),
            };
            if views.iter().all(|known| known.formula != view.formula) {
                views.push(view);
            }
        }
        views
    }

    fn plot(&mut self, kind: PlotKind, of: &[RunId]) -> Result<CellView, SheetError> {
        let drawn = plots::plot(self.scenario, self.trace, self.prose, kind, of, None)
            .map_err(|fault| SheetError::Number { place: "a plot".into(), fault })?;
        Ok(self.figure(plots::file_stem(kind), drawn))
    }

    /// A plot and its table, which go together on whatever paper.
    pub(super) fn figure(&mut self, stem: &str, Drawn { mut plot, data }: Drawn) -> CellView {
        if let Some(title) = &self.title {
            plot.title.clone_from(title);
        }
        let name = match self.frame {
            Some(frame) => format!("{stem}-{}-{frame}", self.plots),
            None => format!("{stem}-{}", self.plots),
        };
        let svg = figure::draw(&plot, &name, figure::Theme::Adaptive);
        let file = format!("{name}.svg");
        self.figures.insert(file.clone(), svg);
        self.data.insert(file.clone(), data);
        CellView::Figure { file, title: plot.title, description: plot.description }
    }

    /// "Figure 2. The loss of SGD"
    pub(super) fn caption(&mut self, number: Option<&Number>, title: &str) -> String {
        let (key, count, title) = match number {
            Some(Number::Figure(count)) => ("caption_figure", count, plain(title)),
            Some(Number::Table(count)) => ("caption_table", count, title.to_owned()),
            _ => return title.to_owned(),
        };
        let blanks = [("number", count.to_string()), ("title", title)];
        self.place_of(number) + &self.prose.say(key, &blanks)
    }

    fn experiment(&self, id: ExperimentId) -> Result<CellView, SheetError> {
        let (setup, experiment) = self.scenario.experiment(id);
        let Some(found) = self.found(id) else {
            return Ok(CellView::Markdown { text: String::new() });
        };
        let report = Report { setup, experiment, found, prose: self.prose };
        report.view(&self.numbers(&setup.display)).map_err(|fault| SheetError::Number {
            place: format!("{}.{}", setup.name, experiment.name),
            fault,
        })
    }

    fn experiment_plot(
        &mut self,
        id: ExperimentId,
        kind: &ExperimentPlot,
    ) -> Result<CellView, SheetError> {
        let (setup, experiment) = self.scenario.experiment(id);
        let Some(found) = self.found(id) else {
            return Ok(CellView::Markdown { text: String::new() });
        };
        let plots = experiment_plots::Plots { experiment, found, prose: self.prose };
        let drawn = plots.plot(kind).map_err(|fault| SheetError::Number {
            place: format!("{}.{}", setup.name, experiment.name),
            fault,
        })?;
        Ok(self.figure(experiment_plots::file_stem(kind), drawn))
    }

    /// What an experiment found; an engine that ran it has recorded it.
    fn found(&self, id: ExperimentId) -> Option<&trace::Experiment> {
        let (setup, experiment) = self.scenario.experiment(id);
        self.trace.setups.get(&setup.name)?.experiments.get(&experiment.name)
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
            blocks =
                pass_blocks(&work, self.prose, &Pass::whole(&work, false), &mut Steps::default())
                    .map_err(fail)?;
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
        let mut diagram = drawing::diagram(&derivation, self.prose, backward);
        if let Some(title) = &self.title {
            diagram.title.clone_from(title);
        }
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
        let lead = conventions(self.prose, setup, definition).join("; ");
        let mut iterations = Vec::new();
        for t in setup.start_iteration + 1..=setup.last_iteration() {
            let moment = Moment { run, t };
            let place = self.place(moment);
            let fail = |fault| SheetError::Number { place: place.clone(), fault };
            let Some(work) = self.work(moment) else { break };
            let mut blocks =
                pass_blocks(&work, self.prose, &Pass::whole(&work, true), &mut Steps::default())
                    .map_err(fail)?;
            let everything = Asked {
                parameters: setup.trained_names().map(str::to_owned).collect(),
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
