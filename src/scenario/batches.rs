//! Which examples each iteration uses.

use super::schema::BATCHES;
use super::{Field, Fields};
use crate::initialization::generator::Stream;

/// The most iterations that a run may have.
const MAX_ITERATIONS: u64 = 10_000;
/// The most examples that the iterations of a run may pass through together.
const MAX_PASSES: usize = 1_000_000;

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
        iterations_field.as_ref().and_then(|field| field.unsigned_in(1..=MAX_ITERATIONS));
    let iterations = iterations.and_then(|number| usize::try_from(number).ok());
    let Some(field) = map.take("batches") else {
        let all: Vec<usize> = (1..=count.unwrap_or(0)).collect();
        let number = iterations?;
        if number * all.len() > MAX_PASSES {
            iterations_field?.refuse(format!(
                "{number} iterations over {} examples are more than {MAX_PASSES} passes",
                all.len()
            ));
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
    // What was refused is not missing too.
    let Some(list) = list else { return Some(Vec::new()) };
    match iterations {
        Some(number) if number > list.len() => {
            field.refuse(format!(
                "{number} iterations are asked for, but {} batches listed",
                list.len()
            ));
            Some(list)
        }
        Some(number) => Some(list[..number].to_vec()),
        None => Some(list),
    }
}

fn listed(field: &Field<'_>, count: usize) -> Option<Vec<Vec<usize>>> {
    let items = field.items()?;
    if items.is_empty() {
        field.refuse("the list of batches is empty");
    }
    let most = u64::try_from(count).unwrap_or(u64::MAX);
    let batch = |item: &Field<'_>| {
        let Some(examples) = item.items() else { return Vec::new() };
        if examples.is_empty() {
            item.refuse("a batch names at least one example");
        }
        let number = |example: &Field<'_>| {
            if most == 0 {
                example.refuse("there are no data to take this example from");
                return None;
            }
            example.unsigned_in(1..=most).and_then(|number| usize::try_from(number).ok())
        };
        examples.iter().filter_map(number).collect()
    };
    Some(items.iter().map(batch).collect())
}

/// No examples for each of the iterations whose gradients are given.
pub(super) fn given_batches(map: &mut Fields<'_>, count: usize) -> Option<Vec<Vec<usize>>> {
    if let Some(field) = map.take("batches") {
        field.refuse("`gradients` stand in the place of batches");
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
        field.refuse("`iterations` must say how many batches are drawn");
        return None;
    };
    if count == 0 {
        field.refuse("there are no data to draw batches from");
        return None;
    }
    if iterations.saturating_mul(size) > MAX_PASSES || count == usize::MAX {
        if count < usize::MAX {
            field.refuse(format!(
                "{iterations} batches of {size} examples are more than {MAX_PASSES} passes"
            ));
        }
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
