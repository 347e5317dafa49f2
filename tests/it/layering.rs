//! What may depend on what: the sources are read, and every path to another module or
//! crate is compared with one table.
//!
//! A path counts wherever it stands: in a `use`, in a signature, in an attribute, in the
//! tests of a module. Comments and texts don't; examples in comments are their users'.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::shipped;

/// A top-level module, what it may use, and which other crates it may name.
struct Layer {
    module: &'static str,
    uses: &'static [&'static str],
    crates: &'static [&'static str],
}

/// Each module uses modules above it alone, so data flows one way.
const LAYERS: [Layer; 25] = [
    Layer { module: "limits", uses: &[], crates: &["thiserror"] },
    Layer { module: "memo", uses: &[], crates: &[] },
    Layer {
        module: "number",
        uses: &["limits", "memo"],
        crates: &["dashu_base", "dashu_int", "dashu_ratio", "sha2"],
    },
    Layer {
        module: "initialization",
        uses: &[],
        crates: &["libm", "pulp", "rand_chacha", "rand_core", "rayon", "sha2"],
    },
    Layer { module: "formula", uses: &["limits", "memo", "number"], crates: &["libm", "strsim"] },
    Layer { module: "catalogue", uses: &["memo", "number", "formula"], crates: &[] },
    Layer {
        module: "trace",
        uses: &["number", "initialization", "formula"],
        crates: &["serde_json"],
    },
    Layer { module: "markup", uses: &[], crates: &["pulldown_cmark"] },
    Layer {
        module: "scenario",
        uses: &["limits", "number", "initialization", "formula", "catalogue", "trace", "markup"],
        crates: &[
            "csv",
            "libm",
            "saphyr_parser",
            "serde",
            "serde_json",
            "serde_yaml",
            "thiserror",
            "unicode_width",
        ],
    },
    Layer {
        module: "engine",
        uses: &["limits", "number", "initialization", "formula", "catalogue", "trace", "scenario"],
        crates: &["libm", "thiserror"],
    },
    Layer {
        module: "derivation",
        uses: &["number", "formula", "catalogue", "trace", "scenario"],
        crates: &[],
    },
    Layer {
        module: "marking",
        uses: &["number", "trace", "scenario", "engine"],
        crates: &["thiserror"],
    },
    Layer {
        module: "code",
        uses: &["number", "formula", "catalogue", "trace", "scenario"],
        crates: &["libm"],
    },
    Layer {
        module: "figure",
        uses: &["memo", "number"],
        crates: &["dagre", "libm", "plotters", "plotters_backend"],
    },
    Layer {
        module: "sheet",
        // Of the engine it sees the graph and single values that the trace does not record.
        uses: &[
            "limits",
            "number",
            "initialization",
            "formula",
            "catalogue",
            "trace",
            "scenario",
            "engine",
            "marking",
            "derivation",
            "figure",
            "code",
            "markup",
        ],
        crates: &["include_dir", "libm", "serde", "sha2", "tera", "thiserror"],
    },
    Layer {
        module: "explain",
        // Of the sheet it sees the templates, for the language's phrases.
        uses: &[
            "number",
            "formula",
            "catalogue",
            "trace",
            "scenario",
            "engine",
            "derivation",
            "sheet",
        ],
        crates: &["thiserror"],
    },
    Layer {
        module: "publish",
        uses: &["limits", "markup", "memo"],
        // The last ones are for papers alone.
        crates: &[
            "pulldown_cmark",
            "pulldown_latex",
            "tera",
            "thiserror",
            "comemo",
            "lopdf",
            "rayon",
            "typst",
            "typst_assets",
            "typst_layout",
            "typst_pdf",
        ],
    },
    Layer {
        module: "review",
        uses: &["number", "formula", "trace", "scenario", "code"],
        crates: &[],
    },
    Layer {
        module: "reference",
        uses: &["number", "initialization", "formula", "catalogue"],
        crates: &[],
    },
    Layer {
        module: "render",
        uses: &[
            "limits", "number", "markup", "scenario", "trace", "engine", "figure", "sheet",
            "publish",
        ],
        crates: &["rayon", "thiserror"],
    },
    Layer {
        module: "variants",
        uses: &[
            "number",
            "initialization::generator",
            "formula",
            "trace",
            "scenario",
            "engine",
            "marking",
            "figure",
            "sheet",
            "publish",
            "render",
        ],
        crates: &["csv", "rayon", "serde", "serde_json", "sha2", "tera", "thiserror"],
    },
    Layer {
        module: "book",
        uses: &["scenario", "sheet", "publish", "render"],
        crates: &["serde_json", "thiserror"],
    },
    Layer {
        module: "site",
        uses: &["engine", "scenario", "markup", "sheet", "render"],
        crates: &["base64", "libm", "rayon", "serde", "sha2", "tera"],
    },
    Layer {
        module: "lib",
        uses: &[
            "limits",
            "site",
            "number",
            "initialization",
            "formula",
            "catalogue",
            "trace",
            "scenario",
            "engine",
            "marking",
            "derivation",
            "figure",
            "code",
            "sheet",
            "explain",
            "publish",
            "reference",
            "render",
            "review",
            "variants",
            "book",
        ],
        crates: &[],
    },
    // The binary knows the library by its front door alone.
    Layer {
        module: "cli",
        uses: &[],
        crates: &[
            "clap",
            "clap_complete",
            "csv",
            "gradsheet",
            "indicatif",
            "memory_stats",
            "notify",
            "rayon",
            "rustix",
            "serde",
            "serde_json",
            "signal_hook",
            "tempfile",
            "tiny_http",
        ],
    },
];

