//! A row of signs as runs of text, with the spaces and brackets that a line of text needs.

use super::symbols::Class;

/// The look of the letters of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Face {
    Upright,
    Italic,
    Bold,
}

/// How large a run is: scripts are smaller, scripts of scripts smaller still.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Size {
    Full,
    Script,
    Small,
}

/// Letters of one look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) text: String,
    pub(super) face: Face,
    pub(super) size: Size,
    /// How far above the line it stands, in hundredths of the full size.
    pub(super) rise: i32,
}

/// Where a script stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Level {
    pub(super) size: Size,
    pub(super) rise: i32,
}

/// The line itself.
pub(super) const LINE: Level = Level { size: Size::Full, rise: 0 };

/// One sign with its scripts, or a group.
#[derive(Debug, Clone)]
pub(super) struct Atom {
    pub(super) class: Class,
    pub(super) runs: Vec<Run>,
}

impl Size {
    /// The size as a share of the full one.
    pub(super) fn share(self) -> f64 {
        match self {
            Size::Full => 1.0,
            Size::Script => 0.72,
            Size::Small => 0.55,
        }
    }
}

impl Level {
    /// The level of an index here, if letters can still be that small.
    pub(super) fn lowered(self) -> Option<Level> {
        self.script(-22)
    }

    /// The level of an exponent here, if letters can still be that small.
    pub(super) fn raised(self) -> Option<Level> {
        self.script(38)
    }

    fn script(self, rise: i32) -> Option<Level> {
        match self.size {
            Size::Full => Some(Level { size: Size::Script, rise: self.rise + rise }),
            Size::Script => Some(Level { size: Size::Small, rise: self.rise + rise * 7 / 10 }),
            Size::Small => None,
        }
    }
}

impl Atom {
    pub(super) fn new(text: &str, class: Class, face: Face, level: Level) -> Self {
        Atom { class, runs: vec![run(text, face, level)] }
    }
}

/// Letters at a level.
pub(super) fn run(text: &str, face: Face, level: Level) -> Run {
    Run { text: text.to_owned(), face, size: level.size, rise: level.rise }
}

/// The atoms as runs.
pub(super) fn set(atoms: &[Atom], level: Level) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut before = None;
    for (index, atom) in atoms.iter().enumerate() {
        let after = atoms.get(index + 1).map(|next| next.class);
        if level.size == Size::Full && space_before(before, atom.class, after) {
            push(&mut runs, &run("\u{a0}", Face::Upright, level));
        }
        let guarded = atom.class == Class::Fraction && (binds(before) || takes(after));
        let fence = |text: &str| guarded.then(|| run(text, Face::Upright, level));
        for piece in fence("(").iter().chain(&atom.runs).chain(fence(")").iter()) {
            push(&mut runs, piece);
        }
        before = Some(if sign_of(before, atom.class) { Class::Open } else { atom.class });
    }
    runs
}

/// A numerator, bracketed if a sum would fall apart before the slash.
pub(super) fn numerator(atoms: &[Atom], level: Level) -> Vec<Run> {
    let loose = |class| matches!(class, Class::Binary | Class::Relation | Class::Fraction);
    fenced(atoms, level, atoms.iter().any(|atom| loose(atom.class)))
}

/// A denominator, bracketed if it has several factors; `∂v` counts as one.
pub(super) fn denominator(atoms: &[Atom], level: Level) -> Vec<Run> {
    let single = match atoms {
        [only] => only.class != Class::Fraction,
        [first, _] => first.runs.first().is_some_and(|run| run.text == "∂"),
        _ => false,
    };
    fenced(atoms, level, !single)
}

/// An argument of a root.
pub(super) fn radicand(atoms: &[Atom], level: Level) -> Vec<Run> {
    fenced(atoms, level, atoms.len() != 1)
}

fn fenced(atoms: &[Atom], level: Level, fence: bool) -> Vec<Run> {
    let mut runs = Vec::new();
    if fence {
        runs.push(run("(", Face::Upright, level));
    }
    set(atoms, level).iter().for_each(|piece| push(&mut runs, piece));
    if fence {
        push(&mut runs, &run(")", Face::Upright, level));
    }
    runs
}

/// Appends a run, to the last one if they look alike.
pub(super) fn push(runs: &mut Vec<Run>, piece: &Run) {
    match runs.last_mut() {
        Some(last) if (last.face, last.size, last.rise) == (piece.face, piece.size, piece.rise) => {
            last.text.push_str(&piece.text);
        }
        _ => runs.push(piece.clone()),
    }
}

/// Whether a binary sign has no operand before it, as the minus of `−x`.
fn sign_of(before: Option<Class>, class: Class) -> bool {
    class == Class::Binary && !binds(before) && before != Some(Class::Function)
}

/// Whether something behind could be read as a factor of this.
fn binds(class: Option<Class>) -> bool {
    matches!(class, Some(Class::Ordinary | Class::Close | Class::Fraction))
}

/// Whether this could be read as a factor of something before.
fn takes(class: Option<Class>) -> bool {
    matches!(class, Some(Class::Ordinary | Class::Open | Class::Function | Class::Fraction))
}

/// Whether there is space between two signs.
fn space_before(before: Option<Class>, class: Class, after: Option<Class>) -> bool {
    let Some(last) = before else { return false };
    match (last, class) {
        (Class::Relation, _) | (_, Class::Relation) => true,
        (Class::Binary, _) => true,
        (_, Class::Binary) => !sign_of(before, class) && after.is_some(),
        (Class::Punctuation, _) => true,
        (Class::Function, Class::Ordinary | Class::Function | Class::Fraction) => true,
        (Class::Ordinary | Class::Close, Class::Function) => true,
        _ => false,
    }
}
