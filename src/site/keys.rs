//! The keys of a course file, and of the front matter of a Markdown page.

use crate::scenario::{Holds, MANY, Mapping, PAPER_KEY, key, text_of};

const PATHS: Holds = Holds::List(0, MANY, &Holds::Text);
const COLOR: Holds = Holds::Form("^#[0-9A-Fa-f]{6}$");

/// The JSON Schema (draft 2020-12) of a course file, as text.
///
/// ```
/// let schema = gradsheet::site::schema();
/// let schema: serde_json::Value = serde_json::from_str(&schema)?;
/// assert_eq!(schema["required"], serde_json::json!(["title"]));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[must_use]
pub fn schema() -> String {
    text_of(&COURSE)
}

pub(super) static COURSE: Mapping = Mapping {
    name: "course",
    meaning: "The course file of gradsheet, `gradsheet.yaml`: what holds for all pages of a folder.",
    keys: &[
        key("title", "The title of the course.", Holds::Filled).required(),
        key("description", "One sentence on the course.", Holds::Text),
        key(
            "language",
            "The language of the index and of Markdown pages, as a code such as `en`.",
            Holds::Text,
        )
        .or("en"),
        key("footer", "A text at the foot of every page.", Holds::Text),
        key("license", "The licence that the course stands under.", Holds::Text),
        key(
            "base",
            "The address at which the site will stand; `sitemap.xml` and the feed need it.",
            Holds::Form("^https?://[A-Za-z0-9._~/:%-]+$"),
        ),
        key("theme", "Colours that differ from the built-in ones.", Holds::Mapping(&THEME)),
        key(
            "order",
            "Files and folders in the order of the course; what is left out follows by name.",
            PATHS,
        ),
        key("exclude", "Files and folders that are no part of the course.", PATHS),
        PAPER_KEY,
    ],
    branches: None,
};

pub(super) static THEME: Mapping = Mapping {
    name: "theme",
    meaning: "Colours as `\"#0b62a8\"`, in quotes, with a contrast of at least 4.5.",
    keys: &[
        key("accent", "The colour of links and solutions on light paper.", COLOR),
        key("accent_dark", "The same on dark paper.", COLOR),
    ],
    branches: None,
};

pub(super) static FRONT: Mapping = Mapping {
    name: "front_matter",
    meaning: "What stands between `---` at the head of a Markdown page.",
    keys: &[
        key("title", "The title; the first heading if left out.", Holds::Text),
        key("description", "One sentence on the page.", Holds::Text),
        key("language", "The language, as a code; that of the course if left out.", Holds::Text),
        key("tags", "Subjects, by which the site groups its pages.", PATHS),
    ],
    branches: None,
};
