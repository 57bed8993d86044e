//! A curve through points, within the band of their 95 % intervals.

use super::{cut, opened, xml};
use std::fmt::Write as _;

/// One point.
pub(in crate::web) struct Point {
    /// Where it stands.
    pub(in crate::web) label: String,
    /// Its value with its interval; nothing where it is withheld.
    pub(in crate::web) value: Option<(f64, f64, f64)>,
    /// As it is written.
    pub(in crate::web) written: String,
}

/// What is drawn.
pub(in crate::web) struct Curve<'a> {
    /// From left to right.
    pub(in crate::web) points: &'a [Point],
    /// What the places stand for.
    pub(in crate::web) along: &'a str,
    pub(in crate::web) title: &'a str,
    pub(in crate::web) description: &'a str,
}

const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 320.0;
const LEFT: f64 = 40.0;
const RIGHT: f64 = 720.0;
const TOP: f64 = 34.0;
const FOOT: f64 = 260.0;

/// Draws it, from zero. Where points are withheld the curve stops.
pub(in crate::web) fn curve(curve: &Curve<'_>) -> String {
    let values = || curve.points.iter().filter_map(|point| point.value);
    let most = values().map(|(value, _, high)| high.max(value)).filter(|most| most.is_finite()).fold(1.0, f64::max);
    let step = (RIGHT - LEFT) / curve.points.len().max(1) as f64;
    let x = |at: usize| LEFT + step * (at as f64 + 0.5);
    let y = |value: f64| FOOT - (FOOT - TOP) * (value / most).clamp(0.0, 1.0);
    let mut svg = opened(WIDTH as u32, HEIGHT as u32, (curve.title, curve.description));
    let told: Vec<(usize, f64, f64, f64)> = curve
        .points
        .iter()
        .enumerate()
        .filter_map(|(at, point)| point.value.map(|(value, low, high)| (at, value, low, high)))
        .collect();
    for run in told.chunk_by(|(one, ..), (next, ..)| one + 1 == *next) {
        let above = run.iter().map(|(at, _, _, high)| format!("{:.1} {:.1}", x(*at), y(*high)));
        let below = run.iter().rev().map(|(at, _, low, _)| format!("{:.1} {:.1}", x(*at), y(*low)));
        let band: Vec<String> = above.chain(below).collect();
        let line: Vec<String> = run.iter().map(|(at, value, ..)| format!("{:.1} {:.1}", x(*at), y(*value))).collect();
        let _ = write!(
            svg,
            r##"<path class="band" d="M{}Z" fill="#94264d" fill-opacity="0.18"/><path class="line" d="M{}" stroke="#94264d" stroke-width="2.5" fill="none"/>"##,
            band.join("L"),
            line.join("L")
        );
    }
    for (at, point) in curve.points.iter().enumerate() {
        placed(&mut svg, point, (x(at), y));
    }
    let _ = write!(
        svg,
        r##"<line class="axis" x1="{LEFT}" y1="{FOOT}" x2="{RIGHT}" y2="{FOOT}" stroke="#8b818f" stroke-width="1"/><text x="{:.0}" y="{:.0}" text-anchor="middle">{}</text></svg>"##,
        (LEFT + RIGHT) / 2.0,
        HEIGHT - 10.0,
        xml(curve.along)
    );
    svg
}

fn placed(svg: &mut String, point: &Point, (x, y): (f64, impl Fn(f64) -> f64)) {
    let mut top = FOOT;
    if let Some((value, low, high)) = point.value {
        top = y(high).min(y(value));
        let _ = write!(
            svg,
            r##"<path class="interval" d="M{x:.1} {:.1}V{:.1}" stroke="#211c24" stroke-width="1.5"/><circle class="bar" cx="{x:.1}" cy="{:.1}" r="4.5" fill="#94264d"/>"##,
            y(low),
            y(high),
            y(value)
        );
    }
    let _ = write!(
        svg,
        r#"<text x="{x:.1}" y="{:.1}" text-anchor="middle" font-size="12">{}</text><text x="{x:.1}" y="{:.1}" text-anchor="middle">{}</text>"#,
        top - 8.0,
        xml(&point.written),
        FOOT + 20.0,
        xml(&cut(&point.label, 10))
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_stops_where_nothing_is_told() {
        let point = |value| Point { label: "<1>".to_owned(), value, written: "&".to_owned() };
        let some = Some((50.0, 40.0, 60.0));
        let points = [point(some), point(some), point(None), point(Some((-3.0, -9.0, f64::INFINITY)))];
        let drawn = curve(&Curve { points: &points, along: "<x>", title: "t", description: "d" });
        assert_eq!(drawn.matches("class=\"line\"").count(), 2, "{drawn}");
        assert!(
            !drawn.contains("NaN") && !drawn.contains("inf\"") && !drawn.contains("<x>") && !drawn.contains("<1>"),
            "{drawn}"
        );
    }
}
