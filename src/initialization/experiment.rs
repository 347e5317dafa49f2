//! Monte-Carlo experiments: the same model, drawn anew in every trial.
//!
//! Trial `k` draws each parameter from the stream `number(k)/"parameter"/name` below the
//! experiment's, so it is the same alone and in a batch, and the same draws serve every value of
//! a sweep (common random numbers).
//!
//! ```text
//! mean, standard error      over trials, in the order of trials
//! mean and spread of ln     over trials with a positive figure: products over many layers are
//!                           skewed, and only their logarithm is nearly normal
//! Wilson interval           n = trials · units in a first layer, trials in a deeper one
//! ```
//!
//! Units of a first layer are independent given the data where their weights are: not if a
//! parameter of the layer is drawn orthogonal, or has one column that all units share.
//!
//! Memory: a thread holds one trial's parameters and gradients and the values of a block of
//! examples, however many trials and examples there are. Parallelism is over trials where there
//! are enough of them, otherwise over the rows of products; the bits are the same.

use super::backward::Reduction;
use super::generator::Stream;
use super::matrix::Threads;
use super::measure::{HistogramOf, Measure};
use super::program::{Op, Program, Scope};
use super::scheme::Scheme;
use super::statistics::{Histogram, Moments, Z_95, real, wilson};
use super::trial::{BLOCK, Trial};
use rayon::prelude::*;

/// Where a parameter's entries come from.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// The same in every trial.
    Given(Vec<f64>),
    /// Drawn in every trial.
    Drawn(Scheme),
}

/// A parameter's name, which its stream is derived from, and its entries.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// The name.
    pub name: String,
    /// The entries.
    pub source: Source,
}

/// The adjoint that the last node starts with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Adjoint {
    /// Ones; for a loss, the only sensible one.
    Ones,
    /// Drawn in every trial, one for all examples.
    Shared(Scheme),
    /// Drawn in every trial for each example.
    Each(Scheme),
}

/// An experiment.
#[derive(Clone, Debug)]
pub struct Experiment {
    /// The model.
    pub program: Program,
    /// The parameters in the program's order.
    pub parameters: Vec<Parameter>,
    /// The inputs in the program's order; each `examples` times its size.
    pub inputs: Vec<Vec<f64>>,
    /// The number of examples.
    pub examples: usize,
    /// The last node's adjoint.
    pub adjoint: Adjoint,
    /// How examples combine in a parameter's gradient.
    pub reduction: Reduction,
    /// The number of trials.
    pub trials: u64,
    /// What is measured.
    pub measures: Vec<Measure>,
    /// What is counted into bins.
    pub histograms: Vec<HistogramOf>,
    /// The experiment's stream.
    pub stream: Stream,
}

/// Why an experiment cannot run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExperimentError {
    /// There are no trials, or no examples.
    Nothing,
    /// There are more or fewer parameters than the program has, or one of the wrong size.
    Parameter(usize),
    /// There are more or fewer inputs than the program has, or one of the wrong size.
    Input(usize),
    /// A measure or a histogram names a node or parameter that is not there.
    Measure(usize),
}

impl std::fmt::Display for ExperimentError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Nothing => write!(f, "an experiment needs a trial and an example"),
            Self::Parameter(index) => write!(f, "parameter {index} is missing or of wrong size"),
            Self::Input(index) => write!(f, "input {index} is missing or of wrong size"),
            Self::Measure(index) => write!(f, "measure {index} names what is not there"),
        }
    }
}

impl std::error::Error for ExperimentError {}

/// A figure over all trials.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Summary {
    /// The measure.
    pub measure: Measure,
    /// The figures.
    pub figures: Moments,
    /// The natural logarithms of the positive figures.
    pub logarithms: Moments,
    /// The independent draws behind a fraction, and Wilson's interval of 95 % for it.
    pub interval: Option<(f64, (f64, f64))>,
}

/// What an experiment found.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// In the order of the measures.
    pub summaries: Vec<Summary>,
    /// In the order of the requests.
    pub histograms: Vec<Histogram>,
}

impl Experiment {
    /// Runs all trials.
    ///
    /// # Errors
    ///
    /// What does not fit together; nothing is run then.
    pub fn run(&self) -> Result<Outcome, ExperimentError> {
        self.run_observed(&mut |_| {})
    }

