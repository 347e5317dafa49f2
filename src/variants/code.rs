//! The short code of a paper, from which its variant is found.
//!
//! It is a digest of the scenario's stem and of what the variables stand for, both of which
//! the paper itself shows: 40 bits in the 32 letters and digits of Crockford's base 32, which
//! has neither I, L, O nor U. The seed is no part of it, so the code tells nothing of other
//! papers.

use sha2::{Digest as _, Sha256};

use crate::scenario::Assignment;

use super::exact;

const LETTERS: [u8; 32] = *b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Letters of a code.
const LENGTH: usize = 8;

/// The code of the paper with these variables: `7KQ2-M9XD`.
pub fn code(stem: &str, assignment: &Assignment) -> String {
    let mut hash = Sha256::new();
    hash.update("gradsheet/paper/1\0");
    hash.update(stem);
    for (name, value) in assignment.iter() {
        hash.update(format!("\0{name}={}", exact(value)));
    }
    let digest: [u8; 32] = hash.finalize().into();
    let mut text = String::with_capacity(LENGTH + 1);
    for (index, bits) in digest.iter().take(LENGTH).enumerate() {
        if index == LENGTH / 2 {
            text.push('-');
        }
        text.push(char::from(LETTERS[usize::from(bits % 32)]));
    }
    text
}

/// The code as it may have been copied by hand: in any case, with or without the hyphen, with
/// the letters that look like digits.
pub fn same_code(typed: &str, code: &str) -> bool {
    let plain = |text: &str| -> String {
        let letters = text.chars().filter(|letter| letter.is_ascii_alphanumeric());
        letters
            .map(|letter| match letter.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            })
            .collect()
    };
    plain(typed) == plain(code)
}
