//! Which examples each iteration uses.

use super::setup::only_choice;
use super::{Field, Fields};

/// The most iterations that a run may have.
const MAX_ITERATIONS: u64 = 10_000;
/// The most examples that the iterations of a run may pass through together.
const MAX_PASSES: usize = 1_000_000;

/// The examples of each iteration; `None` where nothing says how many there are.
///
/// `count` is the number of examples, unknown where the data were refused.
pub(super) fn batches(map: &mut Fields<'_>, count: Option<usize>) -> Option<Vec<Vec<usize>>> {
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
        sequential(&field, count, iterations)
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

/// `{size: 2, order: sequential}`: through the data again and again.
fn sequential(
    field: &Field<'_>,
    count: usize,
    iterations: Option<usize>,
) -> Option<Vec<Vec<usize>>> {
    let mut map = field.fields()?;
    let most = u64::try_from(count.max(1)).unwrap_or(u64::MAX);
    let size = map.required("size").and_then(|size| size.unsigned_in(1..=most));
    only_choice(&mut map, "order", "sequential", "shuffled");
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
    let batch = |index: usize| (0..size).map(|k| (index * size + k) % count + 1).collect();
    Some((0..iterations).map(batch).collect())
}
