//! `gradsheet variants`: many papers from one scenario, with an answer key.

use std::path::{Path, PathBuf};

use clap::Args;
use rayon::prelude::*;

use gradsheet::Files;
use gradsheet::engine::{self, Effort};
use gradsheet::scenario::{Exam, Problems, Scenario};
use gradsheet::sheet::Templates;
use gradsheet::variants::manifest::Entry;
use gradsheet::variants::{
    About, Fingerprint, Found, KeyPage, Paper, PaperError, Press, Report, Search, Student, Variant,
    Worked, asked, manifest, roster,
};

use super::found;
use super::guard;
#[cfg(feature = "pdf")]
use super::joined::Joining;
use super::progress::Counter;
use super::records::{Records, Whole};
use super::render::{Dialect, For, To, audience, formats};
use super::staging::Staging;
use super::{Failure, engine_failure, render_failure, templates, text};

/// Papers that are made side by side before they are written in order.
const WINDOW: usize = 64;

/// Arguments of `variants`.
#[derive(Debug, Args)]
#[command(after_help = "Files, for a scenario exam.yaml:\n  \
    output/exam/variants/variant-001/…     the papers of variant 1, as `render` writes them\n  \
    output/exam/variants/key.csv           every answer of every variant, with its tolerance\n  \
    output/exam/variants/key.html          the same as one page for the markers\n  \
    output/exam/variants/manifest.json     what each variant's variables stand for\n  \
    output/exam/variants/report.html, .md  how equally hard they are; answers that many share\n\n\
    `--to pdf --join` makes handouts.pdf and solutions.pdf of all papers, each paper with an even\n\
    number of pages, so that a copier prints on both sides; without `--join` each is a file.\n\n\
    The same seed gives the same papers, byte for byte. More variants leave the earlier ones\n\
    as they are, and `--only 7` makes variant 7 again alone.\n\n\
    An exam from beginning to end:\n  \
    gradsheet variants exam.yaml --count 30           thirty papers; or, for a class,\n  \
    gradsheet variants exam.yaml --students class.csv a paper for every row `id,name`\n  \
    gradsheet variants exam.yaml --identify 7KQ2-M9XD whose paper is this?\n  \
    gradsheet variants exam.yaml --reissue output/exam/variants/manifest.json\n                    \
                                  the same papers after a correction, and what changed\n  \
    gradsheet variants exam.yaml --regrade variant-7 1a=0.3\n                    \
                                  what follows from a student's own value\n\n\
    A student's paper is drawn from the seed and the id: it stays the same in whatever order\n\
    the rows stand and whoever else is listed, unless two students draw the same paper; then\n\
    the id that sorts later draws again. The manifest has ids, no names.\n\n\
    On several machines, `--shard 2/4` makes every fourth variant from the second on; when all\n\
    shards are in one folder, `--merge` makes of them what one run would have made.")]
