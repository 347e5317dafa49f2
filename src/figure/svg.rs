//! plotters' backend for figures: elements of SVG whose looks a style sheet decides.
//!
//! A colour, which carries a role, becomes a class. A line becomes a path with relative
//! coordinates, in one element with the line before it where both have one class.

use std::convert::Infallible;
use std::fmt::{Arguments, Write as _};

use plotters_backend::text_anchor::{HPos, VPos};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
};

use super::ink::classes;
use super::text::escape;

type Written = Result<(), DrawingErrorKind<Infallible>>;

/// A drawing on its way into a text.
pub(super) struct Svg<'a> {
    out: &'a mut String,
    size: (u32, u32),
    /// The classes of the path that is still open.
    path: Option<String>,
}

// Writing to a String cannot fail.
impl<'a> Svg<'a> {
    pub(super) fn new(out: &'a mut String, size: (u32, u32)) -> Self {
        Self { out, size, path: None }
    }

    fn close_path(&mut self) {
        if self.path.take().is_some() {
            self.out.push_str("\"/>\n");
        }
    }

    /// Begins an element, whose classes come last.
    fn begin(&mut self, element: Arguments<'_>, color: BackendColor) {
        self.close_path();
        let _ = self.out.write_fmt(element);
        let classes = classes(color.rgb);
        if !classes.is_empty() {
            let _ = write!(self.out, " class=\"{classes}\"");
        }
    }

    /// Writes an element without content.
    fn shape(&mut self, element: Arguments<'_>, color: BackendColor) -> Written {
        self.begin(element, color);
        self.out.push_str("/>\n");
        Ok(())
    }
}

impl DrawingBackend for Svg<'_> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Written {
        Ok(())
    }

    fn present(&mut self) -> Written {
        self.close_path();
        Ok(())
    }

    fn draw_pixel(&mut self, (x, y): BackendCoord, color: BackendColor) -> Written {
        self.shape(format_args!("<rect x=\"{x}\" y=\"{y}\" width=\"1\" height=\"1\""), color)
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        (x, y): BackendCoord,
        (right, bottom): BackendCoord,
        style: &S,
        _: bool,
    ) -> Written {
        let (width, height) = (right - x, bottom - y);
        self.shape(
            format_args!("<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\""),
            style.color(),
        )
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Written {
        let classes = classes(style.color().rgb);
        if self.path.as_ref() != Some(&classes) {
            self.close_path();
            let _ = write!(self.out, "<path class=\"{classes}\" d=\"");
            self.path = Some(classes);
        }
        let mut before = (0, 0);
        for (index, (x, y)) in path.into_iter().enumerate() {
            let (dx, dy) = (x - before.0, y - before.1);
            let command = match index {
                0 => "M",
                1 => "l",
                // A minus sign separates numbers by itself.
                _ if dx < 0 => "",
                _ => " ",
            };
            let between = if dy < 0 { "" } else { " " };
            let _ = write!(self.out, "{command}{dx}{between}{dy}");
            before = (x, y);
        }
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        (x, y): BackendCoord,
        radius: u32,
        style: &S,
        _: bool,
    ) -> Written {
        self.shape(format_args!("<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\""), style.color())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        corners: I,
        style: &S,
    ) -> Written {
        let corners: Vec<String> = corners.into_iter().map(|(x, y)| format!("{x},{y}")).collect();
        self.shape(format_args!("<polygon points=\"{}\"", corners.join(" ")), style.color())
    }

    fn draw_text<S: BackendTextStyle>(
        &mut self,
        text: &str,
        style: &S,
        (x, y): BackendCoord,
    ) -> Written {
        // Text begins at its place, unless something else is said.
        let anchor = match style.anchor().h_pos {
            HPos::Left => "",
            HPos::Center => " text-anchor=\"middle\"",
            HPos::Right => " text-anchor=\"end\"",
        };
        let dy = match style.anchor().v_pos {
            VPos::Top => "0.76em",
            VPos::Center => "0.5ex",
            VPos::Bottom => "-0.5ex",
        };
        let place = format_args!("<text x=\"{x}\" y=\"{y}\" dy=\"{dy}\"{anchor}");
        self.begin(place, style.color());
        let text = escape(text).replace('\'', "&apos;");
        let _ = writeln!(self.out, ">{text}</text>");
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::canvas::{Anchor, Canvas};
    use super::super::ink::Ink;

    fn drawn(draw: impl Fn(&Canvas<'_>)) -> String {
        let mut out = String::new();
        let canvas = Canvas::new(&mut out, (100, 100));
        draw(&canvas);
        canvas.finish();
        drop(canvas);
        out
    }

    #[test]
    fn elements_have_classes() {
        let line =
            drawn(|canvas| canvas.line(vec![(10, 20), (15, 10), (12, 9), (20, 9)], Ink::Line(1)));
        assert_eq!(line, "<path class=\"l c1 d1\" d=\"M10 20l5-10-3-1 8 0\"/>\n");
        let circle = drawn(|canvas| canvas.circle((1, 2), 3, Ink::Solid(0)));
        assert_eq!(circle, "<circle cx=\"1\" cy=\"2\" r=\"3\" class=\"m c0\"/>\n");
        let polygon = drawn(|canvas| canvas.polygon(vec![(1, 2), (3, 4)], Ink::Solid(0)));
        assert_eq!(polygon, "<polygon points=\"1,2 3,4\" class=\"m c0\"/>\n");
        let text = drawn(|canvas| canvas.text("a < 'b'", (1, 2), Anchor::Left, Ink::Text));
        assert_eq!(text, "<text x=\"1\" y=\"2\" dy=\"0.5ex\">a &lt; &apos;b&apos;</text>\n");
    }

    #[test]
    fn neighbours_of_one_class_become_one_path() {
        let both = drawn(|canvas| {
            canvas.line(vec![(0, 0), (5, 0)], Ink::Grid);
            canvas.line(vec![(0, 9), (5, 9)], Ink::Grid);
        });
        assert_eq!(both, "<path class=\"grid\" d=\"M0 0l5 0M0 9l5 0\"/>\n");
    }
}
