//! What becomes of a batch: its losses and gradients combine to their mean or their sum.

use std::sync::Arc;

use crate::number::{Integer, Rational, Real};
use crate::scenario::Reduction;
use crate::trace::{Example, Named, Tensor};

/// The batch's gradient by every parameter that is trained.
pub(super) fn gradient<'a>(
    trained: impl Iterator<Item = &'a Arc<str>>,
    reduction: Reduction,
    examples: &[Arc<Example>],
) -> Named<Tensor> {
    let one = |name: &Arc<str>| {
        let parts = examples.iter().filter_map(|example| example.gradient.get(name));
        (name.clone(), together(reduction, parts))
    };
    trained.map(one).collect()
}

/// The mean or the sum, entry by entry; an entry is undefined as soon as one of the values is.
pub(super) fn together<'a>(
    reduction: Reduction,
    mut values: impl Iterator<Item = &'a Tensor>,
) -> Tensor {
    let Some(mut sum) = values.next().cloned() else { return Tensor::zeros(None) };
    let mut count = 1_u64;
    for value in values {
        sum.add(value);
        count += 1;
    }
    if count == 1 || reduction == Reduction::Sum {
        return sum;
    }
    let share = Real::from(Rational::from_parts(Integer::ONE, count.into()));
    sum.each(|entry| entry * &share)
}
