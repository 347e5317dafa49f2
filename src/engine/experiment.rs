//! Monte-Carlo experiments: each case of a set-up as a program, run in floating point.

use crate::initialization::backward::Reduction;
use crate::initialization::experiment::{self as monte_carlo, Adjoint, Source, Summary};
use crate::initialization::measure::{self, HistogramOf};
use crate::initialization::statistics::Moments;
use crate::limits::Limit;
use crate::number::Real;
use crate::scenario::{self, Experiment, Initial, Measure, Quantity, Setup};
use crate::trace::{self, Figure, Logarithm, Tensor};

use super::failure::{EngineError, Spot};
use super::pass::{LOSS, graph};
use super::program::{Compiled, compile};
use super::theory::Chain;

/// The bars of a histogram.
const BINS: usize = 40;

/// How experiments are run.
pub struct Effort<'a> {
    /// Trials beyond this number are left out.
    pub trials: u64,
    /// Hears how far an experiment is.
    pub progress: &'a dyn Fn(&Progress<'_>),
}

impl Effort<'static> {
    /// Every trial, and nobody listens.
    pub const FULL: Self = Self { trials: u64::MAX, progress: &|_| {} };
}

/// How far an experiment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress<'a> {
    /// The set-up.
    pub setup: &'a str,
    /// The experiment in it.
    pub experiment: &'a str,
    /// Trials done, over all cases.
    pub done: u64,
    /// Trials in all.
    pub total: u64,
}

impl std::fmt::Debug for Effort<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Effort").field("trials", &self.trials).finish_non_exhaustive()
    }
}

/// Runs every case of an experiment; `histograms` names the definitions to be counted.
pub(super) fn execute(
    setup: &Setup,
    experiment: &Experiment,
    histograms: &[String],
    effort: &Effort<'_>,
) -> Result<trace::Experiment, EngineError> {
    let trials = experiment.trials.min(effort.trials);
    let total = trials.saturating_mul(u64::try_from(experiment.cases.len()).unwrap_or(u64::MAX));
    let mut cases = Vec::new();
    let mut before = 0;
    for case in &experiment.cases {
        let run = Run { setup: &case.setup, experiment, trials };
        let progress = |done: u64| {
            let done = before + done;
            (effort.progress)(&Progress {
                setup: &setup.name,
                experiment: &experiment.name,
                done,
                total,
            });
        };
        let found = run.case(histograms, &progress).map_err(|message| EngineError::Experiment {
            place: format!("{}.{}", setup.name, experiment.name),
            message,
            spot: Spot::named(setup, "experiments", &experiment.name, experiment.place),
        })?;
        cases.push(trace::Case { values: case.values.clone(), ..found });
        before += trials;
    }
    Ok(trace::Experiment { trials, cases })
}

struct Run<'a> {
    setup: &'a Setup,
    experiment: &'a Experiment,
    trials: u64,
}

/// A measure of the scenario on one definition or parameter.
struct Target {
    quantity: Quantity,
    of: String,
    measure: measure::Measure,
}

