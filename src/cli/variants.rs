//! `gradsheet variants`: many papers from one scenario, with an answer key.

use std::path::{Path, PathBuf};

use clap::Args;
use rayon::prelude::*;

use gradsheet::engine::{self, Effort};
use gradsheet::scenario::{Exam, Scenario};
use gradsheet::variants::{Paper, PaperError, Press, Reason, Search, TooFew, Variant};

use super::progress::Counter;
use super::render::{For, To, audience, formats};
use super::staging::Staging;
use super::{Failure, engine_failure, render_failure, templates, text};

/// Papers that are made side by side before they are written in order.
const WINDOW: usize = 64;

/// Arguments of `variants`.
#[derive(Debug, Args)]
#[command(after_help = "Files, for a scenario exam.yaml:\n  \
    output/exam/variants/variant-001/…     the papers of variant 1, as `render` writes them\n  \
    output/exam/variants/key.csv           every answer of every variant, with its tolerance\n  \
    output/exam/variants/manifest.json     what each variant's variables stand for\n\n\
    The same seed gives the same papers, byte for byte. More variants leave the earlier ones\n\
    as they are, and `--only 7` makes variant 7 again alone.\n\n\
    On several machines, `--shard 2/4` makes every fourth variant from the second on; when all\n\
    shards are in one folder, `--merge` joins their keys and manifests.")]
pub(crate) struct Arguments {
    /// The scenario, with `variables`
    #[arg(value_name = "SCENARIO")]
    scenario: PathBuf,
    /// How many variants
    #[arg(long, value_name = "N", required_unless_present_any = ["only", "merge"])]
    count: Option<u64>,
    /// From which the variants are drawn [default: the scenario's own seed]
    #[arg(long, value_name = "S")]
    seed: Option<u64>,
    /// Makes this variant alone
    #[arg(long, value_name = "K", conflicts_with_all = ["shard", "merge"])]
    only: Option<u64>,
    /// Makes the share I of N of the variants
    #[arg(long, value_name = "I/N", value_parser = shard, conflicts_with = "merge")]
    shard: Option<Shard>,
    /// Joins the keys and manifests of all shards
    #[arg(long)]
    merge: bool,
    /// How many candidates are looked at, at most
    #[arg(long, value_name = "M", default_value_t = 1_000_000)]
    search_limit: u64,
    /// What to write
    #[arg(long, value_delimiter = ',', default_value = "md,html", value_name = "FORMATS")]
    to: Vec<To>,
    /// For whom
    #[arg(long, default_value = "both")]
    audience: For,
    /// Where to write: DIR/STEM/variants/…
    #[arg(short, long, default_value = "output", value_name = "DIR")]
    output: PathBuf,
    /// A folder whose templates replace built-in ones of the same name
    #[arg(long, value_name = "DIR")]
    templates: Option<PathBuf>,
}

/// One share of the variants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shard {
    index: u64,
    of: u64,
}

fn shard(text: &str) -> Result<Shard, String> {
    let parts = text
        .split_once('/')
        .and_then(|(index, of)| Some(Shard { index: index.parse().ok()?, of: of.parse().ok()? }));
    match parts {
        Some(shard) if (1..=shard.of).contains(&shard.index) => Ok(shard),
        _ => Err("a share is written as 2/4: the second of four".into()),
    }
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let folder = |stem: &str| arguments.output.join(stem).join("variants");
    let formats = formats(&arguments.to)?;
    let templates = templates(arguments.templates.as_deref())?;
    let path = &arguments.scenario;
    let source = text(path)?;
    let (exam, default) =
        Exam::read(path, &source).map_err(|problems| Failure::Input(problems.to_string()))?;
    if exam.variables.is_empty() {
        let path = path.display();
        return Err(Failure::Input(format!(
            "{path}: there are no `variables`, so all papers would be alike\n  \
             = help: name what varies, as in `variables: {{alpha: {{choose: [0.1, 0.2]}}}}`; \
             `gradsheet render` makes the one paper there is"
        )));
    }
    if arguments.merge {
        return super::shards::merge(&folder(&default.stem));
    }
    let count = arguments.only.or(arguments.count).unwrap_or(1).max(1);
    let seed = arguments.seed.unwrap_or(default.seed);
    let variants = found(arguments, &exam, &default, seed, count)?;
    let chosen: Vec<&Variant> = variants.iter().filter(|one| arguments.takes(one.number)).collect();
    let press = Press {
        exam: &exam,
        stem: &default.stem,
        templates: &templates,
        formats: &formats,
        audience: audience(arguments.audience),
    };
    let staging = Staging::new(&folder(&default.stem))?;
    let job = Job { press: &press, path, source: &source, seed, last: count };
    job.write(&chosen, &staging)?;
    match (arguments.only, arguments.shard) {
        (Some(number), _) => staging.place_one(&name(number, count)),
        (None, Some(Shard { index, of })) => staging.place_shard(index, of),
        (None, None) => staging.place_all(),
    }
}

