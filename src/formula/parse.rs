//! Reading an expression: a lexer and a precedence-climbing parser.
//!
//! ```text
//! sum      = product (("+" | "-") product)*
//! product  = unary (("*" | "/" | "@") unary)*    left to right
//! unary    = "-" product-of-one | power          so -x^2 is -(x^2)
//! power    = turned ("^" exponent)?              right to left
//! turned   = atom ".T"*
//! atom     = number | name | function "(" arguments ")" | "(" sum ")"
//! ```

use std::cell::RefCell;

use super::extent::extent;
use super::function::Given;
use super::{Call, Expression, Function, Operator, function, suggest};
use crate::limits::Limit;
use crate::memo::Memo;
use crate::number::{Rational, parse_decimal};

/// How `.T` is called among the symbols.
const TRANSPOSE: char = '\u{1d40}';

/// Texts that are remembered: the rules and models of many papers of one kind.
const REMEMBERED: usize = 1024;

thread_local! {
    static PARSED: RefCell<Memo<String, Result<Parsed, ParseError>>> =
        RefCell::new(Memo::new(REMEMBERED));
}

/// What reading an expression gives.
#[derive(Debug, Clone, PartialEq)]
pub struct Parsed {
    /// The tree.
    pub expression: Expression,
    /// Every name in it, in reading order, with its place.
    pub names: Vec<Mention>,
}

/// A name at its place in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// The name.
    pub name: String,
    /// Byte offset in the expression's text.
    pub offset: usize,
}

/// What is wrong with an expression, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseError {
    /// Byte offset in the expression's text.
    pub offset: usize,
    /// How many bytes the marker should cover.
    pub width: usize,
    /// What is wrong.
    pub message: String,
    /// What was probably meant.
    pub help: Option<String>,
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Number(Rational),
    Name(String),
    Symbol(char),
}

#[derive(Debug, Clone)]
struct Lexeme {
    token: Token,
    offset: usize,
    width: usize,
}

/// Whether the text is a name: a letter, then letters, digits and underscores.
pub fn is_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}

/// Reads one expression of the scenario language.
///
/// ```
/// let parsed = gradsheet::formula::parse("1/2 * (y_hat - y)^2").unwrap();
/// assert_eq!(parsed.names[0].name, "y_hat");
/// let error = gradsheet::formula::parse("relu(z").unwrap_err();
/// assert_eq!(error.message, "`(` is not closed");
/// ```
///
/// # Errors
///
/// The first place at which the text stops being an expression.
pub fn parse(text: &str) -> Result<Parsed, ParseError> {
    if text.len() > Limit::ExpressionLength.count() {
        let what = format!("the {} bytes of this expression", text.len());
        return Err(exceeded(0, Limit::ExpressionLength, &what, u64::try_from(text.len()).ok()));
    }
    PARSED.with_borrow_mut(|known| known.result(text, || read(text, Source::Author)))
}

/// Reads a formula of the table of functions, where `abs'(z)` is a derivative.
pub(super) fn parse_entry(text: &str) -> Result<Parsed, ParseError> {
    read(text, Source::Table)
}

/// Who wrote an expression.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    Author,
    Table,
}

fn read(text: &str, source: Source) -> Result<Parsed, ParseError> {
    let lexemes = lex(text, source)?;
    let (end, names) = (text.len(), Vec::new());
    let mut parser = Parser { lexemes, position: 0, end, names, depth: 0, height: 0, source };
    let expression = parser.sum()?;
    if let Some(left) = parser.peek() {
        return Err(parser.unexpected(left));
    }
    if source == Source::Author {
        check_length(text, &expression)?;
    }
    Ok(Parsed { expression, names: parser.names })
}

/// Refuses functions within one another whose formulas have their arguments twice, where there are
/// so many that nobody could write them out.
fn check_length(text: &str, expression: &Expression) -> Result<(), ParseError> {
    let parts = extent(expression, &|_| None).parts;
    let own = u64::try_from(text.len()).unwrap_or(u64::MAX);
    if parts <= Limit::FormulaLength.get().max(own) {
        return Ok(());
    }
    let what = "the parts of this expression, its functions written out,";
    Err(exceeded(0, Limit::FormulaLength, what, Some(parts)))
}

