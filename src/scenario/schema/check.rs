//! Whether a reader does what its table says; asked where assertions are on.

use std::ops::RangeInclusive;

use super::super::yaml::{Data, Key, Node};
use super::{Branch, Decides, Entry, Holds, Mapping, Needed};

impl Mapping {
    /// Every kind of the mapping.
    pub(in super::super) fn kinds(&self) -> &'static [Branch] {
        self.branches.map_or(&[], |branches| (branches.all)())
    }

    /// The kind that these entries are of.
    fn kind(&self, entries: &[(Key, Node)]) -> Option<&'static Branch> {
        let by = self.branches?.by;
        let deciding = if by == Decides::First { entries.get(..1)? } else { entries };
        let fits = |branch: &&Branch| {
            let named = |(key, _): &&(Key, Node)| key.text == branch.key.name;
            deciding.iter().find(named).is_some_and(|(_, node)| branch.key.holds.fits(node))
        };
        self.kinds().iter().find(fits)
    }

    /// What the table says of a key; where the kind is unknown or has none of that name, what it
    /// says of another kind's.
    pub(in super::super) fn entry(
        &'static self,
        name: &str,
        entries: &[(Key, Node)],
    ) -> Option<&'static Entry> {
        let kind = self.kind(entries).into_iter();
        let all = kind.chain(self.kinds()).flat_map(Branch::entries);
        self.keys.iter().chain(all).find(|entry| entry.name == name)
    }

    /// What the table says otherwise than the reader, which took these keys and found nothing
    /// wrong.
    pub(in super::super) fn disagreement(
        &'static self,
        entries: &[(Key, Node)],
        taken: &[&str],
    ) -> Option<String> {
        let kind = self.kind(entries);
        if self.branches.is_some() && kind.is_none() {
            return Some("it has no such kind".to_owned());
        }
        let allowed = || self.keys.iter().chain(kind.into_iter().flat_map(Branch::entries));
        let has = |name: &str| entries.iter().any(|(key, _)| key.text == name);
        let excluded = |entry: &Entry| {
            allowed().any(|other| has(other.name) && other.without.contains(&entry.name))
        };
        let stray = entries.iter().find(|(key, _)| !allowed().any(|one| one.name == key.text));
        if let Some((key, _)) = stray {
            return Some(format!("it has no `{}`", key.text));
        }
        allowed().find_map(|entry| {
            let (name, read) = (entry.name, taken.contains(&entry.name));
            let missing = match entry.needed {
                Needed::No => false,
                Needed::Yes => !has(name),
                Needed::Unless(other) => !has(name) && !has(other),
            };
            match (read, excluded(entry)) {
                (false, false) => Some(format!("`{name}` is not read")),
                (_, true) if has(name) => Some(format!("`{name}` can't stand there")),
                _ if missing => Some(format!("it requires `{name}`")),
                _ => None,
            }
        })
    }
}

impl Branch {
    /// The key that decides, and the others.
    pub(super) fn entries(&self) -> impl Iterator<Item = &Entry> {
        std::iter::once(&self.key).chain(&self.keys)
    }
}

impl Holds {
    /// Whether this, or one of the alternatives, is as asked.
    pub(in super::super) fn any(&'static self, is: &dyn Fn(&'static Self) -> bool) -> bool {
        self.find(&|one| is(one).then_some(())).is_some()
    }

    /// The first alternative for which there is an answer.
    pub(in super::super) fn find<T>(
        &'static self,
        ask: &dyn Fn(&'static Self) -> Option<T>,
    ) -> Option<T> {
        match self {
            Self::Either(list) => list.iter().find_map(|one| one.find(ask)),
            one => ask(one),
        }
    }

    /// The words of a choice.
    pub(super) fn words(&self) -> Option<Vec<&'static str>> {
        match self {
            Self::Word(word) => Some(vec![word]),
            Self::Words(words) | Self::Some(words) => Some(words.to_vec()),
            Self::Listed(words) => Some(words()),
            _ => None,
        }
    }

    /// Whether a reader may choose among these words.
    pub(in super::super) fn is_choice(&self, read: &[&str]) -> bool {
        match self {
            // The words are names of the scenario.
            Self::Text => true,
            Self::Word(word) => read.contains(word),
            Self::Some(words) => words.iter().all(|word| read.contains(word)),
            _ => self.words().is_some_and(|words| words == read),
        }
    }

    /// Whether a reader may take a whole number of this range; one that hangs on the rest of the
    /// scenario may be narrower than the table.
    pub(in super::super) fn is_whole(&self, range: &RangeInclusive<u64>) -> bool {
        match self {
            Self::Whole(least, most) => range.start() == least && range.end() <= most,
            Self::Counted(least) => range.start() >= least,
            _ => false,
        }
    }

    /// Whether a value is of this sort, as far as kinds are told apart by it.
    fn fits(&self, node: &Node) -> bool {
        let word = || node.scalar().map(|scalar| scalar.text.as_str());
        match self {
            Self::List(..) => matches!(node.data, Data::List(_)),
            Self::Mapping(_) | Self::Entries(..) => node.is_map(),
            Self::Either(list) => list.iter().any(|one| one.fits(node)),
            _ => match self.words() {
                Some(words) => word().is_some_and(|word| words.contains(&word)),
                None => true,
            },
        }
    }
}
