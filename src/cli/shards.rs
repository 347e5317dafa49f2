//! Joining the keys and manifests of shards into what one run would have made.

use std::path::Path;

use serde_json::{Map, Value as Json};

use gradsheet::variants::manifest::{Entry, Manifest, digest};
use gradsheet::variants::{COLUMNS, KeyRow};

use super::records::Records;
use super::scratch::failure;
use super::staging::{Staging, shard_name};
use super::variants::Case;
use super::{Failure, text};

/// The most shards.
const MOST: u64 = 100_000;

/// Joins what stands in the folder.
pub(crate) fn merge(case: &Case<'_>) -> Result<(), Failure> {
    let folder = &case.folder();
    let of = shards(folder)?;
    let mut rows: Vec<KeyRow> = Vec::new();
    let mut first: Option<Map<String, Json>> = None;
    let mut entries: Vec<Entry> = Vec::new();
    let mut done = Vec::new();
    for index in 1..=of {
        let key = folder.join(shard_name("key", "csv", index, of));
        let list = folder.join(shard_name("manifest", "json", index, of));
        for path in [&key, &list] {
            if !path.is_file() {
                let path = path.display();
                return Err(Failure::Input(format!(
                    "{path}: is missing, so shard {index} of {of} is"
                )));
            }
        }
        rows.extend(key_rows(&key)?);
        let own = read(&list)?;
        match &first {
            Some(head) if *head != own.head => {
                return Err(Failure::Input(format!(
                    "{}: is of another run than the first shard (another scenario, seed or version)",
                    list.display()
                )));
            }
            _ => first = Some(own.head),
        }
        entries.extend(own.entries);
        done.extend([key, list]);
    }
    let head = first.unwrap_or_default();
    if head.get("scenario_sha256").and_then(Json::as_str) != Some(&digest(case.exam.text())) {
        return Err(Failure::Input(format!(
            "{}: the shards are of another version of this scenario",
            case.path().display()
        )));
    }
    entries.sort_by_key(|entry| entry.number);
    let gap = (1..).zip(&entries).find(|(expected, entry)| *expected != entry.number);
    if let Some((expected, _)) = gap {
        return Err(Failure::Input(format!(
            "{}: variant {expected} is missing or stands twice; the shards are of runs with \
             different counts",
            folder.display()
        )));
    }
    // Stable, so the rows of a variant keep their order.
    rows.sort_by_key(|row| row.variant);
    let staging = Staging::new(folder)?;
    let mut records = Records::new(staging.folder(), &head, Some(case.whole()))?;
    let mut left = rows.as_slice();
    for entry in &entries {
        let count = left.iter().take_while(|row| row.variant == entry.number).count();
        let (own, rest) = left.split_at(count);
        records.add(entry, own)?;
        left = rest;
    }
    if let Some(row) = left.first() {
        return Err(Failure::Input(format!(
            "{}: the keys have answers of variant {}, which no manifest has",
            folder.display(),
            row.variant
        )));
    }
    records.finish()?;
    staging.place_beside()?;
    for path in done {
        std::fs::remove_file(&path).map_err(|error| failure(&path, &error))?;
    }
    Ok(())
}

/// Into how many shards the run was divided.
fn shards(folder: &Path) -> Result<u64, Failure> {
    let mut counts = std::collections::BTreeSet::new();
    let entries = std::fs::read_dir(folder)
        .map_err(|error| Failure::Input(format!("{}: {error}", folder.display())))?;
    for entry in entries.flatten() {
        let name = entry.file_name();
        let rest = name.to_str().and_then(|name| name.strip_prefix("manifest-"));
        let of =
            rest.and_then(|rest| rest.strip_suffix(".json")?.split_once("-of-")?.1.parse().ok());
        counts.extend(of.filter(|of| (1..=MOST).contains(of)));
    }
    let mut counts = counts.into_iter();
    match (counts.next(), counts.next()) {
        (Some(of), None) => Ok(of),
        (None, _) => Err(Failure::Input(format!(
            "{}: there are no shards to join; `--shard 1/4` makes one",
            folder.display()
        ))),
        (Some(one), Some(other)) => Err(Failure::Input(format!(
            "{}: there are shards of {one} and of {other}; only one run's can be joined",
            folder.display()
        ))),
    }
}

/// Reads a key.
pub(crate) fn key_rows(path: &Path) -> Result<Vec<KeyRow>, Failure> {
    let wrong = || Failure::Input(format!("{}: is no answer key", path.display()));
    let source = text(path)?;
    let mut reader = csv::Reader::from_reader(source.as_bytes());
    if reader.headers().map_err(|_| wrong())? != &csv::StringRecord::from(COLUMNS.to_vec()) {
        return Err(wrong());
    }
    let row = |record: Result<csv::StringRecord, csv::Error>| {
        let record = record.map_err(|_| wrong())?;
        KeyRow::of_cells(&record.iter().collect::<Vec<_>>()).ok_or_else(wrong)
    };
    reader.records().map(row).collect()
}

/// Reads a manifest.
pub(crate) fn read(path: &Path) -> Result<Manifest, Failure> {
    let wrong = || Failure::Input(format!("{}: is no manifest of this version", path.display()));
    Manifest::read(&text(path)?).ok_or_else(wrong)
}
