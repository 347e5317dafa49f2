//! Axes and series as data, drawn as one small SVG.
//!
//! A [`Plot`] says what to show; [`draw`] decides how: ranges, ticks, colours,
//! where labels go. Nothing here knows scenarios, runs or parameters.
//!
//! Promises of the drawing:
//!
//! * the same plot gives the same bytes on every platform;
//! * values that are not finite (or not positive on a logarithmic axis) are left
//!   out, and a line is interrupted there; no plot makes it panic;
//! * a series differs from every other by colour, dash and marker at once (a curve
//!   and a histogram's outline, which have no marker, by colour and dash);
//! * text takes the colour of its surroundings, and the colours of series are
//!   CSS variables `--series-1` to `--series-6` with a fallback for light and dark.
//!
//! Lengths inside this module are tenths of a CSS pixel, because plotters maps to
//! whole numbers and whole pixels would make curves wobble.

mod canvas;
mod cast;
mod categories;
mod clip;
mod curve;
pub mod diagram;
mod field;
mod histogram;
mod ink;
mod intervals;
mod isolines;
mod journey;
mod layers;
mod layout;
mod legend;
mod marker;
mod mesh;
mod placing;
mod plot;
mod printed;
mod range;
mod share;
mod shell;
mod simplify;
mod svg;
#[cfg(test)]
mod tests;
mod text;
mod ticks;
mod view;

pub use field::{Field, quantile_levels};
pub use ink::Theme;
pub use isolines::{Isoline, isolines};
pub use plot::{Axis, Bars, Bin, Contours, ErrorBars, Form, Layer, Measured, Plot, Scale, Series};
pub use printed::printed;
pub use range::{Range, range_with_margin};
pub use share::share_axes;
pub use shell::draw;
