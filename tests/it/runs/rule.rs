//! The update rules as their sources have them: `θ`, its gradient `g`, the iteration `t`
//! counted from 1, the learning rate `η`.
//!
//! Each is written from the paper's or the framework's formula; the program's own catalogue
//! is not asked.

use std::collections::BTreeMap;

use super::float::Float;
use super::settings::Settings;
use crate::dual::Number as _;

/// States of one entry, or of all entries of a parameter.
pub(crate) type State = BTreeMap<&'static str, Vec<Float>>;
type Own = BTreeMap<&'static str, Float>;

/// One application of a rule.
pub(crate) struct Step<'s> {
    pub(crate) settings: &'s Settings,
    pub(crate) t: u64,
    pub(crate) rate: Float,
    /// Rows and columns of the parameter.
    pub(crate) sizes: (usize, usize),
    /// λ of a weight decay that the rule itself applies, in LARS and LAMB.
    pub(crate) inner_decay: Float,
}

impl Step<'_> {
    /// The new values of a parameter, row by row.
    pub(crate) fn apply(&self, theta: &[Float], g: &[Float], state: &mut State) -> Vec<Float> {
        match self.settings.kind {
            "lars" => self.lars(theta, g, state),
            "lamb" => self.lamb(theta, g, state),
            "muon" => self.muon(theta, g, state),
            _ => {
                let entries = theta.iter().zip(g).enumerate();
                entries.map(|(index, (theta, g))| self.alone(index, state, theta, g)).collect()
            }
        }
    }

    /// A rule that looks at one entry alone.
    fn alone(&self, index: usize, state: &mut State, theta: &Float, g: &Float) -> Float {
        let mut own: Own =
            state.iter().map(|(name, entries)| (*name, entries[index].clone())).collect();
        let new = match self.settings.kind {
            "sgd" => theta - &self.rate * g,
            "momentum" => self.momentum(theta, g, &mut own),
            "adagrad" => self.adagrad(theta, g, &mut own),
            "rmsprop" => self.rmsprop(theta, g, &mut own),
            "adadelta" => self.adadelta(theta, g, &mut own),
            "adam" | "adamw" => theta - &self.rate * self.adam(g, &mut own),
            "adamax" => self.adamax(theta, g, &mut own),
            "nadam" => self.nadam(theta, g, &mut own),
            "radam" => self.radam(theta, g, &mut own),
            "sign_sgd" => theta - &self.rate * g.signum(),
            "signum" => {
                let u = self.average("beta", &own["u"], g);
                own.insert("u", u.clone());
                theta - &self.rate * u.signum()
            }
            "lion" => {
                let c = self.average("beta1", &own["u"], g);
                let u = self.average("beta2", &own["u"], g);
                own.insert("u", u);
                theta - &self.rate * c.signum()
            }
            "rprop" => self.rprop(theta, g, &mut own),
            kind => panic!("`{kind}` has no second implementation"),
        };
        for (name, value) in own {
            if let Some(entries) = state.get_mut(name) {
                entries[index] = value;
            }
        }
        new
    }

    fn number(&self, name: &str) -> Float {
        self.settings.number(name)
    }

    fn is(&self, name: &str, word: &str) -> bool {
        self.settings.is(name, word)
    }

    /// βu + (1 − β)x
    fn average(&self, beta: &str, u: &Float, x: &Float) -> Float {
        let beta = self.number(beta);
        &beta * u + (Float::one() - &beta) * x
    }

    /// a/b, or no move where both are 0 and the scenario wants none.
    fn quotient(&self, a: &Float, b: &Float) -> Float {
        let still = self.is("zero_over_zero", "no_move") && a.is_zero() && b.is_zero();
        if still { Float::zero() } else { a / b }
    }

    /// √v + ε or √(v + ε)
    fn root(&self, v: &Float) -> Float {
        let epsilon = self.number("epsilon");
        if self.is("epsilon_place", "inside") { (v + epsilon).sqrt() } else { v.sqrt() + epsilon }
    }

    /// 1 − βᵗ
    fn correction(&self, beta: &str, t: u64) -> Float {
        Float::one() - self.number(beta).power(t)
    }

    /// Polyak (1964) as torch, optax and Keras write it, and as a moving average.
    fn momentum(&self, theta: &Float, g: &Float, own: &mut Own) -> Float {
        let (beta, rate) = (self.number("beta"), &self.rate);
        let u = &own["u"];
        let form = self.settings.written("form").unwrap_or_default();
        let share = match form {
            "ema" => (Float::one() - &beta) * g,
            "velocity" => -(rate * g),
            // Dampening is not applied in the first step.
            _ if self.t > 1 => (Float::one() - self.number("dampening")) * g,
            _ => g.clone(),
        };
        let u = &beta * u + &share;
        // Undamped, for Nesterov's step requires dampening 0.
        let ahead = if self.is("nesterov", "true") { &beta * &u + &share } else { u.clone() };
        own.insert("u", u);
        if form == "velocity" { theta + ahead } else { theta - rate * ahead }
    }

    /// Duchi, Hazan and Singer (2011), torch's decay of the rate.
    fn adagrad(&self, theta: &Float, g: &Float, own: &mut Own) -> Float {
        let s = &own["s"] + g.square();
        let before = Float::from(i64::try_from(self.t).unwrap() - 1);
        let rate = &self.rate / (Float::one() + before * self.number("learning_rate_decay"));
        let step = self.quotient(g, &self.root(&s));
        own.insert("s", s);
        theta - rate * step
    }

    /// Hinton (2012); centred as in Graves (2013).
    fn rmsprop(&self, theta: &Float, g: &Float, own: &mut Own) -> Float {
        let v = self.average("rho", &own["v"], &g.square());
        let mut variance = v.clone();
        own.insert("v", v);
        if self.is("centered", "true") {
            let mean = self.average("rho", &own["g_bar"], g);
            variance = variance - mean.square();
            own.insert("g_bar", mean);
        }
        let step = self.quotient(g, &self.root(&variance));
        let Some(b) = own.get("u") else { return theta - &self.rate * step };
        let momentum = self.number("momentum");
        let (b, step) = if self.is("rate_place", "inside") {
            let b = momentum * b + &self.rate * step;
            (b.clone(), b)
        } else {
            let b = momentum * b + step;
            (b.clone(), &self.rate * b)
        };
        own.insert("u", b);
        theta - step
    }

    /// Zeiler (2012)
    fn adadelta(&self, theta: &Float, g: &Float, own: &mut Own) -> Float {
        let epsilon = self.number("epsilon");
        let v = self.average("rho", &own["v"], &g.square());
        let above = (&own["d"] + &epsilon).sqrt() * g;
        let delta = self.quotient(&above, &(&v + &epsilon).sqrt());
        let d = self.average("rho", &own["d"], &delta.square());
        own.extend([("v", v), ("d", d)]);
        theta - &self.rate * delta
    }

    /// The first and the second moment.
    fn moments(&self, g: &Float, own: &mut Own) -> (Float, Float) {
        let u = self.average("beta1", &own["u"], g);
        let v = self.average("beta2", &own["v"], &g.square());
        own.extend([("u", u.clone()), ("v", v.clone())]);
        (u, v)
    }

    /// The direction of Kingma and Ba (2015), Algorithm 1; ε̂ as at the end of its section 2;
    /// AMSGrad of Reddi, Kale and Kumar (2018).
    fn adam(&self, g: &Float, own: &mut Own) -> Float {
        let (u, v) = self.moments(g, own);
        let (mut first, mut second) = (Float::one(), Float::one());
        if !self.is("bias_correction", "false") {
            (first, second) = (self.correction("beta1", self.t), self.correction("beta2", self.t));
        }
        let mut raw = v;
        if self.is("amsgrad", "raw") {
            raw = own["v_max"].max(&raw);
            own.insert("v_max", raw.clone());
        }
        if self.is("epsilon_place", "hat") {
            return second.sqrt() / first * self.quotient(&u, &self.root(&raw));
        }
        let mut corrected = raw / second;
        if self.is("amsgrad", "corrected") {
            corrected = own["v_max"].max(&corrected);
            own.insert("v_max", corrected.clone());
        }
        self.quotient(&(u / first), &self.root(&corrected))
    }

    /// Kingma and Ba (2015), Algorithm 2; ε beside |g| as in torch, or in the denominator.
    fn adamax(&self, theta: &Float, g: &Float, own: &mut Own) -> Float {
        let u = self.average("beta1", &own["u"], g);
        let epsilon = self.number("epsilon");
        let inside = self.is("epsilon_place", "inside");
        let size = if inside { g.abs() + &epsilon } else { g.abs() };
        let n = (self.number("beta2") * &own["n"]).max(&size);
        let below = if inside { n.clone() } else { &n + &epsilon };
        let step = self.quotient(&(&u / self.correction("beta1", self.t)), &below);
        own.extend([("u", u), ("n", n)]);
        theta - &self.rate * step
    }

    /// Dozat (2016), with torch's schedule of the momentum or, as in optax, without one.
    fn nadam(&self, theta: &Float, g: &Float, own: &mut Own) -> Float {
        let (u, v) = self.moments(g, own);
        let ahead = if self.is("form", "simple") {
            let share = (Float::one() - self.number("beta1")) * g;
            self.number("beta1") * &u / self.correction("beta1", self.t + 1)
                + share / self.correction("beta1", self.t)
        } else {
            let mu = |t: u64| {
                let exponent =
                    Float::from(i64::try_from(t).unwrap()) * self.number("momentum_decay");
                let base = Float::from(96) / Float::from(100);
                let half = base.to_power(&exponent) / Float::from(2);
                self.number("beta1") * (Float::one() - half)
            };
            let (now, next) = (mu(self.t), mu(self.t + 1));
            let product = &own["P"] * &now;
            let first = &next * &u / (Float::one() - &product * &next);
            let last = (Float::one() - &now) * g / (Float::one() - &product);
            own.insert("P", product);
            first + last
        };
        theta - &self.rate * self.over_root(&ahead, &v)
    }

    /// a/(√v̂ + ε), or √v̂ with ε inside, or √(1 − β₂ᵗ) a/(√v + ε̂).
    fn over_root(&self, a: &Float, v: &Float) -> Float {
        let second = self.correction("beta2", self.t);
        if self.is("epsilon_place", "hat") {
            second.sqrt() * self.quotient(a, &self.root(v))
        } else {
            self.quotient(a, &self.root(&(v / second)))
        }
    }

    /// Liu et al. (2020)
    fn radam(&self, theta: &Float, g: &Float, own: &mut Own) -> Float {
        let (u, v) = self.moments(g, own);
        let corrected = u / self.correction("beta1", self.t);
        let whole = |integer: i64| Float::from(integer);
        let beta = self.number("beta2");
        let power = beta.power(self.t);
        let longest = whole(2) / (Float::one() - &beta) - Float::one();
        let twice = whole(2 * i64::try_from(self.t).unwrap());
        let length = &longest - twice * &power / (Float::one() - &power);
        if (&length - self.number("threshold")).sign() <= 0 {
            return theta - &self.rate * corrected;
        }
        let above = (&length - whole(4)) * (&length - whole(2)) * &longest;
        let below = (&longest - whole(4)) * (&longest - whole(2)) * &length;
        let rectified = (above / below).sqrt() * self.over_root(&corrected, &v);
        theta - &self.rate * rectified
    }

    /// iRprop⁻ of Igel and Hüsken (2000), as in torch.
    fn rprop(&self, theta: &Float, g: &Float, own: &mut Own) -> Float {
        let sign = (g * &own["g_prev"]).sign();
        let factor = match sign {
            1 => self.number("eta_plus"),
            0 => Float::one(),
            _ => self.number("eta_minus"),
        };
        let (least, most) = (self.number("step_min"), self.number("step_max"));
        let step = (&own["d"] * factor).max(&least).min(&most);
        let used = if sign < 0 { Float::zero() } else { g.clone() };
        let new = theta - &step * used.signum();
        own.extend([("d", step), ("g_prev", used)]);
        new
    }

    /// You, Gitman and Ginsburg (2017). With weight decay inside as in the paper; in optax it is
    /// in `g` already.
    fn lars(&self, theta: &[Float], g: &[Float], state: &mut State) -> Vec<Float> {
        let (weights, gradient) = (norm(theta), norm(g));
        let below = &gradient + &self.inner_decay * &weights;
        let ratio = if weights.is_zero() || below.is_zero() {
            Float::one()
        } else {
            self.number("trust") * weights / (below + self.number("epsilon"))
        };
        let beta = self.number("beta");
        let u = state.get_mut("u").unwrap();
        for (u, (theta, g)) in u.iter_mut().zip(theta.iter().zip(g)) {
            let decayed = g + &self.inner_decay * theta;
            *u = &beta * &*u + &self.rate * &ratio * decayed;
        }
        theta.iter().zip(u.iter()).map(|(theta, u)| theta - u).collect()
    }

    /// Jordan et al. (2024), as in torch but without its rounding to bfloat16.
    fn muon(&self, theta: &[Float], g: &[Float], state: &mut State) -> Vec<Float> {
        let (rows, columns) = self.sizes;
        let u = state.get_mut("u").unwrap();
        for (u, g) in u.iter_mut().zip(g) {
            *u = self.average("beta", u, g);
        }
        let mut x: Vec<Float> = if self.is("nesterov", "true") {
            u.iter().zip(g).map(|(u, g)| self.average("beta", u, g)).collect()
        } else {
            u.clone()
        };
        let length = norm(&x).max(&self.number("epsilon"));
        for entry in &mut x {
            *entry = &*entry / &length;
        }
        let [a, b, c] = ["ns_a", "ns_b", "ns_c"].map(|name| self.number(name));
        let steps = u64::try_from(self.settings.fraction("ns_steps").numerator().clone()).unwrap();
        for _ in 0..steps {
            // A = XXᵀ, then aX + (bA + cA²)X.
            let dot = |i: usize, j: usize| {
                let terms = (0..columns).map(|k| &x[i * columns + k] * &x[j * columns + k]);
                terms.fold(Float::zero(), |sum, term| sum + term)
            };
            let square: Vec<Float> =
                (0..rows * rows).map(|place| dot(place / rows, place % rows)).collect();
            let fourth = product(&square, &square, rows);
            let weights: Vec<Float> =
                square.iter().zip(&fourth).map(|(one, two)| &b * one + &c * two).collect();
            let bent = product(&weights, &x, rows);
            x = x.iter().zip(&bent).map(|(x, bent)| &a * x + bent).collect();
        }
        let whole = |size: usize| Float::from(i64::try_from(size).unwrap());
        let scale = match self.settings.written("scale") {
            Some("match_rms_adamw") => whole(rows.max(columns)).sqrt() / whole(5),
            Some("ratio") => (whole(rows) / whole(columns)).sqrt(),
            _ => (whole(rows) / whole(columns)).max(&Float::one()).sqrt(),
        };
        let step = |(theta, x): (&Float, &Float)| theta - &self.rate * &scale * x;
        theta.iter().zip(&x).map(step).collect()
    }

    /// You et al. (2020), φ(x) = x.
    fn lamb(&self, theta: &[Float], g: &[Float], state: &mut State) -> Vec<Float> {
        let mut direction = Vec::new();
        for (index, (theta, g)) in theta.iter().zip(g).enumerate() {
            let [u, v] = ["u", "v"].map(|name| state[name][index].clone());
            let mut own = Own::from([("u", u), ("v", v)]);
            let (u, v) = self.moments(g, &mut own);
            let r = self.over_root(&(&u / self.correction("beta1", self.t)), &v);
            direction.push(r + &self.inner_decay * theta);
            state.get_mut("u").unwrap()[index] = u;
            state.get_mut("v").unwrap()[index] = v;
        }
        let (weights, length) = (norm(theta), norm(&direction));
        let ratio = match weights.is_zero() || length.is_zero() {
            true => Float::one(),
            false => weights / length,
        };
        let step = |(theta, r): (&Float, &Float)| theta - &self.rate * &ratio * r;
        theta.iter().zip(&direction).map(step).collect()
    }
}

/// ‖x‖₂ of all entries together.
pub(crate) fn norm(entries: &[Float]) -> Float {
    entries.iter().fold(Float::zero(), |sum, entry| sum + entry.square()).sqrt()
}

/// The product of a square matrix of this size and another matrix.
fn product(left: &[Float], right: &[Float], size: usize) -> Vec<Float> {
    let columns = right.len() / size;
    let entry = |place: usize| {
        let (row, column) = (place / columns, place % columns);
        let terms = (0..size).map(|k| &left[row * size + k] * &right[k * columns + column]);
        terms.fold(Float::zero(), |sum, term| sum + term)
    };
    (0..right.len()).map(entry).collect()
}
