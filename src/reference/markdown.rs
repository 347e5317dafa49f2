//! The catalogue as one Markdown document.
//!
//! Rules stand in it in the scenario language, and below that as LaTeX between dollar signs,
//! for readers that set it.

use crate::formula::notation::Notation;

use super::entry::{Choice, Entry, Family, Formula, State};
use super::text::written;

/// Where an entry stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Depth {
    /// By itself.
    Alone,
    /// In its family.
    Page,
}

/// The languages of formulas.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Formulas {
    /// The scenario's alone.
    Code,
    /// LaTeX too.
    Latex,
}

/// The whole catalogue.
pub(super) fn page(families: &[Family], formulas: Formulas) -> String {
    let mut page = String::from(
        "# The catalogue\n\nEvery kind that a scenario may name, with its formula, options, \
         defaults, state and source. Formulas are written as in a scenario; `gradsheet list KIND` \
         shows one entry, `gradsheet list --format markdown` all of them with LaTeX.\n",
    );
    for family in families {
        page.push_str(&format!(
            "\n## {}\n\n{}. {}\n",
            family.title,
            sentence(family.place).trim_end_matches('.'),
            family.lead
        ));
        for one in &family.entries {
            page.push('\n');
            page.push_str(&entry(one, Depth::Page, formulas));
        }
    }
    page
}

/// All about one kind.
pub(super) fn entry(entry: &Entry, depth: Depth, style: Formulas) -> String {
    let mut parts = Vec::new();
    let mut lead = Vec::new();
    match depth {
        Depth::Page => parts.push(format!("### `{}`", entry.called)),
        Depth::Alone => parts.push(format!("# `{}`, {}", entry.called, entry.family)),
    }
    if !entry.meaning.is_empty() {
        lead.push(sentence(entry.meaning));
    }
    if !entry.source.is_empty() {
        lead.push(format!("Source: {}.", entry.source));
    }
    parts.push(lead.join(" "));
    parts.push(formulas(&entry.formulas, style));
    parts.extend(entry.notes.iter().map(|note| sentence(note)));
    if depth == Depth::Alone && !entry.legend.is_empty() {
        parts.push(sentence(entry.legend));
    }
    parts.push(options(entry, style));
    parts.extend(entry.options.iter().map(|option| changes(option, style)));
    parts.push(states(&entry.states));
    if !entry.conventions.is_empty() {
        let mut table = "| `convention` | sets |\n|---|---|".to_owned();
        for (name, sets) in &entry.conventions {
            table.push_str(&format!("\n| `{name}` | {sets} |"));
        }
        parts.push(table);
    }
    if !entry.example.is_empty() {
        parts.push(format!("```yaml\n{}\n```", entry.example.trim_end()));
    }
    parts.retain(|part| !part.is_empty());
    parts.join("\n\n") + "\n"
}

/// With a capital and a full stop; names of the language keep their letters.
fn sentence(text: &str) -> String {
    let first_word = text.split(' ').next().unwrap_or_default();
    let name = first_word.len() < 2 || first_word.contains('_') || first_word == "theta";
    let mut letters = text.chars();
    let start = match letters.next() {
        Some(first) if !name => first.to_uppercase().collect(),
        Some(first) => first.to_string(),
        None => String::new(),
    };
    let end = if text.ends_with('.') { "" } else { "." };
    format!("{start}{}{end}", letters.as_str())
}

/// The formulas as code; as LaTeX, those with a label as a list.
fn formulas(list: &[Formula], style: Formulas) -> String {
    let (plain, labelled): (Vec<&Formula>, Vec<&Formula>) =
        list.iter().partition(|formula| formula.label.is_empty());
    let coded = match style {
        Formulas::Code => list.iter().collect(),
        Formulas::Latex => plain.clone(),
    };
    let mut parts = Vec::new();
    if !coded.is_empty() {
        let code: Vec<String> = coded.into_iter().map(written).collect();
        parts.push(format!("```text\n{}\n```", code.join("\n")));
    }
    if style == Formulas::Latex && !plain.is_empty() {
        parts.push(aligned(&plain));
    }
    if style == Formulas::Latex && !labelled.is_empty() {
        let item = |formula: &&Formula| {
            format!("- {} ${}$", formula.label, one_line(&formula.latex.join(" ")))
        };
        parts.push(labelled.iter().map(item).collect::<Vec<_>>().join("\n"));
    }
    parts.join("\n\n")
}