/// What `main.rs` may use, which belongs to the binary with `cli`.
const MAIN: Layer = Layer { module: "main", uses: &["cli"], crates: &["mimalloc"] };

#[test]
fn modules_depend_only_on_what_the_table_allows() {
    let crates = declared_crates();
    let mut wrong = Vec::new();
    for (file, text) in sources() {
        let module = module_of(&file);
        let Some(layer) = LAYERS.iter().chain([&MAIN]).find(|layer| layer.module == module) else {
            wrong.push(format!("src/{file}: the module `{module}` is not in the table"));
            continue;
        };
        let found = dependencies(&text, depth_of(&file), &crates);
        let own = |path: &String| path.split("::").next() == Some(module.as_str());
        for path in found.modules.iter().filter(|path| !own(path)) {
            if !layer.uses.iter().any(|allowed| permits(allowed, path)) {
                wrong.push(format!("src/{file}: `{module}` must not use `crate::{path}`"));
            }
        }
        for name in found.crates.iter().filter(|name| !layer.crates.contains(&name.as_str())) {
            wrong.push(format!("src/{file}: `{module}` must not name the crate `{name}`"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_table_lists_every_module_once_and_flows_one_way() {
    let mut above: Vec<&str> = Vec::new();
    for layer in &LAYERS {
        assert!(!above.contains(&layer.module), "`{}` stands twice", layer.module);
        for used in layer.uses {
            let module = used.split("::").next().unwrap();
            assert!(above.contains(&module), "`{}` uses `{module}` below it", layer.module);
        }
        above.push(layer.module);
    }
    let found: BTreeSet<String> = sources().keys().map(|file| module_of(file)).collect();
    for layer in &LAYERS {
        assert!(found.contains(layer.module), "there is no module `{}`", layer.module);
    }
}

/// A crate that no row names is not behind a module, or not used.
#[test]
fn every_declared_crate_belongs_to_a_module() {
    for name in declared_crates().iter().filter(|name| *name != "gradsheet") {
        let rows =
            LAYERS.iter().chain([&MAIN]).filter(|layer| layer.crates.contains(&name.as_str()));
        assert!(rows.count() > 0, "no module may name the crate `{name}`");
    }
}

/// `engine` allows every path that begins so; `engine::Surface` that one.
fn permits(allowed: &str, path: &str) -> bool {
    path == allowed || path.starts_with(&format!("{allowed}::"))
}

/// The crates of `Cargo.toml` as they are named in paths, and the library itself.
fn declared_crates() -> BTreeSet<String> {
    let manifest = std::fs::read_to_string(shipped::folder("Cargo.toml")).unwrap();
    let mut inside = false;
    let mut names = BTreeSet::from(["gradsheet".to_owned()]);
    for line in manifest.lines() {
        if line.starts_with('[') {
            inside = line == "[dependencies]";
        } else if let (true, Some((name, _))) = (inside, line.split_once('=')) {
            names.insert(name.trim().replace('-', "_"));
        }
    }
    assert!(names.len() > 10, "the dependencies are not found: {names:?}");
    names
}

/// Every source by its path below `src`.
fn sources() -> BTreeMap<String, String> {
    let root = shipped::folder("src");
    let mut found = BTreeMap::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let name = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
                found.insert(name, std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    found
}

fn module_of(file: &str) -> String {
    file.split('/').next().unwrap().trim_end_matches(".rs").to_owned()
}

/// How many modules lie between a file and the root of its crate.
fn depth_of(file: &str) -> usize {
    let path = Path::new(file);
    let stem = path.file_stem().unwrap().to_str().unwrap();
    let folders = path.components().count() - 1;
    match stem {
        "lib" | "main" if folders == 0 => 0,
        "mod" => folders,
        // `#[path = "field_tests.rs"] mod tests;` stands inside the module `field`.
        _ if stem.ends_with("_tests") => folders + 2,
        _ => folders + 1,
    }
}

/// The paths of a source that lead out of its module.
#[derive(Debug, Default, PartialEq)]
struct Dependencies {
    /// Below the root of the crate, at least two steps deep where the source says so.
    modules: BTreeSet<String>,
    crates: BTreeSet<String>,
}

fn dependencies(text: &str, depth: usize, crates: &BTreeSet<String>) -> Dependencies {
    let tokens = tokens(text);
    let mut found = Dependencies::default();
    // Inline modules that are open, by the depth of the brace that opened them.
    let mut inline: Vec<usize> = Vec::new();
    let mut braces = 0_usize;
    for (index, token) in tokens.iter().enumerate() {
        let before = index.checked_sub(1).map_or("", |index| tokens[index].as_str());
        let after = |steps: usize| tokens.get(index + steps).map_or("", String::as_str);
        match token.as_str() {
            "{" => {
                braces += 1;
                if index >= 2 && tokens[index - 2] == "mod" {
                    inline.push(braces);
                }
            }
            "}" => {
                if inline.last() == Some(&braces) {
                    inline.pop();
                }
                braces = braces.saturating_sub(1);
            }
            _ if before == "::" => {}
            "crate" if after(1) == "::" => paths(&tokens[index + 2..], &mut found.modules),
            "super" if after(1) == "::" => {
                let rest = &tokens[index..];
                let pairs = rest.chunks(2).take_while(|pair| *pair == ["super", "::"]).count();
                if pairs >= depth + inline.len() {
                    paths(&rest[2 * pairs..], &mut found.modules);
                }
            }
            name if crates.contains(name) && is_root(before, after(1)) => {
                found.crates.insert(name.to_owned());
            }
            _ => {}
        }
    }
    found
}

/// Whether a name between these two tokens begins a path to a crate.
fn is_root(before: &str, after: &str) -> bool {
    after == "::" || (before == "use" && [";", "as"].contains(&after))
}

/// The paths that a path, or a group of them in braces, stands for; two steps of each.
fn paths(tokens: &[String], found: &mut BTreeSet<String>) {
    if tokens.first().is_none_or(|first| first != "{") {
        found.insert(steps(tokens));
        return;
    }
    let mut open = 0;
    for (index, token) in tokens.iter().enumerate() {
        let begins = open == 1 && ["{", ","].contains(&tokens[index - 1].as_str());
        match token.as_str() {
            "{" => open += 1,
            "}" => open -= 1,
            _ if begins => {
                found.insert(steps(&tokens[index..]));
            }
            _ => {}
        }
        if open == 0 {
            break;
        }
    }
}

fn steps(tokens: &[String]) -> String {
    let first = tokens.first().cloned().unwrap_or_default();
    match tokens {
        // A group below a module counts as the module as a whole.
        [_, colons, second, ..] if colons == "::" && second != "{" => format!("{first}::{second}"),
        _ => first,
    }
}

/// Names, `::` and single symbols; comments, texts, characters and lifetimes are left out.
fn tokens(text: &str) -> Vec<String> {
    let letters: Vec<char> = text.chars().collect();
    let at = |index: usize| letters.get(index).copied().unwrap_or('\0');
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut tokens = Vec::new();
    let mut index = 0;
    while index < letters.len() {
        match (at(index), at(index + 1)) {
            ('/', '/') => {
                while index < letters.len() && at(index) != '\n' {
                    index += 1;
                }
            }
            ('/', '*') => index = after_comment(&letters, index),
            ('"', _) => index = after_text(&letters, index + 1),
            ('r', '"' | '#') | ('b', '"' | 'r' | '\'') if starts_a_text(&letters, index) => {
                index = after_prefixed(&letters, index);
            }
            ('\'', '\\') => {
                // The escaped character itself may be a quote.
                index += 3;
                while index < letters.len() && at(index) != '\'' {
                    index += 1;
                }
                index += 1;
            }
            ('\'', _) if at(index + 2) == '\'' => index += 3,
            ('\'', _) => index += 1,
            (':', ':') => {
                tokens.push("::".to_owned());
                index += 2;
            }
            (c, _) if is_word(c) => {
                let start = index;
                while is_word(at(index)) {
                    index += 1;
                }
                tokens.push(letters[start..index].iter().collect());
            }
            (c, _) => {
                if !c.is_whitespace() {
                    tokens.push(c.to_string());
                }
                index += 1;
            }
        }
    }
    tokens
}

/// Block comments nest.
fn after_comment(letters: &[char], start: usize) -> usize {
    let (mut index, mut open) = (start + 2, 1);
    while index < letters.len() && open > 0 {
        match letters[index..] {
            ['/', '*', ..] => (open, index) = (open + 1, index + 2),
            ['*', '/', ..] => (open, index) = (open - 1, index + 2),
            _ => index += 1,
        }
    }
    index
}

fn after_text(letters: &[char], start: usize) -> usize {
    let mut index = start;
    while index < letters.len() && letters[index] != '"' {
        index += if letters[index] == '\\' { 2 } else { 1 };
    }
    index + 1
}

/// Whether `r"`, `r#"`, `b"`, `br"`, `b'` begins here, and not a raw name.
fn starts_a_text(letters: &[char], index: usize) -> bool {
    let rest = letters[index..].iter().skip_while(|c| ['r', 'b'].contains(c));
    let mut rest = rest.skip_while(|c| **c == '#');
    matches!(rest.next(), Some('"')) || letters[index..].starts_with(&['b', '\''])
}

fn after_prefixed(letters: &[char], start: usize) -> usize {
    let mut index = start;
    let mut raw = false;
    while ['r', 'b'].contains(&letters[index]) {
        raw |= letters[index] == 'r';
        index += 1;
    }
    if letters[index] == '\'' {
        // `b'x'`; the quote is read again as a character's.
        return index;
    }
    let hashes = letters[index..].iter().take_while(|c| **c == '#').count();
    index += hashes + 1;
    if !raw {
        return after_text(letters, index);
    }
    let end: Vec<char> = std::iter::once('"').chain(std::iter::repeat_n('#', hashes)).collect();
    while index < letters.len() && !letters[index..].starts_with(&end) {
        index += 1;
    }
    index + end.len()
}

/// The reading of sources, on lines that were written for it.
#[test]
fn paths_are_found_wherever_they_stand() {
    let crates = BTreeSet::from(["tera".to_owned(), "serde".to_owned()]);
    // A source two modules deep, the modules and the crates that it names.
    let table: [(&str, &[&str], &[&str]); 18] = [
        ("use crate::number::Real;", &["number::Real"], &[]),
        ("use crate::{number, formula::{Call, chain}};", &["formula", "number"], &[]),
        ("fn f(x: &crate::trace::Value) {}", &["trace::Value"], &[]),
        ("use super::show::Row;", &[], &[]),
        ("use super::super::engine::Surface;", &["engine::Surface"], &[]),
        ("mod tests { use super::super::show::Row; }", &[], &[]),
        ("mod tests { use super::super::super::engine; }", &["engine"], &[]),
        ("fn f() {} mod a {} use super::super::engine;", &["engine"], &[]),
        ("// crate::engine::run", &[], &[]),
        ("/* a /* b */ crate::engine */ use tera;", &[], &["tera"]),
        (r#"let text = "crate::engine \" tera::Tera";"#, &[], &[]),
        (r##"let text = r#"crate::engine " tera::Tera"#;"##, &[], &[]),
        ("let c = '\"'; let d = tera::Tera::new();", &[], &["tera"]),
        (r"let c = '\''; fn f<'a>(t: &'a tera::Tera) {}", &[], &["tera"]),
        ("#[derive(serde::Serialize)] struct A;", &[], &["serde"]),
        ("use tera as engine;", &[], &["tera"]),
        ("let tera = 1; self.tera.render();", &[], &[]),
        ("pub(crate) fn f() {}", &[], &[]),
    ];
    for (text, modules, names) in table {
        let found = dependencies(text, 2, &crates);
        assert_eq!(found.modules.iter().map(String::as_str).collect::<Vec<_>>(), modules, "{text}");
        assert_eq!(found.crates.iter().map(String::as_str).collect::<Vec<_>>(), names, "{text}");
    }
}

#[test]
fn files_stand_at_the_depth_of_their_modules() {
    let table = [
        ("lib.rs", 0),
        ("render.rs", 1),
        ("sheet/mod.rs", 1),
        ("sheet/work.rs", 2),
        ("scenario/field_tests.rs", 3),
        ("scenario/yaml/node.rs", 3),
        ("publish/formula/tests.rs", 3),
    ];
    for (file, depth) in table {
        assert_eq!(depth_of(file), depth, "{file}");
    }
}
