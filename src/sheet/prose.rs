//! Prose: a scenario's texts and the program's own phrases, both templates with `<< >>`.
//!
//! A text sees every value of the trace by its path. A value enters the template as a
//! token; the filters `tex`, `exact`, `decimal(places=…)` and `scientific` turn it into
//! text, and a token without a filter prints as the plain decimal.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use tera::value::Key;
use tera::{Context, Error, Kwargs, Map, State, Tera, Value as Json};

use crate::limits::Limit;
use crate::number::{Fault, Precision, Real, ending, round};
use crate::scenario::{Display, Problem, Scenario, Setup, Text};
use crate::trace::{Iteration, Named, Run, Tensor, Trace, Value};

use super::loops::{Counted, TURN, words};
use super::reworded::{Reworded, reworded, spanned, without_filters};
use super::show::Numbers;
use super::words::{Words, exchanged, listed, plain_engine};

const OPEN: char = '\u{e000}';
const CLOSE: char = '\u{e001}';
/// The filters that a text may use.
pub(super) const FILTERS: [&str; 4] = ["tex", "exact", "decimal", "scientific"];
/// Under this key a matrix stands as a whole; its entries are `r1.c1` and so on.
const WHOLE: &str = "whole";
/// The name by which a template gets all there is.
const EVERYTHING: &str = "__tera_context";
/// What a filter says of anything but a value.
pub(super) const NO_VALUE: &str = "this filter takes a value of the trace";

/// Renders texts and phrases.
pub(super) struct Prose {
    /// The template engine, once it was needed.
    tera: OnceLock<Tera>,
    words: Words,
    /// The values of each set-up, by name.
    setups: BTreeMap<String, Json>,
    /// The values of the variables.
    variables: Map,
    ledger: Arc<Ledger>,
}

/// A value with the way in which it prints.
struct Entry {
    /// The value of the exact run.
    exact: Tensor,
    /// The value that the sheet prints.
    printed: Tensor,
    display: Display,
    input: bool,
}

/// What the filters share.
struct Ledger {
    entries: Vec<Entry>,
    mark: char,
    undefined: String,
    /// The first number that could not be printed.
    fault: Mutex<Option<Fault>>,
    /// The turns of loops that the text took so far.
    turns: AtomicU64,
}

/// Why a text could not be rendered.
pub(super) enum ProseError {
    /// The text is wrong, at a byte offset.
    Text { offset: usize, width: usize, message: String, help: Option<String> },
    /// A number can't be printed.
    Number(Fault),
}

impl Prose {
    pub(super) fn new(scenario: &Scenario, trace: &Trace, words: &Words) -> Self {
        let mut entries = Vec::new();
        let mut setups = BTreeMap::new();
        let mut variables = Map::new();
        let asked = names(scenario);
        if !asked.is_empty() {
            if let Some(setup) = scenario.setups.first() {
                for (name, value) in scenario.variables.iter() {
                    let value = Tensor::from(value.clone());
                    entries.push(Entry {
                        exact: value.clone(),
                        printed: value,
                        display: setup.display.clone(),
                        input: true,
                    });
                    let token = Json::from(format!("{OPEN}{}{CLOSE}", entries.len() - 1));
                    variables.insert(name.to_owned().into(), token);
                }
            }
            for setup in &scenario.setups {
                if let Some(record) = trace.setups.get(&setup.name) {
                    let values = values(setup, record, &asked, &mut entries);
                    setups.insert(setup.name.clone(), values);
                }
            }
        }
        let ledger = Arc::new(Ledger {
            entries,
            mark: words.mark(),
            undefined: words.word("undefined"),
            fault: Mutex::new(None),
            turns: AtomicU64::new(0),
        });
        Self { tera: OnceLock::new(), words: words.clone(), setups, variables, ledger }
    }

    /// A phrase of the language file.
    pub(super) fn word(&self, key: &str) -> String {
        self.words.word(key)
    }

    /// The phrase, or an empty text where the language has none of that name.
    pub(super) fn optional_word(&self, key: &str) -> String {
        self.words.get(key).cloned().unwrap_or_default()
    }

