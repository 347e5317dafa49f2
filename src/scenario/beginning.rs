//! Where runs begin and what they are given: frozen parameters, states to start from,
//! gradients in the place of a model.

use std::collections::BTreeMap;

use crate::formula::shape::Shape;
use crate::trace::{Named, Tensor};

use super::definition::{Parameter, Run};
use super::quantity::{self, within_entries};
use super::yaml::Key;
use super::{Field, suggest};

/// The latest iteration that a run may begin after.
const MAX_START: u64 = 1_000_000;

/// Marks the parameters that are not trained.
pub(super) fn freeze(names: &[(Field<'_>, String)], parameters: &mut [Parameter]) {
    for (field, name) in names {
        let known: Vec<String> = parameters.iter().map(|one| one.name.clone()).collect();
        match parameters.iter_mut().find(|one| one.name == *name) {
            Some(parameter) => parameter.frozen = true,
            None => {
                let message = format!("`{name}` is not a parameter");
                let known = known.iter().map(String::as_str);
                field.refuse_with(message, nearest(name, known, "the parameters are"));
            }
        }
    }
}

/// The iteration already reached.
pub(super) fn start(field: Option<&Field<'_>>) -> usize {
    let number = field.and_then(|field| field.unsigned_in(0..=MAX_START));
    number.and_then(|number| usize::try_from(number).ok()).unwrap_or(0)
}

/// `{u: {w: 3}}`: states by name and parameter.
pub(super) fn state(
    field: &Field<'_>,
    shapes: &BTreeMap<String, Shape>,
    parameters: &[&str],
    runs: &[Run],
) -> Named<Named<Tensor>> {
    let mut list: Named<Named<Tensor>> = Named::default();
    let known: Vec<String> =
        runs.iter().flat_map(|run| run.rule().states.clone()).map(|state| state.name).collect();
    for (state, values) in field.entries().unwrap_or_default() {
        if !known.contains(&state.text) {
            let known = known.iter().map(String::as_str);
            let help = nearest(&state.text, known, "the states here are");
            let message = format!("no optimizer has a state `{}`", state.text);
            values.refuse_key(state, message, Some(help));
        }
        for (parameter, value) in values.entries().unwrap_or_default() {
            if let Some(value) = of_parameter(parameter, &value, shapes, parameters) {
                list.within(&state.text).push(parameter.text.clone(), value);
            }
        }
    }
    list
}

/// The gradients of each iteration, `[{w: 6, b: 2}, …]`.
pub(super) fn gradients(
    field: &Field<'_>,
    shapes: &BTreeMap<String, Shape>,
    parameters: &[&str],
) -> Vec<Named<Tensor>> {
    let items = field.items().unwrap_or_default();
    if items.is_empty() && field.node().is_list() {
        field.refuse("the list of gradients is empty");
    }
    let one = |item: &Field<'_>| {
        let mut list = Named::default();
        for (name, value) in item.entries().unwrap_or_default() {
            if let Some(value) = of_parameter(name, &value, shapes, parameters) {
                list.push(name.text.clone(), value);
            }
        }
        for name in parameters.iter().filter(|name| list.get(name).is_none()) {
            if item.node().is_map() {
                item.refuse(format!("the gradient of `{name}` is missing"));
            }
        }
        // In the order of the parameters, whatever the order here.
        parameters
            .iter()
            .filter_map(|name| Some(((*name).to_owned(), list.get(name)?.clone())))
            .collect()
    };
    items.iter().map(one).collect()
}

/// The known name that was meant, or all of them.
pub(super) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>, all: &str) -> String {
    let mut known: Vec<&str> = known.collect();
    known.sort_unstable();
    known.dedup();
    match suggest(name, known.iter().copied()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None if known.is_empty() => "there are none".to_owned(),
        None => format!("{all} {}", known.join(", ")),
    }
}

fn of_parameter(
    key: &Key,
    value: &Field<'_>,
    shapes: &BTreeMap<String, Shape>,
    parameters: &[&str],
) -> Option<Tensor> {
    let name = key.text.as_str();
    if !parameters.contains(&name) {
        let help = nearest(name, parameters.iter().copied(), "those trained are");
        let message = format!("`{name}` is not a parameter that is trained");
        value.refuse_key(key, message, Some(help));
        return None;
    }
    let tensor = quantity::tensor(value, shapes.get(name))?;
    within_entries(value, tensor.entries().len()).then_some(tensor)
}
