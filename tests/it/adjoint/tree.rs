//! Expressions of the scenario language, to be written down and to be evaluated.

use dashu_ratio::RBig;

#[derive(Clone, Debug)]
pub(crate) enum Tree {
    Number(RBig),
    Name(String),
    Negate(Box<Tree>),
    Transpose(Box<Tree>),
    /// `+ - * / @`
    Binary(char, Box<Tree>, Box<Tree>),
    /// To the power of a whole number.
    Power(Box<Tree>, i64),
    /// A positive base to any power.
    Raise(Box<Tree>, Box<Tree>),
    Call {
        function: &'static str,
        arguments: Vec<Tree>,
        at_kink: Option<RBig>,
    },
}

pub(crate) fn named(name: &str) -> Tree {
    Tree::Name(name.to_owned())
}

pub(crate) fn binary(operator: char, left: Tree, right: Tree) -> Tree {
    Tree::Binary(operator, Box::new(left), Box::new(right))
}

pub(crate) fn call<const N: usize>(function: &'static str, arguments: [Tree; N]) -> Tree {
    Tree::Call { function, arguments: Vec::from(arguments), at_kink: None }
}

impl Tree {
    /// In brackets wherever that could matter.
    pub(crate) fn text(&self) -> String {
        match self {
            Tree::Number(number) => format!("({number})"),
            Tree::Name(name) => name.clone(),
            Tree::Negate(inner) => format!("(-{})", inner.text()),
            Tree::Transpose(inner) => format!("{}.T", inner.text()),
            Tree::Binary(operator, left, right) => {
                format!("({} {operator} {})", left.text(), right.text())
            }
            Tree::Power(base, exponent) => format!("({}^{exponent})", base.text()),
            Tree::Raise(base, exponent) => format!("({}^{})", base.text(), exponent.text()),
            Tree::Call { function, arguments, at_kink } => {
                let mut list: Vec<String> = arguments.iter().map(Tree::text).collect();
                list.extend(at_kink.iter().map(|slope| format!("at_kink={slope}")));
                match function.split_once('/') {
                    Some((name, form)) => format!("{name}({}, form={form})", list.join(", ")),
                    None => format!("{function}({})", list.join(", ")),
                }
            }
        }
    }

    fn children(&self) -> Vec<&Tree> {
        match self {
            Tree::Number(_) | Tree::Name(_) => Vec::new(),
            Tree::Negate(inner) | Tree::Transpose(inner) | Tree::Power(inner, _) => vec![inner],
            Tree::Binary(_, left, right) | Tree::Raise(left, right) => vec![left, right],
            Tree::Call { arguments, .. } => arguments.iter().collect(),
        }
    }

    /// What the tree is made of: functions by name, operators by their sign.
    pub(crate) fn parts(&self, found: &mut Vec<&'static str>) {
        let name = match self {
            Tree::Number(_) | Tree::Name(_) => "leaf",
            Tree::Negate(_) => "negation",
            Tree::Transpose(_) => ".T",
            Tree::Binary('+', ..) => "+",
            Tree::Binary('-', ..) => "-",
            Tree::Binary('*', ..) => "*",
            Tree::Binary('/', ..) => "/",
            Tree::Binary(..) => "@",
            Tree::Power(..) | Tree::Raise(..) => "^",
            Tree::Call { function, .. } => function,
        };
        found.push(name);
        if let Tree::Call { at_kink: Some(_), .. } = self {
            found.push("at_kink");
        }
        for child in self.children() {
            child.parts(found);
        }
    }

    /// How often the tree names it.
    pub(crate) fn uses(&self, name: &str) -> usize {
        match self {
            Tree::Name(other) => usize::from(other == name),
            _ => self.children().into_iter().map(|child| child.uses(name)).sum(),
        }
    }
}
