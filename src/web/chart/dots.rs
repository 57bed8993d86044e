//! Shares as dots, each with its 95 % interval, on a scale from nothing to all.

use super::{cut, opened, xml};
use std::fmt::Write as _;

/// One dot.
pub(in crate::web) struct Dot {
    /// What it is of.
    pub(in crate::web) label: String,
    /// The share with its interval, from 0 to 1; nothing where it can't be told.
    pub(in crate::web) value: Option<(f64, f64, f64)>,
    /// As it is written.
    pub(in crate::web) written: String,
}

const WIDTH: f64 = 840.0;
const LEFT: f64 = 420.0;
const RIGHT: f64 = 720.0;
const ROW: f64 = 30.0;

/// Dots, one below the other; `whole` is how all of it is written.
pub(in crate::web) fn dots(dots: &[Dot], whole: &str, words: (&str, &str)) -> String {
    let at = |share: f64| LEFT + (RIGHT - LEFT) * share.clamp(0.0, 1.0);
    let height = ROW * dots.len() as f64 + 34.0;
    let mut svg = opened(WIDTH as u32, height as u32, words);
    let foot = height - 24.0;
    for (place, written) in [(LEFT, "0"), (RIGHT, whole)] {
        let _ = write!(
            svg,
            r##"<line class="axis" x1="{place}" y1="2" x2="{place}" y2="{foot:.0}" stroke="#8b818f" stroke-width="1"/><text x="{place}" y="{:.0}" text-anchor="middle" font-size="12">{}</text>"##,
            foot + 16.0,
            xml(written)
        );
    }
    for (row, dot) in dots.iter().enumerate() {
        let middle = ROW * row as f64 + 16.0;
        let _ = write!(
            svg,
            r#"<text x="{:.0}" y="{:.1}" text-anchor="end">{}</text>"#,
            LEFT - 10.0,
            middle + 5.0,
            xml(&cut(&dot.label, 52))
        );
        let mut end = LEFT;
        if let Some((value, low, high)) = dot.value {
            end = at(high).max(at(value) + 6.0);
            let _ = write!(
                svg,
                r##"<path class="interval" d="M{:.1} {middle:.1}H{:.1}" stroke="#211c24" stroke-width="2" fill="none"/><circle class="bar" cx="{:.1}" cy="{middle:.1}" r="6" fill="#94264d"/>"##,
                at(low),
                at(high),
                at(value)
            );
        }
        let _ = write!(svg, r#"<text x="{:.1}" y="{:.1}">{}</text>"#, end + 10.0, middle + 5.0, xml(&dot.written));
    }
    svg.push_str("</svg>");
    svg
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_stays_on_its_scale() {
        let dot = |value| Dot { label: "<a>".to_owned(), value, written: "3 %".to_owned() };
        let drawn = dots(&[dot(Some((1.7, -0.2, f64::INFINITY))), dot(None)], "100 %", ("t", "d"));
        assert!(drawn.contains(r#"cx="720.0""#) && drawn.contains("M420.0") && drawn.contains("H720.0"), "{drawn}");
        assert!(!drawn.contains("<a>") && !drawn.contains("inf"), "{drawn}");
        assert_eq!(drawn.matches("<circle").count(), 1);
    }
}
