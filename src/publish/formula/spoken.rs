//! A formula in words, for those who hear a paper.
//!
//! Words come from the language's own: `spoken_fraction: "<< top >> over << bottom >>"`. What stands
//! alone is said in short, what is longer gets an end that can be heard: "the root of 2", but "the
//! root of v sub 1 plus epsilon, end of root".

use super::alphabet::plain;
use super::node::{APPLIED, Class, Node};

/// The words of a language by their keys; of a key without one, the key itself is said.
pub type Vocabulary = std::collections::BTreeMap<String, String>;

/// Signs, and the keys of the words for them.
const SIGNS: [(&str, &str); 44] = [
    ("=", "equals"),
    ("≈", "approximately"),
    ("≠", "differs"),
    ("<", "less"),
    (">", "greater"),
    ("≤", "at_most"),
    ("≥", "at_least"),
    ("+", "plus"),
    ("−", "minus"),
    ("-", "minus"),
    ("±", "plus_minus"),
    ("·", "times"),
    ("⋅", "times"),
    ("×", "times"),
    ("⊙", "elementwise"),
    ("∘", "elementwise"),
    ("/", "over"),
    ("∈", "in"),
    ("∼", "distributed"),
    ("~", "distributed"),
    ("→", "to"),
    ("⇒", "implies"),
    ("←", "becomes"),
    ("∇", "gradient"),
    ("∂", "partial"),
    ("∞", "infinity"),
    ("∑", "sum"),
    ("∏", "product"),
    ("∫", "integral"),
    ("⊤", "transposed"),
    ("′", "prime"),
    ("″", "double_prime"),
    ("‴", "triple_prime"),
    ("(", "open"),
    (")", "close"),
    ("[", "open"),
    ("]", "close"),
    ("{", "open"),
    ("}", "close"),
    ("|", "bar"),
    ("‖", "norm"),
    (",", "comma"),
    ("…", "and_so_on"),
    ("⋯", "and_so_on"),
];

/// Accents, and the keys of the words for them.
const ACCENTS: [(&str, &str); 9] = [
    ("ˆ", "hat"),
    ("^", "hat"),
    ("˜", "tilde"),
    ("~", "tilde"),
    ("¯", "bar_above"),
    ("‾", "bar_above"),
    ("→", "arrow"),
    ("˙", "dot"),
    ("¨", "double_dot"),
];

/// Signs above or below a whole expression.
const LINES: [&str; 6] = ["⏞", "⏟", "⎴", "⎵", "‾", "_"];

/// Letters that voices read as signs, and their names.
const GREEK: [(char, &str); 24] = [
    ('α', "alpha"),
    ('β', "beta"),
    ('γ', "gamma"),
    ('δ', "delta"),
    ('ε', "epsilon"),
    ('ϵ', "epsilon"),
    ('ζ', "zeta"),
    ('η', "eta"),
    ('θ', "theta"),
    ('κ', "kappa"),
    ('λ', "lambda"),
    ('μ', "mu"),
    ('ν', "nu"),
    ('ξ', "xi"),
    ('π', "pi"),
    ('ρ', "rho"),
    ('σ', "sigma"),
    ('τ', "tau"),
    ('φ', "phi"),
    ('ϕ', "phi"),
    ('χ', "chi"),
    ('ψ', "psi"),
    ('ω', "omega"),
    ('ι', "iota"),
];

/// The formula in words.
pub(super) fn spoken(nodes: &[Node], vocabulary: &Vocabulary) -> String {
    let speaker = Speaker { vocabulary };
    let text = speaker.row(nodes);
    let mut text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for (mark, plain) in [(" ,", ","), (" ;", ";"), (",,", ","), (",;", ";")] {
        text = text.replace(mark, plain);
    }
    match text.trim_end_matches(',') {
        // A formula of commas alone has at least that to say.
        "" => text,
        words => words.to_owned(),
    }
}

struct Speaker<'v> {
    vocabulary: &'v Vocabulary,
}

