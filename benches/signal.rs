//! Signal propagation: 50 layers of width 256, 1,000 examples, ReLU, no biases.
//!
//! `cargo bench --bench signal` runs it on one and on two threads; `-- 1 4`, with one number of
//! threads and one of trials, nothing else, so that the system's own clock of processor time
//! (`time`) can be read. Either way the best of five counts. Run as a test it is small.
//!
//! `signal_numpy.py` beside this file does the same work in NumPy.
#![expect(clippy::print_stdout, reason = "a benchmark reports to a person")]

use gradsheet::initialization::backward::Reduction;
use gradsheet::initialization::builder::Builder;
use gradsheet::initialization::data::{Entries, entries};
use gradsheet::initialization::exact::Number;
use gradsheet::initialization::experiment::{Adjoint, Experiment, Parameter, Source};
use gradsheet::initialization::generator::Stream;
use gradsheet::initialization::measure::Measure;
use gradsheet::initialization::program::{Op, ProgramError};
use gradsheet::initialization::scheme::{Fan, Gain, Scheme, Tails};
use std::time::Instant;

#[derive(Clone, Copy)]
struct Size {
    layers: usize,
    width: usize,
    examples: usize,
    repeats: usize,
}

const FULL: Size = Size { layers: 50, width: 256, examples: 1000, repeats: 5 };
const SMALL: Size = Size { layers: 3, width: 16, examples: 10, repeats: 1 };

fn experiment(size: Size, trials: u64) -> Result<Experiment, ProgramError> {
    let Size { layers, width, examples, .. } = size;
    let gain = Gain::Number(Number::ratio(141_421_356, 100_000_000));
    let scheme = Scheme::KaimingNormal { fan: Fan::In, gain, tails: Tails::Full };
    let mut builder = Builder::default();
    let mut h = builder.leaf(Op::Input(0), 1, width);
    let (mut measures, mut parameters) = (Vec::new(), Vec::new());
    for layer in 0..layers {
        let w = builder.leaf(Op::Parameter(layer), width, width);
        let z = builder.apply(Op::MatMul, &[h, w]);
        h = builder.apply(Op::Relu, &[z]);
        measures.extend([Measure::ActivationStd(h), Measure::GradientNorm(layer)]);
        parameters.push(Parameter { name: format!("W_{layer}"), source: Source::Drawn(scheme) });
    }
    let stream = Stream::new(1);
    Ok(Experiment {
        program: builder.finish()?,
        parameters,
        inputs: vec![entries(Entries::Gaussian, width, examples, &stream.name("data"))],
        examples,
        adjoint: Adjoint::Ones,
        reduction: Reduction::Mean,
        trials,
        measures,
        histograms: Vec::new(),
        stream: stream.name("signal"),
    })
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let size = if std::env::args().any(|text| text == "--bench") { FULL } else { SMALL };
    let given: Vec<u64> = std::env::args().filter_map(|text| text.parse().ok()).collect();
    let all = [(1, 1), (2, 1), (2, 4)];
    let one = given.first().copied().zip(given.get(1).copied());
    for (threads, trials) in one.map_or(all.to_vec(), |one| vec![one]) {
        let threads = usize::try_from(threads)?;
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
        let experiment = experiment(size, trials)?;
        let mut best = f64::INFINITY;
        for _ in 0..size.repeats {
            let start = Instant::now();
            let outcome = pool.install(|| experiment.run())?;
            best = best.min(start.elapsed().as_secs_f64());
            std::hint::black_box(outcome);
        }
        let products = experiment.cost().0;
        println!(
            "{threads} threads, {trials} trials: {best:.3} s, {:.1} GFLOP/s",
            2e-9 * products * f64::from(u32::try_from(trials)?) / best
        );
    }
    if one.is_some() {
        return Ok(());
    }
    let start = Instant::now();
    let mut generator = Stream::new(1).generator();
    let sum: f64 = (0..size.layers * size.width * size.width).map(|_| generator.normal()).sum();
    std::hint::black_box(sum);
    println!(
        "drawing {} normal numbers: {:.3} s",
        size.layers * size.width * size.width,
        start.elapsed().as_secs_f64()
    );
    Ok(())
}
