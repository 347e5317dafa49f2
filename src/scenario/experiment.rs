//! `experiments`: what varies from case to case, how often each is tried, what is measured.
//!
//! Each case is the set-up read again with other values in its text, so whatever a set-up
//! may say can vary, and a value that does not fit is refused at its own place.

use std::collections::BTreeMap;

use crate::formula::is_name;
use crate::initialization::generator::Stream;
use crate::limits::Limit;

use super::definition::{Axis, Case, Display, Experiment, Measure, Quantity, Setup};
use super::edit::{child, put, remove};
use super::read::Origin;
use super::repetition::Counters;
use super::schema::EXPERIMENT;
use super::setup::{self, check_name, helped};
use super::yaml::{Data, Key, Node};
use super::{Field, Problem, Report, suggest};

/// The keys of a set-up that its cases go without.
const OF_RUNS: [&str; 10] = [
    "experiments",
    "optimizers",
    "batches",
    "iterations",
    "gradients",
    "initial_state",
    "start_iteration",
    "schedule",
    "clip",
    "weight_decay",
];

/// How many trials there are where nothing is said.
const TRIALS: u64 = 100;

pub(super) const QUANTITIES: [(&str, Quantity); 9] = [
    ("active_fraction", Quantity::ActiveFraction),
    ("dead_units", Quantity::DeadUnits),
    ("activation_mean", Quantity::ActivationMean),
    ("activation_std", Quantity::ActivationStd),
    ("activation_mean_square", Quantity::ActivationMeanSquare),
    ("gradient_mean", Quantity::GradientMean),
    ("gradient_std", Quantity::GradientStd),
    ("gradient_mean_square", Quantity::GradientMeanSquare),
    ("gradient_norm", Quantity::GradientNorm),
];

impl Quantity {
    /// Its name in a scenario.
    pub fn name(self) -> &'static str {
        QUANTITIES.iter().find(|(_, quantity)| *quantity == self).map_or("", |(name, _)| name)
    }
}

/// The set-up that experiments belong to, as text and as read.
pub(super) struct Base<'a> {
    pub(super) key: &'a Key,
    pub(super) field: &'a Field<'a>,
    pub(super) setup: &'a Setup,
    pub(super) counters: &'a Counters,
    pub(super) display: &'a Display,
    pub(super) origin: &'a Origin<'a>,
}

