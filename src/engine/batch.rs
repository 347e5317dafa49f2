//! What becomes of a batch: its losses and gradients combine to their mean or their sum.

use crate::number::{Rational, Real};
use crate::scenario::{Reduction, Setup};
use crate::trace::{self, Example, Named};

use super::tensor::Tensor;

/// The batch's gradient by every parameter that is trained.
pub(super) fn gradient(
    setup: &Setup,
    reduction: Reduction,
    examples: &[Example],
) -> Named<trace::Tensor> {
    let one = |name: &str| {
        let parts = examples.iter().filter_map(|example| example.gradient.get(name));
        (name.to_owned(), together(reduction, parts))
    };
    setup.trained_names().map(one).collect()
}

/// The mean or the sum, entry by entry; an entry is undefined as soon as one of the values is.
pub(super) fn together<'a>(
    reduction: Reduction,
    values: impl Iterator<Item = &'a trace::Tensor>,
) -> trace::Tensor {
    let mut sum: Option<Tensor> = None;
    let mut count = 0_i64;
    for value in values {
        let value = Tensor::from_record(value);
        match &mut sum {
            None => sum = Some(value),
            Some(sum) => sum.add(&value),
        }
        count += 1;
    }
    let mut mean = sum.unwrap_or_else(|| Tensor::zeros(None));
    if count > 1 && reduction == Reduction::Mean {
        let share = Real::from(Rational::ONE / Rational::from(count));
        for entry in &mut mean.entries {
            *entry = entry.clone().map(|entry| &entry * &share);
        }
    }
    mean.record()
}
