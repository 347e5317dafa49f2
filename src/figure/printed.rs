//! A drawing for paper, from one for pages.

/// The families of letters that are at hand where papers are made.
const FONTS: &str = "\"New Computer Modern\",\"Libertinus Serif\"";

/// The drawing as [`super::Theme::Print`] has it, for programs that know neither CSS variables nor
/// queries, with letters from the fonts of papers.
pub fn printed(svg: &str) -> String {
    let Some((before, rest)) = svg.split_once("<style>") else { return svg.to_owned() };
    let Some((css, after)) = rest.split_once("</style>") else { return svg.to_owned() };
    let css = with_fonts(&without_variables(&without_queries(css)));
    format!("{before}<style>{css}</style>{after}")
}

/// Without rules for screens, and for drawings that are documents of their own.
fn without_queries(css: &str) -> String {
    let mut kept = String::with_capacity(css.len());
    let mut rest = css;
    while let Some(open) = rest.find('{') {
        let mut depth = 0_usize;
        let end = rest.char_indices().skip_while(|(at, _)| *at < open).find(|(_, c)| {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            depth == 0
        });
        let (rule, after) = rest.split_at(end.map_or(rest.len(), |(at, _)| at + 1));
        if !rule.starts_with("@media") && !rule[..open].contains(":root") {
            kept.push_str(rule);
        }
        rest = after;
    }
    kept + rest
}

/// `var(--series-1,var(--gs-1,#0b62a8))` is `#0b62a8`.
fn without_variables(css: &str) -> String {
    let mut plain = String::with_capacity(css.len());
    let mut rest = css;
    while let Some((before, variable)) = rest.split_once("var(") {
        plain.push_str(before);
        let end = variable.find(')').unwrap_or(variable.len());
        let (inner, after) = variable.split_at(end);
        plain.push_str(inner.rsplit(',').next().unwrap_or_default());
        rest = after.trim_start_matches(')');
    }
    plain + rest
}

fn with_fonts(css: &str) -> String {
    let Some((before, rest)) = css.split_once("font-family:") else { return css.to_owned() };
    let end = rest.find([';', '}']).unwrap_or(rest.len());
    format!("{before}font-family:{FONTS}{}", &rest[end..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::{Axis, Form, Layer, Plot, Scale, Series, Theme, draw};

    #[test]
    fn a_printed_drawing_is_that_of_the_theme_for_print() {
        let points = vec![(0.0, 1.0), (1.0, 0.5)];
        let plot = Plot {
            title: "Loss".to_owned(),
            description: "It falls.".to_owned(),
            x: Axis::new("t", Scale::Linear),
            y: Axis::new("loss", Scale::Linear),
            mark: '.',
            layers: vec![Layer::Line(Series { label: "a".into(), points, form: Form::Line })],
        };
        let expected = draw(&plot, "f", Theme::Print).replace("system-ui,sans-serif", FONTS);
        assert_eq!(printed(&draw(&plot, "f", Theme::Adaptive)), expected);
    }

    #[test]
    fn nothing_of_it_needs_a_browser() {
        let css = "<style>.a{font-family:x;color:var(--a,var(--b,#123456))}@media print{.a{b:c}}\
                   .a:root{color:red}.b{fill:red}</style>";
        let expected =
            format!("<style>.a{{font-family:{FONTS};color:#123456}}.b{{fill:red}}</style>");
        assert_eq!(printed(css), expected);
        assert_eq!(printed("<svg/>"), "<svg/>");
    }
}
