//! The search for variants: complete, at an end, and the same whatever else is asked.
//!
//! What exists is found here by plain loops over the values, in fractions or whole numbers,
//! without the crate's numbers.

use std::collections::BTreeSet;
use std::path::Path;

use gradsheet::engine::execute;
use gradsheet::scenario::Exam;
use gradsheet::variants::{Search, TooFew, Variant};

/// A neuron on one example, trained for one step: w = w0 - a·(w0·x)·x.
fn exam(head: &str) -> String {
    format!(
        "title: An exam
{head}
setups:
  s:
    model: loss = 1/2*(w*x)^2
    init: {{w: w0}}
    data: [{{x: x1}}]
    iterations: 1
    optimizers:
      o: {{kind: sgd, learning_rate: a}}
cells:
  - question: A step
    text: One step.
    answers: [o.t1.w]
"
    )
}

const VARIABLES: &str = "variables:
  a: {choose: [0.5, 0.25], default: 0.5}
  x1: {integers: [-3, 3], default: 1}
  w0: {integers: [1, 4]}
";

fn find(text: &str, seed: u64, count: u64, limit: u64) -> Result<Vec<Variant>, Box<TooFew>> {
    let (exam, default) = Exam::read(Path::new("exam.yaml"), text).expect("a sound exam");
    let trace = execute(&default).expect("a run");
    Search::new(&exam, &default, &trace, seed, limit).find(count, &|_| {})
}

fn told(variants: &[Variant]) -> Vec<String> {
    let one = |variant: &Variant| {
        let values = variant.assignment.iter().map(|(name, value)| {
            format!(
                "{name}={}",
                value.closed_form().map_or_else(String::new, |form| form.to_text())
            )
        });
        values.collect::<Vec<_>>().join(" ")
    };
    variants.iter().map(one).collect()
}

/// 4·w1 by whole numbers, for a = quarters/4.
fn four_w(quarters: i64, x: i64, w0: i64) -> i64 {
    4 * w0 - quarters * w0 * x * x
}

/// All assignments under which the condition holds, and how many different answers they have.
fn exist(holds: impl Fn(i64, i64, i64) -> bool) -> (BTreeSet<String>, usize) {
    let mut found = BTreeSet::new();
    let mut answers = BTreeSet::new();
    for (quarters, a) in [(2, "1/2"), (1, "1/4")] {
        for x in -3..=3 {
            for w0 in 1..=4 {
                if holds(quarters, x, w0) {
                    found.insert(format!("a={a} x1={x} w0={w0}"));
                    answers.insert(four_w(quarters, x, w0));
                }
            }
        }
    }
    (found, answers.len())
}

#[test]
fn every_variant_that_exists_is_found_and_no_other() {
    type Holds = fn(i64, i64, i64) -> bool;
    let table: [(&str, Holds); 8] = [
        ("[]", |_, _, _| true),
        ("[o.t1.w < 0]", |q, x, w| four_w(q, x, w) < 0),
        ("['o.t1.w == 0 or x1 == 3']", |q, x, w| four_w(q, x, w) == 0 || x == 3),
        ("['not (w0 >= 2 and a == 1/2)', 'x1 != 0']", |q, x, w| !(w >= 2 && q == 2) && x != 0),
        ("['1 < w0 <= 3']", |_, _, w| 1 < w && w <= 3),
        ("['decimals(o.t1.w) <= 1']", |q, x, w| four_w(q, x, w) % 2 == 0),
        ("['abs(o.t1.w) * 2 > w0 + 1']", |q, x, w| 2 * four_w(q, x, w).abs() > 4 * (w + 1)),
        // Two digits: 10 to 99 whole ones, or one before the mark and one after it.
        ("['digits(o.t1.w) == 2', 'decimals(o.t1.w) == 0']", |q, x, w| {
            let four = four_w(q, x, w);
            four % 4 == 0 && (10..100).contains(&(four / 4).abs())
        }),
    ];
    for (require, holds) in table {
        let text = exam(&format!("{VARIABLES}require: {}", require.replace('\'', "\"")));
        let (all, different) = exist(holds);
        let wanted = u64::try_from(different).unwrap();
        let found = if wanted > 0 { find(&text, 1, wanted, 1000).unwrap() } else { Vec::new() };
        let names: BTreeSet<String> = told(&found).into_iter().collect();
        assert_eq!(names.len(), different, "{require}: an assignment stands twice");
        assert!(names.is_subset(&all), "{require}: {:?}", names.difference(&all));
        let few = find(&text, 1, wanted + 1, 1000).unwrap_err();
        assert_eq!((few.found, few.complete), (wanted, true), "{require}");
        // A space that is drawn from ends too, and finds nothing that does not exist.
        let few = find(&text, 1, wanted + 1, 20).unwrap_err();
        assert!(few.found <= wanted && !few.complete && few.examined <= 20, "{require}");
    }
}

