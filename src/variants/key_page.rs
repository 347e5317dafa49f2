//! The key as one page for the markers: a list of the papers' codes, then every variant
//! with its answers and what is accepted for them.
//!
//! The page is written in pieces, so that it may be long: one section for each variant, and at
//! the end, when all codes are known, what stands before and after them.

use serde::Serialize;

use crate::number::{Rational, Real, parse_exact, trace_decimal};
use crate::sheet::{TemplateError, Templates, Words};

use super::about::About;
use super::key::KeyRow;
use super::manifest::Entry;

/// Stands for the sections while the page around them is made.
const SECTIONS: &str = "<!--sections-->";

/// A page of answers.
#[derive(Debug)]
pub struct KeyPage<'a> {
    about: &'a About,
    templates: &'a Templates,
    phrases: Words,
    papers: Vec<Listed>,
}

/// What stands around the sections.
#[derive(Debug)]
pub struct Around {
    /// What stands before the variants.
    pub before: String,
    /// What stands after them.
    pub after: String,
}

/// A paper in the list of codes.
#[derive(Debug, Serialize)]
struct Listed {
    code: String,
    number: u64,
    student: Option<String>,
}

/// A part with its answers.
#[derive(Debug, Serialize)]
struct PartView {
    label: String,
    marks: String,
    answers: Vec<AnswerView>,
}

#[derive(Debug, Serialize)]
struct AnswerView {
    path: String,
    value: String,
    accepted: String,
}

impl<'a> KeyPage<'a> {
    /// A page without variants.
    pub fn new(about: &'a About, templates: &'a Templates) -> Self {
        let phrases = templates.words_or_english(&about.language);
        Self { about, templates, phrases, papers: Vec::new() }
    }

    /// What stands around the sections, with a list of the variants that there were.
    ///
    /// # Errors
    ///
    /// What is wrong with a template.
    pub fn around(self) -> Result<Around, TemplateError> {
        let Self { about, templates, phrases, mut papers } = self;
        let count = papers.len();
        papers.sort_by(|one, other| (&one.code, one.number).cmp(&(&other.code, other.number)));
        let mut context = tera::Context::new();
        context.insert("title", &phrases.say("key_title", &[("title", about.title.clone())]));
        context.insert("language", &about.language);
        context.insert("description", "");
        context.insert("count", &phrases.say("report_count", &[("count", count.to_string())]));
        context.insert("papers", &papers);
        context.insert("sections", SECTIONS);
        phrases.insert_into(&mut context);
        let page = templates.render("key.html", &context)?;
        let (before, after) = page.split_once(SECTIONS).ok_or_else(|| TemplateError {
            file: "key.html".into(),
            message: "the page has no place for `sections`".into(),
        })?;
        Ok(Around { before: before.to_owned(), after: after.to_owned() })
    }

    /// The section of the next variant.
    ///
    /// # Errors
    ///
    /// What is wrong with a template.
    pub fn section(&mut self, entry: &Entry, rows: &[KeyRow]) -> Result<String, TemplateError> {
        let (code, student) = (entry.code.clone(), entry.student.clone());
        self.papers.push(Listed { code, number: entry.number, student });
        let parts: Vec<PartView> =
            rows.chunk_by(|one, next| one.part == next.part).map(|rows| self.part(rows)).collect();
        let variables: Vec<String> = entry
            .variables
            .iter()
            .map(|(name, value)| format!("{name} = {}", self.input(value)))
            .collect();
        let student = entry.student.clone();
        let student =
            student.map(|student| self.phrases.say("key_student", &[("student", student)]));
        let title = self.phrases.say("key_variant", &[("number", entry.number.to_string())]);
        let mut context = tera::Context::new();
        context.insert("number", &entry.number);
        context.insert("title", &title);
        context.insert("code", &entry.code);
        context.insert("student", &student);
        context.insert("variables", &self.phrases.listed(&variables));
        context.insert("parts", &parts);
        self.phrases.insert_into(&mut context);
        self.templates.render("key_variant.html", &context)
    }

    fn part(&self, rows: &[KeyRow]) -> PartView {
        let answer = |row: &KeyRow| AnswerView {
            path: self.about.short(&row.path).to_owned(),
            value: self.value(row),
            accepted: self.accepted(row),
        };
        let first = rows.first();
        let text = |column: fn(&KeyRow) -> &String| first.map(column).cloned().unwrap_or_default();
        PartView {
            label: text(|row| &row.part),
            marks: self.phrases.number(&text(|row| &row.marks)),
            answers: rows.iter().map(answer).collect(),
        }
    }

    /// The value as displayed; `≈` before a rounded one.
    fn value(&self, row: &KeyRow) -> String {
        if row.decimal == "undefined" {
            return self.phrases.word("undefined");
        }
        let shown = self.phrases.number(&row.displayed);
        let same = parse_exact(&row.displayed).ok() == parse_exact(&row.exact).ok();
        if same { shown } else { format!("≈ {shown}") }
    }

    fn accepted(&self, row: &KeyRow) -> String {
        let number = |text: &str| parse_exact(text).ok();
        let (Some(value), Some(reach)) = (number(&row.displayed), number(&row.tolerance)) else {
            return String::new();
        };
        if reach == Rational::ZERO {
            return self.phrases.word("key_exactly");
        }
        let text = |value: Rational| trace_decimal(&Real::from(value)).unwrap_or_default();
        let (low, high) = (text(&value - &reach), text(&value + &reach));
        let blanks = [("low", self.phrases.number(&low)), ("high", self.phrases.number(&high))];
        self.phrases.say("key_between", &blanks)
    }

    /// What a variable stands for, as a decimal where it ends.
    fn input(&self, exact: &str) -> String {
        let decimal = parse_exact(exact).ok().and_then(|value| {
            crate::number::ending::of(&value)?;
            trace_decimal(&Real::from(value)).ok()
        });
        self.phrases.number(&decimal.unwrap_or_else(|| exact.to_owned()))
    }
}
