//! The trace beside what the second implementation found.

use dashu_ratio::RBig;
use serde_json::Value as Json;

use super::float::Float;
use super::run::{Example, Named, Record};
use crate::adjoint::grid::Grid;
use crate::dual::Number as _;
use crate::witness::{self, DIGITS};

/// What was compared, and what differs.
#[derive(Default)]
pub(crate) struct Verdict {
    pub(crate) faults: Vec<String>,
    /// Fractions and decimals that agree.
    pub(crate) fractions: usize,
    pub(crate) decimals: usize,
    pub(crate) undefined: usize,
    /// Branches by sign: below, on, above.
    pub(crate) signs: [usize; 3],
}

/// So many bits of a fraction are compared.
const SAME_BITS: isize = 260;

impl Verdict {
    fn fault(&mut self, place: &str, what: impl std::fmt::Display) {
        self.faults.push(format!("{place}: {what}"));
    }

    /// A value of the trace.
    fn value(&mut self, place: &str, expected: &Float, found: &Json) {
        if !expected.is_defined() {
            let cause = found["undefined"].as_str().unwrap_or_default();
            self.undefined += 1;
            if cause.is_empty() {
                self.fault(place, format!("{found} should be undefined"));
            }
            return;
        }
        let read = match witness::value(found) {
            Ok(read) => read,
            Err(what) => return self.fault(place, what),
        };
        let right = match &read.exact {
            Some(fraction) => {
                self.fractions += 1;
                let fraction = Float::from(fraction);
                fraction == *expected || fraction.is_near(expected, SAME_BITS)
            }
            None => {
                self.decimals += 1;
                rounds_to(expected, &read.decimal)
            }
        };
        if !right {
            self.fault(place, format!("{found} should be {}", shown(expected)));
        }
    }

    fn grid(&mut self, place: &str, expected: &Grid<Float>, found: &Json) {
        let Some((rows, columns)) = expected.shape else {
            return self.value(place, &expected.entries[0], found);
        };
        let size = |list: &Json| list.as_array().map_or(0, Vec::len);
        if size(found) != rows || size(&found[0]) != columns {
            return self.fault(place, format!("{found} should have {rows} rows of {columns}"));
        }
        for (index, entry) in expected.entries.iter().enumerate() {
            let (row, column) = (index / columns, index % columns);
            let place = format!("{place}.r{}.c{}", row + 1, column + 1);
            self.value(&place, entry, &found[row][column]);
        }
    }

    /// Values by name, neither more nor fewer.
    fn named(&mut self, place: &str, expected: &Named, found: &Json) {
        let count = found.as_object().map_or(0, serde_json::Map::len);
        if count != expected.len() {
            self.fault(place, format!("{count} names instead of {}", expected.len()));
        }
        for (name, grid) in expected {
            match found.get(name) {
                Some(found) => self.grid(&format!("{place}{name}"), grid, found),
                None => self.fault(place, format!("{name} is missing")),
            }
        }
    }

    fn example(&mut self, place: &str, expected: &Example, found: &Json) {
        let values = found["values"].as_object().cloned().unwrap_or_default();
        for (name, value) in &values {
            match expected.values.get(name) {
                Some(grid) => self.grid(&format!("{place}{name}"), grid, value),
                None => self.fault(place, format!("`{name}` should have no value")),
            }
        }
        if !expected.adjoints.keys().all(|name| values.contains_key(name)) {
            self.fault(place, "a value is missing");
        }
        self.named(&format!("{place}adjoint."), &expected.adjoints, &found["adjoints"]);
        let branches = found["branches"].as_array().cloned().unwrap_or_default();
        let told: Vec<_> = branches.iter().map(branch).collect();
        let signs = expected.branches.iter().map(|(node, function, sign)| {
            self.signs[usize::try_from(sign + 1).unwrap()] += 1;
            (node.as_str(), function.as_str(), i64::from(*sign))
        });
        let signs: Vec<_> = signs.collect();
        if told != signs {
            self.fault(place, format!("branches {told:?} should be {signs:?}"));
        }
    }

    pub(crate) fn record(&mut self, expected: &Record, found: &Json) {
        let place = format!("t{}.", expected.t);
        if found["t"] != expected.t {
            return self.fault(&place, format!("the record is that of t{}", found["t"]));
        }
        let examples = found["examples"].as_array().cloned().unwrap_or_default();
        if examples.len() != expected.examples.len() {
            self.fault(&place, format!("{} examples", examples.len()));
        }
        for (index, (expected, found)) in expected.examples.iter().zip(&examples).enumerate() {
            self.example(&format!("{place}e{}.", index + 1), expected, found);
        }
        let batch: Vec<usize> = expected.batch.iter().map(|index| index + 1).collect();
        if !batch.is_empty() && found["batch"] != serde_json::json!(batch) {
            self.fault(&place, format!("the batch {} should be {batch:?}", found["batch"]));
        }
        if let Some(loss) = &expected.loss {
            self.value(&format!("{place}loss"), loss, &found["loss"]);
        }
        self.named(&format!("{place}grad."), &expected.gradient, &found["gradient"]);
        // Not told where it is the gradient itself.
        let used = found.get("used_gradient").unwrap_or(&found["gradient"]);
        self.named(&format!("{place}used_grad."), &expected.used, used);
        if let Some(rate) = found.get("learning_rate") {
            self.value(&format!("{place}learning_rate"), &expected.rate, rate);
        }
        let states = found["state"].as_object().map_or(0, serde_json::Map::len);
        if states != expected.state.len() {
            self.fault(&place, format!("{states} states instead of {}", expected.state.len()));
        }
        for (state, values) in &expected.state {
            self.named(&format!("{place}{state}."), values, &found["state"][state]);
        }
        let trained = found["parameters"].as_object().cloned().unwrap_or_default();
        for (name, grid) in &expected.parameters {
            match trained.get(name) {
                Some(value) => self.grid(&format!("{place}{name}"), grid, value),
                None => self.fault(&place, format!("{name} is missing")),
            }
        }
    }
}

fn branch(found: &Json) -> (&str, &str, i64) {
    let text = |key: &str| found[key].as_str().unwrap_or_default();
    (text("node"), text("function"), found["sign"].as_i64().unwrap_or(9))
}

/// Whether a number with 40 digits is no further than half a unit of the last away.
fn rounds_to(expected: &Float, shown: &RBig) -> bool {
    if expected.is_zero() && !shown.is_zero() {
        // So little is 0 in the arithmetic of this implementation.
        return witness::first_digit(shown) < -80;
    }
    if shown.is_zero() {
        return expected.is_zero();
    }
    let digits = i64::try_from(DIGITS).unwrap();
    let unit = witness::ten_to(witness::first_digit(shown) + 1 - digits);
    let gap = (Float::from(shown) - expected).abs();
    // A hair wider, for the digits that this arithmetic lacks.
    let half = Float::from(&unit) / Float::from(2);
    let most = &half + &half * Float::from(&witness::ten_to(-30));
    (gap - most).sign() <= 0
}

/// Some digits of a number.
fn shown(number: &Float) -> String {
    let digits = number.to_string();
    digits.chars().take(60).collect()
}
