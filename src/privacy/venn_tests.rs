//! The error of a Venn diagram of four audiences, simulated: its 15 regions released at once, beside 15 separate questions from the
//! same budget. `benches/cost` computes the same from the plans alone.
//!
//! Every figure is a sum of some of the draws, with signs; its squared error, over the variance that the plan claims, has a mean of 1.
//! How far the mean over many rounds may be from 1 is bounded below; all bounds together are wrong about honest noise with a
//! probability of at most 1e-6. Noise comes from the system, unseeded.
#![allow(clippy::unwrap_used, reason = "tests")]
use super::conversion::rho_within;
use super::evidence::SURPRISE;
use super::{Accuracy, Limits, Plan, Release, Tally, plan, release};
use crate::model::torture::rounds;
use crate::model::{Block, Bounds, Rho};

const AUDIENCES: u32 = 4;
/// A region is the set of the audiences that its persons are in, as bits; nobody is in none.
const REGIONS: u32 = (1 << AUDIENCES) - 1;

/// One figure of the diagram, as a sum of draws with signs: of the regions where all are released at once, of the intersections where
/// each is asked by itself.
struct Figure {
    name: String,
    of_regions: Vec<f64>,
    of_intersections: Vec<f64>,
}

impl Figure {
    fn new(name: String, region: impl Fn(u32) -> i32, intersection: impl Fn(u32) -> i32) -> Self {
        let all = |sign: &dyn Fn(u32) -> i32| (1..=REGIONS).map(|set| f64::from(sign(set))).collect();
        Self { name, of_regions: all(&region), of_intersections: all(&intersection) }
    }
}

/// 1 or -1, as a number is even or odd.
fn sign(number: u32) -> i32 {
    if number.is_multiple_of(2) { 1 } else { -1 }
}

/// Everybody in these audiences whatever else they are in, everybody in these alone, and everybody in any.
fn figures() -> Vec<Figure> {
    let within = |set: u32, of: u32| set & of == of;
    let mut figures = Vec::new();
    for of in 1..=REGIONS {
        // An intersection is made of the regions inside it.
        let region = move |set| i32::from(within(set, of));
        let name = |what: &str| format!("{what} {}", of.count_ones());
        figures.push(Figure::new(name("in"), region, move |set| i32::from(set == of)));
        // A region is what inclusion and exclusion leave of the intersections inside it.
        let alternating = move |set: u32| if within(set, of) { sign((set ^ of).count_ones()) } else { 0 };
        figures.push(Figure::new(name("alone in"), move |set| i32::from(set == of), alternating));
    }
    figures.push(Figure::new("in any".into(), |_| 1, |set| -sign(set.count_ones())));
    figures
}

/// A way to ask: its plans, one a question, and what they are charged together.
struct Way {
    plans: Vec<Plan>,
    coefficients: fn(&Figure) -> &[f64],
}

impl Way {
    fn of(bounds: &Bounds, questions: u32, budget: Rho, coefficients: fn(&Figure) -> &[f64]) -> Self {
        let loss = Accuracy::Loss(budget.as_f64() / f64::from(questions));
        let one = plan(bounds, loss, &Limits::sample()).unwrap();
        let charged = one.loss().rho.units() * u64::from(questions);
        assert!(charged <= budget.units(), "{charged} of {budget:?}");
        // Margins are whole: the next one down would cost more than there is, so little is left over.
        assert!(charged as f64 > 0.8 * budget.units() as f64, "{charged} of {budget:?} leaves too much unused");
        Self { plans: vec![one; questions as usize], coefficients }
    }

    /// The noise of one round on each draw.
    fn draw(&self, exact: &[i64]) -> Vec<f64> {
        let mut rest = exact;
        let mut errors = Vec::new();
        for plan in &self.plans {
            let cells = exact.len() / self.plans.len();
            let (own, others) = rest.split_at(cells);
            let Release::Cells { values } =
                release(Tally::seal((0..).zip(own.iter().copied()).collect()), plan).unwrap()
            else {
                panic!("not cells")
            };
            errors.extend(values.iter().zip(own).map(|(value, exact)| (value - exact) as f64));
            rest = others;
        }
        errors
    }

    /// The variance that the plans claim for a figure.
    fn claimed(&self, figure: &Figure) -> f64 {
        let sigma = self.plans[0].cell_sigma(0).unwrap();
        (self.coefficients)(figure).iter().map(|c| c * c).sum::<f64>() * sigma * sigma
    }

    /// The mean error and the mean squared error of every figure over many rounds.
    fn simulated(&self, exact: &[i64], figures: &[Figure], rounds: usize) -> Vec<(f64, f64)> {
        let mut sums = vec![(0.0, 0.0); figures.len()];
        for _ in 0..rounds {
            let errors = self.draw(exact);
            for (figure, (sum, squares)) in figures.iter().zip(&mut sums) {
                let error: f64 = (self.coefficients)(figure).iter().zip(&errors).map(|(c, error)| c * error).sum();
                *sum += error;
                *squares += error * error;
            }
        }
        sums.into_iter().map(|(sum, squares)| (sum / rounds as f64, squares / rounds as f64)).collect()
    }
}

