//! A run: one optimizer with its options.

use std::sync::Arc;

use crate::catalogue::{Form, Mistake, Optimizer, Options, Quantity, Rule, Schedule};
use crate::number::{Rational, Real};

use super::super::Place;
use super::Display;

/// One optimizer with its options.
#[derive(Debug, Clone)]
pub struct Run {
    /// Its name in the set-up.
    pub name: String,
    /// What it is called on the sheet, if not by its optimizer's name: plain text.
    pub title: Option<String>,
    /// Its kind.
    pub optimizer: &'static Optimizer,
    /// Its rule, where the scenario writes it.
    pub custom: Option<Rule>,
    /// Its options, defaults filled in; clipping and weight decay are among them.
    pub options: Options,
    /// The options of parameters that have other ones.
    pub overrides: Vec<(String, Options)>,
    /// The learning rate of each iteration, where it is listed.
    pub rates: Option<Vec<Rational>>,
    /// The schedule of the learning rate.
    pub schedule: Option<Schedule>,
    /// The options that the optimizer's convention sets.
    pub set_by_convention: Vec<String>,
    /// How its numbers are displayed.
    pub display: Display,
    /// Where its name stands in the scenario.
    pub place: Place,
}

impl Run {
    /// The options that hold for a parameter.
    pub fn options_of(&self, parameter: &str) -> &Options {
        let own = self.overrides.iter().find(|(name, _)| name == parameter);
        own.map_or(&self.options, |(_, options)| options)
    }

    /// The update rule of a parameter.
    pub fn rule_of(&self, parameter: &str) -> Arc<Rule> {
        let options = self.options_of(parameter);
        self.optimizer.whole_rule(options, self.custom.as_ref(), self.schedule.as_ref())
    }

    /// The learning rate of the run's iteration number `index`, from 0.
    pub fn rate(&self, index: usize) -> Option<&Rational> {
        let listed = self.rates.as_ref().and_then(|rates| rates.get(index));
        listed.or_else(|| self.options.number("learning_rate"))
    }

    /// The values of the schedule's quantities in iteration `t`, from 1.
    pub fn scheduled(&self, t: usize) -> Vec<(&str, Real)> {
        let before = t.saturating_sub(1);
        let value = |quantity: &Quantity| {
            let count = (Rational::from(before) - &quantity.after).max(Rational::ZERO);
            match &quantity.form {
                Form::Count => Real::from(count),
                Form::Floor(size) => {
                    Real::from(Rational::from((count / Rational::from((*size).max(1))).floor()))
                }
                Form::Cosine(period) if *period > Rational::ZERO => {
                    Real::cos_pi(&(count.min(period.clone()) / period))
                }
                Form::Cosine(_) => Real::one(),
            }
        };
        let quantities = self.schedule.iter().flat_map(|schedule| &schedule.quantities);
        quantities.map(|quantity| (quantity.name.as_str(), value(quantity))).collect()
    }

    /// The update rule of a parameter when a mistake is made; `None` where it can't be.
    pub fn rule_with(&self, mistake: Mistake, parameter: &str) -> Option<Arc<Rule>> {
        let options = self.options_of(parameter);
        let (own, schedule) = (self.custom.as_ref(), self.schedule.as_ref());
        mistake.whole_rule(self.optimizer, options, own, schedule)
    }

    /// Whether the learning rate may change from iteration to iteration.
    pub fn rate_varies(&self) -> bool {
        self.rates.is_some()
    }

    /// The update rule of parameters without options of their own.
    pub fn rule(&self) -> Arc<Rule> {
        self.optimizer.whole_rule(&self.options, self.custom.as_ref(), self.schedule.as_ref())
    }
}
