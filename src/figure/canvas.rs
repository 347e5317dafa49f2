//! Marks on plotters' SVG backend, and what becomes of the text that it writes.
//!
//! The backend writes one element a line, with every attribute in double quotes and
//! no raw quote or `<` inside a value or a text. So splitting a line at the quotes
//! gives its attributes; those that the style sheet decides are dropped, colours
//! become classes, and polylines become paths with relative coordinates, of which
//! neighbours with one class are joined.

use std::fmt::Write as _;

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::element::{Circle, PathElement, Polygon, Rectangle, Text};
use plotters::prelude::SVGBackend;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, TextStyle};

use super::ink::{Ink, classes};
use super::simplify::Dot;
use super::text;
use super::view::Frame;

/// Which point of a text stands at the given place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    /// The middle of its left edge.
    Left,
    /// Its middle.
    Middle,
    /// The middle of its right edge.
    Right,
    /// The middle of its upper edge.
    Top,
}

/// The whole drawing. Its methods drop plotters' errors: writing into a string
/// cannot fail.
pub(super) struct Canvas<'a> {
    pub(super) board: DrawingArea<SVGBackend<'a>, Shift>,
}

impl Canvas<'_> {
    pub(super) fn line(&self, dots: Vec<Dot>, ink: Ink) {
        let _ = self.board.draw(&PathElement::new(dots, ink.color()));
    }

    pub(super) fn polygon(&self, dots: Vec<Dot>, ink: Ink) {
        let _ = self.board.draw(&Polygon::new(dots, ink.color()));
    }

    pub(super) fn circle(&self, centre: Dot, radius: i32, ink: Ink) {
        let style = match ink {
            Ink::Solid(_) => ink.color().filled(),
            _ => ink.color().stroke_width(1),
        };
        let _ = self.board.draw(&Circle::new(centre, radius, style));
    }

    pub(super) fn rectangle(&self, frame: Frame, ink: Ink) {
        let corners = [(frame.left, frame.top), (frame.right, frame.bottom)];
        let style = ink.color().stroke_width(1);
        let _ = self.board.draw(&Rectangle::new(corners, style));
    }

    pub(super) fn text(&self, words: &str, place: Dot, anchor: Anchor, ink: Ink) {
        let (horizontal, vertical) = match anchor {
            Anchor::Left => (HPos::Left, VPos::Center),
            Anchor::Middle => (HPos::Center, VPos::Center),
            Anchor::Right => (HPos::Right, VPos::Center),
            Anchor::Top => (HPos::Center, VPos::Top),
        };
        let color = ink.color();
        let style =
            TextStyle::from(("sans-serif", 160)).color(&color).pos(Pos::new(horizontal, vertical));
        let _ = self.board.draw(&Text::new(text::printable(words), place, style));
    }
}

/// The body of plotters' SVG, without its outermost element, with classes.
pub(super) fn rewrite(svg: &str) -> String {
    let mut out = String::with_capacity(svg.len() / 2);
    let mut path: Option<(String, String)> = None;
    for line in svg.lines() {
        if line.starts_with("<svg ") || line == "</svg>" {
            continue;
        }
        let element = Element::read(line);
        if let Some(data) = &element.path {
            match &mut path {
                Some((class, joined)) if *class == element.class => joined.push_str(data),
                _ => {
                    close(&mut out, path.take());
                    path = Some((element.class, data.clone()));
                }
            }
            continue;
        }
        close(&mut out, path.take());
        out.push_str(&element.rest);
        if !line.starts_with("<text ") && (line.starts_with('<')) {
            out.push('\n');
        }
    }
    close(&mut out, path);
    out
}

fn close(out: &mut String, path: Option<(String, String)>) {
    if let Some((class, data)) = path {
        let _ = writeln!(out, "<path class=\"{class}\" d=\"{data}\"/>");
    }
}

/// One line of the backend's text.
struct Element {
    class: String,
    /// The data of what was a polyline.
    path: Option<String>,
    /// The line, rewritten.
    rest: String,
}

