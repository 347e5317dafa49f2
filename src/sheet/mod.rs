//! Cells and trace become a sheet in Markdown, for the handout or for the solutions.
//!
//! The builder turns every cell into a plain record of finished strings; the template
//! `sheet.md` sets them. Worked lines come from `work` and `update`, remarks from
//! `explain`, texts from `texts`, phrases from `prose`, figures from `plots`,
//! each with the table of its data.

mod activation;
mod anchors;
mod answer;
mod build;
mod code;
mod data;
mod derive;
mod drawing;
mod elsewhere;
mod estimate;
mod experiment;
mod experiment_data;
mod experiment_plots;
mod explain;
mod frames;
mod initializers;
mod label;
mod ledger;
mod loops;
mod meaning;
mod mistakes;
mod names;
mod plots;
mod prose;
mod references;
mod reworded;
mod show;
mod solved;
mod standard;
mod steps;
pub mod templates;
mod texts;
mod told;
mod trajectory;
mod update;
mod values;
mod view;
mod width;
mod words;
mod work;

pub use build::{Hidden, Paper, Passage, Sheet, SheetError, build, build_among, tidy};
pub use data::{Data, Entry};
pub use elsewhere::{Elsewhere, Links, Target};
pub use label::plain;
pub use references::targets;
pub use solved::Solved;
pub use templates::{TemplateError, Templates};
pub(crate) use texts::syntax;
pub use words::Words;
