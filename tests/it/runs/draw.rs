//! Random plans. Numbers are small and round, so that kinks, ties and 0/0 come by
//! themselves.

use std::collections::BTreeMap;

use dashu_ratio::RBig;

use super::neuron;
use super::plan::{Decay, Order, Plan, Source};
use super::schedule::{Rates, Schedule};
use super::settings::{Choice, KINDS, Kind, number};
use crate::adjoint::family::{self, Family};
use crate::adjoint::grid::{Grid, Shape, count};
use crate::dual::{Random, fraction};

const RATES: &[&str] = &["0.1", "0.5", "1", "0.01", "\"1/3\"", "0.1", "0.5", "0"];
const DECAYS: &[&str] = &["0.1", "0.5", "0.01", "0"];
const GRADIENTS: &[(i64, u64)] =
    &[(0, 1), (0, 1), (1, 1), (-1, 1), (2, 1), (3, 1), (-4, 1), (1, 2), (-3, 2), (1, 4), (-1, 3)];
const AT: &[&str] = &["1", "0.5", "5", "2", "1.5"];

/// The plan of a seed; the kinds of optimizers take turns.
pub(crate) fn plan(seed: u64) -> Plan {
    let mut random = Random(seed.wrapping_mul(0x2545_f491_4f6c_dd1d));
    let turn = usize::try_from(seed % u64::try_from(KINDS.len()).unwrap()).unwrap();
    let kind = &KINDS[turn];
    let mut plan = source(seed, kind, &mut random);
    // Muon multiplies matrices.
    while kind.name == "muon" && plan.trained().iter().any(|(_, shape)| shape.is_none()) {
        plan = source(seed, kind, &mut random);
    }
    loop {
        options(&mut plan, &mut random);
        if !conflicts(&plan) {
            break;
        }
    }
    around(&mut plan, &mut random);
    rates(&mut plan, &mut random);
    state(&mut plan, &mut random);
    overrides(&mut plan, &mut random);
    plan
}

/// One time in so many.
fn once_in(count: usize, random: &mut Random) -> bool {
    random.below(count) == 0
}

pub(crate) fn nice(random: &mut Random) -> RBig {
    let (above, below) = random.choose(GRADIENTS);
    fraction(above, below)
}

fn grid(shape: Shape, random: &mut Random) -> Grid<RBig> {
    Grid { shape, entries: (0..count(shape)).map(|_| nice(random)).collect() }
}

fn source(seed: u64, kind: &'static Kind, random: &mut Random) -> Plan {
    let mut iterations = 1 + random.below(4);
    let (mut examples, mut has_data) = (1, false);
    let source = match random.below(10) {
        0..=3 => given(iterations, random),
        4..=6 => {
            let model = neuron::model(random);
            (examples, has_data) = (model.examples, true);
            Source::Model(model)
        }
        _ => {
            iterations = 1 + random.below(2);
            let family = random.choose(&[Family::Numbers, Family::Matrices, Family::Networks]);
            let model = family::model(family, random.below(640), random);
            has_data = model.leaves.iter().any(|leaf| leaf.is_datum);
            examples = model.examples;
            Source::Model(model)
        }
    };
    let order = match random.below(4) {
        _ if !has_data => Order::All,
        0 => Order::All,
        1 => Order::Sequential(if examples % 2 == 0 && once_in(2, random) { 2 } else { 1 }),
        _ => Order::Listed,
    };
    let batches = (0..iterations).map(|index| match order {
        Order::All if has_data => (0..examples).collect(),
        Order::All => Vec::new(),
        Order::Sequential(size) => {
            (0..size).map(|offset| (index * size + offset) % examples).collect()
        }
        Order::Listed => {
            let first = random.below(examples);
            let second = (examples > 1 && once_in(3, random)).then(|| (first + 1) % examples);
            std::iter::once(first).chain(second).collect()
        }
    });
    let batches = batches.collect();
    let mut plan = Plan {
        seed,
        source,
        kind,
        convention: None,
        options: Vec::new(),
        overrides: BTreeMap::new(),
        rates: Rates::Constant,
        clip: None,
        decay: None,
        shared: false,
        frozen: Vec::new(),
        sum: has_data && once_in(4, random),
        batches,
        order,
        iterations: u64::try_from(iterations).unwrap(),
        start: 0,
        state: BTreeMap::new(),
    };
    let parameters = plan.trained();
    if matches!(plan.source, Source::Model(_)) && parameters.len() > 1 && once_in(6, random) {
        plan.frozen = vec![parameters[random.below(parameters.len())].0.clone()];
    }
    plan
}

/// Numbers alone, or a matrix and a row.
fn given(iterations: usize, random: &mut Random) -> Source {
    let shapes = match random.below(3) {
        0 => vec![("W", Some((1 + random.below(2), 2))), ("b", Some((1, 2)))],
        1 => vec![("w", None)],
        _ => vec![("w", None), ("b", None)],
    };
    let init =
        shapes.iter().map(|(name, shape)| ((*name).to_owned(), grid(*shape, random))).collect();
    let one = |random: &mut Random| {
        shapes.iter().map(|(name, shape)| ((*name).to_owned(), grid(*shape, random))).collect()
    };
    let gradients = (0..iterations).map(|_| one(random)).collect();
    Source::Given { init, gradients }
}

