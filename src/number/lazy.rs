//! Numbers that wait for their normal form.
//!
//! A long run seals its forms: sums get too long, so they go on as atoms, and from there on a form
//! seldom tells more than a ball does. Yet it costs long coefficients, their common divisors
//! and digests. So what is computed from sealed parts is only noted: an operation and its
//! operands. Balls evaluate it as it stands, which settles nearly every sign and every digit.
//! Where they don't, the form is worked out after all, from the forms of the operands, and is
//! the same as if it had been worked out at once.
//!
//! The idea is that of exact geometric computation: Yap (1997), "Towards exact geometric
//! computation".
//!
//! An operation is noted only where it is certain to have a value: divisors are proved to differ
//! from zero before, radicands to be positive.

use std::sync::{Arc, OnceLock};

use super::atom::Function;
use super::ball::{Ball, BallFault};
use super::decide::{coarse, sign_by_balls};
use super::evaluate::{self, Found, MAX_KNOWN, MAX_STEPS, Memo, of_ball};
use super::fault::{Sign, Undecided};
use super::function::form_of;
use super::normal::Normal;
use super::power::integer_power;
use super::real::{Kind, Real};

/// What is done to the operands: two of them in the first four, one in the others.
#[derive(Clone, Copy, Debug)]
pub(super) enum Operation {
    Add,
    Subtract,
    Multiply,
    /// By a number other than zero.
    Divide,
    /// To an integer power; the base of a negative one is not zero.
    Power(i64),
    /// A function that is defined there.
    Apply(Function),
}

/// An operation on numbers, at least one of which is sealed or waits itself.
pub(super) struct Lazy {
    operation: Operation,
    left: Real,
    right: Real,
    form: OnceLock<Box<Normal>>,
    sign: OnceLock<Sign>,
    memo: Memo,
}

impl Lazy {
    pub(super) fn new(operation: Operation, left: &Real, right: &Real) -> Arc<Self> {
        let (left, right) = (left.clone(), right.clone());
        let (form, sign, memo) = (OnceLock::new(), OnceLock::new(), Memo::default());
        Arc::new(Lazy { operation, left, right, form, sign, memo })
    }

    fn operands(&self) -> impl Iterator<Item = &Lazy> {
        [&self.left, &self.right].into_iter().filter_map(|operand| match operand.kind() {
            Kind::Normal(_) => None,
            Kind::Lazy(lazy) => Some(&**lazy),
        })
    }

    /// Takes the operands that wait and that nothing else refers to.
    fn take_operands(&mut self, into: &mut Vec<Lazy>) {
        for operand in [&mut self.left, &mut self.right] {
            if matches!(operand.kind(), Kind::Lazy(_)) {
                into.extend(std::mem::take(operand).into_last_owned());
            }
        }
    }

    /// The normal form.
    pub(super) fn form(&self) -> &Normal {
        self.bottom_up(
            |lazy| lazy.form.get().is_some(),
            |lazy| {
                lazy.form.get_or_init(|| Box::new(lazy.work_out()));
            },
        );
        self.form.get_or_init(|| Box::new(self.work_out()))
    }

    /// Does what is not done yet, first for the operands. A loop with its own stack, since a run
    /// is thousands of operations deep.
    fn bottom_up(&self, is_done: impl Fn(&Lazy) -> bool, work: impl Fn(&Lazy)) {
        if is_done(self) {
            return;
        }
        let mut pending = vec![self];
        while let Some(&next) = pending.last() {
            let before = pending.len();
            pending.extend(next.operands().filter(|operand| !is_done(operand)));
            if pending.len() == before {
                // It may have been an operand of two.
                if !is_done(next) {
                    work(next);
                }
                pending.pop();
            }
        }
    }

    /// The form, from those of the operands.
    fn work_out(&self) -> Normal {
        let (left, right) = (self.left.normal(), self.right.normal());
        match self.operation {
            Operation::Add => left + right,
            Operation::Subtract => left - right,
            Operation::Multiply => left * right,
            Operation::Divide => left.quotient(right),
            Operation::Power(exponent) => {
                left.pow(exponent).unwrap_or_else(|_| integer_power(left, exponent))
            }
            Operation::Apply(function) => form_of(function, left),
        }
    }

