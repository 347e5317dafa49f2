//! The Markdown of a sheet, rewritten for a site generator that takes it as it is.
//!
//! | | title | formulas | callouts | room to write |
//! |---|---|---|---|---|
//! | GitHub | `#` | `$…$` | `> [!NOTE]` | an empty code block |
//! | Quarto | front matter | `$…$` | `::: {.callout-note}` | a fenced division |
//! | MyST | front matter | `$…$` | `:::{note}` | an empty code block of that height |
//! | Zola | front matter | `\\(…\\)`, escaped | a block quote | HTML |
//! | Hugo | front matter | `\(…\)`, for its passthrough extension | a block quote | as MyST |
//! | mdBook | `#` | `\\(…\\)`, escaped | `> [!NOTE]` | HTML |
//!
//! **What a generator would obey comes out as text.** Shortcodes (`{{< >}}`, `{{ }}`, `{% %}`),
//! Liquid, citations, roles, directives, attributes: a text gets backslashes or entities, a
//! formula a blank between its braces, code whatever each generator offers. For GitHub nothing
//! else is changed, and a sheet without such things keeps its bytes.
//!
//! Characters are changed at their places in the source (`escape`, `code`, `formula`), so that
//! lists, tables and quotations stay as they were written. Only callouts are moved out of their
//! quotations, in a second pass (`callout`).

mod blocks;
mod callout;
mod code;
mod edits;
mod escape;
mod formula;
mod front;
mod lines;
mod walk;

pub use front::Front;

use super::Words;

/// A site generator whose Markdown is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Flavor {
    /// GitHub, also as GitHub Pages with Jekyll.
    #[default]
    GitHub,
    /// Quarto.
    Quarto,
    /// MyST Markdown, as Jupyter Book has it.
    Myst,
    /// Zola.
    Zola,
    /// Hugo.
    Hugo,
    /// mdBook.
    MdBook,
}

impl Flavor {
    /// Whether the generator prints the title of the front matter.
    #[must_use]
    pub fn prints_title(self) -> bool {
        match self {
            Self::Quarto | Self::Myst | Self::Zola | Self::Hugo => true,
            Self::GitHub | Self::MdBook => false,
        }
    }

    /// Whether subtitle, authors and date of the front matter are printed as well, by every theme.
    fn prints_byline(self) -> bool {
        matches!(self, Self::Quarto | Self::Myst)
    }

    /// Whether a page that shows files of its own is a folder, with its text in `index.md`.
    #[must_use]
    pub fn has_page_folders(self) -> bool {
        matches!(self, Self::Zola | Self::Hugo)
    }

    /// The template of its front matter.
    fn front_matter(self) -> Option<&'static str> {
        match self {
            Self::GitHub | Self::MdBook => None,
            Self::Quarto => Some("front_matter/quarto.md"),
            Self::Myst => Some("front_matter/myst.md"),
            Self::Zola => Some("front_matter/zola.md"),
            Self::Hugo => Some("front_matter/hugo.md"),
        }
    }
}

/// A sheet's Markdown as this generator takes it. `templates` must hold the front matter.
///
/// # Errors
/// The first thing wrong with the template of the front matter.
pub fn flavored(
    markdown: &str,
    flavor: Flavor,
    front: &Front<'_>,
    words: &Words<'_>,
    templates: &tera::Tera,
) -> Result<String, tera::Error> {
    let rewritten = walk::rewritten(markdown, flavor, front, words);
    let body = match flavor {
        Flavor::Quarto | Flavor::Myst => callout::moved_out(rewritten, flavor),
        Flavor::GitHub | Flavor::Zola | Flavor::Hugo | Flavor::MdBook => rewritten,
    };
    match flavor.front_matter() {
        None => Ok(body),
        Some(template) => {
            let head = templates.render(template, &front.context(flavor))?;
            Ok(format!("{}\n\n{}", head.trim(), body.trim_start_matches('\n')))
        }
    }
}

#[cfg(test)]
mod tests;
