//! LaTeX as runs of text, for the part of it that a line of text can show.
//!
//! Letters are italic; digits, capitals of Greek and names of functions upright. A fraction
//! becomes `a/b`, with brackets where it would else be read otherwise. What cannot be shown
//! faithfully is refused as a whole, never left out.

use super::row::{Atom, Face, LINE, Level, Run, Size, denominator, numerator, push, radicand};
use super::row::{run, set};
use super::symbols::{self, Class};

/// Deeper nesting is refused: the reader is recursive.
const DEEPEST: usize = 12;

/// The runs of a formula, if all of it can be shown.
pub(super) fn read(tex: &str) -> Option<Vec<Run>> {
    let mut reader = Reader { rest: tex, depth: 0 };
    let atoms = reader.row(LINE)?;
    reader.rest.is_empty().then(|| set(&atoms, LINE))
}

struct Reader<'a> {
    rest: &'a str,
    depth: usize,
}

impl<'a> Reader<'a> {
    /// Everything up to the end or an unopened brace.
    fn row(&mut self, level: Level) -> Option<Vec<Atom>> {
        let mut atoms = Vec::new();
        loop {
            self.rest = self.rest.trim_start();
            if self.rest.is_empty() || self.rest.starts_with('}') {
                return Some(atoms);
            }
            let nucleus = self.nucleus(level)?;
            let scripted = self.scripts(nucleus, level)?;
            if !scripted.runs.is_empty() {
                atoms.push(scripted);
            }
        }
    }

    /// What scripts may be put on.
    fn nucleus(&mut self, level: Level) -> Option<Atom> {
        if self.rest.starts_with('{') {
            let atoms = self.argument(level)?;
            let class = match &atoms[..] {
                // Braces take the space from a comma, `1{,}5`.
                [only] if only.class != Class::Punctuation => only.class,
                _ => Class::Ordinary,
            };
            return Some(Atom { class, runs: set(&atoms, level) });
        }
        if self.rest.starts_with(['^', '_', '\'']) {
            return Some(Atom { class: Class::Ordinary, runs: Vec::new() });
        }
        if self.rest.starts_with('\\') {
            let name = self.command();
            return self.expand(name, level);
        }
        let (sign, class) = symbols::character(self.take()?)?;
        let face = if sign.is_ascii_alphabetic() { Face::Italic } else { Face::Upright };
        Some(Atom::new(sign.encode_utf8(&mut [0; 4]), class, face, level))
    }

    fn expand(&mut self, name: &str, level: Level) -> Option<Atom> {
        let atom = |text: &str, class, face| Some(Atom::new(text, class, face, level));
        if let Some(letter) = symbols::greek(name) {
            let small = letter.chars().all(char::is_lowercase);
            return atom(letter, Class::Ordinary, if small { Face::Italic } else { Face::Upright });
        }
        if let Some((sign, class)) = symbols::sign(name) {
            return atom(sign, class, Face::Upright);
        }
        if let Some(function) = symbols::function(name) {
            return atom(function, Class::Function, Face::Upright);
        }
        if let Some(space) = symbols::space(name) {
            // `\left.` is a bracket that is not there.
            if matches!(name, "left" | "right") {
                self.rest = self.rest.strip_prefix('.').unwrap_or(self.rest);
            }
            let runs =
                if space.is_empty() { Vec::new() } else { vec![run(space, Face::Upright, level)] };
            return Some(Atom { class: Class::Ordinary, runs });
        }
        if let Some(mark) = symbols::accent(name) {
            let mut runs = set(&self.argument(level)?, level);
            accent(&mut runs, mark)?;
            return Some(Atom { class: Class::Ordinary, runs });
        }
        match name {
            "frac" | "tfrac" | "dfrac" => self.fraction(level),
            "sqrt" => {
                let mut runs = vec![run("√", Face::Upright, level)];
                let inner = radicand(&self.argument(level)?, level);
                inner.iter().for_each(|piece| push(&mut runs, piece));
                Some(Atom { class: Class::Ordinary, runs })
            }
            _ => {
                let word = self.word()?;
                let name_class = match word.chars().count() {
                    1 => Class::Ordinary,
                    _ => Class::Function,
                };
                match name {
                    "mathrm" | "operatorname" | "mathsf" => atom(&word, name_class, Face::Upright),
                    "text" | "textrm" => atom(&word, Class::Ordinary, Face::Upright),
                    "mathit" => atom(&word, Class::Ordinary, Face::Italic),
                    "mathbf" | "boldsymbol" => atom(&word, Class::Ordinary, Face::Bold),
                    "mathbb" => atom(symbols::blackboard(&word)?, Class::Ordinary, Face::Upright),
                    _ => None,
                }
            }
        }
    }

