//! A run in double precision beside the exact one.
//!
//! The lines of the script are carried out in their order. Where a piecewise function or a
//! case of the rule goes another way than in exact arithmetic, that is a [`Difference`].
//! PyTorch's own optimizers may order their operations otherwise, so what is found for them
//! is what the written-out rule does.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::catalogue::{Extent, Form, Line, Options, Over, Relation, Rule, Setting};
use crate::formula::{Expression, ZeroOverZero};
use crate::number::{Real, Sign};
use crate::scenario::{Reduction, Run, Setup};
use crate::trace::{self, Iteration, Value};

use super::float::{Evaluator, Matrix, Taken, size, zip};
use super::literal;
use super::model::{Adjoint, adjoints, bar, counts};
use super::near::near;
use super::turned::{rule_turned, turned};

/// Results that differ by more, relative to the largest, are different results.
const TOLERANCE: f64 = 1e-6;

/// What double precision makes of a run.
#[derive(Debug, Clone, Default)]
pub struct Comparison {
    /// Where it goes another way, up to the iteration from which the results differ.
    pub differences: Vec<Difference>,
    /// Where it would go another way with other rounding errors, as a library may have them
    /// that orders its operations otherwise.
    pub near: Vec<Difference>,
    /// Whether all of this holds as well where each product of the update is fused with its sum,
    /// as PyTorch's optimizers do on some machines.
    pub sure: bool,
    /// The first iteration whose results differ, if there is one.
    pub departs: Option<usize>,
    /// The parameters after the last iteration that are numbers.
    pub ends: Vec<(String, f64)>,
}

/// A branch that is another one.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// The iteration.
    pub t: usize,
    /// Where in it.
    pub place: Place,
    /// The number whose sign decides, in double precision; none for a case of a rule.
    pub double: Option<f64>,
    /// The same number in exact arithmetic, where it is known.
    pub exact: Option<Real>,
}

/// What a branch belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A function in a line of the model.
    Node {
        /// The definition.
        node: String,
        /// The function's name.
        function: &'static str,
        /// The example of a batch of several.
        example: Option<usize>,
        /// Which entry of a matrix, counted by rows from 1.
        entry: Option<usize>,
    },
    /// A line of the update rule.
    Line {
        /// What the line computes.
        line: String,
        /// For which parameter.
        parameter: String,
    },
}

/// Values by name.
pub(super) type Values = BTreeMap<String, Matrix>;

/// Carries a run out in double precision and compares it with the exact one.
pub fn compare(setup: &Setup, run: &Run, exact: &trace::Run) -> Comparison {
    let mut found = rounded(setup, run, exact, false);
    let fused = rounded(setup, run, exact, true);
    found.sure = found.agrees(&fused);
    for difference in fused.differences {
        let same =
            |known: &Difference| (known.t, &known.place) == (difference.t, &difference.place);
        if !found.differences.iter().chain(&found.near).any(same) {
            found.near.push(difference);
        }
    }
    found
}

impl Comparison {
    /// Whether another comparison says the same.
    fn agrees(&self, other: &Self) -> bool {
        let close = |a: f64, b: f64| (a - b).abs() <= 1e-3 * a.abs().max(b.abs());
        let same = |(one, other): (&Difference, &Difference)| {
            let doubles = match (one.double, other.double) {
                (Some(one), Some(other)) => close(one, other),
                (one, other) => one.is_none() && other.is_none(),
            };
            (one.t, &one.place, doubles) == (other.t, &other.place, true)
        };
        self.departs == other.departs
            && self.differences.len() == other.differences.len()
            && self.differences.iter().zip(&other.differences).all(same)
            && self.ends.iter().zip(&other.ends).all(|(one, other)| close(one.1, other.1))
    }
}

