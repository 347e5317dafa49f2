//! The engine's adjoints (reverse mode) against forward mode and central differences, on
//! random models of numbers, of matrices and of layers:
//!
//! ```text
//! v̄ = ∂L/∂v         (L(v + h d) - L(v - h d)) / 2h = Σ v̄ ⊙ d + O(h²)
//! ```
//!
//! One model in eight is exactly on a kink; there forward mode with the documented
//! convention is the only judge.

use dashu_ratio::RBig;
use gradsheet::formula::function;
use gradsheet::scenario::{self, Scenario, Setup};
use gradsheet::trace::{Branch, Example, Iteration, Tensor, Trace, Value};
use gradsheet::{engine, number::Sign};

use crate::dual::{Number, Random, fraction};

mod derivation;
pub(crate) mod family;
mod fixed;
pub(crate) mod grid;
pub(crate) mod jet;
mod latex;
pub(crate) mod model;
mod printed;
mod random_tree;
mod symbol;
mod tally;
pub(crate) mod tree;

use family::Family;
use fixed::{Fixed, Judge};
use grid::{Grid, Scope};
use jet::{Jet, Met};
use model::Model;
use tally::Tally;

/// Models of each family.
const MODELS: usize = 640;
/// Models of each family whose adjoints are read from a sheet.
const PRINTED: usize = 80;

fn read(text: &str) -> Scenario {
    let scenario = scenario::read("model.yaml".as_ref(), text);
    scenario.unwrap_or_else(|problems| panic!("{problems}\n{text}"))
}

