//! Experiments against closed forms, and against themselves on other numbers of threads.

use super::backward::Reduction;
use super::builder::Builder;
use super::data::{Entries, entries};
use super::exact::Number;
use super::experiment::{Adjoint, Experiment, ExperimentError, Outcome, Parameter, Source};
use super::generator::Stream;
use super::measure::{HistogramOf, Measure};
use super::program::Op;
use super::propagation::LogGrowth;
use super::scheme::{Fan, Gain, Scheme, Tails};
use super::statistics::{Moments, real};
use super::tail;
use sha2::{Digest, Sha256};

const KAIMING: Scheme =
    Scheme::KaimingNormal { fan: Fan::In, gain: Gain::Relu, tails: Tails::Full };
const XAVIER: Scheme = Scheme::XavierNormal { gain: Gain::Linear, tails: Tails::Full };

/// `h_l = relu(h_{l-1} W_l)`; the measures are of the last layer, the nodes 3, 6, … are the `h`.
fn stack(layers: usize, width: usize, examples: usize, scheme: Scheme) -> Experiment {
    let mut builder = Builder::default();
    let mut h = builder.leaf(Op::Input(0), 1, width);
    let mut parameters = Vec::new();
    for layer in 0..layers {
        let w = builder.leaf(Op::Parameter(layer), width, width);
        let z = builder.apply(Op::MatMul, &[h, w]);
        h = builder.apply(Op::Relu, &[z]);
        parameters.push(Parameter { name: format!("W_{layer}"), source: Source::Drawn(scheme) });
    }
    let stream = Stream::new(17);
    Experiment {
        program: builder.finish().unwrap(),
        parameters,
        inputs: vec![entries(Entries::Gaussian, width, examples, &stream.name("data"))],
        examples,
        adjoint: Adjoint::Each(Scheme::Normal { mean: Number::ZERO, std: Number::ONE }),
        reduction: Reduction::Mean,
        trials: 1,
        measures: vec![Measure::ActivationSquare(h)],
        histograms: Vec::new(),
        stream: stream.name("experiment"),
    }
}

/// `relu(x W + b)` for one `x` with `|x|² = n`, all biases equal, the adjoint ones.
fn layer(n: usize, m: usize, bias: f64, trials: u64) -> Experiment {
    let mut builder = Builder::default();
    let x = builder.leaf(Op::Input(0), 1, n);
    let w = builder.leaf(Op::Parameter(0), n, m);
    let b = builder.leaf(Op::Parameter(1), 1, m);
    let product = builder.apply(Op::MatMul, &[x, w]);
    let z = builder.apply(Op::Add, &[product, b]);
    let h = builder.apply(Op::Relu, &[z]);
    let parameter = |name: &str, source| Parameter { name: name.to_owned(), source };
    Experiment {
        program: builder.finish().unwrap(),
        parameters: vec![
            parameter("W", Source::Drawn(KAIMING)),
            parameter("b", Source::Given(vec![bias; m])),
        ],
        inputs: vec![vec![1.0; n]],
        examples: 1,
        adjoint: Adjoint::Ones,
        reduction: Reduction::Mean,
        trials,
        measures: vec![
            Measure::ActiveFraction(h),
            Measure::DeadUnits(h),
            Measure::GradientNorm(0),
            Measure::GradientNorm(1),
        ],
        histograms: vec![HistogramOf { node: h, bins: 8, range: None }],
        stream: Stream::new(23).name("layer").name("bias_sweep"),
    }
}

fn on(threads: usize, experiment: &Experiment) -> Outcome {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    pool.install(|| experiment.run()).unwrap()
}

#[test]
fn the_number_of_threads_changes_no_bit() {
    for trials in [1, 3] {
        // 300 examples are three blocks; 128 · 96 · 96 products are enough to be shared.
        let mut experiment = Experiment { trials, ..stack(2, 96, 300, KAIMING) };
        experiment.measures = vec![
            Measure::ActivationStd(6),
            Measure::ActivationMean(6),
            Measure::ActiveFraction(6),
            Measure::DeadUnits(3),
            Measure::GradientStd(3),
            Measure::GradientMean(5),
            Measure::GradientNorm(0),
            Measure::GradientNorm(1),
        ];
        experiment.histograms = vec![HistogramOf { node: 6, bins: 20, range: None }];
        let alone = on(1, &experiment);
        for threads in [2, 3] {
            let together = on(threads, &experiment);
            let bits = |outcome: &Outcome| {
                let all = outcome.summaries.iter().flat_map(|s| [s.figures, s.logarithms]);
                all.flat_map(|m| [m.mean().to_bits(), m.standard_error().to_bits()])
                    .collect::<Vec<u64>>()
            };
            assert_eq!(bits(&alone), bits(&together), "{trials} trials, {threads} threads");
            assert_eq!(alone.histograms, together.histograms);
        }
    }
}