impl Run<'_> {
    fn case(&self, histograms: &[String], progress: &dyn Fn(u64)) -> Result<trace::Case, String> {
        let setup = self.setup;
        let graph = graph(setup);
        let root = graph.node(LOSS).unwrap_or(graph.nodes.len() - 1);
        let compiled = compile(setup, &graph, root)?;
        let node = |name: &str| {
            let place = graph.node(name).and_then(|node| compiled.places.get(node));
            place.copied().ok_or_else(|| format!("`{name}` is not a part of what is run"))
        };
        let targets = self.targets(&node)?;
        let requests: Vec<(&String, HistogramOf)> = histograms
            .iter()
            .filter(|name| setup.definition(name).is_some())
            .map(|name| Ok((name, HistogramOf { node: node(name)?, bins: BINS, range: None })))
            .collect::<Result<_, String>>()?;
        let examples = examples(setup);
        let parameters = compiled.program.parameters().iter();
        let numbers: f64 = parameters.map(|shape| real(shape.rows) * real(shape.columns)).sum();
        if numbers > float(Limit::Held.get()) {
            return Err(too_much(numbers));
        }
        let inputs = columns(setup);
        let chain = Chain::new(setup, &graph, &inputs, examples);
        let program = self.program(compiled, inputs, examples, &targets, &requests);
        let (products, held) = program.cost();
        let work = products * float(self.trials) * float(self.experiment.cases.len() as u64);
        if work > float(Limit::Work.get()) {
            let exceeded = Limit::Work.exceeded(format!("about {work:.0e} multiplications"));
            let advice = Limit::Work.advice(None);
            return Err(format!(
                "{exceeded}; take fewer trials, fewer examples or smaller sizes; or {advice}"
            ));
        }
        if held > float(Limit::Held.get()) {
            return Err(too_much(held));
        }
        let outcome = program.run_observed(&mut |done| progress(done));
        let outcome = outcome.map_err(|error| error.to_string())?;
        let figures = targets.iter().zip(&outcome.summaries);
        let figures = figures.map(|(target, summary)| {
            let (theory, theory_logarithm) = chain.figure(target.quantity, &target.of, examples);
            Figure { theory, theory_logarithm, ..figure(target, summary) }
        });
        let counted = requests.iter().zip(outcome.histograms);
        Ok(trace::Case {
            values: Vec::new(),
            examples,
            layers: setup.layers(false).into_iter().map(str::to_owned).collect(),
            figures: figures.collect(),
            histograms: counted
                .map(|((name, _), counts)| {
                    ((*name).clone(), counts, chain.pre_activation(&graph, name))
                })
                .collect(),
        })
    }

    fn program(
        &self,
        compiled: Compiled,
        inputs: Vec<Vec<f64>>,
        examples: usize,
        targets: &[Target],
        requests: &[(&String, HistogramOf)],
    ) -> monte_carlo::Experiment {
        let setup = self.setup;
        let parameters = setup.parameters.iter().map(|parameter| {
            let source = match &parameter.initial {
                Initial::Drawn { scheme, .. } => Source::Drawn(*scheme),
                Initial::Filled { value, .. } => {
                    Source::Given(vec![value.to_f64(); parameter.initial.size()])
                }
                Initial::Exact(tensor) => Source::Given(doubles(tensor)),
            };
            monte_carlo::Parameter { name: parameter.name.clone(), source }
        });
        monte_carlo::Experiment {
            parameters: parameters.collect(),
            inputs,
            examples,
            adjoint: setup.adjoint.map_or(Adjoint::Ones, Adjoint::Each),
            reduction: match setup.reduction {
                scenario::Reduction::Mean => Reduction::Mean,
                scenario::Reduction::Sum => Reduction::Sum,
            },
            trials: self.trials,
            measures: targets.iter().map(|target| target.measure).collect(),
            histograms: requests.iter().map(|(_, request)| *request).collect(),
            stream: self.experiment.stream.clone(),
            program: compiled.program,
        }
    }

    /// The measures, each on every definition or parameter that it is asked for.
    fn targets(&self, node: &dyn Fn(&str) -> Result<usize, String>) -> Result<Vec<Target>, String> {
        let setup = self.setup;
        let mut targets = Vec::new();
        for Measure { quantity, of } in &self.experiment.measures {
            let rectified = matches!(quantity, Quantity::ActiveFraction | Quantity::DeadUnits);
            let names: Vec<&str> = match of {
                Some(name) => vec![name.as_str()],
                None if *quantity == Quantity::GradientNorm => setup.parameter_names().collect(),
                None => setup.layers(rectified),
            };
            for name in names {
                let measure = match quantity {
                    Quantity::ActiveFraction => measure::Measure::ActiveFraction(node(name)?),
                    Quantity::DeadUnits => measure::Measure::DeadUnits(node(name)?),
                    Quantity::ActivationMean => measure::Measure::ActivationMean(node(name)?),
                    Quantity::ActivationStd => measure::Measure::ActivationStd(node(name)?),
                    Quantity::ActivationMeanSquare => {
                        measure::Measure::ActivationSquare(node(name)?)
                    }
                    Quantity::GradientMean => measure::Measure::GradientMean(node(name)?),
                    Quantity::GradientStd => measure::Measure::GradientStd(node(name)?),
                    Quantity::GradientMeanSquare => measure::Measure::GradientSquare(node(name)?),
                    Quantity::GradientNorm => {
                        let index = setup.parameter_names().position(|known| known == name);
                        let index =
                            index.ok_or_else(|| format!("there is no parameter `{name}`"))?;
                        measure::Measure::GradientNorm(index)
                    }
                };
                targets.push(Target { quantity: *quantity, of: name.to_owned(), measure });
            }
        }
        Ok(targets)
    }
}

fn too_much(numbers: f64) -> String {
    let exceeded = Limit::Held.exceeded(format!("the about {numbers:.0e} numbers of one trial"));
    format!("{exceeded}; take smaller sizes; or {}", Limit::Held.advice(None))
}

fn figure(target: &Target, summary: &Summary) -> Figure {
    let Summary { figures, logarithms, interval, .. } = summary;
    let finite = |value: f64| Some(value).filter(|value| value.is_finite());
    let logarithm = |moments: &Moments| Logarithm {
        mean: moments.mean(),
        std: finite(moments.sample_std()).unwrap_or(0.0),
        trials: moments.count(),
    };
    Figure {
        measure: target.quantity.name(),
        of: target.of.clone(),
        mean: figures.mean(),
        error: finite(figures.standard_error()),
        interval: interval.map(|(_, ends)| ends),
        logarithm: Some(logarithm(logarithms)).filter(|found| found.trials > 0.0),
        theory: None,
        theory_logarithm: None,
    }
}

fn examples(setup: &Setup) -> usize {
    let listed = setup.data.len().max(1);
    setup.generated.as_ref().map_or(listed, |generated| generated.count)
}

/// The values of each datum, one example after another.
fn columns(setup: &Setup) -> Vec<Vec<f64>> {
    if let Some(generated) = &setup.generated {
        return generated.columns();
    }
    let column = |index: usize| setup.data.iter().flat_map(|row| doubles(&row[index])).collect();
    (0..setup.inputs.len()).map(column).collect()
}

fn doubles(tensor: &Tensor) -> Vec<f64> {
    tensor.entries().iter().map(|entry| entry.real().map_or(f64::NAN, Real::to_f64)).collect()
}

#[expect(clippy::cast_precision_loss, reason = "a size in an estimate")]
fn real(count: usize) -> f64 {
    count as f64
}

#[expect(clippy::cast_precision_loss, reason = "a count in an estimate")]
fn float(count: u64) -> f64 {
    count as f64
}
