//! One optimizer: its kind, its options, defaults filled in.

use crate::catalogue::{self, Optimizer, Options, Setting, Specification};

use super::definition::{Display, Run};
use super::quantity::rational;
use super::read::display;
use super::setup::check_name;
use super::yaml::Key;
use super::{Field, Fields, suggest};

/// Options of the language that come with the whole catalogue.
const LATER: [&str; 6] = ["schedule", "clip", "weight_decay", "overrides", "convention", "amsgrad"];

pub(super) fn read(key: &Key, field: &Field<'_>, outer: &Display) -> Option<Run> {
    check_name(field, key, "run");
    let mut map = field.fields()?;
    let display = display(&mut map, outer);
    let kind = map.take("kind");
    if kind.is_none() {
        let kinds: Vec<&str> = catalogue::optimizers().iter().map(|known| known.kind).collect();
        let problem = field.problem("the key `kind` is missing");
        let help = format!("the kinds are {}", kinds.join(", "));
        field.report().push(problem.with_help(help));
    }
    let optimizer = kind.and_then(|kind| optimizer(&kind));
    for key in LATER {
        map.later(key, "it comes with the whole catalogue");
    }
    let settings = optimizer.map(|optimizer| settings(&mut map, optimizer));
    if optimizer.is_some() {
        map.finish();
    }
    let options = Options::new(settings??);
    if let Some(conflict) = (optimizer?.conflict)(&options) {
        field.refuse(conflict);
        return None;
    }
    Some(Run { name: key.text.clone(), optimizer: optimizer?, options, display })
}

fn optimizer(field: &Field<'_>) -> Option<&'static Optimizer> {
    let kind = &field.text()?.text;
    let found = catalogue::optimizer(kind);
    if found.is_none() && catalogue::comes_later(kind) {
        field.refuse(format!("the optimizer `{kind}` is not offered by this version"));
    } else if found.is_none() {
        let kinds: Vec<&str> = catalogue::optimizers().iter().map(|known| known.kind).collect();
        let help = match suggest(kind, kinds.iter().copied()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("the kinds are {}", kinds.join(", ")),
        };
        let problem = field.problem(format!("there is no optimizer `{kind}`"));
        field.report().push(problem.with_help(help));
    }
    found
}

fn settings(map: &mut Fields<'_>, optimizer: &Optimizer) -> Option<Vec<(String, Setting)>> {
    let mut settings = Vec::new();
    let mut complete = true;
    for specification in optimizer.options {
        let field = match specification.default {
            Some(_) => map.take(specification.name),
            None => map.required(specification.name),
        };
        let setting = match field {
            Some(field) => setting(&field, specification),
            None => specification.default_setting(),
        };
        match setting {
            Some(setting) => settings.push((specification.name.to_owned(), setting)),
            None => complete = false,
        }
    }
    complete.then_some(settings)
}

fn setting(field: &Field<'_>, specification: &Specification) -> Option<Setting> {
    let checked = if specification.takes_word() {
        specification.word(&field.text()?.text)
    } else if field.node().is_list() {
        field.refuse("one rate for each iteration is not offered by this version");
        return None;
    } else {
        let written = field.text()?.text.trim();
        specification.number(rational(field)?, written)
    };
    checked.map_err(|rule| field.refuse(rule)).ok()
}
