//! The floor under variants: what the same outputs cost the libraries alone that they are made with.
//!
//! ```text
//! cargo bench --bench floor           200 variants of the exam in `scenarios`, five times
//! cargo bench --bench floor -- 1000   so many
//! ```
//!
//! The whole way is the program as a process of its own, from the scenario to the written pages, on
//! one thread. The floor is pulldown-cmark on the finished Markdown, pulldown-latex on its
//! formulas, plotters on the lines of its figures, and writing the pages; each once for every
//! variant, and none of them alike, so that nothing is answered from memory. What the program makes
//! beside the pages (the key, the report, the search for variants) has no floor.
#![expect(clippy::print_stdout, reason = "a benchmark reports to a person")]

use std::error::Error;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use plotters::prelude::*;
use pulldown_cmark::{Event, Options, Parser, html};
use pulldown_latex::config::DisplayMode;
use pulldown_latex::{Parser as Formula, RenderConfig, Storage, push_mathml};

type Failure = Box<dyn Error>;

/// As the program has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const EXAM: &str = "scenarios/exam-optimizers.yaml";
const ROUNDS: usize = 5;

fn main() -> Result<(), Failure> {
    let asked = std::env::args().filter_map(|text| text.parse().ok()).next();
    let measured = std::env::args().any(|text| text == "--bench");
    let (count, rounds) = if measured { (asked.unwrap_or(200), ROUNDS) } else { (2, 1) };
    let desk = tempfile::tempdir()?;
    variants(count, "md,html", &desk.path().join("all"))?;
    let papers = papers(&desk.path().join("all"))?;

    let mut times = vec![Vec::new(); 5];
    for round in 0..rounds {
        let pages = desk.path().join(format!("pages-{round}"));
        let start = Instant::now();
        variants(count, "html", &pages)?;
        times[0].push(start.elapsed().as_secs_f64());
        times[1].push(timed(&papers, |paper| length(&markdown(&paper.markdown)))?);
        times[2].push(timed(&papers, |paper| formulas(&paper.formulas))?);
        times[3].push(timed(&papers, |paper| plots(&paper.figures))?);
        let place = desk.path().join(format!("floor-{round}"));
        let mut number = 0;
        times[4].push(timed(&papers, |paper| {
            number += 1;
            written(&place.join(number.to_string()), &paper.pages)
        })?);
    }
    let each = |times: &mut Vec<f64>| -> f64 {
        times.sort_by(f64::total_cmp);
        1e3 * times[times.len() / 2] / f64::from(count)
    };
    let times: Vec<f64> = times.iter_mut().map(each).collect();
    let floor: f64 = times[1..].iter().sum();
    println!("milliseconds a variant, one thread, medians of {rounds} rounds of {count}:");
    let names = ["the whole way", "Markdown", "formulas", "plots", "writing"];
    for (name, time) in names.iter().zip(&times) {
        println!("  {name:<15}{time:>7.3}");
    }
    println!(
        "  {:<15}{floor:>7.3}   the whole way is {:.1} times that",
        "the floor",
        times[0] / floor
    );
    Ok(())
}

/// Makes variants on one thread.
fn variants(count: u32, to: &str, output: &Path) -> Result<(), Failure> {
    let exam = Path::new(env!("CARGO_MANIFEST_DIR")).join(EXAM);
    let status = Command::new(env!("CARGO_BIN_EXE_gradsheet"))
        .args(["variants", "--count", &count.to_string(), "--to", to, "--output"])
        .args([output, &exam])
        .env("RAYON_NUM_THREADS", "1")
        .stderr(Stdio::null())
        .status()?;
    if status.success() { Ok(()) } else { Err(format!("{status} for {count} variants").into()) }
}

/// What is written of a variant.
struct Paper {
    markdown: Vec<String>,
    formulas: Vec<(String, DisplayMode)>,
    figures: Vec<Vec<Vec<(f64, f64)>>>,
    pages: Vec<(String, String)>,
}

fn papers(output: &Path) -> Result<Vec<Paper>, Failure> {
    let mut folders = Vec::new();
    for exam in folder(output)? {
        let inside = folder(&exam.join("variants"))?;
        let is_variant = |name: &OsStr| name.to_string_lossy().starts_with("variant-");
        folders.extend(inside.into_iter().filter(|path| path.file_name().is_some_and(is_variant)));
    }
    folders.iter().map(|path| paper(path)).collect()
}

