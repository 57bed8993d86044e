//! What members agreed to beside comparisons: names, meanings, figures, and the words of agreements; and who has to agree to change it.
//!
//! The rule doesn't depend on how agreements are written. A folder is what everybody agreed to. A member changes its own lines: its title,
//! contact, language and audiences in `members.toml`, and it may leave. An agreement's words belong to the owners whose audiences it is
//! about. The officers' cases belong to nobody: they permit nothing, forbid nothing, and a member whose taking back needed another's
//! consent to change a case could be held up by one. Everything else, in whatever file or key, known or not, is everybody's: all members
//! that hold an audience must agree. Comments, spaces and the order of keys don't count.

mod leaves;
mod words;

use super::{
    effects::{EffectsError, alone, rewritten},
    policies::Policies,
};
use crate::model::{Language, MemberName, Text};
use jiff::Timestamp;
use leaves::{Leaf, leaves};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// The file of the officers' cases.
const CASES: &str = "cases.toml";
/// The file of the members.
const MEMBERS: &str = "members.toml";
/// How the file of an agreement ends.
const AGREEMENT: &str = ".cedar";
/// How many rewritten agreements are gone through one by one, which takes time; of more, each concerns all owners that it is about.
const EXACT_MAX: usize = 8;

/// The files of a folder, by name.
type Files = BTreeMap<String, Vec<u8>>;

/// Something that a proposal changes of what members agreed to, beside what may be compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// The file; for the words of an agreement, its id.
    pub of: String,
    /// The key in the file: `planification.title.fr`.
    pub key: String,
    /// What stands there, as TOML; nothing if the key is new.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old: Option<String>,
    /// What would stand there; nothing if the key goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new: Option<String>,
    /// The same in a sentence.
    pub words: Text,
    /// The members without whose approval it doesn't come into force.
    pub concerns: BTreeSet<MemberName>,
}

/// The members that what is shared concerns: those with audiences, before or after; all members of a room without audiences.
pub(super) fn holders(before: &Policies, after: &Policies) -> BTreeSet<MemberName> {
    let holding = [before, after].into_iter().flat_map(|policies| policies.members().values());
    let holders: BTreeSet<MemberName> =
        holding.filter(|member| !member.audiences.is_empty()).map(|member| member.name.clone()).collect();
    if holders.is_empty() { before.members().keys().cloned().collect() } else { holders }
}

/// All that differs between two folders, each with the files it was read from, beside comments, spaces, the order of keys, and what
/// agreements permit and prohibit together; and whom each concerns. An agreement that says something else under the same id concerns the
/// owners for whom it does, even if others say the same; what was over at a moment is no matter.
///
/// # Errors
/// When so many conditions meet on one audience that their combinations can't be gone through.
pub fn differences(
    before: (&Policies, &Files),
    after: (&Policies, &Files),
    now: Timestamp,
) -> Result<Vec<Difference>, EffectsError> {
    let sides = Sides { before: before.0, after: after.0, all: holders(before.0, after.0) };
    let names: BTreeSet<&String> = before.1.keys().chain(after.1.keys()).collect();
    let mut found = Vec::new();
    for name in names.into_iter().filter(|name| before.1.get(*name) != after.1.get(*name)) {
        // Agreements are read by what they say, not by the file they are in.
        if !name.ends_with(AGREEMENT) {
            found.extend(sides.of_file(name, [before.1.get(name), after.1.get(name)]));
        }
    }
    found.extend(sides.of_agreements());
    found.extend(sides.rewritten(now)?);
    Ok(found)
}

/// SHA-256, in hex, of all differences that concern a member. Whom else they concern is left out: one that leaves takes nothing along.
pub(super) fn digest(differences: &[Difference], member: &MemberName) -> String {
    let own = differences.iter().filter(|difference| difference.concerns.contains(member));
    let own: Vec<_> = own.map(|one| (&one.of, &one.key, &one.old, &one.new)).collect();
    hex::encode(Sha256::digest(serde_json::to_vec(&own).unwrap_or_default()))
}

/// Two versions that are held against each other.
struct Sides<'a> {
    before: &'a Policies,
    after: &'a Policies,
    /// The members that what is shared concerns.
    all: BTreeSet<MemberName>,
}

