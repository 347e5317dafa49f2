//! The leaves of a formula: letters, numbers, operators, delimiters, words and accents.

use pulldown_latex::event::{Content, DelimiterSize, DelimiterType, Font};

use super::alphabet::letter;
use super::node::{Class, Node};
use super::tree::Builder;

impl Builder<'_, '_> {
    pub(super) fn content(&mut self, content: Content<'_>) -> Node {
        match content {
            Content::Text(text) => self.text(text),
            Content::Number(number) => {
                let number: String = number.chars().map(|digit| self.styled(digit)).collect();
                Node::leaf("mn", number, Class::Ordinary)
            }
            Content::Function(name) => {
                let name = name.replace("\\,", "\u{2009}").replace("\\ ", " ");
                self.refuse_commands("an operator name", &name);
                Node::leaf("mi", name, Class::Function)
            }
            Content::Ordinary { content, stretchy } => self.ordinary(content, stretchy),
            Content::LargeOp { content, small } => {
                let node = Node::leaf("mo", content, Class::Large).with("movablelimits", "false");
                if small { node.with("largeop", "false") } else { node }
            }
            Content::BinaryOp { content, .. } => Node::leaf("mo", content, Class::Binary),
            Content::Relation { content, .. } => {
                let mut bytes = [0; 8];
                let text = String::from_utf8_lossy(content.encode_utf8_to_buf(&mut bytes));
                Node::leaf("mo", text, Class::Relation)
            }
            Content::Delimiter { content, size, ty } => {
                // The sizes of \big, \Big, \bigg and \Bigg.
                let size = size.map(|size| match size {
                    DelimiterSize::Big => "1.2em",
                    DelimiterSize::BIG => "1.8em",
                    DelimiterSize::Bigg => "2.4em",
                    DelimiterSize::BIGG => "3em",
                });
                let (class, form) = match ty {
                    DelimiterType::Open => (Class::Open, "prefix"),
                    DelimiterType::Close => (Class::Close, "postfix"),
                    DelimiterType::Fence => (Class::Ordinary, "infix"),
                };
                fence(content, class, form, size)
            }
            Content::Punctuation(content) => Node::leaf("mo", content, Class::Punctuation),
        }
    }

    fn ordinary(&self, content: char, stretchy: bool) -> Node {
        let operator = |c: char| Node::leaf("mo", c, Class::Ordinary);
        match content {
            _ if stretchy => operator(content).with("stretchy", "true"),
            '′' => operator(content),
            // The parser writes the letter mu as the sign of a millionth.
            'µ' => self.ordinary('μ', stretchy),
            '|' | '‖' => operator(content).with("stretchy", "false").with("form", "prefix"),
            // `\|` arrives as the sign for parallel lines, which many fonts slant.
            '∥' => operator('‖').with("stretchy", "false").with("form", "prefix"),
            // TeX sets capital Greek letters upright.
            _ if self.font.is_none() && ('Α'..='Ω').contains(&content) => upright(content),
            _ if self.font == Some(Font::UpRight) => upright(content),
            _ => Node::leaf("mi", self.styled(content), Class::Ordinary),
        }
    }

    fn styled(&self, c: char) -> char {
        self.font.map_or(c, |font| letter(font, c))
    }

    /// `\text`: plain text with `\%`, `\_`, ... unescaped, and formulas between dollar signs.
    fn text(&mut self, text: &str) -> Node {
        let hidden = text.replace("\\$", "\u{E000}");
        let mut nodes = Vec::new();
        for (index, piece) in hidden.split('$').enumerate() {
            if index % 2 == 1 {
                match super::parse(piece, self.style, self.depth + 1) {
                    Ok(inner) => nodes.extend(inner),
                    Err(problem) => self.refuse(problem),
                }
            } else if !piece.is_empty() {
                let mut plain = piece.replace("&nbsp;", "\u{a0}").replace('\u{E000}', "$");
                for escaped in ["%", "_", "&", "#", "{", "}"] {
                    plain = plain.replace(&format!("\\{escaped}"), escaped);
                }
                self.refuse_commands("\\text", &plain);
                nodes.push(self.words(&plain));
            }
        }
        if hidden.matches('$').count() % 2 == 1 {
            self.refuse("a formula inside \\text lacks its closing `$`".into());
        }
        Node::row(nodes)
    }

    fn words(&self, text: &str) -> Node {
        // Space at either end is lost in a formula unless it does not break.
        let inner = text.trim();
        let mut words = String::new();
        if text.starts_with(char::is_whitespace) {
            words.push('\u{a0}');
        }
        words.extend(inner.chars().map(|c| self.styled(c)));
        if text.ends_with(char::is_whitespace) && !inner.is_empty() {
            words.push('\u{a0}');
        }
        Node::leaf("mtext", words, Class::Ordinary)
    }

    fn refuse_commands(&mut self, place: &str, text: &str) {
        if let Some(at) = text.find('\\') {
            let name: String = super::command_at(&text[at..]).into();
            self.refuse(format!("`{name}` cannot stand in {place}"));
        }
    }

    pub(super) fn refuse(&mut self, problem: String) {
        self.problem.get_or_insert(problem);
    }
}

fn upright(c: char) -> Node {
    Node::leaf("mi", c, Class::Ordinary).with("mathvariant", "normal")
}

/// Turns an accent's letter into an operator of the right kind; says whether it was one.
pub(super) fn as_accent(node: &mut Node) -> bool {
    let stretchy = node.attributes.contains("stretchy=\"true\"");
    let text = match node.text() {
        "^" if !stretchy => 'ˆ',
        "~" if !stretchy => '˜',
        "‾" => '¯',
        mark => match mark.chars().next() {
            Some(c @ ('^' | '~' | '→' | '˙' | '¨' | 'ˇ' | '˘' | '´' | '`' | '˚')) => c,
            _ => return false,
        },
    };
    let operator = Node::leaf("mo", text, Class::Ordinary);
    *node = match (text, stretchy) {
        (_, true) | ('¯', _) => operator.with("stretchy", "true"),
        // An arrow of full size is wider than a letter.
        ('→', false) => operator.with("stretchy", "false").with("mathsize", "70%"),
        _ => operator.with("stretchy", "false"),
    };
    true
}

/// A `\middle` delimiter, which the parser gives the size of `\big`, grows as its neighbours do.
pub(super) fn as_middle(node: &mut Node) {
    if node.tag == "mo"
        && node.attribute("form") == Some("infix")
        && node.attribute("minsize") == Some("1.2em")
    {
        let text = node.text().to_owned();
        let grown = Node::leaf("mo", text, node.class).with("form", "infix");
        *node = grown.with("lspace", "0").with("rspace", "0").with("stretchy", "true");
    }
}

fn fence(content: char, class: Class, form: &str, size: Option<&str>) -> Node {
    let mut node = Node::leaf("mo", content, class);
    if form == "infix" || matches!(content, '|' | '‖' | '∥' | '∣' | '/' | '\\') {
        node.set("form", form);
        node.set("lspace", "0");
        node.set("rspace", "0");
    }
    match size {
        Some(size) => {
            for (name, value) in
                [("stretchy", "true"), ("symmetric", "true"), ("minsize", size), ("maxsize", size)]
            {
                node.set(name, value);
            }
        }
        None => node.set("stretchy", "false"),
    }
    node
}
