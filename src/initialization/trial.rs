//! One trial of an experiment: draw, run forward and backward block by block, measure.
//!
//! A block has 128 examples; where all threads are at one trial, they compute a block for each of
//! them at once. Gradients are summed example by example across blocks, so their bits do not depend
//! on those numbers; means and spreads are merged block by block, always alike.

use super::backward::Adjoints;
use super::draw::draw;
use super::experiment::{Adjoint, Experiment, Parameter, Source};
use super::forward::Tape;
use super::generator::Stream;
use super::matrix::Threads;
use super::measure::{HistogramOf, Measure, Recorder, before};
use super::program::Scope;
use super::scheme::Shape;
use super::statistics::Histogram;
use rayon::prelude::*;

/// How many examples a thread computes at once.
pub(super) const BLOCK: usize = 128;

impl Experiment {
    /// The requests for histograms with all ranges known.
    pub(super) fn ranges(&self) -> Vec<HistogramOf> {
        let nodes = self.histograms.iter().map(|request| before(&self.program, request.node));
        let measures: Vec<Measure> =
            nodes.flat_map(|n| [Measure::ActivationMean(n), Measure::ActivationStd(n)]).collect();
        if self.histograms.iter().all(|request| request.range.is_some()) {
            return self.histograms.clone();
        }
        let figures = self.trial_with(0, &measures, &[], Threads::All).figures;
        let pairs = self.histograms.iter().zip(figures.chunks(2));
        pairs.map(|(request, pair)| request.with_range(pair[0], pair[1])).collect()
    }

    pub(super) fn trial_with(
        &self,
        k: u64,
        measures: &[Measure],
        requests: &[HistogramOf],
        threads: Threads,
    ) -> Trial {
        let stream = self.stream.number(k);
        let parameters = self.draw_parameters(&stream, threads);
        let recorders = measures.iter().map(|m| Recorder::new(*m, &self.program)).collect();
        let histograms = requests.iter().map(HistogramOf::empty).collect();
        let mut pass = Pass { experiment: self, measures, recorders, stream };
        let histograms = pass.run(&parameters, requests, histograms, threads);
        let figures = pass.recorders.iter().zip(measures);
        Trial { figures: figures.map(|(r, measure)| r.figure(*measure)).collect(), histograms }
    }

    fn draw_parameters(&self, stream: &Stream, threads: Threads) -> Vec<Vec<f64>> {
        let stream = stream.name("parameter");
        let entries = |(parameter, shape): (&Parameter, &Shape)| match &parameter.source {
            Source::Given(entries) => entries.clone(),
            Source::Drawn(scheme) => draw(scheme, *shape, &stream.name(&parameter.name)),
        };
        let shapes = self.program.parameters();
        match threads {
            Threads::One => self.parameters.iter().zip(shapes).map(entries).collect(),
            Threads::All => self.parameters.par_iter().zip(shapes).map(entries).collect(),
        }
    }
}

/// What one trial found.
pub(super) struct Trial {
    pub(super) figures: Vec<f64>,
    pub(super) histograms: Vec<Histogram>,
}

/// A trial while it runs.
struct Pass<'a> {
    experiment: &'a Experiment,
    measures: &'a [Measure],
    recorders: Vec<Recorder>,
    stream: Stream,
}

impl Pass<'_> {
    fn run(
        &mut self,
        parameters: &[Vec<f64>],
        requests: &[HistogramOf],
        mut histograms: Vec<Histogram>,
        threads: Threads,
    ) -> Vec<Histogram> {
        let Experiment { program, inputs, examples, reduction, .. } = self.experiment;
        let observed: Vec<usize> = self.measures.iter().filter_map(|m| m.adjoint()).collect();
        let backward = self.measures.iter().any(|measure| measure.is_gradient());
        let root = program.last();
        let mut tape = Tape::new(program, parameters, threads);
        let mut adjoints = Adjoints::new(program, &observed);
        self.look(&tape, Scope::Shared);
        let blocks = if threads == Threads::All { rayon::current_num_threads() } else { 1 };
        for first in (0..*examples).step_by(blocks * BLOCK) {
            let count = (blocks * BLOCK).min(examples - first);
            let block = inputs
                .iter()
                .zip(program.inputs())
                .map(|(input, shape)| &input[first * shape.size()..(first + count) * shape.size()]);
            tape.run(block.collect(), count);
            self.look(&tape, Scope::Example);
            let counted = requests.iter().zip(&mut histograms);
            counted.for_each(|(request, histogram)| request.count(&tape, histogram));
            // A root that no example changes has one adjoint, not one a block.
            let again = first > 0 && program.nodes()[root].scope == Scope::Shared;
            if backward && !again {
                let seed = self.seed(root, first..first + count);
                adjoints.run(&tape, root, &seed, |node, adjoint| self.adjoint(node, adjoint));
            }
        }
        if backward {
            let see = |node, adjoint: &[f64]| self.adjoint(node, adjoint);
            adjoints.finish(&tape, root, *examples, *reduction, see);
            let gradients = adjoints.gradients();
            for (recorder, measure) in self.recorders.iter_mut().zip(self.measures) {
                if let Measure::GradientNorm(parameter) = measure {
                    recorder.gradient(&gradients[*parameter]);
                }
            }
        }
        histograms
    }

    fn look(&mut self, tape: &Tape<'_>, scope: Scope) {
        let look = |(recorder, measure): (&mut Recorder, &Measure)| {
            if let Some(node) = measure.value(tape.program)
                && tape.program.nodes()[node].scope == scope
            {
                record(recorder, tape.value(node), tape.program.nodes()[node].shape);
            }
        };
        match tape.threads {
            Threads::One => self.recorders.iter_mut().zip(self.measures).for_each(look),
            Threads::All => self.recorders.par_iter_mut().zip(self.measures).for_each(look),
        }
    }

    fn adjoint(&mut self, node: usize, adjoint: &[f64]) {
        let shape = self.experiment.program.nodes()[node].shape;
        for (recorder, measure) in self.recorders.iter_mut().zip(self.measures) {
            if measure.adjoint() == Some(node) {
                record(recorder, adjoint, shape);
            }
        }
    }

    fn seed(&self, root: usize, examples: std::ops::Range<usize>) -> Vec<f64> {
        let node = &self.experiment.program.nodes()[root];
        let times = if node.scope == Scope::Example { examples.len() } else { 1 };
        let stream = self.stream.name("adjoint");
        match &self.experiment.adjoint {
            Adjoint::Ones => vec![1.0; times * node.shape.size()],
            Adjoint::Shared(scheme) => draw(scheme, node.shape, &stream).repeat(times),
            Adjoint::Each(scheme) => (0_u64..)
                .skip(examples.start)
                .take(times)
                .flat_map(|k| draw(scheme, node.shape, &stream.number(k)))
                .collect(),
        }
    }
}

/// Adds a node's values or adjoints, block by block.
fn record(recorder: &mut Recorder, values: &[f64], shape: Shape) {
    values.chunks(BLOCK * shape.size()).for_each(|block| recorder.add(block));
}
