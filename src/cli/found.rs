//! Finding variants by their seed.

use std::path::Path;

use gradsheet::engine::{self, Effort};
use gradsheet::limits::Limit;
use gradsheet::scenario::{Exam, Scenario};
use gradsheet::variants::{Reason, Search, TooFew, Variant};

use super::progress::Counter;
use super::{Failure, engine_failure};

/// Reads an exam, with its default paper.
pub(crate) fn exam(path: &Path, source: &str) -> Result<(Exam, Scenario), Failure> {
    let (exam, default) =
        Exam::read(path, source).map_err(|problems| Failure::Input(problems.to_string()))?;
    if exam.variables.is_empty() {
        let path = path.display();
        return Err(Failure::Input(format!(
            "{path}: there are no `variables`, so all papers would be alike\n  \
             = help: name what varies, as in `variables: {{alpha: {{choose: [0.1, 0.2]}}}}`; \
             `gradsheet render` makes the one paper there is"
        )));
    }
    Ok((exam, default))
}

/// The search for variants of an exam.
pub(crate) fn search<'a>(
    path: &Path,
    exam: &'a Exam,
    default: &Scenario,
    seed: u64,
    limit: Option<u64>,
) -> Result<Search<'a>, Failure> {
    let effort = Effort { trials: 2, progress: &|_| {} };
    let trace = engine::execute_with(default, &effort)
        .map_err(|error| engine_failure(path, exam.text(), &error))?;
    let search = Search::new(exam, default, &trace, seed, limit.unwrap_or(Limit::Candidates.get()));
    for text in search.unmet_by_default() {
        eprintln!("note: the default paper itself does not meet `{text}`");
    }
    Ok(search)
}

/// Variants 1 to `count`.
pub(crate) fn find(path: &Path, search: &Search<'_>, count: u64) -> Result<Vec<Variant>, Failure> {
    let counter = Counter::new("searching", "variants", count);
    let variants = search.find(count, &|progress| counter.show(progress.found));
    counter.finish();
    variants.map_err(|few| too_few(path, &few))
}

/// Fewer variants than asked for.
pub(crate) fn too_few(path: &Path, few: &TooFew) -> Failure {
    Failure::Work(format!("{}: {}", path.display(), told(few)))
}

pub(crate) fn length(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

/// Why there are too few variants, in words.
fn told(few: &TooFew) -> String {
    let TooFew { wanted, found, examined, space, .. } = few;
    let mut text = match few.complete {
        true => {
            let exist = match found {
                0 => "no variant exists".to_owned(),
                1 => "only 1 variant exists".to_owned(),
                _ => format!("only {found} variants exist"),
            };
            format!("{exist}, but {wanted} are wanted; all {space} candidates were looked at")
        }
        false => format!(
            "found {found} of {wanted} variants in {examined} of {space} candidates; there may \
             be more (`--search-limit` looks at more than the limit `candidates`)"
        ),
    };
    for (requirement, count) in &few.rejected {
        text.push_str(&format!("\n  `{requirement}` rejects {count}"));
    }
    for (reason, count) in &few.reasons {
        let reason = reason_in_words(*reason);
        text.push_str(&format!("\n  {reason} {count}"));
    }
    if few.alike > 0 {
        text.push_str(&format!("\n  all answers are those of another candidate in {}", few.alike));
    }
    if let Some((first, second)) = &few.exclusive {
        text.push_str(&format!("\n  `{first}` and `{second}` exclude one another"));
    }
    text
}

/// Why a candidate is no variant, as the beginning of a sentence about candidates.
pub(crate) fn reason_in_words(reason: Reason) -> &'static str {
    match reason {
        Reason::Underivable => "a derived variable is undefined in",
        Reason::Invalid => "the scenario does not allow the values of",
        Reason::Undecided => "a sign or a digit is undecided in",
        Reason::Undefined => "an answer is undefined in",
        Reason::Unfair => "`fair` rejects",
        Reason::Mistake => "a mistake gives a right answer in",
    }
}
