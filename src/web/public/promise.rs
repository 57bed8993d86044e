//! What the room promises to a person whose name may be in a list, with something to try it on.

use crate::{model::typography, web::page::Page};
use askama::Template;
use axum::{http::StatusCode, response::Response};
use std::f64::consts::SQRT_2;

/// Margins that the table tells of, in persons.
const MARGINS: [u32; 5] = [1, 5, 20, 50, 100];
/// A 95 % interval of a normal variable is this many standard deviations to each side.
const DEVIATIONS: f64 = 1.959_963_984_540_054;

#[derive(Template)]
#[template(path = "public/promise.html", config = "src/web/askama.toml")]
struct PromisePage<'a> {
    page: &'a Page,
    /// A margin, and of how many guesses in 1,000 the best guesser gets how many right.
    rows: Vec<(u32, String)>,
}

/// Shows it.
pub(crate) async fn show(page: Page) -> Response {
    let rows = MARGINS.map(|margin| (margin, typography::integer(right_in_a_thousand(margin), page.language)));
    page.show(StatusCode::OK, &PromisePage { page: &page, rows: rows.into() })
}

/// How many of 1,000 guesses are right, at best, about whether one person was counted, after reading one count of this margin: half,
/// and half of the total variation between two normal variables one apart, which is 2Φ(1/(2σ)) − 1 (Dong, Roth, Su, "Gaussian
/// Differential Privacy", 2022, section 2.2).
fn right_in_a_thousand(margin: u32) -> i64 {
    let sigma = f64::from(margin) / DEVIATIONS;
    let phi = 0.5 * libm::erfc(-1.0 / (2.0 * sigma) / SQRT_2);
    (phi * 1000.0).round() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wide_margin_leaves_a_guesser_with_a_coin() {
        // Φ(0.97998) = 0.8365, Φ(0.0098) = 0.5039: from a table of the normal distribution.
        assert_eq!(right_in_a_thousand(1), 836);
        assert_eq!(right_in_a_thousand(100), 504);
    }
}
