//! Names of a scenario as names of a Python script.

use std::collections::{BTreeMap, BTreeSet};

use crate::formula::function;

/// What no variable may be called: the language's own words, and what scripts use.
const RESERVED: [&str; 81] = [
    "False",
    "None",
    "True",
    "and",
    "as",
    "assert",
    "async",
    "await",
    "break",
    "class",
    "continue",
    "def",
    "del",
    "elif",
    "else",
    "except",
    "finally",
    "for",
    "from",
    "global",
    "if",
    "import",
    "in",
    "is",
    "lambda",
    "nonlocal",
    "not",
    "or",
    "pass",
    "raise",
    "return",
    "try",
    "while",
    "with",
    "yield",
    "match",
    "case",
    "type",
    "np",
    "torch",
    "F",
    "math",
    "abs",
    "dict",
    "enumerate",
    "float",
    "int",
    "len",
    "list",
    "map",
    "max",
    "min",
    "print",
    "range",
    "sum",
    "tuple",
    "zip",
    "data",
    "batches",
    "batch",
    "gradients",
    "gradient",
    "model",
    "show",
    "schedule",
    "rates",
    "each",
    "column",
    "parameters",
    "optimizer",
    "group",
    "divide",
    "i",
    "k",
    "t",
    "theta",
    "g",
    "values",
    "value",
    "name",
    "line",
];

/// The names of one script, or of one function in it.
#[derive(Debug, Clone, Default)]
pub(super) struct Names {
    by_key: BTreeMap<String, String>,
    taken: BTreeSet<String>,
}

impl Names {
    /// The Python name for a key, made from `wish` where there is none yet.
    pub(super) fn make(&mut self, key: &str, wish: &str) -> String {
        if let Some(known) = self.by_key.get(key) {
            return known.clone();
        }
        let mut name = wish.replace(|letter: char| !letter.is_ascii_alphanumeric(), "_");
        while is_reserved(&name) || self.taken.contains(&name) {
            name.push('_');
        }
        self.taken.insert(name.clone());
        self.by_key.insert(key.to_owned(), name.clone());
        name
    }

    /// Gives a key a reserved name, which only a script itself may use.
    pub(super) fn fix(&mut self, key: &str) {
        self.taken.insert(key.to_owned());
        self.by_key.insert(key.to_owned(), key.to_owned());
    }

    /// Gives a key a name that stands for something else too.
    pub(super) fn fix_as(&mut self, key: &str, name: &str) {
        self.by_key.insert(key.to_owned(), name.to_owned());
    }

    /// The Python name for a key.
    pub(super) fn get(&self, key: &str) -> Option<&str> {
        self.by_key.get(key).map(String::as_str)
    }
}

/// Whether a script may have something of that name itself: a definition of
/// [`super::function`] is called `relu`, `relu_slope`, `max_slope_a` or `relu_at_kink`.
fn is_reserved(name: &str) -> bool {
    let helper = name.strip_suffix("_at_kink").unwrap_or(name);
    let parameter = ["_a", "_b", "_z", "_y"].iter().find_map(|end| helper.strip_suffix(end));
    let slopes = [Some(helper), parameter].into_iter().flatten();
    let helper = slopes.filter_map(|one| one.strip_suffix("_slope")).next().unwrap_or(helper);
    RESERVED.contains(&name)
        || ["Phi", "gelu_tanh"].contains(&helper)
        || function::find(helper).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_apart_from_each_other_and_from_the_languages() {
        let mut names = Names::default();
        let table = [
            ("w", "w", "w"),
            ("lambda", "lambda", "lambda_"),
            ("lambda_", "lambda_", "lambda__"),
            ("np", "np", "np_"),
            ("sum", "sum", "sum_"),
            ("relu_slope", "relu_slope", "relu_slope_"),
            ("max_slope_a", "max_slope_a", "max_slope_a_"),
            ("gelu_tanh_slope_at_kink", "gelu_tanh_slope_at_kink", "gelu_tanh_slope_at_kink_"),
            ("my_slope", "my_slope", "my_slope"),
            ("u.w", "u_w", "u_w"),
            ("u_w", "u_w", "u_w_"),
            ("w", "anything", "w"),
        ];
        for (key, wish, expected) in table {
            assert_eq!(names.make(key, wish), expected, "{key}");
        }
    }
}
