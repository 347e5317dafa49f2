//! The figure as a whole.

use super::canvas::Canvas;
use super::cast::{Member, colors, members};
use super::ink::{Theme, style_sheet};
use super::layers;
use super::layout::{Layout, WIDTH, layout};
use super::legend;
use super::mesh;
use super::plot::Plot;
use super::text::escape;
use super::view::View;

/// Draws a plot as a complete `<svg>` element.
///
/// `id` has to be unique on the page: the ids inside begin with it. Characters
/// other than letters, digits, `-` and `_` become `-`.
pub fn draw(plot: &Plot, id: &str, theme: Theme) -> String {
    let id: String = id
        .chars()
        .map(|c| match c {
            '-' | '_' => c,
            _ if c.is_ascii_alphanumeric() => c,
            _ => '-',
        })
        .collect();
    let members = members(plot);
    let layout = layout(plot, &members);
    let body = body(plot, &members, &layout);
    let style = style_sheet(theme, colors(plot), &body);
    let (width, height) = (WIDTH, layout.height);
    let (title, description) = (escape(&plot.title), escape(&plot.description));
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"gs-plot\" role=\"img\" \
         aria-labelledby=\"{id}-title {id}-desc\" viewBox=\"0 0 {width} {height}\" \
         width=\"{}\" height=\"{}\">\n\
         <title id=\"{id}-title\">{title}</title>\n\
         <desc id=\"{id}-desc\">{description}</desc>\n\
         <style>{style}</style>\n\
         {body}</svg>\n",
        width / 10,
        height / 10,
    )
}

