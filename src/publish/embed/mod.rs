//! A sheet as a part of somebody else's page.
//!
//! What is written is one line of HTML, since a blank line ends raw HTML in Markdown: a division
//! of the class `gradsheet` with the sheet's style, which holds inside of it alone (`style`),
//! headings below those of the page, and identifiers of its own.

mod style;

use std::ops::Range;

use pulldown_cmark::{Event, Parser, Tag};

use super::figure::{end_of_tag, prefixed};
use super::html::options;
use super::{Page, PageError, body};

/// Where in a page a sheet is put.
#[derive(Debug, Clone, Copy)]
pub struct Embedding<'a> {
    /// Before every identifier, so that no two of the page are the same.
    pub prefix: &'a str,
    /// The level of the heading that the sheet stands below; 0 if there is none.
    pub below: u8,
    /// The template of what the page's own style would do to a sheet, or nothing.
    pub style: Option<&'a str>,
}

/// The sheet as one line of HTML with its style. `templates` must hold `style.css`.
///
/// # Errors
/// Every formula that cannot be converted, or the first thing wrong with a style.
pub fn embedded(
    page: &Page<'_>,
    place: &Embedding<'_>,
    templates: &tera::Tera,
) -> Result<String, PageError> {
    let body = one_line(&body(page)?, place);
    let mut css = templates.render("style.css", &tera::Context::new())?;
    if let Some(name) = place.style {
        css.push_str(&templates.render(name, &tera::Context::new())?);
    }
    let (css, language) = (style::scoped(&css), super::html::escaped(page.language));
    // The second class is MathJax's, for “not here”.
    Ok(format!(
        "<div class=\"gradsheet tex2jax_ignore mathjax_ignore\" lang=\"{language}\">\
         <style>{css}</style>{body}</div>"
    ))
}

/// Headings lowered, identifiers prefixed, and no line break.
fn one_line(html: &str, place: &Embedding<'_>) -> String {
    let mut out = String::with_capacity(html.len() + html.len() / 16);
    let mut rest = html;
    let mut verbatim = 0_usize;
    let mut style = false;
    while let Some(start) = rest.find('<') {
        text(&rest[..start], verbatim > 0, style, &mut out);
        let Some(end) = end_of_tag(&rest[start..]) else { break };
        let tag = &rest[start..=start + end];
        match tag {
            _ if tag.starts_with("<pre") => verbatim += 1,
            "</pre>" => verbatim = verbatim.saturating_sub(1),
            _ if tag.starts_with("<style") => style = true,
            "</style>" => style = false,
            _ => {}
        }
        let mut tag = prefixed(&lowered(tag, place.below), place.prefix);
        // Buttons of one group, and what names them.
        for (element, attribute) in [("<input ", " name=\""), ("<label ", " for=\"")] {
            if tag.starts_with(element) {
                tag = tag.replacen(attribute, &format!("{attribute}{}", place.prefix), 1);
            }
        }
        text(&tag, false, false, &mut out);
        rest = &rest[start + end + 1..];
    }
    text(rest, verbatim > 0, style, &mut out);
    out.trim().to_owned()
}

/// A line break is a blank, but in code; two braces would begin something for a preprocessor.
fn text(text: &str, verbatim: bool, style: bool, out: &mut String) {
    let line_break = if verbatim { "&#10;" } else { " " };
    let text = text.replace('\n', line_break);
    out.push_str(&if style { text } else { text.replace("{{", "&#123;&#123;") });
}

/// `<h1>` below a heading of the second level is `<h3>`.
fn lowered(tag: &str, below: u8) -> String {
    let (open, rest) = match tag.strip_prefix("</h") {
        Some(rest) => ("</h", rest),
        None => ("<h", tag.strip_prefix("<h").unwrap_or_default()),
    };
    let digit = rest.chars().next().and_then(|c| c.to_digit(10));
    let level = digit.filter(|digit| (1..=6).contains(digit) && rest[1..].starts_with([' ', '>']));
    match level {
        Some(level) => format!("{open}{}{}", (level + u32::from(below)).min(6), &rest[1..]),
        None => tag.to_owned(),
    }
}

/// What a Markdown text holds, by place: its code, and the levels of its headings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outline {
    /// Blocks and spans of code.
    pub code: Vec<Range<usize>>,
    /// Where headings begin, and their levels.
    pub headings: Vec<(usize, u8)>,
}

/// The outline of a Markdown text.
#[must_use]
pub fn outline(markdown: &str) -> Outline {
    let mut outline = Outline::default();
    for (event, range) in Parser::new_ext(markdown, options("")).into_offset_iter() {
        match event {
            Event::Start(Tag::CodeBlock(_)) | Event::Code(_) => outline.code.push(range),
            Event::Start(Tag::Heading { level, .. }) => {
                outline.headings.push((range.start, level as u8));
            }
            _ => {}
        }
    }
    outline
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_becomes_one_line_with_identifiers_of_its_own() {
        let place = Embedding { prefix: "p_", below: 1, style: None };
        let table = [
            ("<h1 id=\"a\">T</h1>\n<h6>x</h6>\n", "<h2 id=\"p_a\">T</h2> <h6>x</h6>"),
            ("<hr>\n<p>a <a href=\"#b\">b</a></p>", "<hr> <p>a <a href=\"#p_b\">b</a></p>"),
            ("<pre><code>a\n\n  b</code></pre>\n", "<pre><code>a&#10;&#10;  b</code></pre>"),
            ("<p> id=\"x\" {{#include y}}</p>", "<p> id=\"x\" &#123;&#123;#include y}}</p>"),
            (
                "<input type=\"radio\" name=\"g\" id=\"g_1\"><label for=\"g_1\">",
                "<input type=\"radio\" name=\"p_g\" id=\"p_g_1\"><label for=\"p_g_1\">",
            ),
            (
                "<svg aria-labelledby=\"t d\"><style>a{b:c}\n@media x{{d}}</style></svg>",
                "<svg aria-labelledby=\"p_t p_d\"><style>a{b:c} @media x{{d}}</style></svg>",
            ),
        ];
        for (html, expected) in table {
            assert_eq!(one_line(html, &place), expected);
        }
    }

    #[test]
    fn an_outline_finds_code_and_headings() {
        let found = outline("# a\n\n`x`\n\n```\n# no\n```\n\n### b\n");
        assert_eq!(found.headings, [(0, 1), (24, 3)]);
        assert_eq!(found.code, [5..8, 10..22]);
    }
}