fn error(offset: usize, width: usize, message: impl Into<String>) -> ParseError {
    ParseError { offset, width, message: message.into(), help: None }
}

fn exceeded(offset: usize, limit: Limit, what: &str, needed: Option<u64>) -> ParseError {
    ParseError { help: Some(limit.advice(needed)), ..error(offset, 1, limit.exceeded(what)) }
}

fn lex(text: &str, source: Source) -> Result<Vec<Lexeme>, ParseError> {
    let mut lexemes = Vec::new();
    let mut offset = 0;
    while let Some(first) = text[offset..].chars().next() {
        let rest = &text[offset..];
        if first.is_whitespace() {
            offset += first.len_utf8();
            continue;
        }
        let (token, width) = if is_transpose(rest) {
            (Token::Symbol(TRANSPOSE), 2)
        } else if first.is_ascii_digit() || first == '.' {
            number(rest, offset)?
        } else if first.is_ascii_alphabetic() {
            let width = run(rest, |letter| letter.is_ascii_alphanumeric() || letter == '_');
            (Token::Name(rest[..width].to_owned()), width)
        } else if "+-*/^(),=@".contains(first) || (first == '\'' && source == Source::Table) {
            (Token::Symbol(first), 1)
        } else {
            return Err(stray(first, offset));
        };
        lexemes.push(Lexeme { token, offset, width });
        offset += width;
    }
    Ok(lexemes)
}

/// `.T`, and no longer name.
fn is_transpose(rest: &str) -> bool {
    rest.strip_prefix(".T").is_some_and(|after| {
        !after.starts_with(|letter: char| letter.is_ascii_alphanumeric() || letter == '_')
    })
}

fn run(text: &str, belongs: impl Fn(char) -> bool) -> usize {
    text.find(|letter| !belongs(letter)).unwrap_or(text.len())
}

/// A decimal number; its exponent belongs to it (`1e-8`), a following name does not (`2x`).
fn number(rest: &str, offset: usize) -> Result<(Token, usize), ParseError> {
    let mut width = run(rest, |letter| letter.is_ascii_digit() || letter == '.');
    let tail = &rest[width..];
    if let Some(after) = tail.strip_prefix(['e', 'E']) {
        let sign = usize::from(after.starts_with(['+', '-']));
        let digits = run(&after[sign..], |letter| letter.is_ascii_digit());
        if digits > 0 {
            width += 1 + sign + digits;
        }
    }
    if rest[width..].starts_with(|letter: char| letter.is_ascii_alphanumeric() || letter == '_') {
        let mut problem = error(offset, width, "a number and a name stand side by side");
        problem.help = Some("write the product with `*`, as in `2*x`".into());
        return Err(problem);
    }
    match parse_decimal(&rest[..width]) {
        Ok(value) => Ok((Token::Number(value), width)),
        Err(reason) => Err(error(offset, width, reason.to_string())),
    }
}

fn stray(symbol: char, offset: usize) -> ParseError {
    let (message, help) = match symbol {
        '\u{2212}' | '\u{2013}' => (format!("`{symbol}` is not a minus sign"), Some("write `-`")),
        '\u{d7}' | '\u{b7}' | '\u{22c5}' => {
            (format!("`{symbol}` is not an operator"), Some("write the product with `*`"))
        }
        '{' | '}' => (
            "`{…}` counts nothing here".into(),
            Some("a repeated line ends in `for l in 1..depth`"),
        ),
        '<' | '>' | '!' => ("comparisons stand in requirements only".into(), None),
        '\\' => (
            "a formula of the model is no LaTeX".into(),
            Some("write `*` for a product, and names such as `alpha` or `y_hat` without `\\`"),
        ),
        '%' => (
            "`%` has no meaning in an expression".into(),
            Some("write a percentage as a decimal number, such as 0.5"),
        ),
        '[' | ']' => (
            format!("`{symbol}` has no meaning in an expression"),
            Some(
                "brackets are round; a matrix has its numbers in `init` or `data`, and a name here",
            ),
        ),
        '\u{2264}' | '\u{2265}' | '\u{2260}' => (
            format!("`{symbol}` is not an operator"),
            Some("a requirement compares by `<=`, `>=` or `!=`"),
        ),
        _ => (format!("`{symbol}` has no meaning in an expression"), None),
    };
    ParseError { offset, width: 1, message, help: help.map(Into::into) }
}