    /// The sign, by balls if they tell it.
    pub(super) fn sign(&self) -> Result<Sign, Undecided> {
        if let Some(sign) = self.sign.get() {
            return Ok(*sign);
        }
        let by_balls = sign_by_balls(coarse(self.known_bits()), |bits| self.evaluate(bits));
        let sign = by_balls.map_or_else(|| self.form().sign(), Ok)?;
        Ok(*self.sign.get_or_init(|| sign))
    }

    /// A ball that holds the number, computed with `bits` bits.
    pub(super) fn evaluate(&self, bits: u32) -> Found {
        self.bottom_up(
            |lazy| lazy.memo.is_known(bits),
            |lazy| {
                lazy.memo.set(bits, lazy.operate(bits));
            },
        );
        self.memo.get(bits).unwrap_or(Err(BallFault::Coarse))
    }

    /// The ball, from those of the operands.
    fn operate(&self, bits: u32) -> Found {
        let ball = match (self.operation, self.left.brief_rational(), self.right.brief_rational()) {
            (Operation::Multiply, Some(factor), _) => {
                ball_of(&self.right, bits)?.mul_rational(&factor, bits)
            }
            (Operation::Multiply, _, Some(factor)) => {
                ball_of(&self.left, bits)?.mul_rational(&factor, bits)
            }
            (operation, ..) => {
                let (left, right) = (ball_of(&self.left, bits)?, ball_of(&self.right, bits)?);
                match operation {
                    Operation::Add => left.add(&right, bits),
                    Operation::Subtract => left.add(&Ball::clone(&right).neg(), bits),
                    Operation::Multiply => left.mul(&right, bits),
                    Operation::Divide => left.div(&right, bits),
                    Operation::Power(exponent) => left.powi(exponent, bits),
                    Operation::Apply(function) => return of_ball(function, &left, bits),
                }
            }
        };
        ball.map(Arc::new)
    }

    /// The precision at which what the number is made of is known already.
    pub(super) fn known_bits(&self) -> u32 {
        let mut next = self;
        for _ in 0..MAX_STEPS {
            let Some(least) = next.operands().min_by_key(|operand| operand.memo.bits()) else {
                return 0;
            };
            match least.memo.bits() {
                0 => next = least,
                known => return known.min(MAX_KNOWN),
            }
        }
        0
    }
}

/// The ball of an operand; one that waits was evaluated before.
fn ball_of(operand: &Real, bits: u32) -> Found {
    match operand.kind() {
        Kind::Normal(normal) => evaluate::evaluate(normal, bits),
        Kind::Lazy(lazy) => lazy.memo.get(bits).unwrap_or(Err(BallFault::Coarse)),
    }
}

