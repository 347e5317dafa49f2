//! The table behind a figure, below it: for readers who can't see the figure, or want its numbers.
//!
//! It is closed until a reader opens it, and left out on paper, where the figure itself is.

use super::html::{Rewriter, escaped, scroll_box};

/// A table in plain text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Data {
    /// The heading of each column.
    pub head: Vec<String>,
    /// The rows; the first entry of each names it.
    pub rows: Vec<Vec<String>>,
    /// What is to be said below it.
    pub notes: Vec<String>,
}

impl Rewriter<'_> {
    /// The data of the figure of that file name, if the page has them.
    pub(super) fn data(&self, destination: &str, caption: &str) -> String {
        let name = destination.strip_prefix("figures/").unwrap_or_default();
        let Some(data) = self.page.data.get(name).filter(|data| !data.rows.is_empty()) else {
            return String::new();
        };
        let words = self.page.words;
        let label = match caption {
            "" => escaped(words.data),
            caption => escaped(&format!("{}: {caption}", words.data)),
        };
        let mut html = format!(
            "<details class=\"data\"><summary>{}</summary>\n{}<table>\n<thead><tr>",
            escaped(words.data),
            scroll_box("div", "scroll", &label)
        );
        for heading in &data.head {
            html.push_str(&format!("<th scope=\"col\">{}</th>", escaped(heading)));
        }
        html.push_str("</tr></thead>\n<tbody>\n");
        for row in &data.rows {
            html.push_str("<tr>");
            for (column, entry) in row.iter().enumerate() {
                let entry = escaped(entry);
                html.push_str(&match column {
                    0 => format!("<th scope=\"row\">{entry}</th>"),
                    _ => format!("<td>{entry}</td>"),
                });
            }
            html.push_str("</tr>\n");
        }
        html.push_str("</tbody></table></div>\n");
        for note in &data.notes {
            html.push_str(&format!("<p>{}</p>\n", escaped(note)));
        }
        html.push_str("</details>\n");
        html
    }
}
