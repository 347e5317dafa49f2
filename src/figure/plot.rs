//! What a plot shows, as plain data.

use super::field::{Field, quantile_levels};
use super::range::Range;

/// A figure of one coordinate system.
#[derive(Debug, Clone, PartialEq)]
pub struct Plot {
    /// A short name, spoken by screen readers and not drawn: the page has a caption.
    pub title: String,
    /// What a reader who cannot see the figure should know.
    pub description: String,
    /// The horizontal axis.
    pub x: Axis,
    /// The vertical axis.
    pub y: Axis,
    /// What is drawn, from back to front.
    pub layers: Vec<Layer>,
}

/// One axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    /// Plain text, such as `w`, `β₁` or `iteration t`.
    pub label: String,
    /// How values become lengths.
    pub scale: Scale,
    /// What the axis covers; chosen from the data where absent.
    pub range: Option<Range>,
}

/// How values become lengths, and which of them may carry a tick.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// In proportion.
    Linear,
    /// In proportion, ticks at whole numbers only.
    Whole,
    /// By the logarithm; values of zero and below are left out.
    Log,
}

/// One thing to draw.
#[derive(Debug, Clone, PartialEq)]
pub enum Layer {
    /// Lines of equal height, in the background.
    Contours(Contours),
    /// A line through points.
    Line(Series),
    /// Points with an interval each.
    ErrorBars(ErrorBars),
    /// The bars of a histogram.
    Bars(Bars),
}

/// Lines of equal height of a field.
#[derive(Debug, Clone, PartialEq)]
pub struct Contours {
    /// The heights.
    pub field: Field,
    /// The heights to trace.
    pub levels: Vec<f64>,
}

/// A line through points, in their order.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// The legend's text; empty for none.
    pub label: String,
    /// Coordinates in the units of the axes.
    pub points: Vec<(f64, f64)>,
    /// Whether the points are samples or a journey.
    pub form: Form,
}

/// What the order of a series' points means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Form {
    /// Samples of a function: markers where they do not crowd.
    Line,
    /// A journey: arrows, a ring at its start, a large marker at its end, and the
    /// positions numbered from 0 after `prefix` (which only the start shows).
    Path {
        /// Text before the first number, such as `t = `.
        prefix: String,
    },
}

/// Points with an interval each, joined by a line.
#[derive(Debug, Clone, PartialEq)]
pub struct ErrorBars {
    /// The legend's text; empty for none.
    pub label: String,
    /// What was measured, by ascending abscissa.
    pub points: Vec<Measured>,
}

/// One value with its interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measured {
    /// Abscissa.
    pub x: f64,
    /// The value.
    pub y: f64,
    /// The interval's lower end.
    pub low: f64,
    /// The interval's upper end.
    pub high: f64,
}

/// The bars of a histogram.
#[derive(Debug, Clone, PartialEq)]
pub struct Bars {
    /// The legend's text; empty for none.
    pub label: String,
    /// The bars.
    pub bins: Vec<Bin>,
}

/// One bar, standing on zero.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bin {
    /// Left edge.
    pub from: f64,
    /// Right edge.
    pub to: f64,
    /// Count or density.
    pub height: f64,
}

impl Axis {
    /// An axis that chooses its range from the data.
    pub fn new(label: impl Into<String>, scale: Scale) -> Self {
        Axis { label: label.into(), scale, range: None }
    }
}

impl Contours {
    /// About ten lines at heights that suit the field.
    pub fn of(field: Field) -> Self {
        let levels = quantile_levels(&field, 10);
        Contours { field, levels }
    }
}

impl Layer {
    /// The text in the legend, and none for what has no entry there.
    pub(super) fn label(&self) -> Option<&str> {
        let label = match self {
            Layer::Contours(_) => return None,
            Layer::Line(series) => &series.label,
            Layer::ErrorBars(bars) => &bars.label,
            Layer::Bars(bars) => &bars.label,
        };
        Some(label.as_str())
    }
}
