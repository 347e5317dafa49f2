//! Requirements: what must hold in every variant of a paper.
//!
//! ```text
//! sgd.t1.w < 0                         paths and variables, compared exactly
//! 0 < k <= 1 and not (x1 == x2)        and, or, not, brackets, chains
//! decimals(sgd.t2.w) <= 2              the value ends after so many decimals
//! digits(sgd.t2.w) <= 3                ... and has so many significant digits
//! same_branches                        every ReLU switches as in the default paper
//! distinct(sgd.t1.w, momentum.t1.w)    further apart than the marking tolerance
//! ```

use crate::formula::{Expression, parse};
use crate::limits::Limit;
use crate::number::Sign;
use crate::trace::Path;

use super::paths::{PathError, Paths};
use super::{Field, Place, Problem, suggest};

/// The most operands of one comparison.
const MAX_OPERANDS: usize = 100;

/// One requirement.
#[derive(Debug, Clone)]
pub struct Requirement {
    /// As it was written.
    pub text: String,
    /// Where it stands.
    pub place: Place,
    /// What it says.
    pub condition: Condition,
}

/// What a requirement says.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// All of them hold.
    All(Vec<Condition>),
    /// One of them holds.
    Any(Vec<Condition>),
    /// It does not hold.
    Not(Box<Condition>),
    /// Two sides compare so.
    Compare(Box<(Side, Comparison, Side)>),
    /// Every piecewise function takes the branch that it takes in the default paper.
    SameBranches,
    /// All values differ by more than their marking tolerances.
    Distinct(Vec<Path>),
}

/// How two sides compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `==`
    Equal,
    /// `!=`
    Unequal,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
}

/// One side of a comparison.
#[derive(Debug, Clone, PartialEq)]
pub enum Side {
    /// A number.
    Value(Term),
    /// After how many decimals a number ends; infinitely many where it does not end.
    Decimals(Term),
    /// How many significant digits a number has.
    Digits(Term),
}

/// An expression over paths and variables.
#[derive(Debug, Clone, PartialEq)]
pub struct Term {
    /// The expression; its names are those of `operands`.
    pub expression: Expression,
    /// What the names stand for.
    pub operands: Vec<(String, Operand)>,
}

/// What a name in a term stands for.
#[derive(Debug, Clone, PartialEq)]
pub enum Operand {
    /// A value of the trace.
    Path(Path),
    /// A variable.
    Variable(String),
}

impl Comparison {
    /// Longest first, so that `<=` is not read as `<`.
    const ALL: [(&'static str, Self); 6] = [
        ("==", Self::Equal),
        ("!=", Self::Unequal),
        ("<=", Self::AtMost),
        (">=", Self::AtLeast),
        ("<", Self::Less),
        (">", Self::Greater),
    ];

    /// Whether it holds where the difference of the sides has that sign.
    pub fn holds(self, difference: Sign) -> bool {
        match self {
            Self::Equal => difference == Sign::Zero,
            Self::Unequal => difference != Sign::Zero,
            Self::Less => difference == Sign::Negative,
            Self::AtMost => difference != Sign::Positive,
            Self::Greater => difference == Sign::Positive,
            Self::AtLeast => difference != Sign::Negative,
        }
    }
}

impl Condition {
    /// Every path that the condition looks at.
    pub fn paths(&self) -> Vec<&Path> {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(Self::paths).collect(),
            Self::Not(inner) => inner.paths(),
            Self::Compare(sides) => {
                [&sides.0, &sides.2].into_iter().flat_map(|side| side.term().paths()).collect()
            }
            Self::SameBranches => Vec::new(),
            Self::Distinct(paths) => paths.iter().collect(),
        }
    }

    /// Whether it is about variables alone, so that nothing needs to be executed.
    pub fn is_of_variables(&self) -> bool {
        match self {
            Self::SameBranches | Self::Distinct(_) => false,
            Self::All(parts) | Self::Any(parts) => parts.iter().all(Self::is_of_variables),
            Self::Not(inner) => inner.is_of_variables(),
            Self::Compare(..) => self.paths().is_empty(),
        }
    }