struct Parser {
    lexemes: Vec<Lexeme>,
    position: usize,
    end: usize,
    names: Vec<Mention>,
    /// Within how many brackets, signs and exponents the next operand stands.
    depth: usize,
    /// How many operations stand within one another in what was read last.
    height: usize,
    source: Source,
}

impl Parser {
    fn peek(&self) -> Option<&Lexeme> {
        self.lexemes.get(self.position)
    }

    fn accept(&mut self, symbols: &str) -> Option<char> {
        match self.peek()?.token {
            Token::Symbol(symbol) if symbols.contains(symbol) => {
                self.position += 1;
                Some(symbol)
            }
            _ => None,
        }
    }

    fn unexpected(&self, lexeme: &Lexeme) -> ParseError {
        let message = match &lexeme.token {
            Token::Symbol(')') => "`)` closes nothing".into(),
            Token::Symbol(TRANSPOSE) => "`.T` follows what it transposes".into(),
            Token::Symbol('=') => {
                "`=` stands once in a line, after the name that is defined".into()
            }
            Token::Symbol(symbol) => format!("`{symbol}` is not expected here"),
            Token::Name(name) => format!("`{name}` is not expected here"),
            Token::Number(_) => "a number is not expected here".into(),
        };
        let mut problem = error(lexeme.offset, lexeme.width, message);
        let before = self.position.checked_sub(1).and_then(|index| self.lexemes.get(index));
        let times = Token::Symbol('*');
        if lexeme.token == times && before.is_some_and(|before| before.token == times) {
            problem.help = Some("a power is written `^`".into());
        } else if let Token::Name(name) = &lexeme.token
            && ["and", "or", "not", "if", "else"].contains(&name.as_str())
        {
            problem.help = Some("conditions stand in requirements only".into());
        } else if matches!(lexeme.token, Token::Name(_) | Token::Number(_) | Token::Symbol('('))
            && self.position > 0
        {
            problem.help = Some("write a product with `*`".into());
        }
        problem
    }

    fn deeper(&mut self) -> Result<(), ParseError> {
        self.depth += 1;
        self.bounded(self.depth, Limit::Brackets, "brackets within one another")
    }

    /// Refuses what is too deep, so that no text exhausts the stack: of this parser, or of those
    /// who walk the tree.
    fn bounded(&self, depth: usize, limit: Limit, what: &str) -> Result<(), ParseError> {
        if depth <= limit.count() {
            return Ok(());
        }
        let offset = self.peek().map_or(self.end, |lexeme| lexeme.offset);
        let problem = exceeded(offset, limit, what, None);
        let help = problem.help.unwrap_or_default();
        let help = format!("divide it among several lines, each with a name of its own; or {help}");
        Err(ParseError { help: Some(help), ..problem })
    }

    /// A tree with one more operation on top, over an operand of that height and the one that
    /// was read last.
    fn higher(&mut self, other: usize) -> Result<(), ParseError> {
        self.height = self.height.max(other) + 1;
        self.bounded(self.height, Limit::Depth, "operations within one another")
    }

    fn sum(&mut self) -> Result<Expression, ParseError> {
        self.deeper()?;
        let mut left = self.product()?;
        while let Some(symbol) = self.accept("+-") {
            let operator = if symbol == '+' { Operator::Add } else { Operator::Subtract };
            let height = self.height;
            left = Expression::binary(operator, left, self.product()?);
            self.higher(height)?;
        }
        self.depth -= 1;
        Ok(left)
    }

