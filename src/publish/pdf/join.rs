//! Many papers in one file, for a copier.
//!
//! Papers are written one after the other as they come; of each only where its objects stand is
//! remembered, so that memory stays flat but for a few bytes an object. The file has a bookmark for
//! every paper. It is for printing: the tags of the single papers are left out, which only these
//! carry.

use std::io::{self, Write};

use lopdf::{Dictionary, Document, Object, ObjectId, Writer, dictionary};

/// The objects that stand for the whole file.
const PAGES: u32 = 1;
const CATALOG: u32 = 2;
const INFORMATION: u32 = 3;
const BOOKMARKS: u32 = 4;

/// Why papers can't be joined.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JoinError {
    /// The file can't be written.
    #[error(transparent)]
    File(#[from] io::Error),
    /// A paper is no PDF that can be read.
    #[error("a paper can't be read: {0}")]
    Paper(#[from] lopdf::Error),
}

/// How sheets are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sides {
    /// On one side.
    One,
    /// On both: every paper begins on a new sheet, behind a blank page where it must be.
    Both,
}

/// A paper in the file.
#[derive(Debug)]
struct Paper {
    name: String,
    /// The root of its pages, and its first page.
    root: u32,
    first: u32,
    pages: usize,
}

/// A file of many papers, while it is written.
#[derive(Debug)]
pub struct Joined<W> {
    out: W,
    sides: Sides,
    written: u64,
    /// Where each object stands, by its number from 1.
    places: Vec<u64>,
    papers: Vec<Paper>,
}

impl<W: Write> Joined<W> {
    /// Begins a file.
    ///
    /// # Errors
    /// The file can't be written.
    pub fn new(out: W, sides: Sides) -> Result<Self, JoinError> {
        let places = vec![0; BOOKMARKS as usize];
        let mut joined = Self { out, sides, written: 0, places, papers: Vec::new() };
        joined.write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")?;
        Ok(joined)
    }

    /// Adds a paper under a name.
    ///
    /// # Errors
    /// The paper is no PDF, or the file can't be written.
    pub fn add(&mut self, name: &str, pdf: &[u8]) -> Result<(), JoinError> {
        let mut paper = Document::load_mem(pdf)?;
        let (root, mut pages) = alone(&mut paper)?;
        if self.sides == Sides::Both && pages % 2 == 1 {
            add_blank(&mut paper, root)?;
            pages += 1;
        }
        paper.trailer.set("Root", root);
        paper.prune_objects();
        let next = number(self.places.len() + 1);
        paper.renumber_objects_with(next);
        let root = paper.trailer.get(b"Root")?.as_reference()?;
        paper.get_object_mut(root)?.as_dict_mut()?.set("Parent", (PAGES, 0));
        let first = paper.get_object(root)?.as_dict()?.get(b"Kids")?.as_array()?;
        let first = first.first().map_or(Ok(root), Object::as_reference)?;
        self.papers.push(Paper { name: name.to_owned(), root: root.0, first: first.0, pages });
        for (id, object) in &paper.objects {
            self.object(id.0, object)?;
        }
        Ok(())
    }

