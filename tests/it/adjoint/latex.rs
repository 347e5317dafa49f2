//! Formulas of a sheet, read back from their LaTeX and worked out.
//!
//! ```text
//! sum     = ["-"] product (("+" | "-") product)*
//! product = factor factor* | factor ("\odot" factor)*
//! factor  = (symbol | call | "(" sum ")" | "\frac{" sum "}{" sum "}" …) ("^{" … "}")*
//! ```
//!
//! Side by side means the matrix product or a product with a number.

use super::fixed::Judge;
use super::grid::Grid;
use super::jet::Jet;
use super::symbol::Open;
use dashu_ratio::RBig;

/// What symbols stand for, the longest first.
pub(crate) struct Symbols<N>(Vec<(String, Grid<N>)>);

const BLANKS: [&str; 4] = [" ", r"\cdot", r"\thinspace", "\n"];
/// How functions print, before their bracket.
const FUNCTIONS: [(&str, &str); 29] = [
    (r"\mathrm{MSE}", "mse"),
    (r"\mathrm{MAE}", "mae"),
    (r"\mathrm{Huber}_{1}", "huber"),
    (r"\mathrm{hinge}", "hinge"),
    (r"\mathrm{BCE}_{\sigma}", "bce_with_logits"),
    (r"\mathrm{BCE}", "bce"),
    (r"\mathrm{CE}", "cross_entropy"),
    (r"\mathrm{LeakyReLU}_{0.01}", "leaky_relu"),
    (r"\mathrm{ELU}", "elu"),
    (r"\mathrm{SELU}", "selu"),
    (r"\mathrm{softplus}", "softplus"),
    (r"\mathrm{SiLU}", "silu"),
    (r"\mathrm{GELU}_{\tanh}", "gelu/tanh"),
    (r"\mathrm{GELU}", "gelu"),
    (r"\mathrm{HardTanh}", "hard_tanh"),
    (r"\mathrm{ReLU6}", "relu6"),
    (r"\mathrm{softmax}", "softmax"),
    (r"\ln\mathrm{softmax}", "log_softmax"),
    (r"\sin", "sin"),
    (r"\cos", "cos"),
    (r"\mathrm{ReLU}", "relu"),
    (r"\sigma", "sigmoid"),
    (r"\tanh", "tanh"),
    (r"\exp", "exp"),
    (r"\ln", "log"),
    (r"\max", "max"),
    (r"\min", "min"),
    (r"\operatorname{sum}", "sum"),
    (r"\operatorname{mean}", "mean"),
];

impl<N: Judge> Symbols<N> {
    pub(crate) fn new(mut list: Vec<(String, Grid<N>)>) -> Self {
        list.sort_by_key(|(symbol, _)| std::cmp::Reverse(symbol.len()));
        Symbols(list)
    }

    /// The value of a formula.
    pub(crate) fn value(&self, latex: &str) -> Result<Open<N>, String> {
        let mut reader = Reader { rest: latex, symbols: self };
        let value = reader.sum()?;
        if reader.rest.is_empty() { Ok(value) } else { Err(format!("`{}` is left", reader.rest)) }
    }
}

struct Reader<'r, N> {
    rest: &'r str,
    symbols: &'r Symbols<N>,
}

