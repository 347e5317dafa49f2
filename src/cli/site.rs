//! `gradsheet site`: a folder of scenarios and pages as a course site.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use clap::Args;
use rayon::prelude::*;

use gradsheet::engine::Effort;
use gradsheet::scenario::Date;
use gradsheet::sheet::Templates;
use gradsheet::site::{
    Assembly, Body, Cache, Choice, Course, Fault, For, Outline, Sources, Why, Workshop,
};

use super::kept::Kept;
use super::progress::Counter;
use super::{Failure, files, folder, render, templates};

/// Arguments of `site`.
#[derive(Debug, Args)]
#[command(after_help = "Pages, for a folder with sgd.yaml, notes.md and week2/adam.yaml:\n  \
    output/site/index.html         the contents; above them what index.md says\n  \
    output/site/sgd.html           a sheet, its solutions folded under their parts\n  \
    output/site/notes.html         a page\n  \
    output/site/week2/adam.html\n  \
    output/site/tags/*.html, 404.html; with `base` in the course file sitemap.xml and feed.xml\n\n\
    The course file, gradsheet.yaml, is optional:\n  \
    title: Optimization for deep learning\n  \
    order: [notes.md, sgd.yaml, week2]     the rest follows by name\n  \
    exclude: [drafts]\n  \
    base: https://example.org/course/\n  \
    language: en\n  \
    theme: {accent: \"#0b62a8\", accent_dark: \"#7cb8f0\"}\n  \
    footer: Department of Examples\n  \
    license: CC BY 4.0\n\n\
    `release: 2026-12-01` in a scenario holds its solutions back until that day is reached by\n\
    `--as-of`; the clock is never read. What did not change is not executed again.")]
pub(crate) struct Arguments {
    /// The folder of the course
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
    /// For whom: `both` folds each solution under its part
    #[arg(long, default_value = "both")]
    audience: render::For,
    /// The day for which the site is built, as 2026-12-01 [default: dated solutions stay hidden]
    #[arg(long, value_name = "DATE", value_parser = date)]
    as_of: Option<Date>,
    /// Where to write [default: output/site]
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// A folder whose templates replace built-in ones of the same name
    #[arg(long, value_name = "DIR")]
    templates: Option<PathBuf>,
    /// Says of each page why it was made again, or that it was kept
    #[arg(long)]
    explain: bool,
    /// Makes every page anew, as if it were the first time
    #[arg(long)]
    fresh: bool,
}

pub(crate) fn date(text: &str) -> Result<Date, String> {
    Date::read(text).ok_or_else(|| "a day is written as 2026-12-01".into())
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let templates = templates(arguments.templates.as_deref())?;
    let output = arguments.output.clone().unwrap_or_else(|| Path::new("output").join("site"));
    let sources = folder::read(&arguments.folder, std::slice::from_ref(&output))?;
    let choice = Choice { audience: audience(arguments.audience), as_of: arguments.as_of };
    let (course, outline) = plan(&sources)?;
    let kept = Kept::new(&arguments.folder, arguments.fresh);
    let counter = Counter::new("making", "pages", count(&outline));
    let made =
        bodies(&sources, &course, &outline, &templates, choice, &kept, &|| counter.advance(1));
    counter.finish();
    let mut bodies = BTreeMap::new();
    let mut faults = Vec::new();
    for (source, result) in made {
        match result {
            Ok((body, why)) => {
                if arguments.explain {
                    println!("{source}: {}", told(&why));
                }
                bodies.insert(source, body);
            }
            Err(fault) => faults.push(fault),
        }
    }
    fail_with(&faults)?;
    let assembly = Assembly::new(&course, &outline, &templates, &bodies);
    let (dead, copied) = assembly.check(&sources);
    if !dead.is_empty() {
        let line = |(source, message): &(String, String)| {
            format!("{}: {message}", sources.path(source).display())
        };
        return Err(Failure::Input(dead.iter().map(line).collect::<Vec<_>>().join("\n")));
    }
    write(&assembly, &sources, &copied, &output, &kept)
}

pub(crate) fn audience(audience: render::For) -> For {
    match audience {
        render::For::Handout => For::Handout,
        render::For::Solutions => For::Solutions,
        render::For::Both => For::Both,
    }
}

/// The course file and the pages in order.
pub(crate) fn plan(sources: &Sources) -> Result<(Course, Outline), Failure> {
    let course = Course::read(sources).map_err(|problems| Failure::Input(problems.to_string()))?;
    let outline = Outline::new(sources, &course).map_err(|problems| {
        let lines: Vec<String> = problems
            .iter()
            .map(|problem| format!("{}/{problem}", sources.root.display()))
            .collect();
        Failure::Input(lines.join("\n"))
    })?;
    Ok((course, outline))
}

fn count(outline: &Outline) -> u64 {
    u64::try_from(outline.all().count()).unwrap_or(u64::MAX)
}

/// A body and why it was made, or what is wrong with its source.
type Made = Result<(Body, Why), Fault>;

/// Every page's body, or what is wrong with it, in the order of the course.
pub(crate) fn bodies(
    sources: &Sources,
    course: &Course,
    outline: &Outline,
    templates: &Templates,
    choice: Choice,
    cache: &dyn Cache,
    done: &(dyn Fn() + Sync),
) -> Vec<(String, Made)> {
    let workshop = Workshop::new(sources, outline, course, templates, choice);
    let entries: Vec<_> = outline.all().collect();
    entries
        .into_par_iter()
        .map(|entry| {
            let effort = Effort { trials: u64::MAX, progress: &|_| {} };
            let body = workshop.body(entry, cache, &effort);
            done();
            (entry.source.clone(), body)
        })
        .collect()
}

/// All faults at once.
fn fail_with(faults: &[Fault]) -> Result<(), Failure> {
    if faults.is_empty() {
        return Ok(());
    }
    let messages: Vec<&str> = faults.iter().map(|fault| fault.message.trim_end()).collect();
    let message = messages.join("\n\n");
    Err(match faults.iter().any(|fault| fault.is_input) {
        true => Failure::Input(message),
        false => Failure::Work(message),
    })
}

fn told(why: &Why) -> String {
    match why {
        Why::Kept => "kept".into(),
        Why::New => "made, since there was none".into(),
        Why::Settings => {
            "made again, since the program, its templates or the course's settings changed".into()
        }
        Why::Changed(files) => format!("made again, since {} changed", files.join(", ")),
    }
}

/// Writes what differs, and removes what an earlier build wrote and this one doesn't.
fn write(
    assembly: &Assembly<'_>,
    sources: &Sources,
    copied: &BTreeSet<String>,
    output: &Path,
    kept: &Kept,
) -> Result<(), Failure> {
    let broken = |error: gradsheet::sheet::TemplateError| Failure::Input(error.to_string());
    let mut waiting = files::Waiting::default();
    let mut names: BTreeSet<String> = BTreeSet::new();
    for (name, text) in assembly.others().map_err(broken)? {
        waiting.add(&output.join(&name), text.as_bytes())?;
        names.insert(name);
    }
    let addresses: Vec<(usize, &str)> = assembly.addresses().into_iter().enumerate().collect();
    let written: Vec<Result<files::Waiting, Failure>> = addresses
        .par_iter()
        .map(|(index, address)| {
            let page = assembly.page(*index).map_err(broken)?;
            let mut waiting = files::Waiting::default();
            waiting.add(&output.join(address), page.as_bytes())?;
            Ok(waiting)
        })
        .collect();
    for one in written {
        waiting.extend(one?);
    }
    names.extend(addresses.iter().map(|(_, address)| (*address).to_owned()));
    for name in copied {
        let path = sources.path(name);
        let bytes = std::fs::read(&path).map_err(|error| {
            Failure::Input(format!("{}: can't be read: {error}", path.display()))
        })?;
        waiting.add(&output.join(name), &bytes)?;
        names.insert(name.clone());
    }
    waiting.place()?;
    let place = output.canonicalize().unwrap_or_else(|_| output.to_owned());
    for name in kept.written(&place).difference(&names) {
        // It may be gone already.
        let _ = std::fs::remove_file(output.join(name));
    }
    kept.remember(&place, &names);
    kept.tidy(sources);
    Ok(())
}
