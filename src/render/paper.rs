//! A sheet on paper: its layout from the scenario, its source, its PDF.

use std::collections::BTreeMap;

use crate::figure;
use crate::number::{Rational, exact_input_text, parse_exact};
use crate::publish::pdf::{self, Sources, Standard};
use crate::publish::print::{self, Exam, Layout, Print, Size};
use crate::scenario::{Date, Label, Place, Printing, Problem, Scenario, SheetSize};
use crate::sheet::{Paper, Sheet, Templates, Words};

use super::{RenderError, made_formula, passage_problems, with_page};

/// The template of papers, and the file with which users change it.
const TEMPLATE: &str = "paper.typ";
const PREAMBLE: &str = "preamble.typ";

/// One paper as PDF.
pub(super) fn pdf(
    scenario: &Scenario,
    sheet: &Sheet,
    templates: &Templates,
    paper: Paper,
) -> Result<Vec<u8>, RenderError> {
    let problems = passage_problems(&sheet.passages, print::formula_problems);
    if !problems.is_empty() {
        return Err(RenderError::Texts(problems));
    }
    let empty = Words::default();
    let words = templates.words(&sheet.language).unwrap_or(&empty);
    let standard = match scenario.printing.archival {
        Some(true) => Standard::Archival,
        _ => Standard::Accessible,
    };
    let mut layout = layout(scenario, words, paper);
    if standard == Standard::Archival {
        layout.date = Some(date(scenario)?);
    }
    let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for (name, svg) in &sheet.figures {
        files.insert(format!("figures/{name}"), figure::printed(svg).into_bytes());
    }
    if let Some(logo) = &scenario.printing.logo {
        files.insert(logo.file.clone(), logo.bytes.clone());
    }
    let source = with_page(sheet, templates, |page| {
        let print = Print { page, vocabulary: words, layout: &layout };
        print::source(&print, templates.typst(PREAMBLE))
            .map_err(|list| RenderError::Texts(list.iter().map(made_formula).collect()))
    })?;
    let template = templates.typst(TEMPLATE);
    let (bytes, _) = pdf::pdf(&Sources { source: &source, template, files: &files }, standard)?;
    Ok(bytes)
}

fn layout(scenario: &Scenario, words: &Words, paper: Paper) -> Layout {
    let Printing { size, columns, font_size, header, footer, logo, exam, archival: _ } =
        &scenario.printing;
    let plain = Layout::default();
    let code = scenario.label.as_ref().map(|Label { code, .. }| {
        let phrase = words.get("paper_code").map_or("<< code >>", String::as_str);
        phrase.replace("<< code >>", code)
    });
    Layout {
        size: match size {
            Some(SheetSize::Letter) => Size::Letter,
            Some(SheetSize::A4) | None => Size::A4,
        },
        columns: columns.unwrap_or(plain.columns),
        font_size: font_size.unwrap_or(plain.font_size),
        header: header.clone(),
        footer: footer.clone(),
        logo: logo.as_ref().map(|logo| logo.file.clone()),
        code,
        date: None,
        exam: (*exam == Some(true) && paper == Paper::Handout).then(|| exam_head(scenario, words)),
    }
}

/// The day of a paper for archives, whose standard asks for one.
fn date(scenario: &Scenario) -> Result<[u32; 3], RenderError> {
    let written = scenario.front.date.as_deref().and_then(Date::read);
    written.map(Date::parts).ok_or_else(|| {
        let message = "papers for archives have a date, which `paper: {archival: true}` asks for";
        let problem = Problem::new(Place::START, message).in_field("date");
        RenderError::Texts(vec![problem.with_help("write it as in `date: 2026-12-01`")])
    })
}

/// The questions that give marks, with those of all their parts together.
fn exam_head(scenario: &Scenario, words: &Words) -> Exam {
    let mut all = scenario.parts();
    all.retain(|part| part.shown.handout);
    let asked: Vec<(&str, Rational)> = all
        .iter()
        .filter_map(|part| {
            Some((part.label.as_str(), parse_exact(part.ask.marks.as_deref()?).ok()?))
        })
        .collect();
    let question = |label: &str| label.trim_end_matches(char::is_alphabetic).to_owned();
    let mut questions: Vec<(String, Rational)> = Vec::new();
    for (label, marks) in &asked {
        match questions.iter_mut().find(|(known, _)| *known == question(label)) {
            Some((_, sum)) => *sum += marks,
            None => questions.push((question(label), marks.clone())),
        }
    }
    // The parts of an exam's only question are marked one by one.
    if questions.len() == 1 {
        questions =
            asked.iter().map(|(label, marks)| ((*label).to_owned(), marks.clone())).collect();
    }
    let total = questions.iter().fold(Rational::ZERO, |sum, (_, marks)| sum + marks);
    let written = |marks: &Rational| words.number(&exact_input_text(marks));
    let questions = questions.into_iter().map(|(label, marks)| (label, written(&marks))).collect();
    let student = scenario.label.as_ref().and_then(|label| label.student.clone());
    Exam { student, questions, total: written(&total) }
}
