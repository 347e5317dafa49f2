//! One group for each stage of the pipeline, and the whole of it in memory.
//!
//! ```text
//! cargo bench                 everything
//! cargo bench -- iteration    one group
//! ```

#![allow(missing_docs, reason = "criterion's macros make public functions")]
#![allow(clippy::unwrap_used, reason = "a benchmark of a broken scenario should stop at once")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group, criterion_main};

use gradsheet::engine::{Surface, Values, execute};
use gradsheet::figure::{
    Axis, Contours, Field, Form, Layer, Plot, Scale, Series, Theme, draw, range_with_margin,
};
use gradsheet::number::{Real, trace_decimal};
use gradsheet::publish::{Data, Display, Page, Words, body, page, to_mathml};
use gradsheet::scenario::{Exam, Scenario, read};
use gradsheet::sheet::{Hidden, Paper, Sheet, Solved, Templates, build};
use gradsheet::trace::{Iteration, json};
use gradsheet::variants::{Press, Search};
use gradsheet::{Audience, Format, render};

/// As the program has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const WORKSHEET: &str = include_str!("../scenarios/optimization-initialization.yaml");
const EXAM: &str = include_str!("../scenarios/exam-optimizers.yaml");
const SMALLEST: &str = include_str!("../scenarios/one-neuron.yaml");

fn scenario(text: &str) -> Scenario {
    read(Path::new("benchmark.yaml"), text).unwrap()
}

/// The worksheet's neuron under one optimizer, for so many iterations over all its data.
///
/// The bias starts at 1, so that the unit stays active and every iteration has work to do.
fn training(optimizer: &str, iterations: usize) -> Scenario {
    let mut text = String::from("title: A neuron in training\nsetups:\n  neuron:\n");
    for line in [
        "model: |",
        "  z = w*x + b",
        "  y_hat = relu(z)",
        "  loss = 1/2 * (y_hat - y)^2",
        "init: {w: 1, b: 1}",
        "data: [{x: 3, y: 1}, {x: 1, y: 2}]",
    ] {
        writeln!(text, "    {line}").unwrap();
    }
    writeln!(text, "    iterations: {iterations}").unwrap();
    writeln!(text, "    optimizers:\n      run: {{{optimizer}}}").unwrap();
    scenario(&text)
}

/// The worksheet's neuron under one optimizer, for so many steps, each on one of its two examples in
/// turn. Under SGD the unit is active in every one of them.
fn steps(optimizer: &str, count: usize) -> Scenario {
    let batches = ["[1]", "[2]"].iter().cycle().take(count).copied().collect::<Vec<_>>().join(", ");
    scenario(&format!(
        "title: A neuron, step by step
setups:
  neuron:
    model: |
      z = w*x + b
      y_hat = relu(z)
      loss = 1/2 * (y_hat - y)^2
    init: {{w: 1, b: -1}}
    data: [{{x: 3, y: 0}}, {{x: -3, y: 0}}]
    batches: [{batches}]
    optimizers:
      run: {{{optimizer}}}
"
    ))
}

/// The parameters at the end of the only run, with 40 digits each.
fn last_digits(scenario: &Scenario) -> Vec<String> {
    let trace = execute(scenario).unwrap();
    let (_, setup) = trace.setups.iter().next().unwrap();
    let (_, run) = setup.runs.iter().next().unwrap();
    let last = run.iterations.last().unwrap();
    let digits = |value: &Real| trace_decimal(value).unwrap();
    last.parameters.iter().map(|(_, value)| digits(value.real().unwrap())).collect()
}

fn worksheet() -> (Scenario, Templates, Sheet) {
    let scenario = scenario(WORKSHEET);
    let templates = Templates::built_in().unwrap();
    let trace = execute(&scenario).unwrap();
    let sheet =
        build(Solved::new(&scenario, &trace), &templates, Paper::Solutions, Hidden::Checked)
            .unwrap();
    (scenario, templates, sheet)
}

/// Pages without the tables below their figures, and without images.
static NO_DATA: BTreeMap<String, Data> = BTreeMap::new();
static NO_PICTURES: BTreeMap<String, String> = BTreeMap::new();

