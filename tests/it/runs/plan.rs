//! A scenario of one run: what a random draw decides, written as YAML.

use std::collections::BTreeMap;

use dashu_ratio::RBig;

use super::schedule::Rates;
use super::settings::{Kind, Settings};
use crate::adjoint::grid::{Grid, Shape};
use crate::adjoint::model::{Model, literal};

/// What the gradients come from.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    Model(Model),
    /// Parameters, and their gradients in each iteration.
    Given {
        init: Vec<(String, Grid<RBig>)>,
        gradients: Vec<BTreeMap<String, Grid<RBig>>>,
    },
}

/// Weight decay as it is written; what is left out is the optimizer's own.
#[derive(Clone, Debug)]
pub(crate) struct Decay {
    pub(crate) value: &'static str,
    pub(crate) kind: Option<&'static str>,
    pub(crate) on: Option<&'static str>,
}

/// How the batches are written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Order {
    /// The examples of each iteration.
    Listed,
    /// So many at a time, in their order.
    Sequential(usize),
    /// Not at all: all examples every time.
    All,
}

#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) seed: u64,
    pub(crate) source: Source,
    pub(crate) kind: &'static Kind,
    pub(crate) convention: Option<&'static str>,
    /// Options in the optimizer, as they are written.
    pub(crate) options: Vec<(String, String)>,
    pub(crate) overrides: BTreeMap<String, Vec<(String, String)>>,
    pub(crate) rates: Rates,
    pub(crate) clip: Option<(&'static str, &'static str)>,
    pub(crate) decay: Option<Decay>,
    /// Whether schedule, clipping and weight decay stand in the set-up, not in the optimizer.
    pub(crate) shared: bool,
    pub(crate) frozen: Vec<String>,
    pub(crate) sum: bool,
    /// The examples of each iteration, counted from 0; none where there are no data.
    pub(crate) batches: Vec<Vec<usize>>,
    pub(crate) order: Order,
    pub(crate) iterations: u64,
    pub(crate) start: u64,
    pub(crate) state: BTreeMap<&'static str, BTreeMap<String, Grid<RBig>>>,
}

impl Plan {
    /// Parameters that are trained, with their shapes.
    pub(crate) fn trained(&self) -> Vec<(String, Shape)> {
        let all: Vec<(String, Shape)> = match &self.source {
            Source::Model(model) => {
                let parameters = model.leaves.iter().filter(|leaf| !leaf.is_datum);
                parameters.map(|leaf| (leaf.name.clone(), leaf.shape)).collect()
            }
            Source::Given { init, .. } => {
                init.iter().map(|(name, value)| (name.clone(), value.shape)).collect()
            }
        };
        all.into_iter().filter(|(name, _)| !self.frozen.contains(name)).collect()
    }

    /// The options in force for a parameter, or for none in particular.
    pub(crate) fn settings(&self, parameter: Option<&str>) -> Settings {
        let mut settings = Settings::new(self.kind, self.convention, &self.options);
        if let Rates::Listed(rates) = &self.rates {
            settings.set("learning_rate", &rates[0].to_string());
        }
        let own = [("adamw", "0.01"), ("muon", "0.1")];
        let own = own.iter().find(|(kind, _)| *kind == self.kind.name);
        if let (Some((_, value)), None) = (own, settings.written("weight_decay")) {
            settings.set("weight_decay", value);
        }
        if let Some(decay) = &self.decay {
            settings.set("weight_decay", decay.value);
            if let Some(kind) = decay.kind {
                settings.set("decay", kind);
            }
        }
        if settings.written("decay").is_none() {
            settings.set("decay", self.kind.decay);
        }
        let own = parameter.and_then(|parameter| self.overrides.get(parameter));
        for (name, value) in own.into_iter().flatten() {
            settings.set(name, value);
        }
        settings
    }

