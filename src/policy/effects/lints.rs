//! Agreements that do nothing, or soon won't: nothing that must be refused, all that somebody will wonder about later.

use super::{
    frame::Frame,
    regions::{Pair, Sweep},
    side::Side,
    space::TooManyCells,
};
use crate::{model::Text, policy::agreement::AgreementId};
use jiff::{SignedDuration, Timestamp};

/// How long before its end an agreement is said to end soon.
const SOON: SignedDuration = SignedDuration::from_hours(60 * 24);

/// What is odd about an agreement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Oddity {
    /// No request can be made, by anybody on any audience, to which it applies.
    NeverApplies,
    /// It applied, and no longer does since this moment.
    Expired(Timestamp),
    /// It stops applying at this moment, soon.
    ExpiresSoon(Timestamp),
    /// Without it, every decision would be the same.
    Shadowed,
}

/// What was seen of one agreement.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Seen {
    applies: bool,
    /// The moment from which it applies no more; `None` if it applies for ever.
    end: Option<i64>,
    /// Whether it alone decides some request that can still be made.
    decides: bool,
}

/// The agreements of which something is odd, as of a moment.
pub(in crate::policy) fn oddities(
    frame: &Frame,
    side: &Side,
    now: Timestamp,
) -> Result<Vec<(AgreementId, Oddity)>, TooManyCells> {
    let mut seen = vec![Seen::default(); side.agreements.len()];
    let mut sweep = Sweep::new(frame, side);
    for pair in pairs(frame) {
        look(&mut sweep, pair, now, &mut seen)?;
    }
    let odd = side.agreements.iter().zip(seen);
    Ok(odd.filter_map(|(agreement, seen)| Some((agreement.id.clone(), oddity(seen, now)?))).collect())
}

fn pairs(frame: &Frame) -> impl Iterator<Item = Pair> {
    let askers = frame.members.len();
    (0..frame.audiences.len()).flat_map(move |audience| (0..askers).map(move |asker| Pair { asker, audience }))
}

/// Adds what is seen in the cells of a pair. Nothing is added by cells that were seen before.
fn look(sweep: &mut Sweep<'_>, pair: Pair, now: Timestamp, seen: &mut [Seen]) -> Result<(), TooManyCells> {
    let moment = now.as_millisecond();
    sweep.pair(pair, |end, holding| {
        for (at, _) in holding {
            note(seen.get_mut(*at), end);
        }
        let to_come = end.is_none_or(|end| end > moment);
        if let Some(alone) = decisive(holding).filter(|_| to_come).and_then(|at| seen.get_mut(at)) {
            alone.decides = true;
        }
    })
}

fn note(seen: Option<&mut Seen>, end: Option<i64>) {
    let Some(seen) = seen else { return };
    seen.end = match (seen.applies, seen.end, end) {
        (false, _, end) => end,
        (true, Some(known), Some(end)) => Some(known.max(end)),
        (true, _, _) => None,
    };
    seen.applies = true;
}

/// The agreement without which the request would be decided otherwise, if there is one.
fn decisive(holding: &[(usize, bool)]) -> Option<usize> {
    let mut permits = holding.iter().filter(|(_, permits)| *permits);
    let mut forbids = holding.iter().filter(|(_, permits)| !*permits);
    match (permits.next(), permits.next(), forbids.next(), forbids.next()) {
        (Some((permit, _)), None, None, _) => Some(*permit),
        (Some(_), _, Some((forbid, _)), None) => Some(*forbid),
        _ => None,
    }
}

fn oddity(seen: Seen, now: Timestamp) -> Option<Oddity> {
    if !seen.applies {
        return Some(Oddity::NeverApplies);
    }
    let end = seen.end.and_then(|end| Timestamp::from_millisecond(end).ok());
    match end {
        Some(end) if end <= now => Some(Oddity::Expired(end)),
        _ if !seen.decides => Some(Oddity::Shadowed),
        Some(end) if end <= now + SOON => Some(Oddity::ExpiresSoon(end)),
        _ => None,
    }
}

