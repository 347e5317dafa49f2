//! What is worked out once and asked for again, as the same formula on a thousand papers.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;

/// The latest results of a pure function, up to a limit; a full memo starts anew. Nothing is
/// ever read from it in the order of its entries.
#[derive(Debug)]
pub(crate) struct Memo<K, V> {
    results: HashMap<K, V>,
    limit: usize,
}

impl<K: Hash + Eq, V: Clone> Memo<K, V> {
    /// A memo of at most so many results.
    pub(crate) fn new(limit: usize) -> Self {
        Self { results: HashMap::new(), limit }
    }

    /// The result for a key, worked out where it is not known.
    pub(crate) fn result<Q>(&mut self, key: &Q, work_out: impl FnOnce() -> V) -> V
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ToOwned<Owned = K> + ?Sized,
    {
        self.known(key).unwrap_or_else(|| {
            let result = work_out();
            self.keep(key.to_owned(), result.clone());
            result
        })
    }

    /// The result for a key, if it is known.
    pub(crate) fn known<Q>(&self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.results.get(key).cloned()
    }

    /// Remembers a result; for one that others go into, which ask the memo too.
    pub(crate) fn keep(&mut self, key: K, result: V) {
        if self.results.len() >= self.limit {
            self.results.clear();
        }
        self.results.insert(key, result);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_is_worked_out_once_until_the_memo_is_full() {
        let mut memo: Memo<String, usize> = Memo::new(2);
        let mut count = 0;
        for (key, worked_out) in [("a", 1), ("a", 1), ("b", 2), ("a", 2), ("c", 3), ("a", 4)] {
            let length = memo.result(key, || {
                count += 1;
                key.len()
            });
            assert_eq!((length, count), (1, worked_out), "{key}");
        }
    }
}