fn page_of<'a>(sheet: &'a Sheet, words: &'a Words<'a>) -> Page<'a> {
    Page {
        title: &sheet.title,
        language: &sheet.language,
        description: &sheet.description,
        markdown: &sheet.markdown,
        figures: &sheet.figures,
        data: &NO_DATA,
        places: &sheet.places,
        pictures: &NO_PICTURES,
        folded: None,
        words,
    }
}

fn reading(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("read");
    group.bench_function("one-neuron", |bench| bench.iter(|| scenario(black_box(SMALLEST))));
    group.bench_function("worksheet", |bench| bench.iter(|| scenario(black_box(WORKSHEET))));
    group.finish();
}

/// Exact steps, several in a row, as a training loop is timed: the time is that of one of them.
fn in_a_row(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("step");
    let adam = "kind: adam, learning_rate: 0.5, beta1: 0.5, beta2: 0.5, bias_correction: false";
    for (name, optimizer, count) in [
        ("sgd, of 20", "kind: sgd, learning_rate: 0.5", 20),
        ("sgd, of 2", "kind: sgd, learning_rate: 0.5", 2),
        ("momentum, of 2", "kind: momentum, learning_rate: 0.5, beta: 0.5", 2),
        ("adam, of 2", adam, 2),
    ] {
        let scenario = steps(optimizer, count);
        let count = u32::try_from(count).unwrap();
        group.bench_function(name, |bench| {
            bench.iter_custom(|rounds| {
                let start = Instant::now();
                for _ in 0..rounds {
                    black_box(execute(black_box(&scenario)).unwrap());
                }
                start.elapsed() / count
            });
        });
    }
    group.finish();
}

/// Exact iterations: the engine alone, nothing is rounded.
fn iterations(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("iteration");
    let adam = "kind: adam, learning_rate: 0.5, beta1: 0.5, beta2: 0.5, bias_correction: false";
    for (name, optimizer, count) in [
        ("sgd", "kind: sgd, learning_rate: 0.5".to_owned(), 1),
        ("momentum", "kind: momentum, learning_rate: 0.5, beta: 0.5".to_owned(), 1),
        ("adam without epsilon", format!("{adam}, epsilon: 0"), 1),
        ("adam", adam.to_owned(), 1),
        ("adam, three nested", adam.to_owned(), 3),
    ] {
        let scenario = training(&optimizer, count);
        group.bench_function(name, |bench| bench.iter(|| execute(black_box(&scenario)).unwrap()));
    }
    group.finish();
}

/// Iterations with the digits of the result: what is not rational is enclosed in balls.
fn digits(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("40 digits after");
    group.sample_size(10);
    for (kind, count) in [("sgd", 100), ("adam", 3), ("adam", 100), ("adam", 1000)] {
        let scenario = training(&format!("kind: {kind}, learning_rate: 0.01"), count);
        group.bench_function(format!("{count} of {kind}"), |bench| {
            bench.iter(|| last_digits(black_box(&scenario)));
        });
    }
    group.finish();
    let scenario = scenario(WORKSHEET);
    let trace = execute(&scenario).unwrap();
    criterion.bench_function("trace/worksheet", |bench| {
        bench.iter(|| json::trace(black_box(&trace)).unwrap().to_string());
    });
}

fn sheets(criterion: &mut Criterion) {
    let (scenario, templates, sheet) = worksheet();
    let trace = execute(&scenario).unwrap();
    let solved = Solved::new(&scenario, &trace);
    let mut group = criterion.benchmark_group("sheet");
    group.bench_function("templates and words", |bench| {
        bench.iter(|| {
            // Each is read when it is first asked for.
            let templates = Templates::built_in().unwrap();
            black_box((templates.tera(), templates.words("en")));
        });
    });
    for paper in [Paper::Handout, Paper::Solutions] {
        group.bench_function(format!("{} in Markdown", paper.name()), |bench| {
            bench.iter(|| build(black_box(solved), &templates, paper, Hidden::Checked).unwrap());
        });
    }
    let words = Words::default();
    group.bench_function("solutions, page", |bench| {
        bench.iter(|| page(&page_of(black_box(&sheet), &words), templates.tera()).unwrap());
    });
    group.bench_function("solutions, page without frame", |bench| {
        bench.iter(|| body(&page_of(black_box(&sheet), &words)).unwrap());
    });
    group.finish();
}

