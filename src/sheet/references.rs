//! Labels and references in an author's texts: equations get their numbers, links their words
//! and their destinations.

use crate::markup::{self, Link, exchange};
use crate::scenario::{Labelled, Number, Problem, Shown, Text, suggest};

use super::anchors::{Destination, Tokens};
use super::build::Builder;
use super::elsewhere::{Elsewhere, Target, is_sheet, rendered_page};
use super::label::plain;
use super::prose::Prose;

/// A reference, as its author wrote it.
struct Reference<'a> {
    text: &'a Text,
    rendered: &'a str,
    link: &'a Link,
    shown: Shown,
}

impl Builder<'_> {
    /// The rendered text with its equations numbered and its references resolved.
    pub(super) fn linked(&mut self, text: &Text, rendered: &str, shown: Shown) -> String {
        if !["{#", "#", ".yaml", ".yml"].iter().any(|sign| rendered.contains(sign)) {
            return rendered.to_owned();
        }
        let found = markup::read(rendered);
        let mut edits = Vec::new();
        for equation in &found.equations {
            let Some(mark) = &equation.mark else { continue };
            let start = equation.range.start;
            let Some(label) = self.numbering.label(&mark.name) else {
                self.problems.push(whole(text, format!("`{{#{}}}` is filled in", mark.name)).with_help(
                    "a label is written out, so that its number is known before anything is computed",
                ));
                continue;
            };
            if !self.printed.insert(mark.name.clone()) {
                let message = format!("the equation `{}` is printed more than once", mark.name);
                self.problems.push(label.text.problem(label.offset, label.width, message));
                continue;
            }
            edits.push((start + 2..start + 2, self.tokens.place(&label.number.anchor())));
            if let Number::Equation(number) = &label.number {
                edits.push(tagged(rendered, equation.range.end, number));
            }
            edits.push((equation.range.end..mark.range.end, String::new()));
        }
        for link in &found.links {
            let reference = Reference { text, rendered, link, shown };
            match self.destination(&reference) {
                None => {}
                Some(Err(problem)) => self.problems.push(problem),
                Some(Ok((destination, words))) => {
                    let token = self.tokens.link(destination);
                    let title = match link.title.as_str() {
                        "" => String::new(),
                        title => {
                            format!(" \"{}\"", title.replace('\\', "\\\\").replace('"', "\\\""))
                        }
                    };
                    if link.text.is_empty() {
                        let words = if link.opens { capitalized(&words) } else { words };
                        edits.push((link.text.clone(), words));
                    }
                    edits.push((link.text.end..link.range.end, format!("]({token}{title})")));
                }
            }
        }
        exchange(rendered, edits)
    }

    /// Where a link leads and the words that it has by itself; nothing for an ordinary link.
    fn destination(
        &self,
        reference: &Reference<'_>,
    ) -> Option<Result<(Destination, String), Problem>> {
        let destination = &reference.link.destination;
        let (path, name) = match destination.split_once('#') {
            Some((path, name)) => (path, Some(name)),
            None => (destination.as_str(), None),
        };
        let own = self.scenario.file.file_name().is_some_and(|own| own.to_str() == Some(path));
        match name {
            Some(name) if path.is_empty() || own => Some(self.here(reference, name)),
            _ if is_sheet(path) => Some(self.there(reference, path, name)),
            _ => None,
        }
    }

    /// To a place of this sheet.
    fn here(
        &self,
        reference: &Reference<'_>,
        name: &str,
    ) -> Result<(Destination, String), Problem> {
        let Some(label) = self.numbering.label(name) else {
            let known = self.numbering.labels.iter().map(|label| label.name.as_str());
            return Err(reference.unknown(name, "", &known.collect::<Vec<_>>()));
        };
        reference.can_see(name, label.shown)?;
        let words = printed(&label.number, self.prose);
        Ok((Destination::Here { anchor: label.number.anchor(), label: name.to_owned() }, words))
    }

    /// To another sheet, or to a place of it.
    fn there(
        &self,
        reference: &Reference<'_>,
        path: &str,
        name: Option<&str>,
    ) -> Result<(Destination, String), Problem> {
        let Some(links) = self.links else {
            if reference.link.text.is_empty() {
                let message = "a link to another sheet has no words of its own here";
                return Err(reference
                    .problem(message)
                    .with_help("give the link a text, or build a site"));
            }
            let variant = self.scenario.label.is_some();
            let page = |ending| rendered_page(path, self.paper, ending, variant);
            let (html, markdown) = (page("html"), page("md"));
            return Ok((Destination::There { html, markdown }, String::new()));
        };
        let Some(elsewhere) = links.sheet(path, self.paper) else {
            let message = format!("there is no sheet `{path}` to link to");
            let known = links.known();
            let meant = suggest(path, known.iter().map(String::as_str));
            let problem = reference.problem(message);
            return Err(match meant {
                Some(meant) => problem.with_help(format!("did you mean `{meant}`?")),
                None => problem.with_help("the path begins at the folder of this file"),
            });
        };
        let Elsewhere { title, html, markdown, labels } = elsewhere;
        let title = plain(&title);
        let Some(name) = name else {
            return Ok((Destination::There { html, markdown }, title));
        };
        let Some(label) = labels.iter().find(|label| label.name == name) else {
            let known = labels.iter().map(|label| label.name.as_str());
            return Err(reference.unknown(
                name,
                &format!(" in `{path}`"),
                &known.collect::<Vec<_>>(),
            ));
        };
        reference.can_see(name, label.shown)?;
        let blanks = [("name", printed(&label.number, self.prose)), ("title", title)];
        let words = self.prose.say("reference_elsewhere", &blanks);
        let html = format!("{html}#{}", label.number.anchor());
        Ok((Destination::There { html, markdown }, words))
    }

    /// A display formula of a labelled cell, with its place and number.
    pub(super) fn numbered(&mut self, formula: String, number: Option<&Number>) -> String {
        match number {
            Some(number @ Number::Equation(tag)) => {
                let place = self.tokens.place(&number.anchor());
                format!("{place}{formula}\n\\tag{{{tag}}}")
            }
            _ => formula,
        }
    }

    /// The place of something numbered, if anything may refer to it.
    pub(super) fn place_of(&mut self, number: Option<&Number>) -> String {
        let wanted = |number: &&Number| {
            self.numbering.labels.iter().any(|label: &Labelled<'_>| label.number == **number)
        };
        match number.filter(wanted) {
            Some(number) => self.tokens.place(&number.anchor()),
            None => String::new(),
        }
    }

    /// Labels that are referred to, but that no template has printed.
    pub(super) fn lost(&self, tokens: &Tokens, markdown: &str) -> Vec<Problem> {
        let lost = tokens.lost(markdown);
        let labels = self.numbering.labels.iter().filter(|label| lost.contains(&label.name));
        let problem = |label: &Labelled<'_>| {
            let message = format!("`{}` is referred to, but it is not printed", label.name);
            label.text.problem(label.offset, label.width, message)
        };
        labels.map(problem).collect()
    }
}

