//! What figures are drawn with: marks by their role.

use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, IntoDrawingArea};
use plotters::element::{Circle, PathElement, Polygon, Rectangle, Text};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, TextStyle};

use super::ink::Ink;
use super::simplify::Dot;
use super::svg::Svg;
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
    pub(super) board: DrawingArea<Svg<'a>, Shift>,
}

impl<'a> Canvas<'a> {
    /// A canvas whose marks go into a text.
    pub(super) fn new(out: &'a mut String, size: (u32, u32)) -> Self {
        Self { board: Svg::new(out, size).into_drawing_area() }
    }

    /// Completes the text.
    pub(super) fn finish(&self) {
        let _ = self.board.present();
    }

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
        let _ = self.board.draw(&Text::new(words, place, style));
    }
}
