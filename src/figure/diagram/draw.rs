//! The drawing as a complete SVG element.

use std::fmt::Write as _;

use super::geometry::{Flow, short};
use super::measure::{LABEL, NAME, NOTE, Tag};
use super::scene::{Boxed, Scene, scene};
use super::style::style_sheet;
use super::wiring::Wire;
use super::{Diagram, shape};
use crate::figure::ink::Theme;
use crate::figure::text::escape;

/// Draws a computation graph as a complete `<svg>` element.
///
/// `id` has to be unique on the page: the ids inside begin with it. Characters
/// other than letters, digits, `-` and `_` become `-`.
pub fn draw(diagram: &Diagram, id: &str, theme: Theme) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' };
    let id: String = id.chars().map(safe).collect();
    let scene = scene(diagram);
    let (title, description) = (escape(&diagram.title), escape(&diagram.description));
    let (width, height) = (scene.size.0.ceil(), scene.size.1.ceil());
    // A page that stretches wide figures to its column would blow up the letters of this one.
    let style = style_sheet(theme);
    let body = body(&scene);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"gs-diagram\" role=\"img\" \
         aria-labelledby=\"{id}-title {id}-desc\" viewBox=\"0 0 {width} {height}\" \
         width=\"{width}\" height=\"{height}\" style=\"max-width:min(100%,{width}px)\">\n\
         <title id=\"{id}-title\">{title}</title>\n\
         <desc id=\"{id}-desc\">{description}</desc>\n\
         <style>{style}</style>\n\
         {body}</svg>\n"
    )
}

/// What is inside the element: arrows first, so that boxes cover nothing of them but their ends.
fn body(scene: &Scene) -> String {
    let (x, y) = scene.origin;
    let mut out = format!("<g transform=\"translate({} {})\">\n", short(-x), short(-y));
    for (wire, _) in &scene.wires {
        arrows(&mut out, wire, scene.flow);
    }
    for boxed in &scene.boxes {
        node(&mut out, boxed, scene.flow);
    }
    for (wire, tag) in &scene.wires {
        words(&mut out, wire, tag, scene.flow);
    }
    out + "</g>\n"
}

fn arrows(out: &mut String, wire: &Wire, flow: Flow) {
    let both = [(Some(&wire.forward), ""), (wire.backward.as_ref(), " back")];
    for (arrow, class) in both {
        let Some(arrow) = arrow else { continue };
        // Writing to a String cannot fail.
        let _ = writeln!(out, "<path class=\"line{class}\" d=\"{}\"/>", arrow.line(flow));
        let _ = writeln!(out, "<path class=\"head{class}\" d=\"{}\"/>", arrow.head(flow));
    }
}

fn node(out: &mut String, boxed: &Boxed, flow: Flow) {
    let (x, y) = flow.page(boxed.area.center);
    shape::write(out, boxed.kind, (x, y), flow.page(boxed.area.half));
    let (name, label) = (&boxed.card.name, &boxed.card.label);
    let base = if name.is_empty() { 5.5 } else { 13.5 };
    name.write(out, "name", (x, y - 7.5), NAME);
    label.write(out, "label", (x, y + base), LABEL);
}

fn words(out: &mut String, wire: &Wire, tag: &Tag, flow: Flow) {
    let Some(place) = wire.words else { return };
    let ((x, y), (right, down)) = (flow.page(place), tag.away);
    // The baseline is a third of the letters' size below their middle.
    let base = y + NOTE / 3.0;
    let (before, behind) = match flow {
        Flow::Right => ("note", "note back"),
        Flow::Down => ("note end", "note back start"),
    };
    tag.shape.write(out, before, (x - right, base - down), NOTE);
    tag.adjoint.write(out, behind, (x + right, base + down), NOTE);
}
