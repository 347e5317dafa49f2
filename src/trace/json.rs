//! The trace as JSON, for scripts and other tools.
//!
//! A value is `{"exact": "-1/2", "decimal": "-0.5"}`: `exact` a fraction or a surd, or
//! null where there is no such form; `decimal` with up to 40 significant digits; or
//! `{"undefined": "0/0 in …"}`.

use serde_json::{Map, Value as Json, json};

use super::{
    Branch, Case, Example, Experiment, Figure, Holds, Iteration, Named, Normal, Run, Tensor, Trace,
    Value,
};
use crate::initialization::statistics::Histogram;
use crate::number::{Fault, Real, trace_decimal};

/// A value whose decimals can't be certified.
#[derive(Debug, Clone, PartialEq)]
pub struct Unprintable {
    /// Where it stands, from the outside in.
    pub place: String,
    /// Why.
    pub fault: Fault,
}

impl std::fmt::Display for Unprintable {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.fault {
            Fault::Undecided(_) => write!(out, "undecided: {}: {}", self.place, self.fault),
            fault => write!(out, "{}: {fault}", self.place),
        }
    }
}

impl std::error::Error for Unprintable {}

impl From<Fault> for Unprintable {
    fn from(fault: Fault) -> Self {
        Self { place: String::new(), fault }
    }
}

impl Unprintable {
    fn within(mut self, name: &str) -> Self {
        let dot = if self.place.is_empty() { "" } else { "." };
        self.place = format!("{name}{dot}{}", self.place);
        self
    }
}

type Result<T> = std::result::Result<T, Unprintable>;

/// The version of the format; it changes when a fixed key changes its meaning.
pub const FORMAT: u32 = 1;

/// The whole trace.
///
/// # Errors
///
/// A decimal whose last digit could be neither proved nor refuted.
pub fn trace(trace: &Trace) -> Result<Json> {
    let mut setups = Map::new();
    for (name, setup) in trace.setups.iter() {
        let runs = named(&setup.runs, run).map_err(|fault| fault.within(name))?;
        let mut entry = Map::from_iter([("runs".to_owned(), runs)]);
        if !setup.experiments.is_empty() {
            let found = setup.experiments.iter();
            let found = found.map(|(name, found)| (name.to_owned(), experiment(found)));
            entry.insert("experiments".into(), Json::Object(found.collect()));
        }
        setups.insert(name.to_owned(), Json::Object(entry));
    }
    Ok(json!({ "format": FORMAT, "title": trace.title, "setups": setups }))
}

/// Estimates are doubles, printed with all their digits; what is no number is null.
fn experiment(found: &Experiment) -> Json {
    json!({
        "trials": found.trials,
        "cases": found.cases.iter().map(case).collect::<Vec<_>>(),
    })
}

fn case(case: &Case) -> Json {
    let mut map = Map::new();
    map.insert("values".into(), json!(case.values));
    map.insert("examples".into(), json!(case.examples));
    map.insert("figures".into(), case.figures.iter().map(figure).collect());
    if !case.histograms.is_empty() {
        let one = |(name, counts, _): &(String, Histogram, Option<Normal>)| {
            let entry = json!({
                "low": counts.low,
                "high": counts.high,
                "counts": counts.counts,
                "below": counts.below,
                "above": counts.above,
            });
            (name.clone(), entry)
        };
        map.insert("histograms".into(), Json::Object(case.histograms.iter().map(one).collect()));
    }
    Json::Object(map)
}

fn figure(figure: &Figure) -> Json {
    let mut map = Map::new();
    map.insert("measure".into(), json!(figure.measure));
    map.insert("of".into(), json!(figure.of));
    map.insert("mean".into(), json!(figure.mean));
    map.insert("standard_error".into(), json!(figure.error));
    if let Some((low, high)) = figure.interval {
        map.insert("wilson_95".into(), json!([low, high]));
    }
    if let Some(found) = figure.logarithm {
        let entry = json!({ "mean": found.mean, "std": found.std, "trials": found.trials });
        map.insert("logarithm".into(), entry);
    }
    if let Some(theory) = figure.theory {
        let exact = theory.holds == Holds::Exactly;
        let entry = json!({ "value": theory.value, "log10": theory.log10, "exact": exact });
        map.insert("theory".into(), entry);
    }
    if let Some(logarithm) = figure.theory_logarithm {
        map.insert("theory_logarithm".into(), json!(logarithm));
    }
    Json::Object(map)
}

