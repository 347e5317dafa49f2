//! A rule's line as LaTeX, in the names and words of whoever prints it.

use super::{Condition, Line, Over};
use crate::formula::Expression;

impl Line {
    /// The right side. `print` writes an expression, `theta` is the parameter where all of
    /// them are meant, and the words are those for "if" and "otherwise".
    pub fn right_side(
        &self,
        print: &dyn Fn(&Expression) -> String,
        theta: &str,
        [when, otherwise]: [&str; 2],
    ) -> String {
        let last = print(&self.expression);
        if self.over == Over::NormOfAll {
            return format!(r"\sqrt{{\sum_{{{theta}}} \lVert {last}\rVert^{{2}}}}");
        }
        if self.cases.is_empty() {
            return last;
        }
        let mut rows = Vec::new();
        for case in &self.cases {
            let Condition { left, relation, right } = &case.condition;
            let (left, right) = (print(left), print(right));
            let value = print(&case.expression);
            rows.push(format!(r"{value} & \text{{{when} }} {left} {} {right}", relation.latex()));
        }
        rows.push(format!(r"{last} & \text{{{otherwise}}}"));
        format!("\\begin{{cases}}\n{}\n\\end{{cases}}", rows.join(" \\\\\n"))
    }
}
