//! The templates: every word that a reader sees.
//!
//! The files in `templates/` are built into the program. A file of the same name in the
//! user's folder takes the place of a built-in one, and may include it by its name with
//! `builtin/` in front. `words/LANGUAGE.yaml` holds the phrases that the program puts
//! together itself; a user's file replaces single phrases.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use include_dir::{Dir, include_dir};
use sha2::{Digest as _, Sha256};
use tera::{Context, Kwargs, State, Tera};

use crate::scenario::yaml::{self, Data};
use crate::scenario::{Problem, Problems, not_utf8, suggest};

use super::words::Words;

static BUILT_IN: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/templates");

/// Everything that turns results into readable text.
#[derive(Debug)]
pub struct Templates {
    /// The engine with every template; with built-in ones alone it is made when it is first asked for.
    tera: OnceLock<Tera>,
    words: BTreeMap<String, Language>,
    /// What is for Typst, by file name.
    typst: BTreeMap<String, String>,
    digest: String,
}

/// The words of one language.
#[derive(Debug)]
enum Language {
    /// A user's own, or built-in ones with a user's on top.
    Own(Words),
    /// Built-in ones, read when they are first asked for.
    BuiltIn(&'static str, OnceLock<Words>),
}

impl Language {
    fn words(&self) -> &Words {
        match self {
            Self::Own(words) => words,
            // A test reads them all, as it reads a user's.
            Self::BuiltIn(text, words) => {
                words.get_or_init(|| Words::new(yaml::texts(text).unwrap_or_default()))
            }
        }
    }
}

/// What is wrong with a template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{}{message}", if .message.starts_with(|first: char| first.is_ascii_digit()) { "" } else { " " })]
pub struct TemplateError {
    /// The template.
    pub file: String,
    /// What is wrong, as the template engine says it; a place comes first.
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
        let tera = if user.is_empty() { OnceLock::new() } else { engine(user)?.into() };
        let built_in = files(&BUILT_IN);
        let own = || user.iter().map(|(name, text)| (name.as_str(), text.as_str()));
        let texts = || built_in.iter().map(|(name, text)| (name.as_str(), *text)).chain(own());
        let is_words = |name: &str| name.starts_with("words/");
        let language =
            |name: &str| name.trim_start_matches("words/").trim_end_matches(".yaml").to_owned();
        let mut words: BTreeMap<String, Language> = built_in
            .iter()
            .filter(|(name, _)| is_words(name))
            .map(|(name, text)| (language(name), Language::BuiltIn(text, OnceLock::new())))
            .collect();
        for (name, text) in user.iter().filter(|(name, _)| is_words(name)) {
            let english = words.get("en").map(|english| english.words().clone());
            let english = english.unwrap_or_default();
            let own = phrases(name, text, Some(&english))?;
            match words.entry(language(name)) {
                Entry::Vacant(entry) => {
                    complete(name, &own, &english)?;
                    entry.insert(Language::Own(Words::new(own)));
                }
                Entry::Occupied(mut entry) => {
                    let mut all = BTreeMap::clone(entry.get().words());
                    all.extend(own);
                    entry.insert(Language::Own(Words::new(all)));
                }
            }
        }
        let typst = texts().filter(|(name, _)| name.ends_with(".typ"));
        let typst = typst.map(|(name, text)| (name.to_owned(), text.to_owned())).collect();
        let mut hash = Sha256::new();
        for text in texts().flat_map(|(name, text)| [name, text]) {
            hash.update(text.len().to_le_bytes());
            hash.update(text);
        }
        let hash: [u8; 32] = hash.finalize().into();
        let digest = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Self { tera, words, typst, digest })
    }

    /// The words of a language, if there is a file for it.
    pub fn words(&self, language: &str) -> Option<&Words> {
        self.words.get(language).map(Language::words)
    }

    /// The words of a language; English ones where it has none.
    pub fn words_or_english(&self, language: &str) -> Words {
        self.words(language).or_else(|| self.words("en")).cloned().unwrap_or_default()
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
        // A test makes it.
        self.tera.get_or_init(|| engine(&[]).unwrap_or_default())
    }

    /// Reads beforehand what papers in a language are set by.
    pub(crate) fn prepare(&self, language: &str) {
        self.tera();
        self.words(language);
    }

    /// Renders a template.
    ///
    /// # Errors
    ///
    /// What the template engine finds wrong.
    pub fn render(&self, name: &str, context: &Context) -> Result<String, TemplateError> {
        self.tera().render(name, context).map_err(|problem| engine_error(name, &problem))
    }
}

