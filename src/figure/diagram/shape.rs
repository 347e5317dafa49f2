//! The shapes of boxes, and where an arrow meets them.

use std::fmt::Write as _;

use super::Kind;
use super::geometry::{Spot, short};

/// The radius of rounded corners.
const ROUND: f64 = 9.0;
/// What is cut from a corner, along either side.
const CUT: f64 = 10.0;
/// Between the two lines of a double border.
const DOUBLE: f64 = 3.5;

/// How far inside its rectangle the border of a box is, `aside` from the middle of the side that
/// the flow meets.
pub(super) fn inset(kind: Kind, half: Spot, aside: f64) -> f64 {
    let Spot { along, across } = half;
    let round = |radius: f64| {
        let beyond = (aside.abs() - (across - radius)).clamp(0.0, radius);
        radius - (radius * radius - beyond * beyond).sqrt()
    };
    match kind {
        Kind::Leaf => round(along.min(across)),
        Kind::Parameter => (aside.abs() - (across - CUT)).clamp(0.0, CUT),
        Kind::Operation | Kind::Output => round(ROUND),
    }
}

/// The elements of a box with the given centre and half size on the page.
pub(super) fn write(out: &mut String, kind: Kind, center: (f64, f64), half: (f64, f64)) {
    let class = match kind {
        Kind::Leaf => "box leaf",
        Kind::Parameter => "box parameter",
        Kind::Operation => "box operation",
        Kind::Output => "box output",
    };
    match kind {
        Kind::Leaf => rounded(out, class, center, half, half.0.min(half.1)),
        Kind::Parameter => cut(out, class, center, half),
        Kind::Operation => rounded(out, class, center, half, ROUND),
        Kind::Output => {
            rounded(out, class, center, half, ROUND);
            let inner = (half.0 - DOUBLE, half.1 - DOUBLE);
            rounded(out, "inner output", center, inner, ROUND - DOUBLE);
        }
    }
}

fn rounded(out: &mut String, class: &str, center: (f64, f64), half: (f64, f64), radius: f64) {
    // Writing to a String cannot fail.
    let _ = writeln!(
        out,
        "<rect class=\"{class}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"{}\"/>",
        short(center.0 - half.0),
        short(center.1 - half.1),
        short(2.0 * half.0),
        short(2.0 * half.1),
        short(radius),
    );
}

fn cut(out: &mut String, class: &str, center: (f64, f64), half: (f64, f64)) {
    let (width, height) = (half.0 - CUT, half.1 - CUT);
    let _ = writeln!(
        out,
        "<path class=\"{class}\" d=\"M{} {}h{w}l{c} {c}v{h}l-{c} {c}h-{w}l-{c} -{c}v-{h}Z\"/>",
        short(center.0 - width),
        short(center.1 - half.1),
        w = short(2.0 * width),
        h = short(2.0 * height),
        c = short(CUT),
    );
}