fn paper(variant: &Path) -> Result<Paper, Failure> {
    let (markdown, formulas, figures, pages) = Default::default();
    let mut paper = Paper { markdown, formulas, figures, pages };
    for path in folder(variant)? {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("md") => {
                let text = std::fs::read_to_string(&path)?;
                paper.formulas.extend(Parser::new_ext(&text, options()).filter_map(formula));
                paper.markdown.push(text);
            }
            Some("html") => {
                paper.pages.push((name.unwrap_or_default(), std::fs::read_to_string(&path)?));
            }
            _ => {}
        }
    }
    for path in folder(&variant.join("figures"))? {
        if path.extension().is_some_and(|extension| extension == "svg") {
            paper.figures.push(lines(&std::fs::read_to_string(&path)?));
        }
    }
    Ok(paper)
}

fn formula(event: Event<'_>) -> Option<(String, DisplayMode)> {
    match event {
        Event::InlineMath(tex) => Some((tex.into_string(), DisplayMode::Inline)),
        Event::DisplayMath(tex) => Some((tex.into_string(), DisplayMode::Block)),
        _ => None,
    }
}

fn folder(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut list = Vec::new();
    for entry in std::fs::read_dir(path)? {
        list.push(entry?.path());
    }
    list.sort();
    Ok(list)
}

/// Seconds for all papers, one after the other.
fn timed(
    papers: &[Paper],
    mut work: impl FnMut(&Paper) -> Result<usize, Failure>,
) -> Result<f64, Failure> {
    let start = Instant::now();
    for paper in papers {
        std::hint::black_box(work(paper)?);
    }
    Ok(start.elapsed().as_secs_f64())
}

fn options() -> Options {
    Options::ENABLE_MATH | Options::ENABLE_TABLES | Options::ENABLE_GFM
}

fn markdown(texts: &[String]) -> Vec<String> {
    let page = |text: &String| {
        let mut page = String::new();
        html::push_html(&mut page, Parser::new_ext(text, options()));
        page
    };
    texts.iter().map(page).collect()
}

fn length(texts: &[String]) -> Result<usize, Failure> {
    Ok(texts.iter().map(String::len).sum())
}

fn formulas(formulas: &[(String, DisplayMode)]) -> Result<usize, Failure> {
    let mut length = 0;
    for (tex, display_mode) in formulas {
        let (storage, mut out) = (Storage::new(), String::new());
        let config = RenderConfig { display_mode: *display_mode, ..RenderConfig::default() };
        push_mathml(&mut out, Formula::new(tex, &storage), config)?;
        length += out.len();
    }
    Ok(length)
}

/// The lines that a drawing consists of, in its own coordinates.
fn lines(svg: &str) -> Vec<Vec<(f64, f64)>> {
    let mut lines = Vec::new();
    for path in svg.split(" d=\"").skip(1) {
        let path = path.split('"').next().unwrap_or_default();
        for line in path.split('M').skip(1) {
            let (mut place, mut points) = ((0.0, 0.0), Vec::new());
            for (index, pair) in numbers(line).chunks_exact(2).enumerate() {
                let (x, y) = if index == 0 { (0.0, 0.0) } else { place };
                place = (x + pair[0], y + pair[1]);
                points.push(place);
            }
            lines.push(points);
        }
    }
    lines
}

/// Numbers of which a sign may begin the next.
fn numbers(path: &str) -> Vec<f64> {
    let spaced = path.replace('-', " -").replace('l', " ");
    spaced.split_whitespace().filter_map(|number| number.parse().ok()).collect()
}

fn plots(figures: &[Vec<Vec<(f64, f64)>>]) -> Result<usize, Failure> {
    let mut length = 0;
    for figure in figures {
        let mut svg = String::new();
        {
            let root = SVGBackend::with_string(&mut svg, (600, 417)).into_drawing_area();
            let mut chart = ChartBuilder::on(&root)
                .x_label_area_size(40)
                .y_label_area_size(40)
                .build_cartesian_2d(0.0..6000.0, 4170.0..0.0)?;
            chart.configure_mesh().x_desc("w").y_desc("b").draw()?;
            for line in figure {
                chart.draw_series(LineSeries::new(line.iter().copied(), BLACK))?;
            }
            root.present()?;
        }
        length += svg.len();
    }
    Ok(length)
}

fn written(place: &Path, pages: &[(String, String)]) -> Result<usize, Failure> {
    std::fs::create_dir_all(place)?;
    let mut length = 0;
    for (name, page) in pages {
        std::fs::write(place.join(name), page)?;
        length += page.len();
    }
    Ok(length)
}
