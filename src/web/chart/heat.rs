//! A table of squares: how much more or less often two interests go together than apart.

use super::{cut, opened, xml};
use std::fmt::Write as _;

/// One square.
#[derive(Clone)]
pub(in crate::web) enum Square {
    /// More often, by this index, told with enough certainty.
    Above(f64, String),
    /// Less often.
    Below(f64, String),
    /// It can't be told.
    CantTell,
    /// It rests on too few people, or isn't there.
    Withheld,
}

/// What is drawn.
pub(in crate::web) struct Heat<'a> {
    pub(in crate::web) title: &'a str,
    pub(in crate::web) description: &'a str,
    pub(in crate::web) rows: &'a [String],
    pub(in crate::web) columns: &'a [String],
    /// A square for each row and column, row by row.
    pub(in crate::web) squares: &'a [Square],
}

const LEFT: f64 = 180.0;
/// Beside the last column, whose name leans over.
const RIGHT: f64 = 100.0;
const TOP: f64 = 150.0;
const SIDE: f64 = 40.0;

/// Draws it. How far an index is from 1 is its colour's strength; what can't be told is hatched, so that it isn't taken for "the same".
pub(in crate::web) fn heat(heat: &Heat<'_>) -> String {
    let width = LEFT + SIDE * heat.columns.len() as f64 + RIGHT;
    let height = TOP + SIDE * heat.rows.len() as f64 + 10.0;
    let mut svg = opened(width.ceil() as u32, height.ceil() as u32, (heat.title, heat.description));
    svg.push_str(
        r##"<defs><pattern id="cant-tell" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><line class="hatch" x1="0" y1="0" x2="0" y2="6" stroke="#8b818f" stroke-width="1.5"/></pattern></defs>"##,
    );
    for (column, name) in heat.columns.iter().enumerate() {
        let x = LEFT + SIDE * column as f64 + SIDE / 2.0 + 4.0;
        let _ = write!(
            svg,
            r#"<text transform="translate({x:.0} {:.0}) rotate(-55)">{}</text>"#,
            TOP - 8.0,
            xml(&cut(name, 22))
        );
    }
    for (row, name) in heat.rows.iter().enumerate() {
        let y = TOP + SIDE * row as f64 + SIDE / 2.0 + 5.0;
        let _ =
            write!(svg, r#"<text x="{:.0}" y="{y:.0}" text-anchor="end">{}</text>"#, LEFT - 8.0, xml(&cut(name, 22)));
    }
    for (at, square) in heat.squares.iter().enumerate() {
        let columns = heat.columns.len().max(1);
        let (x, y) = (LEFT + SIDE * (at % columns) as f64, TOP + SIDE * (at / columns) as f64);
        drawn(&mut svg, (x, y), square);
    }
    svg.push_str("</svg>");
    svg
}

fn drawn(svg: &mut String, (x, y): (f64, f64), square: &Square) {
    let side = SIDE - 2.0;
    // An index of 2, or of a half, is half way; of 4, three quarters.
    let strength = |index: f64| (1.0 - 0.5_f64.powf(index.max(1e-3).log2().abs())).clamp(0.12, 0.95);
    let (class, fill, opacity, words) = match square {
        Square::Above(index, written) => ("above", "#94264d", strength(*index), written.as_str()),
        Square::Below(index, written) => ("below", "#1f6f8b", strength(*index), written.as_str()),
        Square::CantTell => ("cant-tell", "url(#cant-tell)", 0.6, ""),
        Square::Withheld => ("withheld", "none", 1.0, ""),
    };
    let _ = write!(
        svg,
        r##"<rect class="{class}" x="{x:.0}" y="{y:.0}" width="{side}" height="{side}" rx="4" fill="{fill}" fill-opacity="{opacity:.2}" stroke="#ddd4c8"/>"##
    );
    if !words.is_empty() {
        let ink = if opacity > 0.55 { "on" } else { "off" };
        let _ = write!(
            svg,
            r#"<text class="{ink}" x="{:.0}" y="{:.0}" text-anchor="middle" font-size="12">{}</text>"#,
            x + side / 2.0,
            y + side / 2.0 + 4.0,
            xml(words)
        );
    }
}
