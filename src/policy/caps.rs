//! Whether the caps of `privacy.toml` fit together. Their ranges, and all else in that file, are the kernel's to check.

use super::{document, folder::Source, mistake::Mistake};
use crate::model::Text;

type Named = (&'static str, &'static str, &'static str);

const ASKER: Named = ("asker_epsilon", "un demandeur auprès d'un propriétaire", "an asker with an owner");
const OWNER: Named = ("owner_epsilon", "un propriétaire", "an owner");
const MEMBER: Named = ("member_epsilon", "la part d'un membre", "a member's share");
const ROOM: Named = ("room_epsilon", "toute la salle", "the whole room");

/// The caps of which the first can't exceed the second, and what each is called.
const CAPS: [(Named, Named); 3] = [(ASKER, OWNER), (OWNER, ROOM), (MEMBER, ROOM)];

/// Reports a cap that could never be reached because a wider one stops it before.
pub(super) fn fit(source: &Source, mistakes: &mut Vec<Mistake>) {
    // What can't be read here is told by the kernel, which reads the same file: once is enough.
    let mut told_elsewhere = Vec::new();
    let misfits = document::read(source, &mut told_elsewhere, |root, ignored| {
        let section = root.section("caps", ignored)?;
        let mut misfits = Vec::new();
        for ((inner, inner_fr, inner_en), (outer, outer_fr, outer_en)) in CAPS {
            let (Some(low), Some(high)) = (section.number(inner, ignored), section.number(outer, ignored)) else {
                continue;
            };
            if low <= high {
                continue;
            }
            let message = Text::new(
                format!("le plafond pour {inner_fr} ({low}) dépasse celui pour {outer_fr} ({high})"),
                format!("the cap for {inner_en} ({low}) exceeds that for {outer_en} ({high})"),
            );
            let help = Text::new(
                format!("il ne serait jamais atteint ; écrivez {high} ou moins, ou augmentez `{outer}`"),
                format!("it would never be reached; write {high} or less, or raise `{outer}`"),
            );
            misfits.push(section.mistake(section.span_of(inner), message).with_help(help));
        }
        Some(misfits)
    });
    mistakes.extend(misfits.flatten().into_iter().flatten());
}