fn execute(scenario: &Scenario, text: &str) -> Trace {
    engine::execute(scenario).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn numbers<N: Judge>(tensor: &Tensor) -> Grid<N> {
    let number = |value: &Value| match value {
        Value::Real(real) => N::from_real(real),
        Value::Undefined(cause) => panic!("{cause}"),
    };
    Grid { shape: tensor.shape(), entries: tensor.entries().iter().map(number).collect() }
}

fn compare<N: Judge>(expected: &Grid<N>, found: &Tensor, what: &str, model: &Model) {
    let found = numbers::<N>(found);
    assert_eq!(expected.shape, found.shape, "{what}\n{}", model.text());
    for (index, (expected, found)) in expected.entries.iter().zip(&found.entries).enumerate() {
        assert!(
            expected.same(found),
            "{what}, entry {}: {found:?} should be {expected:?}\n{}",
            index + 1,
            model.text()
        );
    }
}

/// The derivative of the loss by the entries of a name.
fn derivative<N: Judge>(model: &Model, scope: &Scope<N>, name: &str) -> Grid<N> {
    let loss = &scope["loss"].entries[0];
    let first = model.variables()[name];
    let shape = model.shapes[name];
    let entries = (0..grid::count(shape)).map(|entry| loss.slope(first + entry)).collect();
    Grid { shape, entries }
}

/// One example against forward mode.
fn check_example<N: Judge>(model: &Model, index: usize, record: &Example, tally: &mut Tally) {
    let mut met = Met::new();
    let scope = model.forward::<N>(index, &mut met);
    met.retain(|(function, _)| function != "norm");
    for (name, found) in record.values.iter() {
        compare(&scope[name].map(|jet| jet.value.clone()), found, name, model);
    }
    let adjoints = record.adjoints.iter().chain(record.gradient.iter());
    let mut names = Vec::new();
    for (name, found) in adjoints {
        let expected = derivative(model, &scope, name);
        tally.derivatives += expected.entries.len();
        compare(&expected, found, &format!("the adjoint of {name}"), model);
        names.push(name);
    }
    let data = model.leaves.iter().filter(|leaf| leaf.is_datum).count();
    assert_eq!(names.len() + data, model.variables().len(), "no adjoint is missing");
    let branches: Met = record
        .branches
        .iter()
        .map(|branch| (branch.function.to_owned(), branch.sign.to_i32()))
        .collect();
    assert_eq!(branches, met, "the branches\n{}", model.text());
    for (function, sign) in met {
        tally.signs.entry(function).or_default()[usize::try_from(sign + 1).unwrap()] += 1;
    }
}

/// All names moved at once: the slope along a random direction, from both sides.
fn check_differences(model: &Model, setup: &Setup, record: &Example, random: &mut Random) {
    let variables = model.variables();
    let entries: usize = variables.keys().map(|name| grid::count(model.shapes[name])).sum();
    let steps: Vec<i64> =
        (0..entries).map(|_| i64::try_from(random.below(7)).unwrap() - 3).collect();
    let h = RBig::ONE / RBig::from(10_u8).pow(18);
    let side = |sign: i64| {
        let mut met = Met::new();
        let scope = model.values::<Fixed>(0, &mut met, &|name, value| {
            for (entry, jet) in value.entries.iter_mut().enumerate() {
                let step = RBig::from(sign * steps[variables[name] + entry]);
                *jet = jet.plus(&Jet::of(&(step * &h)));
            }
        });
        (scope["loss"].entries[0].value.clone(), met)
    };
    let ((above, right), (below, left)) = (side(1), side(-1));
    let here: Vec<i32> = record.branches.iter().map(|branch| branch.sign.to_i32()).collect();
    let signs = |met: &Met| met.iter().map(|(_, sign)| *sign).collect::<Vec<_>>();
    assert!(signs(&right) == here && signs(&left) == here, "a kink within 1e-17");
    let quotient = above.minus(&below).divide(&Fixed::of(&(h * RBig::from(2))));
    let mut slope = Fixed::of(&RBig::ZERO);
    let mut add = |name: &str, grid: &Grid<Fixed>| {
        for (entry, adjoint) in grid.entries.iter().enumerate() {
            let step = Fixed::of(&RBig::from(steps[variables[name] + entry]));
            slope = slope.add(&adjoint.multiply(&step));
        }
    };
    for (name, adjoint) in record.adjoints.iter().chain(record.gradient.iter()) {
        add(name, &numbers(adjoint));
    }
    // The trace has no adjoints of data.
    for (name, adjoint) in derivation::data(setup) {
        add(&name, &numbers(&adjoint));
    }
    assert!(slope.near(&quotient, 80), "{slope:?}, {quotient:?}\n{}", model.text());
}

/// The gradient of a batch is the mean of its examples'.
fn check_batch<N: Judge>(model: &Model, record: &Iteration) {
    let count = record.examples.len();
    for (name, found) in record.gradient.iter() {
        let share = N::of(&fraction(1, u64::try_from(count).unwrap()));
        let own =
            record.examples.iter().map(|example| numbers::<N>(example.gradient.get(name).unwrap()));
        let sum = own.reduce(|sum, next| Grid {
            shape: sum.shape,
            entries: sum.entries.iter().zip(&next.entries).map(|(a, b)| a.add(b)).collect(),
        });
        let mean = sum.unwrap().map(|entry| entry.multiply(&share));
        compare(&mean, found, name, model);
    }
}

/// Derivations in symbols against the engine's numbers.
fn check_symbols<N: Judge>(model: &Model, setup: &Setup, record: &Iteration, tally: &mut Tally) {
    let example = record.batch.first().copied().unwrap_or(0);
    let fail = |what: String| panic!("{what}\n{}", model.text());
    tally.nodes += derivation::nodes::<N>(setup, example).unwrap_or_else(fail);
    let record = &record.examples[0];
    match derivation::definitions::<N>(setup, record) {
        Ok(count) => tally.definitions += count,
        Err(what) if what.ends_with(symbol::OPEN) => tally.open += 1,
        Err(what) => tally.definitions += fail(what),
    }
    if model.is_scalar() {
        tally.chains += derivation::chain_rule::<N>(setup, record).unwrap_or_else(fail);
    }
}

fn check_record<N: Judge>(model: &Model, setup: &Setup, record: &Iteration, tally: &mut Tally) {
    for (index, example) in record.examples.iter().enumerate() {
        check_example::<N>(model, index, example, tally);
    }
    check_batch::<N>(model, record);
    if model.has_zero_norm() {
        // The derivation says a/‖a‖, where the engine's convention is 0.
        tally.zero_norms += 1;
    } else {
        check_symbols::<N>(model, setup, record, tally);
    }
}

fn check(model: &Model, random: &mut Random, tally: &mut Tally) {
    let text = model.text();
    let scenario = read(&text);
    let trace = execute(&scenario, &text);
    let record = &trace.setups.get("s").unwrap().runs.get("o").unwrap().iterations[1];
    if model.is_rational {
        check_record::<RBig>(model, &scenario.setups[0], record, tally);
    } else {
        check_record::<Fixed>(model, &scenario.setups[0], record, tally);
    }
    let branches = || record.examples.iter().flat_map(|example| &example.branches);
    if branches().any(|branch| branch.sign == Sign::Zero) {
        let mattered = |branch: &Branch| branch.convention.as_ref().is_some_and(|at| at.mattered);
        tally.kinked += 1;
        tally.mattered += usize::from(branches().any(mattered));
    } else if !model.has_zero_norm() {
        check_differences(model, &scenario.setups[0], &record.examples[0], random);
        tally.differences += 1;
    }
    tally.count(model);
}

fn run(family: Family, seed: u64) -> Tally {
    let (mut random, mut tally) = (Random(seed), Tally::default());
    for index in 0..MODELS {
        let model = family::model(family, index, &mut random);
        let before = tally.kinked;
        check(&model, &mut random, &mut tally);
        let kinked = tally.kinked > before;
        assert!(kinked || !family::is_on_kink(index), "not on its kink:\n{}", model.text());
    }
    // One in eight is on a kink, and most of them show which convention holds.
    assert!(tally.models == MODELS && tally.kinked >= MODELS / 8, "{tally:#?}");
    assert!(tally.mattered >= MODELS / 16, "{tally:#?}");
    assert!(tally.differences >= MODELS / 2 && tally.derivatives >= 5 * MODELS, "{tally:#?}");
    assert!(tally.used_twice >= MODELS / 4, "{tally:#?}");
    assert!(tally.nodes >= 8 * MODELS && tally.definitions >= 2 * MODELS, "{tally:#?}");
    assert!(tally.open * 100 <= MODELS, "{tally:#?}");
    tally
}

#[test]
fn adjoints_of_numbers() {
    let tally = run(Family::Numbers, 11);
    // A number is no row.
    let functions = function::all().iter().filter(|function| function.row().is_none());
    let catalogue: Vec<&str> = functions.map(|function| function.name).collect();
    tally.covers(&catalogue);
    tally.covers(&["+", "-", "*", "/", "^", "negation", "at_kink"]);
    assert!(tally.chains >= 2 * MODELS && tally.zero_norms > 0, "{tally:#?}");
}

#[test]
fn adjoints_of_matrices() {
    let tally = run(Family::Matrices, 12);
    let catalogue: Vec<&str> = function::all().iter().map(|function| function.name).collect();
    tally.covers(&catalogue);
    tally.covers(&["+", "-", "*", "/", "^", "@", ".T", "negation", "at_kink"]);
    assert!(tally.zero_norms > 0, "{tally:#?}");
}

#[test]
fn adjoints_of_layers() {
    let tally = run(Family::Networks, 13);
    tally.covers(&["relu", "abs", "max", "tanh", "sigmoid", "log", "sum", "mean", "norm"]);
    tally.covers(&["+", "-", "*", "@", ".T", "at_kink"]);
    assert!(tally.repeated >= MODELS / 2, "{tally:#?}");
}

/// How many of these rows are right.
type Check<'c> = &'c dyn Fn(&Setup, &[String]) -> Result<usize, String>;

/// Derivations as they stand on a sheet, printed and read again: models that leave the
/// fractions by the first check, others by the second.
fn printed(derivation: &str, check: [Check<'_>; 2]) {
    let mut random = Random(14);
    for family in [Family::Numbers, Family::Matrices, Family::Networks] {
        let models: Vec<Model> =
            (0..PRINTED).map(|index| family::model(family, index, &mut random)).collect();
        let scenario = read(&printed::scenario(&models, derivation));
        let blocks = printed::blocks(&scenario);
        assert_eq!(blocks.len(), models.len());
        let (mut rows, mut open) = (0, 0);
        for ((model, setup), block) in models.iter().zip(&scenario.setups).zip(&blocks) {
            // A derivative that `at_kink` chooses prints as any other.
            if model.has_zero_norm() || model.parts().contains(&"at_kink") {
                continue;
            }
            // ½‖a − b‖² is a fraction, but its norm is none.
            let rational = model.is_rational && !model.parts().contains(&"half_squared_error");
            match check[usize::from(rational)](setup, block) {
                Ok(count) => rows += count,
                Err(what) if what.ends_with(symbol::OPEN) => open += 1,
                Err(what) => panic!("{what}\n{}", model.text()),
            }
        }
        assert!(rows >= PRINTED && open * 20 <= PRINTED, "{rows} rows, {open} open");
    }
}

#[test]
fn printed_adjoints_are_those_of_the_engine() {
    printed("adjoints", [&printed::adjoints::<Fixed>, &printed::adjoints::<RBig>]);
}

#[test]
fn printed_gradients_are_those_of_the_engine() {
    printed("gradients", [&printed::gradients::<Fixed>, &printed::gradients::<RBig>]);
}
