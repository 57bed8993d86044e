//! The error of a Venn diagram of four audiences: one release of its 15 regions beside 15 queries from the same budget.

use crate::{DELTA, EPSILON};
use camerata::model::{Block, Bounds};
use camerata::privacy::{Accuracy, Limits, plan, rho_within};
use std::fmt::Write;

const AUDIENCES: u32 = 4;
const REGIONS: u32 = (1 << AUDIENCES) - 1;

/// Standard deviations in persons. The discrete Gaussian's is at most its scale (Canonne, Kamath and Steinke 2020), and equal
/// to it to more digits than are printed from a scale of 2 on.
pub fn table(limits: &Limits) -> String {
    let rho = rho_within(EPSILON, DELTA).unwrap().as_f64();
    let regions = Bounds::Cells { blocks: vec![Block { cells: REGIONS, distance_squared: 1, unit: 1 }] };
    let sigma = |bounds: &Bounds, rho| plan(bounds, Accuracy::Loss(rho), limits).unwrap().cell_sigma(0).unwrap();
    let together = sigma(&regions, rho);
    let alone = sigma(&Bounds::count(), rho / f64::from(REGIONS));
    let mut text = format!(
        "a Venn diagram of {AUDIENCES} audiences from (ε = {EPSILON}, δ = {DELTA:e}): standard deviations in persons\n\n"
    );
    text += "| what | how many | one release | separate queries | ratio |\n|---|--:|--:|--:|--:|\n";
    let mut row = |what: &str, many: u32, one: f64, separate: f64| {
        writeln!(text, "| {what} | {many} | {one:.1} | {separate:.1} | {:.2} |", separate / one).unwrap();
    };
    // An intersection of k audiences is the sum of the regions inside it; a region is an alternating sum of the intersections
    // inside it: 2^(4-k) terms either way.
    for (k, many) in [(1, 4), (2, 6), (3, 4), (4, 1)] {
        let terms = f64::from(1_u32 << (AUDIENCES - k)).sqrt();
        row(&format!("people in these {k}, whatever else"), many, together * terms, alone);
        row(&format!("people in these {k} alone"), many, together, alone * terms);
    }
    text
}
