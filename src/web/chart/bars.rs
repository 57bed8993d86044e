//! Bars with their 95 % intervals.

use super::{cut, opened, xml};
use std::fmt::Write as _;

/// One bar.
pub(in crate::web) struct Bar {
    /// What it is of.
    pub(in crate::web) label: String,
    /// The value, with its interval; nothing where it is withheld.
    pub(in crate::web) value: Option<(f64, f64, f64)>,
    /// The value as it is written.
    pub(in crate::web) written: String,
}

const WIDTH: f64 = 760.0;
/// Where bars begin, and where they end at the longest.
const LEFT: f64 = 240.0;
const RIGHT: f64 = 640.0;
const ROW: f64 = 34.0;
/// Longest label, in characters.
const LABEL_CHARS_MAX: usize = 28;

/// Bars, one below the other, from zero; values and intervals below zero end there.
pub(in crate::web) fn bars(bars: &[Bar], title: &str, description: &str) -> String {
    let most = bars.iter().filter_map(|bar| bar.value).map(|(_, _, high)| high).fold(1.0, f64::max);
    let at = |value: f64| LEFT + (RIGHT - LEFT) * (value.max(0.0) / most).min(1.0);
    let height = ROW * bars.len() as f64 + 12.0;
    let mut svg = opened(WIDTH as u32, height.ceil() as u32, (title, description));
    let _ = write!(
        svg,
        r##"<line class="axis" x1="{LEFT}" y1="2" x2="{LEFT}" y2="{:.0}" stroke="#8b818f" stroke-width="1"/>"##,
        height - 2.0
    );
    for (row, bar) in bars.iter().enumerate() {
        let (top, middle) = (ROW * row as f64 + 8.0, ROW * row as f64 + 22.0);
        let _ = write!(
            svg,
            r#"<text x="{:.0}" y="{:.1}" text-anchor="end">{}</text>"#,
            LEFT - 10.0,
            middle + 4.0,
            xml(&cut(&bar.label, LABEL_CHARS_MAX))
        );
        let mut end = LEFT;
        if let Some((value, low, high)) = bar.value {
            let (from, to) = (at(low), at(high));
            end = to.max(at(value));
            let _ = write!(
                svg,
                r##"<rect class="bar" x="{LEFT}" y="{top:.1}" width="{:.1}" height="22" rx="3" fill="#94264d"/><path class="interval" d="M{from:.1} {middle:.1}H{to:.1}M{from:.1} {:.1}v10M{to:.1} {:.1}v10" stroke="#211c24" stroke-width="2" fill="none"/>"##,
                (at(value) - LEFT).max(0.5),
                middle - 8.0,
                middle - 8.0,
            );
        }
        let _ = write!(svg, r#"<text x="{:.1}" y="{:.1}">{}</text>"#, end + 10.0, middle + 2.0, xml(&bar.written));
    }
    svg.push_str("</svg>");
    svg
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_written_as_text_and_bars_stay_in_the_drawing() {
        let bar = |label: &str, value| Bar { label: label.to_owned(), value, written: "≈ 3".to_owned() };
        let drawn = bars(
            &[bar("<script>&'\"", Some((3.0, -2.0, 9.0))), bar("b", None), bar("c", Some((-5.0, -9.0, -1.0)))],
            "a <b>",
            "d",
        );
        assert!(!drawn.contains("<script") && drawn.contains("&lt;script&gt;&amp;&#39;&quot;"), "{drawn}");
        assert!(drawn.contains("<title>a &lt;b&gt;</title>"));
        assert!(!drawn.contains("width=\"-") && !drawn.contains("NaN"), "{drawn}");
        assert_eq!(drawn.matches("class=\"bar\"").count(), 2);
    }
}