impl Arguments {
    fn takes(&self, number: u64) -> bool {
        match (self.only, self.shard) {
            (Some(only), _) => number == only,
            (None, Some(Shard { index, of })) => (number - 1) % of == index - 1,
            (None, None) => true,
        }
    }
}

/// `variant-007`, with as many digits as the last one needs.
fn name(number: u64, _last: u64) -> String {
    format!("variant-{number:03}")
}

fn found(
    arguments: &Arguments,
    exam: &Exam,
    default: &Scenario,
    seed: u64,
    count: u64,
) -> Result<Vec<Variant>, Failure> {
    let path = &arguments.scenario;
    let effort = Effort { trials: 2, progress: &|_| {} };
    let trace =
        engine::execute_with(default, &effort).map_err(|error| engine_failure(path, &error))?;
    let search = Search::new(exam, default, &trace, seed, arguments.search_limit);
    for text in search.unmet_by_default() {
        eprintln!("note: the default paper itself does not meet `{text}`");
    }
    let counter = Counter::new("searching", "variants", count);
    let variants = search.find(count, &|progress| counter.show(progress.found));
    counter.finish();
    variants.map_err(|few| Failure::Work(format!("{}: {}", path.display(), told(&few))))
}

/// Papers on their way to their files.
struct Job<'a> {
    press: &'a Press<'a>,
    path: &'a Path,
    source: &'a str,
    seed: u64,
    last: u64,
}

impl Job<'_> {
    /// Makes all papers, some at a time, and writes them with their key and manifest in order.
    fn write(&self, variants: &[&Variant], staging: &Staging) -> Result<(), Failure> {
        let mut records = staging.records(self.press, self.seed)?;
        let counter = Counter::new("writing", "variants", length(variants.len()));
        for window in variants.chunks(WINDOW) {
            let papers: Vec<Result<Paper, Failure>> = window
                .par_iter()
                .map(|variant| {
                    let paper = self.press.paper(variant, None);
                    let paper = paper.map_err(|error| self.failure(variant, error))?;
                    staging.write(&name(variant.number, self.last), &paper.files)?;
                    Ok(Paper { files: Default::default(), ..paper })
                })
                .collect();
            for (variant, paper) in window.iter().zip(papers) {
                records.add(variant, &paper?.rows)?;
            }
            counter.advance(length(window.len()));
        }
        counter.finish();
        records.finish()
    }

    fn failure(&self, variant: &Variant, error: PaperError) -> Failure {
        let head = format!("variant {}", variant.number);
        match error {
            PaperError::Scenario(problems) => Failure::Input(format!("{head}: {problems}")),
            PaperError::Render(error) => match render_failure(self.path, self.source, error) {
                Failure::Input(message) => Failure::Input(format!("{head}: {message}")),
                Failure::Work(message) => Failure::Work(format!("{head}: {message}")),
            },
            other => Failure::Work(format!("{}: {head}: {other}", self.path.display())),
        }
    }
}

fn length(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

/// Why there are too few variants, in words.
fn told(few: &TooFew) -> String {
    let TooFew { wanted, found, examined, space, .. } = few;
    let mut text = match few.complete {
        true => {
            let exist = match found {
                0 => "no variant exists".to_owned(),
                1 => "only 1 variant exists".to_owned(),
                _ => format!("only {found} variants exist"),
            };
            format!("{exist}, but {wanted} are wanted; all {space} candidates were looked at")
        }
        false => format!(
            "found {found} of {wanted} variants in {examined} of {space} candidates; there may \
             be more (`--search-limit` looks at more)"
        ),
    };
    for (requirement, count) in &few.rejected {
        text.push_str(&format!("\n  `{requirement}` rejects {count}"));
    }
    for (reason, count) in &few.reasons {
        let reason = match reason {
            Reason::Underivable => "a derived variable is undefined in",
            Reason::Invalid => "the scenario does not allow the values of",
            Reason::Undecided => "a sign or a digit is undecided in",
            Reason::Undefined => "an answer is undefined in",
            Reason::Unfair => "`fair` rejects",
            Reason::Mistake => "a mistake gives a right answer in",
        };
        text.push_str(&format!("\n  {reason} {count}"));
    }
    if few.alike > 0 {
        text.push_str(&format!("\n  all answers are those of another candidate in {}", few.alike));
    }
    if let Some((first, second)) = &few.exclusive {
        text.push_str(&format!("\n  `{first}` and `{second}` exclude one another"));
    }
    text
}