impl Oddity {
    /// What it is, and what to do about it.
    pub fn text(self) -> (Text, Text) {
        let day = |moment: Timestamp| moment.strftime("%Y-%m-%d").to_string();
        match self {
            Self::NeverApplies => (
                Text::new("cette entente ne s'applique jamais", "this agreement never applies"),
                Text::new(
                    "personne ne peut poser de question qui en remplisse toutes les conditions : vérifiez groupes, étiquettes et dates, ou retirez-la",
                    "nobody can ask a question that meets all of its conditions: check groups, tags and dates, or remove it",
                ),
            ),
            Self::Expired(end) => (
                Text::new(
                    format!("cette entente a pris fin le {} (UTC)", day(end)),
                    format!("this agreement ended on {} (UTC)", day(end)),
                ),
                Text::new("prolongez-la, ou retirez le fichier", "extend it, or remove the file"),
            ),
            Self::ExpiresSoon(end) => (
                Text::new(
                    format!("cette entente prend fin le {} (UTC)", day(end)),
                    format!("this agreement ends on {} (UTC)", day(end)),
                ),
                Text::new(
                    "pour la prolonger, proposez-le assez tôt : chaque propriétaire doit l'approuver",
                    "to extend it, propose it in good time: each owner has to approve",
                ),
            ),
            Self::Shadowed => (
                Text::new("cette entente ne change rien", "this agreement changes nothing"),
                Text::new(
                    "sans elle, toutes les décisions seraient les mêmes : d'autres permettent ou interdisent déjà tout ce qu'elle vise",
                    "without it every decision would be the same: others already permit or forbid all that it is about",
                ),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use crate::{
        model::torture::rounds,
        policy::{
            Policies, matrix,
            tests::generated::{agreement, version},
        },
    };
    use proptest::{collection::vec, prelude::*};

    fn pilot() -> std::path::PathBuf {
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("policies")
    }

    const MOMENTS: [&str; 3] = ["1999-12-01T00:00:00Z", "2026-12-01T00:00:00Z", "2027-06-01T00:00:00Z"];

    proptest! {
        #![proptest_config(ProptestConfig { cases: rounds(24, 4_000), ..ProptestConfig::default() })]

        #[test]
        fn cells_that_another_pair_had_add_nothing(
            drawn in version(),
            common in vec(agreement(), 0..4),
            now in prop::sample::select(&MOMENTS[..]),
        ) {
            let (policies, now) = (drawn.load(&common), now.parse::<Timestamp>().unwrap());
            let (frame, side) = policies.index().unwrap();
            let mut each = vec![Seen::default(); side.agreements.len()];
            let mut once = each.clone();
            let mut sweep = Sweep::new(frame, side);
            for pair in pairs(frame) {
                look(&mut sweep, pair, now, &mut once).unwrap();
                look(&mut Sweep::new(frame, side), pair, now, &mut each).unwrap();
            }
            prop_assert_eq!(once, each);
        }
    }

    /// The co-operative holds no audience, so its own can't be beside another: what never applies to it does to others of its group.
    #[test]
    fn who_holds_nothing_is_not_taken_for_its_group() {
        let mut files = Policies::read_files(&pilot()).unwrap();
        files.retain(|name, _| !["cases.toml", "pilote-comparaison.cedar"].contains(&name.as_str()));
        let members = String::from_utf8(files["members.toml"].clone()).unwrap();
        // First of the group, by name.
        let members = members
            .replace("groups = [\"pilote\"]\n", "")
            .replace("[members.cooperative]\n", "[members.cooperative]\ngroups = [\"diffuseurs\"]\n");
        files.insert("members.toml".to_owned(), members.into_bytes());
        let text = "@id(\"voisins\")\n@title_fr(\"Voisins\")\n@title_en(\"Neighbours\")\n\
                    permit (principal in Group::\"diffuseurs\", action, resource == Audience::\"agents/admirateurs\")\n\
                    when { context.owners.contains(principal.member) };\n";
        files.insert("voisins.cedar".to_owned(), text.as_bytes().to_vec());
        let policies = Policies::from_files(std::path::Path::new("policies"), files).unwrap();
        let (frame, side) = policies.index().unwrap();
        let found = oddities(frame, side, "2026-12-01T00:00:00Z".parse().unwrap()).unwrap();
        assert!(!found.iter().any(|(id, _)| id.as_str() == "voisins"), "{found:?}");
    }

    #[test]
    fn members_of_a_group_are_looked_at_once() {
        let policies = Policies::load(&pilot()).unwrap();
        let (frame, side) = policies.index().unwrap();
        let mut sweep = Sweep::new(frame, side);
        let mut looks = 0;
        for pair in pairs(frame) {
            let mut cells = 0;
            sweep.pair(pair, |_, _| cells += 1).unwrap();
            looks += usize::from(cells > 0);
        }
        let asked = matrix(&policies).unwrap().len();
        assert!(0 < looks && looks * 2 < asked, "{looks} looks for {asked} pairs");
    }
}