#[test]
fn a_trial_is_the_same_alone_and_beside_another_parameter() {
    let experiment = Experiment { trials: 5, ..stack(2, 8, 4, KAIMING) };
    let mut figures = Moments::default();
    (0..5).for_each(|k| figures.push(experiment.trial(k).unwrap()[0]));
    assert_eq!(experiment.run().unwrap().summaries[0].figures, figures);
    // The first layer of a deeper stack has the same weights.
    let first = |layers| {
        let measures = vec![Measure::ActivationSquare(3)];
        Experiment { measures, ..stack(layers, 8, 4, KAIMING) }.trial(3).unwrap()
    };
    assert_eq!(first(1), first(4));
}

#[test]
fn active_fractions_follow_the_normal_distribution() {
    // z ~ N(b, 2): the worksheet's P(z > 0) = Φ(b/√2), whatever n.
    let (n, m, trials) = (32, 16, 400);
    for bias in [0.0, -1.0, -2.0, -4.0, 1.5] {
        let outcome = layer(n, m, bias, trials).run().unwrap();
        let p = tail::positive(bias, 2.0).value;
        let draws = 6400.0;
        let error = (p * (1.0 - p) / draws).sqrt();
        let [active, dead, grad_w, grad_b] = outcome.summaries.as_slice() else { panic!() };
        assert!((active.figures.mean() - p).abs() < 4.0 * error, "{bias}: {active:?}");
        assert!((dead.figures.mean() - (1.0 - p)).abs() < 4.0 * error, "{bias}");
        let (count, (low, high)) = active.interval.unwrap();
        assert!((count - draws).abs() < 1e-9 && low <= p && p <= high, "{bias}: {low} {high}");
        // One example and an adjoint of ones: |∇b|² = K active units, |∇W|² = n K, E K = m p.
        let squares = grad_b.figures.mean_square();
        assert!((squares - 16.0 * p).abs() < 4.0 * 16.0 * error, "{bias}: {squares}");
        let ratio = grad_w.figures.mean() / grad_b.figures.mean();
        assert!((ratio - 32.0_f64.sqrt()).abs() < 1e-12, "{bias}: {ratio}");
        let histogram = &outcome.histograms[0];
        let total = histogram.counts.iter().sum::<u64>() + histogram.below + histogram.above;
        assert_eq!(total, 6400);
    }
}

#[test]
fn a_hopeless_bias_kills_every_unit() {
    let outcome = layer(32, 16, -1e6, 50).run().unwrap();
    let means: Vec<f64> = outcome.summaries.iter().map(|s| s.figures.mean()).collect();
    assert_eq!(means, [0.0, 1.0, 0.0, 0.0]);
    assert!(outcome.summaries[2].logarithms.count() < 0.5);
    let (n, (low, high)) = outcome.summaries[0].interval.unwrap();
    // Wilson at 0 of n: the upper end is z²/(n + z²).
    assert!((n - 800.0).abs() < 1e-9 && low.abs() < 1e-15);
    assert!((high - 3.841_458_820_694_124 / 803.841_458_820_694_1).abs() < 1e-12, "{high}");
}

#[test]
fn kaiming_holds_over_fifty_layers_and_xavier_dies() {
    let (layers, width, trials) = (50, 24, 100);
    for (scheme, variance) in [(KAIMING, 2.0), (XAVIER, 1.0)] {
        let experiment = Experiment { trials, ..stack(layers, width, 1, scheme) };
        let start = Moments::of(&experiment.inputs[0]).mean_square();
        let logarithms = experiment.run().unwrap().summaries[0].logarithms;
        let theory = LogGrowth::relu(width, variance / real(width)).over(layers);
        let growth = logarithms.mean() - libm::log(start);
        let error = logarithms.standard_error();
        assert!((growth - theory.mean).abs() < 4.0 * error, "{growth} {} ± {error}", theory.mean);
        // The spread of a sample standard deviation is about its value over √(2n).
        let spread = logarithms.sample_std() / theory.variance.sqrt() - 1.0;
        assert!(spread.abs() < 4.0 / 200.0_f64.sqrt(), "{spread}");
        // In words: Kaiming keeps about e^-5, Xavier e^-40.
        assert!(if variance > 1.5 { growth > -6.0 } else { growth < -35.0 }, "{growth}");
    }
}