fn drawn(choice: &Choice, random: &mut Random) -> (String, String) {
    (choice.name.to_owned(), random.choose(choice.values).to_owned())
}

fn options(plan: &mut Plan, random: &mut Random) {
    let conventions = plan.kind.conventions;
    let convention = once_in(4, random).then(|| conventions[random.below(conventions.len())].0);
    plan.convention = convention;
    plan.options = vec![("learning_rate".to_owned(), random.choose(RATES).to_owned())];
    let mut forced = Vec::new();
    if plan.kind.name == "momentum" && once_in(3, random) {
        // Dampening wants both.
        forced = vec![("form", "heavy_ball"), ("nesterov", "false")];
    }
    for choice in plan.kind.options {
        match forced.iter().find(|(name, _)| *name == choice.name) {
            Some((name, word)) => plan.options.push(((*name).to_owned(), (*word).to_owned())),
            None if once_in(2, random) => plan.options.push(drawn(choice, random)),
            None => {}
        }
    }
}

/// Options that don't go together, and are refused.
fn conflicts(plan: &Plan) -> bool {
    let settings = plan.settings(None);
    let is = |name: &str, word: &str| settings.is(name, word);
    match plan.kind.name {
        "momentum" => {
            let damped = settings.fraction("dampening") > RBig::ZERO;
            let model = matches!(plan.source, Source::Model(_));
            damped && !(is("form", "heavy_ball") && is("nesterov", "false"))
                || is("nesterov", "lookahead") && !model
        }
        "adam" | "adamw" => {
            is("amsgrad", "corrected")
                && (is("bias_correction", "false") || is("epsilon_place", "hat"))
        }
        "rprop" => settings.fraction("step_min") > settings.fraction("step_max"),
        _ => false,
    }
}

/// Clipping and weight decay.
fn around(plan: &mut Plan, random: &mut Random) {
    plan.shared = once_in(2, random);
    if once_in(3, random) {
        let kind = random.choose(&["value", "norm", "global_norm"]);
        plan.clip = Some((kind, random.choose(AT)));
    }
    if once_in(3, random) {
        let kinds: &[_] = match plan.kind.name {
            "lars" | "lamb" => &[None, Some("coupled"), Some("decoupled"), Some("inside")],
            _ => &[None, Some("coupled"), Some("decoupled"), Some("decoupled")],
        };
        let kind = random.choose(kinds);
        let on = random.choose(&[None, Some("old"), Some("new")]);
        let on = on.filter(|_| kind == Some("decoupled"));
        plan.decay = Some(Decay { value: random.choose(DECAYS), kind, on });
    }
}

fn rates(plan: &mut Plan, random: &mut Random) {
    match random.below(6) {
        0 => {
            let list: Vec<&str> = (0..plan.iterations).map(|_| random.choose(RATES)).collect();
            plan.options[0].1 = format!("[{}]", list.join(", "));
            plan.rates = Rates::Listed(list.into_iter().map(number).collect());
        }
        1 | 2 => plan.rates = Rates::Schedule(Schedule::random(random)),
        _ => {}
    }
}

/// A start in the middle.
fn state(plan: &mut Plan, random: &mut Random) {
    if once_in(4, random) {
        plan.start = u64::try_from(random.below(7)).unwrap();
    }
    if !once_in(if plan.start > 0 { 2 } else { 8 }, random) {
        return;
    }
    for name in plan.settings(None).states() {
        if once_in(5, random) {
            continue;
        }
        let mut own = BTreeMap::new();
        for (parameter, shape) in plan.trained() {
            let mut value = grid(shape, random);
            if !["u", "g_bar", "g_prev"].contains(&name) {
                // A sum of squares, or a size.
                value = value
                    .map(|entry| if *entry < RBig::ZERO { -entry.clone() } else { entry.clone() });
            }
            if name == "P" {
                // A product of factors below 1, the same for all entries.
                value = Grid::scalar(&value.entries[0] / RBig::from(5));
            }
            own.insert(parameter, value);
        }
        plan.state.insert(name, own);
    }
}

/// Other numbers for one parameter.
fn overrides(plan: &mut Plan, random: &mut Random) {
    let parameters = plan.trained();
    if parameters.len() < 2 || !once_in(4, random) {
        return;
    }
    let mut own = Vec::new();
    if !matches!(plan.rates, Rates::Listed(_)) && once_in(2, random) {
        own.push(("learning_rate".to_owned(), random.choose(RATES).to_owned()));
    }
    for choice in plan.kind.options {
        // Those that decide which states there are stay the same for all.
        let is_number = choice.default.starts_with(|first: char| first.is_ascii_digit());
        let decides = ["dampening", "momentum", "step_min", "step_max"].contains(&choice.name);
        if is_number && !decides && once_in(2, random) {
            own.push(drawn(choice, random));
        }
    }
    // A weight decay of 0 is none, and has nothing to change.
    let decays = plan.settings(None).written("weight_decay").is_some_and(|value| value != "0");
    if decays && once_in(2, random) {
        own.push(("weight_decay".to_owned(), random.choose(DECAYS).to_owned()));
    }
    if !own.is_empty() {
        plan.overrides.insert(parameters[random.below(parameters.len())].0.clone(), own);
    }
}