    /// Every phrase, for templates.
    pub(super) fn words(&self) -> &Words {
        &self.words
    }

    pub(super) fn mark(&self) -> char {
        self.ledger.mark
    }

    /// A phrase with its blanks filled in.
    pub(super) fn say(&self, key: &str, blanks: &[(&'static str, String)]) -> String {
        self.words.say(key, blanks)
    }

    /// a, b and c
    pub(super) fn list(&self, items: &[String]) -> String {
        match items.split_last() {
            Some((last, rest)) if !rest.is_empty() => {
                let blanks = [("first", listed(rest)), ("last", last.clone())];
                self.say("list_and", &blanks)
            }
            _ => items.concat(),
        }
    }

    /// A scenario's text; names without a set-up belong to `setup`.
    pub(super) fn render(&self, text: &Text, setup: Option<&str>) -> Result<String, ProseError> {
        if !text.is_template() {
            return Ok(text.source.clone());
        }
        let only = if self.setups.len() == 1 { self.setups.keys().next() } else { None };
        let home = setup.or(only.map(String::as_str)).and_then(|name| self.setups.get(name));
        let home = home.and_then(Json::as_map);
        if let Some(rendered) = self.values_alone(&text.source, home)? {
            return self.fill(&rendered);
        }
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
        self.ledger.turns.store(0, Ordering::Relaxed);
        let mut out = Bounded::default();
        match self.tera().render_str_to(&counted.source, &context, false, &mut out) {
            Ok(()) => self.fill(&String::from_utf8_lossy(&out.0)),
            Err(_) if out.is_full() => {
                Err(exceeded(Limit::TextSize, "the bytes that this text's template gives"))
            }
            Err(_) if self.ledger.turns.load(Ordering::Relaxed) > Limit::Turns.get() => {
                Err(exceeded(Limit::Turns, "the turns of the loops in this text"))
            }
            Err(error) => Err(self.explain(&text.source, &counted, &context, &error)),
        }
    }

    /// The template engine, for what is more than values with a filter.
    fn tera(&self) -> &Tera {
        self.tera.get_or_init(|| engine(&self.ledger))
    }

    /// A text that is a template by nothing but values, each alone or with one filter.
    fn values_alone(&self, source: &str, home: Option<&Map>) -> Result<Option<String>, ProseError> {
        let mut fault = None;
        let rendered = exchanged(source, |inside| {
            let (path, filter) = match inside.split_once('|') {
                Some((path, filter)) => (path.trim(), Some(filter.trim())),
                None => (inside, None),
            };
            let value = self.value(path, home)?;
            let print = match filter {
                None => return value.as_str().map(str::to_owned),
                Some("tex") => Ledger::tex,
                Some("exact") => Ledger::exact,
                Some("scientific") => Ledger::scientific,
                Some(_) => return None,
            };
            let printed = print(&self.ledger, self.ledger.entry_of(value)?);
            printed.map_err(|found| fault = Some(found)).ok()
        });
        // The engine says what is wrong with a text that becomes too long.
        let rendered = rendered.filter(|text| text.len() <= Limit::TextSize.count());
        fault.map_or(Ok(rendered), |fault| Err(ProseError::Number(fault)))
    }

    /// The value, or the values, of that path.
    fn value<'v>(&'v self, path: &'v str, home: Option<&'v Map>) -> Option<&'v Json> {
        let mut names = path.split('.');
        let first = names.next()?;
        let of_home = || home.and_then(|home| home.get(&Key::Str(first)));
        let found = self.setups.get(first).or_else(of_home);
        let found = found.or_else(|| self.variables.get(&Key::Str(first)))?;
        names.try_fold(found, |found, name| found.as_map()?.get(&Key::Str(name)))
    }

    /// Prints the values that no filter has printed.
    fn fill(&self, rendered: &str) -> Result<String, ProseError> {
        let mut filled = String::with_capacity(rendered.len());
        let mut rest = rendered;
        while let Some(start) = rest.find(OPEN) {
            filled.push_str(&rest[..start]);
            let Some(end) = rest[start..].find(CLOSE) else { break };
            let token = &rest[start..start + end + CLOSE.len_utf8()];
            match self.ledger.plain(token) {
                Ok(text) => filled.push_str(&text),
                Err(fault) => return Err(ProseError::Number(fault)),
            }
            rest = &rest[start + token.len()..];
        }
        filled.push_str(rest);
        Ok(filled)
    }

