//! What a scenario's texts may name: values by their paths, such as `sgd.t1.grad.w`.
//!
//! A path is a walk from place to place, and costs what lies on it. The template engine wants to
//! see all that a name leads to, as nested mappings.

use std::borrow::Cow;

use crate::scenario::{self, Display, Setup};
use crate::trace::{self, Example, Iteration, Named, Tensor, Value};

/// A value with the way in which it prints.
#[derive(Clone)]
pub(super) struct Entry<'a> {
    /// The value of the exact run.
    pub(super) exact: Cow<'a, Tensor>,
    /// The value that the sheet prints.
    pub(super) printed: Cow<'a, Tensor>,
    pub(super) display: Cow<'a, Display>,
    pub(super) input: bool,
}

impl<'a> Entry<'a> {
    /// A number of the scenario.
    pub(super) fn given(value: Value, display: &'a Display) -> Self {
        let value: Cow<'_, Tensor> = Cow::Owned(value.into());
        Self { printed: value.clone(), exact: value, display: Cow::Borrowed(display), input: true }
    }

    /// The same without what it was taken from.
    pub(super) fn into_owned(self) -> Entry<'static> {
        Entry {
            exact: Cow::Owned(self.exact.into_owned()),
            printed: Cow::Owned(self.printed.into_owned()),
            display: Cow::Owned(self.display.into_owned()),
            input: self.input,
        }
    }

    /// The entry of a matrix in a row and a column, both from 1.
    fn of_matrix(&self, row: usize, column: usize) -> Option<Self> {
        let entry = |tensor: &Tensor| tensor.entry(row, column).cloned().map(Tensor::from);
        Some(Self {
            exact: Cow::Owned(entry(&self.exact)?),
            printed: Cow::Owned(entry(&self.printed)?),
            ..self.clone()
        })
    }
}

/// The same of the exact run and of the one that the sheet prints.
type Both<'a, T> = [&'a T; 2];

/// Under this name a matrix stands as a whole; its entries are `r1.c1` and so on.
pub(super) const WHOLE: &str = "whole";

/// What a name leads to.
pub(super) enum Place<'a> {
    Setup(&'a Setup, &'a trace::Setup),
    Data(&'a Setup, &'a trace::Setup),
    Row(&'a Setup, &'a Named<Tensor>),
    Run(&'a scenario::Run, &'a trace::Run),
    Iteration(Both<'a, Iteration>, &'a Display),
    Example(Both<'a, Example>, &'a Display),
    Values(Both<'a, Named<Tensor>>, &'a Display),
    Matrix(Entry<'a>),
    MatrixRow(Entry<'a>, usize),
    Value(Entry<'a>),
}

/// Places by name; of two that have the same one, the later counts.
type Places<'a> = Vec<(Cow<'a, str>, Place<'a>)>;

impl<'a> Place<'a> {
    fn of(both: Both<'a, Tensor>, display: &'a Display, input: bool) -> Self {
        let [exact, printed] = both.map(Cow::Borrowed);
        let entry = Entry { exact, printed, display: Cow::Borrowed(display), input };
        if entry.exact.shape().is_some() { Self::Matrix(entry) } else { Self::Value(entry) }
    }

    /// What a name leads to from here.
    pub(super) fn at(&self, name: &str) -> Option<Self> {
        let found = self.below().into_iter().rev().find(|(known, _)| known == name);
        found.map(|(_, place)| place)
    }

    /// Everything that a name leads to from here.
    pub(super) fn below(&self) -> Places<'a> {
        match self {
            Self::Setup(setup, record) => {
                let run = |run: &'a scenario::Run| {
                    let record = record.runs.get(&run.name)?;
                    Some((Cow::Borrowed(run.name.as_str()), Self::Run(run, record)))
                };
                let data = (Cow::Borrowed("data"), Self::Data(setup, record));
                std::iter::once(data).chain(setup.runs.iter().filter_map(run)).collect()
            }
            Self::Data(setup, record) => numbered("d", &record.data)
                .map(|(name, row)| (name, Self::Row(setup, row)))
                .collect(),
            Self::Row(setup, row) => values([*row, *row], &setup.display, true).collect(),
            Self::Run(run, record) => run_places(run, record),
            Self::Iteration(both, display) => iteration(*both, display),
            Self::Example(both, display) => example(*both, display),
            Self::Values(both, display) => values(*both, display, false).collect(),
            Self::Matrix(entry) => {
                let rows = entry.exact.shape().map_or(0, |(rows, _)| rows);
                let row =
                    |row| (Cow::Owned(format!("r{row}")), Self::MatrixRow(entry.clone(), row));
                let whole = (Cow::Borrowed(WHOLE), Self::Value(entry.clone()));
                std::iter::once(whole).chain((1..=rows).map(row)).collect()
            }
            Self::MatrixRow(entry, row) => {
                let columns = entry.exact.shape().map_or(0, |(_, columns)| columns);
                let place = |column| {
                    let entry = entry.of_matrix(*row, column)?;
                    Some((Cow::Owned(format!("c{column}")), Self::Value(entry)))
                };
                (1..=columns).filter_map(place).collect()
            }
            Self::Value(_) => Vec::new(),
        }
    }
}

