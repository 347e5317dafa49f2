//! What is drawn for measured series, theories and histograms beside one another.
//!
//! Places are looked up in the SVG and compared with shares of the plotting area.

use super::cast::members;
use super::layout::layout;
use super::view::Frame;
use super::{
    Axis, Bars, Bin, ErrorBars, Form, Layer, Measured, Plot, Range, Scale, Series, Theme, draw,
};

fn plot(x: Scale, y: Scale, layers: Vec<Layer>) -> Plot {
    let (title, description) = ("Sweep".to_owned(), "It falls.".to_owned());
    Plot { title, description, x: Axis::new("b", x), y: Axis::new("share", y), mark: '.', layers }
}

fn categories(names: &[&str]) -> Scale {
    Scale::Categories(names.iter().map(|name| (*name).to_owned()).collect())
}

fn line(label: &str, form: Form, points: &[(f64, f64)]) -> Layer {
    Layer::Line(Series { label: label.to_owned(), points: points.to_vec(), form })
}

/// Values with their intervals, at 0, 1, 2, …
fn measured(label: &str, values: &[[f64; 3]]) -> Layer {
    let point = |(x, &[low, y, high]): (u32, &[f64; 3])| Measured { x: x.into(), y, low, high };
    let points = (0..).zip(values).map(point).collect();
    Layer::ErrorBars(ErrorBars { label: label.to_owned(), points })
}

/// Bars of width 1 from 0 on.
fn bars(label: &str, heights: &[f64]) -> Layer {
    let bin = |(k, &height): (u32, &f64)| Bin { from: k.into(), to: (k + 1).into(), height };
    Layer::Bars(Bars { label: label.to_owned(), bins: (0..).zip(heights).map(bin).collect() })
}

fn svg(plot: &Plot) -> String {
    draw(plot, "f", Theme::Print)
}

fn frame(plot: &Plot) -> Frame {
    layout(plot, &members(plot)).frame
}

/// The data of all paths of a class.
fn paths<'s>(svg: &'s str, class: &str) -> Vec<&'s str> {
    let start = format!("<path class=\"{class}\" d=\"");
    let data = svg.split(&start).skip(1).filter_map(|rest| rest.split('"').next());
    data.collect()
}

/// The abscissas of the first series' markers.
fn circles(svg: &str) -> Vec<i32> {
    let places = svg.split("<circle cx=\"").skip(1).filter_map(|rest| rest.split('"').next());
    places.map(|x| x.parse().unwrap()).collect()
}

#[test]
fn a_category_stands_in_the_middle_of_its_share() {
    let names = ["−4", "−1", "−10⁶", "kaiming_normal"];
    let values = [[0.5, 1.0, 1.5]; 4];
    let plot = plot(categories(&names), Scale::Linear, vec![measured("", &values)]);
    let (svg, frame) = (svg(&plot), frame(&plot));
    let width = frame.right - frame.left;
    for (eighth, place) in [1, 3, 5, 7].into_iter().zip(circles(&svg)) {
        assert!((frame.left + width * eighth / 8 - place).abs() <= 1, "{eighth}: {place}");
    }
    assert_eq!(circles(&svg).len(), 4);
    assert_eq!(names.map(|name| svg.matches(&format!(">{name}</text>")).count()), [1, 1, 1, 0]);
    assert!(svg.contains(">kaiming_</text>") && svg.contains(">normal</text>"), "{svg}");
    assert!(!svg.contains("class=\"grid zero\""), "a name is not zero");
}

#[test]
fn measured_series_stand_side_by_side_with_their_theories() {
    let values = [[0.0, 0.5, 1.0]; 3];
    let theory = |of| line("", Form::Theory { of }, &[(0.0, 0.5), (1.0, 0.5), (2.0, 0.5)]);
    let layers = vec![theory(0), measured("a", &values), measured("b", &values), theory(1)];
    let plot = plot(categories(&["x", "y", "z"]), Scale::Linear, layers);
    let (svg, frame) = (svg(&plot), frame(&plot));
    let middle = frame.left.midpoint(frame.right);
    let starts = |class: &str| -> Vec<i32> {
        let paths = paths(&svg, class);
        let starts = paths.iter().flat_map(|data| data.split('M').skip(1));
        starts.map(|d| d.split(['l', ' ', '-']).next().unwrap().parse().unwrap()).collect()
    };
    // The legend's circle comes last.
    let first = circles(&svg);
    let aside = middle - first[1];
    assert!((60..200).contains(&aside), "{aside}");
    assert_eq!(starts("theory c0"), [first[0]]);
    assert!((starts("theory c1")[0] - first[0] - 2 * aside).abs() <= 1);
}

#[test]
fn a_theory_takes_the_place_of_the_joining_line() {
    let values = [[0.4, 0.5, 0.6], [0.3, 0.4, 0.5]];
    let theory = line("theory", Form::Theory { of: 0 }, &[(0.0, 0.5), (1.0, 0.4)]);
    let alone = plot(Scale::Linear, Scale::Linear, vec![measured("", &values)]);
    let both = plot(Scale::Linear, Scale::Linear, vec![measured("", &values), theory]);
    assert_eq!(paths(&svg(&alone), "l c0 d0").len(), 1);
    assert_eq!(paths(&svg(&both), "l c0 d0").len(), 0);
    // On the plot and in the legend.
    assert_eq!(paths(&svg(&both), "theory c0").len(), 2);
    assert!(!svg(&alone).contains(".theory"), "a rule that nothing needs");
}