impl Base<'_> {
    /// Reads all experiments.
    pub(super) fn experiments(&self, field: &Field<'_>) -> Option<Vec<Experiment>> {
        let entries = field.entries()?;
        let read: Vec<_> = entries.iter().map(|(key, field)| self.experiment(key, field)).collect();
        read.into_iter().collect()
    }

    fn experiment(&self, key: &Key, field: &Field<'_>) -> Option<Experiment> {
        check_name(field, key, "experiment");
        let mut map = field.fields(&EXPERIMENT)?;
        let mut vary = Vec::new();
        let mut sound = true;
        for (key, values) in map.entries("vary").unwrap_or_default() {
            match self.varied(key, &values) {
                Some(varied) => vary.push(varied),
                None => sound = false,
            }
        }
        let trials = map.take("trials").map(|field| field.unsigned_within(1, Limit::Trials));
        let measure = map.required("measure").and_then(|field| self.measures(&field));
        map.finish();
        let trials = match trials {
            Some(trials) => trials?,
            None => TRIALS,
        };
        if !sound {
            return None;
        }
        let counts = vary.iter().map(|varied| varied.values.len());
        let count = counts.fold(1_usize, usize::saturating_mul);
        if count > Limit::Cases.count() {
            field.exceeds(Limit::Cases, format!("{count} cases"), u64::try_from(count).ok());
            return None;
        }
        let cases = self.cases(&vary)?;
        let measures = measure?;
        let stream = Stream::new(self.origin.seed).name("experiment");
        let stream = stream.name(&self.setup.name).name(&key.text);
        Some(Experiment {
            name: key.text.clone(),
            axes: vary.iter().map(Varied::axis).collect(),
            cases,
            trials,
            measures,
            stream,
            place: key.place,
        })
    }

    /// One key of `vary` with its values.
    fn varied<'n>(&self, key: &'n Key, values: &Field<'n>) -> Option<Varied<'n>> {
        let target = self.target(key, values)?;
        let items = values.items()?;
        if items.is_empty() {
            values.refuse("the list of values is empty");
            return None;
        }
        let values = items.iter().map(|item| (label(item.node()), item.node())).collect();
        Some(Varied { key, target, values })
    }

    /// What a key of `vary` names: a dimension, a parameter, or an option of its initializer.
    fn target(&self, key: &Key, field: &Field<'_>) -> Option<Target> {
        let refuse = |message: String, help: Option<&str>| {
            let problem = Problem::new(key.place, message)
                .in_field(field.path())
                .with_width(key.text.chars().count());
            field.report().push(helped(problem, help));
            None
        };
        let (name, option) = match key.text.rsplit_once('.') {
            Some((name, option)) if is_name(option) => (name, Some(option.to_owned())),
            _ => (key.text.as_str(), None),
        };
        let dimensions = child(self.field.node(), "dimensions");
        if option.is_none() && dimensions.is_some_and(|node| child(node, name).is_some()) {
            return Some(Target::Dimension(name.to_owned()));
        }
        let names = match self.counters.expand(name) {
            Ok(names) => names,
            Err(message) => return refuse(message, None),
        };
        let known = || self.setup.parameters.iter().map(|parameter| parameter.name.as_str());
        if !names.iter().all(|name| self.setup.is_parameter(&name.name)) {
            let sizes = match dimensions.map(|node| &node.data) {
                Some(Data::Map(entries)) => entries.as_slice(),
                _ => &[],
            };
            let all: Vec<&str> =
                known().chain(sizes.iter().map(|(key, _)| key.text.as_str())).collect();
            let message = format!("`{name}` is neither a parameter in `init` nor a dimension");
            return refuse(message, suggest(name, all));
        }
        // A single parameter of a family varies alone; the family's own key, all together.
        let written =
            child(self.field.node(), "init").is_some_and(|init| child(init, name).is_some());
        let initializer = child(self.field.node(), "init").and_then(|init| child(init, name));
        let drawn = initializer.is_some_and(|node| {
            node.is_map() || node.scalar().is_some_and(|kind| super::initial::is_kind(&kind.text))
        });
        if option.is_some() && !(written && drawn) {
            return refuse(format!("`init` has no key `{name}` with an initializer"), None);
        }
        Some(Target::Initial { name: name.to_owned(), option })
    }

    /// Every combination of values, the first key changing slowest.
    fn cases(&self, vary: &[Varied<'_>]) -> Option<Vec<Case>> {
        let mut rows: Vec<Vec<usize>> = vec![Vec::new()];
        for varied in vary {
            let longer = |row: &Vec<usize>| {
                let row = row.clone();
                (0..varied.values.len()).map(move |index| [row.as_slice(), &[index]].concat())
            };
            rows = rows.iter().flat_map(longer).collect();
        }
        rows.iter().map(|row| self.case(vary, row)).collect()
    }

    fn case(&self, vary: &[Varied<'_>], row: &[usize]) -> Option<Case> {
        let mut node = self.field.node().clone();
        for key in OF_RUNS {
            remove(&mut node, key);
        }
        let mut values = Vec::new();
        for (varied, index) in vary.iter().zip(row) {
            let (label, value) = &varied.values[*index];
            values.push(label.clone());
            varied.apply(&mut node, value);
        }
        let report = Report::with_variables(self.field.report().assignment().clone());
        let field = Field::new(&node, self.field.path(), &report);
        let setup = setup::read(self.key, &field, self.display, self.origin);
        let problems = report.into_problems();
        let none = problems.is_empty();
        let sizes = vary.iter().zip(&values).filter_map(|(varied, value)| match &varied.target {
            Target::Dimension(name) => Some(format!("{name} = {value}")),
            Target::Initial { .. } => None,
        });
        let sizes: Vec<String> = sizes.collect();
        for mut problem in problems {
            // A size is wrong somewhere else than where it stands.
            if !sizes.is_empty() {
                problem.message = format!("with {}: {}", sizes.join(", "), problem.message);
            }
            self.field.report().push(problem);
        }
        Some(Case { values, setup: setup.filter(|_| none)? })
    }

    fn measures(&self, field: &Field<'_>) -> Option<Vec<Measure>> {
        let items = field.items()?;
        if items.is_empty() {
            field.refuse("the list of measures is empty");
        }
        let read: Vec<_> = items.iter().map(|item| self.measure(item)).collect();
        read.into_iter().collect()
    }

    fn measure(&self, field: &Field<'_>) -> Option<Measure> {
        let text = &field.text()?.text;
        let (name, of) = match text.split_once('.') {
            Some((name, of)) => (name, Some(of)),
            None => (text.as_str(), None),
        };
        let found = QUANTITIES.iter().find(|(known, _)| *known == name);
        let Some((_, quantity)) = found else {
            let names = QUANTITIES.iter().map(|(name, _)| *name);
            let problem = field.problem(format!("there is no measure `{name}`"));
            let help = match suggest(name, names.clone()) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("the measures are {}", names.collect::<Vec<_>>().join(", ")),
            };
            field.report().push(problem.with_help(help));
            return None;
        };
        let setup = self.setup;
        match of {
            Some(of) => {
                let known: Vec<&str> = if *quantity == Quantity::GradientNorm {
                    setup.parameters.iter().map(|parameter| parameter.name.as_str()).collect()
                } else {
                    setup.model.iter().map(|line| line.name.as_str()).collect()
                };
                if !known.contains(&of) {
                    let what = if *quantity == Quantity::GradientNorm {
                        "parameter"
                    } else {
                        "definition"
                    };
                    let problem = field.problem(format!("there is no {what} `{of}`"));
                    field.report().push(helped(problem, suggest(of, known)));
                    return None;
                }
            }
            None => {
                let rectified = matches!(quantity, Quantity::ActiveFraction | Quantity::DeadUnits);
                if *quantity != Quantity::GradientNorm && setup.layers(rectified).is_empty() {
                    let what = if rectified { "ReLU" } else { "activation function" };
                    let problem = field.problem(format!("the model has no {what} to measure"));
                    let help = format!("name a definition, as in `{name}.z`");
                    field.report().push(problem.with_help(help));
                    return None;
                }
            }
        }
        Some(Measure { quantity: *quantity, of: of.map(str::to_owned) })
    }
}

