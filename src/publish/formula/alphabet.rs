//! Mathematical alphabets: the letter that a font command makes of a letter.
//!
//! MathML Core has no font variants; the letters of `\mathbb`, `\mathbf`, `\mathcal`, ... are
//! characters of their own in the block "Mathematical Alphanumeric Symbols", U+1D400–U+1D7FF.
//! Latin alphabets hold A–Z and then a–z; Greek ones Α–Ω with ∇, then α–ω with ∂; digits 0–9.
//!
//! Source: The Unicode Standard, code chart U1D400. Some letters stood in "Letterlike Symbols"
//! before that block was made; their places in it stay empty ([`LETTERLIKE`]).

use std::collections::BTreeMap;
use std::sync::LazyLock;

use pulldown_latex::event::Font;

/// Where the alphabets of a font begin: its A, its Α and its 0.
struct Starts {
    latin: u32,
    greek: Option<u32>,
    digits: Option<u32>,
}

/// `c` as it looks in `font`; unchanged where the font has no such character.
pub(super) fn letter(font: Font, c: char) -> char {
    let starts = match font {
        Font::UpRight => return c,
        Font::BoldSymbol if c.is_ascii_digit() || is_greek_capital(c) => starts(Font::Bold),
        Font::BoldSymbol => starts(Font::BoldItalic),
        other => starts(other),
    };
    let code = u32::from(c);
    let place = match c {
        'A'..='Z' => Some(starts.latin + code - u32::from('A')),
        'a'..='z' => Some(starts.latin + 26 + code - u32::from('a')),
        '0'..='9' => starts.digits.map(|zero| zero + code - u32::from('0')),
        'Α'..='Ω' => starts.greek.map(|alpha| alpha + code - u32::from('Α')),
        '∇' => starts.greek.map(|alpha| alpha + 25),
        'α'..='ω' => starts.greek.map(|alpha| alpha + 26 + code - u32::from('α')),
        '∂' => starts.greek.map(|alpha| alpha + 51),
        _ => None,
    };
    let Some(place) = place else { return c };
    LETTERLIKE
        .iter()
        .find(|(empty, _)| *empty == place)
        .map_or_else(|| char::from_u32(place).unwrap_or(c), |(_, letter)| *letter)
}

fn is_greek_capital(c: char) -> bool {
    ('Α'..='Ω').contains(&c)
}

fn starts(font: Font) -> Starts {
    let (latin, greek, digits) = match font {
        Font::Bold => (0x1D400, Some(0x1D6A8), Some(0x1D7CE)),
        Font::Italic | Font::UpRight => (0x1D434, Some(0x1D6E2), None),
        Font::BoldItalic | Font::BoldSymbol => (0x1D468, Some(0x1D71C), None),
        Font::Script => (0x1D49C, None, None),
        Font::BoldScript => (0x1D4D0, None, None),
        Font::Fraktur => (0x1D504, None, None),
        Font::DoubleStruck | Font::DoubleStruckItalic => (0x1D538, None, Some(0x1D7D8)),
        Font::BoldFraktur => (0x1D56C, None, None),
        Font::SansSerif => (0x1D5A0, None, Some(0x1D7E2)),
        Font::BoldSansSerif => (0x1D5D4, Some(0x1D756), Some(0x1D7EC)),
        Font::SansSerifItalic => (0x1D608, None, None),
        Font::SansSerifBoldItalic => (0x1D63C, Some(0x1D790), None),
        Font::Monospace => (0x1D670, None, Some(0x1D7F6)),
    };
    Starts { latin, greek, digits }
}

