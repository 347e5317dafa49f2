//! Atoms: the irrational quantities that forms are polynomials in.
//!
//! An atom is a function of a number in normal form, known by a digest of its
//! structure (SHA-256), so that atoms are compared and ordered in constant time,
//! and alike on every thread and machine.
//!
//! ```text
//! Prime, Cofactor   square root of an integer, power 1 only
//! Root              square root of a positive form, power 1 only
//! Exp               exponential, at most one in a monomial, power 1 only
//! Log, Sigmoid, Tanh, Sin, Cos, Softplus, Phi
//! Pi                the number pi; its argument is 1
//! Group             a sum in brackets, which stands in powers other than 1
//! Sealed            a sum or number too long to be carried about, in any power
//! ```
//!
//! A thousand iterations make a chain of thousands of atoms; it is taken down by a
//! loop, since nested destructors would overflow the stack.

use std::cmp::Ordering;
use std::fmt;
use std::sync::{Arc, OnceLock};

use dashu_int::UBig;
use sha2::{Digest as _, Sha256};

use super::Rational;
use super::evaluate::Memo;
use super::normal::Normal;
use super::sum::Factor;

/// A fingerprint of a form's structure.
pub(super) type Digest = [u8; 32];

/// What an atom does with its argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Function {
    Prime,
    Cofactor,
    Root,
    Exp,
    Log,
    Sigmoid,
    Tanh,
    Sin,
    Cos,
    Softplus,
    Phi,
    Pi,
    CosPi,
    Group,
    Sealed,
}

impl Function {
    /// Whether the atom is the square root of an integer.
    pub(super) fn is_surd(self) -> bool {
        matches!(self, Function::Prime | Function::Cofactor)
    }

    /// Whether the function has positive values only.
    pub(super) fn is_positive(self) -> bool {
        match self {
            Function::Prime
            | Function::Cofactor
            | Function::Root
            | Function::Exp
            | Function::Sigmoid
            | Function::Softplus
            | Function::Phi
            | Function::Pi => true,
            Function::Log
            | Function::Tanh
            | Function::Sin
            | Function::Cos
            | Function::CosPi
            | Function::Group
            | Function::Sealed => false,
        }
    }

    fn tag(self) -> u8 {
        match self {
            Function::Prime => b'p',
            Function::Cofactor => b'n',
            Function::Root => b'r',
            Function::Exp => b'e',
            Function::Log => b'l',
            Function::Sigmoid => b'g',
            Function::Tanh => b't',
            Function::Sin => b's',
            Function::Cos => b'c',
            Function::Softplus => b'+',
            Function::Phi => b'f',
            Function::Pi => b'i',
            Function::CosPi => b'o',
            Function::Group => b'(',
            Function::Sealed => b'#',
        }
    }
}

/// One irrational quantity.
pub(super) struct Atom {
    function: Function,
    argument: Normal,
    digest: Digest,
    /// Whether something in it is sealed.
    is_sealed: bool,
    memo: Memo,
    split: OnceLock<Split>,
}

/// The prime factors of a cofactor with their multiplicities, if they could be found.
pub(super) type Split = Option<Vec<(UBig, usize)>>;

impl Atom {
    pub(super) fn new(function: Function, argument: Normal) -> Arc<Self> {
        let mut hash = Sha256::new();
        hash.update([function.tag()]);
        hash.update(argument.digest());
        let digest = hash.finalize().into();
        let is_sealed = function == Function::Sealed || argument.is_sealed();
        let (memo, split) = (Memo::default(), OnceLock::new());
        Arc::new(Atom { function, argument, digest, is_sealed, memo, split })
    }

    pub(super) fn is_sealed(&self) -> bool {
        self.is_sealed
    }

    pub(super) fn function(&self) -> Function {
        self.function
    }

    pub(super) fn argument(&self) -> &Normal {
        &self.argument
    }

    pub(super) fn digest(&self) -> Digest {
        self.digest
    }

    pub(super) fn memo(&self) -> &Memo {
        &self.memo
    }

    /// The factors of a cofactor, which are searched for once.
    pub(super) fn split(&self, search: impl FnOnce() -> Split) -> &Split {
        self.split.get_or_init(search)
    }
}

impl PartialEq for Atom {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other) || self.digest == other.digest
    }
}

impl Eq for Atom {}

impl PartialOrd for Atom {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Atom {
    fn cmp(&self, other: &Self) -> Ordering {
        if std::ptr::eq(self, other) { Ordering::Equal } else { self.digest.cmp(&other.digest) }
    }
}

impl fmt::Debug for Atom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not the argument: chains are thousands deep.
        write!(f, "{:?}#{:02x}{:02x}", self.function, self.digest[0], self.digest[1])
    }
}

impl Drop for Atom {
    fn drop(&mut self) {
        let mut pending = vec![std::mem::take(&mut self.argument)];
        while let Some(form) = pending.pop() {
            form.into_last_owned(|atom| pending.push(std::mem::take(&mut atom.argument)));
        }
    }
}

/// Digest of a fraction.
pub(super) fn digest_of_rational(value: &Rational) -> Digest {
    let mut hash = Sha256::new();
    hash.update([b'q']);
    hash_rational(&mut hash, value);
    hash.finalize().into()
}

/// Feeds a fraction, each part led by its length so that no two read alike.
pub(super) fn hash_rational(hash: &mut Sha256, value: &Rational) {
    let numerator = value.numerator().to_le_bytes();
    let denominator = value.denominator().to_le_bytes();
    for part in [&numerator, &denominator] {
        hash_length(hash, part.len());
        hash.update(part);
    }
}

/// Feeds a monomial.
pub(super) fn hash_monomial(hash: &mut Sha256, monomial: &[Factor]) {
    hash_length(hash, monomial.len());
    for factor in monomial {
        hash.update(factor.atom.digest);
        hash.update(factor.power.to_le_bytes());
    }
}

/// Feeds a length, in as many bytes on every machine.
pub(super) fn hash_length(hash: &mut Sha256, length: usize) {
    hash.update(u64::try_from(length).unwrap_or(u64::MAX).to_le_bytes());
}