    /// Whether it asks for the branches of the default paper.
    pub fn asks_for_branches(&self) -> bool {
        match self {
            Self::SameBranches => true,
            Self::All(parts) | Self::Any(parts) => parts.iter().any(Self::asks_for_branches),
            Self::Not(inner) => inner.asks_for_branches(),
            Self::Compare(..) | Self::Distinct(_) => false,
        }
    }
}

impl Side {
    fn term(&self) -> &Term {
        match self {
            Self::Value(term) | Self::Decimals(term) | Self::Digits(term) => term,
        }
    }
}

impl Term {
    fn paths(&self) -> Vec<&Path> {
        self.operands.iter().filter_map(|(_, operand)| operand.path()).collect()
    }
}

impl Operand {
    fn path(&self) -> Option<&Path> {
        match self {
            Self::Path(path) => Some(path),
            Self::Variable(_) => None,
        }
    }
}

/// Reads the list of requirements.
pub(super) fn read(field: &Field<'_>, paths: &Paths<'_>) -> Vec<Requirement> {
    let items = field.items().unwrap_or_default();
    let one = |item: &Field<'_>| {
        let scalar = item.text()?;
        let reader = Reader { field: item, paths };
        if let Some((at, message)) = unbalanced(&scalar.text) {
            return reader.refuse(at, 1, message);
        }
        let condition = reader.condition(&scalar.text, 0, 0)?;
        Some(Requirement { text: scalar.text.trim().to_owned(), place: item.place(), condition })
    };
    items.iter().filter_map(one).collect()
}

struct Reader<'r, 'n> {
    field: &'r Field<'n>,
    paths: &'r Paths<'r>,
}

impl Reader<'_, '_> {
    /// A condition; `text` begins at the byte `start` of the requirement.
    fn condition(&self, text: &str, start: usize, depth: usize) -> Option<Condition> {
        if depth > Limit::Brackets.count() {
            let message = Limit::Brackets.exceeded_with_advice("brackets within one another", None);
            return self.refuse(start, 1, &message);
        }
        for (word, join) in [("or", Condition::Any as fn(_) -> _), ("and", Condition::All)] {
            let parts = split(text, word);
            if parts.len() > 1 {
                let parts =
                    parts.iter().map(|(at, part)| self.condition(part, start + at, depth + 1));
                let parts: Vec<_> = parts.collect();
                return parts.into_iter().collect::<Option<_>>().map(join);
            }
        }
        let lead = text.len() - text.trim_start().len();
        let (start, text) = (start + lead, text.trim());
        if text.is_empty() {
            return self.refuse(start, 1, "a condition is missing here");
        }
        if let Some(rest) = text.strip_prefix("not")
            && rest.starts_with([' ', '('])
        {
            let inner = self.condition(rest, start + 3, depth + 1)?;
            return Some(Condition::Not(Box::new(inner)));
        }
        if text == "same_branches" {
            return Some(Condition::SameBranches);
        }
        if let Some(inner) = call(text, "distinct") {
            return self.distinct(inner, start + "distinct(".len());
        }
        if let Some(inner) = call(text, "")
            && is_condition(inner)
        {
            return self.condition(inner, start + 1, depth + 1);
        }
        self.comparison(text, start)
    }

