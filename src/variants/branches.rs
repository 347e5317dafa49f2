//! The branches that all runs of a trace take.

use crate::number::Sign;
use crate::trace::Trace;

/// Every branch of every run, in the order of evaluation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Branches {
    /// The iteration, the example in its batch, and the side of the kink.
    taken: Vec<(usize, usize, Sign)>,
}

impl Branches {
    pub(super) fn of(trace: &Trace) -> Self {
        let mut taken = Vec::new();
        for (_, setup) in trace.setups.iter() {
            for record in setup.runs.iter().flat_map(|(_, run)| &run.iterations) {
                for (index, example) in record.examples.iter().enumerate() {
                    let signs = example.branches.iter().map(|branch| branch.sign);
                    taken.extend(signs.map(|sign| (record.t, index, sign)));
                }
            }
        }
        Self { taken }
    }
}
