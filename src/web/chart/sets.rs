//! Who is in which of several sets: columns over a grid of dots (Lex, Gehlenborg, Strobelt, Vuillemot, Pfister, "UpSet: visualization of
//! intersecting sets", 2014), and circles for two or three.

use super::{cut, opened, xml};
use std::fmt::Write as _;

/// A region: those who are in these sets, and in no other.
pub(in crate::web) struct Region {
    /// Whether it is inside each set.
    pub(in crate::web) sets: Vec<bool>,
    /// How many people, with the interval; nothing where it is withheld.
    pub(in crate::web) value: Option<(f64, f64, f64)>,
    /// As it is written.
    pub(in crate::web) written: String,
}

const LEFT: f64 = 330.0;
const COLUMN: f64 = 46.0;
const TOP: f64 = 28.0;
const FOOT: f64 = 220.0;
const ROW: f64 = 28.0;
/// Most columns: of more regions, the largest.
const COLUMNS_MAX: usize = 20;

/// Columns, the largest first, over dots that say which sets they are of.
pub(in crate::web) fn upset(names: &[String], regions: &[Region], words: (&str, &str)) -> String {
    let mut ordered: Vec<&Region> = regions.iter().collect();
    ordered.sort_by(|one, other| size(other).total_cmp(&size(one)));
    ordered.truncate(COLUMNS_MAX);
    let most = ordered.iter().filter_map(|region| region.value).map(|(_, _, high)| high).fold(1.0, f64::max);
    let y = |value: f64| FOOT - (FOOT - TOP) * (value / most).clamp(0.0, 1.0);
    let (width, height) = (LEFT + COLUMN * ordered.len() as f64 + 20.0, FOOT + ROW * names.len() as f64 + 20.0);
    let mut svg = opened(width.max(420.0) as u32, height as u32, words);
    for (row, name) in names.iter().enumerate() {
        let middle = row_at(row);
        let _ = write!(
            svg,
            r#"<text x="{:.0}" y="{:.0}" text-anchor="end">{}</text>"#,
            LEFT - 10.0,
            middle + 5.0,
            xml(&cut(name, 42))
        );
    }
    for (at, region) in ordered.iter().enumerate() {
        column(&mut svg, region, (LEFT + COLUMN * (at as f64 + 0.5), y));
    }
    let _ = write!(
        svg,
        r##"<line class="axis" x1="{LEFT}" y1="{FOOT}" x2="{width:.0}" y2="{FOOT}" stroke="#8b818f" stroke-width="1"/></svg>"##
    );
    svg
}

fn size(region: &Region) -> f64 {
    region.value.map_or(-1.0, |(value, _, _)| value)
}

fn row_at(row: usize) -> f64 {
    FOOT + 24.0 + ROW * row as f64
}