pub(crate) struct Arguments {
    /// The scenario, with `variables`
    #[arg(value_name = "SCENARIO")]
    pub(crate) scenario: PathBuf,
    /// How many variants
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    #[arg(required_unless_present_any =
        ["only", "merge", "students", "identify", "reissue", "regrade"])]
    pub(crate) count: Option<u64>,
    /// From which the variants are drawn [default: the scenario's own seed]
    #[arg(long, value_name = "S")]
    pub(crate) seed: Option<u64>,
    /// Makes a paper for each row of a CSV file with the columns `id,name`
    #[arg(long, value_name = "ROSTER", conflicts_with = "count")]
    pub(crate) students: Option<PathBuf>,
    /// Makes this variant alone
    #[arg(long, value_name = "K", conflicts_with_all = ["shard", "merge"])]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub(crate) only: Option<u64>,
    /// Makes the share I of N of the variants
    #[arg(long, value_name = "I/N", value_parser = shard, conflicts_with = "merge")]
    pub(crate) shard: Option<Shard>,
    /// Joins what all shards have made
    #[arg(long)]
    pub(crate) merge: bool,
    /// Finds the variant whose papers carry this code
    #[arg(long, value_name = "CODE", conflicts_with_all = ["merge", "only", "shard"])]
    pub(crate) identify: Option<String>,
    /// Makes the papers of a manifest again, and lists what changed
    #[arg(long, value_name = "MANIFEST")]
    #[arg(conflicts_with_all = ["merge", "only", "shard", "identify", "count", "seed"])]
    pub(crate) reissue: Option<PathBuf>,
    /// Works out what follows from a student's own values: a variant and PART=VALUE or
    /// PATH=VALUE, or a CSV file with the columns `variant,part,value`
    #[arg(long, value_name = "VARIANT PART=VALUE", num_args = 1..)]
    #[arg(conflicts_with_all = ["merge", "only", "shard", "identify", "reissue"])]
    pub(crate) regrade: Vec<String>,
    /// The manifest to look into for `--identify` and `--regrade` [default: that of the output
    /// folder; with `--count` or `--students`, the variants are searched for instead]
    #[arg(long, value_name = "FILE", conflicts_with_all = ["count", "students", "reissue"])]
    pub(crate) manifest: Option<PathBuf>,
    /// How many candidates are looked at, at most [default: the limit `candidates`, 1000000]
    #[arg(long, value_name = "M")]
    pub(crate) search_limit: Option<u64>,
    /// What to write
    #[arg(long, value_delimiter = ',', default_value = "md,html", value_name = "FORMATS")]
    to: Vec<To>,
    /// The site generator that the Markdown is for, as for `render` [default: github]
    #[arg(long, value_name = "FLAVOR")]
    flavor: Option<Dialect>,
    /// Joins the PDFs of all variants to one for a copier, each paper on sheets of its own
    #[arg(long, conflicts_with_all = ["only", "merge", "identify", "regrade"])]
    join: bool,
    /// For whom
    #[arg(long, default_value = "both")]
    audience: For,
    /// Where to write: DIR/STEM/variants/…
    #[arg(short, long, default_value = "output", value_name = "DIR")]
    pub(crate) output: PathBuf,
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
    formats(&arguments.to, arguments.flavor)?;
    if arguments.join && !arguments.to.contains(&To::Pdf) {
        return Err(Failure::Input(
            "`--join` joins PDFs, but `--to` does not ask for `pdf`; add it, as in `--to pdf`"
                .into(),
        ));
    }
    let case = Case::read(arguments)?;
    if let Some(code) = &arguments.identify {
        return super::identify::run(&case, code);
    }
    if !arguments.regrade.is_empty() {
        return super::regrade::run(&case, &arguments.regrade);
    }
    if let Some(manifest) = &arguments.reissue {
        return super::reissue::run(&case, manifest);
    }
    if arguments.merge {
        return super::shards::merge(&case);
    }
    let staging = Staging::new(&case.folder())?;
    match arguments.students {
        Some(_) => case.papers_of_students(&staging)?,
        None => case.papers(&staging)?,
    }
    match (arguments.only, arguments.shard) {
        (Some(number), _) => staging.place_one(&name(number)),
        (None, Some(Shard { index, of })) => staging.place_shard(index, of),
        (None, None) => staging.place_all(),
    }
}

impl Arguments {
    /// Whether all variants are made.
    fn is_whole(&self) -> bool {
        self.only.is_none() && self.shard.is_none()
    }

    fn takes(&self, number: u64) -> bool {
        match (self.only, self.shard) {
            (Some(only), _) => number == only,
            (None, Some(Shard { index, of })) => (number - 1) % of == index - 1,
            (None, None) => true,
        }
    }
}

/// `variant-007`.
pub(crate) fn name(number: u64) -> String {
    format!("variant-{number:03}")
}

/// An exam with what the command line says about it.
pub(crate) struct Case<'a> {
    pub(crate) arguments: &'a Arguments,
    pub(crate) source: String,
    pub(crate) exam: Exam,
    pub(crate) default: Scenario,
    pub(crate) templates: Templates,
    pub(crate) about: About,
}

/// A variant, and the student that it is for.
pub(crate) struct Job {
    pub(crate) variant: Variant,
    /// What the search worked out of it.
    pub(crate) worked: Option<Worked>,
    pub(crate) student: Option<Student>,
}

impl Job {
    /// What the manifest says of it.
    pub(crate) fn entry(&self, stem: &str) -> manifest::Entry {
        let id = self.student.as_ref().map(|student| student.id.as_str());
        manifest::Entry::new(stem, &self.variant, id)
    }
}

