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
    /// The decimal mark of the numbers on its axes.
    pub mark: char,
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scale {
    /// In proportion.
    Linear,
    /// In proportion, ticks at whole numbers only.
    Whole,
    /// By the logarithm; values of zero and below are left out.
    Log,
    /// Names in equal steps: the value 0 is the first of them, 1 the second, and so on.
    /// Below a plot, long names are broken at spaces and after `_`.
    Categories(Vec<String>),
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
    /// What the points are.
    pub form: Form,
}

/// What a series' points are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Form {
    /// Values in their order: markers where they do not crowd.
    Line,
    /// Values that hold, each around its own abscissa: level lines with jumps halfway
    /// between the points, and markers as on a line.
    Steps,
    /// Samples of a smooth function: a thin line without markers. A point that is not
    /// finite interrupts it, as at a jump.
    Curve,
    /// What a series should be: a thin dashed line in that series' colour. It has no
    /// number of its own; if it is the only one with a label, its entry in the legend
    /// stands for all of them.
    Theory {
        /// The number of the series, from 0, contours and theories not counted. One
        /// with error bars then shows its points unjoined.
        of: usize,
    },
    /// A journey: arrows, a ring at its start, a large marker at its end, and the
    /// positions numbered from 0 after `prefix` (which only the start shows).
    Path {
        /// Text before the first number, such as `t = `.
        prefix: String,
    },
}

/// Points with an interval each, joined by a line unless a theory belongs to them.
///
/// On a category axis several of these stand side by side. Intervals that crowd are
/// thin and have no caps, and of some hundreds only every second, third, … is drawn.
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
    /// The interval's lower end. On a logarithmic axis an interval from zero or below
    /// comes up from the drawing's edge.
    pub low: f64,
    /// The interval's upper end.
    pub high: f64,
}

/// The bars of a histogram; mere outlines where a plot has several histograms.
#[derive(Debug, Clone, PartialEq)]
pub struct Bars {
    /// The legend's text; empty for none.
    pub label: String,
    /// The bars, by ascending edges.
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
