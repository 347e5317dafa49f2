//! Exact evaluation of expressions.
//!
//! Everything that computes goes through here: the forward pass, the derivatives of
//! the backward pass, and the lines of an optimizer's update rule. Where a value hangs
//! on a sign (a ReLU's branch), the sign comes from a [`Decide`]: [`Prove`] asks the
//! number tower, which proves it or says that it can't.

use crate::number::{Fault, Real, Sign, Undecided, Undefined};

use super::function::{Body, Primitive, Reduction, Row};
use super::{Call, Expression, Function, Operator};

/// Settles on which side of a kink a number lies.
pub trait Decide {
    /// The sign of the number.
    ///
    /// # Errors
    ///
    /// [`Undecided`] where the sign can be neither proved nor assumed.
    fn sign(&mut self, value: &Real) -> Result<Sign, Undecided>;

    /// Whether every sign that it tells is proved, so that what follows holds for whoever asks again.
    fn assumes_nothing(&self) -> bool {
        false
    }
}

/// Proves every sign; assumes none.
#[derive(Debug, Clone, Copy, Default)]
pub struct Prove;

impl Decide for Prove {
    fn sign(&mut self, value: &Real) -> Result<Sign, Undecided> {
        value.sign()
    }

    fn assumes_nothing(&self) -> bool {
        true
    }
}

/// What 0/0 is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ZeroOverZero {
    /// Undefined, as in mathematics.
    #[default]
    Undefined,
    /// Zero: a coordinate whose gradient has always been zero does not move.
    NoMove,
}

/// Why an expression has no value.
#[derive(Debug, Clone, PartialEq)]
pub enum Failure {
    /// The operation is not defined there.
    Undefined {
        /// What is undefined.
        cause: Undefined,
        /// The operation, in the scenario language.
        expression: String,
    },
    /// A sign could be neither proved nor refuted.
    Undecided {
        /// How far the proof got.
        reached: Undecided,
        /// The operation that hangs on it, in the scenario language.
        expression: String,
        /// The number whose sign is asked, where another branch can be followed.
        value: Option<Real>,
    },
    /// The number is too large or too small to be kept.
    OutOfRange(String),
}

impl Failure {
    /// The same failure, told of the operation `whole` instead of a part of its formula.
    #[must_use]
    fn within(self, whole: &Expression) -> Self {
        let expression = whole.to_string();
        match self {
            Self::Undefined { cause, .. } => Self::Undefined { cause, expression },
            Self::Undecided { reached, value, .. } => {
                Self::Undecided { reached, expression, value }
            }
            Self::OutOfRange(_) => Self::OutOfRange(expression),
        }
    }

    /// What a fault of the number tower means for the operation `whole`.
    pub fn of(fault: Fault, whole: &Expression) -> Self {
        let expression = whole.to_string();
        match fault {
            Fault::Undefined(cause) => Self::Undefined { cause, expression },
            Fault::Undecided(reached) => Self::Undecided { reached, expression, value: None },
            Fault::OutOfRange(_) => Self::OutOfRange(expression),
        }
    }
}

/// Which branch of a piecewise function was taken.
#[derive(Debug, Clone, PartialEq)]
pub struct Branch {
    /// The function.
    pub function: &'static Function,
    /// The number whose sign decided.
    pub argument: Real,
    /// That sign.
    pub sign: Sign,
    /// The case of the function's formulas.
    pub case: usize,
}

impl Branch {
    /// The case on one side of the kink, if it is on a kink.
    pub fn beside(&self, side: Sign) -> usize {
        match (self.sign, side) {
            (Sign::Zero, Sign::Negative) => self.case.saturating_sub(1),
            (Sign::Zero, Sign::Positive) => self.case + 1,
            _ => self.case,
        }
    }
}

/// Evaluates expressions under one set of conventions.
pub struct Evaluator<'a> {
    /// Settles signs.
    pub decide: &'a mut dyn Decide,
    /// What 0/0 is.
    pub zero_over_zero: ZeroOverZero,
}