/// How far the mean of n squared errors, each over its claimed variance, may be from 1: below and above, each exceeded with a probability
/// of at most exp(−surprise).
///
/// Above: a discrete Gaussian is subgaussian with its own scale (Canonne, Kamath and Steinke 2020), so sums of its
/// draws are, and the moment generating function of their squares is at most that of chi-squared: Laurent and Massart's bound
/// (2000, lemma 1). Below: exp(−x) ≤ 1 − x + x²/2, and the fourth moment is at most three times the squared variance, which at
/// these scales is the squared scale to more digits than a double has.
fn tolerance(n: usize, surprise: f64) -> (f64, f64) {
    let n = n as f64;
    (1.0 - (6.0 * surprise / n).sqrt(), 1.0 + 2.0 * (surprise / n).sqrt() + 2.0 * surprise / n)
}

struct Compared {
    figures: Vec<Figure>,
    together: Vec<(f64, f64)>,
    separate: Vec<(f64, f64)>,
}

/// Whether the observed errors of a way fit a claim, figure by figure; `scale` is how much wider the claim is than that of the plans.
fn fits(way: &Way, figures: &[Figure], observed: &[(f64, f64)], rounds: usize, scale: f64) -> bool {
    // Two ways, and four bounds on each figure: its squares from both sides, its mean from both sides.
    let surprise = SURPRISE + (8.0 * figures.len() as f64).ln();
    let (least, most) = tolerance(rounds, surprise);
    figures.iter().zip(observed).all(|(figure, (mean, squares))| {
        let claimed = way.claimed(figure) * scale * scale;
        let bias = (2.0 * claimed * surprise / rounds as f64).sqrt();
        (least..=most).contains(&(squares / claimed)) && mean.abs() <= bias
    })
}

#[test]
fn one_release_of_a_venn_diagram_is_nearer_than_separate_questions() {
    let budget = rho_within(1.0, 1e-6).unwrap();
    let regions = Bounds::Cells { blocks: vec![Block { cells: REGIONS, distance_squared: 1, unit: 1 }] };
    let together = Way::of(&regions, 1, budget, |figure| &figure.of_regions);
    let separate = Way::of(&Bounds::count(), REGIONS, budget, |figure| &figure.of_intersections);
    let (figures, rounds) = (figures(), rounds(4_000, 100_000));
    // Some regions are empty, some hold a handful, some many; an intersection holds its regions.
    let exact: Vec<i64> = (0..REGIONS).map(|region| [0, 3, 48_213, 700][region as usize % 4]).collect();
    let inside = |of: u32| (1..=REGIONS).zip(&exact).filter(|(set, _)| set & of == of).map(|(_, count)| count).sum();
    let intersections: Vec<i64> = (1..=REGIONS).map(inside).collect();
    let found = Compared {
        together: together.simulated(&exact, &figures, rounds),
        separate: separate.simulated(&intersections, &figures, rounds),
        figures,
    };
    for (way, observed) in [(&together, &found.together), (&separate, &found.separate)] {
        assert!(fits(way, &found.figures, observed, rounds, 1.0), "not the claimed errors: {observed:?}");
        assert!(!fits(way, &found.figures, observed, rounds, 0.8), "0.8 of the claimed errors passes too");
        assert!(!fits(way, &found.figures, observed, rounds, 1.25), "1.25 of the claimed errors passes too");
    }
    // The least gain, of single audiences, is 1.6 in squared error: within the same bounds each figure is nearer.
    for (figure, (one, apart)) in found.figures.iter().zip(found.together.iter().zip(&found.separate)) {
        assert!(one.1 < apart.1, "{}: {one:?} at once, {apart:?} apart", figure.name);
    }
    eprintln!("{}", found.table());
}

impl Compared {
    /// Standard deviations in persons, of the figures of one name together; `cargo test -- --nocapture` shows it.
    fn table(&self) -> String {
        let mut names: Vec<&str> = Vec::new();
        for figure in &self.figures {
            if !names.contains(&figure.name.as_str()) {
                names.push(&figure.name);
            }
        }
        names.sort_unstable();
        let row = |name: &&str| {
            let of = |observed: &[(f64, f64)]| {
                let own = self.figures.iter().zip(observed).filter(|(figure, _)| figure.name == **name);
                let squares: Vec<f64> = own.map(|(_, (_, squares))| *squares).collect();
                (squares.len(), (squares.iter().sum::<f64>() / squares.len() as f64).sqrt())
            };
            let ((many, one), (_, apart)) = (of(&self.together), of(&self.separate));
            format!("| {name} | {many} | {one:.2} | {apart:.2} | {:.2} |\n", apart / one)
        };
        let head = "| what | how many | one release | separate queries | ratio |\n|---|--:|--:|--:|--:|\n";
        head.to_owned() + &names.iter().map(row).collect::<String>()
    }
}
