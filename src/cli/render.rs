//! `gradsheet render`: handouts and worked solutions.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use gradsheet::{Audience, Format};

use super::progress::watched;
use super::{Failure, Source, files, templates};

/// Arguments of `render`.
#[derive(Debug, Args)]
#[command(after_help = "Files, for a scenario neuron.yaml:\n  \
    output/neuron/handout.md, solutions.md     Markdown, with figures/*.svg beside them\n  \
    output/neuron/handout.html, solutions.html one self-contained page each\n\n\
    Nothing is half written: either all files of all scenarios appear, or none.")]
pub(crate) struct Arguments {
    /// Scenarios to render
    #[arg(required = true, value_name = "SCENARIO")]
    scenarios: Vec<PathBuf>,
    /// What to write
    #[arg(long, value_delimiter = ',', default_value = "md,html", value_name = "FORMATS")]
    to: Vec<To>,
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
    let formats = formats(&arguments.to)?;
    let audience = audience(arguments.audience);
    let templates = templates(arguments.templates.as_deref())?;
    let mut stems: BTreeMap<String, &PathBuf> = BTreeMap::new();
    let mut written = Vec::new();
    for path in &arguments.scenarios {
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
        written.extend(files.into_iter().map(|(name, text)| (folder.join(name), text)));
    }
    files::write(&written)
}

pub(crate) fn audience(audience: For) -> Audience {
    match audience {
        For::Handout => Audience::Handout,
        For::Solutions => Audience::Solutions,
        For::Both => Audience::Both,
    }
}

pub(crate) fn formats(to: &[To]) -> Result<Vec<Format>, Failure> {
    let format = |to: &To| match to {
        To::Md => Ok(Format::Markdown),
        To::Html => Ok(Format::Html),
        To::Pdf => Err(Failure::Input(
            "PDF is not offered by this version; print the HTML page from a browser instead".into(),
        )),
    };
    to.iter().map(format).collect()
}
