//! Which examples each iteration uses.

use super::schema::BATCHES;
use super::{Field, Fields};
use crate::initialization::generator::Stream;
use crate::limits::Limit;

/// The iterations that a run has as long as nobody knows how many.
const UNKNOWN: usize = 1_000;

/// The examples of each iteration; `None` where nothing says how many there are.
///
/// `count` is the number of examples, unknown where the data were refused.
pub(super) fn batches(
    map: &mut Fields<'_>,
    count: Option<usize>,
    stream: &Stream,
) -> Option<Vec<Vec<usize>>> {
    let iterations_field = map.take("iterations");
    let iterations =
        iterations_field.as_ref().and_then(|field| field.unsigned_within(1, Limit::Iterations));
    let iterations = iterations.and_then(|number| usize::try_from(number).ok());
    let refused = iterations_field.is_some() && iterations.is_none();
    let Some(field) = map.take("batches") else {
        // What was refused is not missing too.
        if refused {
            return Some(Vec::new());
        }
        let all: Vec<usize> = (1..=count.unwrap_or(0)).collect();
        let number = iterations?;
        if !passes(&iterations_field?, number, all.len()) {
            return Some(Vec::new());
        }
        return Some(vec![all; number]);
    };
    let count = count.unwrap_or(usize::MAX);
    let list = if field.node().is_map() {
        drawn(&field, count, iterations, stream)
    } else {
        listed(&field, count)
    };
    // What was refused is not missing too, and paths into its iterations are not blamed for it.
    let Some(list) = list else { return Some(vec![vec![1]; iterations.unwrap_or(UNKNOWN)]) };
    match iterations {
        Some(number) if number > list.len() => {
            let (count, listed) = (list.len(), if list.len() == 1 { "is" } else { "are" });
            let batches = if count == 1 { "batch" } else { "batches" };
            field.refuse_with(
                format!("{number} iterations are asked for, but {count} {batches} {listed} listed"),
                "list one batch for each iteration, or draw them with `{size: 1}`",
            );
            Some(list)
        }
        Some(number) => Some(list[..number].to_vec()),
        None => Some(list),
    }
}

/// Whether so many batches keep within the limit, which is reported otherwise.
fn passes(field: &Field<'_>, batches: usize, size: usize) -> bool {
    let passes = u64::try_from(batches.saturating_mul(size)).unwrap_or(u64::MAX);
    let may = passes <= Limit::Passes.get();
    if !may {
        let what = format!("{batches} batches of {size} examples, {passes} passes,");
        field.exceeds(Limit::Passes, what, Some(passes));
    }
    may
}
const NO_DATA: &str = "list examples in `data`, or leave `batches` out and give `iterations`";

fn listed(field: &Field<'_>, count: usize) -> Option<Vec<Vec<usize>>> {
    if !field.node().is_list() {
        let message = format!("expected a list of batches, found {}", field.node().describe());
        field.refuse_with(message, "write `[[1], [2]]`, or draw them with `{size: 1}`");
        return None;
    }
    let items = field.items()?;
    if items.is_empty() {
        field.refuse_with(
            "the list of batches is empty",
            "write `[[1], [2]]`, or leave `batches` out and give `iterations`",
        );
    }
    if count == 0 && items.iter().any(Field::is_filled) {
        field.refuse_with("there are no data to take these examples from", NO_DATA);
        return None;
    }
    let most = u64::try_from(count).unwrap_or(u64::MAX);
    let batch = |item: &Field<'_>| {
        let Some(examples) = item.items() else { return Vec::new() };
        if examples.is_empty() {
            item.refuse("a batch names at least one example");
        }
        let number = |example: &Field<'_>| {
            example.unsigned_in(1..=most).and_then(|number| usize::try_from(number).ok())
        };
        examples.iter().filter_map(number).collect()
    };
    Some(items.iter().map(batch).collect())
}

const INSTEAD_OF_BATCHES: &str = "`gradients` stand in the place of `batches`";

/// No examples for each of the iterations whose gradients are given.
pub(super) fn given_batches(map: &mut Fields<'_>, count: usize) -> Option<Vec<Vec<usize>>> {
    if let Some(field) = map.take("batches") {
        field.refuse_with(INSTEAD_OF_BATCHES, "leave one of the two out");
    }
    let most = u64::try_from(count.max(1)).unwrap_or(u64::MAX);
    let iterations = map.take("iterations").and_then(|field| field.unsigned_in(1..=most));
    let iterations = iterations.and_then(|number| usize::try_from(number).ok());
    Some(vec![Vec::new(); iterations.unwrap_or(count)])
}

/// The order of the examples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    Sequential,
    Shuffled,
}

/// `{size: 2, order: sequential}`: through the data again and again, each time in a new
/// order if they are shuffled.
///
/// Every batch has this size: one that reaches the end of the data goes on at their
/// beginning, where frameworks' loaders make the last batch of an epoch shorter.
fn drawn(
    field: &Field<'_>,
    count: usize,
    iterations: Option<usize>,
    stream: &Stream,
) -> Option<Vec<Vec<usize>>> {
    let mut map = field.fields(&BATCHES)?;
    let most = u64::try_from(count.max(1)).unwrap_or(u64::MAX);
    let size = map.required("size").and_then(|size| size.unsigned_in(1..=most));
    let orders = [("sequential", Order::Sequential), ("shuffled", Order::Shuffled)];
    let order = map.choice("order", &orders).unwrap_or(Order::Sequential);
    map.finish();
    let size = usize::try_from(size?).ok()?;
    let Some(iterations) = iterations else {
        field.refuse_with(
            "`iterations` must say how many batches are drawn",
            "add a line such as `iterations: 10` to the set-up",
        );
        return None;
    };
    if count == 0 {
        field.refuse_with("there are no data to draw batches from", NO_DATA);
        return None;
    }
    if count == usize::MAX || !passes(field, iterations, size) {
        return None;
    }
    let mut examples = Vec::new();
    while examples.len() < iterations.saturating_mul(size) {
        let mut pass: Vec<usize> = (1..=count).collect();
        if order == Order::Shuffled {
            let number = u64::try_from(examples.len() / count).unwrap_or(u64::MAX);
            stream.number(number).generator().shuffle(&mut pass);
        }
        examples.extend(pass);
    }
    Some(examples.chunks(size).take(iterations).map(<[usize]>::to_vec).collect())
}