    fn explain(
        &self,
        source: &str,
        counted: &Counted,
        context: &Context,
        error: &Error,
    ) -> ProseError {
        if let Some(fault) = self.ledger.fault.lock().ok().and_then(|mut slot| slot.take()) {
            return ProseError::Number(fault);
        }
        let (range, message) = spanned(error);
        let range = counted.written(&range);
        // A filter gets a name that is not there as nothing; without the filter it is named.
        if message.starts_with(NO_VALUE)
            && let Some(bare) = without_filters(source, range.start)
            && let Err(error) = self.tera().render_str(&bare, context, false)
        {
            return self.explain(&bare, &Counted::new(&bare), context, &error);
        }
        let Reworded { range, message, help } = reworded(source, range, &message);
        ProseError::Text { offset: range.start, width: range.len().max(1), message, help }
    }
}

/// A text that asks for more than a limit allows.
fn exceeded(limit: Limit, what: &str) -> ProseError {
    ProseError::Text {
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
    let ledger = Arc::new(Ledger {
        entries: Vec::new(),
        mark: '.',
        undefined: String::new(),
        fault: Mutex::new(None),
        turns: AtomicU64::new(0),
    });
    let error = engine(&ledger).add_raw_template("text", &text.source).err()?;
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

fn engine(ledger: &Arc<Ledger>) -> Tera {
    let mut tera = plain_engine();
    let shared = ledger.clone();
    tera.register_function(TURN, move |_: Kwargs, _: &State<'_>| {
        if shared.turns.fetch_add(1, Ordering::Relaxed) < Limit::Turns.get() {
            return Ok(String::new());
        }
        Err(Error::message("too many turns"))
    });
    let shared = ledger.clone();
    tera.register_filter("tex", move |token: &Json, arguments: Kwargs, _: &State<'_>| {
        known(&arguments, &[])?;
        shared.filter(token, Ledger::tex)
    });
    let shared = ledger.clone();
    tera.register_filter("exact", move |token: &Json, arguments: Kwargs, _: &State<'_>| {
        known(&arguments, &[])?;
        shared.filter(token, Ledger::exact)
    });
    let shared = ledger.clone();
    tera.register_filter("scientific", move |token: &Json, arguments: Kwargs, _: &State<'_>| {
        known(&arguments, &[])?;
        shared.filter(token, Ledger::scientific)
    });
    let shared = ledger.clone();
    tera.register_filter("decimal", move |token: &Json, arguments: Kwargs, _: &State<'_>| {
        known(&arguments, &["places"])?;
        let places: u32 = arguments.must_get("places")?;
        if u64::from(places) > Limit::Digits.get() {
            let what = format!("{places} places");
            let message = Limit::Digits.exceeded_with_advice(what, Some(places.into()));
            return Err(Error::message(message));
        }
        shared.filter(token, |ledger, entry| ledger.decimal(entry, places))
    });
    tera
}

/// Tera ignores misspelt arguments; here they are errors.
fn known(arguments: &Kwargs, names: &[&str]) -> Result<(), Error> {
    for (key, _) in arguments.iter() {
        let name = key.as_str().unwrap_or_default();
        if !names.contains(&name) {
            let known = if names.is_empty() { "none" } else { &names.join(", ") };
            return Err(Error::message(format!("unknown argument `{name}`; known: {known}")));
        }
    }
    Ok(())
}

impl Ledger {
    fn entry(&self, token: &str) -> Option<&Entry> {
        let number = token.strip_prefix(OPEN)?.strip_suffix(CLOSE)?;
        self.entries.get(number.parse::<usize>().ok()?)
    }

