//! Another value in the place of a written one, before a text is read again.

use super::yaml::{Data, Key, Node};

/// The value of a key.
pub(super) fn child<'n>(node: &'n Node, name: &str) -> Option<&'n Node> {
    match &node.data {
        Data::Map(entries) => {
            entries.iter().find(|(key, _)| key.text == name).map(|(_, value)| value)
        }
        Data::List(_) | Data::Scalar(_) => None,
    }
}

/// Takes a key out.
pub(super) fn remove(node: &mut Node, name: &str) {
    if let Data::Map(entries) = &mut node.data {
        entries.retain(|(key, _)| key.text != name);
    }
}

/// Puts a value at the end of a path of keys, which are added where they are missing; an
/// initializer written as a bare kind becomes a mapping with that `kind`.
pub(super) fn put(node: &mut Node, path: &[Key], value: &Node) {
    let Some((key, rest)) = path.split_first() else {
        *node = value.clone();
        return;
    };
    if !node.is_map() {
        let kind = Key { text: "kind".to_owned(), place: node.place };
        node.data = Data::Map(vec![(kind, node.clone())]);
    }
    let Data::Map(entries) = &mut node.data else { return };
    if !entries.iter().any(|(known, _)| known.text == key.text) {
        entries.push((key.clone(), Node { place: key.place, data: Data::Map(Vec::new()) }));
    }
    for (known, child) in entries {
        if known.text == key.text {
            put(child, rest, value);
        }
    }
}
