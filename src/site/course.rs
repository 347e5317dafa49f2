//! The course file, `gradsheet.yaml`.
//!
//! | key | meaning |
//! |---|---|
//! | `title`, `description` | of the whole course; only `title` is required |
//! | `language` | of the index and of Markdown pages; `en` if left out |
//! | `order` | files and folders in the order of the course; what is left out follows by name |
//! | `exclude` | files and folders that are no part of the course |
//! | `base` | the address at which the site will stand; needed for `sitemap.xml` and the feed |
//! | `theme` | `accent` and `accent_dark`, colours as `#0b62a8`, legible on the paper of their theme |
//! | `footer`, `license` | at the foot of every page |
//! | `paper` | how sheets are printed that don't say so themselves, as in a scenario |

use crate::scenario::{Field, Printing, Problem, Problems, Report, printing, suggest, yaml};

use super::keys::{COURSE, THEME};
use super::sources::Sources;

/// The course file's name.
pub(super) const FILE: &str = "gradsheet.yaml";
/// What text needs against its background.
const CONTRAST: f64 = 4.5;
/// The backgrounds of the built-in style.
const PAPER: [u8; 3] = [0xff, 0xfe, 0xfc];
const DARK_PAPER: [u8; 3] = [0x16, 0x18, 0x1b];

/// What holds for a whole course.
#[derive(Debug, Clone, PartialEq)]
pub struct Course {
    /// Its title.
    pub title: String,
    /// One sentence on it.
    pub description: String,
    /// Its language.
    pub language: String,
    /// Files and folders, in order.
    pub order: Vec<String>,
    /// Files and folders that are no part of it.
    pub exclude: Vec<String>,
    /// Where it will stand, with a slash at the end.
    pub base: Option<String>,
    /// Colours.
    pub theme: Theme,
    /// At the foot of every page.
    pub footer: String,
    /// Under which licence it stands.
    pub license: String,
    /// How sheets are printed that don't say so themselves.
    pub printing: Printing,
}

/// Colours that differ from the built-in ones, as `#0b62a8`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Theme {
    /// Of links and solutions.
    pub accent: Option<String>,
    /// The same on dark paper.
    pub accent_dark: Option<String>,
}

impl Course {
    /// The course of a folder; without a course file it is named after the folder.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the course file.
    pub fn read(sources: &Sources) -> Result<Self, Problems> {
        let Some(text) = &sources.course else { return Ok(Self::after_folder(sources)) };
        let fail = |list: Vec<Problem>| {
            Problems::new(sources.path(FILE).display().to_string(), text.as_str(), list)
        };
        let top = yaml::read(text).map_err(fail)?;
        let report = Report::new();
        let course = read(&Field::new(&top, "", &report), sources);
        let problems = report.into_problems();
        match course {
            Some(course) if problems.is_empty() => Ok(course),
            _ => Err(fail(problems)),
        }
    }

    /// A course named after its folder, without a course file.
    pub(super) fn after_folder(sources: &Sources) -> Self {
        let root = sources.root.canonicalize().unwrap_or_else(|_| sources.root.clone());
        let name = root.file_name().map(|name| name.to_string_lossy().into_owned());
        Self {
            title: name.unwrap_or_else(|| "Course".into()),
            description: String::new(),
            language: "en".into(),
            order: Vec::new(),
            exclude: Vec::new(),
            base: None,
            theme: Theme::default(),
            footer: String::new(),
            license: String::new(),
            printing: Printing::default(),
        }
    }

    /// Whether a file is no part of the course.
    pub fn leaves_out(&self, path: &str) -> bool {
        self.exclude.iter().any(|name| is_below(path, name))
    }
}

