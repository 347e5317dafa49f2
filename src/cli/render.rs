//! `gradsheet render`: handouts and worked solutions.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use gradsheet::{Audience, Flavor, Format};

use super::progress::watched;
use super::{Failure, Source, files, guard, templates};

/// Arguments of `render`.
#[derive(Debug, Args)]
#[command(after_help = "Files, for a scenario neuron.yaml:\n  \
    output/neuron/handout.md, solutions.md     Markdown, with figures/*.svg beside them\n  \
    output/neuron/handout.html, solutions.html one self-contained page each\n  \
    output/neuron/handout.pdf, solutions.pdf   with `--to pdf`, if built with the feature `pdf`\n\n\
    Nothing is half written: either all files of all scenarios appear, or none.\n\n\
    For a site that exists already, Markdown comes as its generator takes it:\n  \
    gradsheet render neuron.yaml --to md --flavor quarto -o exercises\n\
    with front matter, callouts, formulas and room to write in that generator's form, and with\n\
    whatever it would obey (shortcodes, citations, roles) as plain text. For zola and hugo a paper\n\
    is a folder, handout/index.md with handout/figures beside it; hugo needs its `passthrough`\n\
    extension for formulas, zola KaTeX or MathJax on the page, mdbook `mathjax-support = true`.\n\
    Books of mdBook can also take sheets in as they are built: see `gradsheet mdbook --help`.")]
pub(crate) struct Arguments {
    /// Scenarios to render
    #[arg(required = true, value_name = "SCENARIO")]
    scenarios: Vec<PathBuf>,
    /// What to write
    #[arg(long, value_delimiter = ',', default_value = "md,html", value_name = "FORMATS")]
    to: Vec<To>,
    /// The site generator that the Markdown is for [default: github]
    #[arg(long, value_name = "FLAVOR")]
    flavor: Option<Dialect>,
    /// For whom
    #[arg(long, default_value = "both")]
    audience: For,
    /// Where to write: DIR/STEM/…
    #[arg(short, long, default_value = "output", value_name = "DIR")]
    output: PathBuf,
    /// A folder whose templates replace built-in ones of the same name
    #[arg(long, value_name = "DIR")]
    templates: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum To {
    /// Markdown
    Md,
    /// Self-contained HTML
    Html,
    /// Paper
    Pdf,
}

/// The generators that Markdown is written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Dialect {
    /// GitHub and GitHub Pages: plain CommonMark with `$…$`
    Github,
    /// Quarto
    Quarto,
    /// MyST Markdown and Jupyter Book
    Myst,
    /// Zola
    Zola,
    /// Hugo
    Hugo,
    /// mdBook
    Mdbook,
}

impl From<Dialect> for Flavor {
    fn from(dialect: Dialect) -> Self {
        match dialect {
            Dialect::Github => Self::GitHub,
            Dialect::Quarto => Self::Quarto,
            Dialect::Myst => Self::Myst,
            Dialect::Zola => Self::Zola,
            Dialect::Hugo => Self::Hugo,
            Dialect::Mdbook => Self::MdBook,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum For {
    /// The handout alone
    Handout,
    /// The worked solutions alone
    Solutions,
    /// Handout and solutions
    Both,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let formats = formats(&arguments.to, arguments.flavor)?;
    let audience = audience(arguments.audience);
    let templates = templates(arguments.templates.as_deref())?;
    let mut stems: BTreeMap<String, &PathBuf> = BTreeMap::new();
    let mut written = Vec::new();
    for path in &arguments.scenarios {
        guard::beat();
        let source = Source::read(path)?;
        let stem = source.scenario.stem.clone();
        if let Some(other) = stems.insert(stem.clone(), path) {
            return Err(Failure::Input(format!(
                "{} and {} would both be written to {}",
                other.display(),
                path.display(),
                arguments.output.join(&stem).display()
            )));
        }
        let files = watched(|effort| {
            gradsheet::render_with(&source.scenario, &templates, &formats, audience, effort)
        });
        let files = files.map_err(|error| source.failure(error))?;
        let folder = arguments.output.join(&stem);
        written.extend(files.into_iter().map(|(name, bytes)| (folder.join(name), bytes)));
    }
    files::write(&arguments.output, &written)
}

pub(crate) fn audience(audience: For) -> Audience {
    match audience {
        For::Handout => Audience::Handout,
        For::Solutions => Audience::Solutions,
        For::Both => Audience::Both,
    }
}

/// What is written, with the Markdown in the flavor that was asked for.
pub(crate) fn formats(to: &[To], flavor: Option<Dialect>) -> Result<Vec<Format>, Failure> {
    if flavor.is_some() && !to.contains(&To::Md) {
        return Err(Failure::Input(
            "`--flavor` is a matter of Markdown, but `--to` does not ask for `md`; add it, as in \
             `--to md`, or leave `--flavor` out"
                .into(),
        ));
    }
    let format = |to: &To| {
        match to {
        To::Md => Ok(flavor.map_or(Format::Markdown, |dialect| Format::Flavored(dialect.into()))),
        To::Html => Ok(Format::Html),
        #[cfg(feature = "pdf")]
        To::Pdf => Ok(Format::Pdf),
        #[cfg(not(feature = "pdf"))]
        To::Pdf => Err(Failure::Input(
            "this gradsheet was built without PDF; build it with `cargo install --path . --features \
             pdf`, which takes some minutes, or print the HTML page from a browser"
                .into(),
        )),
    }
    };
    to.iter().map(format).collect()
}