#[test]
fn one_entry_stands_for_the_theories_of_all_series() {
    let entry = |second: &str| {
        let layers = vec![
            measured("a", &[[0.0, 1.0, 2.0]; 2]),
            measured("b", &[[0.0, 2.0, 3.0]; 2]),
            line("theory", Form::Theory { of: 0 }, &[(0.0, 1.0), (1.0, 1.0)]),
            line(second, Form::Theory { of: 1 }, &[(0.0, 2.0), (1.0, 2.0)]),
        ];
        let svg = svg(&plot(Scale::Linear, Scale::Linear, layers));
        ["theory", "theory c0", "theory c1"].map(|class| paths(&svg, class).len())
    };
    assert_eq!(entry(""), [1, 1, 1]);
    assert_eq!(entry("theory of b"), [0, 2, 2]);
}

#[test]
fn a_theory_has_no_number_of_its_own() {
    let layers = vec![
        measured("a", &[[0.0, 1.0, 2.0]; 2]),
        line("theory", Form::Theory { of: 0 }, &[(0.0, 1.0), (1.0, 1.0)]),
        line("b", Form::Line, &[(0.0, 3.0), (1.0, 2.0)]),
    ];
    let svg = svg(&plot(Scale::Linear, Scale::Linear, layers));
    assert!(svg.contains("class=\"l c1 d1\"") && !svg.contains("c2"), "{svg}");
}

#[test]
fn curves_have_no_markers_and_stop_at_a_jump() {
    let step = [(-2.0, 0.0), (-1.0, 0.0), (0.0, f64::NAN), (1.0, 1.0), (2.0, 1.0)];
    let plot = plot(Scale::Linear, Scale::Linear, vec![line("", Form::Curve, &step)]);
    let svg = svg(&plot);
    let curve = paths(&svg, "curve c0 d0");
    assert_eq!(curve.len(), 1);
    assert_eq!(curve[0].matches('M').count(), 2, "{curve:?}");
    assert!(circles(&svg).is_empty());
}

#[test]
fn an_interval_down_to_zero_reaches_the_edge_of_a_logarithmic_axis() {
    let values = [[0.1, 0.5, 1.0], [0.0, 0.2, 1.0], [-1.0, 0.0, 1.0]];
    let plot = plot(Scale::Whole, Scale::Log, vec![measured("", &values)]);
    let (svg, frame) = (svg(&plot), frame(&plot));
    assert_eq!(circles(&svg).len(), 2, "zero has no place");
    let intervals = paths(&svg, "h c0").concat();
    let from_below = format!(" {}l0-", frame.bottom);
    assert_eq!(intervals.matches(&from_below).count(), 2, "{intervals}");
}

#[test]
fn crowded_intervals_are_thin_and_have_no_caps() {
    let values = vec![[1.0, 2.0, 3.0]; 50];
    let few = svg(&plot(Scale::Whole, Scale::Linear, vec![measured("", &values[..5])]));
    let many = svg(&plot(Scale::Whole, Scale::Linear, vec![measured("", &values)]));
    let strokes = |svg: &str, class: &str| paths(svg, class).concat().matches('M').count();
    assert_eq!((strokes(&few, "h c0"), strokes(&few, "thin c0")), (15, 0));
    assert_eq!((strokes(&many, "h c0"), strokes(&many, "thin c0")), (0, 50));
}

#[test]
fn every_unjoined_value_has_a_marker() {
    let theory = line("", Form::Theory { of: 0 }, &[(0.0, 2.0), (49.0, 2.0)]);
    let layers = vec![measured("", &[[1.0, 2.0, 3.0]; 50]), theory];
    assert_eq!(circles(&svg(&plot(Scale::Whole, Scale::Linear, layers))).len(), 50);
}

#[test]
fn several_histograms_are_outlines_from_zero() {
    let one = plot(Scale::Linear, Scale::Linear, vec![bars("", &[1.0, 3.0, 0.0, 2.0])]);
    assert_eq!(svg(&one).matches("<rect").count(), 4);
    let layers = vec![bars("", &[1.0, 3.0, 0.0, 2.0]), bars("", &[2.0; 4])];
    let mut several = plot(Scale::Linear, Scale::Linear, layers);
    several.y.range = Some(Range::new(0.0, 3.0));
    let (svg, frame) = (svg(&several), frame(&several));
    assert_eq!(svg.matches("<rect").count(), 0);
    let quarter = (frame.right - frame.left) / 4;
    let third = (frame.bottom - frame.top) / 3;
    let (left, bottom) = (frame.left, frame.bottom);
    let group = format!("M{left} {bottom}l0-{third} {quarter} 0 0-{}", 2 * third);
    let [first] = paths(&svg, "steps c0 d0")[..] else { panic!("{svg}") };
    assert!(first.starts_with(&group), "{first} against {group}");
    assert_eq!(first.matches('M').count(), 2, "interrupted at the empty bin: {first}");
    assert_eq!(paths(&svg, "steps c1 d1").len(), 1);
}

#[test]
fn a_histogram_stands_on_the_axis_whatever_its_size() {
    for size in [1e-3, 0.4, 300.0] {
        let density = line("", Form::Curve, &[(0.0, 0.0), (1.0, size), (2.0, 0.0)]);
        let plot = plot(Scale::Linear, Scale::Linear, vec![bars("", &[size, size]), density]);
        let range = layout(&plot, &members(&plot)).y.range;
        assert!(range.low().abs() < 1e-12, "{range:?}");
        assert!((range.high() / size - 1.06).abs() < 1e-12, "{range:?}");
    }
}