impl Reference<'_> {
    fn problem(&self, message: impl Into<String>) -> Problem {
        let link = self.link;
        let source = &self.text.source;
        if *source == self.rendered {
            let written = &self.rendered[link.range.clone()];
            let width = written.lines().next().unwrap_or_default().chars().count();
            return self.text.problem(link.range.start, width, message);
        }
        // What a template has filled in is not in the source; then the text as a whole is named.
        match source.find(&format!("]({}", link.destination)) {
            Some(at) => self.text.problem(at + 2, link.destination.chars().count(), message),
            None => whole(self.text, message),
        }
    }

    fn unknown(&self, name: &str, place: &str, known: &[&str]) -> Problem {
        let problem = self.problem(format!("there is no label `{name}`{place}"));
        match (suggest(name, known.iter().copied()), known) {
            (Some(meant), _) => problem.with_help(format!("did you mean `#{meant}`?")),
            (None, []) => problem.with_help(
                "give a question, a part or a figure a `label`, or an equation `{#name}`",
            ),
            (None, known) => problem.with_help(format!("the labels are {}", known.join(", "))),
        }
    }

    /// A reader of this text must have what it refers to.
    fn can_see(&self, name: &str, shown: Shown) -> Result<(), Problem> {
        let (paper, other) = if self.shown.handout && !shown.handout {
            ("handout", "solutions")
        } else if self.shown.solutions && !shown.solutions {
            ("solutions", "handout")
        } else {
            return Ok(());
        };
        let message =
            format!("`{name}` stands on the {other} alone, and this text on the {paper} too");
        let help = format!("refer to it from the {other} alone, or show it on both papers");
        Err(self.problem(message).with_help(help))
    }
}

fn whole(text: &Text, message: impl Into<String>) -> Problem {
    text.problem(0, 1, message)
}

/// `\tag{3}` before the closing dollar signs, which keep their own line if they have one.
fn tagged(text: &str, end: usize, number: &str) -> (std::ops::Range<usize>, String) {
    let close = end.saturating_sub(2);
    let before = text.get(..close).unwrap_or_default();
    let line = before.rfind('\n').map_or(0, |at| at + 1);
    let margin = &before[line..];
    if line > 0 && margin.chars().all(|c| matches!(c, ' ' | '\t' | '>')) {
        return (close..close, format!("\\tag{{{number}}}\n{margin}"));
    }
    let from = before.trim_end().len();
    (from..close, format!(" \\tag{{{number}}} "))
}

/// A number in words: equation (3).
pub(super) fn printed(number: &Number, prose: &Prose) -> String {
    let (key, blanks) = in_words(number);
    prose.say(key, &blanks)
}

/// The phrase for a number, and its blanks.
pub(super) fn in_words(number: &Number) -> (&'static str, Vec<(&'static str, String)>) {
    match number {
        Number::Question(number) => ("reference_question", vec![("number", number.to_string())]),
        Number::Part { question, letter } => {
            let blanks = vec![("number", question.to_string()), ("letter", letter.clone())];
            ("reference_part", blanks)
        }
        Number::Figure(number) => ("reference_figure", vec![("number", number.to_string())]),
        Number::Table(number) => ("reference_table", vec![("number", number.to_string())]),
        Number::Equation(number) => ("reference_equation", vec![("number", format!("({number})"))]),
        Number::Tagged { printed, .. } => ("reference_equation", vec![("number", plain(printed))]),
    }
}

fn capitalized(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// What a scenario's labels name, in the order of the sheet; nothing is executed for it.
pub fn targets(scenario: &crate::scenario::Scenario, words: &super::Words) -> Vec<Target> {
    let labels = scenario.numbering().labels;
    let target = |label: Labelled<'_>| {
        let (key, blanks) = in_words(&label.number);
        let phrase = words.get(key).map_or(key, String::as_str);
        Target {
            printed: super::words::fill(phrase, &blanks),
            anchor: label.number.anchor(),
            name: label.name,
            number: label.number,
            shown: label.shown,
        }
    };
    labels.into_iter().map(target).collect()
}
