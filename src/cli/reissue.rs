//! Papers made again from their manifest, after a correction of the scenario.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;

use gradsheet::variants::manifest::{Entry, Manifest};
use gradsheet::variants::{KeyRow, Student};

use super::found::{self, reason_in_words};
use super::records::KEY;
use super::shards::{key_rows, read};
use super::staging::Staging;
use super::variants::{Case, Job, in_windows, name};
use super::{Failure, text};

/// Makes the papers of a manifest, and prints what changed.
pub(crate) fn run(case: &Case<'_>, path: &Path) -> Result<(), Failure> {
    let manifest = read(path)?;
    let seed = manifest.seed().unwrap_or(case.default.seed);
    let papers = papers(case, &manifest, seed)?;
    let staging = Staging::new(&case.folder())?;
    let codes: Vec<String> = papers.iter().map(|job| job.entry(&case.default.stem).code).collect();
    let count = found::length(papers.len());
    case.write(in_windows(papers), count, seed, &staging, true)?;
    let old = path.parent().unwrap_or_else(|| Path::new("."));
    let told = told(old, staging.folder(), &codes, &manifest.entries)?;
    staging.place_all()?;
    // A reader that has seen enough may close the pipe.
    let _ = std::io::stdout().write_all(told.as_bytes());
    Ok(())
}

/// The variants of the manifest under the scenario as it is now, with the names of their
/// students; or everything that keeps them from being made.
fn papers(case: &Case<'_>, manifest: &Manifest, seed: u64) -> Result<Vec<Job>, Failure> {
    let mut names: BTreeMap<String, Student> =
        case.students()?.into_iter().map(|student| (student.id.clone(), student)).collect();
    let search = case.finder(seed, &[])?;
    let mut papers = Vec::new();
    let mut problems = Vec::new();
    for entry in &manifest.entries {
        let number = entry.number;
        let student = entry.student.as_ref().and_then(|id| names.remove(id));
        if let (Some(id), None) = (&entry.student, &student)
            && case.arguments.students.is_some()
        {
            problems.push(format!("variant {number}: the student `{id}` is not in the roster"));
        }
        let picks = match entry.picks(&case.exam) {
            Ok(picks) => picks,
            Err(misfits) => {
                problems.extend(misfits.into_iter().map(|misfit| match misfit.value {
                    Some(value) => {
                        format!("variant {number}: `{}` can't be {value} now", misfit.variable)
                    }
                    None => format!("variant {number}: `{}` has no value", misfit.variable),
                }));
                continue;
            }
        };
        match search.examine(number, &picks) {
            Ok(variant) => papers.push(Job { variant, worked: None, student }),
            Err(unfit) => {
                let broken = unfit.broken.iter();
                problems
                    .extend(broken.map(|text| format!("variant {number}: does not meet `{text}`")));
                problems.extend(
                    unfit
                        .reason
                        .map(|reason| format!("variant {number}: {} it", reason_in_words(reason))),
                );
            }
        }
    }
    let anonymous = case.arguments.students.is_none();
    if anonymous && manifest.entries.iter().any(|entry| entry.student.is_some()) {
        problems.push(
            "the manifest does not keep the students' names; `--students` names the roster, \
             which has them"
                .into(),
        );
    }
    if !problems.is_empty() {
        return Err(Failure::Input(format!(
            "{}\n  = help: the papers of a manifest are made again as they are or not at all",
            problems.join("\n")
        )));
    }
    if !names.is_empty() {
        let count = names.len();
        eprintln!("note: {count} students of the roster have no paper in the manifest");
    }
    Ok(papers)
}