fn column(svg: &mut String, region: &Region, (x, y): (f64, impl Fn(f64) -> f64)) {
    let mut top = FOOT;
    if let Some((value, low, high)) = region.value {
        top = y(high).min(y(value));
        let _ = write!(
            svg,
            r##"<rect class="bar" x="{:.1}" y="{:.1}" width="26" height="{:.1}" rx="3" fill="#94264d"/><path class="interval" d="M{x:.1} {:.1}V{:.1}M{:.1} {:.1}h10M{:.1} {:.1}h10" stroke="#211c24" stroke-width="2" fill="none"/>"##,
            x - 13.0,
            y(value),
            (FOOT - y(value)).max(0.5),
            y(low),
            y(high),
            x - 5.0,
            y(low),
            x - 5.0,
            y(high)
        );
    }
    let _ = write!(
        svg,
        r#"<text x="{x:.1}" y="{:.1}" text-anchor="middle" font-size="11">{}</text>"#,
        top - 7.0,
        xml(&region.written)
    );
    let inside: Vec<usize> = region.sets.iter().enumerate().filter_map(|(row, inside)| inside.then_some(row)).collect();
    if let (Some(first), Some(last)) = (inside.first(), inside.last()) {
        let _ = write!(
            svg,
            r##"<line class="interval" x1="{x:.1}" y1="{:.0}" x2="{x:.1}" y2="{:.0}" stroke="#211c24" stroke-width="2"/>"##,
            row_at(*first),
            row_at(*last)
        );
    }
    for (row, inside) in region.sets.iter().enumerate() {
        let (class, fill) = if *inside { ("in", "#211c24") } else { ("out", "#ddd4c8") };
        let _ = write!(svg, r#"<circle class="{class}" cx="{x:.1}" cy="{:.0}" r="7" fill="{fill}"/>"#, row_at(row));
    }
}

/// Two or three circles of one size, with the number of people in each part.
pub(in crate::web) fn venn(names: &[String], regions: &[Region], words: (&str, &str)) -> String {
    // Centres, where the names stand, and which way they are set.
    let two: &[(f64, f64, f64, f64, &str)] =
        &[(250.0, 190.0, 310.0, 34.0, "end"), (390.0, 190.0, 330.0, 34.0, "start")];
    let three: &[(f64, f64, f64, f64, &str)] = &[
        (250.0, 180.0, 310.0, 24.0, "end"),
        (390.0, 180.0, 330.0, 24.0, "start"),
        (320.0, 300.0, 320.0, 454.0, "middle"),
    ];
    let circles = if names.len() == 2 { two } else { three };
    let height = if names.len() == 2 { 340 } else { 470 };
    let mut svg = opened(640, height, words);
    for (at, ((x, y, name_x, name_y, anchor), name)) in circles.iter().zip(names).enumerate() {
        let colour = ["#94264d", "#1f6f8b", "#b0701a"].get(at).copied().unwrap_or("#94264d");
        let number = ["one", "two", "three"].get(at).copied().unwrap_or("one");
        let _ = write!(
            svg,
            r#"<circle class="set {number}" cx="{x}" cy="{y}" r="125" fill="{colour}" fill-opacity="0.18" stroke="{colour}" stroke-width="2"/><text x="{name_x}" y="{name_y}" text-anchor="{anchor}" font-weight="600">{}</text>"#,
            xml(&cut(name, 34))
        );
    }
    for region in regions {
        let (x, y) = centre(region, circles);
        let _ =
            write!(svg, r#"<text x="{x:.0}" y="{:.0}" text-anchor="middle">{}</text>"#, y + 5.0, xml(&region.written));
    }
    svg.push_str("</svg>");
    svg
}

/// The middle of a region: away from the circles that it is outside of.
fn centre(region: &Region, circles: &[(f64, f64, f64, f64, &str)]) -> (f64, f64) {
    let of = |wanted: bool| {
        let found: Vec<(f64, f64)> = circles
            .iter()
            .zip(&region.sets)
            .filter(|(_, inside)| **inside == wanted)
            .map(|((x, y, ..), _)| (*x, *y))
            .collect();
        let count = found.len().max(1) as f64;
        let sum = found.iter().fold((0.0, 0.0), |(x, y), (more_x, more_y)| (x + more_x, y + more_y));
        (!found.is_empty()).then_some((sum.0 / count, sum.1 / count))
    };
    match (of(true), of(false)) {
        (Some((x, y)), Some((away_x, away_y))) => (x + (x - away_x) * 0.45, y + (y - away_y) * 0.45),
        (Some(middle), None) => middle,
        _ => (0.0, 0.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn region(sets: &[bool], value: Option<(f64, f64, f64)>) -> Region {
        Region { sets: sets.to_vec(), value, written: "<5>".to_owned() }
    }

    #[test]
    fn every_region_has_its_column_and_its_dots() {
        let regions = [
            region(&[true, false], Some((10.0, 5.0, 15.0))),
            region(&[false, true], Some((30.0, 25.0, 35.0))),
            region(&[true, true], None),
        ];
        let drawn = upset(&["<a>".to_owned(), "b".to_owned()], &regions, ("t", "d"));
        assert_eq!(drawn.matches("class=\"bar\"").count(), 2, "{drawn}");
        assert_eq!((drawn.matches("class=\"in\"").count(), drawn.matches("class=\"out\"").count()), (4, 2));
        assert!(!drawn.contains("<a>") && !drawn.contains("<5>") && !drawn.contains("NaN"), "{drawn}");
    }

    #[test]
    fn numbers_stand_in_their_own_part_of_the_circles() {
        let circles = [(250.0, 180.0), (390.0, 180.0), (320.0, 300.0)];
        let names: Vec<String> = ["a", "b", "c"].map(str::to_owned).into();
        let all: Vec<Region> = (1..8u8).map(|mask| region(&[0, 1, 2].map(|set| mask >> set & 1 == 1), None)).collect();
        let drawn = venn(&names, &all, ("t", "d"));
        assert_eq!(drawn.matches("<circle").count(), 3);
        for region in &all {
            let (x, y) = centre(
                region,
                &[(250.0, 180.0, 0.0, 0.0, ""), (390.0, 180.0, 0.0, 0.0, ""), (320.0, 300.0, 0.0, 0.0, "")],
            );
            let inside = circles.map(|(cx, cy)| f64::hypot(x - cx, y - cy) < 125.0);
            assert_eq!(inside.to_vec(), region.sets, "{x} {y}");
        }
    }
}