    fn product(&mut self) -> Result<Expression, ParseError> {
        if self.accept("-").is_some() {
            self.deeper()?;
            let inner = self.product()?;
            self.depth -= 1;
            self.higher(0)?;
            return Ok(Expression::Negate(Box::new(inner)));
        }
        let mut left = self.power()?;
        while let Some(symbol) = self.accept("*/@") {
            let operator = match symbol {
                '*' => Operator::Multiply,
                '@' => Operator::MatMul,
                _ => Operator::Divide,
            };
            let height = self.height;
            left = Expression::binary(operator, left, self.signed_power()?);
            self.higher(height)?;
        }
        Ok(left)
    }

    /// A factor or exponent that may carry its own sign, as in `2 * -x`.
    fn signed_power(&mut self) -> Result<Expression, ParseError> {
        if self.accept("-").is_none() {
            return self.power();
        }
        self.deeper()?;
        let inner = self.signed_power()?;
        self.depth -= 1;
        self.higher(0)?;
        Ok(Expression::Negate(Box::new(inner)))
    }

    fn power(&mut self) -> Result<Expression, ParseError> {
        let mut base = self.atom()?;
        while self.accept(&TRANSPOSE.to_string()).is_some() {
            base = Expression::Transpose(Box::new(base));
            self.higher(0)?;
        }
        if self.accept("^").is_none() {
            return Ok(base);
        }
        self.deeper()?;
        let height = self.height;
        let exponent = self.signed_power()?;
        self.depth -= 1;
        self.higher(height)?;
        Ok(Expression::binary(Operator::Power, base, exponent))
    }

    fn atom(&mut self) -> Result<Expression, ParseError> {
        let Some(lexeme) = self.peek().cloned() else {
            return Err(error(self.end, 1, "the expression ends too early"));
        };
        self.position += 1;
        self.height = 0;
        match lexeme.token.clone() {
            Token::Number(value) => Ok(Expression::Number(value)),
            Token::Symbol('(') => {
                let inner = self.sum()?;
                self.close(lexeme.offset)?;
                Ok(inner)
            }
            Token::Name(name) if self.accept("(").is_some() => {
                self.call(&name, &lexeme).map(Expression::Call)
            }
            Token::Name(name) if self.accept("'").is_some() && self.accept("(").is_some() => {
                self.call(&name, &lexeme).map(|call| Expression::Derivative(call, 0))
            }
            Token::Name(name) => {
                self.names.push(Mention { name: name.clone(), offset: lexeme.offset });
                Ok(Expression::Name(name))
            }
            Token::Symbol(_) => {
                self.position -= 1;
                Err(self.unexpected(&lexeme))
            }
        }
    }

    fn close(&mut self, opened: usize) -> Result<(), ParseError> {
        if self.accept(")").is_some() {
            return Ok(());
        }
        match self.peek() {
            None => Err(error(opened, 1, "`(` is not closed")),
            Some(lexeme) => Err(self.unexpected(lexeme)),
        }
    }

    fn call(&mut self, name: &str, at: &Lexeme) -> Result<Call, ParseError> {
        let internal = function::internal(name).filter(|_| self.source == Source::Table);
        let Some(mut function) = internal.or_else(|| function::find(name)) else {
            return Err(unknown_function(name, at));
        };
        let opened = at.offset + at.width;
        let mut arguments = Vec::new();
        let mut highest = 0;
        let mut at_kink = None;
        loop {
            match self.option_name() {
                Some(option) if option.token == Token::Name("form".into()) => {
                    function = self.form(function, &option)?;
                }
                Some(option) => at_kink = Some(self.option(function, &option)?),
                None => {
                    let offset = self.peek().map_or(self.end, |lexeme| lexeme.offset);
                    arguments.push((self.sum()?, offset));
                    highest = highest.max(self.height);
                }
            }
            if self.accept(",").is_none() {
                break;
            }
        }
        self.higher(highest)?;
        self.close(opened)?;
        let given = function.constants.iter().filter(|known| known.given != Given::Never).count();
        let (least, given_here) = (function.parameters.len(), arguments.len());
        if !(least..=least + given).contains(&given_here) {
            let wanted = if given == 0 {
                least.to_string()
            } else {
                format!("{least} or {}", least + given)
            };
            let plural = if least + given == 1 { "argument" } else { "arguments" };
            let stand = if given_here == 1 { "stands" } else { "stand" };
            let message =
                format!("`{name}` takes {wanted} {plural}, but {given_here} {stand} here");
            return Err(error(at.offset, at.width, message));
        }
        let rest = arguments.split_off(least);
        let arguments = arguments.into_iter().map(|(argument, _)| argument).collect();
        let mut call = Call { at_kink, ..Call::new(function, arguments) };
        for (index, (text, offset)) in rest.iter().enumerate() {
            call.constants[index] =
                number_of(function, index, text).map_err(|message| error(*offset, 1, message))?;
        }
        Ok(call)
    }