impl<N: Judge> Reader<'_, N> {
    fn blanks(&mut self) {
        while let Some(blank) = BLANKS.iter().find(|blank| self.rest.starts_with(**blank)) {
            self.rest = &self.rest[blank.len()..];
        }
    }

    fn accept(&mut self, text: &str) -> bool {
        self.blanks();
        let rest = self.rest.strip_prefix(text);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn expect(&mut self, text: &str) -> Result<(), String> {
        if self.accept(text) { Ok(()) } else { Err(format!("no `{text}` before `{}`", self.rest)) }
    }

    fn sum(&mut self) -> Result<Open<N>, String> {
        let negative = self.accept("-");
        let first = self.product()?;
        let mut sum = if negative { negated(&first)? } else { first };
        loop {
            if self.accept("+") {
                sum = sum.binary('+', &self.product()?)?;
            } else if self.accept("-") {
                sum = sum.binary('-', &self.product()?)?;
            } else {
                return Ok(sum);
            }
        }
    }

    fn product(&mut self) -> Result<Open<N>, String> {
        let mut product = self.factor()?.ok_or(format!("no factor in `{}`", self.rest))?;
        let (mut entrywise, mut beside) = (false, false);
        loop {
            if self.accept(r"\odot") {
                let right = self.factor()?.ok_or("nothing after the product's sign")?;
                product = product.binary('*', &right)?;
                entrywise = true;
            } else if let Some(right) = self.factor()? {
                let both = product.is_matrix() && right.is_matrix();
                product = product.binary(if both { '@' } else { '*' }, &right)?;
                beside = true;
            } else if entrywise && beside {
                return Err("which product comes first is left open".into());
            } else {
                return Ok(product);
            }
        }
    }

    fn factor(&mut self) -> Result<Option<Open<N>>, String> {
        let Some(mut factor) = self.atom()? else { return Ok(None) };
        loop {
            if self.accept(r"^{\top}") {
                factor = factor.transposed();
            } else if self.accept("^{") {
                let exponent = self.sum()?;
                self.expect("}")?;
                factor = factor.power(&exponent, whole(&exponent))?;
            } else {
                return Ok(Some(factor));
            }
        }
    }

    fn atom(&mut self) -> Result<Option<Open<N>>, String> {
        self.blanks();
        let symbols = &self.symbols.0;
        let symbol = symbols.iter().find(|(symbol, _)| self.rest.starts_with(symbol));
        if let Some((symbol, value)) = symbol {
            self.rest = &self.rest[symbol.len()..];
            return Ok(Some(Open::fixed(value.map(|value| Jet::constant(value.clone())))));
        }
        if self.accept(r"\mathbf{1}^{\top}") {
            return Ok(Some(Open::row_of_ones()));
        }
        if self.accept(r"\mathbf{1}") {
            return Ok(Some(Open::ones()));
        }
        if self.accept(r"\frac{") {
            let above = self.until("}")?;
            self.expect("{")?;
            return Ok(Some(above.binary('/', &self.until("}")?)?));
        }
        let pairs = [
            ("(", ")", ""),
            (r"\left(", r"\right)", ""),
            (r"\sqrt{", "}", "sqrt"),
            (r"\lvert", r"\rvert", "abs"),
            (r"\lVert", r"\rVert", "norm"),
        ];
        for (open, close, function) in pairs {
            if self.accept(open) {
                let inner = self.until(close)?;
                return Ok(Some(match function {
                    "" => inner,
                    function => Open::call(function, None, &[&inner], None)?,
                }));
            }
        }
        if self.accept(r"\operatorname{sgn}'") {
            let arguments = self.arguments()?;
            let arguments: Vec<&Open<N>> = arguments.iter().collect();
            return Ok(Some(Open::call("sign", None, &arguments, Some(0))?));
        }
        // The derivative of `abs` prints as the sign too.
        if self.accept(r"\operatorname{sgn}") {
            let arguments = self.arguments()?;
            let arguments: Vec<&Open<N>> = arguments.iter().collect();
            return Ok(Some(Open::call("abs", None, &arguments, Some(0))?));
        }
        if let Some(called) = self.call()? {
            return Ok(Some(called));
        }
        self.blanks();
        let length = self.rest.find(|c: char| !c.is_ascii_digit() && c != '.');
        let (digits, rest) = self.rest.split_at(length.unwrap_or(self.rest.len()));
        if let Some(number) = crate::witness::decimal(digits) {
            self.rest = rest;
            return Ok(Some(Open::fixed(Grid::scalar(Jet::of(&number)))));
        }
        Ok(None)
    }

    fn until(&mut self, close: &str) -> Result<Open<N>, String> {
        let inner = self.sum()?;
        self.expect(close)?;
        Ok(inner)
    }

    /// `\tanh(v)`, `\tanh'(v)`, `\partial_{2}\max(v, w)`
    fn call(&mut self) -> Result<Option<Open<N>>, String> {
        let by = match () {
            () if self.accept(r"\partial_{1}") => Some(0),
            () if self.accept(r"\partial_{2}") => Some(1),
            () => None,
        };
        let Some((_, function)) = FUNCTIONS.iter().find(|(latex, _)| self.accept(latex)) else {
            return Ok(None);
        };
        let by = if self.accept("'") { Some(0) } else { by };
        let arguments = self.arguments()?;
        let arguments: Vec<&Open<N>> = arguments.iter().collect();
        Ok(Some(Open::call(function, None, &arguments, by)?))
    }

    fn arguments(&mut self) -> Result<Vec<Open<N>>, String> {
        let close = if self.accept(r"\left(") { r"\right)" } else { ")" };
        if close == ")" {
            self.expect("(")?;
        }
        let mut list = vec![self.sum()?];
        while self.accept(",") {
            list.push(self.sum()?);
        }
        self.expect(close)?;
        Ok(list)
    }
}

fn negated<N: Judge>(value: &Open<N>) -> Result<Open<N>, String> {
    Open::together(&[value], &mut |one| one[0].negated())
}

/// The exponent as a whole number, if it is one.
fn whole<N: Judge>(exponent: &Open<N>) -> Option<i64> {
    let value = exponent.fit(None).ok()?.entries[0].clone();
    (-9..=9).find(|whole| N::of(&RBig::from(*whole)).same(&value))
}
