//! What the parts of a graph look like.
//!
//! The rules are confined to `.gs-diagram`, because a style inside an SVG holds for the whole
//! page that it is put into. Kinds of nodes differ by shape and directions of arrows by their
//! dashes, so that no colour has to be told from another.

use std::fmt::Write as _;

use crate::figure::ink::{PALETTE, Theme};

const RULES: &str = "\
.gs-diagram{font-family:\"STIX Two Text\",\"Latin Modern Roman\",Cambria,\"Times New Roman\",\
\"DejaVu Serif\",serif;height:auto}\
.gs-diagram text{fill:currentColor;stroke:none;text-anchor:middle}\
.gs-diagram .label{font-size:17px}\
.gs-diagram .name,.gs-diagram .note{font-size:14px}\
.gs-diagram .start{text-anchor:start}\
.gs-diagram .end{text-anchor:end}\
.gs-diagram .i{font-style:italic}\
.gs-diagram .b{font-weight:bold}\
.gs-diagram .s{font-size:72%}\
.gs-diagram .t{font-size:55%}\
.gs-diagram .box{fill:currentColor;fill-opacity:.07;stroke:currentColor;stroke-width:1.6}\
.gs-diagram .inner{fill:none;stroke:currentColor;stroke-width:1.2}\
.gs-diagram .line{fill:none;stroke:currentColor;stroke-width:1.5}\
.gs-diagram .head{fill:currentColor;stroke:none}\
.gs-diagram .line.back{stroke-dasharray:5 3.5}";

/// What has a colour of the palette; the rest has that of the text.
const COLORED: [(&str, usize); 4] =
    [("parameter", 1), ("operation", 0), ("output", 2), ("back", 3)];

/// The style sheet.
pub(super) fn style_sheet(theme: Theme) -> String {
    let mut css = RULES.to_owned();
    let mut dark = String::from("--gs-text:#e6e8eb;");
    for (class, index) in COLORED {
        let (on_light, on_dark) = PALETTE[index];
        let number = index + 1;
        // Writing to a String cannot fail.
        let _ = match theme {
            Theme::Print => write!(css, ".gs-diagram .{class}{{color:{on_light}}}"),
            Theme::Adaptive => write!(
                css,
                ".gs-diagram .{class}{{color:var(--series-{number},var(--gs-{number},{on_light}))}}"
            ),
        };
        let _ = write!(dark, "--gs-{number}:{on_dark};");
    }
    if theme == Theme::Adaptive {
        // Only a picture that is a document of its own sets the colour of its text; inside a
        // page it is the page's.
        let _ = write!(
            css,
            ".gs-diagram:root{{color:var(--gs-text,#1b1f24)}}\
             @media (prefers-color-scheme:dark){{.gs-diagram{{{dark}}}}}\
             @media print{{.gs-diagram{{max-height:23cm}}}}"
        );
    }
    css
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn print_has_no_variables() {
        let css = style_sheet(Theme::Print);
        assert!(!css.contains("var(") && !css.contains("prefers"), "{css}");
    }

    #[test]
    fn every_rule_is_confined_to_diagrams() {
        for theme in [Theme::Print, Theme::Adaptive] {
            let css = style_sheet(theme);
            let rules = css.split(['{', '}', ',']).filter(|part| part.starts_with('.'));
            for selector in rules {
                assert!(selector.starts_with(".gs-diagram"), "{selector}");
            }
        }
    }
}