    fn fraction(&mut self, level: Level) -> Option<Atom> {
        let mut runs = numerator(&self.argument(level)?, level);
        push(&mut runs, &run("/", Face::Upright, level));
        let below = denominator(&self.argument(level)?, level);
        below.iter().for_each(|piece| push(&mut runs, piece));
        Some(Atom { class: Class::Fraction, runs })
    }

    /// The scripts behind a nucleus: primes, then the index, then the exponent.
    fn scripts(&mut self, mut atom: Atom, level: Level) -> Option<Atom> {
        let (mut index, mut exponent) = (None, None);
        loop {
            self.rest = self.rest.trim_start();
            let (slot, level) = match self.rest.chars().next() {
                Some('\'') => {
                    self.take();
                    push(&mut atom.runs, &run("′", Face::Upright, level));
                    continue;
                }
                Some('_') => (&mut index, level.lowered()?),
                Some('^') => (&mut exponent, level.raised()?),
                _ => break,
            };
            self.take();
            let atoms = self.argument(level)?;
            // LaTeX refuses two indices too.
            if slot.replace(set(&atoms, level)).is_some() {
                return None;
            }
        }
        if atom.class == Class::Fraction && (index.is_some() || exponent.is_some()) {
            atom.runs.insert(0, run("(", Face::Upright, level));
            push(&mut atom.runs, &run(")", Face::Upright, level));
            atom.class = Class::Ordinary;
        }
        for piece in index.iter().chain(&exponent).flatten() {
            push(&mut atom.runs, piece);
        }
        Some(atom)
    }

    /// A group in braces, or the next sign alone.
    fn argument(&mut self, level: Level) -> Option<Vec<Atom>> {
        self.rest = self.rest.trim_start();
        self.depth += 1;
        if self.depth > DEEPEST {
            return None;
        }
        let atoms = match self.rest.strip_prefix('{') {
            Some(inner) => {
                self.rest = inner;
                let atoms = self.row(level)?;
                self.rest = self.rest.strip_prefix('}')?;
                atoms
            }
            None if self.rest.starts_with(['^', '_', '\'', '}']) => return None,
            None => vec![self.nucleus(level)?],
        };
        self.depth -= 1;
        Some(atoms)
    }

    /// The literal argument of `\mathrm` and its like.
    fn word(&mut self) -> Option<String> {
        self.rest = self.rest.trim_start();
        let Some(inner) = self.rest.strip_prefix('{') else {
            return self.take().filter(char::is_ascii_alphanumeric).map(String::from);
        };
        let (word, rest) = inner.split_once('}')?;
        self.rest = rest;
        let literal = !word.is_empty() && !word.contains(['\\', '{', '$', '^', '_', '&', '#', '%']);
        literal.then(|| word.replace(['~', ' '], "\u{a0}"))
    }

    /// The name of the command at the start.
    fn command(&mut self) -> &'a str {
        let behind = &self.rest[1..];
        let letters = behind.bytes().take_while(u8::is_ascii_alphabetic).count();
        let length = match letters {
            0 => behind.chars().next().map_or(0, char::len_utf8),
            _ => letters,
        };
        let (name, rest) = behind.split_at(length);
        self.rest = rest;
        name
    }

    fn take(&mut self) -> Option<char> {
        let first = self.rest.chars().next()?;
        self.rest = &self.rest[first.len_utf8()..];
        Some(first)
    }
}

/// Puts an accent on a letter, or a line over several.
fn accent(runs: &mut [Run], mark: char) -> Option<()> {
    let letters = runs.iter().map(|run| run.text.chars().count()).sum::<usize>();
    let level = runs.first().map(|run| (run.size, run.rise))?;
    let line = matches!(mark, '\u{304}' | '\u{305}');
    let scripted = runs.iter().any(|run| (run.size, run.rise) != level);
    if letters == 0 || scripted || (letters > 1 && !line) || level.0 == Size::Small {
        return None;
    }
    let mark = if letters > 1 { '\u{305}' } else { mark };
    for run in runs {
        run.text = run.text.chars().flat_map(|letter| [letter, mark]).collect();
    }
    Some(())
}

#[cfg(test)]
mod tests;
