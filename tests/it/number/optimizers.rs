//! Optimizers by hand: exact where the form shows it, right to the last digit else.

use std::thread;

use gradsheet::number::{Real, Sign, trace_decimal};

use super::{exact, rows};

const ADAM: &str = include_str!("../../fixtures/number/adam.tsv");

#[test]
fn the_worksheets_adam_numbers() {
    // One step of Adam without bias correction from w = 1 with u = 3, v = 18 and rate 1/2.
    let table = [
        ("0", "0.6464466094067262377995778189475754803576", Some("1 - 1/4*sqrt(2)")),
        ("1e-8", "0.6464466102400595691687256536145730868505", None),
    ];
    for (epsilon, decimal, closed) in table {
        let below = exact("18").sqrt().unwrap() + exact(epsilon);
        let w = Real::one() - exact("1.5").checked_div(&below).unwrap();
        assert_eq!(trace_decimal(&w).unwrap(), decimal);
        if let Some(closed) = closed {
            assert_eq!(w.closed_form().unwrap().to_text(), closed);
        }
    }
}

/// A parameter under RMSProp with rho 1/2, rate 1/5 and epsilon 1e-8 outside the root.
struct RmsProp {
    theta: Real,
    v: Real,
}

impl RmsProp {
    fn new(theta: &str) -> Self {
        RmsProp { theta: exact(theta), v: Real::zero() }
    }

    fn step(&mut self, gradient: &Real) {
        let half = exact("1/2");
        self.v = &half * &self.v + &half * gradient * gradient;
        let below = self.v.sqrt().expect("v is not negative") + exact("1e-8");
        let quotient = gradient.checked_div(&below).expect("epsilon is positive");
        self.theta = &self.theta - exact("1/5") * quotient;
    }
}

#[test]
fn nested_radicals_cancel_in_rmsprop() {
    // The reference scenario: x = 1, 1, -1 and y = 0, 1, 1; z = w x + b through a ReLU.
    let (mut w, mut b) = (RmsProp::new("1"), RmsProp::new("1"));
    let rows = [
        ("0", "0.7171572895253809760975267314271091891624"),
        ("1", "0.6341218846954308937997355846746793946573"),
    ];
    for (y, expected) in rows {
        let z = &w.theta + &b.theta;
        assert_eq!(z.sign(), Ok(Sign::Positive));
        let gradient = &z - exact(y);
        w.step(&gradient);
        b.step(&gradient);
        assert_eq!(trace_decimal(&w.theta).unwrap(), expected);
        assert_eq!(trace_decimal(&b.theta).unwrap(), expected);
    }
    assert!((&b.theta - &w.theta).is_zero_form());
}

#[test]
fn parameters_that_move_alike_keep_their_distance() {
    // Started apart, with a gradient that is twice as large for one of them: without
    // epsilon both move by the same nested radicals, 3 apart for ever.
    let (mut w, mut b) = (exact("5/2"), exact("-1/2"));
    let (mut v, mut u) = (Real::zero(), Real::zero());
    for t in 1..=60 {
        let error = &w * exact("1/3") + &b - exact(if t % 2 == 0 { "1" } else { "4" });
        for (theta, state, gradient) in [(&mut w, &mut v, &error + &error), (&mut b, &mut u, error)]
        {
            *state = exact("0.9") * &*state + exact("0.1") * &gradient * &gradient;
            let root = state.sqrt().unwrap();
            *theta = &*theta - exact("0.01") * gradient.checked_div(&root).unwrap();
        }
        assert_eq!((&w - &b - exact("3")).sign(), Ok(Sign::Zero), "step {t}");
    }
}

/// A parameter under Adam with the usual decay rates and rate 1/10.
struct Adam {
    theta: Real,
    first: Real,
    second: Real,
}

impl Adam {
    fn new(theta: &str) -> Self {
        Adam { theta: exact(theta), first: Real::zero(), second: Real::zero() }
    }

    fn step(&mut self, gradient: &Real, t: i64) {
        let (beta1, beta2) = (exact("0.9"), exact("0.999"));
        self.first = &beta1 * &self.first + (Real::one() - &beta1) * gradient;
        self.second = &beta2 * &self.second + (Real::one() - &beta2) * gradient * gradient;
        let correct = |state: &Real, beta: &Real| {
            let below = Real::one() - beta.pow(t).expect("a power");
            state.checked_div(&below).expect("beta is below 1")
        };
        let root = correct(&self.second, &beta2).sqrt().expect("v is not negative");
        let move_by = correct(&self.first, &beta1).checked_div(&(root + exact("1e-8")));
        self.theta = &self.theta - exact("0.1") * move_by.expect("epsilon is positive");
    }
}

fn a_thousand_iterations() -> Vec<[Real; 2]> {
    let data = [("3", "0"), ("-3", "2"), ("0.5", "1.25")];
    let (mut w, mut b) = (Adam::new("1"), Adam::new("-1"));
    let mut history = Vec::new();
    for (t, (x, y)) in (1..=1000).zip(data.into_iter().cycle()) {
        let error = &w.theta * exact(x) + &b.theta - exact(y);
        w.step(&(&error * exact(x)), t);
        b.step(&error, t);
        history.push([w.theta.clone(), b.theta.clone()]);
    }
    history
}

#[test]
fn a_thousand_iterations_of_adam() {
    let history = a_thousand_iterations();
    for row in rows(ADAM) {
        let t: usize = row[0].parse().unwrap();
        let [w, b] = &history[t - 1];
        assert_eq!([trace_decimal(w).unwrap(), trace_decimal(b).unwrap()], [row[1], row[2]], "{t}");
    }
    // A small stack, since neither evaluating nor dropping may be recursive.
    let last = history.into_iter().next_back();
    let small = thread::Builder::new().stack_size(1 << 16);
    small.spawn(move || drop(last)).unwrap().join().unwrap();
}
