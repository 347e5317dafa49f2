//! From a checked scenario to finished files, in memory.

mod course;
#[cfg(feature = "pdf")]
mod paper;

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::engine::{self, Effort, EngineError};
use crate::limits::Limit;
use crate::publish::flavor::{self, Flavor, Front};
use crate::publish::{self, FormulaProblem, Page, PageError, Words};
use crate::scenario::{self, Place, Problem, Scenario};
use crate::sheet::{
    self, Data, Entry, Hidden, Paper, Passage, Sheet, SheetError, Solved, TemplateError, Templates,
};
use crate::trace::json::Unprintable;

pub(crate) use course::{CoursePage, course_page, embedded, markdown_page, markdown_problems};

/// Finished files by their path below the sheet's folder.
pub type Files = BTreeMap<String, Vec<u8>>;

/// The trials of an experiment that is only checked: as few as have a standard error.
const FEW: u64 = 2;

/// The most characters of a formula that a message repeats.
const MOST_SHOWN: usize = 80;

/// What a sheet is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Markdown, with its figures beside it, as GitHub takes it.
    Markdown,
    /// The same for a site generator.
    Flavored(Flavor),
    /// One self-contained page.
    Html,
    /// Paper.
    #[cfg(feature = "pdf")]
    Pdf,
}

/// Which papers are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// The handout alone.
    Handout,
    /// The solutions alone.
    Solutions,
    /// Both.
    Both,
}

impl Audience {
    fn papers(self) -> &'static [Paper] {
        match self {
            Self::Handout => &[Paper::Handout],
            Self::Solutions => &[Paper::Solutions],
            Self::Both => &[Paper::Handout, Paper::Solutions],
        }
    }
}

/// Why a scenario can't be rendered.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RenderError {
    /// Texts or formulas of the scenario are wrong.
    #[error("problems in the texts of the scenario")]
    Texts(Vec<Problem>),
    /// The engine stopped.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// A number can't be printed with certainty.
    #[error("{0}")]
    Number(String),
    /// A paper is larger than the limit allows.
    #[error("{0}")]
    Large(String),
    /// A template is wrong.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// A paper can't be printed.
    #[cfg(feature = "pdf")]
    #[error(transparent)]
    Pdf(#[from] publish::pdf::PdfError),
}

impl From<SheetError> for RenderError {
    fn from(error: SheetError) -> Self {
        match error {
            SheetError::Texts(problems) => Self::Texts(problems),
            SheetError::Number { place, fault } => {
                Self::Number(Unprintable { place, fault }.to_string())
            }
            SheetError::Engine(error) => Self::Engine(error),
            SheetError::Template(error) => Self::Template(error),
            SheetError::Language { place, .. } => Self::Texts(vec![
                Problem::new(place.unwrap_or(Place::START), error.to_string()).in_field("language"),
            ]),
        }
    }
}

/// Executes a scenario and makes its papers.
///
/// # Errors
///
/// Everything that is wrong with the scenario's texts and formulas at once; or the first
/// number that is undecided.
pub fn render(
    scenario: &Scenario,
    templates: &Templates,
    formats: &[Format],
    audience: Audience,
) -> Result<Files, RenderError> {
    let effort = Effort { trials: u64::MAX, progress: &|_| {} };
    render_with(scenario, templates, formats, audience, &effort)
}

/// As [`render`], with a limit to the trials of experiments, and with news of them.
///
/// # Errors
///
/// As for [`render`].
pub fn render_with(
    scenario: &Scenario,
    templates: &Templates,
    formats: &[Format],
    audience: Audience,
    effort: &Effort<'_>,
) -> Result<Files, RenderError> {
    let problems = notation_problems(scenario);
    if !problems.is_empty() {
        return Err(RenderError::Texts(problems));
    }
    // While the engine is at work, another core reads what its results will be set by.
    let trace = rayon::in_place_scope(|scope| {
        scope.spawn(|_| templates.prepare(&scenario.front.language));
        engine::execute_with(scenario, effort)
    })?;
    papers(Solved::new(scenario, &trace), templates, formats, audience)
}

/// The papers of a scenario that was executed.
pub(crate) fn papers(
    solved: Solved<'_>,
    templates: &Templates,
    formats: &[Format],
    audience: Audience,
) -> Result<Files, RenderError> {
    let hidden = if audience == Audience::Both { Hidden::Skipped } else { Hidden::Checked };
    let made: Vec<Result<Files, RenderError>> = audience
        .papers()
        .par_iter()
        .map(|paper| paper_files(solved, templates, formats, (*paper, hidden)))
        .collect();
    let mut files = Files::new();
    let mut problems = Vec::new();
    for made in made {
        match made {
            Ok(more) => files.extend(more),
            Err(RenderError::Texts(found)) => problems.extend(found),
            Err(error) => return Err(error),
        }
    }
    if problems.is_empty() { Ok(files) } else { Err(RenderError::Texts(problems)) }
}

