//! The whole scenario: front matter, display, set-ups, cells.

use std::path::Path;

use crate::limits::Limit;
use crate::number::{Precision, Rounding};

use super::cells::Cells;
use super::date::Date;
use super::definition::{Carry, Cell, Display, ExactForm, FrontMatter, Scenario, Setup};
use super::exam::Exam;
use super::explore::Source;
use super::paths::{Paths, Site};
use super::printing::printing;
use super::requirement::{self, Requirement};
use super::schema::{DISPLAY, SCENARIO};
use super::{Field, Fields, Problem, Problems, Report, setup, suspicion};

/// Reads a scenario; `file` is what messages call it, `text` its content. Variables have
/// their defaults.
///
/// # Errors
///
/// Every problem of the text, placed and in order.
pub fn read(file: &Path, text: &str) -> Result<Scenario, Problems> {
    Exam::read(file, text).map(|(_, scenario)| scenario)
}

/// Where a scenario's random numbers and files come from.
#[derive(Debug)]
pub(super) struct Origin<'a> {
    /// Its seed.
    pub(super) seed: u64,
    /// The folder that it lies in.
    pub(super) folder: &'a Path,
}

impl<'a> Origin<'a> {
    fn of(file: &'a Path, seed: u64) -> Self {
        Self { seed, folder: file.parent().unwrap_or(Path::new("")) }
    }
}

/// How much of a scenario is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// All of it.
    Whole,
    /// What is printed, without the requirements, which are the same whatever the variables are.
    Paper,
    /// What is executed, without the cells.
    Setups,
}

/// The scenario under the assignment of the report, with its requirements.
pub(super) fn scenario(
    top: &Field<'_>,
    file: &Path,
    extent: Extent,
) -> Option<(Scenario, Vec<Requirement>)> {
    let mut map = top.fields(&SCENARIO)?;
    let front = front_matter(&mut map);
    let seed = map.unsigned("seed").unwrap_or(0);
    let origin = Origin::of(file, seed);
    let printing = printing(&mut map, origin.folder);
    let display = display(&mut map, &default_display());
    // Read before, since all else may depend on it.
    let allowed = suspicion::allowed(&mut map);
    let variables = map.take("variables");
    let _ = map.take("fair");
    let requirements = map.take("require");
    let written = map.required("setups");
    let setups = written.as_ref().and_then(|field| setups(field, &display, &origin));
    let cells = map.take("cells");
    map.finish();
    let Some(setups) = setups else {
        if let (Some(field), Some(written)) = (&cells, &written) {
            without_setups(field, written, variables.as_ref(), &display, &origin, file);
        }
        return None;
    };
    if let Some(field) = &variables {
        check_names(field, &setups);
    }
    let cells = match (cells.filter(|_| extent != Extent::Setups), &written) {
        (Some(field), Some(written)) => {
            let (variables, counted) = (variables.as_ref(), std::cell::Cell::default());
            let source = Source { variables, display: &display, origin: &origin, file, counted };
            Some(Cells::new(&setups, written, &source).read(&field))
        }
        _ => None,
    };
    let requirements = match requirements.filter(|_| extent == Extent::Whole) {
        None => Vec::new(),
        Some(field) => {
            requirement::read(&field, &Paths { setups: &setups, home: None, site: Site::Outside })
        }
    };
    let cells = match cells {
        Some(read) => Some(read?),
        None => None,
    };
    let stem = file.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    // `..` would lead out of the output folder: so is the stem of `...yaml`.
    let stem = stem.map(|stem| if stem.trim_matches('.').is_empty() { "_".into() } else { stem });
    let scenario = Scenario {
        file: file.to_owned(),
        stem: stem.unwrap_or_default(),
        front: front?,
        seed,
        variables: top.report().assignment().clone(),
        label: None,
        printing,
        allowed,
        setups,
        cells,
        files: top.report().files(),
    };
    Some((scenario, requirements))
}

/// The cells of a scenario of which all else was read, if it has any.
pub(super) fn cells(top: &Field<'_>, scenario: &Scenario) -> Option<Option<Vec<Cell>>> {
    let mut map = top.fields(&SCENARIO)?;
    let (cells, written) = (map.take("cells"), map.take("setups"));
    let (variables, display) = (map.take("variables"), display(&mut map, &default_display()));
    let (Some(field), Some(written)) = (cells, written) else { return Some(None) };
    let (variables, file) = (variables.as_ref(), scenario.file.as_path());
    let (origin, counted) = (Origin::of(file, scenario.seed), std::cell::Cell::default());
    let source = Source { variables, display: &display, origin: &origin, file, counted };
    Cells::new(&scenario.setups, &written, &source).read(&field).map(Some)
}