/// Empty places of the block, and the older characters that stand for them.
const LETTERLIKE: [(u32, char); 24] = [
    (0x1D455, 'ℎ'),
    (0x1D49D, 'ℬ'),
    (0x1D4A0, 'ℰ'),
    (0x1D4A1, 'ℱ'),
    (0x1D4A3, 'ℋ'),
    (0x1D4A4, 'ℐ'),
    (0x1D4A7, 'ℒ'),
    (0x1D4A8, 'ℳ'),
    (0x1D4AD, 'ℛ'),
    (0x1D4BA, 'ℯ'),
    (0x1D4BC, 'ℊ'),
    (0x1D4C4, 'ℴ'),
    (0x1D506, 'ℭ'),
    (0x1D50B, 'ℌ'),
    (0x1D50C, 'ℑ'),
    (0x1D515, 'ℜ'),
    (0x1D51D, 'ℨ'),
    (0x1D53A, 'ℂ'),
    (0x1D53F, 'ℍ'),
    (0x1D545, 'ℕ'),
    (0x1D547, 'ℙ'),
    (0x1D548, 'ℚ'),
    (0x1D549, 'ℝ'),
    (0x1D551, 'ℤ'),
];

/// The letter that a letter of an alphabet of its own is drawn from, and whether it is bold.
pub(super) fn plain(c: char) -> Option<(char, bool)> {
    static LETTERS: LazyLock<BTreeMap<char, (char, bool)>> = LazyLock::new(|| {
        let bold = [Font::Bold, Font::BoldItalic, Font::BoldScript, Font::BoldSansSerif];
        let others = [
            Font::Italic,
            Font::Script,
            Font::Fraktur,
            Font::DoubleStruck,
            Font::SansSerif,
            Font::Monospace,
        ];
        let letters = || ('A'..='Z').chain('a'..='z').chain('0'..='9').chain('Α'..='ω');
        let fonts =
            others.map(|font| (font, false)).into_iter().chain(bold.map(|font| (font, true)));
        let pairs = fonts.flat_map(|(font, bold)| {
            letters().map(move |plain| (letter(font, plain), (plain, bold)))
        });
        pairs.filter(|(drawn, (plain, _))| drawn != plain).collect()
    });
    LETTERS.get(&c).copied()
}

/// The sign that means the opposite, as `≠` does of `=`, where Unicode has one.
pub(super) fn composed(sign: &str) -> Option<char> {
    let mut rest = sign.chars();
    let (Some(sign), None) = (rest.next(), rest.next()) else { return None };
    NEGATED.iter().find(|(plain, _)| *plain == sign).map(|(_, negated)| *negated)
}

/// Signs and their opposites: the canonical compositions with U+0338.
const NEGATED: [(char, char); 24] = [
    ('=', '≠'),
    ('<', '≮'),
    ('>', '≯'),
    ('≤', '≰'),
    ('≥', '≱'),
    ('≡', '≢'),
    ('≈', '≉'),
    ('∼', '≁'),
    ('≃', '≄'),
    ('≅', '≇'),
    ('∈', '∉'),
    ('∋', '∌'),
    ('⊂', '⊄'),
    ('⊃', '⊅'),
    ('⊆', '⊈'),
    ('⊇', '⊉'),
    ('∃', '∄'),
    ('∣', '∤'),
    ('∥', '∦'),
    ('≺', '⊀'),
    ('≻', '⊁'),
    ('→', '↛'),
    ('←', '↚'),
    ('⇒', '⇏'),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_the_code_chart() {
        let table = [
            (Font::DoubleStruck, 'R', 'ℝ'),
            (Font::DoubleStruck, 'E', '𝔼'),
            (Font::DoubleStruck, '1', '𝟙'),
            (Font::Script, 'N', '𝒩'),
            (Font::Script, 'L', 'ℒ'),
            (Font::Bold, '1', '𝟏'),
            (Font::Bold, 'x', '𝐱'),
            (Font::BoldSymbol, 'θ', '𝜽'),
            (Font::BoldSymbol, 'Σ', '𝚺'),
            (Font::BoldSymbol, '0', '𝟎'),
            (Font::Bold, '∇', '𝛁'),
            (Font::Italic, 'h', 'ℎ'),
            (Font::Fraktur, 'z', '𝔷'),
            (Font::Monospace, 'w', '𝚠'),
            (Font::UpRight, 'd', 'd'),
            (Font::Script, '+', '+'),
        ];
        for (font, plain, expected) in table {
            assert_eq!(letter(font, plain), expected, "{font:?} {plain}");
        }
    }
}
