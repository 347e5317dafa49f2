//! The examples of a set-up: listed, or made by a generator.

use std::collections::BTreeMap;

use crate::formula::shape::{Shape, Size};
use crate::initialization::data::{Entries, GENERATORS, Pairs, default_of, entries, pairs};
use crate::initialization::generator::Stream;
use crate::limits::Limit;
use crate::number::Real;
use crate::trace::{Tensor, Value};

use super::definition::{Generated, Generator};
use super::initial::printable;
use super::quantity::{rational, tensor};
use super::read::Origin;
use super::schema::DATA;
use super::setup::{check_name, is_taken};
use super::yaml::Key;
use super::{Field, Fields, csv, suggest};

/// The most numbers that the generated examples of a run in exact arithmetic have.
const MAX_EXACT: usize = 100_000;

/// The data of a set-up.
#[derive(Debug, Default)]
pub(super) struct Data {
    pub(super) inputs: Vec<String>,
    pub(super) rows: Vec<Vec<Tensor>>,
    pub(super) generated: Option<Generated>,
}

impl Data {
    /// The number of examples.
    pub(super) fn count(&self) -> usize {
        self.generated.as_ref().map_or(self.rows.len(), |generated| generated.count)
    }
}

/// What the reading of data needs to know of its set-up.
pub(super) struct Surroundings<'a> {
    /// The names that the model uses and nothing else gives a value, in order.
    pub(super) unset: &'a [String],
    /// Whether optimizers run on the data.
    pub(super) run: bool,
    /// The scenario's seed and folder.
    pub(super) origin: &'a Origin<'a>,
}

/// Reads the `data` of a set-up.
pub(super) fn read(
    field: &Field<'_>,
    shapes: &mut BTreeMap<String, Shape>,
    around: &Surroundings<'_>,
) -> Option<Data> {
    if !field.node().is_map() {
        let (inputs, rows) = listed(field, shapes)?;
        return Some(Data { inputs, rows, generated: None });
    }
    let mut entries = field.entries().unwrap_or_default().into_iter();
    let file = |(key, field): &(&Key, Field<'_>)| {
        key.text == "kind" && field.node().scalar().is_some_and(|scalar| scalar.text == "csv")
    };
    if entries.any(|entry| file(&entry)) {
        return from_file(field, shapes, around);
    }
    let generated = generator(field, shapes, around)?;
    let inputs = generated.names.iter().map(|(name, _)| name.clone()).collect();
    let rows = if around.run { generated.rows() } else { Vec::new() };
    Some(Data { inputs, rows, generated: Some(generated) })
}

/// `{kind: gaussian, count: 1000}`
fn generator(
    field: &Field<'_>,
    shapes: &mut BTreeMap<String, Shape>,
    around: &Surroundings<'_>,
) -> Option<Generated> {
    let mut map = field.fields(&DATA)?;
    let kind = map.required("kind").and_then(|field| kind(&field));
    let count = map.required("count").and_then(|field| field.unsigned_within(1, Limit::Examples));
    let number = |map: &mut Fields<'_>, key: &'static str| match map.take(key) {
        Some(field) => rational(&field).map(|value| Real::from(value).to_f64()),
        None => default_of(kind?, key),
    };
    let generator = match kind {
        Some("gaussian") => Some(Generator::Gaussian),
        Some("uniform") => {
            let (low, high) = (number(&mut map, "low"), number(&mut map, "high"));
            low.zip(high).map(|(low, high)| Generator::Uniform { low, high })
        }
        Some(kind) => number(&mut map, "noise").map(|noise| match kind {
            "linear" => Generator::Linear { noise },
            "two_moons" => Generator::TwoMoons { noise },
            _ => Generator::Spiral { noise },
        }),
        None => None,
    };
    if kind.is_some() {
        map.finish();
    }
    let (generator, count) = (generator?, usize::try_from(count?).ok()?);
    if let Generator::Uniform { low, high } = generator
        && low > high
    {
        field.refuse("`low` must be at most `high`");
        return None;
    }
    let names = filled(field, generator, shapes, around)?;
    let size: usize = names.iter().map(|(_, counts)| entries_of(*counts)).sum();
    let numbers = size.saturating_mul(count);
    if numbers > Limit::Held.count() {
        let what = format!("the numbers of {count} examples, {size} in each,");
        field.exceeds(Limit::Held, what, u64::try_from(numbers).ok());
        return None;
    }
    if around.run && (numbers > MAX_EXACT || size > Limit::Entries.count()) {
        field.refuse(format!(
            "{count} examples of {size} numbers are too many for runs in exact arithmetic, which \
             take at most {MAX_EXACT}, and {} an example",
            Limit::Entries.get()
        ));
        return None;
    }
    let stream = Stream::new(around.origin.seed).name("data");
    Some(Generated { names, count, generator, stream })
}