/// Does everything that [`render`] does, for its errors alone; of experiments a few trials.
///
/// # Errors
///
/// As for [`render`].
pub fn check(scenario: &Scenario, templates: &Templates) -> Result<(), RenderError> {
    let effort = Effort { trials: FEW, progress: &|_| {} };
    render_with(scenario, templates, &[Format::Html], Audience::Both, &effort).map(drop)
}

/// A paper as PDF.
#[cfg(feature = "pdf")]
fn printed_paper(
    scenario: &Scenario,
    sheet: &Sheet,
    templates: &Templates,
    paper: Paper,
) -> Result<Files, RenderError> {
    let pdf = paper::pdf(scenario, sheet, templates, paper)?;
    Ok(Files::from([(format!("{}.pdf", paper.name()), pdf)]))
}

/// No paper: a program without PDF is never asked for one.
#[cfg(not(feature = "pdf"))]
fn printed_paper(_: &Scenario, _: &Sheet, _: &Templates, _: Paper) -> Result<Files, RenderError> {
    Ok(Files::new())
}

fn checked_sheet(
    solved: Solved<'_>,
    templates: &Templates,
    (paper, hidden): (Paper, Hidden),
) -> Result<Sheet, RenderError> {
    let sheet = sheet::build(solved, templates, paper, hidden)?;
    let size = sheet.markdown.len();
    if size > Limit::OutputSize.count() {
        let what = format!("the {size} bytes of this paper");
        let message = Limit::OutputSize.exceeded_with_advice(what, u64::try_from(size).ok());
        return Err(RenderError::Large(message));
    }
    let problems = formula_problems(&sheet.passages);
    if problems.is_empty() { Ok(sheet) } else { Err(RenderError::Texts(problems)) }
}

fn paper_files(
    solved: Solved<'_>,
    templates: &Templates,
    formats: &[Format],
    (paper, hidden): (Paper, Hidden),
) -> Result<Files, RenderError> {
    let scenario = solved.scenario;
    let sheet = checked_sheet(solved, templates, (paper, hidden))?;
    let written = |format: &Format| match format {
        Format::Markdown => markdown(scenario, &sheet, templates, paper, Flavor::GitHub),
        Format::Flavored(flavor) => markdown(scenario, &sheet, templates, paper, *flavor),
        Format::Html => {
            let page = page(&sheet, templates)?;
            Ok(Files::from([(format!("{}.html", paper.name()), page.into_bytes())]))
        }
        #[cfg(feature = "pdf")]
        Format::Pdf => printed_paper(scenario, &sheet, templates, paper),
    };
    // In the order of the formats, whichever is finished first.
    let written: Vec<Result<Files, RenderError>> = formats.par_iter().map(written).collect();
    let mut files = Files::new();
    for more in written {
        files.extend(more?);
    }
    Ok(files)
}

/// A paper in Markdown, and its figures where that generator looks for them.
fn markdown(
    scenario: &Scenario,
    sheet: &Sheet,
    templates: &Templates,
    paper: Paper,
    flavor: Flavor,
) -> Result<Files, RenderError> {
    let front = &scenario.front;
    let front = Front {
        title: &sheet.title,
        subtitle: front.subtitle.as_deref(),
        authors: &front.authors,
        date: front.date.as_deref(),
        language: &sheet.language,
        license: front.license.as_deref(),
        tags: &front.tags,
        description: &sheet.description,
    };
    let empty = Default::default();
    let words = page_words(templates.words(&sheet.language).unwrap_or(&empty));
    let text = flavor::flavored(&sheet.markdown, flavor, &front, &words, templates.tera());
    let text = text.map_err(|error| TemplateError {
        file: "front_matter".into(),
        message: error.to_string(),
    })?;
    let name = paper.name();
    let (file, figures) = match flavor.has_page_folders() {
        true => (format!("{name}/index.md"), format!("{name}/figures")),
        false => (format!("{name}.md"), "figures".to_owned()),
    };
    let drawings =
        sheet.figures.iter().map(|(name, svg)| (format!("{figures}/{name}"), svg.clone()));
    let tables = sheet.data.iter().map(|(name, data)| {
        (format!("{figures}/{}.csv", name.trim_end_matches(".svg")), data.csv())
    });
    let texts = drawings.chain(tables).chain([(file, text)]);
    Ok(texts.map(|(name, text)| (name, text.into_bytes())).collect())
}

/// What is wrong with the formulas and templates of a scenario's texts, whatever else is wrong
/// with it: values are not known here, so formulas with values in them are passed over.
#[must_use]
pub fn text_problems(source: &str) -> Vec<Problem> {
    let mut problems = Vec::new();
    for text in scenario::texts(source) {
        let template = text.is_template();
        problems.extend(if template { sheet::syntax(&text) } else { None });
        // What a value is put into is known later.
        let known = |problem: &FormulaProblem| {
            !template
                || problem.tex != "$" && !problem.tex.contains("<<") && !problem.tex.contains("<%")
        };
        let find = |text: &str| {
            publish::formula_problems(text).into_iter().filter(known).collect::<Vec<_>>()
        };
        let rendered = text.source.clone();
        problems.extend(passage_problems(&[Passage { text, rendered }], find));
    }
    problems
}