fn named<T>(list: &Named<T>, print: impl Fn(&T) -> Result<Json>) -> Result<Json> {
    let mut map = Map::new();
    for (name, thing) in list.iter() {
        map.insert(name.to_owned(), print(thing).map_err(|fault| fault.within(name))?);
    }
    Ok(Json::Object(map))
}

fn run(run: &Run) -> Result<Json> {
    let one = |record: &Iteration| {
        iteration(record).map_err(|fault| fault.within(&format!("t{}", record.t)))
    };
    let list = |records: &[Iteration]| records.iter().map(one).collect::<Result<Vec<_>>>();
    let mut map = Map::new();
    map.insert("iterations".into(), Json::Array(list(&run.iterations)?));
    if let Some(carried) = &run.carried {
        map.insert("carried".into(), Json::Array(list(carried)?));
    }
    if let Some(cause) = &run.ended {
        map.insert("ended".into(), json!(cause));
    }
    Ok(Json::Object(map))
}

fn iteration(record: &Iteration) -> Result<Json> {
    let mut map = Map::new();
    map.insert("t".into(), json!(record.t));
    if !record.gradient.is_empty() {
        if record.loss.is_some() {
            map.insert("batch".into(), json!(record.batch));
        }
        if let Some(point) = &record.look_ahead {
            map.insert("look_ahead".into(), named(point, tensor)?);
        }
        if let Some(loss) = &record.loss {
            let examples =
                record.examples.iter().map(|one| example(one)).collect::<Result<Vec<_>>>()?;
            map.insert("examples".into(), Json::Array(examples));
            map.insert("loss".into(), tensor(loss)?);
        }
        map.insert("gradient".into(), named(&record.gradient, tensor)?);
        if let Some(gradient) = &record.used_gradient {
            map.insert("used_gradient".into(), named(gradient, tensor)?);
        }
        if let Some(rate) = &record.learning_rate {
            map.insert("learning_rate".into(), real(rate)?);
        }
        if !record.intermediate.is_empty() {
            let list = named(&record.intermediate, |list| named(list, tensor))?;
            map.insert("intermediate".into(), list);
        }
    }
    map.insert("state".into(), named(&record.state, |list| named(list, tensor))?);
    map.insert("parameters".into(), named(&record.parameters, tensor)?);
    Ok(Json::Object(map))
}

fn example(example: &Example) -> Result<Json> {
    Ok(json!({
        "values": named(&example.values, tensor)?,
        "adjoints": named(&example.adjoints, tensor)?,
        "gradient": named(&example.gradient, tensor)?,
        "branches": example.branches.iter().map(branch).collect::<Result<Vec<_>>>()?,
    }))
}

fn branch(branch: &Branch) -> Result<Json> {
    let mut map = Map::new();
    map.insert("node".into(), json!(branch.node));
    if let Some(index) = branch.index {
        map.insert("index".into(), json!(index));
    }
    map.insert("function".into(), json!(branch.function));
    map.insert("argument".into(), real(&branch.argument)?);
    map.insert("sign".into(), json!(branch.sign.to_i32()));
    map.insert("branch".into(), json!(branch.branch));
    if let Some(convention) = &branch.convention {
        let derivative = real(&Real::from(convention.derivative.clone()))?;
        let entry = json!({ "derivative": derivative, "mattered": convention.mattered });
        map.insert("convention".into(), entry);
    }
    Ok(Json::Object(map))
}

/// A number as a value, a matrix as a list of its rows.
fn tensor(tensor: &Tensor) -> Result<Json> {
    let entries = tensor.entries().iter().map(value).collect::<Result<Vec<_>>>()?;
    let Some((_, columns)) = tensor.shape() else {
        return Ok(entries.into_iter().next().unwrap_or(Json::Null));
    };
    let rows = entries.chunks(columns.max(1)).map(|row| Json::Array(row.to_vec()));
    Ok(Json::Array(rows.collect()))
}

fn value(value: &Value) -> Result<Json> {
    match value {
        Value::Real(number) => real(number),
        Value::Undefined(cause) => Ok(json!({ "undefined": cause.as_ref() })),
    }
}

fn real(number: &Real) -> Result<Json> {
    let exact = number.closed_form().map(|form| form.to_text());
    Ok(json!({ "exact": exact, "decimal": trace_decimal(number)? }))
}
