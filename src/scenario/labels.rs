//! Labels as they are written: on cells as `label: NAME`, on display formulas as `{#NAME}`.

use super::definition::{Cell, Content, Mistake};
use super::numbering::{Labelled, Numbering};
use super::text::Text;
use super::{Fields, Problem, Report};
use crate::markup;

/// The kinds of cells that may have a label.
const KINDS: [&str; 7] = ["question", "ask", "plot", "table", "graph", "derivation", "rules"];

/// The label of a cell.
pub(super) fn read(map: &mut Fields<'_>, kind: &str) -> Option<Text> {
    if KINDS.contains(&kind) {
        return map.take("label").and_then(|field| Text::read(&field));
    }
    if map.has("label")
        && let Some(field) = map.take("label")
    {
        let help = match kind {
            "markdown" | "callout" => {
                "label an equation in it, with `{#name}` behind the closing `$$`".to_owned()
            }
            _ => format!("labels are for {}", KINDS.join(", ")),
        };
        let problem = field.problem(format!("a `{kind}` cell has no number to refer to"));
        field.report().push(problem.with_help(help));
    }
    None
}

/// Reports labels that are misspelt, given twice, or where none can stand.
pub(super) fn check(cells: &[Cell], report: &Report) {
    let numbering = Numbering::of(cells);
    for (index, label) in numbering.labels.iter().enumerate() {
        if !is_label(&label.name) {
            let message = format!("`{}` can't be a label", label.name);
            let help = "a label is made of a-z, 0-9 and hyphens, such as `adam-update`";
            report.push(problem(label, message).with_help(help));
        } else if numbering.labels[..index].iter().any(|other| other.name == label.name) {
            report.push(problem(label, format!("the label `{}` is given twice", label.name)));
        }
    }
    for cell in cells {
        each_text(cell, report);
    }
}

fn is_label(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    !name.is_empty() && name.chars().all(plain)
}

fn problem(label: &Labelled<'_>, message: String) -> Problem {
    label.text.problem(label.offset, label.width, message)
}

fn each_text(cell: &Cell, report: &Report) {
    match &cell.content {
        Content::Markdown(text) | Content::Callout { text, .. } => marks(text, report),
        Content::Question(question) => {
            question.text.iter().for_each(|text| marks(text, report));
            question.parts.iter().for_each(|part| each_text(part, report));
        }
        Content::Ask(ask) => {
            ask.text.iter().chain(&ask.solution).for_each(|text| marks(text, report));
            ask.mistakes.iter().for_each(|mistake| remark(mistake, report));
        }
        Content::Rules(runs) => {
            if let (Some(label), true) = (&cell.label, runs.len() > 1) {
                let width = label.source.chars().count();
                let problem =
                    label.problem(0, width, "a label names one rule, and here are several");
                report.push(problem.with_help("make the rule a `rules` cell of its own"));
            }
        }
        _ => {}
    }
}

/// What is wrong with the labels of a text's formulas.
fn marks(text: &Text, report: &Report) {
    if !text.source.contains("{#") {
        return;
    }
    let found = markup::read(&text.source);
    for stray in &found.strays {
        let message = format!("`{{#{}}}` labels no equation", stray.name);
        let width = stray.name.chars().count() + 3;
        let help = "it follows a display formula, on the line of its closing `$$`; \
                    as plain text, write `\\{#`";
        report.push(text.problem(stray.range.start, width, message).with_help(help));
    }
    for equation in &found.equations {
        let Some(mark) = &equation.mark else { continue };
        let own = ["align", "gather", "equation", "multline", "alignat", "flalign", "eqnarray"];
        let begins = |name: &&&str| {
            let tex = &equation.tex;
            tex.contains(&format!(r"\begin{{{name}}}"))
                || tex.contains(&format!(r"\begin{{{name}*}}"))
        };
        if let Some(name) = own.iter().find(begins) {
            let message = format!("the environment `{name}` numbers its own lines");
            let width = mark.name.chars().count() + 3;
            let help = "write `aligned` or `gathered`, which stand for one equation";
            report.push(text.problem(mark.range.start, width, message).with_help(help));
        }
    }
}

fn remark(mistake: &Mistake, report: &Report) {
    let Some(text) = &mistake.remark else { return };
    let found = markup::read(&text.source);
    let marks = found.equations.iter().filter_map(|equation| equation.mark.as_ref());
    for mark in marks.chain(&found.strays) {
        let message = "a remark may be printed several times, so nothing in it has a label";
        let width = mark.name.chars().count() + 3;
        let help = "put the equation into the `solution` and refer to it here";
        report.push(text.problem(mark.range.start, width, message).with_help(help));
    }
}
