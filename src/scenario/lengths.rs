//! That formulas and their derivatives can be written out.
//!
//! Where definitions use one another twice, or functions nest, what is written out doubles with every
//! line and bracket. A sheet could not set it, but would first try to write it.

use std::collections::BTreeMap;

use crate::formula::Expression;
use crate::formula::extent::{Extent, extent, longest_derivative};
use crate::limits::Limit;

use super::definition::Definition;
use super::{Field, Problem};

/// Reports the first definition of a model that can't be written out, with the definitions of these
/// names in their place, or whose derivative can't.
pub(super) fn check(field: &Field<'_>, model: &[Definition], inline: &[(Field<'_>, String)]) {
    let mut written: BTreeMap<&str, (Extent, Expression)> = BTreeMap::new();
    for line in model {
        let name = line.name.as_str();
        let hidden = inline.iter().any(|(_, known)| known == name);
        let found = extent(&line.expression, &|inner| Some(written.get(inner)?.0));
        let too_long = if found.parts > Limit::FormulaLength.get() {
            Some((Limit::FormulaLength, format!("the parts of `{name}`, written out,")))
        } else if found.depth > Limit::Depth.get() {
            let what = format!("the operations within one another of `{name}`, written out,");
            Some((Limit::Depth, what))
        } else {
            let whole = line.expression.map(&mut |node| match node {
                Expression::Name(inner) => {
                    written.get(inner.as_str()).map(|(_, whole)| whole.clone())
                }
                _ => None,
            });
            let longest =
                longest_derivative(&whole).filter(|(_, parts)| *parts > Limit::FormulaLength.get());
            let told =
                longest.map(|(by, _)| format!("the parts of the derivative of `{name}` by `{by}`"));
            if hidden {
                written.insert(name, (found, whole));
            }
            told.map(|what| (Limit::FormulaLength, what))
        };
        if let Some((limit, what)) = too_long {
            let advice = limit.advice(None);
            let problem = Problem::new(line.place, limit.exceeded(what)).in_field(field.path());
            let help = format!("give parts of it names of their own in lines above; {advice}");
            field.report().push(problem.with_help(help));
            return;
        }
    }
}