fn run_places<'a>(run: &'a scenario::Run, record: &'a trace::Run) -> Places<'a> {
    let options = record.options.iter().map(|(name, number)| {
        let entry = Entry::given(Value::Real(number.clone().into()), &run.display);
        (Cow::Borrowed(name), Place::Value(entry))
    });
    let pairs = record.iterations.iter().zip(record.printed());
    let iterations = pairs.map(|(exact, printed)| {
        let place = Place::Iteration([exact, printed], &run.display);
        (Cow::Owned(format!("t{}", exact.t)), place)
    });
    options.chain(iterations).collect()
}

fn iteration<'a>(both: Both<'a, Iteration>, display: &'a Display) -> Places<'a> {
    let [exact, printed] = both;
    let gradient = Place::Values(both.map(|one| &one.gradient), display);
    let mut places = vec![(Cow::Borrowed("grad"), gradient)];
    for lists in [both.map(|one| &one.state), both.map(|one| &one.intermediate)] {
        let named = pairs(lists);
        places
            .extend(named.map(|(name, both)| (Cow::Borrowed(name), Place::Values(both, display))));
    }
    let examples = numbered("e", exact.examples.iter().zip(&printed.examples));
    for (name, (exact, printed)) in examples {
        // The only example needs no number.
        if both[0].examples.len() == 1 {
            places.extend(example([exact, printed], display));
        }
        places.push((name, Place::Example([exact, printed], display)));
    }
    places.extend(values(both.map(|one| &one.parameters), display, exact.t == 0));
    if let (Some(exact), Some(printed)) = (&exact.loss, &printed.loss) {
        places.push((Cow::Borrowed("loss"), Place::of([exact, printed], display, false)));
    }
    if let Some(rate) = exact.learning_rate.as_ref().filter(|_| exact.t > 0)
        && places.iter().all(|(name, _)| name != "learning_rate")
    {
        let entry = Entry { input: false, ..Entry::given(Value::Real(rate.clone()), display) };
        places.push((Cow::Borrowed("learning_rate"), Place::Value(entry)));
    }
    places
}

fn example<'a>(both: Both<'a, Example>, display: &'a Display) -> Places<'a> {
    let adjoints = Place::Values(both.map(|one| &one.adjoints), display);
    let values = values(both.map(|one| &one.values), display, false);
    values.chain([(Cow::Borrowed("adjoint"), adjoints)]).collect()
}

fn values<'a>(
    both: Both<'a, Named<Tensor>>,
    display: &'a Display,
    input: bool,
) -> impl Iterator<Item = (Cow<'a, str>, Place<'a>)> {
    pairs(both).map(move |(name, both)| (Cow::Borrowed(name), Place::of(both, display, input)))
}

/// What two lists have under the same names, in the same order.
fn pairs<'a, T>(
    [exact, printed]: Both<'a, Named<T>>,
) -> impl Iterator<Item = (&'a str, Both<'a, T>)> {
    exact.iter().zip(printed.iter()).map(|((name, exact), (_, printed))| (name, [exact, printed]))
}

/// Each thing with its number behind a letter, from 1.
fn numbered<'a, T>(
    letter: &'static str,
    things: impl IntoIterator<Item = T>,
) -> impl Iterator<Item = (Cow<'a, str>, T)> {
    let name = move |index| Cow::Owned(format!("{letter}{}", index + 1));
    things.into_iter().enumerate().map(move |(index, thing)| (name(index), thing))
}
