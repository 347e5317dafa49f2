//! Finding a variant: by its code, by its number, or by its student.

use std::io::Write as _;

use serde_json::Value as Json;

use gradsheet::variants::manifest::{Entry, digest};
use gradsheet::variants::same_code;

use super::Failure;
use super::found;
use super::records::MANIFEST;
use super::shards::read;
use super::variants::{Case, Job};

/// Prints the variant whose papers carry the code.
pub(crate) fn run(case: &Case<'_>, code: &str) -> Result<(), Failure> {
    let entries = known(case, None)?;
    let found: Vec<&Entry> = entries.iter().filter(|entry| same_code(code, &entry.code)).collect();
    if found.is_empty() {
        return Err(Failure::Input(format!(
            "no paper has the code `{code}`: {} variants were looked at\n  \
             = help: compare it with the paper, and look into the manifest of its own run",
            entries.len()
        )));
    }
    let mut text = String::new();
    for entry in found {
        text.push_str(&format!("variant {}\n", entry.number));
        if let Some(student) = &entry.student {
            text.push_str(&format!("student {student}\n"));
        }
        for (name, value) in &entry.variables {
            text.push_str(&format!("{name} = {value}\n"));
        }
    }
    // A reader that has seen enough may close the pipe.
    let _ = std::io::stdout().write_all(text.as_bytes());
    Ok(())
}

/// The variants that a manifest lists, or that the seed gives: at least so many, where one
/// of that number is looked for.
pub(crate) fn known(case: &Case<'_>, number: Option<u64>) -> Result<Vec<Entry>, Failure> {
    let arguments = case.arguments;
    let by_seed = arguments.count.or(number.filter(|_| arguments.seed.is_some()));
    if by_seed.is_some() || arguments.students.is_some() {
        let (variants, students) = case.search(by_seed)?;
        let mut students = students.into_iter();
        let job = |variant| Job { variant, worked: None, student: students.next() };
        return Ok(variants
            .into_iter()
            .map(job)
            .map(|job| job.entry(&case.default.stem))
            .collect());
    }
    if arguments.seed.is_some() {
        return Err(Failure::Input(
            "how many variants are there? `--count` says it, or `--manifest` where they are listed"
                .into(),
        ));
    }
    let path = arguments.manifest.clone().unwrap_or_else(|| case.folder().join(MANIFEST));
    if arguments.manifest.is_none() && !path.is_file() {
        return Err(Failure::Input(format!(
            "{}: is not there\n  \
             = help: name the manifest with `--manifest`, or let the variants be searched for \
             with `--count` and `--seed`",
            path.display()
        )));
    }
    let manifest = read(&path)?;
    let same = manifest.head.get("scenario_sha256").and_then(Json::as_str);
    if same != Some(&digest(case.exam.text())) {
        eprintln!("note: {} is of another version of the scenario", path.display());
    }
    Ok(manifest.entries)
}

/// The variant that a text means: `variant-7`, `7`, a code, or a student's id.
pub(crate) fn meant<'e>(entries: &'e [Entry], text: &str) -> Result<&'e Entry, Failure> {
    let number = text.strip_prefix("variant-").unwrap_or(text).parse::<u64>().ok();
    let found = entries
        .iter()
        .find(|entry| entry.student.as_deref() == Some(text))
        .or_else(|| entries.iter().find(|entry| Some(entry.number) == number))
        .or_else(|| entries.iter().find(|entry| same_code(text, &entry.code)));
    found.ok_or_else(|| {
        let count = found::length(entries.len());
        Failure::Input(format!(
            "there is no variant `{text}` among the {count}: name it as `variant-7`, by its \
             code or by its student's id"
        ))
    })
}