/// The comparison with what is rounded after every operation, or after every fused one.
fn rounded(setup: &Setup, run: &Run, exact: &trace::Run, fused: bool) -> Comparison {
    let rules: Vec<(&str, Arc<Rule>)> =
        setup.trained_names().map(|name| (name, run.rule_of(name))).collect();
    let adjoints = if setup.gradients.is_some() { Vec::new() } else { adjoints(setup) };
    let mut machine = Machine {
        setup,
        run,
        rules,
        adjoints,
        fused,
        point: Values::new(),
        state: Values::new(),
        largest: 0.0,
    };
    let mut found = Comparison::default();
    let Some(start) = exact.iterations.first() else { return found };
    machine.begin(start);
    machine.departs(start);
    for (index, record) in exact.iterations.iter().enumerate().skip(1) {
        let mut differences = Vec::new();
        machine.iteration(index - 1, record, &mut differences);
        if found.departs.is_none() {
            found.differences.extend(differences);
            let defined = record.parameters.iter().all(|(_, value)| value.undefined().is_none());
            if defined && machine.departs(record) {
                found.departs = Some(record.t);
            }
        }
    }
    found.near = near(&mut machine.fresh(), exact, &found);
    let numbers = machine.point.iter().filter(|(_, value)| value.shape.is_none());
    let order = |name: &String| setup.parameter_names().position(|known| known == name);
    found.ends = numbers.map(|(name, value)| (name.clone(), value.first())).collect();
    found.ends.sort_by_key(|(name, _)| order(name));
    found
}

/// A run in double precision.
pub(super) struct Machine<'a> {
    pub setup: &'a Setup,
    pub run: &'a Run,
    pub rules: Vec<(&'a str, Arc<Rule>)>,
    pub adjoints: Vec<Adjoint>,
    /// Whether the products of an update are fused with their sums.
    pub fused: bool,
    /// The parameters.
    pub point: Values,
    /// The states, as `u of w`.
    pub state: Values,
    /// The largest number that a parameter has been so far.
    pub largest: f64,
}

/// An exact number as a script's literal has it.
fn double(real: &Real) -> f64 {
    let scope = |_: &str| None;
    let zero_over_zero = ZeroOverZero::Undefined;
    let mut evaluator =
        Evaluator { scope: &scope, zero_over_zero, fused: false, branches: Vec::new() };
    evaluator.evaluate(&literal::expression(real)).first()
}

fn matrix(tensor: &trace::Tensor) -> Matrix {
    let entry = |value: &Value| value.real().map_or(f64::NAN, double);
    Matrix { shape: tensor.shape(), entries: tensor.entries().iter().map(entry).collect() }
}

/// The key of a parameter's state.
pub(super) fn key(state: &str, parameter: &str) -> String {
    format!("{state} of {parameter}")
}

fn numbers(options: &Options) -> Values {
    let number = |(name, setting): (&str, &Setting)| match setting {
        Setting::Number(value) => Some((name.to_owned(), Matrix::number(literal::float(value)))),
        Setting::Word(_) => None,
    };
    options.iter().filter_map(number).collect()
}

fn evaluate(
    expression: &Expression,
    known: &Values,
    zero_over_zero: ZeroOverZero,
    branches: &mut Vec<Taken>,
) -> Matrix {
    evaluate_as(expression, known, (zero_over_zero, false), branches)
}

fn evaluate_as(
    expression: &Expression,
    known: &Values,
    (zero_over_zero, fused): (ZeroOverZero, bool),
    branches: &mut Vec<Taken>,
) -> Matrix {
    let scope = |name: &str| known.get(name).cloned();
    let mut evaluator = Evaluator { scope: &scope, zero_over_zero, fused, branches: Vec::new() };
    let value = evaluator.evaluate(expression);
    branches.extend(evaluator.branches);
    value
}

