//! The plot of activation functions with their derivatives.

use crate::engine;
use crate::figure::{Axis, Form, Layer, Plot, Scale, Series};
use crate::number::{Fault, Real};
use crate::scenario::{Activation, Display};

use super::data::{Data, Entry};
use super::plots::Drawn;
use super::prose::Prose;

/// The points of a curve to the left of zero.
const POINTS: u32 = 200;
/// From where to where functions are drawn, and told at whole numbers.
const REACH: i32 = 4;
/// A derivative that changes by more from one point to the next jumps.
const JUMP: f64 = 0.2;

/// The functions and their derivatives; numbers print under `display`.
pub(super) fn plot(
    functions: &[Activation],
    display: &Display,
    prose: &Prose,
) -> Result<Drawn, Fault> {
    // No point lies on a whole or half number, where functions have their kinks.
    let reach = f64::from(REACH);
    let step = 2.0 * reach / f64::from(2 * POINTS + 1);
    let points: Vec<f64> = (0..=2 * POINTS).map(|k| (f64::from(k) + 0.5) * step - reach).collect();
    let mut layers = Vec::new();
    let mut sentences = Vec::new();
    let mut names = Vec::new();
    let mut head = vec!["z".to_owned()];
    let whole = || -REACH..=REACH;
    let abscissa = |z: i32| Entry::real(&Real::from(i64::from(z)), display, prose);
    let mut rows: Vec<Vec<Entry>> =
        whole().map(|z| Ok(vec![abscissa(z)?])).collect::<Result<_, Fault>>()?;
    for function in functions {
        let Some((values, slopes)) = engine::curve(&function.expression, &points) else { continue };
        let name = function.text.clone();
        let is_name = crate::formula::is_name(&name);
        let primed = if is_name { format!("{name}′") } else { format!("({name})′") };
        let curve = |label: String, values: Vec<(f64, f64)>| {
            Layer::Line(Series { label, points: values, form: Form::Curve })
        };
        let [low, middle, high] = [-REACH, 0, REACH].map(|z| at(function, z, display, prose));
        let ([low, slope_low], [middle, slope_middle], [high, slope_high]) = (low?, middle?, high?);
        let blanks = [
            ("name", name.clone()),
            ("end", REACH.to_string()),
            ("low", low.shown),
            ("middle", middle.shown),
            ("high", high.shown),
            ("slope_middle", slope_middle.shown),
            ("slope_low", slope_low.shown),
            ("slope_high", slope_high.shown),
        ];
        sentences.push(prose.say("activation_case", &blanks));
        for (row, z) in rows.iter_mut().zip(whole()) {
            row.extend(at(function, z, display, prose)?);
        }
        head.extend([name.clone(), primed.clone()]);
        layers.push(curve(name.clone(), points.iter().copied().zip(values).collect()));
        layers.push(curve(primed, broken(&points, &slopes)));
        names.push(name);
    }
    let plot = Plot {
        title: prose.say("activation_title", &[("names", names.join(", "))]),
        description: sentences.join(" "),
        x: Axis::new("z", Scale::Linear),
        y: Axis::new(prose.word("axis_value"), Scale::Linear),
        mark: prose.mark(),
        layers,
    };
    let mut data = Data::new(head, rows, prose);
    data.notes.push(prose.word("data_activation"));
    Ok(Drawn { plot, data })
}

/// The exact value and derivative at a whole number, rounded; a dash where they can't be known.
fn at(
    function: &Activation,
    z: i32,
    display: &Display,
    prose: &Prose,
) -> Result<[Entry; 2], Fault> {
    match engine::curve_at(&function.expression, &Real::from(i64::from(z))) {
        Ok([value, slope]) => {
            Ok([Entry::value(&value, display, prose)?, Entry::value(&slope, display, prose)?])
        }
        Err(_) => Ok([Entry::text("–"), Entry::text("–")]),
    }
}

/// The points of a derivative, interrupted where it jumps.
fn broken(points: &[f64], slopes: &[f64]) -> Vec<(f64, f64)> {
    let mut list: Vec<(f64, f64)> = Vec::new();
    for (index, (x, slope)) in points.iter().zip(slopes).enumerate() {
        if index > 0 && (slope - slopes[index - 1]).abs() > JUMP {
            let middle = f64::midpoint(points[index - 1], *x);
            list.extend([(middle, slopes[index - 1]), (middle, f64::NAN), (middle, *slope)]);
        }
        list.push((*x, *slope));
    }
    list
}
