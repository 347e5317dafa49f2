//! Tables: `mat` without brackets, whose cells `&` aligns.

use super::super::node::Node;
use super::{NOTHING, call, write_row};

pub(super) fn write(node: &Node, rows: &[Node], out: &mut String) -> Result<(), String> {
    let class = node.attribute("class").unwrap_or_default();
    let pairs = class.starts_with("pairs");
    let display = node.attribute("displaystyle") == Some("true");
    let columns = rows.iter().map(|row| row.children().len()).max().unwrap_or(0);
    let gap = match class {
        "pairs tight" => "0em",
        "pairs" => "1.5em",
        "cases" => "1em",
        _ => "0.8em",
    };
    out.push_str(&format!("mat(delim:#none,column-gap:#{gap}"));
    if display {
        out.push_str(",row-gap:#0.6em");
    }
    out.push_str(&rules(rows));
    for (index, row) in rows.iter().enumerate() {
        out.push(if index == 0 { ',' } else { ';' });
        for column in 0..columns {
            // The halves of a pair stand in one column, aligned where they meet.
            if column > 0 {
                out.push(if pairs && column % 2 == 1 { '&' } else { ',' });
            }
            let empty = Node::parent("mtd", Vec::new());
            let cell = row.children().get(column).unwrap_or(&empty);
            cell_of(cell, pairs, display, out)?;
        }
    }
    out.push(')');
    Ok(())
}

fn cell_of(cell: &Node, pairs: bool, display: bool, out: &mut String) -> Result<(), String> {
    let class = cell.attribute("class").unwrap_or_default();
    let is = |letter: &str| class.split(' ').any(|one| one == letter);
    if !pairs && is("l") {
        out.push('&');
    }
    if cell.children().is_empty() {
        out.push_str(NOTHING);
    } else if display {
        call("display", &[cell.children()], out)?;
    } else {
        write_row(cell.children(), out)?;
    }
    if !pairs && is("r") {
        out.push('&');
    }
    Ok(())
}

/// The lines between rows and columns.
fn rules(rows: &[Node]) -> String {
    let mut across: Vec<usize> = Vec::new();
    let mut down: Vec<usize> = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        if row.attribute("class") == Some("rule") {
            across.push(index);
        }
        if row.attribute("style").is_some_and(|style| style.starts_with("border-bottom")) {
            across.push(index + 1);
        }
        for (column, cell) in row.children().iter().enumerate() {
            let classes = cell.attribute("class").unwrap_or_default();
            for class in classes.split(' ') {
                match class {
                    "bar" => down.push(column),
                    "bar-end" => down.push(column + 1),
                    _ => {}
                }
            }
        }
    }
    down.sort_unstable();
    down.dedup();
    if across.is_empty() && down.is_empty() {
        return String::new();
    }
    let list =
        |places: &[usize]| -> String { places.iter().map(|place| format!("{place},")).collect() };
    format!(",augment:#(hline:({}),vline:({}))", list(&across), list(&down))
}

impl Node {
    /// The rows of cells, where the node is a table and nothing else.
    pub(in crate::publish::formula) fn as_pairs(&self) -> Option<Vec<Vec<&[Node]>>> {
        let pairs = self.tag == "mtable"
            && self.attribute("class").is_some_and(|class| class.starts_with("pairs"));
        let cells = |row: &'_ Node| -> usize { row.children().len() };
        let plain = || self.children().iter().all(|row| row.attribute("class").is_none());
        if !pairs || !plain() || self.children().iter().any(|row| cells(row) > 2) {
            return None;
        }
        let rows = self.children().iter();
        Some(rows.map(|row| row.children().iter().map(Node::children).collect()).collect())
    }
}