impl Machine<'_> {
    /// Takes up the exact numbers of an iteration.
    pub(super) fn begin(&mut self, start: &Iteration) {
        for (name, value) in start.parameters.iter() {
            self.point.insert(name.to_owned(), matrix(value));
        }
        for (state, values) in start.state.iter() {
            for (parameter, value) in values.iter() {
                self.state.insert(key(state, parameter), matrix(value));
            }
        }
    }

    fn departs(&mut self, record: &Iteration) -> bool {
        let mut gap = 0.0_f64;
        for (name, value) in record.parameters.iter() {
            let Some(own) = self.point.get(name) else { continue };
            for (exact, own) in value.entries().iter().zip(&own.entries) {
                let exact = exact.real().map_or(f64::NAN, Real::to_f64);
                if !own.is_finite() {
                    return true;
                }
                gap = gap.max((exact - own).abs());
                self.largest = self.largest.max(exact.abs()).max(own.abs());
            }
        }
        gap > TOLERANCE * self.largest
    }

    /// Goes on by one iteration; where it takes another way is added to `found`.
    pub(super) fn iteration(
        &mut self,
        index: usize,
        record: &Iteration,
        found: &mut Vec<Difference>,
    ) {
        let point = self.look_ahead(index, record.t);
        let given = self.setup.gradients.as_ref().and_then(|list| list.get(index));
        let gradients: Values = match given {
            Some(given) => given.iter().map(|(name, one)| (name.to_owned(), matrix(one))).collect(),
            None => self.batch(record, &point, found),
        };
        let mut new = self.point.clone();
        for place in 0..self.rules.len() {
            let name = self.rules[place].0;
            if let Some(theta) = self.update(place, index, record, &gradients, found) {
                new.insert(name.to_owned(), theta);
            }
        }
        self.point = new;
    }

    /// The rate and what a schedule counts by.
    fn rates(&self, index: usize, t: usize, known: &mut Values) {
        if self.run.rate_varies()
            && let Some(rate) = self.run.rate(index)
        {
            known.insert("learning_rate".to_owned(), Matrix::number(literal::float(rate)));
        }
        let Some(schedule) = &self.run.schedule else { return };
        let before = t.saturating_sub(1);
        for quantity in &schedule.quantities {
            let count = (size(before) - literal::float(&quantity.after)).max(0.0);
            let value = match &quantity.form {
                Form::Count => count,
                Form::Floor(step) => (count / size((*step).max(1))).floor(),
                Form::Cosine(period) => {
                    let period = literal::float(period);
                    libm::cos(std::f64::consts::PI * count.min(period) / period)
                }
            };
            known.insert(quantity.name.clone(), Matrix::number(value));
        }
        let mut ignored = (Vec::new(), Vec::new());
        for line in &schedule.lines {
            let rate = self.line(line, known, ZeroOverZero::Undefined, &mut ignored);
            known.insert(line.name.clone(), rate);
        }
    }

    fn look_ahead(&self, index: usize, t: usize) -> Values {
        let mut point = self.point.clone();
        let ahead = self.rules.iter().filter_map(|(name, rule)| {
            let expression = rule.look_ahead.as_ref()?;
            let mut known = numbers(self.run.options_of(name));
            self.rates(index, t, &mut known);
            self.states(name, rule, &mut known);
            let value = evaluate(expression, &known, ZeroOverZero::Undefined, &mut Vec::new());
            Some(((*name).to_owned(), value))
        });
        point.extend(ahead.collect::<Vec<_>>());
        point
    }

    /// The parameter and its states.
    fn states(&self, name: &str, rule: &Rule, known: &mut Values) {
        known.extend(self.point.get(name).map(|theta| ("theta".to_owned(), theta.clone())));
        for state in &rule.states {
            let value = self.state.get(&key(&state.name, name));
            known.extend(value.map(|value| (state.name.clone(), value.clone())));
        }
    }

    /// The batch's gradients, forward and back.
    fn batch(&self, record: &Iteration, point: &Values, found: &mut Vec<Difference>) -> Values {
        let mut sum = Values::new();
        for (place, example) in record.examples.iter().enumerate() {
            let index = record.batch.get(place).copied();
            let mut known = point.clone();
            let row = index.and_then(|index| self.setup.data.get(index.checked_sub(1)?));
            for (input, value) in self.setup.inputs.iter().zip(row.into_iter().flatten()) {
                known.insert(input.clone(), matrix(value));
            }
            let mut branches = Vec::new();
            for line in &self.setup.model {
                let value =
                    evaluate(&line.expression, &known, ZeroOverZero::Undefined, &mut branches);
                known.insert(line.name.clone(), value);
            }
            let several = index.filter(|_| record.batch.len() > 1);
            found.extend(turned(record.t, several, example, &branches));
            for Adjoint { name, expression } in &self.adjoints {
                let value = match expression {
                    Some(expression) => {
                        evaluate(expression, &known, ZeroOverZero::Undefined, &mut Vec::new())
                    }
                    None => Matrix::number(0.0),
                };
                known.insert(bar(name), value.filling(counts(self.setup, name)));
            }
            for name in self.setup.trained_names() {
                let Some(share) = known.get(&bar(name)) else { continue };
                let total = match sum.get(name) {
                    Some(sum) => zip(&[sum, share], |pair| pair[0] + pair[1]),
                    None => share.clone(),
                };
                sum.insert(name.to_owned(), total);
            }
        }
        let count = record.examples.len();
        if count > 1 && self.setup.reduction == Reduction::Mean {
            sum = sum
                .into_iter()
                .map(|(name, total)| (name, total.map(|entry| entry / size(count))))
                .collect();
        }
        sum
    }

    /// Applies the rule to one parameter.
    fn update(
        &mut self,
        place: usize,
        index: usize,
        record: &Iteration,
        gradients: &Values,
        found: &mut Vec<Difference>,
    ) -> Option<Matrix> {
        let (name, rule) = (self.rules[place].0, self.rules[place].1.clone());
        let shape = counts(self.setup, name);
        let options = self.run.options_of(name);
        let no_move = options.word("zero_over_zero") == "no_move";
        let zero = if no_move { ZeroOverZero::NoMove } else { ZeroOverZero::Undefined };
        let mut known = numbers(options);
        self.rates(index, record.t, &mut known);
        self.states(name, &rule, &mut known);
        known.insert("t".to_owned(), Matrix::number(size(record.t)));
        let (rows, columns) = shape.unwrap_or((1, 1));
        known.insert("rows".to_owned(), Matrix::number(size(rows)));
        known.insert("columns".to_owned(), Matrix::number(size(columns)));
        known.insert("g".to_owned(), gradients.get(name)?.clone());
        for line in rule.lines_at(record.t) {
            let schedule = self.run.schedule.as_ref();
            let scheduled =
                schedule.is_some_and(|one| one.lines.iter().any(|own| own.name == line.name));
            if scheduled {
                continue;
            }
            let value = if line.over == Over::NormOfAll {
                let squares = gradients.values().map(|one| one.norm() * one.norm());
                Matrix::number(squares.sum::<f64>().sqrt())
            } else {
                let mut ways = (Vec::new(), Vec::new());
                let value = self.line(line, &known, zero, &mut ways);
                let here = Place::Line { line: line.name.clone(), parameter: name.to_owned() };
                found.extend(rule_turned(record, line, name, &ways).map(|double| Difference {
                    t: record.t,
                    place: here,
                    double,
                    exact: None,
                }));
                value
            };
            let state = rule.state(&line.name);
            let whole = state.is_some_and(|state| state.extent == Extent::Whole);
            let fills = line.name == "theta" || (state.is_some() && !whole);
            let value = if fills { value.filling(shape) } else { value };
            if state.is_some() {
                self.state.insert(key(&line.name, name), value.clone());
            }
            known.insert(line.name.clone(), value);
        }
        known.remove("theta")
    }

    /// A line with its cases: entry by entry the first whose condition is met.
    fn line(&self, line: &Line, known: &Values, zero: ZeroOverZero, ways: &mut Ways) -> Matrix {
        let (cases, branches) = ways;
        let mut chosen: Option<Matrix> = None;
        for (index, case) in line.cases.iter().enumerate() {
            let left = evaluate(&case.condition.left, known, zero, branches);
            let right = evaluate(&case.condition.right, known, zero, branches);
            let relation = case.condition.relation;
            let met = zip(&[&left, &right], |pair| {
                let holds = holds(relation, pair[0], pair[1]);
                if holds { size(index) } else { -1.0 }
            });
            chosen = Some(match chosen {
                None => met,
                Some(before) => {
                    zip(&[&before, &met], |pair| if pair[0] >= 0.0 { pair[0] } else { pair[1] })
                }
            });
        }
        let how = (zero, self.fused);
        let Some(chosen) = chosen else {
            return evaluate_as(&line.expression, known, how, branches);
        };
        let mut value: Option<Matrix> = None;
        let mut seen: Vec<f64> = Vec::new();
        for way in &chosen.entries {
            if seen.contains(way) {
                continue;
            }
            seen.push(*way);
            let case = line.cases.iter().enumerate().find(|(index, _)| same(size(*index), *way));
            let expression = case.map_or(&line.expression, |(_, case)| &case.expression);
            let part = evaluate_as(expression, known, how, branches);
            value = Some(match value {
                None => part,
                Some(before) => zip(&[&before, &part, &chosen], |three| {
                    if same(three[2], *way) { three[1] } else { three[0] }
                }),
            });
        }
        cases.extend(chosen.entries);
        value.unwrap_or_else(|| Matrix::number(f64::NAN))
    }
}

/// The cases of a line, -1 for none, and the branches of the functions in it.
pub(super) type Ways = (Vec<f64>, Vec<Taken>);

/// Whether two numbers that stand for cases are the same.
pub(super) fn same(left: f64, right: f64) -> bool {
    (left - right).abs() < 0.5
}

fn holds(relation: Relation, left: f64, right: f64) -> bool {
    match left.partial_cmp(&right) {
        None => false,
        Some(std::cmp::Ordering::Less) => relation.holds(Sign::Negative),
        Some(std::cmp::Ordering::Equal) => relation.holds(Sign::Zero),
        Some(std::cmp::Ordering::Greater) => relation.holds(Sign::Positive),
    }
}
