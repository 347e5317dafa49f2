//! The cell `code`: runs as scripts for a library.

use super::cells::Cells;
use super::definition::{Content, Library, RunId};
use super::{Field, Fields};

/// Reads `code: numpy` with `of: [neuron.adam]`; a set-up's name stands for all of its runs.
pub(super) fn read(cells: &Cells<'_>, map: &mut Fields<'_>) -> Option<Content> {
    let place = map.take("code")?;
    let library = place.choice(&Library::ALL);
    let of = match (map.take("of"), cells.home()) {
        (Some(field), _) => listed(cells, &field),
        (None, Some(setup)) => all_of(cells, setup, &place),
        (None, None) => {
            let problem = place.problem("which runs is the script to repeat?");
            let names: Vec<&str> = cells.setups().iter().map(|one| one.name.as_str()).collect();
            let names = names.join(", ");
            let help = format!("add `of: […]`, with runs or set-ups; there are {names}");
            place.report().push(problem.with_help(help));
            None
        }
    };
    Some(Content::Code { library: library?, of: of? })
}

fn listed(cells: &Cells<'_>, field: &Field<'_>) -> Option<Vec<RunId>> {
    let items = field.items()?;
    if items.is_empty() {
        field.refuse("the list of runs is empty");
        return None;
    }
    let one = |item: &Field<'_>| {
        let text = &item.text()?.text;
        match cells.setups().iter().position(|setup| setup.name == *text) {
            Some(setup) => all_of(cells, setup, item),
            None => cells.run(item).map(|run| vec![run]),
        }
    };
    let runs: Vec<_> = items.iter().map(one).collect();
    let runs: Option<Vec<Vec<RunId>>> = runs.into_iter().collect();
    Some(runs?.concat())
}

fn all_of(cells: &Cells<'_>, setup: usize, place: &Field<'_>) -> Option<Vec<RunId>> {
    let own = &cells.setups()[setup];
    if own.runs.is_empty() {
        place.refuse(format!("the set-up `{}` has no runs", own.name));
        return None;
    }
    Some((0..own.runs.len()).map(|run| RunId { setup, run }).collect())
}
