//! Sheets and Markdown as parts of other pages: of a course, of a book.

use std::collections::BTreeMap;

use crate::engine::{self, Effort};
use crate::publish::{self, Embedding, FormulaProblem, Page};
use crate::scenario::Scenario;
use crate::sheet::{self, Hidden, Links, Paper, Solved, Templates};

use super::{
    Files, RenderError, checked_sheet, formula_problems, notation_problems, page_error, page_words,
    printed_paper, with_page,
};

/// Executes a scenario and makes one paper as a part of another page.
///
/// # Errors
///
/// As for [`render`].
pub(crate) fn embedded(
    scenario: &Scenario,
    templates: &Templates,
    paper: Paper,
    place: &Embedding<'_>,
) -> Result<String, RenderError> {
    let problems = notation_problems(scenario);
    if !problems.is_empty() {
        return Err(RenderError::Texts(problems));
    }
    let trace = engine::execute(scenario)?;
    let sheet = checked_sheet(Solved::new(scenario, &trace), templates, (paper, Hidden::Checked))?;
    with_page(&sheet, templates, |page| {
        publish::embedded(page, place, templates.tera()).map_err(page_error)
    })
}

/// What a page of a course is made as.
pub(crate) struct CoursePage<'a> {
    /// What the page shows.
    pub(crate) paper: Paper,
    /// What is printed too, where papers are made.
    pub(crate) printed: &'a [Paper],
    /// Who knows the other sheets.
    pub(crate) links: &'a dyn Links,
    /// How experiments are run.
    pub(crate) effort: &'a Effort<'a>,
}

/// Executes a scenario and makes it the text of a page of a course, and its papers as PDF.
///
/// # Errors
///
/// As for [`render`].
pub(crate) fn course_page(
    scenario: &Scenario,
    templates: &Templates,
    order: &CoursePage<'_>,
) -> Result<(String, Files), RenderError> {
    let CoursePage { paper, printed, links, effort } = *order;
    let problems = notation_problems(scenario);
    if !problems.is_empty() {
        return Err(RenderError::Texts(problems));
    }
    let trace = engine::execute_with(scenario, effort)?;
    let built = |paper| {
        let solved = Solved::new(scenario, &trace);
        sheet::build_among(solved, templates, paper, Hidden::Checked, Some(links))
    };
    let sheet = built(paper)?;
    let problems = formula_problems(&sheet.passages);
    if !problems.is_empty() {
        return Err(RenderError::Texts(problems));
    }
    let mut papers = Files::new();
    for paper in printed {
        papers.extend(printed_paper(scenario, &built(*paper)?, templates, *paper)?);
    }
    let words = templates.words(&sheet.language);
    let solution = words.and_then(|words| words.get("solution")).map(String::as_str);
    let folded = solution.filter(|_| paper == Paper::Folded);
    let html = with_page(&sheet, templates, |page| {
        publish::body(&Page { folded, ..*page }).map_err(page_error)
    })?;
    Ok((html, papers))
}

/// The text of a page of plain Markdown.
///
/// # Errors
///
/// Formulas that can't be set.
pub(crate) fn markdown_page(
    markdown: &str,
    language: &str,
    pictures: &BTreeMap<String, String>,
    templates: &Templates,
) -> Result<String, RenderError> {
    let empty = Default::default();
    let words = templates.words(language).or_else(|| templates.words("en")).unwrap_or(&empty);
    let page = Page {
        title: "",
        language,
        description: "",
        markdown,
        figures: &BTreeMap::new(),
        data: &BTreeMap::new(),
        places: &Default::default(),
        pictures,
        folded: None,
        words: &page_words(words),
    };
    publish::body(&page).map_err(page_error)
}

/// The formulas of a page of plain Markdown that can't be set, with their places in bytes.
pub(crate) fn markdown_problems(markdown: &str) -> Vec<(usize, String)> {
    let formula = |problem: FormulaProblem| {
        (problem.offset, format!("this formula can't be set: {}", problem.message))
    };
    publish::formula_problems(markdown).into_iter().map(formula).collect()
}
