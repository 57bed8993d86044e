//! Charts, as SVG that stands alone: with its colours, its title and what it shows in words. The pages' style sheet replaces the colours,
//! so that they follow the reader's light or dark.

mod bars;
mod curve;
mod dots;
mod heat;
mod sets;
mod steps;

pub(super) use bars::{Bar, bars};
pub(super) use curve::{Curve, Point, curve};
pub(super) use dots::{Dot, dots};
pub(super) use heat::{Heat, Square, heat};
pub(super) use sets::{Region, upset, venn};
pub(super) use steps::{Steps, steps};

use std::fmt::Write as _;

/// A text fit to stand in XML.
fn xml(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c if c.is_control() => {}
            c => safe.push(c),
        }
    }
    safe
}

/// A text cut to a number of characters.
fn cut(text: &str, max: usize) -> String {
    if text.chars().count() <= max {
        return text.to_owned();
    }
    text.chars().take(max.saturating_sub(1)).chain(['…']).collect()
}

/// The beginning of a drawing of this size, with its title and what it shows.
fn opened(width: u32, height: u32, (title, description): (&str, &str)) -> String {
    let mut svg = String::new();
    let _ = write!(
        svg,
        r##"<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" font-family="system-ui, sans-serif" font-size="14" fill="#211c24"><title>{}</title><desc>{}</desc>"##,
        xml(title),
        xml(description)
    );
    svg
}