    /// `name =` ahead: an option of the call.
    fn option_name(&mut self) -> Option<Lexeme> {
        let next = self.lexemes.get(self.position + 1)?;
        let lexeme = self.peek()?.clone();
        if !matches!(lexeme.token, Token::Name(_)) || next.token != Token::Symbol('=') {
            return None;
        }
        self.position += 2;
        Some(lexeme)
    }

    /// `form=tanh`
    fn form(
        &mut self,
        function: &'static Function,
        at: &Lexeme,
    ) -> Result<&'static Function, ParseError> {
        if function::find_form(function.name, "erf").is_none() {
            return Err(no_such_option(function, at));
        }
        let word = self.peek().cloned();
        if let Some(Lexeme { token: Token::Name(form), .. }) = &word
            && let Some(found) = function::find_form(function.name, form)
        {
            self.position += 1;
            return Ok(found);
        }
        let (offset, width) = word.map_or((self.end, 1), |lexeme| (lexeme.offset, lexeme.width));
        Err(error(offset, width, format!("`form` of `{}` is `erf` or `tanh`", function.name)))
    }

    fn option(&mut self, function: &'static Function, at: &Lexeme) -> Result<Rational, ParseError> {
        if at.token != Token::Name("at_kink".into()) || !function.has_kink() {
            return Err(no_such_option(function, at));
        }
        let offset = self.peek().map_or(self.end, |lexeme| lexeme.offset);
        constant(&self.sum()?)
            .ok_or_else(|| error(offset, 1, "`at_kink` takes a number, such as 0, 1/2 or 1"))
    }
}

fn no_such_option(function: &'static Function, at: &Lexeme) -> ParseError {
    let message = format!("`{}` has no such option", function.called());
    let mut problem = error(at.offset, at.width, message);
    if function.has_kink() {
        problem.help = Some("`at_kink` chooses the derivative at the kink".into());
    } else if function::find_form(function.called(), "erf").is_some() {
        problem.help = Some("`form` is `erf` or `tanh`".into());
    }
    problem
}

/// A constant of a call, as in `leaky_relu(z, 0.1)`.
fn number_of(
    function: &'static Function,
    index: usize,
    given: &Expression,
) -> Result<Rational, String> {
    let known = &function.constants[index];
    let Some(value) = constant(given) else {
        return Err(format!(
            "the last argument of `{}` is a number, such as {}",
            function.name, known.value
        ));
    };
    if known.given == Given::Positive && value <= Rational::ZERO {
        return Err(format!("the last argument of `{}` is positive", function.name));
    }
    Ok(value)
}

/// The value of an expression of numbers alone, such as `1/2` or `-1`.
fn constant(expression: &Expression) -> Option<Rational> {
    match expression {
        Expression::Number(value) => Some(value.clone()),
        Expression::Negate(inner) => Some(-constant(inner)?),
        Expression::Binary(Operator::Divide, left, right) => {
            let divisor = constant(right)?;
            (divisor != Rational::ZERO).then(|| constant(left).map(|value| value / divisor))?
        }
        _ => None,
    }
}