    fn comparison(&self, text: &str, start: usize) -> Option<Condition> {
        let signs = comparisons(text);
        if signs.is_empty() {
            let single = text.find('=');
            let message = match single {
                Some(_) => "two values are compared by `==`",
                None => "a requirement compares values, as in `sgd.t1.w < 0`",
            };
            let place = start + single.unwrap_or(0);
            return self.refuse(place, if single.is_some() { 1 } else { text.len() }, message);
        }
        let mut sides = Vec::new();
        let mut from = 0;
        for (at, sign, _) in &signs {
            sides.push(self.side(&text[from..*at], start + from));
            from = at + sign.len();
        }
        sides.push(self.side(&text[from..], start + from));
        let sides: Vec<Side> = sides.into_iter().collect::<Option<_>>()?;
        let pairs = sides.windows(2).zip(&signs);
        let mut list: Vec<Condition> = pairs
            .filter_map(|(pair, (_, _, comparison))| match pair {
                [left, right] => {
                    Some(Condition::Compare(Box::new((left.clone(), *comparison, right.clone()))))
                }
                _ => None,
            })
            .collect();
        if list.len() == 1 { list.pop() } else { Some(Condition::All(list)) }
    }

    fn side(&self, text: &str, start: usize) -> Option<Side> {
        let lead = text.len() - text.trim_start().len();
        let (start, text) = (start + lead, text.trim());
        let wrapped = [("decimals", Side::Decimals as fn(_) -> _), ("digits", Side::Digits)];
        for (name, side) in wrapped {
            if let Some(inner) = call(text, name) {
                return self.term(inner, start + name.len() + 1).map(side);
            }
        }
        self.term(text, start).map(Side::Value)
    }

    /// An expression whose paths are exchanged for names of the same length.
    fn term(&self, text: &str, start: usize) -> Option<Term> {
        let mut plain = String::with_capacity(text.len());
        let mut operands: Vec<(String, Operand)> = Vec::new();
        let mut sound = true;
        let mut from = 0;
        for (at, path) in dotted(text) {
            plain.push_str(&text[from..at]);
            from = at + path.len();
            let name = placeholder(text, operands.len(), path.len());
            plain.push_str(&name);
            match self.path(path, start + at) {
                Some(path) => operands.push((name, Operand::Path(path))),
                None => sound = false,
            }
        }
        plain.push_str(&text[from..]);
        if operands.len() > MAX_OPERANDS {
            return self.refuse(start, text.len(), "this expression has too many operands");
        }
        let parsed = match parse(&plain) {
            Ok(parsed) => parsed,
            Err(error) => {
                self.field.report().push(super::quantity::parse_problem(self.field, start, error));
                return None;
            }
        };
        for mention in &parsed.names {
            if !sound || operands.iter().any(|(name, _)| *name == mention.name) {
                continue;
            }
            let report = self.field.report();
            if report.variable(&mention.name).is_some() {
                operands.push((mention.name.clone(), Operand::Variable(mention.name.clone())));
                continue;
            }
            let message = format!("there is no variable `{}`", mention.name);
            let place = self.field.node().place_of(start + mention.offset);
            let problem = Problem::new(place, message)
                .in_field(self.field.path())
                .with_width(mention.name.len());
            report.push(match suggest(&mention.name, report.variable_names()) {
                Some(meant) => problem.with_help(format!("did you mean `{meant}`?")),
                None => problem.with_help("a value of a run is named as in `neuron.sgd.t1.w`"),
            });
            sound = false;
        }
        sound.then_some(Term { expression: parsed.expression, operands })
    }

    fn distinct(&self, text: &str, start: usize) -> Option<Condition> {
        let mut paths = Vec::new();
        let mut from = 0;
        for part in text.split(',') {
            let lead = part.len() - part.trim_start().len();
            paths.push(self.path(part.trim(), start + from + lead));
            from += part.len() + 1;
        }
        if paths.len() < 2 {
            return self.refuse(start, text.len(), "`distinct` compares two values or more");
        }
        paths.into_iter().collect::<Option<_>>().map(Condition::Distinct)
    }

    fn path(&self, text: &str, start: usize) -> Option<Path> {
        match self.paths.path(text) {
            Ok(path) if self.paths.is_number(&path) => Some(path),
            Ok(_) => self.refuse(
                start,
                text.len(),
                &format!("`{text}` is a matrix; name an entry, as in `{text}.r1.c1`"),
            ),
            Err(PathError { offset, width, message, help }) => {
                let problem = Problem::new(self.field.node().place_of(start + offset), message)
                    .in_field(self.field.path())
                    .with_width(width);
                self.field.report().push(match help {
                    Some(help) => problem.with_help(help),
                    None => problem,
                });
                None
            }
        }
    }

