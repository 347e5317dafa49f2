//! How names read as mathematics.
//!
//! `y_hat` is ŷ, `alpha` is α, `W_1` is W with index 1, `beta1` is β with index 1.
//! A scenario's `notation` comes first; then the few names that the field writes with
//! one letter (`loss` as L, `learning_rate` as α, as in the worksheet of `scenarios`); then
//! the parts of the name.

use std::collections::BTreeMap;

/// The spelling of a scenario's names in formulas.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notation {
    chosen: BTreeMap<String, String>,
}

const FIELD: [(&str, &str); 2] = [("loss", "L"), ("learning_rate", r"\alpha")];

/// How the names of optimizers' options and quantities are written.
const RULE: [(&str, &str); 22] = [
    ("weight_decay", r"\lambda"),
    ("clip_at", "c"),
    ("momentum", r"\mu"),
    ("dampening", r"\tau"),
    ("learning_rate_decay", r"\gamma"),
    ("initial_accumulator", "s_{0}"),
    ("momentum_decay", r"\psi"),
    ("eta_minus", r"\eta^{-}"),
    ("eta_plus", r"\eta^{+}"),
    ("step_min", r"d_{\mathrm{min}}"),
    ("step_max", r"d_{\mathrm{max}}"),
    ("trust", r"\tau"),
    ("div_factor", "d"),
    ("final_div_factor", "f"),
    ("threshold", r"\rho_{\mathrm{min}}"),
    ("rho_max", r"\rho_{\infty}"),
    ("ns_steps", r"\mathrm{steps}"),
    ("ns_a", "a_{1}"),
    ("ns_b", "a_{3}"),
    ("ns_c", "a_{5}"),
    ("rows", r"\mathrm{rows}"),
    ("columns", r"\mathrm{columns}"),
];

const GREEK: [&str; 28] = [
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa",
    "lambda", "mu", "nu", "xi", "pi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi",
    "omega", "Gamma", "Delta", "Sigma", "Phi", "Omega",
];

const ACCENTS: [(&str, &str); 5] =
    [("hat", r"\hat"), ("bar", r"\bar"), ("tilde", r"\tilde"), ("dot", r"\dot"), ("vec", r"\vec")];

impl Notation {
    /// The notation that prints the given names as the given LaTeX.
    pub fn new(chosen: BTreeMap<String, String>) -> Self {
        Self { chosen }
    }

    /// The LaTeX of a name.
    ///
    /// ```
    /// let notation = gradsheet::formula::notation::Notation::default();
    /// assert_eq!(notation.latex("y_hat"), r"\hat{y}");
    /// assert_eq!(notation.latex("beta1"), r"\beta_{1}");
    /// ```
    pub fn latex(&self, name: &str) -> String {
        if let Some(chosen) = self.chosen.get(name) {
            return chosen.clone();
        }
        if name == super::adjoint::ONES {
            return r"\mathbf{1}".to_owned();
        }
        if let Some((_, field)) = FIELD.iter().find(|(field, _)| *field == name) {
            return (*field).to_owned();
        }
        spell(name)
    }

    /// The LaTeX of a name in an update rule, where some options have letters of their own.
    pub fn in_rule(&self, name: &str) -> String {
        // A rate that follows a schedule has the letter of the constant one.
        if name == "scheduled_rate" {
            return self.latex("learning_rate");
        }
        if let Some(stage) = name.strip_prefix("scheduled_rate_") {
            return format!("{}^{{({stage})}}", self.latex("learning_rate"));
        }
        match RULE.iter().find(|(known, _)| *known == name) {
            Some((_, latex)) if !self.chosen.contains_key(name) => (*latex).to_owned(),
            _ => self.latex(name),
        }
    }
}

/// A symbol with one more index: `u` with 1 is `u_{1}`, `v_{\mathrm{max}}` is
/// `v_{\mathrm{max},1}`.
pub fn indexed(latex: &str, index: &str) -> String {
    match latex.strip_suffix('}').filter(|_| ends_with_an_index(latex)) {
        Some(open) => format!("{open},{index}}}"),
        None => format!("{latex}_{{{index}}}"),
    }
}

/// Whether the last group in braces is an index.
fn ends_with_an_index(latex: &str) -> bool {
    let mut depth = 0_usize;
    for (place, letter) in latex.char_indices().rev() {
        match letter {
            '}' => depth += 1,
            '{' if depth == 1 => return latex[..place].ends_with('_'),
            '{' => depth = depth.saturating_sub(1),
            _ if depth == 0 => return false,
            _ => {}
        }
    }
    false
}

/// The name's first part as a letter, then its accents and indices.
fn spell(name: &str) -> String {
    let mut parts = name.split('_').filter(|part| !part.is_empty());
    let Some(first) = parts.next() else { return name.to_owned() };
    let digits = first.trim_start_matches(|letter: char| !letter.is_ascii_digit());
    let (stem, mut indices) = first.split_at(first.len() - digits.len());
    let mut indices: Vec<String> =
        if indices.is_empty() { Vec::new() } else { vec![std::mem::take(&mut indices).to_owned()] };
    let mut spelled = letters(stem);
    for part in parts {
        match ACCENTS.iter().find(|(word, _)| *word == part) {
            Some((_, accent)) => spelled = format!("{accent}{{{spelled}}}"),
            None if part.chars().all(|letter| letter.is_ascii_digit()) => {
                indices.push(part.to_owned());
            }
            None => indices.push(letters(part)),
        }
    }
    if !indices.is_empty() {
        spelled = format!("{spelled}_{{{}}}", indices.join(","));
    }
    spelled
}

fn letters(word: &str) -> String {
    if GREEK.contains(&word) {
        format!("\\{word}")
    } else if word.len() <= 1 {
        word.to_owned()
    } else {
        format!("\\mathrm{{{word}}}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_as_the_field_writes_them() {
        let table = [
            ("w", "w"),
            ("y_hat", r"\hat{y}"),
            ("alpha", r"\alpha"),
            ("W_1", "W_{1}"),
            ("W1", "W_{1}"),
            ("beta1", r"\beta_{1}"),
            ("v_hat_2", r"\hat{v}_{2}"),
            ("z_in", r"z_{\mathrm{in}}"),
            ("loss", "L"),
            ("learning_rate", r"\alpha"),
            ("score", r"\mathrm{score}"),
        ];
        for (name, latex) in table {
            assert_eq!(Notation::default().latex(name), latex, "{name}");
        }
        let eta = BTreeMap::from([("learning_rate".into(), r"\eta".into())]);
        assert_eq!(Notation::new(eta).latex("learning_rate"), r"\eta");
    }
}
