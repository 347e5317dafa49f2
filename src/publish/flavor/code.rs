//! Code whose text a generator would obey.

use super::Flavor;
use super::escape::entities;

/// How code is written so that its text comes out.
pub(super) enum Form {
    /// As it is, or with this text between the same fences.
    Code(String),
    /// As HTML.
    Html,
    /// As text: no code of this generator could show it.
    Text,
}

/// The form for code of this text; `None` if it can stay.
pub(super) fn form(flavor: Flavor, code: &str, inline: bool) -> Option<Form> {
    let has = |marks: &[&str]| marks.iter().any(|mark| code.contains(mark));
    match flavor {
        Flavor::GitHub | Flavor::Zola if has(&["{{", "{%"]) => Some(Form::Html),
        Flavor::MdBook if has(&["{{"]) => Some(Form::Html),
        Flavor::Hugo if has(&["{{<", "{{%"]) => {
            Some(commented(code).map_or(Form::Text, Form::Code))
        }
        Flavor::Quarto if inline && is_run(code) => Some(Form::Text),
        Flavor::Quarto if has(&["{{<"]) => Some(Form::Code(tripled(code))),
        _ => None,
    }
}

/// Code in a line that Quarto would run: `{python} 1 + 1`, `r 1 + 1`.
fn is_run(code: &str) -> bool {
    let engine = code.strip_prefix('{').is_some_and(|rest| rest.starts_with(char::is_alphabetic));
    engine || code.starts_with("r ")
}

/// Quarto's own form for a shortcode that is not to be one; one that isn't closed is none.
fn tripled(code: &str) -> String {
    let mut out = String::new();
    let mut rest = code;
    while let Some((before, inner)) = rest.split_once("{{<") {
        let Some((name, after)) = inner.split_once(">}}") else { break };
        out.push_str(&format!("{before}{{{{{{<{name}>}}}}}}"));
        rest = after;
    }
    out.push_str(rest);
    out
}

/// Hugo's own form for a shortcode that is not to be one, if every shortcode is closed.
fn commented(code: &str) -> Option<String> {
    let mut out = String::new();
    let mut rest = code;
    while let Some(start) = rest.find("{{<").into_iter().chain(rest.find("{{%")).min() {
        let inner = rest.get(start + 3..)?;
        let close = if rest.get(start..)?.starts_with("{{<") { ">}}" } else { "%}}" };
        let end = inner.find(close)?;
        let name = inner.get(..end)?;
        if name.contains("*/") || name.contains("/*") || name.len() < 2 {
            return None;
        }
        out.push_str(rest.get(..start + 3)?);
        out.push_str(&format!("/*{name}*/{close}"));
        rest = inner.get(end + 3..)?;
    }
    out.push_str(rest);
    Some(out)
}

/// Code as HTML that no parser of Markdown, and none before it, takes for anything else.
pub(super) fn html(code: &str, inline: bool) -> String {
    if inline {
        format!("<code>{}</code>", entities(code))
    } else {
        // A blank line would end the block for some parsers.
        let text = entities(code.trim_end_matches('\n')).replace('\n', "&#10;");
        format!("<pre><code>{text}</code></pre>")
    }
}

/// Code as text, line by line.
pub(super) fn text(code: &str) -> String {
    let line = |line: &str| {
        let text = line.trim_start_matches(' ');
        format!("{}{}", "&nbsp;".repeat(line.len() - text.len()), entities(text))
    };
    code.trim_end_matches('\n').lines().map(line).collect::<Vec<_>>().join("\\\n")
}

/// The info string of a block, without what would run it or make a directive of it.
pub(super) fn info(flavor: Flavor, info: &str) -> Option<&'static str> {
    match flavor {
        Flavor::GitHub => None,
        // Also Hugo's attributes, Zola's and mdBook's options.
        _ => info.contains(['{', '=', ',']).then_some(""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shortcodes_in_code_are_commented_if_they_are_closed() {
        let table = [
            ("{{< a b >}}", Some("{{</* a b */>}}")),
            ("x {{% a %}} y {{< /a >}}", Some("x {{%/* a */%}} y {{</* /a */>}}")),
            ("{{< a", None),
            ("{{</* a */>}}", None),
            ("plain", Some("plain")),
        ];
        for (code, expected) in table {
            assert_eq!(commented(code).as_deref(), expected, "{code}");
        }
    }
}
