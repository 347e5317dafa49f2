//! About how wide a formula is set, from its LaTeX: enough to know where a long line breaks.

/// The width in em, in the usual fonts for mathematics.
pub(super) fn width(latex: &str) -> f64 {
    Reader { rest: latex }.row()
}

struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    /// Up to the end, or up to what ends a group or a cell, which stays unread.
    fn row(&mut self) -> f64 {
        let mut sum = 0.0;
        loop {
            while let Some(width) = self.rest.bytes().next().and_then(glyph) {
                sum += width;
                self.rest = &self.rest[1..];
            }
            if self.rest.is_empty() || self.ends() {
                return sum;
            }
            sum += self.atom();
        }
    }

    fn ends(&self) -> bool {
        match self.rest.as_bytes() {
            [b'}' | b'&', ..] | [b'\\', b'\\', ..] => true,
            [b'\\', ..] => self.at(r"\end"),
            _ => false,
        }
    }

    fn at(&self, command: &str) -> bool {
        let behind = self.rest.strip_prefix(command);
        behind.is_some_and(|rest| !rest.starts_with(|letter: char| letter.is_ascii_alphabetic()))
    }

    /// The first byte of the next sign, which is passed over.
    fn take(&mut self) -> Option<u8> {
        let first = *self.rest.as_bytes().first()?;
        let length = if first.is_ascii() { 1 } else { self.next_length() };
        self.rest = &self.rest[length..];
        Some(first)
    }

    /// The length of the next sign in bytes.
    fn next_length(&self) -> usize {
        self.rest.chars().next().map_or(0, char::len_utf8)
    }

    fn atom(&mut self) -> f64 {
        match self.take() {
            Some(b'{') => {
                let inner = self.row();
                self.skip('}');
                inner
            }
            Some(b'\\') => self.command(),
            Some(b'_' | b'^') => 0.7 * self.argument(),
            Some(b'}' | b'&') | None => 0.0,
            Some(sign) => glyph(sign).unwrap_or(0.6),
        }
    }

    /// What a command takes: a group, or the next sign.
    fn argument(&mut self) -> f64 {
        self.rest = self.rest.trim_start();
        if self.ends() { 0.0 } else { self.atom() }
    }

    fn skip(&mut self, sign: char) {
        self.rest = self.rest.strip_prefix(sign).unwrap_or(self.rest);
    }

    fn name(&mut self) -> &'a str {
        let letters = self.rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        // A command of one sign, such as `\,`.
        let length = match letters {
            0 => self.next_length(),
            letters => letters,
        };
        let (name, rest) = self.rest.split_at(length);
        self.rest = rest;
        name
    }

    fn command(&mut self) -> f64 {
        match self.name() {
            "frac" | "dfrac" => self.argument().max(self.argument()) + 0.3,
            "tfrac" => 0.7 * self.argument().max(self.argument()) + 0.3,
            "sqrt" => self.argument() + 1.0,
            "text" | "mathrm" | "operatorname" | "mathcal" | "mathbf" | "bar" | "hat" | "tilde"
            | "vec" | "dot" => self.argument(),
            "begin" => self.environment(),
            "left" | "right" | "bigl" | "bigr" | "big" | "Big" => 0.1,
            "," | "thinspace" | ":" | ";" | "thickspace" | "!" => 0.2,
            "quad" => 1.0,
            "qquad" => 2.0,
            "lvert" | "rvert" | "lVert" | "rVert" | "lbrace" | "rbrace" | "{" | "}" => 0.4,
            "cdot" => 0.75,
            "approx" | "odot" | "le" | "ge" | "leq" | "geq" | "ne" | "to" | "leftarrow" | "sim" => {
                1.3
            }
            "ln" | "min" | "max" | "exp" | "tanh" | "sin" | "cos" | "log" => 1.8,
            _ => 0.65,
        }
    }

    /// The columns of a matrix, each as wide as its widest cell.
    fn environment(&mut self) -> f64 {
        self.argument();
        let mut columns: Vec<f64> = Vec::new();
        let mut column = 0;
        loop {
            let cell = self.row();
            match columns.get_mut(column) {
                Some(known) => *known = known.max(cell),
                None => columns.push(cell),
            }
            if self.rest.starts_with('&') {
                self.skip('&');
                column += 1;
            } else if let Some(rest) = self.rest.strip_prefix(r"\\") {
                self.rest = rest;
                column = 0;
            } else {
                break;
            }
        }
        if self.at(r"\end") {
            self.take();
            self.name();
            self.argument();
        }
        let between = f64::from(u32::try_from(columns.len()).unwrap_or(u32::MAX).saturating_sub(1));
        columns.iter().sum::<f64>() + 1.0 * between + 1.2
    }
}

/// The width of an ASCII sign that stands for itself.
fn glyph(sign: u8) -> Option<f64> {
    match sign {
        b'{' | b'}' | b'\\' | b'_' | b'^' | b'&' | 128.. => None,
        b'0'..=b'9' => Some(0.5),
        b'+' | b'-' | b'=' | b'<' | b'>' => Some(1.2),
        b'(' | b')' | b'[' | b']' | b',' | b';' | b'.' | b'|' | b'\'' | b'!' => Some(0.35),
        b'm' | b'w' | b'M' | b'W' => Some(0.85),
        b' ' | b'\n' => Some(0.0),
        _ => Some(0.6),
    }
}

#[cfg(test)]
mod tests {
    use super::width;

    /// Measured in a browser, in em, with the fonts that pages ask for.
    #[test]
    fn widths_are_about_what_is_set() {
        let table = [
            ("w_{1}", 0.85, 1.4),
            (r"1 - 0.5 \cdot 6", 3.5, 6.0),
            (r"\frac{100}{3}", 1.5, 2.2),
            (r"\begin{pmatrix} 1 & -1 \\ 10 & 100 \end{pmatrix}", 4.0, 6.5),
            (r"\mathrm{ReLU}(z)", 2.4, 4.5),
        ];
        for (latex, low, high) in table {
            let found = width(latex);
            assert!((low..=high).contains(&found), "{latex}: {found}");
        }
    }

    #[test]
    fn any_text_has_a_width() {
        for text in ["", "{", "}", r"\", r"\begin{", r"\frac", "_", "a & b", r"\\ \end{x}", "é"] {
            assert!(width(text) >= 0.0, "{text}");
        }
    }
}
