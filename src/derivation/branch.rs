//! What decides on a branch, as it is written in the model.

use crate::formula::shape::infer;
use crate::formula::{Call, Expression};
use crate::scenario::Setup;
use crate::trace::Branch;

/// The formula whose sign decided. Where the definition calls the function several times, `which`
/// counts the branch among its branches, from 0; they are recorded as they are evaluated.
pub(crate) fn decided(setup: &Setup, branch: &Branch, which: usize) -> Option<Expression> {
    let call = *calls(setup, branch).get(which)?;
    match (call.arguments.as_slice(), call.function.kinks().first()) {
        ([single], _) => Some(single.clone()),
        (_, Some(kink)) => {
            let decided = call.put_into(kink);
            let fitted = infer(&decided, &setup.shapes).map(|(_, fitted)| fitted);
            Some(fitted.unwrap_or(decided))
        }
        _ => None,
    }
}

/// The calls of the branch's function in the definition that contains it, in the order of their
/// evaluation: what stands inside of a call comes before it.
pub(crate) fn calls<'s>(setup: &'s Setup, branch: &Branch) -> Vec<&'s Call> {
    let mut found = Vec::new();
    if let Some(definition) = setup.definition(&branch.node) {
        collect(definition, branch.function, &mut found);
    }
    found
}

fn collect<'e>(expression: &'e Expression, function: &str, found: &mut Vec<&'e Call>) {
    for child in expression.children() {
        collect(child, function, found);
    }
    if let Expression::Call(call) = expression
        && call.function.name == function
    {
        found.push(call);
    }
}
