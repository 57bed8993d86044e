//! A sum that grows by steps over a span of time, under a ceiling.

use super::{opened, xml};
use std::fmt::Write as _;

/// What is drawn.
pub(in crate::web) struct Steps<'a> {
    /// The sum at the beginning.
    pub(in crate::web) before: f64,
    /// Where along the span, from 0 to 1, and the sum from there on.
    pub(in crate::web) steps: Vec<(f64, f64)>,
    /// Where along the span today is.
    pub(in crate::web) today: f64,
    /// The ceiling, and what is free of it today.
    pub(in crate::web) ceiling: f64,
    pub(in crate::web) free: f64,
    /// What the levels are called: the ceiling, what is free of it, and the sum as it is now.
    pub(in crate::web) words: [&'a str; 3],
    /// The ends of the span.
    pub(in crate::web) ends: [&'a str; 2],
}

const WIDTH: f64 = 760.0;
const LEFT: f64 = 20.0;
const RIGHT: f64 = 560.0;
const TOP: f64 = 24.0;
const BOTTOM: f64 = 220.0;

/// The steps as a line, from the beginning to today.
pub(in crate::web) fn steps(drawn: &Steps<'_>, title: &str, description: &str) -> String {
    let most =
        drawn.steps.iter().map(|(_, sum)| *sum).fold(drawn.ceiling.max(drawn.before), f64::max).max(f64::MIN_POSITIVE);
    let x = |along: f64| LEFT + (RIGHT - LEFT) * along.clamp(0.0, 1.0);
    let y = |sum: f64| BOTTOM - (BOTTOM - TOP) * (sum / most).clamp(0.0, 1.0);
    let mut svg = opened(WIDTH as u32, 260, (title, description));
    let mut path = format!("M{:.1} {:.1}", x(0.0), y(drawn.before));
    for (along, sum) in &drawn.steps {
        let _ = write!(path, "H{:.1}V{:.1}", x(*along), y(*sum));
    }
    let _ = write!(path, "H{:.1}", x(drawn.today));
    let sum = drawn.steps.last().map_or(drawn.before, |(_, sum)| *sum);
    let levels = [(drawn.ceiling, "cap"), (drawn.free, "unlocked")];
    for (level, class) in levels {
        let at = y(level);
        let _ = write!(
            svg,
            r##"<line class="level {class}" x1="{LEFT}" y1="{at:.1}" x2="{RIGHT}" y2="{at:.1}" stroke="#8b818f" stroke-dasharray="5 4"/>"##
        );
    }
    let _ = write!(
        svg,
        r##"<path class="course" d="{path}" fill="none" stroke="#94264d" stroke-width="3"/><line class="axis" x1="{LEFT}" y1="{BOTTOM}" x2="{RIGHT}" y2="{BOTTOM}" stroke="#8b818f"/>"##
    );
    for (at, words) in apart([y(drawn.ceiling), y(drawn.free), y(sum)]).into_iter().zip(drawn.words) {
        let _ = write!(svg, r#"<text x="{:.1}" y="{:.1}">{}</text>"#, RIGHT + 10.0, at + 5.0, xml(words));
    }
    let [start, end] = drawn.ends;
    let _ = write!(
        svg,
        r#"<text x="{LEFT}" y="246">{}</text><text x="{RIGHT}" y="246" text-anchor="end">{}</text></svg>"#,
        xml(start),
        xml(end)
    );
    svg
}

/// Heights of lines of text, from the top, with room for each.
fn apart(heights: [f64; 3]) -> [f64; 3] {
    let mut last = f64::NEG_INFINITY;
    heights.map(|height| {
        last = height.max(last + 18.0);
        last
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_stays_in_the_drawing_and_words_stay_apart() {
        let drawn = Steps {
            before: 0.0,
            steps: vec![(0.1, 0.5), (2.0, 9.0)],
            today: f64::NAN,
            ceiling: 0.0,
            free: 0.0,
            words: ["<b>", "&", "c"],
            ends: ["a", "b"],
        };
        let svg = steps(&drawn, "t", "d");
        assert!(svg.contains("&lt;b&gt;") && !svg.contains("<b>"), "{svg}");
        assert!(svg.contains("H560.0V24.0"), "{svg}");
        let [a, b, c] = apart([220.0, 220.0, 24.0]);
        assert!(b - a >= 18.0 && c - b >= 18.0, "{a} {b} {c}");
    }
}