fn unknown_function(name: &str, at: &Lexeme) -> ParseError {
    let mut problem = error(at.offset, at.width, format!("there is no function `{name}`"));
    let known = function::all().iter().filter(|function| function.form().is_none());
    let names: Vec<&str> = known.map(|function| function.name).collect();
    problem.help = Some(match suggest(name, names.iter().copied()) {
        Some(known) => format!("did you mean `{known}`?"),
        None => format!("a product needs `*`; the functions are {}", names.join(", ")),
    });
    problem
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn precedence_follows_school_mathematics() {
        // Left: the text. Right: the same with every bracket written.
        let table = [
            ("-x^2", "-(x^2)"),
            ("a - b - c", "(a - b) - c"),
            ("a/b*c", "(a/b)*c"),
            ("2^3^2", "2^(3^2)"),
            ("a*-b", "a*(-b)"),
            ("x^-1", "x^(-1)"),
            ("-a*b + c", "(-(a*b)) + c"),
            ("1e-8 + 2E3", "0.00000001 + 2000"),
        ];
        for (text, bracketed) in table {
            assert_eq!(parse(text).unwrap().expression, parse(bracketed).unwrap().expression);
        }
    }

    #[test]
    fn errors_name_the_place_and_what_was_meant() {
        let table = [
            ("2x", 0, "a number and a name stand side by side"),
            ("w*x +", 5, "the expression ends too early"),
            ("(w*x", 0, "`(` is not closed"),
            ("w*x)", 3, "`)` closes nothing"),
            ("w x", 2, "`x` is not expected here"),
            ("rleu(z)", 0, "there is no function `rleu`"),
            ("max(a)", 0, "`max` takes 2 arguments, but 1 stands here"),
            ("leaky_relu(z, 1, 2)", 0, "`leaky_relu` takes 1 or 2 arguments, but 3 stand here"),
            ("leaky_relu(z, w)", 14, "the last argument of `leaky_relu` is a number, such as 0.01"),
            ("huber(a, b, 0)", 12, "the last argument of `huber` is positive"),
            ("gelu(z, form=sin)", 13, "`form` of `gelu` is `erf` or `tanh`"),
            ("relu(z, form=tanh)", 8, "`relu` has no such option"),
            ("Phi(z)", 0, "there is no function `Phi`"),
            ("abs'(z)", 3, "`'` has no meaning in an expression"),
            ("exp(z, at_kink=1)", 7, "`exp` has no such option"),
            ("w − b", 2, "`−` is not a minus sign"),
            ("1.2.3", 0, "`.` does not belong into a number"),
            ("", 0, "the expression ends too early"),
        ];
        for (text, offset, message) in table {
            let problem = parse(text).unwrap_err();
            assert_eq!((problem.offset, problem.message.as_str()), (offset, message), "{text}");
        }
        assert_eq!(parse("rleu(z)").unwrap_err().help.as_deref(), Some("did you mean `relu`?"));
    }

    #[test]
    fn formulas_that_double_are_refused() {
        // 2ⁿ logarithms, written out.
        let nested = |times: usize| "bce(".repeat(times) + "x" + &", y)".repeat(times);
        assert!(parse(&nested(5)).is_ok());
        assert!(parse(&nested(60)).unwrap_err().message.contains("formula_length"));
    }

    #[test]
    fn deep_nesting_is_refused() {
        let text = "(".repeat(3000) + "x" + &")".repeat(3000);
        assert!(parse(&text).unwrap_err().message.contains("within one another"));
        assert!(
            parse(&("-".repeat(3000) + "x")).unwrap_err().message.contains("within one another")
        );
    }

    #[test]
    fn long_chains_are_refused() {
        // However it is written: the tree is what has to be walked.
        let chains = ["x+", "x*", "x/", "x-", "x@", "1*(x+2)^2+"];
        for link in chains {
            assert!(parse(&(link.repeat(99) + "x")).is_ok(), "{link}");
            let problem = parse(&(link.repeat(900) + "x")).unwrap_err();
            assert!(problem.message.contains("within one another"), "{link}: {}", problem.message);
        }
        let transposed = parse(&("x".to_owned() + &".T".repeat(900))).unwrap_err();
        assert!(transposed.message.contains("within one another"), "{}", transposed.message);
    }
}
