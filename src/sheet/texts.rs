//! A scenario's texts: templates with `<< >>`, which see every value of the trace by its path.
//!
//! Most ask for values alone, each with a filter or without; those are walked to and printed.
//! Only for what is more than that there is the template engine.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::sync::{Arc, OnceLock};

use tera::{Context, Error, Map, Tera, Value as Json};

use crate::limits::Limit;
use crate::number::Fault;
use crate::scenario::{Problem, Scenario, Text};
use crate::trace::{Trace, Value};

use super::ledger::{Ledger, NO_VALUE, Printer, engine};
use super::loops::{Counted, words};
use super::reworded::{Reworded, reworded, spanned, without_filters};
use super::values::{Entry, Place};
use super::words::{Words, exchanged};

/// The name by which a template gets all there is.
const EVERYTHING: &str = "__tera_context";

/// So many names a message tells of a group.
const MOST_NAMES: usize = 8;

/// Renders the texts of a scenario.
pub(super) struct Texts<'a> {
    scenario: &'a Scenario,
    trace: &'a Trace,
    words: &'a Words,
    printer: Printer,
    /// The template engine, once it was needed.
    engine: OnceLock<Engine>,
}

/// The template engine with all that the texts may ask it for.
struct Engine {
    tera: Tera,
    ledger: Arc<Ledger>,
    /// The values of the variables.
    variables: Map,
    /// The values of each set-up, by name.
    setups: BTreeMap<String, Json>,
}

/// Why a text could not be rendered.
pub(super) enum TextError {
    /// The text is wrong, at a byte offset.
    Text { offset: usize, width: usize, message: String, help: Option<String> },
    /// A number can't be printed.
    Number(Fault),
}

impl<'a> Texts<'a> {
    pub(super) fn new(scenario: &'a Scenario, trace: &'a Trace, words: &'a Words) -> Self {
        Self { scenario, trace, words, printer: Printer::new(words), engine: OnceLock::new() }
    }

    /// A scenario's text; names without a set-up belong to `home`.
    pub(super) fn render(&self, text: &Text, home: Option<&str>) -> Result<String, TextError> {
        if !text.is_template() {
            return Ok(text.source.clone());
        }
        let only =
            if self.trace.setups.len() == 1 { self.trace.setups.names().next() } else { None };
        let home = home.or(only);
        if let Some(rendered) = self.values_alone(&text.source, home)? {
            return Ok(rendered);
        }
        if let Some(error) = self.group_alone(&text.source, home) {
            return Err(error);
        }
        let engine = self.engine.get_or_init(|| self.engine());
        engine.render(text, home)
    }

    /// A path to several values without a filter: they have no text of their own. In a text with
    /// blocks its name may be that of a turn's value.
    fn group_alone(&self, source: &str, home: Option<&str>) -> Option<TextError> {
        if source.contains("<%") {
            return None;
        }
        let openings = source.match_indices("<<").map(|(at, opening)| at + opening.len());
        openings.into_iter().find_map(|start| {
            let inside = source[start..].split(">>").next()?;
            let path = inside.trim();
            let (message, help) = match self.place(path, home)? {
                Place::Value(_) => return None,
                Place::Matrix(_) => (
                    format!("`{path}` is a matrix, which prints in a formula"),
                    format!("write `$<< {path} | tex >>$`, or ask for an entry, `{path}.r1.c1`"),
                ),
                place => {
                    let below = place.below();
                    let mut names: Vec<&str> = below.iter().map(|(name, _)| &**name).collect();
                    if names.len() > MOST_NAMES {
                        names.truncate(MOST_NAMES);
                        names.push("…");
                    }
                    (
                        format!("`{path}` is not one value but several"),
                        format!("ask for what is in it: {}", names.join(", ")),
                    )
                }
            };
            let offset = start + inside.find(path)?;
            Some(TextError::Text { offset, width: path.len(), message, help: Some(help) })
        })
    }

