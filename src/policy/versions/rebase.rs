//! A proposal against a version that was published after it was made: files that only one side changed are taken from that side.

use super::Files;
use std::collections::BTreeSet;

/// The proposed folder as it is against what is now in force.
///
/// # Errors
/// The files that both changed, and not alike.
pub(super) fn rebase(base: &Files, proposed: &Files, current: &Files) -> Result<Files, Vec<String>> {
    let names: BTreeSet<&String> = base.keys().chain(proposed.keys()).chain(current.keys()).collect();
    let (mut merged, mut conflicts) = (Files::new(), Vec::new());
    for name in names {
        let (was, wanted, is) = (base.get(name), proposed.get(name), current.get(name));
        let taken = if wanted == is || was == is {
            wanted
        } else if wanted == was {
            is
        } else {
            conflicts.push(name.clone());
            continue;
        };
        merged.extend(taken.map(|bytes| (name.clone(), bytes.clone())));
    }
    if conflicts.is_empty() { Ok(merged) } else { Err(conflicts) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn files(pairs: &[(&str, &str)]) -> Files {
        pairs.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect()
    }

    #[test]
    fn what_one_side_changed_is_kept() {
        let base = files(&[("a", "1"), ("b", "1"), ("c", "1")]);
        let proposed = files(&[("a", "2"), ("b", "1"), ("d", "new")]);
        let current = files(&[("a", "1"), ("b", "2"), ("c", "1")]);
        let merged = rebase(&base, &proposed, &current).unwrap();
        assert_eq!(merged, files(&[("a", "2"), ("b", "2"), ("d", "new")]));
        assert_eq!(rebase(&base, &proposed, &base).unwrap(), proposed);
        assert_eq!(rebase(&base, &base, &current).unwrap(), current);
    }

    #[test]
    fn what_both_changed_is_a_conflict_unless_it_is_alike() {
        let base = files(&[("a", "1"), ("b", "1")]);
        let (two, three) = (files(&[("a", "2"), ("b", "9")]), files(&[("a", "3"), ("b", "9")]));
        assert_eq!(rebase(&base, &two, &three).unwrap_err(), ["a"]);
        assert_eq!(rebase(&base, &two, &files(&[("b", "9")])).unwrap_err(), ["a"], "removed on one side");
        assert_eq!(rebase(&base, &two, &two).unwrap(), two);
    }
}