    /// The value that a token stands for, or the tokens of a matrix.
    fn entry_of(&self, token: &Json) -> Option<&Entry> {
        let whole = token.as_map().and_then(|map| map.get(&Key::Str(WHOLE)));
        self.entry(whole.unwrap_or(token).as_str()?)
    }

    fn filter(
        &self,
        token: &Json,
        print: impl Fn(&Self, &Entry) -> Result<String, Fault>,
    ) -> Result<String, Error> {
        let Some(entry) = self.entry_of(token) else {
            return Err(Error::message(NO_VALUE));
        };
        print(self, entry).map_err(|fault| {
            let message = fault.to_string();
            if let Ok(mut slot) = self.fault.lock() {
                slot.get_or_insert(fault);
            }
            Error::message(message)
        })
    }

    fn numbers<'a>(&'a self, entry: &'a Entry) -> Numbers<'a> {
        Numbers { display: &entry.display, mark: self.mark, undefined: &self.undefined }
    }

    fn tex(&self, entry: &Entry) -> Result<String, Fault> {
        let numbers = self.numbers(entry);
        let shown = if entry.input {
            numbers.given(&entry.printed)?
        } else {
            numbers.tensor(&entry.printed)?
        };
        Ok(shown.latex())
    }

    fn exact(&self, entry: &Entry) -> Result<String, Fault> {
        let Some(real) = entry.exact.real() else { return self.tex(entry) };
        match real.closed_form() {
            Some(form) => Ok(form.to_latex()),
            None => self.tex(entry),
        }
    }

    fn decimal(&self, entry: &Entry, places: u32) -> Result<String, Fault> {
        self.rounded(entry, |real| {
            let decimal = round(real, Precision::Decimals(places), entry.display.rounding)?;
            Ok(decimal.to_latex(self.mark))
        })
    }

    fn scientific(&self, entry: &Entry) -> Result<String, Fault> {
        self.rounded(entry, |real| {
            let precision = match entry.display.precision {
                Precision::Significant(digits) => Precision::Significant(digits),
                Precision::Decimals(places) => Precision::Significant(places + 1),
            };
            Ok(round(real, precision, entry.display.rounding)?.to_scientific(self.mark))
        })
    }

    fn rounded(
        &self,
        entry: &Entry,
        print: impl Fn(&Real) -> Result<String, Fault>,
    ) -> Result<String, Fault> {
        match entry.exact.real() {
            Some(real) => print(real),
            None => self.tex(entry),
        }
    }

    /// The value outside a formula.
    fn plain(&self, token: &str) -> Result<String, Fault> {
        let Some(entry) = self.entry(token) else { return Ok(String::new()) };
        match entry.printed.scalar() {
            None => self.tex(entry),
            Some(Value::Undefined(_)) => Ok(self.undefined.clone()),
            Some(Value::Real(real)) => {
                // An input that does not end as a decimal is a fraction.
                let fraction = real.as_rational().filter(|_| entry.input);
                if let Some(fraction) = fraction.filter(|value| ending::of(value).is_none()) {
                    return Ok(fraction.to_string());
                }
                let precision =
                    if entry.input { Precision::Significant(60) } else { entry.display.precision };
                Ok(round(real, precision, entry.display.rounding)?.to_plain(self.mark))
            }
        }
    }
}

