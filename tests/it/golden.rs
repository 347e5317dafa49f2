//! The committed `output/` is what the shipped scenarios give today, byte for byte.

use std::collections::BTreeMap;
use std::path::Path;

use super::shipped;

/// Files by their path below a folder, `/` between its parts.
type Tree = BTreeMap<String, Vec<u8>>;

const REGENERATE: &str = "If the change is meant, read the difference, then run\n\n    \
    cargo run --release -- render scenarios/*.yaml\n    \
    cargo run --release -- render scenarios/course/*-*.yaml -o output/course\n\n\
    and commit output/ with it.";

#[test]
fn committed_output_is_what_the_scenarios_give() {
    let mut fresh = Tree::new();
    for (stem, text) in shipped::scenarios() {
        let files = shipped::render(&stem, &text);
        fresh.extend(files.into_iter().map(|(name, text)| (format!("{stem}/{name}"), text.into())));
    }
    let committed = tree(&shipped::folder("output"));
    let differences = differences(&committed, &fresh);
    assert!(
        differences.is_empty(),
        "output/ is not what scenarios/ gives:\n\n{}\n\n{REGENERATE}",
        differences.join("\n")
    );
}

/// What stands below `output/` and is not a sheet of a shipped scenario: a site and variants, which
/// whoever tries the README's commands has there, and the README's pictures.
const BESIDE: [&str; 3] = ["site", "variants", "pictures"];

fn tree(root: &Path) -> Tree {
    let mut found = Tree::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for entry in entries {
            let path = entry.unwrap().path();
            if path.is_dir() {
                if !BESIDE.iter().any(|name| path.ends_with(name)) {
                    folders.push(path);
                }
            } else {
                let name = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
                found.insert(name, std::fs::read(path).unwrap());
            }
        }
    }
    found
}

/// One line for each file that is missing, stray or different.
fn differences(committed: &Tree, fresh: &Tree) -> Vec<String> {
    let mut list = Vec::new();
    for (name, new) in fresh {
        match committed.get(name) {
            None => list.push(format!("missing: output/{name}")),
            Some(old) if old != new => list.push(different(name, old, new)),
            Some(_) => {}
        }
    }
    let stray = committed.keys().filter(|name| !fresh.contains_key(*name));
    list.extend(stray.map(|name| format!("stray: output/{name}")));
    list
}

/// The first line that differs, before and after.
fn different(name: &str, old: &[u8], new: &[u8]) -> String {
    let (old, new) = (String::from_utf8_lossy(old), String::from_utf8_lossy(new));
    // Split, not `lines`, so that a line break alone is a difference too.
    let mut pairs = (1..).zip(old.split('\n').map(Some).chain(std::iter::repeat(None)));
    let mut news = new.split('\n').map(Some).chain(std::iter::repeat(None));
    let first = pairs.find_map(|(number, old)| {
        let new = news.next().flatten();
        (old != new).then(|| (number, shown(old, new), shown(new, old)))
    });
    let (number, old, new) = first.unwrap_or_default();
    format!("different: output/{name}:{number}\n  committed  {old}\n  rendered   {new}")
}

/// A line, cut down to the surroundings of its first difference from the other.
fn shown(line: Option<&str>, other: Option<&str>) -> String {
    const BEFORE: usize = 40;
    const LENGTH: usize = 120;
    let Some(line) = line else { return "(the file ends before this line)".into() };
    let characters: Vec<char> = line.chars().collect();
    let others = other.unwrap_or_default().chars();
    let same = characters.iter().zip(others).take_while(|(one, two)| *one == two).count();
    let from = same.saturating_sub(BEFORE);
    let to = characters.len().min(from + LENGTH);
    let cut = |at: bool| if at { "…" } else { "" };
    let text: String = characters[from..to].iter().collect();
    format!("{}{text:?}{}", cut(from > 0), cut(to < characters.len()))
}

/// The comparison itself can fail, in each of its three ways.
#[test]
fn missing_stray_and_different_files_are_all_named() {
    let make = |files: &[(&str, &str)]| -> Tree {
        files.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect()
    };
    let long = "x".repeat(200);
    let (before, after) = (format!("{long}0.65{long}"), format!("{long}0.64{long}"));
    type Files<'a> = &'a [(&'a str, &'a str)];
    // Committed, rendered, and what is said of it.
    let table: [(Files<'_>, Files<'_>, &[&str]); 6] = [
        (&[("a", "1")], &[("a", "1")], &[]),
        (&[], &[("a/b.md", "1")], &["missing: output/a/b.md"]),
        (&[("a/old.svg", "1")], &[], &["stray: output/a/old.svg"]),
        (
            &[("a", "1\n2\n3\n")],
            &[("a", "1\n4\n3\n")],
            &["different: output/a:2\n  committed  \"2\"\n  rendered   \"4\""],
        ),
        (
            &[("a", "1\n")],
            &[("a", "1")],
            &[
                "different: output/a:2\n  committed  \"\"\n  rendered   (the file ends before this line)",
            ],
        ),
        (&[("a", &before)], &[("a", &after)], &["different: output/a:1"]),
    ];
    for (committed, fresh, expected) in table {
        let found = differences(&make(committed), &make(fresh));
        assert_eq!(found.len(), expected.len(), "{found:?}");
        for (found, expected) in found.iter().zip(expected) {
            assert!(found.starts_with(expected), "{found}");
        }
    }
    let found = different("a", before.as_bytes(), after.as_bytes());
    assert!(found.contains("0.65") && found.contains("0.64") && found.len() < 400, "{found}");
}

/// The README quotes a scenario and its sheet: the files themselves, word for word.
#[test]
fn the_readme_quotes_what_is_shipped() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |name: &str| std::fs::read_to_string(root.join(name)).unwrap();
    let readme = read("README.md");
    assert!(readme.contains(&read("scenarios/one-neuron.yaml")), "the scenario differs");
    let sheet = read("output/one-neuron/solutions.md");
    let quoted = readme.lines().filter_map(|line| line.strip_prefix("> "));
    let quoted: Vec<&str> = quoted.filter(|line| !line.starts_with("```")).collect();
    assert!(quoted.len() > 8, "the excerpt is gone");
    for line in quoted {
        assert!(sheet.contains(line), "the sheet has no line `{line}`");
    }
}