    /// A text that is a template by nothing but values, each alone or with one filter.
    fn values_alone(&self, source: &str, home: Option<&str>) -> Result<Option<String>, TextError> {
        let mut fault = None;
        let rendered = exchanged(source, |inside| {
            let (path, filter) = match inside.split_once('|') {
                Some((path, filter)) => (path.trim(), Some(filter.trim())),
                None => (inside, None),
            };
            let (entry, is_whole) = match self.place(path, home)? {
                Place::Value(entry) => (entry, false),
                Place::Matrix(entry) => (entry, true),
                _ => return None,
            };
            let printed = match filter {
                None if is_whole => return None,
                None => self.printer.plain(&entry),
                Some("tex") => self.printer.tex(&entry),
                Some("exact") => self.printer.exact(&entry),
                Some("scientific") => self.printer.scientific(&entry),
                Some(_) => return None,
            };
            printed.map_err(|found| fault = Some(found)).ok()
        });
        // The engine says what is wrong with a text that becomes too long.
        let rendered = rendered.filter(|text| text.len() <= Limit::TextSize.count());
        fault.map_or(Ok(rendered), |fault| Err(TextError::Number(fault)))
    }

    /// What a path leads to.
    fn place(&self, path: &str, home: Option<&str>) -> Option<Place<'a>> {
        let mut names = path.split('.');
        let first = names.next()?;
        let of_home = || self.setup(home?)?.at(first);
        let of_variable = || self.variables().find(|(name, _)| *name == first);
        let found = self.setup(first).or_else(of_home);
        let found = found.or_else(|| of_variable().map(|(_, entry)| Place::Value(entry)))?;
        names.try_fold(found, |found, name| found.at(name))
    }

    fn setup(&self, name: &str) -> Option<Place<'a>> {
        let setup = self.scenario.setups.iter().find(|setup| setup.name == name)?;
        Some(Place::Setup(setup, self.trace.setups.get(name)?))
    }

    /// The values of the variables; a number of all set-ups prints as the first one says.
    fn variables(&self) -> impl Iterator<Item = (&'a str, Entry<'a>)> {
        let display = self.scenario.setups.first().map(|setup| &setup.display);
        let all = display.into_iter().flat_map(|display| {
            self.scenario.variables.iter().map(move |(name, value)| (name, value, display))
        });
        all.map(|(name, value, display)| (name, Entry::given(Value::Real(value.clone()), display)))
    }

    /// The template engine, with what any text asks for by name; of all else the name alone.
    fn engine(&self) -> Engine {
        let mut ledger = Ledger::new(self.words);
        let asked = names(self.scenario);
        let mut variables = Map::new();
        for (name, entry) in self.variables() {
            variables.insert(name.to_owned().into(), ledger.tokens(Place::Value(entry)));
        }
        let mut setups = BTreeMap::new();
        for setup in &self.scenario.setups {
            let Some(place) = self.setup(&setup.name) else { continue };
            let all = asked.contains(setup.name.as_str()) || asked.contains(EVERYTHING);
            let mut values = Map::new();
            for (name, place) in place.below() {
                let is_asked = all || asked.contains(&*name);
                let tokens = if is_asked { ledger.tokens(place) } else { Json::from(Map::new()) };
                values.insert(name.into_owned().into(), tokens);
            }
            setups.insert(setup.name.clone(), Json::from(values));
        }
        let ledger = Arc::new(ledger);
        Engine { tera: engine(&ledger), ledger, variables, setups }
    }
}

impl Engine {
    fn render(&self, text: &Text, home: Option<&str>) -> Result<String, TextError> {
        let home = home.and_then(|name| self.setups.get(name)).and_then(Json::as_map);
        let mut context = Context::new();
        for (key, value) in self.variables.iter().chain(home.into_iter().flatten()) {
            if let Some(name) = key.as_str() {
                context.insert_value(name.to_owned(), value.clone());
            }
        }
        for (name, values) in &self.setups {
            context.insert_value(name.clone(), values.clone());
        }
        let counted = Counted::new(&text.source);
        self.ledger.begin();
        let mut out = Bounded::default();
        match self.tera.render_str_to(&counted.source, &context, false, &mut out) {
            Ok(()) => {
                let rendered = String::from_utf8_lossy(&out.0);
                if Ledger::is_listed(&rendered) {
                    return Err(TextError::Text {
                        offset: 0,
                        width: 1,
                        message: "this text prints several values as if they were one".into(),
                        help: Some("print a matrix by `| tex`; of other groups, a value".into()),
                    });
                }
                self.ledger.fill(&rendered).map_err(TextError::Number)
            }
            Err(_) if out.is_full() => {
                Err(exceeded(Limit::TextSize, "the bytes that this text's template gives"))
            }
            Err(_) if self.ledger.is_exceeded() => {
                Err(exceeded(Limit::Turns, "the turns of the loops in this text"))
            }
            Err(error) => Err(self.explain(&text.source, &counted, &context, &error)),
        }
    }