    fn refuse<T>(&self, start: usize, width: usize, message: &str) -> Option<T> {
        let problem = Problem::new(self.field.node().place_of(start), message)
            .in_field(self.field.path())
            .with_width(width);
        self.field.report().push(problem);
        None
    }
}

/// The first bracket without its partner.
fn unbalanced(text: &str) -> Option<(usize, &'static str)> {
    let mut open = Vec::new();
    for (at, letter) in text.char_indices() {
        match letter {
            '(' => open.push(at),
            ')' if open.pop().is_none() => return Some((at, "this bracket closes nothing")),
            _ => {}
        }
    }
    open.pop().map(|at| (at, "this bracket is not closed"))
}

/// What stands inside of `name(...)`, where the bracket closes at the text's end.
fn call<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let rest = text.strip_prefix(name)?.strip_prefix('(')?;
    let mut depth = 1_usize;
    for (at, letter) in rest.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return (at + 1 == rest.len()).then(|| &rest[..at]);
        }
    }
    None
}

/// Whether a bracket holds a condition, not a number.
fn is_condition(text: &str) -> bool {
    let words = ["same_branches", "distinct("];
    text.contains(['<', '>', '=']) || words.iter().any(|word| text.contains(word))
}

/// The parts between a word that stands outside of brackets, with their offsets.
fn split<'t>(text: &'t str, word: &str) -> Vec<(usize, &'t str)> {
    let mut parts = Vec::new();
    let (mut depth, mut from) = (0_i32, 0);
    let part_of_name = |letter: char| letter.is_ascii_alphanumeric() || "_.".contains(letter);
    for (at, letter) in text.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        let rest = &text[at..];
        let alone = !text[..at].ends_with(part_of_name)
            && rest.strip_prefix(word).is_some_and(|rest| !rest.starts_with(part_of_name));
        if depth == 0 && alone && at >= from {
            parts.push((from, &text[from..at]));
            from = at + word.len();
        }
    }
    parts.push((from, &text[from..]));
    parts
}

/// The signs of comparison outside of brackets, in order.
fn comparisons(text: &str) -> Vec<(usize, &'static str, Comparison)> {
    let mut found: Vec<(usize, &'static str, Comparison)> = Vec::new();
    let mut depth = 0_i32;
    for (at, letter) in text.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        let inside = found.last().is_some_and(|(last, sign, _)| at < last + sign.len());
        if depth != 0 || inside {
            continue;
        }
        let sign = Comparison::ALL.iter().find(|(sign, _)| text[at..].starts_with(sign));
        if let Some((sign, comparison)) = sign {
            found.push((at, sign, *comparison));
        }
    }
    found
}

/// The dotted names in an expression, with their offsets.
fn dotted(text: &str) -> Vec<(usize, &str)> {
    let mut list = Vec::new();
    let word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '.';
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let length = rest.find(|letter| !word(letter)).unwrap_or(rest.len());
        let name = &rest[..length];
        let starts = name.starts_with(|letter: char| letter.is_ascii_alphabetic());
        if starts && name.contains('.') {
            list.push((at, name));
        }
        at += length.max(rest.chars().next().map_or(1, char::len_utf8));
    }
    list
}

/// A name of that length which does not occur in the text.
fn placeholder(text: &str, index: usize, length: usize) -> String {
    let mut letters = ('A'..='Z').cycle();
    for _ in 0..26 {
        let letter = letters.next().unwrap_or('P');
        let name = format!("{letter}{index}");
        let name = format!("{name}{}", "_".repeat(length.saturating_sub(name.len())));
        if !text.contains(&name) {
            return name;
        }
    }
    format!("P{index}")
}
