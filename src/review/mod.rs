//! What is legal in a scenario, and suspicious: warnings.
//!
//! An error says that there is no right sheet; a warning says that the sheet may not be what its
//! author wanted. Each has a [`Rule`], whose name in `allow` at the top of the scenario accepts
//! what it warns of: `allow: [kink]`.

mod answers;
mod numbers;
mod runs;
mod shown;
mod variables;
mod written;

use crate::scenario::{Exam, Problem, Scenario};
use crate::trace::Trace;

use written::Written;

pub use crate::scenario::Suspicion as Rule;

/// Everything suspicious about a scenario and its run, in the order of the file.
///
/// ```
/// use gradsheet::{engine, review, scenario::Exam};
///
/// let text = "
/// title: Unused
/// variables:
///   alpha: {choose: [0.1, 0.2]}
/// setups:
///   s:
///     model: 'loss = w^2'
///     init: {w: 1}
///     iterations: 1
///     optimizers:
///       sgd: {kind: sgd, learning_rate: 0.5}
/// ";
/// let (exam, scenario) = Exam::read("unused.yaml".as_ref(), text)?;
/// let trace = engine::execute(&scenario)?;
/// let warnings = review::warnings(&exam, &scenario, &trace);
/// assert_eq!(warnings[0].message, "the variable `alpha` is used nowhere");
/// assert_eq!(warnings[0].place.to_string(), "4:3");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn warnings(exam: &Exam, scenario: &Scenario, trace: &Trace) -> Vec<Problem> {
    let written = Written::new(exam.top());
    let mut found = Vec::new();
    variables::unused(exam, &written, &mut found);
    answers::unasked(scenario, &mut found);
    shown::without_setup(scenario, &written, &mut found);
    numbers::contradicting(scenario, trace, &mut found);
    runs::kinks(scenario, trace, &written, &mut found);
    runs::in_double_precision(scenario, trace, &written, &mut found);
    found.retain(|(rule, _)| !scenario.allowed.contains(rule));
    let mut list: Vec<Problem> = found
        .into_iter()
        .map(|(rule, problem)| {
            let help = problem.help.clone().map(|help| format!("{help}; or ")).unwrap_or_default();
            let accept = format!("`allow: [{}]` at the top accepts it", rule.word());
            problem.with_help(format!("{help}{accept}"))
        })
        .collect();
    list.sort_by_key(|problem| problem.place);
    list
}

/// A warning on its way, with its rule.
type Found = Vec<(Rule, Problem)>;
