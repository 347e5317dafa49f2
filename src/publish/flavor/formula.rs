//! Formulas as a generator takes them.

use std::ops::Range;

use super::super::formula::Display;
use super::Flavor;
use super::edits::Edits;
use super::lines::{indented, prefix};

/// A formula of the source.
pub(super) struct Found<'s> {
    pub(super) source: &'s str,
    pub(super) range: Range<usize>,
    /// Its LaTeX, without the marks of quotations that it stands in.
    pub(super) tex: &'s str,
    pub(super) display: Display,
    /// Whether it stands in a table, where a bar ends its cell.
    pub(super) in_table: bool,
}

impl Found<'_> {
    pub(super) fn rewrite(&self, flavor: Flavor, edits: &mut Edits) {
        match flavor {
            Flavor::GitHub => self.part_braces(&["{", "%"], edits),
            // Neither drops the backslash that keeps a bar from ending its cell.
            Flavor::Quarto if self.has_bar() => self.put("$", &self.without_bars(), "$", edits),
            Flavor::Hugo if self.has_bar() => {
                self.put("\\(", &self.without_bars(), "\\)", edits);
            }
            Flavor::Quarto => self.part_braces(&["{"], edits),
            Flavor::Myst => {}
            // Goldmark's extension takes the marks of quotations for a part of the formula.
            Flavor::Hugo if self.is_quoted() => {
                let tex = part(self.tex, &["{"]).lines().collect::<Vec<_>>().join(" ");
                let mark =
                    if self.display == Display::Block { ["$$", "$$"] } else { ["\\(", "\\)"] };
                self.put(mark[0], tex.trim(), mark[1], edits);
            }
            Flavor::Hugo => {
                self.part_braces(&["{"], edits);
                if self.display == Display::Inline {
                    let Range { start, end } = self.range;
                    edits.replace(start..start + 1, "\\(");
                    edits.replace(end - 1..end, "\\)");
                }
            }
            Flavor::Zola | Flavor::MdBook => {
                let tex = escaped(&part(self.tex, &["{", "%", "#"]));
                match self.display {
                    Display::Inline => self.put("\\\\(", &tex, "\\\\)", edits),
                    Display::Block => self.put("\\\\[", &tex, "\\\\]", edits),
                }
            }
        }
    }

    fn has_bar(&self) -> bool {
        self.in_table && self.tex.contains('|')
    }

    /// With the bars of a table's cell as names.
    fn without_bars(&self) -> String {
        part(&self.tex.replace("\\|", "\\Vert ").replace('|', "\\vert "), &["{"])
    }

    /// Whether it goes on behind the mark of a quotation. One with a comment stays on its lines.
    fn is_quoted(&self) -> bool {
        let text = self.source.get(self.range.clone()).unwrap_or_default();
        let marks = prefix(self.source, self.range.start);
        text.contains('\n') && marks.contains('>') && !self.tex.replace("\\%", "").contains('%')
    }

    /// A blank behind every brace that one of `next` follows; LaTeX does not see it.
    fn part_braces(&self, next: &[&str], edits: &mut Edits) {
        let text = self.source.get(self.range.clone()).unwrap_or_default();
        for at in pairs(text, next) {
            edits.insert(self.range.start + at, " ");
        }
    }

    fn put(&self, open: &str, tex: &str, close: &str, edits: &mut Edits) {
        let text = format!("{open}{tex}{close}");
        let text = indented(&text, &prefix(self.source, self.range.start));
        edits.replace(self.range.clone(), text);
    }
}

/// The places between a brace and what follows it.
fn pairs<'t>(text: &'t str, next: &'t [&str]) -> impl Iterator<Item = usize> + 't {
    text.match_indices('{').map(|(at, _)| at + 1).filter(move |at| {
        let rest = &text[*at..];
        next.iter().any(|next| rest.starts_with(next))
    })
}

fn part(tex: &str, next: &[&str]) -> String {
    let mut edits = Edits::default();
    for at in pairs(tex, next) {
        edits.insert(at, " ");
    }
    edits.applied(tex)
}

/// LaTeX as Markdown that knows no formulas: all that it could take for its own is escaped.
fn escaped(tex: &str) -> String {
    let mut out = String::with_capacity(tex.len() * 2);
    for letter in tex.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '(' | ')' | '~' | '\'' | '"' | '-'
            | '+' | '.' | '|' | '!' | '#' | '$' | ':' | '=' => {
                // Signs that only begin something at the beginning of a line, or in pairs.
                let matters = !matches!(letter, '}' | '(' | ')' | '+' | '.' | ':' | '=' | '{')
                    || out.is_empty()
                    || out.ends_with(['\n', ' '])
                    || out.ends_with(letter)
                    || out.trim_end_matches(|c: char| c.is_ascii_digit()).ends_with('\n');
                if matters {
                    out.push('\\');
                }
                out.push(letter);
            }
            _ => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a parser without formulas makes of an escaped formula is the formula.
    #[test]
    fn escaped_formulas_come_out_of_any_parser_as_they_were() {
        let table = [
            r"a_1 * b_2 = \frac{1}{2} \\ x^* &= [1]_2",
            "\n\\begin{aligned}\n- x &= 1 \\\\\n+ y &< \\{ 2 \\}\n1. z\n= 3\n\\end{aligned}\n",
            r"f'(x) -- \text{it's ``so''} ~ |a| \|b\| ... &lt; ![x](y) <b>",
            "# a\n> b\n| c |\n: d\n~~~\n```\n===",
        ];
        let options = pulldown_cmark::Options::all()
            - pulldown_cmark::Options::ENABLE_MATH
            - pulldown_cmark::Options::ENABLE_YAML_STYLE_METADATA_BLOCKS;
        for tex in table {
            let markdown = format!("\\\\({}\\\\)", escaped(tex));
            let mut text = String::new();
            for event in pulldown_cmark::Parser::new_ext(&markdown, options) {
                match event {
                    pulldown_cmark::Event::Text(part) => text.push_str(&part),
                    pulldown_cmark::Event::SoftBreak => text.push('\n'),
                    pulldown_cmark::Event::Start(pulldown_cmark::Tag::Paragraph)
                    | pulldown_cmark::Event::End(_) => {}
                    other => panic!("{other:?} in {markdown}"),
                }
            }
            assert_eq!(text, format!("\\({tex}\\)"), "{markdown}");
        }
    }

    #[test]
    fn braces_are_parted_where_a_generator_would_see_its_own() {
        assert_eq!(part("x^{{a}} {{{b}}} {%", &["{", "%"]), "x^{ {a}} { { {b}}} { %");
    }
}