/// The papers and answers that are not what they were.
fn told(old: &Path, new: &Path, codes: &[String], entries: &[Entry]) -> Result<String, Failure> {
    let before = match old.join(KEY) {
        key if key.is_file() => Some(by_variant(key_rows(&key)?)),
        key => {
            eprintln!("note: {} is not there, so answers are not compared", key.display());
            None
        }
    };
    let after = by_variant(key_rows(&new.join(KEY))?);
    let mut text = String::new();
    let (mut changed, mut answers) = (0, 0);
    for (code, entry) in codes.iter().zip(entries) {
        let folder = name(entry.number);
        let mut list = files(&old.join(&folder), &new.join(&folder))?;
        if *code != entry.code {
            list.insert(0, format!("code {} is now {code}", entry.code));
        }
        changed += usize::from(!list.is_empty());
        let empty = Vec::new();
        let lines = before.as_ref().map(|before| {
            let of = |map: &'_ BTreeMap<u64, Vec<KeyRow>>| map.get(&entry.number).cloned();
            differences(&of(before).unwrap_or(empty), &of(&after).unwrap_or_default())
        });
        let lines = lines.unwrap_or_default();
        answers += lines.len();
        if !list.is_empty() || !lines.is_empty() {
            text.push_str(&format!("{folder}: {}\n", list.join(", ")));
            text.extend(lines.iter().map(|line| format!("  {line}\n")));
        }
    }
    let count = codes.len();
    text.push_str(&format!("{changed} of {count} papers changed, {answers} answers changed\n"));
    Ok(text)
}

fn by_variant(rows: Vec<KeyRow>) -> BTreeMap<u64, Vec<KeyRow>> {
    let mut map: BTreeMap<u64, Vec<KeyRow>> = BTreeMap::new();
    for row in rows {
        map.entry(row.variant).or_default().push(row);
    }
    map
}

/// The files of a folder that have another content in another, or stand in one of them.
fn files(old: &Path, new: &Path) -> Result<Vec<String>, Failure> {
    let names = |folder: &Path| -> Result<Vec<String>, Failure> {
        let mut list = Vec::new();
        let mut open = vec![String::new()];
        while let Some(inner) = open.pop() {
            let Ok(entries) = std::fs::read_dir(folder.join(&inner)) else { continue };
            for entry in entries.flatten() {
                let name = format!("{inner}{}", entry.file_name().to_string_lossy());
                match entry.path().is_dir() {
                    true => open.push(format!("{name}/")),
                    false => list.push(name),
                }
            }
        }
        Ok(list)
    };
    let mut all = names(old)?;
    all.extend(names(new)?);
    all.sort();
    all.dedup();
    let mut changed = Vec::new();
    for name in all {
        let (before, after) = (old.join(&name), new.join(&name));
        match (before.is_file(), after.is_file()) {
            (true, true) if text(&before)? == text(&after)? => {}
            (true, true) => changed.push(name),
            (true, false) => changed.push(format!("{name} is gone")),
            (false, _) => changed.push(format!("{name} is new")),
        }
    }
    Ok(changed)
}

/// A cell of a row.
type Column = fn(&KeyRow) -> &String;

/// What became of a variant's answers.
fn differences(before: &[KeyRow], after: &[KeyRow]) -> Vec<String> {
    let same = |one: &KeyRow, other: &KeyRow| one.part == other.part && one.path == other.path;
    let head = |row: &KeyRow| format!("{} {}", row.part, row.path);
    let mut lines = Vec::new();
    for row in after {
        let Some(old) = before.iter().find(|old| same(old, row)) else {
            lines.push(format!("{} is new: {}", head(row), row.displayed));
            continue;
        };
        let columns: [(&str, Column); 4] = [
            ("", |row| &row.displayed),
            (" decimal", |row| &row.decimal),
            (" tolerance", |row| &row.tolerance),
            (" marks", |row| &row.marks),
        ];
        // The first column that differs tells enough.
        if let Some((what, column)) = columns.iter().find(|(_, column)| column(old) != column(row))
        {
            lines.push(format!("{}:{what} {} is now {}", head(row), column(old), column(row)));
        }
    }
    let gone = before.iter().filter(|old| !after.iter().any(|row| same(old, row)));
    lines.extend(gone.map(|old| format!("{} is gone: {}", head(old), old.displayed)));
    lines
}
