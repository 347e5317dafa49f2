//! Text with gaps where numbers belong.

/// A text whose numbers were left out.
#[derive(Debug, Clone, Default)]
pub(super) struct Blank {
    /// What stands between the gaps.
    text: String,
    /// Where each gap is, and the number that belongs there.
    gaps: Vec<(usize, usize)>,
}

impl Blank {
    /// The length of the text alone, in bytes.
    pub(super) fn len(&self) -> usize {
        self.text.len()
    }

    pub(super) fn push_str(&mut self, text: &str) {
        self.text.push_str(text);
    }

    pub(super) fn push_gap(&mut self, number: usize) {
        self.gaps.push((self.text.len(), number));
    }

    /// Each piece of the text, with the number that follows it.
    pub(super) fn pieces(&self) -> impl Iterator<Item = (&str, Option<usize>)> {
        let mut start = 0;
        let gaps = self.gaps.iter().map(|(at, number)| (*at, Some(*number)));
        let ends = gaps.chain([(self.text.len(), None)]);
        ends.map(move |(end, number)| (&self.text[std::mem::replace(&mut start, end)..end], number))
    }

    /// Appends the text with these numbers in its gaps.
    pub(super) fn fill(&self, numbers: &[&str], out: &mut String) {
        for (text, gap) in self.pieces() {
            out.push_str(text);
            out.push_str(number(numbers, gap));
        }
    }

    /// The characters of the text with these numbers in its gaps.
    pub(super) fn chars(&self, numbers: &[&str]) -> impl Iterator<Item = char> {
        self.pieces().flat_map(|(text, gap)| text.chars().chain(number(numbers, gap).chars()))
    }
}

fn number<'n>(numbers: &[&'n str], gap: Option<usize>) -> &'n str {
    gap.and_then(|gap| numbers.get(gap)).copied().unwrap_or_default()
}