/// The trajectory of the worksheet's three optimizers, as the sheet draws it.
fn plots(criterion: &mut Criterion) {
    let scenario = scenario(WORKSHEET);
    let setup = &scenario.setups[0];
    let trace = execute(&scenario).unwrap();
    let runs = &trace.setups.get(&setup.name).unwrap().runs;
    let float = |record: &Iteration, name: &str| {
        let value = record.parameters.get(name).unwrap();
        value.real().map_or(f64::NAN, Real::to_f64)
    };
    let path = |name: &str| -> Vec<(f64, f64)> {
        let records = &runs.get(name).unwrap().iterations;
        records.iter().map(|record| (float(record, "w"), float(record, "b"))).collect()
    };
    let paths: Vec<_> = ["sgd", "momentum", "adam"].map(|name| (name, path(name))).into();
    let all = || paths.iter().flat_map(|(_, points)| points);
    let x = range_with_margin(all().map(|point| point.0));
    let y = range_with_margin(all().map(|point| point.1));
    let surface = Surface::new(setup);
    let sample = || {
        Field::by_rows(x, y, (64, 48), |along, b| {
            let point = |name: &str| match name {
                "w" => Values::Each(along.to_vec()),
                _ => Values::All(b),
            };
            surface.losses(along.len(), &point)
        })
    };
    let mut layers = vec![Layer::Contours(Contours::of(sample()))];
    layers.extend(paths.iter().map(|(name, points)| {
        let form = Form::Path { prefix: "t = ".into() };
        Layer::Line(Series { label: (*name).into(), points: points.clone(), form })
    }));
    let plot = Plot {
        title: "Paths over the loss".into(),
        description: String::new(),
        x: Axis::new("w", Scale::Linear),
        y: Axis::new("b", Scale::Linear),
        mark: '.',
        layers,
    };
    let mut group = criterion.benchmark_group("figure");
    group.bench_function("trajectory, its contours sampled", |bench| {
        bench.iter(|| Contours::of(sample()));
    });
    group.bench_function("trajectory, drawn", |bench| {
        bench.iter(|| draw(black_box(&plot), "trajectory", Theme::Adaptive));
    });
    group.finish();
}

/// One cell of each kind that draws, as Markdown with its figure; numbers are worked out before.
fn figures(criterion: &mut Criterion) {
    let templates = Templates::built_in().unwrap();
    let mut group = criterion.benchmark_group("cell");
    for cell in [
        "plot: loss\n    of: [neuron.run]",
        "plot: parameters\n    of: [neuron.run]",
        "plot: trajectory\n    of: [neuron.run]",
        "plot: activation\n    of: [relu, sigmoid]",
        "plot: sweep\n    of: layer.start",
        "plot: histogram\n    of: layer.start\n    node: z",
        "graph: neuron",
        "derivation: gradients\n    of: neuron",
        "derivation: adjoints\n    of: neuron",
        "narration: neuron.run",
    ] {
        let text = format!("{DRAWN}cells:\n  - {cell}\n");
        let scenario = scenario(&text);
        let trace = execute(&scenario).unwrap();
        let solved = Solved::new(&scenario, &trace);
        group.bench_function(cell.split('\n').next().unwrap(), |bench| {
            bench.iter(|| {
                let paper = Paper::Solutions;
                build(black_box(solved), &templates, paper, Hidden::Skipped).unwrap()
            });
        });
    }
    group.finish();
}