/// The template engine with the built-in templates and a user's on top.
fn engine(user: &[(String, String)]) -> Result<Tera, TemplateError> {
    let mut tera = Tera::default();
    let fail = |problem: tera::Error| engine_error("templates", &problem);
    tera.set_fallback_prefixes(["user/", "builtin/"]).map_err(fail)?;
    tera.autoescape_on(vec!["html"]);
    tera.register_filter("quoted", |text: &str, _: Kwargs, _: &State<'_>| quoted(text));
    tera.register_filter("item", |text: &str, arguments: Kwargs, _: &State<'_>| {
        Ok::<_, tera::Error>(item(text, arguments.must_get("number")?))
    });
    let built_in = files(&BUILT_IN);
    let user = user.iter().map(|(name, text)| ("user", name.as_str(), text.as_str()));
    let built_in = built_in.iter().map(|(name, text)| ("builtin", name.as_str(), *text));
    let templates = built_in
        .chain(user)
        .filter(|(_, name, _)| !name.ends_with(".yaml") && !name.ends_with(".typ"))
        .map(|(prefix, name, text)| (format!("{prefix}/{name}"), text));
    tera.add_raw_templates(templates).map_err(fail)?;
    Ok(tera)
}

fn error(file: &str, message: impl std::fmt::Display) -> TemplateError {
    TemplateError { file: file.to_owned(), message: message.to_string() }
}

/// An error of the template engine: the file, its line and column, what is wrong, the line.
fn engine_error(file: &str, problem: &tera::Error) -> TemplateError {
    let text = problem.to_string();
    let told = text.split_once("\n --> ").and_then(|(message, rest)| {
        let (place, lines) = rest.split_once('\n')?;
        let (file, place) = place.split_once(':')?;
        let file = file.strip_prefix("user/").or(file.strip_prefix("builtin/")).unwrap_or(file);
        // Behind an empty line stands by which templates it was called.
        let lines = lines.split("\n\n").next().unwrap_or_default();
        let margin: String = lines.chars().take_while(|letter| *letter == ' ').collect();
        let message = match message.trim_start_matches("error: ") {
            "Unexpected end of input" => "a block `{% … %}` or a value `{{ … }}` is not closed",
            message => message,
        };
        let (message, known) = match message.split_once(" Available ") {
            Some((message, known)) => (message, known.split_once(": ").map(|(_, known)| known)),
            None => (message, None),
        };
        let mut letters = message.trim_end_matches('.').chars();
        let first = letters.next()?.to_lowercase();
        let name = message.split('`').nth(1).unwrap_or_default();
        let help = known.map(|known| match suggest(name, known.split(", ")) {
            Some(meant) => format!("\n{margin}= help: did you mean `{meant}`?"),
            None => format!("\n{margin}= help: known here: {known}"),
        });
        let help = help.unwrap_or_default();
        let message = format!("{place}: {first}{}\n{}{help}", letters.as_str(), lines.trim_end());
        Some(error(file, message))
    });
    told.unwrap_or_else(|| error(file, problem))
}