/// Jobs that are made some at a time.
pub(crate) fn in_windows(jobs: Vec<Job>) -> impl Iterator<Item = Result<Vec<Job>, Failure>> {
    let mut jobs = jobs.into_iter();
    std::iter::from_fn(move || {
        let window: Vec<Job> = jobs.by_ref().take(WINDOW).collect();
        (!window.is_empty()).then_some(Ok(window))
    })
}

impl<'a> Case<'a> {
    fn read(arguments: &'a Arguments) -> Result<Self, Failure> {
        let templates = templates(arguments.templates.as_deref())?;
        let path = &arguments.scenario;
        let source = text(path)?;
        let (exam, default) = found::exam(path, &source)?;
        let effort = Effort { trials: 2, progress: &|_| {} };
        let trace = engine::execute_with(&default, &effort)
            .map_err(|error| engine_failure(path, &source, &error))?;
        let fingerprint = Fingerprint::of(&default, &trace, &asked(&default, &trace));
        let about = About::new(&exam, &default, fingerprint);
        Ok(Self { arguments, source, exam, default, templates, about })
    }

    /// The text of the scenario.
    pub(crate) fn source(&self) -> &str {
        &self.source
    }

    pub(crate) fn path(&self) -> &'a Path {
        &self.arguments.scenario
    }

    /// The folder of the papers.
    pub(crate) fn folder(&self) -> PathBuf {
        self.arguments.output.join(&self.default.stem).join("variants")
    }

    pub(crate) fn seed(&self) -> u64 {
        self.arguments.seed.unwrap_or(self.default.seed)
    }

    /// The students of the roster, if there is one.
    pub(crate) fn students(&self) -> Result<Vec<Student>, Failure> {
        let Some(path) = &self.arguments.students else { return Ok(Vec::new()) };
        let text = text(path)?;
        roster(&text).map_err(|list| {
            let problems = Problems::new(path.display().to_string(), text.as_str(), list);
            Failure::Input(problems.to_string())
        })
    }

    /// The variants by seed: so many, or one for every student.
    pub(crate) fn search(
        &self,
        count: Option<u64>,
    ) -> Result<(Vec<Variant>, Vec<Student>), Failure> {
        let students = self.students()?;
        let count = match students.len() {
            0 => count.unwrap_or(1),
            length => found::length(length),
        };
        let variants = self.finder(self.seed(), &students)?;
        let variants = found::find(self.path(), &variants, count)?;
        Ok((variants, students))
    }

    /// The search for variants of this exam.
    pub(crate) fn finder(&self, seed: u64, students: &[Student]) -> Result<Search<'_>, Failure> {
        let search = found::search(
            self.path(),
            &self.exam,
            &self.default,
            seed,
            self.arguments.search_limit,
        )?;
        Ok(search.for_students(students.iter().map(|student| student.id.as_str())))
    }

    /// What is written of the whole.
    pub(crate) fn whole(&self) -> Whole<'_> {
        let page = KeyPage::new(&self.about, &self.templates);
        let report = Report::new(self.about.clone());
        Whole { scenario: self.path(), templates: &self.templates, page, report }
    }

    /// Makes each window of papers as soon as its variants are found.
    fn papers(&self, staging: &Staging) -> Result<(), Failure> {
        let count = self.arguments.only.or(self.arguments.count).unwrap_or(1);
        let search = self.finder(self.seed(), &[])?;
        let windows = search.windows(count, &|_| guard::beat()).map(|window| {
            let window = window.map_err(|few| found::too_few(self.path(), &few))?;
            let taken = window.into_iter().filter(|one| self.arguments.takes(one.variant.number));
            let job = |Found { variant, worked }| Job { variant, worked, student: None };
            Ok(taken.map(job).collect())
        });
        self.write(windows, count, self.seed(), staging, self.arguments.is_whole())
    }

    /// Makes the papers of a roster. They are written in its order, but found in another one.
    fn papers_of_students(&self, staging: &Staging) -> Result<(), Failure> {
        let (variants, students) = self.search(self.arguments.only)?;
        let taken = variants.into_iter().filter(|one| self.arguments.takes(one.number));
        let student = |number: u64| {
            let index = usize::try_from(number.checked_sub(1)?).ok()?;
            students.get(index).cloned()
        };
        let job =
            |variant: Variant| Job { student: student(variant.number), worked: None, variant };
        let papers: Vec<Job> = taken.map(job).collect();
        if let (Some(only), true) = (self.arguments.only, papers.is_empty()) {
            return Err(Failure::Input(format!(
                "there is no variant {only}: the roster has {} students",
                students.len()
            )));
        }
        let count = found::length(papers.len());
        self.write(in_windows(papers), count, self.seed(), staging, self.arguments.is_whole())
    }

    /// Makes all papers, some at a time, and writes them with their records in order.
    ///
    /// While a window of papers is made, the next one is searched for and the records of the one
    /// before are written, so that no thread waits for another.
    pub(crate) fn write(
        &self,
        windows: impl Iterator<Item = Result<Vec<Job>, Failure>> + Send,
        count: u64,
        seed: u64,
        staging: &Staging,
        whole: bool,
    ) -> Result<(), Failure> {
        let stem = &self.default.stem;
        let formats = formats(&self.arguments.to, self.arguments.flavor)?;
        let press = Press {
            exam: &self.exam,
            stem,
            templates: &self.templates,
            formats: &formats,
            audience: audience(self.arguments.audience),
        };
        let whole = whole.then(|| self.whole());
        let head = manifest::head(&self.exam, stem, seed);
        let mut records = Records::new(staging.folder(), &head, whole)?;
        #[cfg(feature = "pdf")]
        let mut joining = Joining::new(staging.folder(), &self.default);
        let counter = Counter::new("making", "variants", count);
        let make = |job: Job| Ok((job.entry(stem), self.paper(job, &press, staging)?));
        let mut record = |made: Vec<Result<(Entry, Paper), Failure>>| {
            let length = found::length(made.len());
            for made in made {
                let (entry, paper) = made?;
                records.add(&entry, &paper.rows)?;
                #[cfg(feature = "pdf")]
                joining.add(&name(paper.number), &paper.files)?;
            }
            counter.advance(length);
            Ok(())
        };
        let mut windows = windows.fuse();
        let mut found = windows.next().transpose()?;
        let mut made = Vec::new();
        while let Some(jobs) = found.take() {
            let (next, (recorded, papers)) = rayon::join(
                || windows.next(),
                || rayon::join(|| record(made), || jobs.into_par_iter().map(make).collect()),
            );
            recorded?;
            made = papers;
            found = match next.transpose() {
                Ok(found) => found,
                // What is wrong with an earlier paper is said first.
                Err(failure) => return record(made).and(Err(failure)),
            };
        }
        record(made)?;
        counter.finish();
        #[cfg(feature = "pdf")]
        joining.finish()?;
        records.finish()
    }

    /// One variant's papers; its files are written and forgotten, but for those to be joined.
    fn paper(&self, job: Job, press: &Press<'_>, staging: &Staging) -> Result<Paper, Failure> {
        let Job { variant, worked, student } = job;
        let label = student.as_ref().map(Student::label);
        let paper = press.paper(&variant, worked, label.as_deref());
        let paper = paper.map_err(|error| self.failure(&variant, error))?;
        let joined = |file: &String| self.arguments.join && file.ends_with(".pdf");
        let (files, own): (Files, Files) =
            paper.files.into_iter().partition(|(file, _)| joined(file));
        staging.write(&name(variant.number), &own)?;
        Ok(Paper { number: paper.number, files, rows: paper.rows })
    }

    pub(crate) fn failure(&self, variant: &Variant, error: PaperError) -> Failure {
        let head = format!("variant {}", variant.number);
        match error {
            PaperError::Scenario(problems) => Failure::Input(format!("{head}: {problems}")),
            PaperError::Render(error) => match render_failure(self.path(), &self.source, error) {
                Failure::Input(message) => Failure::Input(format!("{head}: {message}")),
                Failure::Work(message) => Failure::Work(format!("{head}: {message}")),
            },
            other => Failure::Work(format!("{}: {head}: {other}", self.path().display())),
        }
    }
}
