//! What was measured, and the table of it.

use std::fmt;

/// What figures count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    Seconds,
    Mebibytes,
}

/// Two contenders' figures for one thing, at one size.
pub struct Figures {
    rows: u64,
    what: &'static str,
    against: &'static str,
    unit: Unit,
    /// The ratio that is aimed at.
    target: Option<f64>,
    pub ours: Vec<f64>,
    pub theirs: Vec<f64>,
}

impl Figures {
    pub fn new(rows: u64, what: &'static str, against: &'static str, unit: Unit, target: Option<f64>) -> Self {
        Self { rows, what, against, unit, target, ours: Vec::new(), theirs: Vec::new() }
    }

    /// Runs both contenders, each first in every other round.
    pub fn take_turns(&mut self, round: usize, ours: impl FnOnce() -> f64, theirs: impl FnOnce() -> f64) {
        if round.is_multiple_of(2) {
            self.ours.push(ours());
            self.theirs.push(theirs());
        } else {
            self.theirs.push(theirs());
            self.ours.push(ours());
        }
    }

    fn show(&self, figures: &[f64]) -> String {
        let Some((median, least)) = median_and_least(figures) else { return "not measured".to_owned() };
        match self.unit {
            Unit::Seconds => format!("{median:.3} s ({least:.3})"),
            Unit::Mebibytes => format!("{median:.0} MiB ({least:.0})"),
        }
    }

    fn ratio(&self) -> Option<f64> {
        Some(median_and_least(&self.ours)?.0 / median_and_least(&self.theirs)?.0)
    }
}

/// The median (the mean of the two in the middle, where there are two) and the least.
fn median_and_least(figures: &[f64]) -> Option<(f64, f64)> {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    let upper = *sorted.get(middle)?;
    let lower = if sorted.len().is_multiple_of(2) { sorted[middle - 1] } else { upper };
    Some(((lower + upper) / 2.0, sorted[0]))
}

/// All figures, as a Markdown table.
#[derive(Default)]
pub struct Table(Vec<Figures>);

impl Table {
    pub fn extend(&mut self, figures: Vec<Figures>) {
        self.0.extend(figures);
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| rows | what | camerata | against | takes | ratio | target |\n|--:|---|--:|---|--:|--:|---|")?;
        for figures in &self.0 {
            let ratio = figures.ratio().map_or_else(|| "-".to_owned(), |ratio| format!("{ratio:.2}"));
            let target = match (figures.target, figures.ratio()) {
                (Some(target), Some(ratio)) if ratio > target => format!("at most {target:.2}: MISSED"),
                (Some(target), _) => format!("at most {target:.2}"),
                (None, _) => String::new(),
            };
            let (ours, theirs) = (figures.show(&figures.ours), figures.show(&figures.theirs));
            let (rows, what, against) = (figures.rows, figures.what, figures.against);
            writeln!(f, "| {rows} | {what} | {ours} | {against} | {theirs} | {ratio} | {target} |")?;
        }
        Ok(())
    }
}