/// Whether a path is that of a file or folder, or lies in that folder.
pub(super) fn is_below(path: &str, name: &str) -> bool {
    path.strip_prefix(name.trim_end_matches('/'))
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn read(top: &Field<'_>, sources: &Sources) -> Option<Course> {
    let mut map = top.fields(&COURSE)?;
    let title = map.required_text("title").map(|scalar| scalar.text.clone());
    let mut text = |key| map.text(key).map(|scalar| scalar.text.clone());
    let (description, language) = (text("description"), text("language"));
    let (footer, license) = (text("footer"), text("license"));
    let base = map.take("base").and_then(|field| address(&field));
    let theme = map.take("theme").and_then(|field| theme(&field)).unwrap_or_default();
    let order = map.take("order").map(|field| names(&field, sources)).unwrap_or_default();
    let exclude = map.take("exclude").map(|field| names(&field, sources)).unwrap_or_default();
    let printing = printing(&mut map, &sources.root);
    map.finish();
    Some(Course {
        title: title?,
        description: description.unwrap_or_default(),
        language: language.unwrap_or_else(|| "en".into()),
        order,
        exclude,
        base,
        theme,
        footer: footer.unwrap_or_default(),
        license: license.unwrap_or_default(),
        printing,
    })
}

/// Files and folders that are there.
fn names(field: &Field<'_>, sources: &Sources) -> Vec<String> {
    let mut list: Vec<String> = Vec::new();
    for item in field.items().unwrap_or_default() {
        let Some(scalar) = item.text() else { continue };
        let name = scalar.text.trim_start_matches("./").trim_end_matches('/').to_owned();
        let known = || sources.pages.keys().map(String::as_str);
        if list.contains(&name) {
            item.refuse(format!("`{name}` is listed twice"));
        } else if known().any(|path| is_below(path, &name)) {
            list.push(name);
        } else {
            let problem = item.problem(format!("there is no `{name}` in the course's folder"));
            let near = suggest(&name, known());
            field.report().push(match near {
                Some(near) => problem.with_help(format!("did you mean `{near}`?")),
                None => problem,
            });
        }
    }
    list
}

fn address(field: &Field<'_>) -> Option<String> {
    let text = &field.text()?.text;
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let plain = |rest: &str| {
        !rest.is_empty()
            && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~/:%".contains(&byte))
    };
    if !rest.is_some_and(plain) {
        return field.expected("an address such as `https://example.org/course/`");
    }
    Some(format!("{}/", text.trim_end_matches('/')))
}

fn theme(field: &Field<'_>) -> Option<Theme> {
    let mut map = field.fields(&THEME)?;
    let mut color = |key, paper| map.take(key).and_then(|field| color(&field, paper));
    let theme =
        Theme { accent: color("accent", PAPER), accent_dark: color("accent_dark", DARK_PAPER) };
    map.finish();
    Some(theme)
}

/// A colour that can be read on the paper.
fn color(field: &Field<'_>, paper: [u8; 3]) -> Option<String> {
    let text = &field.text()?.text;
    let Some(color) = rgb(text) else { return field.expected("a colour such as `\"#0b62a8\"`") };
    let reached = contrast(color, paper);
    if reached < CONTRAST {
        field.refuse(format!(
            "`{text}` is hard to read on this theme's paper: its contrast is {reached:.1}, \
             texts need {CONTRAST}"
        ));
        return None;
    }
    Some(text.to_ascii_lowercase())
}

fn rgb(text: &str) -> Option<[u8; 3]> {
    let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii())?;
    let byte = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
    let plain = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    plain.then_some([byte(0)?, byte(2)?, byte(4)?])
}

/// The contrast ratio of WCAG 2.2, from 1 to 21.
fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
    let channel = |value: u8| {
        let value = f64::from(value) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { libm::pow((value + 0.055) / 1.055, 2.4) }
    };
    let light = |[red, green, blue]: [u8; 3]| {
        0.2126 * channel(red) + 0.7152 * channel(green) + 0.0722 * channel(blue)
    };
    let (one, other) = (light(one) + 0.05, light(other) + 0.05);
    one.max(other) / one.min(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn course(text: &str) -> Result<Course, String> {
        let pages = ["intro.md", "week1/sgd.yaml"].map(|name| (name.to_owned(), String::new()));
        let (course, pages) = (Some(text.to_owned()), pages.into());
        let sources = Sources { course, pages, ..Sources::default() };
        Course::read(&sources).map_err(|problems| problems.to_string())
    }

    #[test]
    fn a_course_file_says_what_holds_for_all_pages() {
        let text = "title: T\nbase: https://example.org/x\norder: [week1/, intro.md]\n\
                    theme: {accent: \"#0B62A8\"}\n";
        let course = course(text).unwrap();
        assert_eq!(course.base.as_deref(), Some("https://example.org/x/"));
        assert_eq!(course.order, ["week1", "intro.md"]);
        assert_eq!(course.theme.accent.as_deref(), Some("#0b62a8"));
    }

    #[test]
    fn what_is_wrong_is_told_all_at_once() {
        let text = "title: T\nbase: javascript:1\norder: [intro.mb, week1, week1]\n\
                    theme: {accent: \"#ffff00\", accent_dark: blue}\ncolor: red\n";
        let message = course(text).unwrap_err();
        for part in [
            "an address such as",
            "did you mean `intro.md`?",
            "`week1` is listed twice",
            "its contrast is 1.1",
            "a colour such as",
            "color",
        ] {
            assert!(message.contains(part), "{part} in\n{message}");
        }
    }

    #[test]
    fn contrast_is_that_of_the_guidelines() {
        // Worked values of WCAG 2.2: black on white 21, #767676 on white 4.54.
        let table = [([0; 3], 21.0), ([0x76; 3], 4.54), ([255; 3], 1.0)];
        for (color, ratio) in table {
            assert!((contrast(color, [255; 3]) - ratio).abs() < 0.005, "{color:?}");
        }
    }
}
