//! The engine's gradients (reverse mode) against forward mode with dual numbers, and
//! against central differences, on random models:
//!
//! ```text
//! (f(w + h) - f(w - h)) / 2h = f'(w) + O(h²)
//! ```

use dashu_int::IBig;
use dashu_ratio::RBig;
use gradsheet::number::{Real, Sign};
use gradsheet::trace::Value;
use gradsheet::{engine, scenario};

use crate::dual::{Dual, LEAVES, Number, Random, Signs, Tree, binary, evaluate, fraction, name};

/// Definitions in order, the last one being the loss, and where its leaves are.
struct Model {
    definitions: Vec<Tree>,
    point: Vec<RBig>,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// Sums, products, powers and piecewise functions: the fractions are not left.
    Rational,
    Smooth,
}

fn tree(random: &mut Random, names: usize, depth: u32, kind: Kind) -> Tree {
    if depth == 0 || random.below(8) == 0 {
        return if random.below(6) == 0 {
            Tree::Number(random.decimal())
        } else {
            // Late names more often: definitions want to be used, and used twice.
            Tree::Name(random.below(names).max(random.below(names)))
        };
    }
    let next = |random: &mut Random| tree(random, names, depth - 1, kind);
    match random.below(if kind == Kind::Smooth { 12 } else { 8 }) {
        choice @ 0..=4 => {
            let operator = ['+', '-', '*', '*', '+'][choice];
            binary(operator, next(random), next(random))
        }
        5 => Tree::Negate(Box::new(next(random))),
        6 => Tree::Power(Box::new(next(random)), random.choose(&[0, 1, 2, 2, 3])),
        7 => match random.choose(&["relu", "abs", "max", "min"]) {
            two @ ("max" | "min") => Tree::Call(two, vec![next(random), next(random)]),
            one => Tree::Call(one, vec![next(random)]),
        },
        8 => Tree::Call(random.choose(&["tanh", "sigmoid"]), vec![next(random)]),
        9 => {
            // Of a bounded number, so that it is not beyond every range.
            let bounded = Tree::Call("tanh", vec![next(random)]);
            Tree::Call("exp", vec![bounded])
        }
        choice => {
            let square = Tree::Power(Box::new(next(random)), 2);
            let positive = binary('+', Tree::Number(fraction(1, 2)), square);
            match choice {
                10 => Tree::Call(random.choose(&["sqrt", "log"]), vec![positive]),
                _ => binary('/', next(random), positive),
            }
        }
    }
}

impl Model {
    fn random(random: &mut Random, kind: Kind) -> Self {
        let count = 1 + random.below(4);
        let definitions = (0..count).map(|index| tree(random, LEAVES + index, 3, kind)).collect();
        Model { definitions, point: (0..LEAVES).map(|_| random.decimal()).collect() }
    }

    /// A model that is exactly on a kink: p3 is what the rest comes to.
    fn on_a_kink(random: &mut Random) -> Self {
        let mut model = Self::random(random, Kind::Rational);
        let rest = tree(random, LEAVES - 1, 2, Kind::Rational);
        let scope: Vec<_> = model.scope(None);
        model.point[3] = evaluate(&rest, &scope, &mut Signs::new()).value;
        let apart = binary('-', rest.clone(), Tree::Name(3));
        let function = random.choose(&["relu", "abs", "max", "min"]);
        let kink = match function {
            "max" | "min" => Tree::Call(function, vec![rest, Tree::Name(3)]),
            _ => Tree::Call(function, vec![apart]),
        };
        let weight = Tree::Name(random.below(LEAVES));
        let last = LEAVES + model.definitions.len() - 1;
        let kink = binary('*', kink, weight);
        model.definitions.push(binary('+', kink, Tree::Name(last)));
        model
    }

    fn scope<N: Number>(&self, moving: Option<usize>) -> Vec<Dual<N>> {
        let tangent = |index| if moving == Some(index) { RBig::ONE } else { RBig::ZERO };
        let leaf = |(index, value)| Dual { value: N::of(value), tangent: N::of(&tangent(index)) };
        self.point.iter().enumerate().map(leaf).collect()
    }

    fn loss<N: Number>(&self, moving: Option<usize>, signs: &mut Signs) -> Dual<N> {
        let mut scope = self.scope(moving);
        for definition in &self.definitions {
            let dual = evaluate(definition, &scope, signs);
            scope.push(dual);
        }
        scope.pop().unwrap()
    }

