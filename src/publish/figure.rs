//! SVG figures inside a page.
//!
//! Figures are made by this program, so their content is trusted; what a page adds is a name for
//! who cannot see them, and identifiers that do not clash with those of another figure.

use std::fmt::Write;

use super::html::escaped;

/// A figure whose drawing is wider than this many pixels may scroll on a small screen.
const WIDE: f32 = 420.0;

/// The drawing as it stands in the page; `number` counts the page's figures from 1.
pub(super) fn inline(svg: &str, alternative: &str, number: usize) -> String {
    // Without the XML declaration, which HTML does not know.
    let svg = svg.find("<svg").map_or("", |start| &svg[start..]).trim_end();
    let Some(end) = end_of_tag(svg) else {
        return escaped(alternative);
    };
    let (tag, inner) = svg.split_at(end);
    let mut out = String::with_capacity(svg.len() + alternative.len() + 64);
    out.push_str(tag);
    if !tag.contains(" role=") {
        out.push_str(" role=\"img\"");
    }
    if !svg.contains("<title") && !tag.contains(" aria-label") {
        let _ = write!(out, "><title>{}</title>{}", escaped(alternative), &inner[1..]);
    } else {
        out.push_str(inner);
    }
    if out.contains(" id=\"") { own_identifiers(&out, number) } else { out }
}

/// Whether the drawing would be too small to read on a telephone.
pub(super) fn is_wide(svg: &str) -> bool {
    width(svg).is_some_and(|width| width > WIDE)
}

/// How wide the drawing is, in pixels, if it says so.
pub(super) fn width(svg: &str) -> Option<f32> {
    let tag = svg.find("<svg").map_or("", |start| &svg[start..]);
    let tag = &tag[..end_of_tag(tag).unwrap_or(0)];
    let width = tag.split(" width=\"").nth(1).unwrap_or_default();
    width.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default().parse().ok()
}

/// Where the first tag's `>` is.
pub(super) fn end_of_tag(svg: &str) -> Option<usize> {
    let mut quoted = false;
    svg.bytes().position(|byte| {
        quoted ^= byte == b'"';
        byte == b'>' && !quoted
    })
}

fn own_identifiers(svg: &str, number: usize) -> String {
    prefixed(svg, &format!("figure{number}_"))
}

/// Prefixes every identifier and every reference to one.
pub(super) fn prefixed(svg: &str, prefix: &str) -> String {
    const PLACES: [&str; 6] =
        [" id=\"", "url(#", "href=\"#", "url('#", " aria-labelledby=\"", " aria-describedby=\""];
    let mut out = String::with_capacity(svg.len() + 256);
    let (mut copied, mut at) = (0, 0);
    let ends_place = |byte: &u8| matches!(byte, b'"' | b'#');
    while let Some(found) = svg.as_bytes()[at..].iter().position(ends_place) {
        at += found + 1;
        let Some(place) = PLACES.iter().find(|place| svg[..at].ends_with(**place)) else {
            continue;
        };
        out.push_str(&svg[copied..at]);
        out.push_str(prefix);
        copied = at;
        if place.starts_with(" aria") {
            // A list of identifiers.
            let list = svg[at..].split('"').next().unwrap_or_default();
            out.push_str(&list.replace(' ', &format!(" {prefix}")));
            at += list.len();
            copied = at;
        }
    }
    out.push_str(&svg[copied..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawings_get_a_name_and_their_own_identifiers() {
        let table = [
            (
                "<?xml version=\"1.0\"?>\n<svg width=\"9\"><path/></svg>\n",
                "<svg width=\"9\" role=\"img\"><title>a &lt; b</title><path/></svg>",
            ),
            (
                "<svg role=\"img\"><title>T</title></svg>",
                "<svg role=\"img\"><title>T</title></svg>",
            ),
            (
                "<svg role=\"img\" aria-labelledby=\"t d\"><title id=\"t\">T</title><g clip-path=\"url(#c)\"/></svg>",
                "<svg role=\"img\" aria-labelledby=\"figure7_t figure7_d\"><title id=\"figure7_t\">T</title><g clip-path=\"url(#figure7_c)\"/></svg>",
            ),
            ("no drawing", "a &lt; b"),
        ];
        for (svg, expected) in table {
            assert_eq!(inline(svg, "a < b", 7), expected);
        }
    }

    #[test]
    fn wide_drawings_are_told_from_narrow_ones() {
        let table = [
            ("<svg width=\"640\" height=\"9\">", true),
            ("<svg height=\"9\" width=\"420px\">", false),
            ("<svg viewBox=\"0 0 9 9\">", false),
            ("", false),
        ];
        for (svg, wide) in table {
            assert_eq!(is_wide(svg), wide, "{svg}");
        }
    }
}
