//! What decides on a branch, as it is written in the model.

use crate::formula::shape::infer;
use crate::formula::{Call, Expression};
use crate::scenario::Setup;
use crate::trace::Branch;

/// The formula whose sign decided: of the first call of the function, where the definition
/// has several.
pub(crate) fn decided(setup: &Setup, branch: &Branch) -> Option<Expression> {
    let call = *calls(setup, branch).first()?;
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

/// The calls of the branch's function in the definition that contains it.
pub(crate) fn calls<'s>(setup: &'s Setup, branch: &Branch) -> Vec<&'s Call> {
    let mut found = Vec::new();
    if let Some(definition) = setup.definition(&branch.node) {
        collect(definition, branch.function, &mut found);
    }
    found
}

fn collect<'e>(expression: &'e Expression, function: &str, found: &mut Vec<&'e Call>) {
    if let Expression::Call(call) = expression
        && call.function.name == function
    {
        found.push(call);
    }
    for child in expression.children() {
        collect(child, function, found);
    }
}
