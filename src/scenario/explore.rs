//! `explore` of a cell: the same cell for other values, one frame after another.
//!
//! ```text
//! explore: {learning_rate: [0.1, 0.5, 1]}   an option of the runs that the cell shows
//! explore: {w: [1, "1/3"]}                  what a parameter starts from
//! explore: {alpha: [0.1, 0.2]}              one of the scenario's variables
//! ```
//!
//! Each frame is read anew: the value takes the place of the written one in the text of the
//! set-ups, so the readers that judge what is written judge it too, and name its own place.
//! Several keys give all combinations, the last key's value changing first.

use std::cell::Cell;
use std::path::Path;

use crate::limits::Limit;
use crate::number::Real;

use super::cells::{Among, Cells};
use super::definition::{
    Audience, Cell as SheetCell, Content, Explored, Frame, Frames, FrontMatter, Printing, RunId,
    Scenario, Setup,
};
use super::edit::{child, put, remove};
use super::quantity::rational;
use super::read::Origin;
use super::setup::{self, helped};
use super::variables::{self, Variable};
use super::yaml::Key;
use super::{Display, Field, Problem, Report, suggest};

/// The text that frames are read from.
#[derive(Debug)]
pub(super) struct Source<'a> {
    /// The variables, if there are any.
    pub(super) variables: Option<&'a Field<'a>>,
    pub(super) display: &'a Display,
    pub(super) origin: &'a Origin<'a>,
    pub(super) file: &'a Path,
    /// How many cells have frames so far, and how many frames.
    pub(super) counted: Cell<(usize, usize)>,
}

/// A key of `explore` with its values.
struct Axis<'n> {
    key: &'n Key,
    name: Explored,
    /// Where the value stands in the text of the set-ups; for a variable nowhere.
    paths: Vec<Vec<Key>>,
    values: Vec<Field<'n>>,
}

/// Reads the frames of a cell.
pub(super) struct Explorer<'a> {
    pub(super) cells: &'a Cells<'a>,
    pub(super) source: &'a Source<'a>,
    pub(super) among: Among,
}

