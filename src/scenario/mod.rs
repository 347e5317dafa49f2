//! From the text of a scenario to a checked value, with every problem placed.
//!
//! ```text
//! text -> yaml::read -> Node -> Field, Fields -> Scenario
//!                 \______________\__-> Problem -> Problems, printed
//! ```
//!
//! Nothing here rounds a number or reads one through a float: a scalar keeps
//! its characters until the exact parser takes them. Reading collects problems
//! and goes on, so that one run reports all of them.

mod asks;
mod batches;
mod beginning;
mod below;
mod cells;
mod code;
mod csv;
mod custom;
mod data;
mod date;
mod definition;
mod edit;
mod exam;
mod experiment;
mod explore;
mod field;
mod fields;
mod fitting;
mod initial;
mod labels;
mod lengths;
mod mistakes;
mod model;
mod modifier;
mod numbering;
mod optimizer;
mod paths;
mod place;
mod plots;
mod printing;
mod problem;
mod problems;
mod quantity;
mod read;
mod repetition;
mod requirement;
mod schedule;
mod schema;
mod setup;
mod shapes;
mod steps;
mod suspicion;
mod text;
mod variables;
pub mod yaml;

pub use asks::{Part, part_letter};
pub use date::Date;
pub use definition::{
    Activation, Ask, Audience, Axis, Backward, Callout, Carry, Case, Cell, Content, Definition,
    Display, ExactForm, Experiment, ExperimentId, ExperimentPlot, Explored, Frame, Frames,
    FrontMatter, Generated, Generator, Given, Hint, Initial, Instead, Label, Library, Logo,
    Measure, Mistake, Moment, Parameter, PlotKind, Printing, Quantity, Question, Reduction, Run,
    RunId, Scenario, Setup, SheetSize, Turn,
};
pub use exam::{Exam, Fairness, Feature};
pub use field::Field;
pub use fields::Fields;
pub use numbering::{Labelled, Number, Numbered, Numbering, Shown};
pub use paths::path;
pub use place::Place;
pub use printing::printing;
pub use problem::{Excerpt, Problem, Report, Severity, not_utf8};
pub use problems::Problems;
pub use read::read;
pub use requirement::{Comparison, Condition, Operand, Requirement, Side, Term};
pub use schema::{
    Bounds, Branch, Branches, Decides, Entry, Holds, MANY, Mapping, Names, Needed, PAPER_KEY, key,
    schema, text_of,
};
pub use suspicion::Suspicion;
pub use text::{Text, texts};
pub use variables::{Assignment, Domain, Underivable, Variable, assign, defaults, space};

pub use crate::formula::suggest;
