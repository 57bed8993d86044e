//! Groups of members and tags of audiences, and which group is in which.

use super::{document::Section, mistake::Mistake, suggestion::suggestion_after};
use crate::model::{MemberName, NameError, Text};
use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    ops::Range,
    str::FromStr,
};

/// The name of a group or tag; the same letters as a member's.
pub(super) struct Label(pub(super) String);

impl FromStr for Label {
    type Err = NameError;
    fn from_str(text: &str) -> Result<Self, NameError> {
        text.parse::<MemberName>().map(|name| Self(name.into()))
    }
}

/// The groups, and the groups that each is in.
#[derive(Debug, Clone, Default)]
pub(super) struct Groups {
    pub(super) titles: BTreeMap<String, Text>,
    pub(super) parents: BTreeMap<String, BTreeSet<String>>,
}

/// Reads the sections `[groups.…]`.
pub(super) fn groups(root: &Section<'_>, mistakes: &mut Vec<Mistake>) -> Groups {
    let mut groups = Groups::default();
    let sections: Vec<_> = root
        .sections_of("groups", mistakes)
        .into_iter()
        .filter_map(|(key, section)| {
            section.only(&["title", "groups"], mistakes);
            let title = section.text("title", mistakes);
            let Label(name) = section.name(&key, mistakes)?;
            groups.titles.insert(name.clone(), title?);
            Some((name, section))
        })
        .collect();
    let mut places = BTreeMap::new();
    for (name, section) in sections {
        let parents = chosen(&section, "groups", ("groupe", "group"), &groups.titles, mistakes);
        places.insert(name.clone(), section.span_of("groups"));
        groups.parents.insert(name, parents);
    }
    mistakes.extend(cycles(&groups.parents).iter().map(|cycle| circular(root, cycle, &places)));
    groups
}

/// Reads the sections `[tags.…]`.
pub(super) fn tags(root: &Section<'_>, mistakes: &mut Vec<Mistake>) -> BTreeMap<String, Text> {
    let mut tags = BTreeMap::new();
    for (key, section) in root.sections_of("tags", mistakes) {
        section.only(&["title"], mistakes);
        let title = section.text("title", mistakes);
        if let (Some(Label(name)), Some(title)) = (section.name(&key, mistakes), title) {
            tags.insert(name, title);
        }
    }
    tags
}

/// Labels that must be among those declared.
pub(super) fn chosen(
    section: &Section<'_>,
    key: &str,
    (fr, en): (&str, &str),
    declared: &BTreeMap<String, Text>,
    mistakes: &mut Vec<Mistake>,
) -> BTreeSet<String> {
    let mut labels = BTreeSet::new();
    for text in section.strings(key, mistakes) {
        let name = *text.get_ref();
        if declared.contains_key(name) {
            labels.insert(name.to_owned());
            continue;
        }
        let message = Text::new(
            format!("{fr} `{name}` : aucune section [{key}.{name}]"),
            format!("{en} `{name}`: no section [{key}.{name}]"),
        );
        let help = suggestion_after(mistakes, name, declared.keys().map(String::as_str));
        mistakes.push(section.mistake(text.span(), message).with_help(help));
    }
    labels
}

fn circular(root: &Section<'_>, cycle: &[&str], places: &BTreeMap<String, Range<usize>>) -> Mistake {
    let (first, rest) = cycle.split_first().unwrap_or((&"", &[]));
    let (mut fr, mut en) = (format!("`{first}`"), format!("`{first}`"));
    for name in rest.iter().chain([first]) {
        fr += &format!(" dans `{name}`");
        en += &format!(" in `{name}`");
    }
    let message = Text::new(format!("groupes en cercle : {fr}"), format!("groups in a circle: {en}"));
    let help = Text::new(
        "un groupe ne peut être dans lui-même ; retirez l'un de ces liens",
        "a group can't be in itself; take away one of these links",
    );
    root.mistake(places.get(*first).cloned().unwrap_or(0..0), message).with_help(help)
}

/// Cycles of the groups, each as its groups in order; no group is in two of them.
fn cycles(parents: &BTreeMap<String, BTreeSet<String>>) -> Vec<Vec<&str>> {
    let above = |name: &str| parents.get(name).into_iter().flatten().map(String::as_str);
    let (mut done, mut told) = (HashSet::new(), HashSet::new());
    let mut cycles = Vec::new();
    for start in parents.keys().map(String::as_str) {
        if done.contains(start) {
            continue;
        }
        // Depth first, without recursion: a chain may be as long as the file allows.
        let mut depth = BTreeMap::from([(start, 0)]);
        let mut path = vec![(start, above(start))];
        while let Some((name, next)) = path.last_mut() {
            let Some(parent) = next.next() else {
                depth.remove(name);
                done.insert(*name);
                path.pop();
                continue;
            };
            if let Some(at) = depth.get(parent) {
                let cycle: Vec<&str> = path.iter().skip(*at).map(|(name, _)| *name).collect();
                if !cycle.iter().any(|name| told.contains(name)) {
                    told.extend(cycle.iter().copied());
                    cycles.push(cycle);
                }
            } else if !done.contains(parent) {
                depth.insert(parent, path.len());
                path.push((parent, above(parent)));
            }
        }
    }
    cycles
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn links(links: &[(&str, &[&str])]) -> BTreeMap<String, BTreeSet<String>> {
        links.iter().map(|(name, parents)| ((*name).into(), parents.iter().map(|p| (*p).into()).collect())).collect()
    }

    #[test]
    fn every_cycle_is_named_whole_and_once() {
        let sound = links(&[("a", &["b", "c"]), ("b", &["d"]), ("c", &["d"]), ("d", &[])]);
        assert!(cycles(&sound).is_empty(), "two ways to the same group are no cycle");
        let two = links(&[("a", &["b"]), ("b", &["c"]), ("c", &["b"]), ("d", &["d"]), ("e", &["a", "d"])]);
        assert_eq!(cycles(&two), [vec!["b", "c"], vec!["d"]]);
    }

    #[test]
    fn a_long_chain_is_followed_to_its_end() {
        let name = |at: usize| format!("g{at:05}");
        let mut chain: BTreeMap<String, BTreeSet<String>> =
            (0..30_000).map(|at| (name(at), BTreeSet::from([name(at + 1)]))).collect();
        assert!(cycles(&chain).is_empty());
        chain.get_mut(&name(29_999)).unwrap().insert(name(0));
        let found = cycles(&chain);
        assert_eq!(found.iter().map(Vec::len).collect::<Vec<_>>(), [30_000]);
    }
}