    fn text(&self) -> String {
        let mut text = String::from("title: T\nsetups:\n  s:\n    model: |\n");
        let last = self.definitions.len() - 1;
        for (index, definition) in self.definitions.iter().enumerate() {
            let name = if index == last { "loss".to_owned() } else { name(LEAVES + index) };
            text.push_str(&format!("      {name} = {}\n", definition.text()));
        }
        text.push_str("    init:\n");
        for (index, value) in self.point.iter().enumerate() {
            text.push_str(&format!("      {}: \"{value}\"\n", name(index)));
        }
        text.push_str("    iterations: 1\n    optimizers:\n");
        text.push_str("      o: {kind: sgd, learning_rate: 1}\n");
        text
    }

    /// The engine's gradient and the signs of its branches.
    fn engine(&self) -> (Vec<Real>, Signs) {
        let text = self.text();
        let scenario = scenario::read("model.yaml".as_ref(), &text);
        let scenario = scenario.unwrap_or_else(|problems| panic!("{problems}"));
        let trace = engine::execute(&scenario).unwrap_or_else(|error| panic!("{error}\n{text}"));
        let record = &trace.setups.get("s").unwrap().runs.get("o").unwrap().iterations[1];
        let gradient = record.gradient.iter().map(|(name, value)| match value.scalar() {
            Some(Value::Real(real)) => real.clone(),
            other => panic!("{name}: {other:?}\n{text}"),
        });
        let branches = &record.examples[0].branches;
        (gradient.collect(), branches.iter().map(|branch| branch.sign.to_i32()).collect())
    }
}

/// Proved to be equal, or else equal to 60 digits.
fn same(left: &Real, right: &Real) -> bool {
    let difference = left - right;
    match difference.sign() {
        Ok(sign) => sign == Sign::Zero,
        Err(_) => {
            let ball = difference.ball(512).unwrap();
            let tiny = RBig::from_parts(IBig::ONE, dashu_int::UBig::from(10_u8).pow(60));
            ball.upper() < tiny && ball.lower() > -tiny
        }
    }
}

/// Compares with forward mode; whether a kink was met.
fn compare_with_forward_mode(model: &Model) -> bool {
    let (gradient, branches) = model.engine();
    let mut signs = Signs::new();
    for (index, found) in gradient.iter().enumerate() {
        signs.clear();
        let expected = model.loss::<Real>(Some(index), &mut signs).tangent;
        assert!(
            same(found, &expected),
            "{}: {found:?}, {expected:?}\n{}",
            name(index),
            model.text()
        );
    }
    assert_eq!(branches, signs, "{}", model.text());
    signs.contains(&0)
}

#[test]
fn reverse_mode_agrees_with_forward_mode() {
    let mut random = Random(1);
    let mut kinks = 0;
    for index in 0..400 {
        let model = match index % 8 {
            0 => Model::on_a_kink(&mut random),
            1..=3 => Model::random(&mut random, Kind::Rational),
            _ => Model::random(&mut random, Kind::Smooth),
        };
        let kink = compare_with_forward_mode(&model);
        assert!(kink || index % 8 > 0, "not on its kink: {}", model.text());
        kinks += usize::from(kink);
    }
    assert!(kinks >= 50, "{kinks} kinks");
}

#[test]
fn reverse_mode_agrees_with_central_differences() {
    let h = RBig::from_parts(IBig::ONE, dashu_int::UBig::from(10_u8).pow(20));
    let tolerance = RBig::from_parts(IBig::ONE, dashu_int::UBig::from(10_u8).pow(30));
    let mut random = Random(2);
    let mut compared = 0;
    while compared < 800 {
        let mut model = Model::random(&mut random, Kind::Rational);
        let (gradient, branches) = model.engine();
        // At a kink there is no derivative to differ from.
        if branches.contains(&0) {
            continue;
        }
        for (index, found) in gradient.iter().enumerate() {
            let mut side = |step: &RBig| {
                model.point[index] += step;
                let mut signs = Signs::new();
                let loss = model.loss::<RBig>(None, &mut signs).value;
                model.point[index] -= step;
                (loss, signs)
            };
            let ((above, right), (below, left)) = (side(&h), side(&-&h));
            assert!(right == branches && left == branches, "a kink within 1e-20");
            let difference = (above - below) / (&h * RBig::from(2));
            let gap = difference - &*found.as_rational().expect("fractions stay fractions");
            let gap = if gap < RBig::ZERO { -gap } else { gap };
            assert!(
                gap < tolerance,
                "{}: off by {}\n{}",
                name(index),
                gap.to_f64().value(),
                model.text()
            );
            compared += 1;
        }
    }
}