impl Element {
    fn read(line: &str) -> Self {
        let mut element = Element { class: String::new(), path: None, rest: String::new() };
        if !line.starts_with('<') {
            line.clone_into(&mut element.rest);
            return element;
        }
        let mut parts = line.split('"');
        while let Some(before) = parts.next() {
            let Some(value) = parts.next() else {
                if !element.class.is_empty() {
                    let _ = write!(element.rest, " class=\"{}\"", element.class);
                }
                element.rest.push_str(before);
                break;
            };
            element.attribute(before, value);
        }
        element
    }

    /// Takes an attribute; `before` is all from the last one up to its quote.
    fn attribute(&mut self, before: &str, value: &str) {
        let (tag, name) = before.rsplit_once(' ').unwrap_or(("", before));
        self.rest.push_str(tag);
        match name.trim_end_matches('=') {
            "fill" | "stroke" if value.starts_with('#') => self.class = classes(value),
            "fill" | "stroke" | "opacity" | "stroke-width" | "font-family" | "font-size" => {}
            // The start is where text begins anyhow.
            "text-anchor" if value == "start" => {}
            "points" if self.rest.starts_with("<polyline") => self.path = Some(relative(value)),
            "points" => {
                let _ = write!(self.rest, " points=\"{}\"", value.trim_end());
            }
            _ => {
                let _ = write!(self.rest, " {name}\"{value}\"");
            }
        }
    }
}

/// Path data with relative coordinates, from a list `x,y x,y …`.
fn relative(points: &str) -> String {
    let mut data = String::new();
    let mut before = None;
    for point in points.split_ascii_whitespace() {
        let Some((x, y)) = point.split_once(',') else {
            continue;
        };
        let (Ok(x), Ok(y)) = (x.parse::<i32>(), y.parse::<i32>()) else {
            continue;
        };
        let (from, command) = match before {
            None => ((0, 0), "M"),
            Some(from) => (from, if data.contains('l') { " " } else { "l" }),
        };
        let (dx, dy) = (x - from.0, y - from.1);
        // A minus sign separates numbers by itself.
        let command = if command == " " && dx < 0 { "" } else { command };
        let between = if dy < 0 { "" } else { " " };
        let _ = write!(data, "{command}{dx}{between}{dy}");
        before = Some((x, y));
    }
    data
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_lose_what_the_style_sheet_decides() {
        let table = [
            (
                "<polyline fill=\"none\" opacity=\"1\" stroke=\"#040100\" stroke-width=\"1\" points=\"10,20 15,10 12,9 20,9 \"/>",
                "<path class=\"l c1 d1\" d=\"M10 20l5-10-3-1 8 0\"/>\n",
            ),
            (
                "<circle cx=\"1\" cy=\"2\" r=\"3\" opacity=\"1\" fill=\"#050000\" stroke=\"none\" stroke-width=\"1\"/>",
                "<circle cx=\"1\" cy=\"2\" r=\"3\" class=\"m c0\"/>\n",
            ),
            (
                "<text x=\"1\" y=\"2\" dy=\"0.5ex\" text-anchor=\"start\" font-family=\"sans-serif\" font-size=\"1.5\" opacity=\"1\" fill=\"#000000\">\na &lt; opacity=&quot;1&quot;\n</text>",
                "<text x=\"1\" y=\"2\" dy=\"0.5ex\">a &lt; opacity=&quot;1&quot;</text>\n",
            ),
        ];
        for (before, after) in table {
            assert_eq!(rewrite(before), after);
        }
    }

    #[test]
    fn neighbours_of_one_class_become_one_path() {
        let line = |points: &str| format!("<polyline stroke=\"#010000\" points=\"{points}\"/>\n");
        let both = line("0,0 5,0") + &line("0,9 5,9");
        assert_eq!(rewrite(&both), "<path class=\"grid\" d=\"M0 0l5 0M0 9l5 0\"/>\n");
    }
}
