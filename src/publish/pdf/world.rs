//! What Typst sees: the paper, its template and its drawings, and the fonts in the program.

use std::sync::LazyLock;

use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{DiagSpan, FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt as _, WorldExt as _};

use super::Sources;

/// What is the same for all papers.
struct Common {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
}

static COMMON: LazyLock<Common> = LazyLock::new(|| {
    let fonts: Vec<Font> =
        typst_assets::fonts().flat_map(|data| Font::iter(Bytes::new(data))).collect();
    let book = LazyHash::new(FontBook::from_fonts(&fonts));
    Common { library: LazyHash::new(Library::default()), book, fonts }
});

/// One paper as Typst asks for it.
pub(super) struct World<'a> {
    sources: &'a Sources<'a>,
    main: Source,
    template: Source,
}

/// Where something is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Source,
    Template,
}

impl<'a> World<'a> {
    pub(super) fn new(sources: &'a Sources<'a>) -> Self {
        Self {
            sources,
            main: Source::new(id("main.typ"), sources.source.text.clone()),
            template: Source::new(id("paper.typ"), sources.template.to_owned()),
        }
    }

    /// In which text, and at which byte of it.
    pub(super) fn place(&self, span: DiagSpan) -> Option<(Place, usize)> {
        let place = match span.id()? {
            file if file == self.main.id() => Place::Source,
            file if file == self.template.id() => Place::Template,
            _ => return None,
        };
        Some((place, self.range(span)?.start))
    }
}

/// What Typst calls a file.
fn id(name: &str) -> FileId {
    match VirtualPath::new(name) {
        Ok(path) => RootedPath::new(VirtualRoot::Project, path).intern(),
        // Names are the program's own, and are paths.
        Err(_) => Source::detached("").id(),
    }
}

impl typst::World for World<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &COMMON.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &COMMON.book
    }

    fn main(&self) -> FileId {
        self.main.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        match id {
            id if id == self.main.id() => Ok(self.main.clone()),
            id if id == self.template.id() => Ok(self.template.clone()),
            _ => Err(missing(id)),
        }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        let name = id.get().vpath().get_without_slash();
        match self.sources.files.get(name) {
            Some(bytes) => Ok(Bytes::new(bytes.clone())),
            None => Err(missing(id)),
        }
    }

    fn font(&self, index: usize) -> Option<Font> {
        COMMON.fonts.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

/// A paper reads nothing but its own files.
fn missing(id: FileId) -> FileError {
    FileError::NotFound(id.get().vpath().get_without_slash().into())
}
