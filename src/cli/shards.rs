//! Joining the keys and manifests of shards into those of one run.

use std::path::Path;

use serde_json::{Map, Value as Json};

use gradsheet::variants::{COLUMNS, KeyRow, manifest};

use super::staging::{KEY, MANIFEST, failure, shard_name};
use super::{Failure, files, text};

/// The most shards.
const MOST: u64 = 100_000;

/// Joins what stands in the folder.
pub(crate) fn merge(folder: &Path) -> Result<(), Failure> {
    let of = shards(folder)?;
    let mut rows: Vec<KeyRow> = Vec::new();
    let mut head: Option<Map<String, Json>> = None;
    let mut variants: Vec<(u64, Json)> = Vec::new();
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
        let (own, entries) = read(&list)?;
        match &head {
            Some(head) if *head != own => {
                return Err(Failure::Input(format!(
                    "{}: is of another run than the first shard (another scenario, seed or version)",
                    list.display()
                )));
            }
            _ => head = Some(own),
        }
        variants.extend(entries);
        done.extend([key, list]);
    }
    variants.sort_by_key(|(number, _)| *number);
    let gap = (1..).zip(&variants).find(|(expected, (number, _))| expected != number);
    if let Some((expected, _)) = gap {
        return Err(Failure::Input(format!(
            "{}: variant {expected} is missing or stands twice; the shards are of runs with \
             different counts",
            folder.display()
        )));
    }
    // Stable, so the rows of a variant keep their order.
    rows.sort_by_key(|row| row.variant);
    let key = key(&rows).ok_or_else(|| Failure::Work("the key can't be written".into()))?;
    let mut list = manifest::opening(&head.unwrap_or_default());
    for (index, (_, entry)) in variants.iter().enumerate() {
        list.push_str(&manifest::item(entry, index == 0));
    }
    list.push_str(manifest::CLOSING);
    files::write(&[(folder.join(KEY), key), (folder.join(MANIFEST), list)])?;
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

fn key_rows(path: &Path) -> Result<Vec<KeyRow>, Failure> {
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

/// The text of a key.
fn key(rows: &[KeyRow]) -> Option<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS).ok()?;
    for row in rows {
        writer.write_record(row.cells()).ok()?;
    }
    String::from_utf8(writer.into_inner().ok()?).ok()
}

type Manifest = (Map<String, Json>, Vec<(u64, Json)>);

fn read(path: &Path) -> Result<Manifest, Failure> {
    let wrong = || Failure::Input(format!("{}: is no manifest", path.display()));
    let json: Json = serde_json::from_str(&text(path)?).map_err(|_| wrong())?;
    let map = json.as_object().ok_or_else(wrong)?;
    let list = map.get("variants").and_then(Json::as_array).ok_or_else(wrong)?;
    let entry = |entry: &Json| Some((entry.get("variant")?.as_u64()?, entry.clone()));
    let list: Option<Vec<_>> = list.iter().map(entry).collect();
    let list = list.ok_or_else(wrong)?;
    let head = map.iter().filter(|(name, _)| *name != "variants");
    Ok((head.map(|(name, value)| (name.clone(), value.clone())).collect(), list))
}