/// What is wrong with cells whatever the set-ups are, which could not be read.
fn without_setups(
    field: &Field<'_>,
    written: &Field<'_>,
    variables: Option<&Field<'_>>,
    display: &Display,
    origin: &Origin<'_>,
    file: &Path,
) {
    let aside = Report::with_variables(field.report().assignment().clone());
    let source = Source { variables, display, origin, file, counted: std::cell::Cell::default() };
    let _ = Cells::new(&[], written, &source).read(&Field::new(field.node(), field.path(), &aside));
    aside.into_problems().into_iter().filter(Problem::stands_alone).for_each(|problem| {
        field.report().push(problem);
    });
}

/// Refuses variables that texts could not tell from a set-up or a run.
fn check_names(field: &Field<'_>, setups: &[Setup]) {
    for (key, own) in field.entries().unwrap_or_default() {
        let name = &key.text;
        let run = setups.iter().flat_map(|setup| &setup.runs).any(|run| run.name == *name);
        if run || setups.iter().any(|setup| setup.name == *name) {
            let what = if run { "run" } else { "set-up" };
            let message = format!("`{name}` names a variable and a {what}");
            own.refuse_key(key, message, Some("give one of them another name".into()));
        }
    }
}

fn setups(field: &Field<'_>, display: &Display, origin: &Origin<'_>) -> Option<Vec<Setup>> {
    let entries = field.entries()?;
    if entries.is_empty() {
        field.refuse("a scenario has at least one set-up");
    }
    // Each is read before one that failed ends the reading, so that all problems are found.
    let read: Vec<_> =
        entries.iter().map(|(key, field)| setup::read(key, field, display, origin)).collect();
    read.into_iter().collect()
}

fn front_matter(map: &mut Fields<'_>) -> Option<FrontMatter> {
    let title = map.required_text("title").map(|scalar| scalar.text.clone());
    let mut text = |key| map.text(key).map(|scalar| scalar.text.clone());
    let (subtitle, course) = (text("subtitle"), text("course"));
    let (date, license) = (text("date"), text("license"));
    let chosen = map.take("language");
    let language_place = chosen.as_ref().map(Field::place);
    let language = chosen.and_then(|field| Some(field.text()?.text.clone()));
    let language = language.unwrap_or_else(|| "en".into());
    let authors = texts(map, "authors");
    let tags = texts(map, "tags");
    let minutes = map.unsigned_in("minutes", 1..=1000);
    let assumes = texts(map, "assumes");
    let release = map.take("release").and_then(|field| {
        let date = Date::read(&field.text()?.text);
        if date.is_none() {
            return field.expected("a day such as 2026-12-01");
        }
        date
    });
    Some(FrontMatter {
        title: title?,
        subtitle,
        authors,
        course,
        date,
        language,
        language_place,
        license,
        tags,
        minutes,
        assumes,
        release,
    })
}

/// A list of texts, or a single one.
fn texts(map: &mut Fields<'_>, key: &'static str) -> Vec<String> {
    let Some(field) = map.take(key) else { return Vec::new() };
    if let Some(scalar) = field.node().scalar().filter(|scalar| !scalar.is_null()) {
        return vec![scalar.text.clone()];
    }
    let items = field.items().unwrap_or_default();
    items.iter().filter_map(|item| Some(item.text()?.text.clone())).collect()
}

fn default_display() -> Display {
    Display {
        precision: Precision::Significant(4),
        rounding: Rounding::HalfUp,
        carry: Carry::Exact,
        exact_form: ExactForm::Hidden,
    }
}

/// The `display` of a mapping; what it leaves out is as in `outer`.
pub(super) fn display(map: &mut Fields<'_>, outer: &Display) -> Display {
    let mut display = outer.clone();
    let Some(field) = map.take("display") else { return display };
    let Some(mut keys) = field.fields(&DISPLAY) else { return display };
    let decimals = keys.take("decimals").and_then(|field| field.unsigned_within(0, Limit::Digits));
    let significant =
        keys.take("significant").and_then(|field| field.unsigned_within(1, Limit::Digits));
    let roundings = [("half_up", Rounding::HalfUp), ("half_even", Rounding::HalfEven)];
    let rounding = keys.choice("rounding", &roundings);
    let carry = keys.choice("carry", &[("exact", Carry::Exact), ("displayed", Carry::Displayed)]);
    let exact_form = keys.truth("exact_form");
    keys.finish();
    let digits = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
    match (decimals, significant) {
        (Some(_), Some(_)) => field.refuse("choose `decimals` or `significant`, not both"),
        (Some(count), None) => display.precision = Precision::Decimals(digits(count)),
        (None, Some(count)) => display.precision = Precision::Significant(digits(count)),
        (None, None) => {}
    }
    display.rounding = rounding.unwrap_or(display.rounding);
    display.carry = carry.unwrap_or(display.carry);
    if let Some(shown) = exact_form {
        display.exact_form = if shown { ExactForm::Shown } else { ExactForm::Hidden };
    }
    display
}
