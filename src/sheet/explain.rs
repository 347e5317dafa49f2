//! Remarks: why a gradient is zero, what a kink's convention does, where a run ends.

use crate::derivation;
use crate::formula::latex::Printer;
use crate::formula::notation::indexed;
use crate::formula::shape::infer;
use crate::formula::{Expression, function, parse};
use crate::number::{Fault, Real, Sign};
use crate::scenario::Carry;
use crate::trace::{Branch, Example, Tensor};

use super::prose::Prose;
use super::view::Block;
use super::work::Work;

impl Work<'_> {
    /// What a reader may wonder about the gradient of this iteration.
    pub(super) fn gradient_remarks(&self, prose: &Prose) -> Result<Vec<Block>, Fault> {
        let mut remarks = Vec::new();
        for (index, example) in self.record.examples.iter().enumerate() {
            for branch in &example.branches {
                if let Some(remark) = self.branch_remark(branch, example, index, prose)? {
                    remarks.push(Block::Text(remark));
                }
            }
        }
        remarks.dedup();
        Ok(remarks)
    }

    fn branch_remark(
        &self,
        branch: &Branch,
        example: &Example,
        index: usize,
        prose: &Prose,
    ) -> Result<Option<String>, Fault> {
        let Some(function) = function::find(branch.function) else { return Ok(None) };
        let point = function.kink_point(branch.kink);
        let value = self.numbers.computed(&(&branch.argument + Real::from(point.clone())))?;
        let mut blanks = vec![
            ("function", function.latex.to_owned()),
            ("derivative", format!("{}'", function.latex)),
            ("argument", self.argument(branch, example, index)),
            ("point", self.numbers.rational(&point).latex()),
            ("value", value.latex()),
            ("relation", if value.exact { "=" } else { r"\approx" }.to_owned()),
            ("node", self.name(&branch.node, index)),
        ];
        if let Some(convention) = &branch.convention {
            blanks.push(("slope", self.numbers.rational(&convention.derivative).latex()));
            let kink = prose.say(if function.is_loss() { "kink_loss" } else { "kink" }, &blanks);
            let key = if convention.mattered { "kink_matters" } else { "kink_harmless" };
            return Ok(Some(format!("{kink} {}", prose.say(key, &blanks))));
        }
        let some_zero = example.gradient.iter().any(|(_, value)| value.is_zero());
        if !some_zero || branch.sign == Sign::Zero {
            return Ok(None);
        }
        Ok(match (branch.function, branch.branch) {
            ("relu" | "relu6", "inactive") => Some(prose.say("inactive", &blanks)),
            (_, "capped" | "low" | "high") => Some(prose.say("saturated", &blanks)),
            ("hinge", "satisfied") => Some(prose.say("margin_kept", &blanks)),
            (_, which @ ("first" | "second")) => {
                blanks.push(("which", prose.word(&format!("chosen_{which}"))));
                Some(prose.say("chosen", &blanks))
            }
            _ => None,
        })
    }

    /// The formula whose sign decided, as it is written in the model; of a matrix, the entry.
    fn argument(&self, branch: &Branch, example: &Example, index: usize) -> String {
        let latex = |name: &str| self.name(name, index);
        let number = |number: &_| self.numbers.rational(number);
        let printer = Printer { name: &latex, number: &number };
        let same = |other: &&Branch| {
            (&other.node, other.function, other.index)
                == (&branch.node, branch.function, branch.index)
        };
        let before = example.branches.iter().take_while(|other| !std::ptr::eq(*other, branch));
        let which = before.filter(same).count();
        let Some(decided) = derivation::decided(self.setup, branch, which) else {
            return String::new();
        };
        let mut found = printer.latex(&self.write_out(&decided));
        if let Some(entry) = self.entry(branch, &decided) {
            let letter = matches!(decided, Expression::Name(_)) && !found.contains('_');
            let whole = if letter { found.clone() } else { format!("({found})") };
            found = indexed(&whole, &entry);
        }
        found
    }

    /// Row and column of the entry that a branch is about.
    fn entry(&self, branch: &Branch, decided: &Expression) -> Option<String> {
        let before = branch.index?.checked_sub(1)?;
        let (_, columns) = infer(decided, &self.setup.shapes).ok()?.0.counts()?;
        let (row, column) = (before.checked_div(columns)?, before.checked_rem(columns)?);
        Some(format!("{},{}", row + 1, column + 1))
    }

    /// What a reader may wonder about the step that follows.
    pub(super) fn update_remarks(&self, prose: &Prose) -> Vec<Block> {
        let mut remarks = Vec::new();
        let all = self.record.parameters.iter().chain(self.states());
        if let Some(cause) = all.clone().find_map(|(_, value)| value.undefined()) {
            let (what, place) = cause.split_once(" in ").unwrap_or((cause, ""));
            let blanks =
                [("cause", prose.words().cause(what)), ("operation", self.operation(place))];
            let key = if what == "0/0" { "zero_over_zero" } else { "undefined_step" };
            remarks.push(Block::Text(prose.say(key, &blanks)));
        } else if self.coasts() {
            remarks.push(Block::Text(prose.word("coasting")));
        } else if self.rests() {
            remarks.push(Block::Text(prose.word("at_rest")));
        }
        if self.run.display.carry == Carry::Displayed && self.record.t < self.setup.last_iteration()
        {
            remarks.push(Block::Text(prose.word("carried")));
        }
        remarks
    }

    /// An operation in the scenario language as a formula.
    fn operation(&self, text: &str) -> String {
        let Ok(parsed) = parse(text) else { return format!(r"\text{{{text}}}") };
        let notation = &self.setup.notation;
        let latex = |name: &str| match name {
            "g" => format!(r"\nabla {}", notation.latex("loss")),
            _ => notation.in_rule(name),
        };
        let number = |number: &_| self.numbers.rational(number);
        Printer { name: &latex, number: &number }.latex(&parsed.expression)
    }

    fn states(&self) -> impl Iterator<Item = (&str, &Tensor)> + Clone {
        self.record.state.iter().flat_map(|(_, values)| values.iter())
    }

    fn zero_gradient(&self) -> bool {
        let mut values = self.record.gradient.iter();
        values.all(|(_, value)| value.is_zero())
    }

    fn moved(&self) -> bool {
        self.record.parameters != self.before.parameters
    }

    /// Weight decay moves parameters too, gradient or not.
    fn decays(&self) -> bool {
        let own = self.run.overrides.iter().map(|(_, options)| options);
        own.chain([&self.run.options]).any(|options| options.is_set("weight_decay"))
    }

    /// The gradient is zero, yet the parameters move.
    fn coasts(&self) -> bool {
        !self.decays() && self.zero_gradient() && self.moved() && self.states().next().is_some()
    }

    /// The gradient is zero, and nothing moves.
    fn rests(&self) -> bool {
        self.zero_gradient() && !self.moved()
    }
}
