//! The walk back from one value, and its lines from first to last.

use std::collections::{BTreeMap, BTreeSet};

use crate::number::Fault;
use crate::scenario::{Carry, Display, Scenario};
use crate::sheet::{Templates, Words};
use crate::trace::json::Unprintable;
use crate::trace::{Path, Tensor};

use super::course::{Course, Position};
use super::formula::{Formula, plain};
use super::line::{Line, Steps};
use super::numbers::{MAX_SHOWN, Numbers, Step};
use super::origin::{Document, Origin};
use super::quantity::Quantity;
use super::remark::Remarks;

/// The widest column of paths.
const MAX_WIDTH: usize = 36;

/// Everything that an explanation is told from.
pub(super) struct Story<'a> {
    course: &'a Course<'a>,
    phrases: Words,
    document: Document,
    display: &'a Display,
    undefined: String,
    /// What the scenario's file is called.
    file: String,
}

/// What stands under one heading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Chapter {
    /// Numbers of the scenario.
    Own,
    /// What is not told again.
    Earlier,
    Iteration(usize),
}

/// The quantities that a value depends on, by where they stand.
type Quantities = BTreeMap<(Chapter, Position), (Quantity, Formula)>;

impl<'a> Story<'a> {
    pub(super) fn new(
        scenario: &Scenario,
        text: &str,
        course: &'a Course<'a>,
        display: &'a Display,
        templates: &'a Templates,
    ) -> Self {
        let phrases = templates.words_or_english(&scenario.front.language);
        let undefined = phrases.word("undefined");
        let document = Document::new(text);
        let file = scenario.file.display().to_string();
        Self { course, phrases, document, display, undefined, file }
    }

