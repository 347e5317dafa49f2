//! Answers in the key that the words of their part don't ask for.
//!
//! A part that names some of the quantities it wants, `$w$`, but has more among its `answers`,
//! gives marks for what nobody was asked. A part that names none ("carry out the first step")
//! asks for all.

use crate::scenario::{Cell, Content, Scenario, Text};
use crate::trace::{Path, Target, What};

use super::variables::has_word;
use super::{Found, Rule};

pub(super) fn unasked(scenario: &Scenario, found: &mut Found) {
    for cell in scenario.cells.iter().flatten() {
        let Content::Question(question) = &cell.content else { continue };
        for part in &question.parts {
            review(scenario, part, question.text.as_ref(), found);
        }
    }
}

fn review(scenario: &Scenario, part: &Cell, question: Option<&Text>, found: &mut Found) {
    let Content::Ask(ask) = &part.content else { return };
    let Some(text) = ask.text.as_ref().or(question) else { return };
    let named: Vec<bool> =
        ask.answers.iter().map(|path| is_named(scenario, path, &text.source)).collect();
    if !named.contains(&true) {
        return;
    }
    let left = ask.answers.iter().zip(&named).filter(|(_, named)| !**named);
    for (path, _) in left {
        // Words such as "the pre-activation" stand for what is between parameters and loss.
        if matches!(&path.target, Target::Record { what: What::Forward { .. }, .. }) {
            continue;
        }
        let symbol = symbol(path);
        let message =
            format!("`{path}` is among the answers, but the text asks for others and not for it");
        let offset = text.source.len() - text.source.trim_start().len();
        let width = text.source.trim_start().lines().next().unwrap_or_default().chars().count();
        let problem = text.problem(offset, width, message).as_warning();
        let help = format!("name `{symbol}` in the text, or take the answer out");
        found.push((Rule::UnaskedAnswer, problem.with_help(help)));
    }
}

/// What the path is called in a text.
fn symbol(path: &Path) -> &str {
    match &path.target {
        Target::Datum { name, .. } | Target::Option { name, .. } => name,
        Target::Record { what, .. } => match what {
            What::Parameter(name) | What::Forward { name, .. } => name,
            What::State { state, .. } => state,
            What::Loss => "loss",
            What::LearningRate => "learning_rate",
            // The symbol of a derivative is that of what it is taken by.
            What::Gradient(name) | What::UsedGradient(name) | What::Adjoint { name, .. } => name,
        },
    }
}

fn is_named(scenario: &Scenario, path: &Path, text: &str) -> bool {
    let symbol = symbol(path);
    let latex = scenario
        .setups
        .iter()
        .find(|setup| setup.name == path.setup)
        .map(|setup| setup.notation.latex(symbol));
    let word = match &path.target {
        Target::Record { what: What::Loss, .. } => Some("loss"),
        Target::Record { what: What::Gradient(_) | What::UsedGradient(_), .. } => Some("gradient"),
        Target::Record { what: What::State { .. }, .. } => Some("moment"),
        Target::Record { what: What::LearningRate, .. } => Some("rate"),
        _ => None,
    };
    has_word(text, symbol)
        || latex.is_some_and(|latex| text.contains(&latex) && has_word(text, &latex))
        || word.is_some_and(|word| text.to_lowercase().contains(word))
}