impl Drop for Lazy {
    /// A loop, since nested destructors would overflow the stack.
    fn drop(&mut self) {
        let mut pending = Vec::new();
        self.take_operands(&mut pending);
        while let Some(mut last) = pending.pop() {
            last.take_operands(&mut pending);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Precision, Rounding, parse_exact, round, trace_decimal};
    use super::*;

    fn normal(text: &str) -> Normal {
        Normal::from(parse_exact(text).unwrap())
    }

    /// Sums of 13 sines, which are sealed, and numbers to compute with them.
    fn operands() -> Vec<Normal> {
        let sines = |from: i64| {
            (from..from + 13).fold(normal("1/3"), |sum, n| sum + Normal::from(n).sin().unwrap())
        };
        vec![
            sines(1),
            sines(40),
            sines(1) * normal("-2/7") + normal("5"),
            normal("2").sqrt().unwrap(),
        ]
    }

    fn waits(real: &Real) -> bool {
        matches!(real.kind(), Kind::Lazy(lazy) if lazy.form.get().is_none())
    }

    #[test]
    fn forms_are_those_of_computing_at_once() {
        type Binary = (fn(&Real, &Real) -> Real, fn(&Normal, &Normal) -> Normal);
        let binary: [Binary; 4] = [
            (|a, b| a + b, |a, b| a + b),
            (|a, b| a - b, |a, b| a - b),
            (|a, b| a * b, |a, b| a * b),
            (|a, b| a.checked_div(b).unwrap(), |a, b| a.checked_div(b).unwrap()),
        ];
        type Unary = (fn(&Real) -> Real, fn(&Normal) -> Normal);
        let unary: [Unary; 10] = [
            (|a| -a, |a| -a),
            (|a| a.pow(2).unwrap(), |a| a.pow(2).unwrap()),
            (|a| a.pow(-3).unwrap(), |a| a.pow(-3).unwrap()),
            (|a| (a * a).sqrt().unwrap(), |a| (a * a).sqrt().unwrap()),
            (|a| a.exp().unwrap(), |a| a.exp().unwrap()),
            (|a| (a * a).log().unwrap(), |a| (a * a).log().unwrap()),
            (|a| a.sigmoid().unwrap(), |a| a.sigmoid().unwrap()),
            (|a| a.tanh().unwrap(), |a| a.tanh().unwrap()),
            (|a| a.cos().unwrap(), |a| a.cos().unwrap()),
            (|a| a.softplus().unwrap(), |a| a.softplus().unwrap()),
        ];
        let mut pairs = Vec::new();
        for a in operands() {
            let real = Real::from(a.clone());
            pairs.extend(unary.iter().map(|(lazy, eager)| (lazy(&real), eager(&a))));
            for b in operands() {
                let other = Real::from(b.clone());
                for (lazy, eager) in &binary {
                    if a != b {
                        pairs.push((lazy(&real, &other), eager(&a, &b)));
                    }
                }
            }
        }
        assert!(pairs.iter().filter(|(lazy, _)| waits(lazy)).count() > 60);
        for (place, (lazy, eager)) in pairs.iter().enumerate() {
            for bits in [100, 600] {
                let (ball, fine) = (lazy.evaluate(bits).unwrap(), evaluate::evaluate(eager, 900));
                let fine = fine.unwrap();
                assert!(ball.lower() <= fine.upper() && fine.lower() <= ball.upper(), "{place}");
                assert!(ball.accuracy() > i64::from(bits) / 2, "{place}");
            }
            assert_eq!(lazy.sign(), eager.sign(), "{place}");
            let digits = trace_decimal(lazy);
            assert_eq!(digits, trace_decimal(&eager.clone().into()), "{place}");
            assert_eq!(lazy.normal(), eager, "{place}");
        }
    }

    #[test]
    fn what_balls_leave_open_is_decided_by_forms() {
        let [sum, other, ..] = &operands()[..] else { unreachable!() };
        let (sum, other) = (Real::from(sum.clone()), Real::from(other.clone()));
        let moved = &sum + &other;
        let (zero, quarter) =
            (&moved - &sum - &other, &moved + Real::from(parse_exact("1/4").unwrap()) - &moved);
        assert!(waits(&zero) && waits(&quarter));
        assert_eq!(zero.sign(), Ok(Sign::Zero));
        assert!(zero.is_zero_form() && !moved.is_zero_form());
        let shown = |value: &Real| round(value, Precision::Decimals(3), Rounding::HalfUp).unwrap();
        // A fraction that ends is told to be exact; what is not a fraction is not.
        assert_eq!((shown(&quarter).to_text().as_str(), shown(&quarter).exact), ("0.25", true));
        assert!(!shown(&moved).exact);
        let whole = &moved * Real::from(12345) - &moved * Real::from(345);
        let thousands = whole.checked_div(&moved).unwrap();
        let cut = round(&thousands, Precision::Significant(1), Rounding::HalfUp).unwrap();
        assert_eq!((cut.to_text().as_str(), cut.exact), ("12000", true));
        assert_eq!(&moved - &sum, other);
        assert_ne!(&moved - &sum, sum);
        assert!(Real::one().checked_div(&(&moved - &sum - &other)).is_err());
    }

    #[test]
    fn depth_needs_no_stack() {
        let start = Real::from(operands().swap_remove(0));
        let mut x = start.clone();
        for _ in 0..20_000 {
            x = (&x + Real::one()).sqrt().unwrap();
        }
        assert!(waits(&x));
        // The golden ratio, as far as 20 digits tell.
        let shown = round(&x, Precision::Decimals(20), Rounding::HalfUp).unwrap();
        assert_eq!(shown.to_text(), "1.61803398874989484820");
        assert!(x.as_rational().is_none() && !waits(&x));
    }
}
