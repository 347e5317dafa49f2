//! gradsheet: worked solution sheets for gradient-based learning, from a YAML scenario.
//!
//! Data flows one way; no stage knows a later one:
//!
//! ```text
//! scenario (YAML text)
//!   -> Scenario     parsed, validated, every name resolved      scenario
//!   -> Trace        the engine executes it, exactly             engine, trace
//!   -> Sheet        cells + trace, through templates            sheet, figure, code
//!   -> Markdown | HTML | PDF                                    publish
//! ```
//!
//! What it prints is right: every printed digit and every branch that a ReLU takes is
//! certified by the numbers in [`number`].
//!
//! ```
//! use gradsheet::{Audience, Format, render, scenario, sheet::Templates};
//!
//! let text = "
//! title: One step
//! setups:
//!   neuron:
//!     model: |
//!       y_hat = relu(w*x + b)
//!       loss = 1/2 * (y_hat - y)^2
//!     init: {w: 1, b: -1}
//!     data: [{x: 3, y: 0}]
//!     iterations: 1
//!     optimizers:
//!       sgd: {kind: sgd, learning_rate: 0.5}
//! ";
//! let scenario = scenario::read("one-step.yaml".as_ref(), text)?;
//! let trace = gradsheet::engine::execute(&scenario)?;
//! let w = &trace.setups.get("neuron").unwrap().runs.get("sgd").unwrap().iterations[1];
//! assert_eq!(w.parameters.get("w").unwrap().real().unwrap().closed_form().unwrap().to_text(), "-2");
//!
//! let templates = Templates::built_in()?;
//! let files = render(&scenario, &templates, &[Format::Markdown], Audience::Solutions)?;
//! let solutions = std::str::from_utf8(&files["solutions.md"])?;
//! assert!(solutions.contains("= 1 - 0.5 \\cdot 6 = -2"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod book;
pub mod catalogue;
pub mod code;
mod derivation;
pub mod engine;
pub mod explain;
pub mod figure;
pub mod formula;
pub mod initialization;
pub mod limits;
pub mod marking;
mod markup;
mod memo;
pub mod number;
pub mod publish;
pub mod reference;
mod render;
pub mod review;
pub mod scenario;
pub mod sheet;
pub mod site;
pub mod trace;
pub mod variants;

pub use publish::flavor::Flavor;
pub use render::{Audience, Files, Format, RenderError, check, render, render_with, text_problems};
