//! A row of atoms: the space between them, words made of upright letters, and primes.
//!
//! A browser spaces `mo` by its operator dictionary, which agrees with TeX on relations and binary
//! operators. TeX alone knows that a minus after `=` or `·` is a sign: such an operator gets
//! `form="prefix"` (The TeXbook, appendix G, rules 5 and 6).

use super::node::{APPLIED, Class, Content, Node};

/// A row while it grows: joins upright letters to words, and primes to what they belong to.
#[derive(Default)]
pub(super) struct Row(Vec<Node>);

impl Row {
    pub(super) fn push(&mut self, mut node: Node) {
        // A prime, or a script whose base is one: `f'`, `f'^2`, `f'_i`.
        let prime = is_prime(&node) || node.children().first().is_some_and(is_prime);
        if prime && let Some(owner) = self.0.pop() {
            self.0.push(with_prime(owner, node));
            return;
        }
        if let Some(last) = self.0.last_mut()
            && is_upright_letter(&node)
            && (is_upright_letter(last) || last.attributes.is_empty() && is_word(last))
            && let Content::Text(word) = &mut last.content
        {
            word.push_str(node.text());
            // More than one letter is upright without saying so.
            last.attributes.clear();
            return;
        }
        if let [.., whole, mark] = self.0.as_slice()
            && is_plain_number(whole)
            && (mark.braced && mark.text() == ",")
            && let Some(Content::Text(digits)) = leading_number(&mut node)
        {
            // A decimal comma, `1{,}5`: one number, as it is read aloud.
            digits.insert_str(0, &format!("{},", whole.text()));
            self.0.truncate(self.0.len() - 2);
            self.0.push(node);
            return;
        }
        if node.braced && node.tag == "mo" {
            node.set("lspace", "0");
            node.set("rspace", "0");
            node.class = Class::Ordinary;
        }
        self.0.push(node);
    }

    /// Space around functions, and signs told from binary operators.
    pub(super) fn finish(self) -> Vec<Node> {
        let classes: Vec<Class> = self.0.iter().map(|node| node.class).collect();
        let mut nodes = Vec::with_capacity(self.0.len());
        let mut before = None;
        for (index, mut node) in self.0.into_iter().enumerate() {
            let after = classes[index + 1..].iter().find(|class| **class != Class::Space).copied();
            match node.class {
                Class::Binary => {
                    let operand = matches!(before, Some(Class::Ordinary | Class::Close));
                    let dangling = matches!(
                        after,
                        None | Some(Class::Relation | Class::Close | Class::Punctuation)
                    );
                    if !operand || dangling {
                        node.class = Class::Ordinary;
                        if node.tag == "mo" {
                            node.set("form", "prefix");
                            node.set("lspace", "0");
                            node.set("rspace", "0");
                        }
                    }
                    before = Some(node.class);
                    nodes.push(node);
                }
                Class::Function => {
                    if matches!(before, Some(Class::Ordinary | Class::Close)) {
                        nodes.push(Node::space("0.1667em"));
                    }
                    before = Some(node.class);
                    nodes.push(node);
                    match after {
                        None | Some(Class::Punctuation | Class::Close | Class::Relation) => {}
                        Some(Class::Open) => nodes.push(applied()),
                        Some(_) => nodes.extend([applied(), Node::space("0.1667em")]),
                    }
                }
                Class::Space => nodes.push(node),
                class => {
                    before = Some(class);
                    nodes.push(node);
                }
            }
        }
        nodes
    }
}

fn applied() -> Node {
    Node::leaf("mo", APPLIED, Class::Ordinary)
}

fn is_upright_letter(node: &Node) -> bool {
    node.tag == "mi" && node.attributes == " mathvariant=\"normal\"" && is_word(node)
}

fn is_word(node: &Node) -> bool {
    node.tag == "mi"
        && node.class == Class::Ordinary
        && !node.braced
        && node.text().chars().all(|c| c.is_ascii_alphabetic())
        && !(node.attributes.is_empty() && node.text().len() == 1)
}

fn is_plain_number(node: &Node) -> bool {
    node.tag == "mn" && node.attributes.is_empty()
}

/// The text of a number, or of one that is the base of a script.
fn leading_number(node: &mut Node) -> Option<&mut Content> {
    if is_plain_number(node) {
        return Some(&mut node.content);
    }
    match (node.tag, &mut node.content) {
        ("msup" | "msub" | "msubsup", Content::Children(parts)) => {
            parts.first_mut().filter(|base| is_plain_number(base)).map(|base| &mut base.content)
        }
        _ => None,
    }
}

fn is_prime(node: &Node) -> bool {
    node.tag == "mo" && matches!(node.text(), "′" | "″" | "‴")
}

/// `owner` with one more prime, which may bring scripts of its own: in `a'_1` the subscript
/// belongs to `a`, in `a'^2` the exponent to `a'`.
fn with_prime(owner: Node, prime: Node) -> Node {
    let class = owner.class;
    let script = |tag, parts: Vec<Node>| Node::parent(tag, parts);
    let mut node = match (prime.tag, prime.children()) {
        ("msub", [mark, sub]) => primed(script("msub", vec![owner, sub.clone()]), mark.clone()),
        ("msup", [mark, sup]) => script("msup", vec![primed(owner, mark.clone()), sup.clone()]),
        ("msubsup", [mark, sub, sup]) => {
            let base = primed(script("msub", vec![owner, sub.clone()]), mark.clone());
            script("msup", vec![base, sup.clone()])
        }
        _ => primed(owner, prime),
    };
    node.class = class;
    node
}

/// A prime is no superscript: fonts draw it raised, and browsers would raise it again.
fn primed(mut owner: Node, mark: Node) -> Node {
    owner.braced = false;
    if let ("mrow", [base, last]) = (owner.tag, owner.children())
        && is_prime(last)
    {
        let next = if last.text() == "′" { '″' } else { '‴' };
        let more = Node::leaf("mo", next, Class::Ordinary);
        return Node::parent("mrow", vec![base.clone(), more]);
    }
    Node::parent("mrow", vec![owner, mark])
}
