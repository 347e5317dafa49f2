//! The commands of LaTeX that are one sign or one word.

/// What a sign is to its neighbours, as in TeX.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// A letter, a number, anything else.
    Ordinary,
    /// The name of a function.
    Function,
    /// Has space on both sides where it stands between operands.
    Binary,
    /// Always has space on both sides.
    Relation,
    Open,
    Close,
    /// Has space behind it.
    Punctuation,
    /// A fraction written with a slash, which its neighbours could take apart.
    Fraction,
}

/// Greek capitals are upright, as in LaTeX.
const GREEK: [(&str, &str); 38] = [
    ("alpha", "α"),
    ("beta", "β"),
    ("gamma", "γ"),
    ("delta", "δ"),
    ("epsilon", "ϵ"),
    ("varepsilon", "ε"),
    ("zeta", "ζ"),
    ("eta", "η"),
    ("theta", "θ"),
    ("vartheta", "ϑ"),
    ("iota", "ι"),
    ("kappa", "κ"),
    ("lambda", "λ"),
    ("mu", "μ"),
    ("nu", "ν"),
    ("xi", "ξ"),
    ("omicron", "ο"),
    ("pi", "π"),
    ("rho", "ρ"),
    ("sigma", "σ"),
    ("varsigma", "ς"),
    ("tau", "τ"),
    ("upsilon", "υ"),
    ("phi", "ϕ"),
    ("varphi", "φ"),
    ("chi", "χ"),
    ("psi", "ψ"),
    ("omega", "ω"),
    ("ell", "ℓ"),
    ("Gamma", "Γ"),
    ("Delta", "Δ"),
    ("Theta", "Θ"),
    ("Lambda", "Λ"),
    ("Sigma", "Σ"),
    ("Phi", "Φ"),
    ("Psi", "Ψ"),
    ("Omega", "Ω"),
    ("Pi", "Π"),
];

const SIGNS: [(&str, &str, Class); 51] = [
    ("partial", "∂", Class::Ordinary),
    ("nabla", "∇", Class::Ordinary),
    ("infty", "∞", Class::Ordinary),
    ("top", "⊤", Class::Ordinary),
    ("prime", "′", Class::Ordinary),
    ("ldots", "…", Class::Ordinary),
    ("dots", "…", Class::Ordinary),
    ("cdots", "⋯", Class::Ordinary),
    ("vert", "|", Class::Ordinary),
    ("|", "‖", Class::Ordinary),
    ("Vert", "‖", Class::Ordinary),
    ("%", "%", Class::Ordinary),
    ("_", "_", Class::Ordinary),
    ("&", "&", Class::Ordinary),
    ("#", "#", Class::Ordinary),
    ("sum", "∑", Class::Function),
    ("prod", "∏", Class::Function),
    ("cdot", "·", Class::Binary),
    ("times", "×", Class::Binary),
    ("odot", "⊙", Class::Binary),
    ("oplus", "⊕", Class::Binary),
    ("otimes", "⊗", Class::Binary),
    ("circ", "∘", Class::Binary),
    ("ast", "∗", Class::Binary),
    ("pm", "±", Class::Binary),
    ("div", "÷", Class::Binary),
    ("in", "∈", Class::Relation),
    ("le", "≤", Class::Relation),
    ("leq", "≤", Class::Relation),
    ("ge", "≥", Class::Relation),
    ("geq", "≥", Class::Relation),
    ("ne", "≠", Class::Relation),
    ("neq", "≠", Class::Relation),
    ("lt", "<", Class::Relation),
    ("gt", ">", Class::Relation),
    ("approx", "≈", Class::Relation),
    ("sim", "∼", Class::Relation),
    ("propto", "∝", Class::Relation),
    ("to", "→", Class::Relation),
    ("mapsto", "↦", Class::Relation),
    ("leftarrow", "←", Class::Relation),
    ("lvert", "|", Class::Open),
    ("lVert", "‖", Class::Open),
    ("langle", "⟨", Class::Open),
    ("lfloor", "⌊", Class::Open),
    ("{", "{", Class::Open),
    ("rvert", "|", Class::Close),
    ("rVert", "‖", Class::Close),
    ("rangle", "⟩", Class::Close),
    ("rfloor", "⌋", Class::Close),
    ("}", "}", Class::Close),
];

const FUNCTIONS: [&str; 15] = [
    "exp", "log", "ln", "max", "min", "sin", "cos", "tan", "sinh", "cosh", "tanh", "det", "dim",
    "sup", "inf",
];

/// Spaces, and commands that only choose the size of the sign behind them.
const SPACES: [(&str, &str); 20] = [
    (" ", "\u{a0}"),
    (",", "\u{a0}"),
    (":", "\u{a0}"),
    (";", "\u{a0}"),
    ("quad", "\u{a0}\u{a0}"),
    ("qquad", "\u{a0}\u{a0}\u{a0}"),
    ("!", ""),
    ("left", ""),
    ("right", ""),
    ("big", ""),
    ("bigl", ""),
    ("bigr", ""),
    ("Big", ""),
    ("Bigl", ""),
    ("Bigr", ""),
    ("displaystyle", ""),
    ("textstyle", ""),
    ("limits", ""),
    ("nolimits", ""),
    ("mathstrut", ""),
];

/// The accent that a command puts on a letter.
pub(super) fn accent(command: &str) -> Option<char> {
    match command {
        "hat" | "widehat" => Some('\u{302}'),
        "bar" => Some('\u{304}'),
        "overline" => Some('\u{305}'),
        "tilde" | "widetilde" => Some('\u{303}'),
        "dot" => Some('\u{307}'),
        _ => None,
    }
}

/// The letter of a command: Greek, or the script ell.
pub(super) fn greek(command: &str) -> Option<&'static str> {
    GREEK.iter().find(|(name, _)| *name == command).map(|(_, sign)| *sign)
}

/// The sign of a command.
pub(super) fn sign(command: &str) -> Option<(&'static str, Class)> {
    SIGNS.iter().find(|(name, ..)| *name == command).map(|(_, sign, class)| (*sign, *class))
}

/// The name that a command prints.
pub(super) fn function(command: &str) -> Option<&'static str> {
    FUNCTIONS.into_iter().find(|name| *name == command)
}

/// The space that a command prints, which may be none.
pub(super) fn space(command: &str) -> Option<&'static str> {
    SPACES.iter().find(|(name, _)| *name == command).map(|(_, space)| *space)
}

/// The sign of a character that stands for itself.
pub(super) fn character(character: char) -> Option<(char, Class)> {
    Some(match character {
        '-' => ('−', Class::Binary),
        '*' => ('∗', Class::Binary),
        '+' | '×' | '·' => (character, Class::Binary),
        '=' | '<' | '>' | ':' => (character, Class::Relation),
        '(' | '[' => (character, Class::Open),
        ')' | ']' | '!' => (character, Class::Close),
        ',' | ';' => (character, Class::Punctuation),
        '~' => ('\u{a0}', Class::Ordinary),
        '\\' | '{' | '}' | '^' | '_' | '&' | '#' | '%' | '$' => return None,
        _ => (character, Class::Ordinary),
    })
}

/// A letter of `\mathbb`.
pub(super) fn blackboard(letter: &str) -> Option<&'static str> {
    Some(match letter {
        "R" => "ℝ",
        "N" => "ℕ",
        "Z" => "ℤ",
        "Q" => "ℚ",
        "C" => "ℂ",
        "P" => "ℙ",
        _ => return None,
    })
}