/// `{kind: csv, path: points.csv}`
fn from_file(
    field: &Field<'_>,
    shapes: &mut BTreeMap<String, Shape>,
    around: &Surroundings<'_>,
) -> Option<Data> {
    let mut map = field.fields(&DATA)?;
    let _ = map.take("kind");
    let path = map.required("path");
    map.finish();
    let path = path?;
    let (inputs, rows) = csv::read(&path, around.origin.folder)?;
    let before = path.report().count();
    for (name, value) in inputs.iter().zip(&rows[0]) {
        let shape = shape_of(value.shape());
        let declared = shapes.entry(name.clone()).or_insert_with(|| shape.clone());
        if !declared.matches(&shape) {
            path.refuse(format!("`{name}` is {shape} in the file, but its shape is {declared}"));
        }
        if is_taken(name) {
            path.refuse(format!("the column `{name}` has another meaning in paths"));
        }
    }
    (path.report().count() == before).then_some(Data { inputs, rows, generated: None })
}

fn kind(field: &Field<'_>) -> Option<&'static str> {
    let kinds = GENERATORS.iter().map(|kind| kind.name).chain(["csv"]);
    field.choice(&kinds.map(|kind| (kind, kind)).collect::<Vec<_>>())
}

type Filled = (String, Option<(usize, usize)>);

/// The names that a generator gives values to, with rows and columns.
fn filled(
    field: &Field<'_>,
    generator: Generator,
    shapes: &mut BTreeMap<String, Shape>,
    around: &Surroundings<'_>,
) -> Option<Vec<Filled>> {
    let names: Vec<String> = match generator {
        Generator::Gaussian | Generator::Uniform { .. } => around.unset.to_vec(),
        Generator::Linear { .. } | Generator::TwoMoons { .. } | Generator::Spiral { .. } => {
            vec!["x".into(), "y".into()]
        }
    };
    if names.is_empty() {
        field.refuse("every name of the model has a value already; there is nothing to generate");
        return None;
    }
    if let Some(stray) = names.iter().find(|name| !around.unset.contains(name)) {
        let problem =
            field.problem(format!("this generator makes `x` and `y`, but `{stray}` is no datum"));
        field.report().push(problem.with_help("name the model's inputs `x` and its targets `y`"));
        return None;
    }
    let mut list = Vec::new();
    for name in names {
        let shape = shapes.entry(name.clone()).or_insert(Shape::Scalar);
        let counts = match shape {
            Shape::Scalar => None,
            Shape::Matrix(..) => match shape.counts() {
                Some(counts) => Some(counts),
                None => {
                    let problem =
                        field.problem(format!("the shape {shape} of `{name}` has no values"));
                    field.report().push(problem.with_help("give each size one in `dimensions`"));
                    return None;
                }
            },
        };
        list.push((name, counts));
    }
    let fits = match generator {
        Generator::Gaussian | Generator::Uniform { .. } => true,
        Generator::Linear { .. } => entries_of(list[1].1) == 1,
        Generator::TwoMoons { .. } | Generator::Spiral { .. } => {
            entries_of(list[0].1) == 2 && entries_of(list[1].1) == 1
        }
    };
    if !fits {
        let problem = field.problem("the shapes of `x` and `y` do not fit this generator");
        let help = match generator {
            Generator::Linear { .. } => "`y` is one number",
            _ => "`x` has two entries, as in `x: [1, 2]`, and `y` is one number",
        };
        field.report().push(problem.with_help(help));
        return None;
    }
    Some(list)
}

fn entries_of(counts: Option<(usize, usize)>) -> usize {
    counts.map_or(1, |(rows, columns)| rows.saturating_mul(columns))
}

impl Generated {
    /// The values of each name, one example after another.
    pub fn columns(&self) -> Vec<Vec<f64>> {
        let size = |index: usize| entries_of(self.names[index].1);
        let points = |kind| {
            let points = pairs(kind, self.count, &self.stream);
            vec![points.x, points.y]
        };
        let all = |kind| {
            let one = |(index, (name, _)): (usize, &Filled)| {
                entries(kind, size(index), self.count, &self.stream.name(name))
            };
            self.names.iter().enumerate().map(one).collect()
        };
        match self.generator {
            Generator::Gaussian => all(Entries::Gaussian),
            Generator::Uniform { low, high } => all(Entries::Uniform(low, high)),
            Generator::Linear { noise } => points(Pairs::Linear { inputs: size(0), noise }),
            Generator::TwoMoons { noise } => points(Pairs::TwoMoons { noise }),
            Generator::Spiral { noise } => points(Pairs::Spiral { noise }),
        }
    }

    /// The examples as exact numbers, rounded as drawn parameters are.
    fn rows(&self) -> Vec<Vec<Tensor>> {
        let columns: Vec<Vec<Real>> =
            self.columns().iter().map(|column| printable(column)).collect();
        let value = |(values, (_, counts)): (&Vec<Real>, &Filled), index: usize| {
            let size = entries_of(*counts);
            let entries = values[index * size..(index + 1) * size].iter();
            Tensor::new(*counts, entries.cloned().map(Value::Real).collect())
        };
        let row = |index| columns.iter().zip(&self.names).map(|pair| value(pair, index)).collect();
        (0..self.count).map(row).collect()
    }
}

type Table = (Vec<String>, Vec<Vec<Tensor>>);

fn listed(field: &Field<'_>, shapes: &mut BTreeMap<String, Shape>) -> Option<Table> {
    if !field.node().is_list() {
        let message = format!("expected a list of examples, found {}", field.node().describe());
        field.refuse_with(message, "an example is written `{x: 3, y: 0}`, a list `[{x: 3, y: 0}]`");
        return None;
    }
    let items = field.items()?;
    let mut inputs: Vec<String> = Vec::new();
    let mut rows = Vec::new();
    let mut first = true;
    for item in &items {
        if !item.node().is_map() {
            let message = format!("expected a mapping, found {}", item.node().describe());
            item.refuse_with(message, "an example is written `{x: 3, y: 0}`");
            continue;
        }
        let entries = item.entries()?;
        if first {
            for (key, entry) in &entries {
                check_name(entry, key, "datum");
                inputs.push(key.text.clone());
            }
        }
        let mut row = vec![None; inputs.len()];
        for (key, entry) in &entries {
            let value = tensor(entry, shapes.get(&key.text));
            if let (true, Some(value)) = (first, &value) {
                shapes.entry(key.text.clone()).or_insert_with(|| shape_of(value.shape()));
            }
            match inputs.iter().position(|input| *input == key.text) {
                Some(column) => row[column] = Some(value),
                None => {
                    let message = format!("the first example has no `{}`", key.text);
                    let known = suggest(&key.text, inputs.iter().map(String::as_str));
                    let help = match known {
                        Some(meant) => format!("did you mean `{meant}`?"),
                        None => format!("every example has the names {}", inputs.join(", ")),
                    };
                    entry.refuse_key(key, message, Some(help));
                }
            }
        }
        let misspelt = entries.iter().filter(|(key, _)| !inputs.contains(&key.text));
        let misspelt = misspelt.filter_map(|(key, _)| suggest(&key.text, names_of(&inputs)));
        let misspelt: Vec<&str> = misspelt.collect();
        for (input, value) in inputs.iter().zip(&row) {
            match value {
                // A misspelt name is not missing too, and a value that was refused has no shape.
                None if misspelt.contains(&input.as_str()) => {}
                None => item.refuse(format!("this example has no `{input}`")),
                Some(None) => {}
                Some(Some(value)) => {
                    let shape = shape_of(value.shape());
                    if shapes.get(input).is_some_and(|first| !first.matches(&shape)) {
                        let message =
                            format!("`{input}` is {shape} here, but {} before", shapes[input]);
                        let entry = entries.iter().find(|(key, _)| key.text == *input);
                        entry.map_or(item, |(_, entry)| entry).refuse(message);
                    }
                }
            }
        }
        first = false;
        let zero = || Tensor::from(Real::zero());
        let row = row.into_iter().flatten().map(|value| value.unwrap_or_else(zero));
        rows.push(row.collect());
    }
    Some((inputs, rows))
}

fn names_of(list: &[String]) -> impl Iterator<Item = &str> {
    list.iter().map(String::as_str)
}

/// The shape of a value with these rows and columns.
pub(super) fn shape_of(counts: Option<(usize, usize)>) -> Shape {
    match counts {
        None => Shape::Scalar,
        Some((rows, columns)) => Shape::Matrix(Size::number(rows), Size::number(columns)),
    }
}