/// The LaTeX that a scenario chooses for its names, where it can't be set.
fn notation_problems(scenario: &Scenario) -> Vec<Problem> {
    let mut problems = Vec::new();
    for text in scenario.setups.iter().flat_map(|setup| &setup.notation_texts) {
        if let Some(found) = publish::formula_problems(&format!("${}$", text.source)).first() {
            let message = format!("this formula can't be set: {}", found.message);
            problems.push(text.problem(0, text.source.chars().count(), message));
        }
    }
    problems
}

/// The formulas of the author's texts that can't be converted, at their places.
fn formula_problems(passages: &[Passage]) -> Vec<Problem> {
    passage_problems(passages, publish::formula_problems)
}

/// How much is marked of LaTeX that is wrong from its beginning on: a command, or dollar signs.
fn marked_width(tex: &str) -> usize {
    let letters = |text: &str| text.chars().take_while(char::is_ascii_alphabetic).count();
    match tex.strip_prefix('\\') {
        Some(command) => 1 + letters(command),
        None => tex.chars().take_while(|letter| *letter == '$').count(),
    }
    .max(1)
}

/// What is found wrong with formulas of the author's texts, at their places.
fn passage_problems(
    passages: &[Passage],
    find: impl Fn(&str) -> Vec<FormulaProblem>,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    for passage in passages {
        for problem in find(&passage.rendered) {
            // What a template has filled in is not in the source; then the text as a whole is named.
            let tex = problem.tex.trim();
            let same = passage.rendered == passage.text.source;
            let found = if same { Some(problem.offset) } else { passage.text.source.find(tex) };
            let offset = found.unwrap_or(0);
            let width = match found {
                Some(_) if !same => tex.chars().count(),
                _ => passage.text.source.get(offset..).map_or(1, marked_width),
            };
            let message = format!("this formula can't be set: {}", problem.message);
            problems.push(passage.text.problem(offset, width, message));
        }
    }
    problems
}

fn page(sheet: &Sheet, templates: &Templates) -> Result<String, RenderError> {
    with_page(sheet, templates, |page| html(page, templates))
}

fn with_page<T>(
    sheet: &Sheet,
    templates: &Templates,
    make: impl FnOnce(&Page<'_>) -> Result<T, RenderError>,
) -> Result<T, RenderError> {
    let empty = Default::default();
    let words = templates.words(&sheet.language).unwrap_or(&empty);
    let words = page_words(words);
    let table = |(name, data): (&String, &Data)| (name.clone(), shown(data));
    let data = sheet.data.iter().map(table).collect();
    let page = Page {
        title: &sheet.title,
        language: &sheet.language,
        description: &sheet.description,
        markdown: &sheet.markdown,
        figures: &sheet.figures,
        data: &data,
        places: &sheet.places,
        pictures: &BTreeMap::new(),
        folded: None,
        words: &words,
    };
    make(&page)
}

/// The part of a table that a page shows.
fn shown(data: &Data) -> publish::Data {
    let entries = |row: &[Entry]| row.iter().map(|entry| entry.shown.clone()).collect();
    publish::Data {
        head: data.head.clone(),
        rows: data.excerpt().map(entries).collect(),
        notes: data.notes.clone(),
    }
}

/// The words of a language that a page adds by itself.
pub(crate) fn page_words(words: &BTreeMap<String, String>) -> Words<'_> {
    let word = |key: &str, english: &'static str| words.get(key).map_or(english, String::as_str);
    Words {
        note: word("page_note", "Note"),
        tip: word("page_tip", "Tip"),
        important: word("page_important", "Important"),
        warning: word("page_warning", "Warning"),
        caution: word("page_caution", "Caution"),
        formula: word("page_formula", "Formula"),
        table: word("page_table", "Table"),
        figure: word("page_figure", "Figure"),
        data: word("page_data", "Data of this figure"),
        code: word("page_code", "Code"),
    }
}

/// A page of Markdown that the program itself made.
pub(crate) fn html(page: &Page<'_>, templates: &Templates) -> Result<String, RenderError> {
    publish::page(page, templates.tera()).map_err(page_error)
}

fn page_error(error: PageError) -> RenderError {
    match error {
        PageError::Formulas(list) => RenderError::Texts(list.iter().map(made_formula).collect()),
        PageError::Template(error) => RenderError::Template(TemplateError {
            file: "page.html".into(),
            message: error.to_string(),
        }),
    }
}

/// A formula outside the author's texts: from `notation`, a title, or a name.
fn made_formula(problem: &FormulaProblem) -> Problem {
    // Its beginning says which one it is.
    let tex: String = problem.tex.split_whitespace().collect::<Vec<_>>().join(" ");
    let shown = match tex.char_indices().nth(MOST_SHOWN) {
        Some((end, _)) => format!("{}…", &tex[..end]),
        None => tex,
    };
    let message = format!("the formula `{shown}` can't be set: {}", problem.message);
    Problem::new(Place::START, message)
        .with_help("look for it in `notation`, in titles and in names")
}
