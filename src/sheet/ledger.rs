//! How values print in texts, and what the template engine is told of them: each is a token, which
//! the filters `tex`, `exact`, `decimal(places=…)` and `scientific` turn into text. A token without
//! a filter prints as the plain decimal.

use std::borrow::Cow;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use tera::value::Key;
use tera::{Error, Kwargs, Map, State, Tera, Value as Json};

use crate::limits::Limit;
use crate::number::{Fault, Precision, Real, ending, round};
use crate::trace::Value;

use super::loops::TURN;
use super::show::Numbers;
use super::values::{Entry, Place, WHOLE};
use super::words::{Words, plain_engine};

const OPEN: char = '\u{e000}';
const CLOSE: char = '\u{e001}';
/// The filters that a text may use.
pub(super) const FILTERS: [&str; 4] = ["tex", "exact", "decimal", "scientific"];
/// What a filter says of anything but a value.
pub(super) const NO_VALUE: &str = "this filter takes a value of the trace";

/// Prints values.
#[derive(Default)]
pub(super) struct Printer {
    mark: char,
    undefined: String,
}

/// What the filters share.
#[derive(Default)]
pub(super) struct Ledger {
    entries: Vec<Entry<'static>>,
    printer: Printer,
    /// The first number that could not be printed.
    fault: Mutex<Option<Fault>>,
    /// The turns of loops that the text took so far.
    turns: AtomicU64,
}

impl Ledger {
    pub(super) fn new(words: &Words) -> Self {
        Self { printer: Printer::new(words), ..Self::default() }
    }

    /// All that a name leads to, as the template engine sees it.
    pub(super) fn tokens(&mut self, place: Place<'_>) -> Json {
        match place {
            Place::Value(entry) => {
                self.entries.push(entry.into_owned());
                Json::from(format!("{OPEN}{}{CLOSE}", self.entries.len() - 1))
            }
            place => {
                let mut map = Map::new();
                for (name, place) in place.below() {
                    map.insert(Cow::into_owned(name).into(), self.tokens(place));
                }
                Json::from(map)
            }
        }
    }

    /// Begins a text.
    pub(super) fn begin(&self) {
        self.turns.store(0, Ordering::Relaxed);
    }

    /// Whether the text took more turns than the limit allows.
    pub(super) fn is_exceeded(&self) -> bool {
        self.turns.load(Ordering::Relaxed) > Limit::Turns.get()
    }

    /// The number that could not be printed.
    pub(super) fn fault(&self) -> Option<Fault> {
        self.fault.lock().ok().and_then(|mut slot| slot.take())
    }

    /// Whether a text has tokens in a list of them, as the template engine writes it.
    pub(super) fn is_listed(rendered: &str) -> bool {
        rendered.contains(&format!("\"{}", OPEN.escape_unicode()))
    }

    /// Prints the values that no filter has printed.
    pub(super) fn fill(&self, rendered: &str) -> Result<String, Fault> {
        let mut filled = String::with_capacity(rendered.len());
        let mut rest = rendered;
        while let Some(start) = rest.find(OPEN) {
            filled.push_str(&rest[..start]);
            let Some(end) = rest[start..].find(CLOSE) else { break };
            let token = &rest[start..start + end + CLOSE.len_utf8()];
            if let Some(entry) = self.entry(token) {
                filled.push_str(&self.printer.plain(entry)?);
            }
            rest = &rest[start + token.len()..];
        }
        filled.push_str(rest);
        Ok(filled)
    }

    fn entry(&self, token: &str) -> Option<&Entry<'static>> {
        let number = token.strip_prefix(OPEN)?.strip_suffix(CLOSE)?;
        self.entries.get(number.parse::<usize>().ok()?)
    }

    /// The value that a token stands for, or the tokens of a matrix.
    fn entry_of(&self, token: &Json) -> Option<&Entry<'static>> {
        let whole = token.as_map().and_then(|map| map.get(&Key::Str(WHOLE)));
        self.entry(whole.unwrap_or(token).as_str()?)
    }

    fn filter(
        &self,
        token: &Json,
        print: impl Fn(&Printer, &Entry<'_>) -> Result<String, Fault>,
    ) -> Result<String, Error> {
        let Some(entry) = self.entry_of(token) else {
            return Err(Error::message(NO_VALUE));
        };
        print(&self.printer, entry).map_err(|fault| {
            let message = fault.to_string();
            if let Ok(mut slot) = self.fault.lock() {
                slot.get_or_insert(fault);
            }
            Error::message(message)
        })
    }
}

impl Printer {
    pub(super) fn new(words: &Words) -> Self {
        Self { mark: words.mark(), undefined: words.word("undefined") }
    }

    fn numbers<'a>(&'a self, entry: &'a Entry<'_>) -> Numbers<'a> {
        Numbers { display: &entry.display, mark: self.mark, undefined: &self.undefined }
    }

    pub(super) fn tex(&self, entry: &Entry<'_>) -> Result<String, Fault> {
        let numbers = self.numbers(entry);
        let shown = if entry.input {
            numbers.given(&entry.printed)?
        } else {
            numbers.tensor(&entry.printed)?
        };
        Ok(shown.latex())
    }

    pub(super) fn exact(&self, entry: &Entry<'_>) -> Result<String, Fault> {
        let Some(real) = entry.exact.real() else { return self.tex(entry) };
        match real.closed_form() {
            Some(form) => Ok(form.to_latex()),
            None => self.tex(entry),
        }
    }

    pub(super) fn decimal(&self, entry: &Entry<'_>, places: u32) -> Result<String, Fault> {
        self.rounded(entry, |real| {
            let decimal = round(real, Precision::Decimals(places), entry.display.rounding)?;
            Ok(decimal.to_latex(self.mark))
        })
    }

    pub(super) fn scientific(&self, entry: &Entry<'_>) -> Result<String, Fault> {
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
        entry: &Entry<'_>,
        print: impl Fn(&Real) -> Result<String, Fault>,
    ) -> Result<String, Fault> {
        match entry.exact.real() {
            Some(real) => print(real),
            None => self.tex(entry),
        }
    }

    /// The value outside a formula.
    pub(super) fn plain(&self, entry: &Entry<'_>) -> Result<String, Fault> {
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

/// A template engine with the filters.
pub(super) fn engine(ledger: &Arc<Ledger>) -> Tera {
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
        shared.filter(token, Printer::tex)
    });
    let shared = ledger.clone();
    tera.register_filter("exact", move |token: &Json, arguments: Kwargs, _: &State<'_>| {
        known(&arguments, &[])?;
        shared.filter(token, Printer::exact)
    });
    let shared = ledger.clone();
    tera.register_filter("scientific", move |token: &Json, arguments: Kwargs, _: &State<'_>| {
        known(&arguments, &[])?;
        shared.filter(token, Printer::scientific)
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
        shared.filter(token, |printer, entry| printer.decimal(entry, places))
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