impl Evaluator<'_> {
    /// The value of an expression, its names looked up in `scope`.
    ///
    /// # Errors
    ///
    /// What `scope` answers for a name, or the first [`Failure`] on the way.
    pub fn evaluate(
        &mut self,
        expression: &Expression,
        scope: &dyn Fn(&str) -> Result<Real, Failure>,
    ) -> Result<Real, Failure> {
        match expression {
            Expression::Number(number) => Ok(Real::from(number.clone())),
            Expression::Name(name) => scope(name),
            Expression::Negate(inner) => Ok(-self.evaluate(inner, scope)?),
            // Lines of update rules are evaluated entry by entry: there is nothing to turn.
            Expression::Transpose(inner) => self.evaluate(inner, scope),
            Expression::Binary(operator, left, right) => {
                let left = self.evaluate(left, scope)?;
                let right = self.evaluate(right, scope)?;
                self.binary(*operator, &left, &right, expression)
            }
            Expression::Call(call) => {
                let arguments = self.arguments(call, scope)?;
                self.call(call, &arguments).map(|(value, _)| value)
            }
            Expression::Derivative(call, index) => {
                let arguments = self.arguments(call, scope)?;
                let case = self.branch(call, &arguments)?.map_or(0, |branch| branch.case);
                self.derivative(call, *index, &arguments, case)
            }
            // Numbers already printed occur in worked solutions only, which nobody evaluates.
            Expression::Shown(_) => Ok(Real::zero()),
        }
    }

    fn arguments(
        &mut self,
        call: &Call,
        scope: &dyn Fn(&str) -> Result<Real, Failure>,
    ) -> Result<Vec<Real>, Failure> {
        call.arguments.iter().map(|argument| self.evaluate(argument, scope)).collect()
    }

    /// One binary operation; `whole` is what an error names.
    ///
    /// # Errors
    ///
    /// Division by zero, a root of a negative number, an undecided denominator.
    pub fn binary(
        &mut self,
        operator: Operator,
        left: &Real,
        right: &Real,
        whole: &Expression,
    ) -> Result<Real, Failure> {
        match operator {
            Operator::Add => Ok(left + right),
            Operator::Subtract => Ok(left - right),
            Operator::Multiply | Operator::Hadamard | Operator::MatMul => Ok(left * right),
            Operator::Divide => match left.checked_div(right) {
                Err(Fault::Undefined(Undefined::ZeroOverZero))
                    if self.zero_over_zero == ZeroOverZero::NoMove =>
                {
                    Ok(Real::zero())
                }
                other => other.map_err(|fault| Failure::of(fault, whole)),
            },
            Operator::Power => power(left, right).map_err(|fault| Failure::of(fault, whole)),
        }
    }

    /// The value of a call, and the branch that it took.
    ///
    /// # Errors
    ///
    /// The function is not defined there, or its branch is undecided.
    pub fn call(
        &mut self,
        call: &Call,
        arguments: &[Real],
    ) -> Result<(Real, Option<Branch>), Failure> {
        let function = call.function;
        if let Body::Primitive(primitive) = function.body {
            let value = apply(primitive, &arguments[0]);
            let whole = || Expression::Call(call.clone());
            return Ok((value.map_err(|fault| Failure::of(fault, &whole()))?, None));
        }
        if let Some(kind) = function.reduces() {
            return reduced(kind, &arguments[0], call).map(|value| (value, None));
        }
        if let Some(row) = function.row() {
            return Ok((single(row), None));
        }
        let branch = self.branch(call, arguments)?;
        let case = branch.as_ref().map_or(0, |branch| branch.case);
        let value = match function.value(case) {
            Some(formula) => {
                let value = self.evaluate(formula, &|name| Ok(call.bound(name, arguments)));
                value.map_err(|failure| failure.within(&Expression::Call(call.clone())))?
            }
            None => Real::zero(),
        };
        Ok((value, branch))
    }

    /// The branch that a call takes, if its function has branches.
    ///
    /// # Errors
    ///
    /// The sign is undecided.
    pub fn branch(&mut self, call: &Call, arguments: &[Real]) -> Result<Option<Branch>, Failure> {
        let function = call.function;
        let mut last = None;
        for (index, kink) in function.kinks().iter().enumerate() {
            let argument = self.evaluate(kink, &|name| Ok(call.bound(name, arguments)))?;
            let sign = match self.decide.sign(&argument) {
                Ok(sign) => sign,
                Err(reached) => {
                    return Err(Failure::Undecided {
                        reached,
                        expression: Expression::Call(call.clone()).to_string(),
                        value: Some(argument),
                    });
                }
            };
            match (sign, last.is_some()) {
                // Between two kinks it is the first that tells the branch.
                (Sign::Negative, true) => return Ok(last),
                (Sign::Negative, false) => {
                    return Ok(Some(Branch { function, argument, sign, case: 0 }));
                }
                (Sign::Zero, _) => {
                    return Ok(Some(Branch { function, argument, sign, case: 2 * index + 1 }));
                }
                (Sign::Positive, _) => {
                    last = Some(Branch { function, argument, sign, case: 2 * index + 2 });
                }
            }
        }
        Ok(last)
    }

    /// The partial derivative of a call whose case is known.
    ///
    /// # Errors
    ///
    /// The derivative is not defined there (the square root's at 0).
    pub fn derivative(
        &mut self,
        call: &Call,
        index: usize,
        arguments: &[Real],
        case: usize,
    ) -> Result<Real, Failure> {
        let chosen = call.function.chosen_slope(index).filter(|_| case % 2 == 1);
        let formula = match (chosen, &call.at_kink) {
            (Some(formula), Some(_)) => formula,
            _ => call.function.derivative(index, case),
        };
        let value = self.evaluate(formula, &|name| Ok(call.bound(name, arguments)));
        value.map_err(|failure| failure.within(&call.put_into(formula)))
    }
}

