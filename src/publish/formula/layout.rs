//! Tables in formulas: what each environment of LaTeX says about its columns.
//!
//! Columns are stated in `columnalign`. Not every browser obeys, so the cells also carry the
//! classes `l` and `r` for the style sheet. Rows of `aligned`, `gathered` and their relatives are
//! set in display style, those of `cases` and matrices are not.

use pulldown_latex::event::{ArrayColumn, ColumnAlignment, Dimension, Grouping};

use super::node::{Class, Node};
use super::tree::css;

pub(super) fn table_row(mut cells: Vec<Node>, ruled: bool, spacing: Option<Dimension>) -> Node {
    if let (Some(cell), Some(spacing)) = (cells.first_mut(), spacing) {
        cell.set("style", &format!("padding-bottom:calc(.5ex + {})", css(spacing)));
    }
    let row = Node::parent("mtr", cells);
    if ruled { row.with("class", "rule") } else { row }
}

/// How an environment sets its table.
pub(super) struct Layout {
    /// One letter a column, `l`, `c` or `r`; the last ones repeat as `repeat` says.
    columns: Vec<char>,
    /// Columns before which a vertical line stands; the number of columns means behind the last.
    bars: Vec<usize>,
    /// Pairs that repeat without end, as in `aligned`.
    pairs: bool,
    pub(super) display: bool,
    class: Option<&'static str>,
    braces: (Option<char>, Option<char>),
}

impl Layout {
    pub(super) fn of(grouping: &Grouping) -> Self {
        let plain = Self {
            columns: vec!['c'],
            bars: Vec::new(),
            pairs: false,
            display: false,
            class: None,
            braces: (None, None),
        };
        match grouping {
            Grouping::Align { .. }
            | Grouping::Aligned
            | Grouping::Split
            | Grouping::Alignat { .. }
            | Grouping::Alignedat { .. } => Self {
                columns: vec!['r', 'l'],
                pairs: true,
                display: true,
                class: Some(match grouping {
                    // These two leave the space between pairs to the author.
                    Grouping::Alignat { .. } | Grouping::Alignedat { .. } => "pairs tight",
                    _ => "pairs",
                }),
                ..plain
            },
            Grouping::Cases { left } => Self {
                columns: vec!['l'],
                class: Some("cases"),
                braces: if *left { (Some('{'), None) } else { (None, Some('}')) },
                ..plain
            },
            Grouping::Array(columns) => {
                let mut layout = Self { columns: Vec::new(), class: Some("matrix"), ..plain };
                for column in columns {
                    match column {
                        ArrayColumn::Column(align) => layout.columns.push(initial(*align)),
                        ArrayColumn::Separator(_) => layout.bars.push(layout.columns.len()),
                    }
                }
                layout
            }
            Grouping::Matrix { alignment } => {
                Self { columns: vec![initial(*alignment)], class: Some("matrix"), ..plain }
            }
            Grouping::SubArray { alignment } => {
                Self { columns: vec![initial(*alignment)], ..plain }
            }
            _ => Self { display: true, ..plain },
        }
    }

    fn column(&self, index: usize) -> char {
        let index = if self.pairs { index % 2 } else { index.min(self.columns.len() - 1) };
        self.columns.get(index).copied().unwrap_or('c')
    }

    /// The classes of a cell in column `index`.
    pub(super) fn class(&self, cell: Node, index: usize) -> Node {
        let mut classes = Vec::new();
        match self.column(index) {
            'l' => classes.push("l"),
            'r' => classes.push("r"),
            _ => {}
        }
        if self.bars.contains(&index) {
            classes.push("bar");
        }
        if index + 1 == self.columns.len() && self.bars.contains(&(index + 1)) {
            classes.push("bar-end");
        }
        if classes.is_empty() { cell } else { cell.with("class", &classes.join(" ")) }
    }

    pub(super) fn wrap(&self, rows: Vec<Node>, display: bool) -> Node {
        let widest = rows.iter().map(|row| row.children().len()).max().unwrap_or(0);
        let align: Vec<&str> = (0..widest)
            .map(|index| match self.column(index) {
                'l' => "left",
                'r' => "right",
                _ => "center",
            })
            .collect();
        let mut table = Node::parent("mtable", rows);
        if align.iter().any(|column| *column != "center") {
            let same = align.windows(2).all(|pair| pair[0] == pair[1]);
            let shown = if same { &align[..1] } else { &align[..] };
            table.set("columnalign", &shown.join(" "));
        }
        if display {
            table.set("displaystyle", "true");
        }
        if let Some(class) = self.class {
            table.set("class", class);
        }
        let brace = |c: char, form| {
            Node::leaf("mo", c, Class::Ordinary).with("form", form).with("stretchy", "true")
        };
        match self.braces {
            (Some(open), _) => Node::parent("mrow", vec![brace(open, "prefix"), table]),
            (_, Some(close)) => Node::parent("mrow", vec![table, brace(close, "postfix")]),
            _ => table,
        }
    }
}

fn initial(alignment: ColumnAlignment) -> char {
    match alignment {
        ColumnAlignment::Left => 'l',
        ColumnAlignment::Center => 'c',
        ColumnAlignment::Right => 'r',
    }
}