/// The values of a set-up as nested mappings of tokens; of what no text asks for, the name alone.
fn values(
    setup: &Setup,
    record: &crate::trace::Setup,
    asked: &BTreeSet<&str>,
    entries: &mut Vec<Entry>,
) -> Json {
    let all = asked.contains(setup.name.as_str()) || asked.contains(EVERYTHING);
    let is_asked = |name: &str| all || asked.contains(name);
    let mut map = Map::new();
    let mut data = Map::new();
    let mut one = |exact: &Tensor, printed: &Tensor, display: &Display, input: bool| {
        entries.push(Entry {
            exact: exact.clone(),
            printed: printed.clone(),
            display: display.clone(),
            input,
        });
        Json::from(format!("{OPEN}{}{CLOSE}", entries.len() - 1))
    };
    let mut token = |exact: &Tensor, printed: &Tensor, display: &Display, input: bool| {
        let whole = one(exact, printed, display, input);
        let Some((rows, columns)) = exact.shape() else { return whole };
        let mut matrix = Map::new();
        matrix.insert(WHOLE.into(), whole);
        for row in 1..=rows {
            let mut list = Map::new();
            for column in 1..=columns {
                let entry = |tensor: &Tensor| tensor.entry(row, column).cloned().map(Tensor::from);
                if let (Some(exact), Some(printed)) = (entry(exact), entry(printed)) {
                    let entry = one(&exact, &printed, display, input);
                    list.insert(format!("c{column}").into(), entry);
                }
            }
            matrix.insert(format!("r{row}").into(), Json::from(list));
        }
        Json::from(matrix)
    };
    let examples = record.data.iter().enumerate().filter(|_| is_asked("data"));
    for (index, example) in examples {
        let mut row = Map::new();
        for (name, value) in example.iter() {
            row.insert(name.to_owned().into(), token(value, value, &setup.display, true));
        }
        data.insert(format!("d{}", index + 1).into(), Json::from(row));
    }
    map.insert("data".into(), Json::from(data));
    for run in &setup.runs {
        if let Some(record) = record.runs.get(&run.name) {
            let values = match is_asked(&run.name) {
                true => run_values(record, &run.display, &mut token),
                false => Json::from(Map::new()),
            };
            map.insert(run.name.clone().into(), values);
        }
    }
    Json::from(map)
}

type Token<'a> = &'a mut dyn FnMut(&Tensor, &Tensor, &Display, bool) -> Json;

fn run_values(run: &Run, display: &Display, token: Token<'_>) -> Json {
    let mut map = Map::new();
    for (name, number) in run.options.iter() {
        let value = Tensor::from(Value::Real(Real::from(number.clone())));
        map.insert(name.to_owned().into(), token(&value, &value, display, true));
    }
    for (exact, printed) in run.iterations.iter().zip(run.printed()) {
        let values = iteration(exact, printed, display, token);
        map.insert(format!("t{}", exact.t).into(), values);
    }
    Json::from(map)
}

fn iteration(exact: &Iteration, printed: &Iteration, display: &Display, token: Token<'_>) -> Json {
    let mut map = Map::new();
    let mut put = |map: &mut Map, exact: &Named<Tensor>, printed: &Named<Tensor>, input: bool| {
        for ((name, exact), (_, printed)) in exact.iter().zip(printed.iter()) {
            map.insert(name.to_owned().into(), token(exact, printed, display, input));
        }
    };
    let mut gradient = Map::new();
    put(&mut gradient, &exact.gradient, &printed.gradient, false);
    map.insert("grad".into(), Json::from(gradient));
    let states = exact.state.iter().zip(printed.state.iter());
    let intermediate = exact.intermediate.iter().zip(printed.intermediate.iter());
    for ((name, exact), (_, printed)) in states.chain(intermediate) {
        let mut inner = Map::new();
        put(&mut inner, exact, printed, false);
        map.insert(name.to_owned().into(), Json::from(inner));
    }
    let single = exact.examples.len() == 1;
    for (index, (exact, printed)) in exact.examples.iter().zip(&printed.examples).enumerate() {
        let mut inner = Map::new();
        put(&mut inner, &exact.values, &printed.values, false);
        let mut adjoints = Map::new();
        put(&mut adjoints, &exact.adjoints, &printed.adjoints, false);
        inner.insert("adjoint".into(), Json::from(adjoints));
        if single {
            map.extend(inner.clone());
        }
        map.insert(format!("e{}", index + 1).into(), Json::from(inner));
    }
    put(&mut map, &exact.parameters, &printed.parameters, exact.t == 0);
    if let (Some(exact), Some(printed)) = (&exact.loss, &printed.loss) {
        map.insert("loss".into(), token(exact, printed, display, false));
    }
    if let Some(rate) = exact.learning_rate.as_ref().filter(|_| exact.t > 0) {
        let rate = Tensor::from(Value::Real(rate.clone()));
        map.entry("learning_rate".into()).or_insert_with(|| token(&rate, &rate, display, false));
    }
    Json::from(map)
}