    /// Runs all trials; `observe` hears how many are done, again and again.
    ///
    /// # Errors
    ///
    /// As for [`Experiment::run`].
    pub fn run_observed(&self, observe: &mut dyn FnMut(u64)) -> Result<Outcome, ExperimentError> {
        self.check()?;
        let requests = self.ranges();
        let width = rayon::current_num_threads().max(1);
        let few = self.trials < width as u64;
        let wave = 4 * width as u64;
        let threads = if few { Threads::All } else { Threads::One };
        let mut figures = vec![(Moments::default(), Moments::default()); self.measures.len()];
        let mut histograms: Vec<Histogram> = requests.iter().map(HistogramOf::empty).collect();
        let mut first = 0;
        while first < self.trials {
            let end = self.trials.min(first.saturating_add(wave));
            let trial = |k| self.trial_with(k, &self.measures, &requests, threads);
            let done: Vec<Trial> = if few {
                (first..end).map(trial).collect()
            } else {
                (first..end).into_par_iter().map(trial).collect()
            };
            for trial in done {
                record(&mut figures, &trial.figures);
                histograms.iter_mut().zip(&trial.histograms).for_each(|(all, one)| all.merge(one));
            }
            first = end;
            observe(first);
        }
        let summaries = self.measures.iter().zip(figures);
        let summaries = summaries
            .map(|(measure, (figures, logarithms))| Summary {
                measure: *measure,
                figures,
                logarithms,
                interval: self.interval(*measure, &figures),
            })
            .collect();
        Ok(Outcome { summaries, histograms })
    }

    /// The figures of one trial alone, in the order of the measures.
    ///
    /// # Errors
    ///
    /// Those of [`Experiment::run`].
    pub fn trial(&self, k: u64) -> Result<Vec<f64>, ExperimentError> {
        self.check()?;
        Ok(self.trial_with(k, &self.measures, &[], Threads::All).figures)
    }

    /// About how many products of numbers one trial takes, and how many numbers a thread holds:
    /// for a caller that refuses what would take too long or too much.
    #[must_use]
    pub fn cost(&self) -> (f64, f64) {
        let nodes = self.program.nodes();
        let backward = self.measures.iter().any(|measure| measure.is_gradient());
        let passes = if backward { 3.0 } else { 1.0 };
        let (mut products, mut numbers) = (0.0, 0.0);
        for node in nodes {
            let inner = match (node.op, node.inputs.first()) {
                (Op::MatMul, Some(input)) => real(nodes[*input].shape.columns),
                _ => 1.0,
            };
            let size = real(node.shape.rows) * real(node.shape.columns);
            let (times, held) = match node.scope {
                Scope::Shared => (1.0, 1.0),
                Scope::Example => (real(self.examples), real(self.examples.min(BLOCK))),
            };
            products += passes * times * size * inner;
            numbers += 2.0 * held * size;
        }
        (products, numbers)
    }

    fn check(&self) -> Result<(), ExperimentError> {
        if self.trials == 0 || self.examples == 0 {
            return Err(ExperimentError::Nothing);
        }
        let shapes = self.program.parameters();
        for index in 0..shapes.len().max(self.parameters.len()) {
            let fits = match (shapes.get(index), self.parameters.get(index)) {
                (Some(shape), Some(parameter)) => match &parameter.source {
                    Source::Given(entries) => entries.len() == shape.size(),
                    Source::Drawn(_) => true,
                },
                _ => false,
            };
            fits.then_some(()).ok_or(ExperimentError::Parameter(index))?;
        }
        let shapes = self.program.inputs();
        for index in 0..shapes.len().max(self.inputs.len()) {
            let fits = match (shapes.get(index), self.inputs.get(index)) {
                (Some(shape), Some(input)) => {
                    shape.size().checked_mul(self.examples) == Some(input.len())
                }
                _ => false,
            };
            fits.then_some(()).ok_or(ExperimentError::Input(index))?;
        }
        let missing = self.measures.iter().position(|measure| !measure.exists(&self.program));
        let count = self.program.nodes().len();
        let stray = self.histograms.iter().position(|request| request.node >= count);
        missing.or(stray).map_or(Ok(()), |index| Err(ExperimentError::Measure(index)))
    }

    fn interval(&self, measure: Measure, figures: &Moments) -> Option<(f64, (f64, f64))> {
        let node = measure.value(&self.program).filter(|_| measure.is_fraction())?;
        let units = self.program.nodes()[node].shape.size();
        let n = figures.count() * if self.independent(node) { real(units) } else { 1.0 };
        Some((n, wilson(figures.mean(), n, Z_95)))
    }

    /// Whether a node's units are independent of each other, given the data.
    fn independent(&self, node: usize) -> bool {
        let columns = self.program.nodes()[node].shape.columns;
        let alone = |parameter: usize| match &self.parameters[parameter].source {
            Source::Given(_) => true,
            Source::Drawn(Scheme::Orthogonal { .. }) => columns == 1,
            Source::Drawn(_) => self.program.parameters()[parameter].columns == columns,
        };
        self.program.depth(node) <= 1
            && self.program.nodes()[node].shape.rows == 1
            && self.program.parameters_of(node).into_iter().all(alone)
    }
}

fn record(sums: &mut [(Moments, Moments)], figures: &[f64]) {
    for ((plain, logarithms), figure) in sums.iter_mut().zip(figures) {
        plain.push(*figure);
        if *figure > 0.0 {
            logarithms.push(libm::log(*figure));
        }
    }
}
