//! `dimensions` and `shapes`: sizes by name, and the shape of every shaped name.

use std::collections::BTreeMap;

use crate::formula::is_name;
use crate::formula::shape::{Shape, Size};
use crate::limits::Limit;

use super::repetition::{Counters, Numbered};
use super::yaml::Key;
use super::{Field, Fields, Problem};

/// Named sizes with their values.
pub(super) type Dimensions = BTreeMap<String, usize>;

/// `dimensions: {n: 2, depth: 3}`
pub(super) fn dimensions(map: &mut Fields<'_>) -> Dimensions {
    let mut dimensions = Dimensions::new();
    for (key, field) in map.entries("dimensions").unwrap_or_default() {
        if !is_name(&key.text) {
            let message = format!(
                "`{}` can't name a dimension: a name is a letter, then letters, digits and `_`",
                key.text
            );
            field.refuse_key(key, message, None);
        }
        if let Some(value) = field.unsigned_within(1, Limit::Size) {
            dimensions.insert(key.text.clone(), usize::try_from(value).unwrap_or(usize::MAX));
        }
    }
    dimensions
}

/// `shapes: {x: [1, n], W: [n, m]}`, in the order written; `"W_{l}": [k, k]` for every l.
pub(super) fn shapes(
    map: &mut Fields<'_>,
    dimensions: &Dimensions,
    counters: &Counters,
) -> Vec<(String, Shape)> {
    let mut list = Vec::new();
    let entries = map.entries("shapes").unwrap_or_default();
    for (key, field) in &entries {
        let sizes =
            if field.node().is_list() { field.items().unwrap_or_default() } else { Vec::new() };
        let [rows, columns] = sizes.as_slice() else {
            field.refuse("a shape is two sizes, rows and columns, such as `[1, n]`");
            continue;
        };
        for name in family(key, field, counters, &entries) {
            let rows = size(rows, dimensions, &name);
            if let (Some(rows), Some(columns)) = (rows, size(columns, dimensions, &name)) {
                list.push((name.name, Shape::Matrix(rows, columns)));
            }
        }
    }
    list
}

/// The names that a key stands for; a key of its own goes before the family's.
pub(super) fn family(
    key: &Key,
    field: &Field<'_>,
    counters: &Counters,
    entries: &[(&Key, Field<'_>)],
) -> Vec<Numbered> {
    match counters.expand(&key.text) {
        Ok(names) => {
            let own = |name: &Numbered| {
                name.name != key.text && entries.iter().any(|(other, _)| other.text == name.name)
            };
            names.into_iter().filter(|name| !own(name)).collect()
        }
        Err(message) => {
            let problem = Problem::new(key.place, message).in_field(field.path());
            field.report().push(problem.with_width(key.text.chars().count()));
            Vec::new()
        }
    }
}

fn size(field: &Field<'_>, dimensions: &Dimensions, name: &Numbered) -> Option<Size> {
    let text = name.fill(&field.text()?.text);
    if !is_name(&text) {
        let value = field.unsigned_within(1, Limit::Size)?;
        return usize::try_from(value).ok().map(Size::number);
    }
    let value = dimensions.get(&text).copied();
    Some(Size { name: Some(text), value })
}