impl Speaker<'_> {
    fn word<'k>(&'k self, key: &'k str) -> &'k str {
        self.vocabulary.get(&format!("spoken_{key}")).map_or(key, String::as_str)
    }

    fn say(&self, key: &str, blanks: &[(&str, &str)]) -> String {
        let mut text = self.word(key).to_owned();
        for (name, value) in blanks {
            text = text.replace(&format!("<< {name} >>"), value);
        }
        text
    }

    fn row(&self, nodes: &[Node]) -> String {
        // Matrices and cases are named, which says what their brackets show.
        let is_table = |index: usize| nodes.get(index).is_some_and(|node| node.tag == "mtable");
        let around = |index: usize| is_table(index + 1) || index > 0 && is_table(index - 1);
        let heard = nodes.iter().enumerate().filter(|(index, node)| {
            !(node.attribute("stretchy") == Some("true") && around(*index))
        });
        heard.map(|(_, node)| self.node(node)).collect::<Vec<_>>().join(" ")
    }

    fn node(&self, node: &Node) -> String {
        match (node.tag, node.children()) {
            ("mi" | "mn" | "mtext" | "mo", _) => self.leaf(node),
            ("mspace", _) => String::new(),
            ("mfrac", [top, bottom]) if node.attribute("linethickness").is_some() => {
                let blanks = [("top", &*self.node(top)), ("bottom", &*self.node(bottom))];
                self.say("choose", &blanks)
            }
            ("mfrac", [top, bottom]) => {
                let simple = is_short(top) && is_short(bottom);
                let (top, bottom) = (self.node(top), self.node(bottom));
                let key = if simple { "fraction" } else { "fraction_long" };
                self.say(key, &[("top", &top), ("bottom", &bottom)])
            }
            ("msqrt", inner) => {
                let short = matches!(inner, [only] if is_short(only));
                self.say(if short { "root" } else { "root_long" }, &[("of", &self.row(inner))])
            }
            ("mroot", [of, degree]) => {
                self.say("nth_root", &[("of", &self.node(of)), ("degree", &self.node(degree))])
            }
            // Braces and lines show what is meant together, which is heard as it is.
            ("munder" | "mover", [base, mark]) if LINES.contains(&mark.text()) => self.node(base),
            ("msub" | "munder", [base, sub]) => {
                format!("{} {}", self.node(base), self.index(sub))
            }
            ("msup", [base, sup]) => format!("{} {}", self.node(base), self.exponent(sup)),
            ("msubsup" | "munderover", [base, sub, sup]) if base.class == Class::Large => {
                let (from, to) = (self.node(sub), self.node(sup));
                let blanks = [("what", &*self.node(base)), ("from", &*from), ("to", &*to)];
                self.say("range", &blanks)
            }
            ("msubsup" | "munderover", [base, sub, sup]) => {
                format!("{} {} {}", self.node(base), self.index(sub), self.exponent(sup))
            }
            ("mover", [base, mark]) => self.above(base, mark),
            ("mtable", rows) => self.table(node, rows),
            ("mrow", inner) if node.attribute("class") == Some("overline") => {
                format!("{} {}", self.row(inner), self.word("bar_above"))
            }
            (_, children) => self.row(children),
        }
    }

    fn leaf(&self, node: &Node) -> String {
        let text = node.text();
        if text == APPLIED {
            return self.word("of").to_owned();
        }
        if let Some((_, key)) = SIGNS.iter().find(|(sign, _)| *sign == text) {
            return self.word(key).to_owned();
        }
        let name = |c: char| GREEK.iter().find(|(letter, _)| *letter == c).map(|(_, name)| *name);
        let mut letters = text.chars();
        match (letters.next(), letters.next()) {
            (Some(letter), None) => {
                let (letter, bold) = plain(letter).unwrap_or((letter, false));
                let said = name(letter).map_or_else(|| letter.to_string(), str::to_owned);
                if bold { format!("{} {said}", self.word("bold")) } else { said }
            }
            _ => text.replace('\u{a0}', " "),
        }
    }

    fn index(&self, sub: &Node) -> String {
        let key = if is_short(sub) { "sub" } else { "sub_long" };
        self.say(key, &[("index", &self.node(sub))])
    }

    fn exponent(&self, sup: &Node) -> String {
        match sup.text() {
            "2" => self.word("squared").to_owned(),
            "⊤" | "T" => self.word("transposed").to_owned(),
            _ => {
                // A letter names rather than multiplies, the u of w; so does what is in brackets.
                let bracketed = sup.children().first().is_some_and(|first| first.text() == "(");
                let letter = sup.tag == "mi" || bracketed;
                let key = match (letter, is_short(sup)) {
                    (true, _) => "super",
                    (false, true) => "power",
                    (false, false) => "power_long",
                };
                self.say(key, &[("exponent", &self.node(sup))])
            }
        }
    }

    fn above(&self, base: &Node, mark: &Node) -> String {
        match ACCENTS.iter().find(|(sign, _)| mark.tag == "mo" && *sign == mark.text()) {
            Some((_, key)) => format!("{} {}", self.node(base), self.word(key)),
            None => self.say("above", &[("base", &self.node(base)), ("mark", &self.node(mark))]),
        }
    }

    fn table(&self, table: &Node, rows: &[Node]) -> String {
        let class = table.attribute("class").unwrap_or_default();
        let is_matrix = class == "matrix";
        let cells = |row: &Node| {
            let said: Vec<String> = row.children().iter().map(|cell| self.node(cell)).collect();
            said.join(if is_matrix { ", " } else { " " })
        };
        let said: Vec<String> = rows.iter().map(cells).collect();
        match class {
            "matrix" => self.say("matrix", &[("rows", &said.join("; "))]),
            "cases" => self.say("cases", &[("rows", &said.join("; "))]),
            _ => said.join("; "),
        }
    }
}

/// Whether it is heard where it ends.
fn is_short(node: &Node) -> bool {
    match (node.tag, node.children()) {
        ("mi" | "mn" | "mtext", _) => true,
        ("msub" | "msup", [base, script]) => is_short(base) && matches!(script.tag, "mi" | "mn"),
        ("mover", [base, _]) => is_short(base),
        ("mrow", [base, mark]) => is_short(base) && matches!(mark.text(), "′" | "″"),
        _ => false,
    }
}