impl Sides<'_> {
    fn of_file(&self, file: &str, [old, new]: [Option<&Vec<u8>>; 2]) -> Vec<Difference> {
        let [old, new] = [old, new].map(|bytes| bytes.map(|bytes| leaves(file, bytes)).unwrap_or_default());
        if old == new {
            return vec![];
        }
        if file == CASES {
            return vec![Difference {
                of: file.to_owned(),
                key: String::new(),
                old: None,
                new: None,
                words: words::cases(),
                concerns: BTreeSet::new(),
            }];
        }
        let keys: BTreeSet<&Vec<String>> = old.keys().chain(new.keys()).collect();
        let keys = keys.into_iter().filter(|key| old.get(*key) != new.get(*key));
        let difference = |key: &Vec<String>| {
            let (was, is) = (old.get(key), new.get(key));
            // A place in a list is told by the id that stands there.
            let told = |key: &[String]| new.get(key).or_else(|| old.get(key)).map(Leaf::plain);
            Difference {
                of: file.to_owned(),
                key: leaves::written(key),
                old: was.map(Leaf::exact),
                new: is.map(Leaf::exact),
                words: words::of(file, key, [was, is].map(|leaf| leaf.map(Leaf::plain)), told),
                concerns: self.concerned(file, key),
            }
        };
        keys.map(difference).collect()
    }

    /// Whose a key of a file is.
    fn concerned(&self, file: &str, key: &[String]) -> BTreeSet<MemberName> {
        let key: Vec<&str> = key.iter().map(String::as_str).collect();
        let own = |name: &str| name.parse::<MemberName>().ok().map(|name| BTreeSet::from([name]));
        let own = match (file, key.as_slice()) {
            (MEMBERS, ["members", name, rest @ ..]) => match (self.has(name), rest) {
                ([true, false], _) | ([true, true], ["title" | "contact" | "language" | "audiences", ..]) => own(name),
                // Who is in a group is what the group means, for everybody; and it is the member's own line besides.
                ([true, true], _) => own(name).map(|own| own.union(&self.all).cloned().collect()),
                // A member that joins has nobody yet to speak for it, and joins everybody.
                _ => None,
            },
            _ => None,
        };
        own.unwrap_or_else(|| self.all.clone())
    }

    /// Whether there is a member of this name, before and after.
    fn has(&self, name: &str) -> [bool; 2] {
        [self.before, self.after].map(|policies| policies.members().keys().any(|member| member.as_str() == name))
    }

    /// Agreements that say something else under their id, each by itself.
    fn rewritten(&self, now: Timestamp) -> Result<Vec<Difference>, EffectsError> {
        let ids = rewritten(self.before, self.after);
        let exact = ids.len() <= EXACT_MAX;
        let [old, new] =
            [self.before, self.after].map(|policies| if exact { BTreeMap::new() } else { sentences(policies) });
        let mut found = Vec::new();
        for id in ids {
            let (said, concerns) = if exact {
                let effects = alone(self.before, self.after, &id)?.from(now);
                (serde_json::to_string(&effects).ok(), effects.by_owner.into_keys().collect())
            } else {
                let [was, is] = [&old, &new].map(|side| self.about(side.get(id.as_str())));
                (Some(self.after.version().to_owned()), was.union(&is).cloned().collect::<BTreeSet<_>>())
            };
            if !concerns.is_empty() {
                let (of, key) = (id.to_string(), "rule".to_owned());
                let words = words::rule(&of);
                found.push(Difference { of, key, old: None, new: said, words, concerns });
            }
        }
        Ok(found)
    }

    /// The owners that a sentence is about; nobody if there is none.
    fn about(&self, sentence: Option<&Sentence>) -> BTreeSet<MemberName> {
        match sentence.map(|sentence| &sentence.owners) {
            None => BTreeSet::new(),
            Some(Some(owners)) if !owners.is_empty() => owners.clone(),
            Some(_) => self.all.clone(),
        }
    }

    /// The words of agreements: a title, or an agreement that is new or goes. Its owners are those whose audiences it is about.
    fn of_agreements(&self) -> Vec<Difference> {
        let [old, new] = [self.before, self.after].map(sentences);
        let ids: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
        let mut found = Vec::new();
        for id in ids {
            let (was, is) = (old.get(id), new.get(id));
            let title = |sentence: Option<&Sentence>, language| sentence.map(|s| s.title.get(language).to_owned());
            for (key, language) in [("title_fr", Language::Fr), ("title_en", Language::En)] {
                let (was_called, is_called) = (title(was, language), title(is, language));
                if was_called == is_called {
                    continue;
                }
                found.push(Difference {
                    of: id.clone(),
                    key: key.to_owned(),
                    words: words::agreement(id, key, [was_called.clone(), is_called.clone()]),
                    old: was_called,
                    new: is_called,
                    concerns: self.about(was).union(&self.about(is)).cloned().collect(),
                });
            }
        }
        found
    }
}

/// What people read of an agreement, and whose audiences it is about; `None` for all.
struct Sentence {
    title: Text,
    owners: Option<BTreeSet<MemberName>>,
}

/// The agreements' words, by id.
fn sentences(policies: &Policies) -> BTreeMap<String, Sentence> {
    let told = policies.provisions().into_iter().map(|(agreement, says)| {
        let owners = says.audiences.map(|audiences| audiences.into_iter().map(|audience| audience.member).collect());
        (agreement.id.to_string(), Sentence { title: agreement.title.clone(), owners })
    });
    told.collect()
}
