//! What there is to say beside a line: branches, kinks, conditions, causes.

use crate::derivation;
use crate::formula::function;
use crate::number::{Fault, Real, Sign};
use crate::trace::Branch;

use crate::sheet::Words;

use super::course::Course;
use super::formula::{Note, plain};
use super::numbers::{Numbers, exact};
use super::quantity::Quantity;

/// What remarks are made from.
pub(super) struct Remarks<'a> {
    pub course: &'a Course<'a>,
    pub numbers: &'a Numbers<'a>,
    pub phrases: &'a Words,
}

impl Remarks<'_> {
    /// Everything there is to say of a quantity's line.
    pub(super) fn of(&self, quantity: &Quantity, notes: &[Note]) -> Result<Vec<String>, Fault> {
        let mut list: Vec<String> = notes.iter().map(|note| self.note(note)).collect();
        list.extend(self.branches(quantity)?);
        let value = self.course.value(quantity);
        if let Some(cause) = value.as_ref().and_then(|value| value.undefined()) {
            list.push(self.phrases.cause_and_place(cause));
        }
        list.extend(self.carried(quantity)?);
        Ok(list)
    }

    fn note(&self, note: &Note) -> String {
        match note {
            Note::Kept => self.phrases.word("explain_kept"),
            Note::Condition(text) => text.clone(),
            Note::Cases => self.phrases.word("explain_cases"),
            Note::Before(count) => format!("k = {count}"),
            Note::Others(count) => {
                self.phrases.say("explain_others", &[("count", count.to_string())])
            }
        }
    }

    /// The branches that a definition takes.
    fn branches(&self, quantity: &Quantity) -> Result<Vec<String>, Fault> {
        let (t, example, name) = match quantity {
            Quantity::Forward { t, example, name } => (*t, *example, name.as_str()),
            Quantity::Loss { t } if self.course.examples(*t) == 1 => (*t, 1, "loss"),
            _ => return Ok(Vec::new()),
        };
        let Some(example) = self.course.example(t, example) else { return Ok(Vec::new()) };
        let own: Vec<&Branch> =
            example.branches.iter().filter(|branch| branch.node == name).collect();
        if own.iter().any(|branch| branch.index.is_some()) || own.len() > 2 {
            return Ok(self.counted(&own));
        }
        own.into_iter().map(|branch| self.branch(branch)).collect()
    }

    /// `active: z > 0`
    fn branch(&self, branch: &Branch) -> Result<String, Fault> {
        let point = function::find(branch.function)
            .map(|function| function.kink_point(branch.kink))
            .unwrap_or_default();
        let calls = derivation::calls(self.course.setup, branch).len();
        let decided = derivation::decided(self.course.setup, branch, 0).filter(|_| calls == 1);
        let argument = match decided {
            Some(decided) => plain(&decided).to_string(),
            None => {
                let value = &branch.argument + Real::from(point.clone());
                self.numbers.put_in(&value.into())?.latex()
            }
        };
        let relation = match branch.sign {
            Sign::Negative => "<",
            Sign::Zero => "=",
            Sign::Positive => ">",
        };
        let mut blanks = vec![
            ("branch", self.phrases.branch(branch.branch)),
            ("function", branch.function.to_owned()),
            ("condition", format!("{argument} {relation} {}", exact(&point).latex())),
        ];
        let Some(convention) = &branch.convention else {
            return Ok(self.phrases.say("explain_branch", &blanks));
        };
        blanks.push(("slope", exact(&convention.derivative).latex()));
        let effect =
            if convention.mattered { "explain_kink_matters" } else { "explain_kink_harmless" };
        let kink = self.phrases.say("explain_kink", &blanks);
        Ok(format!("{kink}, {}", self.phrases.word(effect)))
    }

    /// `relu: 3 active, 1 inactive`
    fn counted(&self, branches: &[&Branch]) -> Vec<String> {
        let mut functions: Vec<&str> = Vec::new();
        for branch in branches {
            if !functions.contains(&branch.function) {
                functions.push(branch.function);
            }
        }
        let one = |function: &&str| {
            let own = branches.iter().filter(|branch| branch.function == *function);
            let mut kinds: Vec<(&str, usize)> = Vec::new();
            for branch in own {
                match kinds.iter_mut().find(|(kind, _)| *kind == branch.branch) {
                    Some((_, count)) => *count += 1,
                    None => kinds.push((branch.branch, 1)),
                }
            }
            let list: Vec<String> = kinds
                .iter()
                .map(|(kind, count)| format!("{count} {}", self.phrases.branch(kind)))
                .collect();
            format!("{function}: {}", list.join(", "))
        };
        functions.iter().map(one).collect()
    }

    /// In a carried run, the number that the next iteration starts from, where the line
    /// does not end with it.
    fn carried(&self, quantity: &Quantity) -> Result<Option<String>, Fault> {
        let (Some(value), Some(carried)) =
            (self.course.value(quantity), self.course.carried(quantity))
        else {
            return Ok(None);
        };
        if value == carried || self.numbers.prints_as(&value, &carried)? {
            return Ok(None);
        }
        let carried = self.numbers.given(&carried)?.latex();
        Ok(Some(self.phrases.say("explain_carried", &[("value", carried)])))
    }
}
