//! Plots and tables of a set-up that no cell introduces.

use crate::scenario::{Cell, Content, Scenario};

use super::{Found, Rule, Written};

pub(super) fn without_setup(scenario: &Scenario, written: &Written<'_>, found: &mut Found) {
    let Some(cells) = &scenario.cells else { return };
    let mut introduced: Vec<usize> = Vec::new();
    cells.iter().for_each(|cell| introduces(cell, &mut introduced));
    let texts = scenario.texts();
    for (index, cell) in cells.iter().enumerate() {
        let mut shown = Vec::new();
        shows(cell, &mut shown);
        shown.sort_unstable();
        shown.dedup();
        for setup in shown {
            let name = &scenario.setups[setup].name;
            // A text that speaks of the set-up or of its model introduces it too.
            let spoken = texts.iter().any(|text| text.source.contains(name.as_str()))
                || scenario.setups.len() == 1 && !texts.is_empty();
            if introduced.contains(&setup) || spoken {
                continue;
            }
            let message = format!("this shows `{name}`, which no cell of the sheet introduces");
            let problem = written.at_cell(index, message);
            let help = format!("put `rules`, `graph: {name}` or a text on it before");
            found.push((Rule::PlotWithoutSetup, problem.with_help(help)));
        }
    }
}

/// The set-ups whose results a cell shows.
fn shows(cell: &Cell, list: &mut Vec<usize>) {
    match cell.content.shown() {
        Content::Plot { of, .. } | Content::Table { of } => {
            list.extend(of.iter().map(|run| run.setup));
        }
        Content::Experiment(of) | Content::ExperimentPlot { of, .. } => list.push(of.setup),
        Content::Question(question) => question.parts.iter().for_each(|part| shows(part, list)),
        _ => {}
    }
}

/// The set-ups that a cell says something about.
fn introduces(cell: &Cell, list: &mut Vec<usize>) {
    match &cell.content {
        Content::Question(question) => {
            list.extend(question.setup);
            question.parts.iter().for_each(|part| introduces(part, list));
        }
        Content::Rules(of) | Content::Code { of, .. } => {
            list.extend(of.iter().map(|run| run.setup));
        }
        Content::Given(given) => list.push(given.at.run.setup),
        Content::Gradients { setup, .. }
        | Content::Nodes(setup)
        | Content::Adjoints { setup, .. }
        | Content::Graph { setup, .. } => list.push(*setup),
        Content::Narration(run) => list.push(run.setup),
        _ => {}
    }
}