/// Of a single entry: softmax is 1, its logarithm 0.
fn single(row: Row) -> Real {
    match row {
        Row::Softmax => Real::one(),
        Row::LogSoftmax | Row::CrossEntropy => Real::zero(),
    }
}

/// The sum and the mean of one number are itself, its norm the absolute value.
fn reduced(kind: Reduction, argument: &Real, call: &Call) -> Result<Real, Failure> {
    match kind {
        Reduction::Sum | Reduction::Mean => Ok(argument.clone()),
        Reduction::Norm => {
            argument.abs().map_err(|fault| Failure::of(fault, &Expression::Call(call.clone())))
        }
    }
}

fn apply(primitive: Primitive, argument: &Real) -> Result<Real, Fault> {
    match primitive {
        Primitive::Exp => argument.exp(),
        Primitive::Log => argument.log(),
        Primitive::Sqrt => argument.sqrt(),
        Primitive::Sigmoid => argument.sigmoid(),
        Primitive::Tanh => argument.tanh(),
        Primitive::Sin => argument.sin(),
        Primitive::Cos => argument.cos(),
        Primitive::Softplus => argument.softplus(),
        Primitive::Phi => argument.phi(),
    }
}

/// a^b: a whole exponent by multiplication, a rational one by roots, any other by exp and log.
fn power(base: &Real, exponent: &Real) -> Result<Real, Fault> {
    match exponent.as_rational() {
        Some(number) => match i64::try_from(number.numerator().clone()) {
            Ok(whole) if number.is_int() => base.pow(whole),
            _ => base.pow_rational(&number),
        },
        None => match (base.sign()?, exponent.sign()?) {
            (Sign::Zero, Sign::Positive) => Ok(Real::zero()),
            (Sign::Zero, Sign::Zero) => Ok(Real::one()),
            (Sign::Zero, Sign::Negative) => {
                Err(Undefined::DivisionByZero { numerator: Some("1".to_owned()) }.into())
            }
            (Sign::Negative, _) => Err(Undefined::PowerOfNegative.into()),
            (Sign::Positive, _) => (exponent * &base.log()?).exp(),
        },
    }
}