/// A key of `vary`, what it names, and its values, each with how it was written.
struct Varied<'n> {
    key: &'n Key,
    target: Target,
    values: Vec<(String, &'n Node)>,
}

enum Target {
    Dimension(String),
    Initial { name: String, option: Option<String> },
}

impl Varied<'_> {
    fn axis(&self) -> Axis {
        let name = match &self.target {
            Target::Dimension(name) | Target::Initial { name, .. } => name.clone(),
        };
        let option = match &self.target {
            Target::Initial { option, .. } => option.clone(),
            Target::Dimension(_) => None,
        };
        Axis { name, option, values: self.values.iter().map(|(label, _)| label.clone()).collect() }
    }

    /// Puts a value into the text of a set-up.
    fn apply(&self, node: &mut Node, value: &Node) {
        let place = self.key.place;
        let key = |text: &str| Key { text: text.to_owned(), place };
        let path = match &self.target {
            Target::Dimension(name) => vec![key("dimensions"), key(name)],
            Target::Initial { name, option: None } => vec![key("init"), key(name)],
            Target::Initial { name, option: Some(option) } => {
                vec![key("init"), key(name), key(option)]
            }
        };
        put(node, &path, value);
    }
}

/// A decimal number in one form, however it was written: plain, or with one power of ten
/// where that is shorter (`-1e6`, `2.5e-7`).
fn number(text: &str) -> String {
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.trim_start_matches('+')),
    };
    let (mantissa, power) = rest.split_once(['e', 'E']).unwrap_or((rest, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = format!("{whole}{fraction}");
    let digits = all.trim_matches('0');
    let zeros = all.len() - all.trim_end_matches('0').len();
    let (Ok(power), false) = (power.parse::<i64>(), digits.is_empty()) else {
        return if digits.is_empty() { "0".to_owned() } else { text.to_owned() };
    };
    let length = |text: &str| i64::try_from(text.len()).unwrap_or(i64::MAX);
    // The value is the digits, as a whole number, times ten to this power.
    let exponent = power.saturating_sub(length(fraction)).saturating_add(length(&all[..zeros]));
    let first = exponent.saturating_add(length(digits) - 1);
    let zeros = |count: i64| "0".repeat(usize::try_from(count).unwrap_or(0));
    match exponent {
        0.. if first < 5 => format!("{sign}{digits}{}", zeros(exponent)),
        ..0 if first >= 0 => {
            let (whole, rest) = digits.split_at(usize::try_from(first + 1).unwrap_or(1));
            format!("{sign}{whole}.{rest}")
        }
        ..0 if first >= -3 => format!("{sign}0.{}{digits}", zeros(-first - 1)),
        _ => {
            let (whole, rest) = digits.split_at(1);
            let point = if rest.is_empty() { "" } else { "." };
            format!("{sign}{whole}{point}{rest}e{first}")
        }
    }
}

/// A value as a reader sees it: `-1e6`, `kaiming_normal`, `xavier_normal (gain relu)`.
fn label(node: &Node) -> String {
    match &node.data {
        Data::Scalar(scalar) if scalar.is_number() => number(&scalar.text),
        Data::Scalar(scalar) => scalar.text.clone(),
        Data::List(items) => {
            format!("[{}]", items.iter().map(label).collect::<Vec<_>>().join(", "))
        }
        Data::Map(entries) => {
            let mut parts: BTreeMap<bool, Vec<String>> = BTreeMap::new();
            for (key, value) in entries {
                let kind = key.text == "kind";
                let text =
                    if kind { label(value) } else { format!("{} {}", key.text, label(value)) };
                parts.entry(!kind).or_default().push(text);
            }
            let kind = parts.get(&false).map(|kind| kind.join(" ")).unwrap_or_default();
            match parts.get(&true) {
                Some(options) => format!("{kind} ({})", options.join(", ")),
                None => kind,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn a_number_has_one_form() {
        let table = [
            (&["0", "0.0", "-0", "0e5"][..], "0"),
            (&["-1e6", "-1000000", "-1000000.0", "-0.1E+7"], "-1e6"),
            (&["0.5", ".5", "5e-1", "0.50"], "0.5"),
            (&["12000", "1.2e4"], "12000"),
            (&["123456", "1.23456e5"], "1.23456e5"),
            (&["0.025", "2.5e-2"], "0.025"),
            (&["0.00025", "25e-5"], "2.5e-4"),
            (&["-12.5", "-1.25e1"], "-12.5"),
        ];
        for (texts, expected) in table {
            for text in texts {
                assert_eq!(number(text), expected, "{text}");
            }
        }
    }
}
