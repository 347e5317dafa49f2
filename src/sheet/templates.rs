//! The templates: every word that a reader sees.
//!
//! The files in `templates/` are built into the program. A file of the same name in the
//! user's folder takes the place of a built-in one, and may include it by its name with
//! `builtin/` in front. `words/LANGUAGE.yaml` holds the phrases that the program puts
//! together itself; a user's file replaces single phrases.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};
use sha2::{Digest as _, Sha256};
use tera::{Context, Kwargs, State, Tera};

use crate::scenario::yaml::{self, Data};

static BUILT_IN: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/templates");

/// The words of one language, by key.
pub type Words = BTreeMap<String, String>;

/// Everything that turns results into readable text.
#[derive(Debug)]
pub struct Templates {
    tera: Tera,
    words: BTreeMap<String, Words>,
    /// What is for Typst, by file name.
    typst: BTreeMap<String, String>,
    digest: String,
}

/// What is wrong with a template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {message}")]
pub struct TemplateError {
    /// The template.
    pub file: String,
    /// What is wrong, as the template engine says it.
    pub message: String,
}

impl Templates {
    /// The built-in templates.
    ///
    /// # Errors
    ///
    /// None in a released program; a test loads them all.
    pub fn built_in() -> Result<Self, TemplateError> {
        Self::load(&[])
    }

    /// The built-in templates with those of a folder on top.
    ///
    /// # Errors
    ///
    /// A file that can't be read, or is not a template.
    pub fn with_folder(folder: &Path) -> Result<Self, TemplateError> {
        let mut files = Vec::new();
        collect(folder, folder, &mut files)?;
        if files.is_empty() {
            return Err(error(&folder.display().to_string(), "this folder holds no template"));
        }
        Self::load(&files)
    }

    fn load(user: &[(String, String)]) -> Result<Self, TemplateError> {
        let mut tera = Tera::default();
        let fail = |problem: tera::Error| error("templates", problem);
        tera.set_fallback_prefixes(["user/", "builtin/"]).map_err(fail)?;
        tera.autoescape_on(vec!["html"]);
        tera.register_filter("quoted", |text: &str, _: Kwargs, _: &State<'_>| quoted(text));
        tera.register_filter("item", |text: &str, arguments: Kwargs, _: &State<'_>| {
            Ok::<_, tera::Error>(item(text, arguments.must_get("number")?))
        });
        let built_in = files(&BUILT_IN);
        let is_words = |name: &str| name.starts_with("words/");
        let templates = |prefix: &'static str, list: &[(String, String)]| {
            let list: Vec<(String, String)> = list
                .iter()
                .filter(|(name, _)| !name.ends_with(".yaml") && !name.ends_with(".typ"))
                .map(|(name, text)| (format!("{prefix}/{name}"), text.clone()))
                .collect();
            list
        };
        let all = [templates("builtin", &built_in), templates("user", user)].concat();
        tera.add_raw_templates(all).map_err(fail)?;
        let mut words = BTreeMap::new();
        for (name, text) in built_in.iter().chain(user).filter(|(name, _)| is_words(name)) {
            let language = name.trim_start_matches("words/").trim_end_matches(".yaml");
            let list: &mut Words = words.entry(language.to_owned()).or_default();
            list.extend(phrases(name, text)?);
        }
        let typst = built_in.iter().chain(user).filter(|(name, _)| name.ends_with(".typ"));
        let typst = typst.cloned().collect();
        let mut hash = Sha256::new();
        for text in built_in.iter().chain(user).flat_map(|(name, text)| [name, text]) {
            hash.update(text.len().to_le_bytes());
            hash.update(text);
        }
        let hash: [u8; 32] = hash.finalize().into();
        let digest = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Self { tera, words, typst, digest })
    }

    /// The words of a language, if there is a file for it.
    pub fn words(&self, language: &str) -> Option<&Words> {
        self.words.get(language)
    }

    /// A template in Typst's language, which papers are set by; empty where there is none.
    pub fn typst(&self, name: &str) -> &str {
        self.typst.get(name).map_or("", String::as_str)
    }

    /// A digest of all templates and words.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// The languages that have words.
    pub fn languages(&self) -> impl Iterator<Item = &str> {
        self.words.keys().map(String::as_str)
    }

    /// The template engine, with every template loaded.
    pub fn tera(&self) -> &Tera {
        &self.tera
    }

    /// Renders a template.
    ///
    /// # Errors
    ///
    /// What the template engine finds wrong.
    pub fn render(&self, name: &str, context: &Context) -> Result<String, TemplateError> {
        self.tera.render(name, context).map_err(|problem| error(name, problem))
    }
}

fn error(file: &str, message: impl std::fmt::Display) -> TemplateError {
    TemplateError { file: file.to_owned(), message: message.to_string() }
}

/// Every line with `> ` in front, as a quotation in Markdown.
fn quoted(text: &str) -> String {
    let line = |line: &str| format!("> {line}").trim_end().to_owned();
    text.trim().lines().map(line).collect::<Vec<_>>().join("\n")
}

/// The text as an entry of an ordered list in Markdown.
fn item(text: &str, number: usize) -> String {
    let marker = format!("{:<4}", format!("{number}."));
    let indented = |line: &str| if line.is_empty() { String::new() } else { format!("    {line}") };
    let mut lines = text.trim().lines();
    let first = lines.next().unwrap_or_default();
    let rest: Vec<String> = lines.map(indented).collect();
    format!("{marker}{first}\n{}", rest.join("\n"))
}

fn files(folder: &Dir<'_>) -> Vec<(String, String)> {
    let mut list = Vec::new();
    for file in folder.files() {
        if let Some(text) = file.contents_utf8() {
            list.push((file.path().to_string_lossy().replace('\\', "/"), text.to_owned()));
        }
    }
    for inner in folder.dirs() {
        list.extend(files(inner));
    }
    list
}

fn collect(
    root: &Path,
    folder: &Path,
    list: &mut Vec<(String, String)>,
) -> Result<(), TemplateError> {
    let name = |path: &Path| path.display().to_string();
    let entries = std::fs::read_dir(folder).map_err(|problem| error(&name(folder), problem))?;
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    for path in paths {
        let known = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        if path.is_dir() {
            collect(root, &path, list)?;
        } else if ["md", "html", "css", "svg", "typ", "xml", "yaml"].contains(&known) {
            let text =
                std::fs::read_to_string(&path).map_err(|problem| error(&name(&path), problem))?;
            let relative = path.strip_prefix(root).unwrap_or(&path);
            list.push((relative.to_string_lossy().replace('\\', "/"), text));
        }
    }
    Ok(())
}

fn phrases(file: &str, text: &str) -> Result<Words, TemplateError> {
    let node = yaml::read(text).map_err(|problems| {
        let first = problems.first();
        error(
            file,
            first.map_or_else(String::new, |problem| {
                format!("{}: {}", problem.place, problem.message)
            }),
        )
    })?;
    let Data::Map(entries) = node.data else { return Err(error(file, "expected a mapping")) };
    let mut words = Words::new();
    for (key, value) in entries {
        let Data::Scalar(scalar) = value.data else {
            return Err(error(
                file,
                format!("{}: expected a text for `{}`", value.place, key.text),
            ));
        };
        words.insert(key.text, scalar.text);
    }
    Ok(words)
}
