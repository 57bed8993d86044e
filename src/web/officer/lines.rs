//! The lines by which files differ.

use crate::{policy::Files, web::page::Page};
use std::collections::BTreeSet;

/// Pairs of lines that are compared at most: two files of a thousand changed lines each.
const PAIRS_MAX: usize = 1_000_000;
/// Lines that stay which are shown around those that change.
const AROUND: usize = 2;

/// A file that two versions don't share.
pub(super) struct File {
    pub(super) name: String,
    /// That it is new or gone.
    pub(super) note: Option<String>,
    pub(super) lines: Vec<Line>,
}

/// One line: what became of it, and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// `added`, `removed`, `kept`, or `cut` where some that stay aren't shown.
    pub(super) kind: &'static str,
    pub(super) sign: &'static str,
    pub(super) text: String,
}

impl Line {
    fn new(kind: &'static str, text: &str) -> Self {
        let sign = match kind {
            "added" => "+",
            "removed" => "−",
            "cut" => "⋯",
            _ => " ",
        };
        Self { kind, sign, text: text.to_owned() }
    }
}

/// The files by which two versions differ.
pub(super) fn files(page: &Page, before: &Files, after: &Files) -> Vec<File> {
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let text = |files: &Files, name: &str| files.get(name).map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    let differs = |name: &&String| before.get(*name) != after.get(*name);
    let file = |name: &String| {
        let (old, new) = (text(before, name), text(after, name));
        let note = match (&old, &new) {
            (None, _) => Some(page.say("file-new")),
            (_, None) => Some(page.say("file-gone")),
            _ => None,
        };
        let lines = between(&old.unwrap_or_default(), &new.unwrap_or_default());
        File { name: name.clone(), note, lines }
    };
    names.into_iter().filter(differs).map(file).collect()
}

/// The lines of two texts, those that stay cut to what is around the others.
fn between(old: &str, new: &str) -> Vec<Line> {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let head = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
    let rest = old.len().min(new.len()) - head;
    let tail = old.iter().rev().zip(new.iter().rev()).take(rest).take_while(|(old, new)| old == new).count();
    let middle = |lines: &[&str]| -> Vec<String> {
        lines.iter().skip(head).take(lines.len() - head - tail).map(|line| (*line).to_owned()).collect()
    };
    let mut lines: Vec<Line> = old.iter().take(head).map(|line| Line::new("kept", line)).collect();
    lines.extend(changed(&middle(&old), &middle(&new)));
    lines.extend(old.iter().skip(old.len() - tail).map(|line| Line::new("kept", line)));
    cut(&lines)
}

/// By their longest common subsequence, unless that takes too long: then all go and all come.
fn changed(old: &[String], new: &[String]) -> Vec<Line> {
    let plainly = || {
        let gone = old.iter().map(|line| Line::new("removed", line));
        gone.chain(new.iter().map(|line| Line::new("added", line))).collect()
    };
    if old.len().saturating_mul(new.len()) > PAIRS_MAX {
        return plainly();
    }
    let width = new.len() + 1;
    // The length of the longest one from each pair of places on, from the end.
    let mut longest = vec![0_u32; (old.len() + 1) * width];
    let at = |longest: &[u32], row: usize, column: usize| longest.get(row * width + column).copied().unwrap_or(0);
    for (row, gone) in old.iter().enumerate().rev() {
        for (column, come) in new.iter().enumerate().rev() {
            let length = if gone == come {
                at(&longest, row + 1, column + 1) + 1
            } else {
                at(&longest, row + 1, column).max(at(&longest, row, column + 1))
            };
            if let Some(cell) = longest.get_mut(row * width + column) {
                *cell = length;
            }
        }
    }
    let (mut row, mut column, mut lines) = (0, 0, Vec::new());
    loop {
        match (old.get(row), new.get(column)) {
            (None, None) => return lines,
            (Some(gone), Some(come)) if gone == come => {
                lines.push(Line::new("kept", gone));
                (row, column) = (row + 1, column + 1);
            }
            (Some(gone), come) if come.is_none() || at(&longest, row + 1, column) >= at(&longest, row, column + 1) => {
                lines.push(Line::new("removed", gone));
                row += 1;
            }
            (_, Some(come)) => {
                lines.push(Line::new("added", come));
                column += 1;
            }
            (Some(_), None) => return lines,
        }
    }
}

fn cut(lines: &[Line]) -> Vec<Line> {
    let near = |at: usize| {
        let around = lines.iter().skip(at.saturating_sub(AROUND)).take(AROUND + 1 + AROUND.min(at));
        around.into_iter().any(|line| line.kind != "kept")
    };
    let mut shown: Vec<Line> = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        if near(at) {
            shown.push(line.clone());
        } else if shown.last().is_none_or(|last| last.kind != "cut") {
            shown.push(Line::new("cut", ""));
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(old: &str, new: &str) -> String {
        between(old, new).iter().map(|line| format!("{}{}\n", line.sign, line.text)).collect()
    }

    #[test]
    fn lines_that_change_are_shown_with_what_is_around() {
        assert_eq!(told("a\nb\nc\nd\ne\nf\n", "a\nb\nc\nX\ne\nf\n"), "⋯\n b\n c\n−d\n+X\n e\n f\n");
        assert_eq!(told("", "a\nb\n"), "+a\n+b\n");
        assert_eq!(told("a\nb\n", ""), "−a\n−b\n");
        assert_eq!(told("a\nb\nc", "b\nc\nd"), "−a\n b\n c\n+d\n");
        assert_eq!(told("a\na\n", "a\n"), " a\n−a\n");
    }

    #[test]
    fn very_long_changes_are_told_plainly() {
        let (old, new): (String, String) =
            ((0..1_500).map(|n| format!("a{n}\n")).collect(), (0..1_500).map(|n| format!("b{n}\n")).collect());
        let lines = between(&old, &new);
        assert_eq!(lines.iter().filter(|line| line.kind == "removed").count(), 1_500);
        assert_eq!(lines.len(), 3_000);
    }
}