/// Every line with `> ` in front, as a quotation in Markdown.
fn quoted(text: &str) -> String {
    let mut quotation = String::with_capacity(text.len() + text.len() / 8);
    for line in text.trim().lines() {
        quotation.push_str(if quotation.is_empty() { "> " } else { "\n> " });
        quotation.push_str(line);
        quotation.truncate(quotation.trim_end().len());
    }
    quotation
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

fn files(folder: &'static Dir<'static>) -> Vec<(String, &'static str)> {
    let mut list = Vec::new();
    for file in folder.files() {
        if let Some(text) = file.contents_utf8() {
            list.push((file.path().to_string_lossy().replace('\\', "/"), text));
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
    let unread = |path: &Path, problem: std::io::Error| {
        error(&name(path), format!("can't be read: {problem}"))
    };
    let entries = std::fs::read_dir(folder).map_err(|problem| unread(folder, problem))?;
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    for path in paths {
        let known = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        if path.is_dir() {
            collect(root, &path, list)?;
        } else if ["md", "html", "css", "svg", "typ", "xml", "yaml"].contains(&known) {
            let bytes = std::fs::read(&path).map_err(|problem| unread(&path, problem))?;
            let text = String::from_utf8(bytes).map_err(|error| {
                let problem = not_utf8(error.as_bytes(), error.utf8_error());
                placed(&name(&path), &String::from_utf8_lossy(error.as_bytes()), vec![problem])
            })?;
            let relative = path.strip_prefix(root).unwrap_or(&path);
            list.push((relative.to_string_lossy().replace('\\', "/"), text));
        }
    }
    Ok(())
}

fn phrases(
    file: &str,
    text: &str,
    english: Option<&BTreeMap<String, String>>,
) -> Result<BTreeMap<String, String>, TemplateError> {
    let node = yaml::read(text).map_err(|problems| placed(file, text, problems))?;
    let Data::Map(entries) = node.data else { return Err(error(file, "expected a mapping")) };
    let mut words = BTreeMap::new();
    let mut problems = Vec::new();
    for (key, value) in entries {
        let Data::Scalar(scalar) = &value.data else {
            let message = format!("expected a text for `{}`, found {}", key.text, value.describe());
            problems.push(Problem::new(value.place, message));
            continue;
        };
        // A phrase of its own is for templates of the same folder, but hardly one letter apart.
        let known = english.map(|words| words.keys().map(String::as_str));
        let meant = known.and_then(|known| suggest(&key.text, known));
        if let (Some(meant), Some(english)) = (meant, english)
            && !english.contains_key(&key.text)
        {
            let message = format!("there is no phrase `{}`", key.text);
            let problem = Problem::new(key.place, message).with_width(key.text.chars().count());
            problems.push(problem.with_help(format!("did you mean `{meant}`?")));
        }
        words.insert(key.text, scalar.text.clone());
    }
    if problems.is_empty() { Ok(words) } else { Err(placed(file, text, problems)) }
}

/// Problems of a file as one error: with the first one's place behind the file's name.
fn placed(file: &str, text: &str, problems: Vec<Problem>) -> TemplateError {
    let told = Problems::new(file, text, problems).to_string();
    error(file, told.strip_prefix(&format!("{file}:")).unwrap_or(&told))
}

/// Refuses a language with too few phrases: a sheet would show their names.
fn complete(
    file: &str,
    words: &BTreeMap<String, String>,
    english: &BTreeMap<String, String>,
) -> Result<(), TemplateError> {
    let missing = |key: &&String| !key.starts_with("page_") && !words.contains_key(*key);
    let missing: Vec<&str> = english.keys().filter(missing).map(String::as_str).collect();
    let shown = missing.iter().take(10).copied().collect::<Vec<_>>().join(", ");
    match missing.len() {
        0 => Ok(()),
        count => {
            let (more, are) = match count {
                1 => ("", "is"),
                2..=10 => ("", "are"),
                _ => (" and so on", "are"),
            };
            Err(error(
                file,
                format!(
                    "of the phrases {count} {are} missing: {shown}{more}\n  = help: `words/en.yaml` of this \
                     version has them all"
                ),
            ))
        }
    }
}