/// What is inside the element.
fn body(plot: &Plot, members: &[Member<'_>], layout: &Layout<'_>) -> String {
    let mut drawn = String::new();
    let size = (WIDTH.unsigned_abs(), layout.height.unsigned_abs());
    {
        let canvas = Canvas::new(&mut drawn, size);
        let view = View::new(&canvas.board, layout.frame, layout.x.clone(), layout.y.clone());
        mesh::draw(&canvas, &view, plot, &layout.x_ticks, &layout.y_ticks);
        layers::draw(&canvas, &view, plot, members);
        legend::draw(&canvas, &layout.entries);
        canvas.finish();
    }
    drawn
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::{
        Axis, Bars, Bin, Contours, ErrorBars, Field, Form, Layer, Measured, Range, Scale, Series,
    };

    fn series(label: &str, points: Vec<(f64, f64)>, form: Form) -> Layer {
        Layer::Line(Series { label: label.to_owned(), points, form })
    }

    fn line(label: &str, points: Vec<(f64, f64)>) -> Layer {
        series(label, points, Form::Line)
    }

    fn path(label: &str, points: Vec<(f64, f64)>) -> Layer {
        series(label, points, Form::Path { prefix: "t = ".to_owned() })
    }

    fn plot(scale: Scale, layers: Vec<Layer>) -> Plot {
        Plot {
            title: "Loss".to_owned(),
            description: "It falls.".to_owned(),
            x: Axis::new("t", scale.clone()),
            y: Axis::new("loss", scale),
            mark: '.',
            layers,
        }
    }

    /// One layer of every kind with the same values everywhere.
    fn everything(values: &[f64]) -> Vec<Layer> {
        let pairs = || values.iter().zip(values.iter().rev());
        let points: Vec<(f64, f64)> = pairs().map(|(x, y)| (*x, *y)).collect();
        let bins = pairs().map(|(&from, &to)| Bin { from, to, height: to });
        let measured = pairs().map(|(&x, &y)| Measured { x, y, low: x, high: y });
        let edge = Range::new(-1.0, 1.0);
        let at = |x: f64| values.get(usize::from(x > 0.0)).copied();
        let field = Field::sample(edge, edge, (5, 4), |x, y| at(x * y).unwrap_or(y));
        vec![
            Layer::Contours(Contours::of(field)),
            Layer::Bars(Bars { label: "bars".to_owned(), bins: bins.clone().collect() }),
            Layer::Bars(Bars { label: "other bars".to_owned(), bins: bins.collect() }),
            Layer::ErrorBars(ErrorBars {
                label: "measured".to_owned(),
                points: measured.collect(),
            }),
            line("line", points.clone()),
            series("curve", points.clone(), Form::Curve),
            series("theory", points.clone(), Form::Theory { of: 2 }),
            series("theory of nothing", points.clone(), Form::Theory { of: usize::MAX }),
            path("path", points),
        ]
    }

    #[test]
    fn labels_cannot_break_out() {
        let evil = "</text><script>\"&'";
        let mut plot = plot(Scale::Linear, vec![line(evil, vec![(0.0, 0.0)])]);
        evil.clone_into(&mut plot.title);
        evil.clone_into(&mut plot.x.label);
        evil.clone_into(&mut plot.y.label);
        let svg = draw(&plot, "a\"b<c", Theme::Adaptive);
        assert!(!svg.contains("<script"), "{svg}");
        assert_eq!(svg.matches("&lt;/text&gt;&lt;script&gt;").count(), 4);
        assert!(svg.contains("id=\"a-b-c-title\""), "{svg}");
    }

    #[test]
    fn no_values_make_it_panic_or_draw_nonsense() {
        let (nan, infinity) = (f64::NAN, f64::INFINITY);
        let table: [&[f64]; 9] = [
            &[],
            &[nan],
            &[nan, 1.0, infinity, 2.0],
            &[0.0, 0.0],
            &[-1.0, -2.0],
            &[f64::MAX, f64::MIN, 1.0],
            &[5e-324, 1e-310, 0.0],
            &[1e15, 1e15 + 0.125],
            &[1.0, -infinity, 3.0, 1e300],
        ];
        for values in table {
            let names = Scale::Categories(vec!["a".to_owned(), "b c".to_owned()]);
            for scale in [Scale::Linear, Scale::Whole, Scale::Log, names] {
                for range in [None, Some(Range::new(-1.0, 2.0))] {
                    let mut plot = plot(scale.clone(), everything(values));
                    plot.x.range = range;
                    plot.y.range = range;
                    let svg = draw(&plot, "f", Theme::Adaptive);
                    assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
                    assert_eq!(svg, draw(&plot, "f", Theme::Adaptive), "not deterministic");
                }
            }
        }
    }

    #[test]
    fn a_point_stands_where_its_values_say() {
        // From 0 to 2 on both axes, so that 1 is the middle of the plotting area.
        let mut plot = plot(Scale::Linear, vec![line("", vec![(1.0, 1.0)])]);
        plot.x.range = Some(Range::new(0.0, 2.0));
        plot.y.range = Some(Range::new(0.0, 2.0));
        let frame = layout(&plot, &[]).frame;
        let (x, y) = (frame.left.midpoint(frame.right), frame.top.midpoint(frame.bottom));
        let svg = draw(&plot, "f", Theme::Adaptive);
        assert!(svg.contains(&format!("cx=\"{x}\" cy=\"{y}\"")), "{svg}");
    }

    #[test]
    fn figures_stay_small() {
        let side = Range::new(-2.0, 2.0);
        let field = Field::sample(side, side, (64, 48), |x, y| x * x + 5.0 * y * y + x * y);
        let steps: Vec<(f64, f64)> = (0..9_u8).map(|t| (f64::from(t) / 9.0, 0.5)).collect();
        let contours = Layer::Contours(Contours::of(field));
        let journey = plot(Scale::Linear, vec![contours, path("SGD", steps)]);
        let long: Vec<(f64, f64)> =
            (0..20_000_u32).map(|t| (f64::from(t), f64::from(t * 7919 % 1009))).collect();
        let noise = plot(Scale::Whole, vec![line("SGD", long)]);
        for (plot, most) in [(journey, 15_000), (noise, 20_000)] {
            let size = draw(&plot, "f", Theme::Adaptive).len();
            assert!(size < most, "{size}");
        }
    }
}
