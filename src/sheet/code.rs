//! The cell `code`: a run's script, and where double precision goes another way.

use crate::code::{self, Comparison, Difference, Place};
use crate::number::{Fault, Precision, Real, Rounding, round};
use crate::scenario::{Carry, Library, Run, RunId, Setup};
use crate::trace;

use super::build::{Builder, Paper, SheetError};
use super::names::run_title;
use super::show::{Numbers, from_double};
use super::view::{CellView, ScriptView};

/// The digits of a number that double precision gets wrong.
const DIGITS: u32 = 2;
/// More differences than this are not listed one by one.
const MOST: usize = 4;

impl Builder<'_> {
    pub(super) fn code(&self, library: Library, of: &[RunId]) -> Result<CellView, SheetError> {
        let mut scripts = Vec::new();
        for id in of {
            let (setup, run) = self.scenario.run(*id);
            let record = self.trace.setups.get(&setup.name);
            let record = record.and_then(|setup| setup.runs.get(&run.name));
            let solved = record.filter(|_| self.paper != Paper::Handout);
            let ended = solved.and_then(|record| {
                let cause = self.prose.words().cause_and_place(record.ended.as_deref()?);
                Some((record.iterations.last()?.t, cause))
            });
            let say = |key: &str, blanks: &[(&'static str, String)]| self.prose.say(key, blanks);
            let text = code::script(
                setup,
                run,
                library,
                ended.as_ref().map(|(t, cause)| (*t, cause.as_str())),
                &say,
            );
            let name = run_title(self.scenario, self.prose, *id, of);
            let used = self.prose.word(&format!("code_{}", library.word()));
            let title = self.prose.say("code_title", &[("name", name), ("library", used)]);
            let remarks = match solved {
                Some(record) => self.remarks(setup, run, record, library).map_err(|fault| {
                    SheetError::Number { place: format!("{}.{}", setup.name, run.name), fault }
                })?,
                None => Vec::new(),
            };
            scripts.push(ScriptView { title, text, remarks });
        }
        Ok(CellView::Code { scripts })
    }

    fn remarks(
        &self,
        setup: &Setup,
        run: &Run,
        record: &trace::Run,
        library: Library,
    ) -> Result<Vec<String>, Fault> {
        let comparison = code::compare(setup, run, record);
        // PyTorch's optimizers round as the machine has it; where that decides, nothing is foretold.
        let sure = library != Library::PyTorch || comparison.sure;
        let ending = if sure { "" } else { "_near" };
        let mut list = Vec::new();
        for difference in comparison.differences.iter().take(MOST) {
            list.push(self.difference(setup, difference, ending)?);
        }
        let more = comparison.differences.len().saturating_sub(MOST);
        if more > 0 {
            list.push(self.prose.say("code_more", &[("count", more.to_string())]));
        }
        for difference in comparison.near.iter().take(MOST) {
            list.push(self.difference(setup, difference, "_near")?);
        }
        if sure {
            list.extend(self.outcome(setup, run, record, &comparison)?);
        }
        if run.display.carry == Carry::Displayed {
            list.push(self.prose.word("code_carried"));
        }
        Ok(list)
    }

    /// Where a branch is another one.
    fn difference(
        &self,
        setup: &Setup,
        difference: &Difference,
        ending: &str,
    ) -> Result<String, Fault> {
        let mut blanks = vec![("t", difference.t.to_string())];
        let key = match &difference.place {
            Place::Node { node, function, example, entry } => {
                blanks.push(("node", format!("${}$", setup.notation.latex(node))));
                blanks.push(("function", format!("`{function}`")));
                blanks.push(("entry", entry.map_or_else(String::new, |one| one.to_string())));
                blanks.push(("example", example.map_or_else(String::new, |one| one.to_string())));
                "code_branch"
            }
            Place::Line { line, parameter } => {
                blanks.push(("line", format!("${}$", setup.notation.in_rule(line))));
                blanks.push(("parameter", format!("${}$", setup.notation.latex(parameter))));
                if line == "theta" { "code_update" } else { "code_case" }
            }
        };
        let mark = self.prose.mark();
        let rounded = |value: &Real| -> Result<String, Fault> {
            let precision = Precision::Significant(DIGITS);
            Ok(round(value, precision, Rounding::HalfEven)?.to_latex(mark))
        };
        let exact = match &difference.exact {
            Some(exact) => rounded(exact)?,
            None => String::new(),
        };
        let double = match difference.double.filter(|double| double.is_finite()) {
            Some(double) => rounded(&from_double(double))?,
            None => String::new(),
        };
        blanks.extend([("exact", exact), ("double", double)]);
        Ok(self.prose.say(&format!("{key}{ending}"), &blanks))
    }

    /// What the differences, or rounding errors alone, lead to.
    fn outcome(
        &self,
        setup: &Setup,
        run: &Run,
        record: &trace::Run,
        comparison: &Comparison,
    ) -> Result<Option<String>, Fault> {
        let Some(t) = comparison.departs else {
            let harmless = !comparison.differences.is_empty();
            return Ok(harmless.then(|| self.prose.word("code_same")));
        };
        let numbers = self.numbers(&run.display);
        let double = self.ends(setup, &numbers, comparison)?;
        let exact = exact_ends(setup, &numbers, record)?;
        let turned = if comparison.differences.is_empty() { "code_rounding" } else { "code_other" };
        let key = if double.is_empty() { format!("{turned}_matrices") } else { turned.to_owned() };
        let blanks = [("t", t.to_string()), ("double", double), ("exact", exact)];
        Ok(Some(self.prose.say(&key, &blanks)))
    }

    fn ends(
        &self,
        setup: &Setup,
        numbers: &Numbers<'_>,
        comparison: &Comparison,
    ) -> Result<String, Fault> {
        let mut list = Vec::new();
        for (name, value) in &comparison.ends {
            let name = setup.notation.latex(name);
            let shown = if value.is_finite() {
                let shown = numbers.computed(&from_double(*value))?;
                format!("{name} \\approx {}", shown.latex())
            } else {
                format!("{name} = {}", numbers.no_value().latex())
            };
            list.push(shown);
        }
        Ok(list.join(r", \thickspace "))
    }
}

fn exact_ends(setup: &Setup, numbers: &Numbers<'_>, record: &trace::Run) -> Result<String, Fault> {
    let mut list = Vec::new();
    let Some(last) = record.iterations.last() else { return Ok(String::new()) };
    for (name, value) in last.parameters.iter().filter(|(_, value)| value.shape().is_none()) {
        let shown = numbers.tensor(value)?;
        let relation = if shown.exact { "=" } else { r"\approx" };
        list.push(format!("{} {relation} {}", setup.notation.latex(name), shown.latex()));
    }
    Ok(list.join(r", \thickspace "))
}