/// What the cells above draw.
const DRAWN: &str = "title: Drawn
seed: 1
setups:
  neuron:
    model: |
      z = w*x + b
      y_hat = relu(z)
      loss = 1/2 * (y_hat - y)^2
    init: {w: 1, b: 1}
    data: [{x: 3, y: 1}, {x: 1, y: 2}]
    iterations: 5
    optimizers:
      run: {kind: momentum, learning_rate: 0.05, beta: 0.5}
  layer:
    shapes: {x: [1, 16], W: [16, 16]}
    model: |
      z = x @ W
      h = relu(z)
    init: {W: kaiming_normal}
    data: {kind: gaussian, count: 8}
    experiments:
      start:
        vary: {W: [kaiming_normal, xavier_normal]}
        trials: 20
        measure: [activation_std]
";

fn formulas(criterion: &mut Criterion) {
    let (_, _, sheet) = worksheet();
    let blocks: Vec<&str> = sheet.markdown.split("$$").skip(1).step_by(2).collect();
    // Inside a quotation every line begins with its mark; a number stands beside its formula.
    let bare = |block: &&str| block.split("\\tag").next().unwrap().replace("\n>", "\n");
    let blocks: Vec<String> = blocks.iter().map(bare).collect();
    let mut group = criterion.benchmark_group("formula");
    group.bench_function(format!("the worksheet's {} displays", blocks.len()), |bench| {
        bench.iter(|| {
            let one = |tex: &String| to_mathml(tex, Display::Block).unwrap().len();
            black_box(&blocks).iter().map(one).sum::<usize>()
        });
    });
    group.bench_function("one step", |bench| {
        let tex = r"w_{1} = w_{0} - \alpha \nabla_{w} L = 1 - 0.5 \cdot 6 = -2";
        bench.iter(|| to_mathml(black_box(tex), Display::Inline).unwrap());
    });
    group.finish();
}

/// Everything that the command does but for the files.
fn whole(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("render");
    let formats = [Format::Markdown, Format::Html];
    for (name, text) in [("one-neuron", SMALLEST), ("worksheet", WORKSHEET)] {
        group.bench_function(name, |bench| {
            bench.iter(|| {
                let templates = Templates::built_in().unwrap();
                render(&scenario(text), &templates, &formats, Audience::Both).unwrap()
            });
        });
    }
    group.finish();
}

/// A variant of the exam, from the values of its variables to written files: two pages, one plot, the
/// rows of the key. No two are alike, as long as there are enough.
fn variants(criterion: &mut Criterion) {
    let (exam, default) = Exam::read(Path::new("exam.yaml"), EXAM).unwrap();
    let trace = execute(&default).unwrap();
    let search = Search::new(&exam, &default, &trace, 1, 1_000_000);
    let found = search.find(600, &|_| {}).unwrap();
    let templates = Templates::built_in().unwrap();
    let formats = [Format::Html];
    let audience = Audience::Both;
    let press =
        Press { exam: &exam, stem: "exam", templates: &templates, formats: &formats, audience };
    let desk = tempfile::tempdir().unwrap();
    let mut next = found.iter().cycle();
    let mut group = criterion.benchmark_group("variant");
    group.sample_size(20).warm_up_time(Duration::from_millis(500));
    group.bench_function("from values to files", |bench| {
        bench.iter(|| {
            let variant = next.next().unwrap();
            let paper = press.paper(variant, None, None).unwrap();
            for (name, bytes) in &paper.files {
                std::fs::write(desk.path().join(format!("{}-{name}", variant.number)), bytes)
                    .unwrap();
            }
            paper.rows.len()
        });
    });
    group.finish();
}

/// The worksheet's solutions on paper.
#[cfg(feature = "pdf")]
fn papers(criterion: &mut Criterion) {
    let scenario = scenario(WORKSHEET);
    let templates = Templates::built_in().unwrap();
    let mut group = criterion.benchmark_group("pdf");
    group.sample_size(10);
    group.bench_function("worksheet, both papers", |bench| {
        bench.iter(|| render(&scenario, &templates, &[Format::Pdf], Audience::Both).unwrap());
    });
    group.finish();
}

#[cfg(not(feature = "pdf"))]
fn papers(_: &mut Criterion) {}

criterion_group!(
    stages, reading, in_a_row, iterations, digits, sheets, plots, figures, formulas, whole,
    variants, papers
);
criterion_main!(stages);