impl Explorer<'_> {
    /// The frames of the cell `whole`, which shows `content` for the written values.
    pub(super) fn read(
        &self,
        field: &Field<'_>,
        whole: &Field<'_>,
        content: &Content,
    ) -> Option<Content> {
        let entries = field.entries()?;
        if entries.is_empty() {
            let problem = field.problem("what is to be explored?");
            field.report().push(problem.with_help("name it, as in `{learning_rate: [0.1, 0.5]}`"));
            return None;
        }
        let runs = self.runs(content);
        if runs.is_empty() {
            let problem = field.problem("this cell shows no run that could be explored");
            let help = "explore a plot of runs, a table, a narration, a `given` or a text";
            field.report().push(problem.with_help(help));
            return None;
        }
        let axes: Vec<_> =
            entries.iter().map(|(key, values)| self.axis(key, values, &runs)).collect();
        let axes = axes.into_iter().collect::<Option<Vec<_>>>()?;
        let counts = axes.iter().map(|axis| axis.values.len());
        let count = counts.fold(1_usize, usize::saturating_mul);
        if count > Limit::Frames.count() {
            let what = format!("the {count} frames that these values make");
            field.exceeds(Limit::Frames, what, u64::try_from(count).ok());
            return None;
        }
        if count < 2 {
            field.refuse("a single value is nothing to step through; give at least two");
            return None;
        }
        let (number, all) = self.source.counted.get();
        if all + count > Limit::AllFrames.count() {
            let what = "the frames of the cells up to this one";
            field.exceeds(Limit::AllFrames, what, None);
            return None;
        }
        self.source.counted.set((number + 1, all + count));
        let mut list = Vec::new();
        let mut problems: Vec<Problem> = Vec::new();
        for index in 0..count {
            let report = Report::with_variables(field.report().assignment().clone());
            let frame = self.frame(&axes, index, whole, &runs, report, &mut problems);
            list.extend(frame);
        }
        let sound = problems.is_empty() && list.len() == count;
        problems.into_iter().for_each(|problem| field.report().push(problem));
        let of = axes.into_iter().map(|axis| axis.name).collect();
        sound.then_some(Content::Frames(Frames { number, of, runs, list }))
    }

    /// The runs that a cell shows; of a text, those of its set-up.
    fn runs(&self, content: &Content) -> Vec<RunId> {
        match content {
            Content::Plot { of, .. } | Content::Table { of } => of.clone(),
            Content::Narration(run) => vec![*run],
            Content::Given(given) => vec![given.at.run],
            Content::Markdown(_) => {
                let home = self.cells.home();
                let setups = self.cells.setups().iter().enumerate();
                let own = setups.filter(|(index, _)| home.is_none_or(|home| home == *index));
                own.flat_map(|(setup, own)| {
                    (0..own.runs.len()).map(move |run| RunId { setup, run })
                })
                .collect()
            }
            _ => Vec::new(),
        }
    }

    fn setup(&self, index: usize) -> &Setup {
        &self.cells.setups()[index]
    }

    /// What a key names, and its values.
    fn axis<'n>(&self, key: &'n Key, values: &Field<'n>, runs: &[RunId]) -> Option<Axis<'n>> {
        let name = key.text.as_str();
        let mut setups: Vec<usize> = runs.iter().map(|run| run.setup).collect();
        setups.dedup();
        let able = |run: &&RunId| options(self.setup(run.setup), run.run).any(|one| one == name);
        let having: Vec<&RunId> = runs.iter().filter(able).collect();
        let starting: Vec<usize> =
            setups.iter().copied().filter(|own| self.setup(*own).is_parameter(name)).collect();
        let variable = values.report().variable(name).is_some();
        let written = |path: &[&str]| -> Vec<Key> {
            path.iter().map(|text| Key { text: (*text).to_owned(), place: key.place }).collect()
        };
        let meanings = [!having.is_empty(), !starting.is_empty(), variable];
        if meanings.iter().filter(|meaning| **meaning).count() > 1 {
            let problem = at_key(key, values, format!("`{name}` can mean several things here"));
            let help = "an option, a parameter and a variable of one name: rename one of them";
            values.report().push(problem.with_help(help));
            return None;
        }
        let (explored, paths) = if let Some(first) = having.first() {
            let paths = having.iter().map(|run| {
                let (setup, run) = (self.setup(run.setup), run.run);
                let own = &setup.runs[run].name;
                let custom = setup.runs[run].custom.is_some() && self.is_custom(setup, own, name);
                match custom {
                    true => written(&[&setup.name, "optimizers", own, "options", name]),
                    false => written(&[&setup.name, "optimizers", own, name]),
                }
            });
            (Explored::Option { run: **first, name: name.to_owned() }, paths.collect())
        } else if let Some(first) = starting.first() {
            let paths = starting.iter().map(|own| written(&[&self.setup(*own).name, "init", name]));
            (Explored::Initial { setup: *first, name: name.to_owned() }, paths.collect())
        } else if variable {
            (Explored::Variable(name.to_owned()), Vec::new())
        } else {
            self.unknown(key, values, runs);
            return None;
        };
        Some(Axis { key, name: explored, paths, values: listed(values)? })
    }

    /// Whether an optimizer of the scenario's own has the option among its `options`.
    fn is_custom(&self, setup: &Setup, run: &str, option: &str) -> bool {
        let path = [setup.name.as_str(), "optimizers", run, "options", option];
        let mut node = Some(self.cells.written().node());
        for key in path {
            node = node.and_then(|node| child(node, key));
        }
        node.is_some()
    }

    fn unknown(&self, key: &Key, values: &Field<'_>, runs: &[RunId]) {
        let mut known: Vec<String> = Vec::new();
        let mut add = |name: &str| {
            if !known.iter().any(|other| other == name) {
                known.push(name.to_owned());
            }
        };
        for run in runs {
            let setup = self.setup(run.setup);
            options(setup, run.run).for_each(&mut add);
            setup.parameter_names().for_each(&mut add);
        }
        values.report().variable_names().for_each(&mut add);
        let what = if runs.len() == 1 { "the run" } else { "none of the runs" };
        let verb = if runs.len() == 1 { "shown here has no" } else { "shown here has an" };
        let message = format!("{what} {verb} option `{}`", super::yaml::shortened(&key.text));
        let problem = at_key(key, values, message);
        let suggestion = suggest(&key.text, known.iter().map(String::as_str));
        values.report().push(match suggestion {
            Some(_) => helped(problem, suggestion),
            None => problem.with_help(format!("what can be explored here: {}", known.join(", "))),
        });
    }

    /// The frame of that number; what is wrong with it is added to the problems, once.
    fn frame(
        &self,
        axes: &[Axis<'_>],
        index: usize,
        whole: &Field<'_>,
        runs: &[RunId],
        report: Report,
        problems: &mut Vec<Problem>,
    ) -> Option<Frame> {
        let picks = picks(axes, index);
        let report = match self.assigned(axes, &picks) {
            Some(Ok(assignment)) => Report::with_variables(assignment),
            Some(Err(problem)) => {
                add(problems, problem);
                return None;
            }
            None => report,
        };
        let mut node = self.cells.written().node().clone();
        for (axis, value) in axes.iter().zip(&picks) {
            axis.paths.iter().for_each(|path| put(&mut node, path, value.node()));
        }
        let mut cell = whole.node().clone();
        remove(&mut cell, "explore");
        let written = Field::new(&node, self.cells.written().path(), &report);
        let setups = self.setups(&written, axes, runs);
        let inner = setups.as_ref().and_then(|setups| {
            let cells = self.cells.over(setups, &written);
            cells.cell(&Field::new(&cell, whole.path(), &report), self.among)
        });
        let (audience, content) = match inner {
            Some(SheetCell { audience, content, .. }) => (audience, Some(content)),
            None => (Audience::Both, None),
        };
        let values: Vec<String> = axes
            .iter()
            .zip(&picks)
            .map(|(axis, value)| format!("{}: {}", axis.key.text, text(value)))
            .collect();
        let variables = report.assignment().clone();
        let help = format!("`explore` comes here with {}", values.join(", "));
        let explored = |problem: &Problem| picks.iter().any(|value| value.place() == problem.place);
        for problem in report.into_problems() {
            let problem = match problem.help {
                None if !explored(&problem) => problem.with_help(help.clone()),
                _ => problem,
            };
            add(problems, problem);
        }
        let scenario = Scenario {
            allowed: Vec::new(),
            file: self.source.file.to_owned(),
            stem: String::new(),
            front: FrontMatter::default(),
            seed: self.source.origin.seed,
            variables,
            label: None,
            printing: Printing::default(),
            setups: setups?,
            cells: Some(vec![SheetCell { audience, label: None, title: None, content: content? }]),
            files: Vec::new(),
        };
        Some(Frame { values, scenario })
    }

    /// The set-ups of a frame: those that it changes are read anew.
    fn setups(&self, written: &Field<'_>, axes: &[Axis<'_>], runs: &[RunId]) -> Option<Vec<Setup>> {
        let named = |name: &str| {
            let mut paths = axes.iter().flat_map(|axis| &axis.paths);
            paths.any(|path| path.first().is_some_and(|key| key.text == name))
        };
        let variable = axes.iter().any(|axis| matches!(axis.name, Explored::Variable(_)));
        let mut list = Vec::new();
        for (index, (key, field)) in written.entries()?.into_iter().enumerate() {
            let shown = runs.iter().any(|run| run.setup == index);
            let changed = named(&key.text) || (variable && shown);
            if !changed {
                list.push(self.cells.setups().get(index).cloned());
                continue;
            }
            // What experiments measure is not shown by a cell that has frames.
            let mut node = field.node().clone();
            remove(&mut node, "experiments");
            let field = Field::new(&node, field.path(), written.report());
            list.push(setup::read(key, &field, self.source.display, self.source.origin));
        }
        list.into_iter().collect()
    }

    /// The variables of a frame, where it changes one.
    fn assigned(
        &self,
        axes: &[Axis<'_>],
        picks: &[&Field<'_>],
    ) -> Option<Result<variables::Assignment, Problem>> {
        let field = self.source.variables?;
        let list: Vec<Variable> = variables::read(field)?;
        let mut replaced: Vec<(&str, Real)> = Vec::new();
        for (axis, value) in axes.iter().zip(picks) {
            let Explored::Variable(name) = &axis.name else { continue };
            if list.iter().any(|one| one.name == *name && !one.domain.is_free()) {
                let message = format!("`{name}` follows from other variables");
                let problem = at_key(axis.key, value, message);
                return Some(Err(problem.with_help("explore one of those that it follows from")));
            }
            // Where the value is no number, its own report has said so.
            replaced.push((name, Real::from(rational(value)?)));
        }
        if replaced.is_empty() {
            return None;
        }
        let base = field.report().assignment();
        Some(variables::replaced(&list, base, &replaced).map_err(|underivable| {
            let message =
                format!("`{}` has no value for these values of the others", underivable.name);
            picks.first().map_or_else(|| field.problem(&*message), |value| value.problem(&*message))
        }))
    }
}

/// The options of a run that may be explored.
fn options(setup: &Setup, run: usize) -> impl Iterator<Item = &str> {
    let run = &setup.runs[run];
    let internal = ["convention", "clip", "clip_at", "decay", "decay_on", "weight_decay"];
    let known = run.optimizer.options.iter().map(|option| option.name);
    let set = run.options.iter().map(|(name, _)| name);
    let own = set.filter(move |name| !internal.contains(name));
    let mut seen: Vec<&str> = Vec::new();
    for name in known.chain(own).chain(["learning_rate", "weight_decay"]) {
        if !seen.contains(&name) {
            seen.push(name);
        }
    }
    seen.into_iter()
}

/// The values of a key: numbers, expressions or words, each once.
fn listed<'n>(field: &Field<'n>) -> Option<Vec<Field<'n>>> {
    let items = field.items()?;
    if items.is_empty() {
        field.refuse("the list of values is empty");
        return None;
    }
    let mut sound = true;
    for (index, item) in items.iter().enumerate() {
        let plain = item.node().scalar().is_some_and(|scalar| !scalar.is_null());
        if !plain {
            let _: Option<()> = item.expected("a number or a word");
        } else if items[..index].iter().any(|other| text(other) == text(item)) {
            item.refuse("this value is listed twice");
        } else {
            continue;
        }
        sound = false;
    }
    sound.then_some(items)
}

fn text<'n>(field: &Field<'n>) -> &'n str {
    field.node().scalar().map_or("", |scalar| scalar.text.as_str())
}

/// The values of a frame.
fn picks<'f, 'n>(axes: &'f [Axis<'n>], index: usize) -> Vec<&'f Field<'n>> {
    let mut rest = index;
    let mut list: Vec<&Field<'n>> = Vec::new();
    for axis in axes.iter().rev() {
        let count = axis.values.len().max(1);
        list.extend(axis.values.get(rest % count));
        rest /= count;
    }
    list.reverse();
    list
}

fn add(problems: &mut Vec<Problem>, problem: Problem) {
    let same = |known: &Problem| known.place == problem.place && known.message == problem.message;
    if !problems.iter().any(same) {
        problems.push(problem);
    }
}

/// A problem with a key of `explore`.
fn at_key(key: &Key, values: &Field<'_>, message: String) -> Problem {
    let width = key.text.chars().count();
    Problem::new(key.place, message).in_field(values.path()).with_width(width)
}