    fn explain(
        &self,
        source: &str,
        counted: &Counted,
        context: &Context,
        error: &Error,
    ) -> TextError {
        if let Some(fault) = self.ledger.fault() {
            return TextError::Number(fault);
        }
        let (range, message) = spanned(error);
        let range = counted.written(&range);
        // A filter gets a name that is not there as nothing; without the filter it is named.
        if message.starts_with(NO_VALUE)
            && let Some(bare) = without_filters(source, range.start)
            && let Err(error) = self.tera.render_str(&bare, context, false)
        {
            return self.explain(&bare, &Counted::new(&bare), context, &error);
        }
        let Reworded { range, message, help } = reworded(source, range, &message);
        TextError::Text { offset: range.start, width: range.len().max(1), message, help }
    }
}

/// A text that asks for more than a limit allows.
fn exceeded(limit: Limit, what: &str) -> TextError {
    TextError::Text {
        offset: 0,
        width: 1,
        message: limit.exceeded(what),
        help: Some(limit.advice(None)),
    }
}

/// What a template writes, up to the limit.
#[derive(Default)]
struct Bounded(Vec<u8>);

impl Bounded {
    fn is_full(&self) -> bool {
        self.0.len() > Limit::TextSize.count()
    }
}

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.extend_from_slice(bytes);
        if self.is_full() { Err(std::io::ErrorKind::StorageFull.into()) } else { Ok(bytes.len()) }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// What is wrong with a text as a template, whatever the values are.
pub(crate) fn syntax(text: &Text) -> Option<Problem> {
    let error = engine(&Arc::default()).add_raw_template("text", &text.source).err()?;
    let (range, message) = spanned(&error);
    let Reworded { range, message, help } = reworded(&text.source, range, &message);
    let problem = text.problem(range.start, range.len().max(1), message);
    Some(Problem { help, ..problem })
}

/// Every name that the scenario's templates may ask for, and more; none where none is a template.
fn names(scenario: &Scenario) -> BTreeSet<&str> {
    let templates = scenario.texts().into_iter().filter(|text| text.is_template());
    templates.flat_map(|text| words(&text.source)).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::templates::Templates;
    use super::*;
    use crate::{engine, scenario};

    /// Loss and gradient are `w_1 + 3 w_2` and `(1, 3)`; a step of SGD takes half of that from `(1, 2)`.
    const SOURCE: &str = "\
title: T
setups:
  s:
    shapes: {x: [1, 2], W: [2, 1]}
    model: |
      loss = sum(x @ W)
    init: {W: [[1], [2]]}
    data: [{x: [1, 3]}]
    iterations: 1
    optimizers:
      sgd: {kind: sgd, learning_rate: 0.5}
cells:
";

    #[test]
    fn a_value_is_found_by_its_path_as_the_template_engine_finds_it() {
        let table = [
            ("sgd.t1.W.r2.c1", Some("0.5")),
            ("s.sgd.t0.W.r2.c1", Some("2")),
            ("sgd.t1.grad.W.r2.c1 | tex", Some("3")),
            ("sgd.t1.loss | exact", Some("7")),
            ("sgd.t1.e1.x.r1.c2", Some("3")),
            ("data.d1.x.r1.c2 | scientific", Some("3e0")),
            ("sgd.learning_rate", Some("0.5")),
            ("sgd.t1.W | tex", Some(r"\begin{pmatrix} 0.5 \\ 0.5 \end{pmatrix}")),
            ("sgd.t2.loss", None),
        ];
        let cell = |(path, _): &(&str, Option<&str>)| format!("  - markdown: '<< {path} >>'\n");
        let source = SOURCE.to_owned() + &table.iter().map(cell).collect::<String>();
        let scenario = scenario::read(Path::new("s.yaml"), &source).unwrap();
        let trace = engine::execute(&scenario).unwrap();
        let templates = Templates::built_in().unwrap();
        let texts = Texts::new(&scenario, &trace, templates.words("en").unwrap());
        for (text, (path, expected)) in scenario.texts().into_iter().zip(table) {
            let alone = texts.values_alone(&text.source, Some("s")).ok().flatten();
            assert_eq!(alone.as_deref(), expected, "{path}");
            let rendered = texts.engine().render(text, Some("s")).ok();
            assert_eq!(rendered.as_deref(), expected, "{path}");
        }
    }
}