fn aligned(formulas: &[&Formula]) -> String {
    let row = |formula: &&Formula| {
        let [left, relation, right] = &formula.latex;
        named_spaces(&format!("{left} &{relation} {right}"))
    };
    let rows: Vec<String> = formulas.iter().map(row).collect();
    format!("$$\n\\begin{{aligned}}\n{}\n\\end{{aligned}}\n$$", rows.join(" \\\\\n"))
}

fn one_line(latex: &str) -> String {
    named_spaces(latex).replace('\n', " ").trim().to_owned()
}

/// A backslash before a punctuation mark is Markdown's, so commands with letters take its place.
fn named_spaces(latex: &str) -> String {
    const NAMED: [(&str, &str); 4] = [
        (r"\,", r"\thinspace "),
        (r"\;", r"\thickspace "),
        (r"\{", r"\lbrace "),
        (r"\}", r"\rbrace "),
    ];
    NAMED.iter().fold(latex.to_owned(), |text, (mark, name)| text.replace(mark, name))
}

/// The letter that stands for an option in the formulas, where it is not its name.
fn symbol(option: &Choice, entry: &Entry, style: Formulas) -> String {
    let latex = Notation::default().in_rule(option.name);
    let changed = entry.options.iter().flat_map(|other| &other.changes);
    let mut formulas = entry.formulas.iter().chain(changed.flat_map(|change| &change.formulas));
    let used = formulas.any(|formula| formula.latex.iter().any(|part| part.contains(&latex)));
    let spelled = latex.starts_with(r"\mathrm") || latex == option.name;
    if style == Formulas::Latex && used && !spelled {
        format!(" (${latex}$)")
    } else {
        String::new()
    }
}

fn options(entry: &Entry, style: Formulas) -> String {
    let list = &entry.options;
    if list.is_empty() {
        return String::new();
    }
    let mut table = "| option | meaning | values | default |\n|---|---|---|---|".to_owned();
    for option in list {
        let words = option.allowed.len() > 1;
        let value = |value: &String| if words { format!("`{value}`") } else { cell(value) };
        let values: Vec<String> = option.allowed.iter().map(value).collect();
        let default = option.default_words();
        let default =
            default.strip_prefix("default ").map_or(default.clone(), |v| format!("`{v}`"));
        let all: Vec<String> = [default].into_iter().chain(option.others.iter().cloned()).collect();
        table.push_str(&format!(
            "\n| `{}`{} | {} | {} | {} |",
            option.name,
            symbol(option, entry, style),
            cell(&option.meaning),
            values.join(", "),
            all.join("; ")
        ));
    }
    table
}

/// Text in a table: a bar would end the cell.
fn cell(text: &str) -> String {
    text.replace(" | ", ", ")
}

fn changes(option: &Choice, style: Formulas) -> String {
    let mut parts = Vec::new();
    for change in &option.changes {
        let (value, with) = change.when.split_once(", with ").unwrap_or((&change.when, ""));
        let with = if with.is_empty() { String::new() } else { format!(" and `{with}`") };
        let value = match value.strip_prefix("above 0") {
            Some(_) => format!("`{}` above 0", option.name),
            None => format!("`{}: {value}`", option.name),
        };
        parts.push(format!("With {value}{with}:"));
        let states = change.states.iter().map(|State { name, start, meaning }| {
            format!("`{name}` starts at {start}: {meaning}.")
        });
        parts.push(formulas(&change.formulas, style));
        parts.extend(states);
    }
    parts.join("\n\n")
}

fn states(list: &[State]) -> String {
    if list.is_empty() {
        return String::new();
    }
    let mut table = "| state | holds | starts at |\n|---|---|---|".to_owned();
    for State { name, start, meaning } in list {
        table.push_str(&format!("\n| `{name}` | {meaning} | `{start}` |"));
    }
    table
}