#[test]
fn what_rejects_is_told_and_what_excludes_one_another() {
    let require = "require: [\"o.t1.w < 0\", \"w0 == 4\", \"abs(x1) <= 1\"]";
    let few = find(&exam(&format!("{VARIABLES}{require}")), 1, 1, 1000).unwrap_err();
    let count = |holds: &dyn Fn(i64, i64, i64) -> bool| {
        u64::try_from(exist(|q, x, w| !holds(q, x, w)).0.len()).unwrap()
    };
    let expected = vec![
        ("o.t1.w < 0".to_owned(), count(&|q, x, w| four_w(q, x, w) < 0)),
        ("w0 == 4".to_owned(), count(&|_, _, w| w == 4)),
        ("abs(x1) <= 1".to_owned(), count(&|_, x, _| x.abs() <= 1)),
    ];
    assert_eq!(few.rejected, expected);
    assert_eq!((few.found, few.examined), (0, 56));
    // With |x| <= 1 and a <= 1/2 the step can't change the sign of w.
    assert_eq!(few.exclusive, Some(("o.t1.w < 0".into(), "abs(x1) <= 1".into())));
}

#[test]
fn more_variants_and_other_limits_leave_the_earlier_ones() {
    let text = exam(VARIABLES);
    let ten = told(&find(&text, 7, 10, 1_000_000).unwrap());
    for (count, limit) in [(3, 1_000_000), (15, 1_000_000), (10, 500)] {
        let other = told(&find(&text, 7, count, limit).unwrap());
        let common = ten.len().min(other.len());
        assert_eq!(ten[..common], other[..common], "{count} within {limit}");
    }
    assert_ne!(ten, told(&find(&text, 8, 10, 1_000_000).unwrap()));
}

#[test]
fn a_new_variable_leaves_the_draws_of_the_others() {
    // So large that no two variants collide.
    let variables = "variables:
  a: {decimals: [0.001, 0.999], step: 0.001}
  x1: {integers: [1, 1000000]}
  w0: {integers: [1, 1000000]}
";
    let longer = format!("{variables}  more: {{integers: [1, 9]}}\n");
    let [short, long] =
        [variables, &longer].map(|head| told(&find(&exam(head), 3, 20, 1000).unwrap()));
    for (short, long) in short.iter().zip(long) {
        assert!(long.starts_with(&format!("{short} more=")), "{short} became {long}");
    }
}

#[test]
fn weights_make_choices_likelier() {
    let variables = "variables:
  a: {choose: [0.1, 0.2], weights: [9, 1]}
  x1: {integers: [1, 1000000]}
  w0: {integers: [1, 1000000]}
";
    let found = told(&find(&exam(variables), 1, 400, 1000).unwrap());
    let often = found.iter().filter(|one| one.starts_with("a=1/10")).count();
    // Binomial(400, 0.9): mean 360, standard deviation 6.
    assert!((336..=384).contains(&often), "{often}");
}

#[test]
fn an_astronomically_large_space_ends() {
    let variables = "variables:
  a: {decimals: [0, 1], step: 1e-15}
  x1: {integers: [1, 1000000000000000]}
  w0: {integers: [1, 1000000000000000]}
  y0: {integers: [1, 1000000000000000]}
  k: {expression: 1/(y0 - y0)*0 + 1}
";
    // A derived variable that has no value under the defaults is a problem of the scenario.
    assert!(Exam::read(Path::new("exam.yaml"), &exam(variables)).is_err());
    let variables = variables.replace("  k: {expression: 1/(y0 - y0)*0 + 1}\n", "");
    assert_eq!(find(&exam(&variables), 1, 50, 1000).unwrap().len(), 50);
    let never = format!("{variables}require: [x1 + 0.5 == w0]\n");
    let few = find(&exam(&never), 1, 1, 1000).unwrap_err();
    assert_eq!((few.found, few.examined, few.complete), (0, 1000, false));
    assert_eq!(few.rejected, vec![("x1 + 0.5 == w0".to_owned(), 1000)]);
}

#[test]
fn a_requirement_is_not_decided_by_rounding() {
    // 0.1 + 0.2 is not 0.3 in double precision, and w0 - a·w0·x² for 1/3 neither.
    let variables = "variables:
  a: {choose: [0.1, \"1/3\"], default: 0.1}
  x1: {choose: [1]}
  w0: {choose: [0.3, 3], default: 0.3}
require: [\"o.t1.w == w0*(1 - a)\", \"a + 0.2 != 0.3 or w0 == 0.3\"]
";
    assert_eq!(find(&exam(variables), 1, 3, 1000).unwrap().len(), 3);
    assert_eq!(find(&exam(variables), 1, 4, 1000).unwrap_err().found, 3);
}

/// With two values for the number of iterations, only one of them has what is required.
#[test]
fn what_a_requirement_names_must_be_there() {
    let text = exam(
        "variables:
  a: {choose: [0.5]}
  x1: {choose: [1]}
  n: {choose: [1, 2], default: 2}
  w0: {integers: [1, 4]}
require: ['not (o.t2.w == 0)']
",
    );
    let text = text.replace("iterations: 1", "iterations: n");
    for mistakes in ["", "    mistakes: [sign_slip]\n"] {
        let found = find(&format!("{text}{mistakes}"), 1, 4, 1000).expect("four variants");
        let found: BTreeSet<String> = told(&found).into_iter().collect();
        let all = (1..=4).map(|w0| format!("a=1/2 x1=1 n=2 w0={w0}"));
        assert_eq!(found, all.collect::<BTreeSet<_>>(), "{mistakes}");
    }
}