    /// Completes the file, and gives back what it was written to.
    ///
    /// # Errors
    /// The file can't be written.
    pub fn finish(mut self, title: &str, language: &str) -> Result<W, JoinError> {
        let papers = std::mem::take(&mut self.papers);
        let kids: Vec<Object> = papers.iter().map(|paper| (paper.root, 0).into()).collect();
        let count: usize = papers.iter().map(|paper| paper.pages).sum();
        let pages = dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => integer(count) };
        self.object(PAGES, &pages.into())?;
        let catalog = dictionary! {
            "Type" => "Catalog",
            "Pages" => (PAGES, 0),
            "Outlines" => (BOOKMARKS, 0),
            "Lang" => Object::string_literal(language),
            "ViewerPreferences" => dictionary! { "DisplayDocTitle" => true },
        };
        self.object(CATALOG, &catalog.into())?;
        let information = dictionary! { "Title" => lopdf::text_string(title) };
        self.object(INFORMATION, &information.into())?;
        self.bookmarks(&papers)?;
        self.places_of_objects()?;
        self.out.flush()?;
        Ok(self.out)
    }

    fn bookmarks(&mut self, papers: &[Paper]) -> Result<(), JoinError> {
        let start = number(self.places.len() + 1);
        let count = number(papers.len());
        for (index, paper) in papers.iter().enumerate() {
            let own = start + number(index);
            let mut bookmark = dictionary! {
                "Title" => lopdf::text_string(&paper.name),
                "Parent" => (BOOKMARKS, 0),
                "Dest" => vec![(paper.first, 0).into(), "Fit".into()],
            };
            if own > start {
                bookmark.set("Prev", (own - 1, 0));
            }
            if own + 1 < start + count {
                bookmark.set("Next", (own + 1, 0));
            }
            self.object(own, &bookmark.into())?;
        }
        let mut all = dictionary! { "Type" => "Outlines", "Count" => integer(papers.len()) };
        if count > 0 {
            all.set("First", (start, 0));
            all.set("Last", (start + count - 1, 0));
        }
        self.object(BOOKMARKS, &all.into())
    }

    /// The table at the end of the file: where each object stands.
    fn places_of_objects(&mut self) -> Result<(), JoinError> {
        let start = self.written;
        let size = self.places.len() + 1;
        let mut table = format!("xref\n0 {size}\n0000000000 65535 f \n");
        for place in std::mem::take(&mut self.places) {
            let entry = if place == 0 {
                "0000000000 65535 f".into()
            } else {
                format!("{place:010} 00000 n")
            };
            table.push_str(&entry);
            table.push_str(" \n");
            if table.len() > 1 << 16 {
                self.write(table.as_bytes())?;
                table.clear();
            }
        }
        self.write(table.as_bytes())?;
        let mut trailer = Vec::new();
        let dictionary = dictionary! {
            "Size" => integer(size),
            "Root" => (CATALOG, 0),
            "Info" => (INFORMATION, 0),
        };
        Writer::write_object(&mut trailer, &dictionary.into())?;
        self.write(b"trailer\n")?;
        self.write(&trailer)?;
        self.write(format!("\nstartxref\n{start}\n%%EOF\n").as_bytes())
    }

    fn object(&mut self, id: u32, object: &Object) -> Result<(), JoinError> {
        let index = id as usize - 1;
        if self.places.len() <= index {
            self.places.resize(index + 1, 0);
        }
        self.places[index] = self.written;
        let mut text = format!("{id} 0 obj\n").into_bytes();
        Writer::write_object(&mut text, object)?;
        text.extend(b"\nendobj\n");
        self.write(&text)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), JoinError> {
        self.out.write_all(bytes)?;
        self.written += bytes.len() as u64;
        Ok(())
    }
}

/// Takes a paper's pages out of what stands around them; the root of its pages, and their count.
fn alone(paper: &mut Document) -> Result<(ObjectId, usize), lopdf::Error> {
    let root = paper.catalog()?.get(b"Pages")?.as_reference()?;
    let pages: Vec<ObjectId> = paper.get_pages().into_values().collect();
    let count = pages.len();
    for page in pages {
        let page = paper.get_object_mut(page)?.as_dict_mut()?;
        page.remove(b"StructParents");
        page.remove(b"Tabs");
    }
    paper.trailer = Dictionary::new();
    Ok((root, count))
}

/// A blank page at the end, as large as the first one.
fn add_blank(paper: &mut Document, root: ObjectId) -> Result<(), lopdf::Error> {
    let first = paper.get_object(root)?.as_dict()?.get(b"Kids")?.as_array()?.first().cloned();
    let first = first.unwrap_or(Object::Null).as_reference()?;
    let size = paper.get_object(first)?.as_dict()?.get(b"MediaBox")?.clone();
    let blank = paper.add_object(dictionary! {
        "Type" => "Page",
        "Parent" => root,
        "MediaBox" => size,
        "Resources" => dictionary! {},
    });
    let pages = paper.get_object_mut(root)?.as_dict_mut()?;
    let count = pages.get(b"Count")?.as_i64()?;
    pages.set("Count", count + 1);
    pages.get_mut(b"Kids")?.as_array_mut()?.push(blank.into());
    Ok(())
}

/// A count as an object's number; a file of more than four billion objects can't be written.
fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn integer(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