    fn numbers(&self) -> Numbers<'_> {
        let Display { precision, rounding, .. } = *self.display;
        Numbers { precision, rounding, undefined: &self.undefined }
    }

    /// The whole explanation; `None` where there is no such value.
    pub(super) fn tell(&self, path: &Path, depth: usize) -> Result<Option<String>, Unprintable> {
        let asked = Quantity::of(path);
        let Some(value) = self.course.value(&asked) else { return Ok(None) };
        let quantities = self.walk(&asked, depth);
        let mut chapters: BTreeMap<Chapter, Vec<Line>> = BTreeMap::new();
        for ((chapter, _), (quantity, formula)) in &quantities {
            let line = self.line(*chapter, quantity, formula, *quantity == asked);
            let place = || self.course.label(quantity);
            let line = line.map_err(|fault| Unprintable { place: place(), fault })?;
            chapters.entry(*chapter).or_default().push(line);
        }
        let entry = self.entry(path, &asked, &value);
        let place = || self.course.label(&asked);
        let entry = entry.map_err(|fault| Unprintable { place: place(), fault })?;
        if let (Some(line), Some(mut last)) = (entry, chapters.last_entry()) {
            last.get_mut().push(line);
        }
        let lines = chapters.values().flatten();
        let widths = lines.map(|line| line.left.chars().count());
        let width = widths.filter(|width| *width <= MAX_WIDTH).max().unwrap_or(0);
        let mut parts = Vec::new();
        if self.course.run.display.carry == Carry::Displayed {
            parts.push(format!("{}\n", self.phrases.word("explain_carry")));
        }
        for (chapter, lines) in &chapters {
            let mut part = format!("{}\n", self.heading(*chapter));
            for line in lines {
                part.push_str(&line.text(width));
                part.push('\n');
            }
            parts.push(part);
        }
        Ok(Some(parts.join("\n")))
    }

    /// Everything that the value depends on, and the value itself.
    fn walk(&self, asked: &Quantity, depth: usize) -> Quantities {
        let from = asked.iteration().unwrap_or(0).saturating_sub(depth);
        let mut found = Quantities::new();
        let mut seen: BTreeSet<Quantity> = BTreeSet::from([asked.clone()]);
        let mut open = vec![asked.clone()];
        while let Some(quantity) = open.pop() {
            let formula = self.course.formula(&quantity);
            let chapter = match (&formula, quantity.iteration()) {
                (None, _) => Chapter::Own,
                _ if self.course.is_input(&quantity) => Chapter::Own,
                (Some(_), Some(t)) if t < from => Chapter::Earlier,
                (Some(_), t) => Chapter::Iteration(t.unwrap_or(0)),
            };
            let formula = formula.filter(|_| chapter != Chapter::Earlier).unwrap_or_default();
            for next in formula.quantities() {
                if seen.insert(next.clone()) {
                    open.push(next.clone());
                }
            }
            let position = self.course.position(&quantity);
            found.insert((chapter, position), (quantity, formula));
        }
        found
    }

    fn heading(&self, chapter: Chapter) -> String {
        let t = match chapter {
            Chapter::Own => return self.phrases.word("explain_numbers"),
            Chapter::Earlier => return self.phrases.word("explain_earlier"),
            Chapter::Iteration(t) => t,
        };
        let batch = self.course.record(t).map_or(&[][..], |record| &record.batch);
        let examples: Vec<String> = batch.iter().map(usize::to_string).collect();
        let key = match batch.len() {
            0 => "explain_iteration",
            1 => "explain_iteration_example",
            _ => "explain_iteration_examples",
        };
        let examples = match examples.as_slice() {
            list if list.len() <= super::formula::MAX_EXAMPLES => list.join(", "),
            [first, .., last] => format!("{first}, ..., {last}"),
            list => list.join(", "),
        };
        self.phrases.say(key, &[("t", t.to_string()), ("examples", examples)])
    }

    fn line(
        &self,
        chapter: Chapter,
        quantity: &Quantity,
        formula: &Formula,
        asked: bool,
    ) -> Result<Line, Fault> {
        let numbers = self.numbers();
        let mut line = Line::new(self.course.label(quantity));
        match chapter {
            Chapter::Own => {
                if let Some(expression) = &formula.expression {
                    line.step(Step { text: plain(expression).to_string(), exact: true });
                }
                if let Some(value) = self.course.value(quantity) {
                    let shown = numbers.given(&value)?;
                    line.step(Step { text: shown.latex(), exact: shown.exact });
                }
                line.remarks.push(self.origin(quantity));
                return Ok(line);
            }
            Chapter::Earlier => {
                if let Some(value) = self.course.carried(quantity) {
                    for step in numbers.result(&value, MAX_SHOWN)? {
                        line.step(step);
                    }
                }
                let blanks = [("file", self.file.clone()), ("path", line.left.clone())];
                line.remarks.push(self.phrases.say("explain_see", &blanks));
                return Ok(line);
            }
            Chapter::Iteration(_) => {}
        }
        let steps = Steps { course: self.course, numbers: &numbers, of: quantity, formula };
        for step in steps.written()? {
            line.step(step);
        }
        if let Some(value) = self.course.value(quantity) {
            let most = if asked { usize::MAX } else { MAX_SHOWN };
            for step in numbers.result(&value, most)? {
                line.step(step);
            }
        }
        let remarks = Remarks { course: self.course, numbers: &numbers, phrases: &self.phrases };
        line.remarks = remarks.of(quantity, &formula.notes)?;
        Ok(line)
    }

    /// Where a number of the scenario stands.
    fn origin(&self, quantity: &Quantity) -> String {
        let Course { setup, run, .. } = self.course;
        match self.document.origin(setup, run, quantity) {
            Origin::Written(kind, place) => {
                let kind = self.phrases.word(&format!("explain_{kind}"));
                let blanks = [("kind", kind), ("line", place.line.to_string())];
                self.phrases.say("explain_from", &blanks)
            }
            Origin::Convention(place) => {
                self.phrases.say("explain_convention", &[("line", place.line.to_string())])
            }
            Origin::Default => self.phrases.word(match quantity {
                Quantity::State { .. } => "explain_default_state",
                _ => "explain_default_option",
            }),
        }
    }

    /// The one entry of a matrix that is asked for.
    fn entry(&self, path: &Path, asked: &Quantity, whole: &Tensor) -> Result<Option<Line>, Fault> {
        let Some((row, column)) = path.entry else { return Ok(None) };
        let Some(entry) = whole.entry(row, column) else { return Ok(None) };
        let whole = self.course.label(asked);
        let mut line = Line::new(format!("{whole}.r{row}.c{column}"));
        let numbers = self.numbers();
        let entry = Tensor::from(entry.clone());
        if self.course.is_input(asked) {
            let shown = numbers.given(&entry)?;
            line.step(Step { text: shown.latex(), exact: shown.exact });
        } else {
            for step in numbers.result(&entry, MAX_SHOWN)? {
                line.step(step);
            }
        }
        let blanks = [("row", row.to_string()), ("column", column.to_string()), ("path", whole)];
        line.remarks.push(self.phrases.say("explain_entry", &blanks));
        Ok(Some(line))
    }
}
