//! The cell `plot`: of runs, of an experiment, of functions.

use crate::formula::{Expression, parse};

use super::cells::Cells;
use super::definition::{
    Activation, Content, Experiment, ExperimentPlot, PlotKind, Quantity, RunId, Setup,
};
use super::quantity::parse_problem;
use super::{Field, Fields, Problem};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    OfRuns(PlotKind),
    Sweep,
    Histogram,
    Signal,
    Activation,
}

/// Reads a plot.
pub(super) fn plot(cells: &Cells<'_>, map: &mut Fields<'_>) -> Option<Content> {
    let kind = map.take("plot").and_then(|field| kind(&field));
    let of = map.required("of");
    match kind {
        Some(Kind::OfRuns(kind)) => of_runs(cells, kind, &of?),
        Some(Kind::Sweep) => {
            let measure = map.take("measure");
            let of = cells.experiment(&of?)?;
            let experiment = &cells.setups()[of.setup].experiments[of.experiment];
            let measure = match measure {
                Some(field) => measured(&field, experiment)?,
                None => 0,
            };
            Some(Content::ExperimentPlot { of, kind: ExperimentPlot::Sweep { measure } })
        }
        Some(Kind::Histogram) => {
            let node = map.take("node");
            let of = cells.experiment(&of?)?;
            let setup = &cells.setups()[of.setup];
            let node = match node {
                Some(field) => definition(&field, setup)?,
                None => first_layer(map, setup)?,
            };
            Some(Content::ExperimentPlot { of, kind: ExperimentPlot::Histogram { node } })
        }
        Some(Kind::Signal) => {
            let shows =
                [("activations", Quantity::ActivationStd), ("gradients", Quantity::GradientStd)];
            let quantity = map.choice("show", &shows).unwrap_or(Quantity::ActivationStd);
            let of_field = of?;
            let of = cells.experiment(&of_field)?;
            let experiment = &cells.setups()[of.setup].experiments[of.experiment];
            let mut measures = experiment.measures.iter();
            let found = measures.position(|one| one.quantity == quantity && one.of.is_none());
            let Some(measure) = found else {
                let problem = of_field.problem(format!(
                    "the experiment does not measure `{}` on every layer",
                    quantity.name()
                ));
                let help = format!("add `{}` to its `measure`", quantity.name());
                of_field.report().push(problem.with_help(help));
                return None;
            };
            Some(Content::ExperimentPlot { of, kind: ExperimentPlot::Signal { measure } })
        }
        Some(Kind::Activation) => activations(&of?),
        None => None,
    }
}

fn kind(field: &Field<'_>) -> Option<Kind> {
    field.choice(&[
        ("trajectory", Kind::OfRuns(PlotKind::Trajectory)),
        ("loss", Kind::OfRuns(PlotKind::Loss)),
        ("parameters", Kind::OfRuns(PlotKind::Parameters)),
        ("gradient", Kind::OfRuns(PlotKind::Gradient)),
        ("schedule", Kind::OfRuns(PlotKind::Schedule)),
        ("sweep", Kind::Sweep),
        ("histogram", Kind::Histogram),
        ("signal", Kind::Signal),
        ("activation", Kind::Activation),
    ])
}

fn of_runs(cells: &Cells<'_>, kind: PlotKind, field: &Field<'_>) -> Option<Content> {
    let of = cells.runs(field)?;
    let setup = |id: &RunId| &cells.setups()[id.setup];
    let given = of.iter().any(|id| setup(id).gradients.is_some());
    if given && matches!(kind, PlotKind::Trajectory | PlotKind::Loss) {
        field.refuse("runs from given gradients have no loss; plot `parameters` instead");
        return None;
    }
    if kind == PlotKind::Trajectory {
        if of.iter().any(|id| id.setup != of[0].setup) {
            field.refuse("the paths of a trajectory plot share one set-up's loss");
        }
        if setup(&of[0]).trained_names().count() < 2 {
            field.refuse("a trajectory needs two parameters; plot `parameters` instead");
        } else if !setup(&of[0]).is_scalar() {
            field.refuse("a trajectory needs parameters that are numbers, not matrices");
        }
    }
    Some(Content::Plot { kind, of })
}

/// The position of a measure by its name, `active_fraction` or `gradient_norm.W`.
fn measured(field: &Field<'_>, experiment: &Experiment) -> Option<usize> {
    let names: Vec<String> = experiment.measures.iter().map(name_of).collect();
    let words: Vec<(&str, usize)> =
        names.iter().enumerate().map(|(index, name)| (name.as_str(), index)).collect();
    field.choice(&words)
}

fn name_of(measure: &super::definition::Measure) -> String {
    match &measure.of {
        Some(of) => format!("{}.{of}", measure.quantity.name()),
        None => measure.quantity.name().to_owned(),
    }
}

fn definition(field: &Field<'_>, setup: &Setup) -> Option<String> {
    let names: Vec<(&str, ())> = setup.model.iter().map(|line| (line.name.as_str(), ())).collect();
    field.choice(&names)?;
    Some(field.text()?.text.clone())
}

fn first_layer(map: &Fields<'_>, setup: &Setup) -> Option<String> {
    let first = setup.layers(false).first().map(|name| (*name).to_owned());
    if first.is_none() {
        let problem = map.whole().problem("the model has no layer to count");
        map.whole().report().push(problem.with_help("name a definition, as in `node: z`"));
    }
    first
}

/// `of: [relu, tanh, "z*sigmoid(z)"]`
fn activations(field: &Field<'_>) -> Option<Content> {
    let items = field.items()?;
    if items.is_empty() {
        field.refuse("the list of functions is empty");
        return None;
    }
    let read: Vec<_> = items.iter().map(activation).collect();
    Some(Content::Activations(read.into_iter().collect::<Option<_>>()?))
}

fn activation(field: &Field<'_>) -> Option<Activation> {
    let text = field.text()?.text.clone();
    let called = if crate::formula::is_name(&text) && text != "z" {
        format!("{text}(z)")
    } else {
        text.clone()
    };
    let parsed = match parse(&called) {
        Ok(parsed) => parsed,
        Err(error) => {
            field.report().push(parse_problem(field, 0, error));
            return None;
        }
    };
    if let Some(stray) = parsed.names.iter().find(|mention| mention.name != "z") {
        let problem = Problem::new(
            field.node().place_of(stray.offset),
            format!("expected a function of `z` alone, found `{}`", stray.name),
        );
        field.report().push(problem.in_field(field.path()).with_width(stray.name.len()));
        return None;
    }
    let matrix = parsed.expression.any(&mut |part| match part {
        Expression::Call(call) => call.function.gives_number() || call.function.row().is_some(),
        Expression::Transpose(_) => true,
        _ => false,
    });
    if matrix {
        field.refuse("a function of one number is expected");
        return None;
    }
    Some(Activation { text, expression: parsed.expression })
}