    /// Whether no number of the run can leave the fractions.
    pub(crate) fn stays_rational(&self) -> bool {
        let kinds = ["sgd", "momentum", "sign_sgd", "signum", "lion", "rprop", "adamax"];
        let source = match &self.source {
            Source::Model(model) => model.is_rational,
            Source::Given { .. } => true,
        };
        let rates = match &self.rates {
            Rates::Schedule(schedule) => schedule.is_rational(),
            _ => true,
        };
        let clip = self.clip.is_none_or(|(kind, _)| kind == "value");
        kinds.contains(&self.kind.name) && source && rates && clip
    }

    pub(crate) fn text(&self) -> String {
        let mut text = format!("title: Run {}\nsetups:\n  s:\n", self.seed);
        match &self.source {
            Source::Model(model) => text.push_str(&model.body()),
            Source::Given { init, gradients } => {
                text.push_str("    init:\n");
                for (name, value) in init {
                    text.push_str(&format!("      {name}: {}\n", literal(value)));
                }
                text.push_str("    gradients:\n");
                for gradient in gradients {
                    text.push_str(&format!("      - {}\n", values(gradient)));
                }
            }
        }
        if !self.frozen.is_empty() {
            text.push_str(&format!("    frozen: [{}]\n", self.frozen.join(", ")));
        }
        if self.sum {
            text.push_str("    reduction: sum\n");
        }
        text.push_str(&self.batches_text());
        if self.start > 0 {
            text.push_str(&format!("    start_iteration: {}\n", self.start));
        }
        if !self.state.is_empty() {
            text.push_str("    initial_state:\n");
            for (state, parameters) in &self.state {
                text.push_str(&format!("      {state}: {}\n", values(parameters)));
            }
        }
        let around = self.modifiers();
        for line in around.iter().filter(|_| self.shared) {
            text.push_str(&format!("    {line}\n"));
        }
        text.push_str(&format!("    optimizers:\n      o:\n        kind: {}\n", self.kind.name));
        let convention = self.convention.iter().map(|name| format!("convention: {name}"));
        let options = self.options.iter().map(|(name, value)| format!("{name}: {value}"));
        let own = around.into_iter().filter(|_| !self.shared);
        for line in convention.chain(options).chain(own) {
            text.push_str(&format!("        {line}\n"));
        }
        if !self.overrides.is_empty() {
            text.push_str("        overrides:\n");
            for (parameter, own) in &self.overrides {
                let own: Vec<String> =
                    own.iter().map(|(name, value)| format!("{name}: {value}")).collect();
                text.push_str(&format!("          {parameter}: {{{}}}\n", own.join(", ")));
            }
        }
        text
    }

    fn batches_text(&self) -> String {
        let iterations = format!("    iterations: {}\n", self.iterations);
        match (&self.source, self.order) {
            (Source::Given { .. }, _) => String::new(),
            (_, Order::All) => iterations,
            (_, Order::Sequential(size)) => {
                format!("    batches: {{size: {size}, order: sequential}}\n{iterations}")
            }
            (_, Order::Listed) => {
                let one = |batch: &Vec<usize>| {
                    let numbers: Vec<String> =
                        batch.iter().map(|index| (index + 1).to_string()).collect();
                    format!("[{}]", numbers.join(", "))
                };
                let list: Vec<String> = self.batches.iter().map(one).collect();
                format!("    batches: [{}]\n", list.join(", "))
            }
        }
    }

    /// Schedule, clipping and weight decay.
    fn modifiers(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if let Rates::Schedule(schedule) = &self.rates {
            lines.push(format!("schedule: {}", schedule.text()));
        }
        if let Some((kind, at)) = self.clip {
            lines.push(format!("clip: {{kind: {kind}, at: {at}}}"));
        }
        if let Some(Decay { value, kind, on }) = &self.decay {
            lines.push(match kind {
                None => format!("weight_decay: {value}"),
                Some(kind) => {
                    let on = on.map(|on| format!(", on: {on}")).unwrap_or_default();
                    format!("weight_decay: {{kind: {kind}, value: {value}{on}}}")
                }
            });
        }
        lines
    }
}

fn values(parameters: &BTreeMap<String, Grid<RBig>>) -> String {
    let list: Vec<String> =
        parameters.iter().map(|(name, value)| format!("{name}: {}", literal(value))).collect();
    format!("{{{}}}", list.join(", "))
}
