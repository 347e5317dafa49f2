//! The catalogue as plain text for a terminal.

use super::entry::{Choice, Entry, Family, Formula, State};

/// Every kind, a line each.
pub(super) fn overview(families: &[Family]) -> String {
    let mut text = String::new();
    for family in families {
        text.push_str(&format!("{} ({})\n", family.title, family.place));
        let mut last = "";
        for entry in &family.entries {
            // Forms of a function stand under one name.
            if entry.kind == last {
                continue;
            }
            last = entry.kind;
            let call = entry.called != entry.kind;
            let told = if call { entry.called.as_str() } else { entry.source };
            text.push_str(&format!("  {:<18} {told}\n", entry.kind));
        }
        text.push('\n');
    }
    text.push_str("A kind's name explains it: `gradsheet list adam`.\n");
    text
}

/// All about one kind.
pub(super) fn entry(entry: &Entry) -> String {
    let mut text = format!("{}, {}\n", entry.called, entry.family);
    for line in [entry.meaning, entry.source] {
        if !line.is_empty() {
            text.push_str(&format!("{line}\n"));
        }
    }
    text.push('\n');
    for formula in &entry.formulas {
        text.push_str(&format!("  {}\n", written(formula)));
    }
    let notes = entry.notes.iter().map(String::as_str).chain([entry.legend]);
    let notes: Vec<&str> = notes.filter(|note| !note.is_empty()).collect();
    if !entry.formulas.is_empty() && !notes.is_empty() {
        text.push('\n');
    }
    for note in notes {
        text.push_str(&format!("  {note}\n"));
    }
    if !entry.options.is_empty() {
        text.push_str("\nOptions\n");
    }
    for option in &entry.options {
        text.push_str(&choice(option));
    }
    if !entry.states.is_empty() {
        text.push_str("\nState, before the first iteration\n");
    }
    for State { name, start, meaning } in &entry.states {
        let equation = format!("{name} = {start}");
        text.push_str(&format!("  {equation:<18} {meaning}\n"));
    }
    if !entry.conventions.is_empty() {
        text.push_str("\nWhat `convention` sets\n");
    }
    for (name, sets) in &entry.conventions {
        text.push_str(&format!("  {name:<18} {sets}\n"));
    }
    if !entry.example.is_empty() {
        text.push_str("\nExample\n");
        for line in entry.example.lines() {
            text.push_str(&format!("  {line}\n"));
        }
    }
    text
}

/// A formula with its label.
pub(super) fn written(formula: &Formula) -> String {
    if formula.label.is_empty() {
        return formula.text.clone();
    }
    format!("{:<12} {}", formula.label, formula.text)
}

fn choice(option: &Choice) -> String {
    let mut text = format!("  {:<18} {}\n", option.name, option.meaning);
    let mut values = vec![option.allowed.join(" | "), option.default_words()];
    values.extend(option.others.iter().cloned());
    values.retain(|words| !words.is_empty());
    if !values.is_empty() {
        text.push_str(&format!("  {:<18} {}\n", "", values.join("; ")));
    }
    for change in &option.changes {
        text.push_str(&format!("    {}:\n", change.when));
        for formula in &change.formulas {
            text.push_str(&format!("      {}\n", written(formula)));
        }
        for State { name, start, meaning } in &change.states {
            text.push_str(&format!("      {name} starts at {start}: {meaning}\n"));
        }
    }
    text
}