#[test]
fn adjoints_keep_their_scale_under_kaiming() {
    // E|δ_{l-1}|² = E|δ_l|² for v = 2/m and a start that is independent of the weights.
    let mut experiment = Experiment { trials: 1000, ..stack(3, 24, 1, KAIMING) };
    experiment.measures = vec![Measure::GradientSquare(0)];
    let figures = experiment.run().unwrap().summaries[0].figures;
    assert!((figures.mean() - 1.0).abs() < 4.0 * figures.standard_error(), "{figures:?}");
}

#[test]
fn a_deeper_layer_counts_trials_not_units() {
    let mut experiment = Experiment { trials: 6, ..stack(2, 8, 2, KAIMING) };
    experiment.measures = vec![Measure::ActiveFraction(3), Measure::ActiveFraction(6)];
    let draws = |experiment: &Experiment| -> Vec<f64> {
        let summaries = experiment.run().unwrap().summaries;
        summaries.iter().map(|summary| summary.interval.unwrap().0).collect()
    };
    assert_eq!(draws(&experiment), [48.0, 6.0]);
    experiment.parameters[0].source = Source::Drawn(Scheme::Orthogonal { gain: Gain::Relu });
    assert_eq!(draws(&experiment), [6.0, 6.0]);
}

#[test]
fn what_does_not_fit_is_named() {
    type Break = fn(&mut Experiment);
    let table: [(Break, ExperimentError); 5] = [
        (|e| e.trials = 0, ExperimentError::Nothing),
        (|e| e.inputs[0].truncate(3), ExperimentError::Input(0)),
        (|e| e.parameters.truncate(1), ExperimentError::Parameter(1)),
        (|e| e.parameters[1].source = Source::Given(vec![]), ExperimentError::Parameter(1)),
        (|e| e.measures.push(Measure::GradientNorm(9)), ExperimentError::Measure(1)),
    ];
    for (break_it, expected) in table {
        let mut experiment = stack(2, 4, 2, KAIMING);
        break_it(&mut experiment);
        assert_eq!(experiment.run().unwrap_err(), expected);
    }
}

/// Not a proof of any number: the digest is what the first platform printed, and fails wherever a
/// platform, a compiler option or an edit changes a bit of what a seed means.
#[test]
fn a_seed_means_the_same_bits_on_every_platform() {
    let mut builder = Builder::default();
    let x = builder.leaf(Op::Input(0), 1, 40);
    let schemes = [
        Scheme::Orthogonal { gain: Gain::Tanh },
        Scheme::Sparse { fraction: Number::ratio(1, 2), std: Number::ONE },
        Scheme::XavierNormal { gain: Gain::Tanh, tails: Tails::Truncated },
        Scheme::KaimingUniform { fan: Fan::Average, gain: Gain::Relu },
    ];
    let (mut h, mut parameters, mut measures) = (x, Vec::new(), Vec::new());
    for (layer, scheme) in schemes.into_iter().enumerate() {
        let w = builder.leaf(Op::Parameter(layer), 40, 40);
        h = builder.apply(Op::MatMul, &[h, w]);
        let op = [Op::Tanh, Op::Softplus, Op::Erf, Op::Sin][layer];
        h = builder.apply(op, &[h]);
        measures.extend([Measure::ActivationStd(h), Measure::GradientNorm(layer)]);
        parameters.push(Parameter { name: format!("W_{layer}"), source: Source::Drawn(scheme) });
    }
    let experiment = Experiment {
        program: builder.finish().unwrap(),
        parameters,
        inputs: vec![entries(Entries::Gaussian, 40, 50, &Stream::new(2))],
        examples: 50,
        trials: 3,
        measures,
        ..stack(1, 1, 1, KAIMING)
    };
    let mut digest = Sha256::new();
    for summary in experiment.run().unwrap().summaries {
        digest.update(summary.figures.mean().to_le_bytes());
        digest.update(summary.logarithms.standard_error().to_le_bytes());
    }
    let digest: [u8; 32] = digest.finalize().into();
    assert_eq!(digest[..8], [61, 151, 184, 41, 153, 66, 196, 55]);
}
