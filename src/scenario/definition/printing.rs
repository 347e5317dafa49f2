//! How papers are printed.

/// What is said of printed papers; what is left open is as the course or the program has it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Printing {
    /// The sheets.
    pub size: Option<SheetSize>,
    /// One column or two.
    pub columns: Option<u8>,
    /// The size of the text, in points.
    pub font_size: Option<f32>,
    /// At the head of every page.
    pub header: Option<String>,
    /// At the foot of every page.
    pub footer: Option<String>,
    /// At the head of every page.
    pub logo: Option<Logo>,
    /// Whether the handout has fields for a name and a table for marks.
    pub exam: Option<bool>,
    /// Whether papers are made for archives.
    pub archival: Option<bool>,
}

/// Sheets of paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SheetSize {
    /// 210 mm by 297 mm.
    A4,
    /// 8.5 in by 11 in.
    Letter,
}

/// A picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logo {
    /// `logo` with the ending of its kind.
    pub file: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

impl Printing {
    /// With what another says where this says nothing.
    pub fn or(self, other: &Self) -> Self {
        Self {
            size: self.size.or(other.size),
            columns: self.columns.or(other.columns),
            font_size: self.font_size.or(other.font_size),
            header: self.header.or_else(|| other.header.clone()),
            footer: self.footer.or_else(|| other.footer.clone()),
            logo: self.logo.or_else(|| other.logo.clone()),
            exam: self.exam.or(other.exam),
            archival: self.archival.or(other.archival),
        }
    }
}
