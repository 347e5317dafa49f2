//! `dimensions` and `shapes`: sizes by name, and the shape of every shaped name.

use std::collections::BTreeMap;

use crate::formula::is_name;
use crate::formula::shape::{Shape, Size};

use super::{Field, Fields};

/// The largest size of a matrix.
const MAX_SIZE: u64 = 100_000;

/// Named sizes with their values.
pub(super) type Dimensions = BTreeMap<String, usize>;

/// `dimensions: {n: 2, depth: 3}`
pub(super) fn dimensions(map: &mut Fields<'_>) -> Dimensions {
    let mut dimensions = Dimensions::new();
    for (key, field) in map.entries("dimensions").unwrap_or_default() {
        if !is_name(&key.text) {
            field.refuse(format!("`{}` can't name a dimension", key.text));
        }
        if let Some(value) = field.unsigned_in(1..=MAX_SIZE) {
            dimensions.insert(key.text.clone(), usize::try_from(value).unwrap_or(usize::MAX));
        }
    }
    dimensions
}

/// `shapes: {x: [1, n], W: [n, m]}`, in the order written.
pub(super) fn shapes(map: &mut Fields<'_>, dimensions: &Dimensions) -> Vec<(String, Shape)> {
    let mut list = Vec::new();
    for (key, field) in map.entries("shapes").unwrap_or_default() {
        let sizes = field.items().unwrap_or_default();
        let [rows, columns] = sizes.as_slice() else {
            field.refuse("a shape is two sizes, rows and columns, such as `[1, n]`");
            continue;
        };
        if let (Some(rows), Some(columns)) = (size(rows, dimensions), size(columns, dimensions)) {
            list.push((key.text.clone(), Shape::Matrix(rows, columns)));
        }
    }
    list
}

fn size(field: &Field<'_>, dimensions: &Dimensions) -> Option<Size> {
    let text = &field.text()?.text;
    if !is_name(text) {
        let value = field.unsigned_in(1..=MAX_SIZE)?;
        return usize::try_from(value).ok().map(Size::number);
    }
    let value = dimensions.get(text).copied();
    Some(Size { name: Some(text.clone()), value })
}
