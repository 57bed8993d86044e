//! Proposals and the policies' log, in words.

use crate::{
    cli::{
        context::choose,
        policy::{effects, figures},
        table::{Align, Table},
        typography as t,
    },
    model::Language,
    policy::{Approval, Entry, Opinion, OpinionVerdict, Policies, Proposal, Status},
};

fn status(status: Status, language: Language) -> &'static str {
    choose(
        language,
        match status {
            Status::Open => ("en attente", "waiting"),
            Status::Published => ("en vigueur", "published"),
            Status::Withdrawn => ("retirée", "withdrawn"),
        },
    )
}

/// A proposal as it stands, between the version it was made from and the one it proposes.
///
/// # Errors
/// When a stored `privacy.toml` isn't TOML, which no room takes.
pub(super) fn proposal(
    proposal: &Proposal,
    [old, new]: [&Policies; 2],
    language: Language,
) -> Result<String, toml::de::Error> {
    let say = |fr, en| choose(language, (fr, en));
    let mut lines = vec![
        format!("{} {} ({})", say("Proposition", "Proposal"), proposal.id, status(proposal.status, language)),
        format!(
            "{} {} ({}), {}",
            t::label(say("par", "by"), language),
            proposal.officer.user,
            proposal.officer.member,
            t::day(&proposal.proposed)
        ),
        format!("{} {}", t::label(say("pourquoi", "why"), language), proposal.why),
        format!("{} {}", t::label("version", language), proposal.version),
    ];
    if let Some(obstacle) = &proposal.obstacle {
        lines.push(format!("{} {}", t::label(say("obstacle", "obstacle"), language), obstacle.get(language)));
    }
    if proposal.status == Status::Open && proposal.obstacle.is_none() {
        lines.push(String::new());
        lines.push(effects::render(&proposal.effects, [old, new], language));
        lines.extend(effects::hidden([&proposal.masked, &proposal.prohibited], [old, new], language));
        lines.extend(effects::agreed(&proposal.differences, language));
        if proposal.common {
            lines.push(
                say(
                    "Des règles communes à tous changent : vie privée, tarifs ou tenue de la salle.",
                    "Rules common to all change: privacy, tariffs or the running of the room.",
                )
                .to_owned(),
            );
        }
        // What the proposal itself changes: a file that changed on both sides would be its obstacle.
        lines.push(figures::told(&figures::changed(old, new)?, &figures::years(old, new), language));
        lines.push(String::new());
        lines.push(approvals(&proposal.approvals, language));
    }
    if !proposal.opinions.is_empty() {
        lines.push(String::new());
        lines.extend(proposal.opinions.iter().map(|opinion| said(opinion, language)));
    }
    Ok(lines.join("\n"))
}

/// What a member's officer says, each line of it under who says it.
fn said(opinion: &Opinion, language: Language) -> String {
    let say = |fr, en| choose(language, (fr, en));
    let (user, at) = &opinion.by;
    let verdict = match opinion.verdict {
        OpinionVerdict::Approved => say("approuve", "approves"),
        OpinionVerdict::Refused => say("refuse", "refuses"),
    };
    let lapsed =
        if opinion.lapsed { say(" (les effets ont changé depuis)", " (the effects changed since)") } else { "" };
    let head = format!("{user} ({}) {verdict}, {}{lapsed}", opinion.owner, t::day(at));
    let mut told = t::label(&head, language);
    for line in opinion.comment.lines() {
        told.push_str("\n  ");
        told.push_str(line);
    }
    told
}

fn approvals(approvals: &[Approval], language: Language) -> String {
    let say = |fr, en| choose(language, (fr, en));
    let mut table = Table::new(&[
        (say("Membre", "Member"), Align::Left),
        (say("Accord", "Approval"), Align::Left),
        (say("À approuver avec --effects", "To approve with --effects"), Align::Left),
    ]);
    for approval in approvals {
        let standing = match (&approval.by, approval.lapsed, approval.needed) {
            (Some((user, _)), false, _) => format!("{} {user}", say("donné par", "given by")),
            (Some(_), true, _) => say("caduc : les effets ont changé", "lapsed: the effects changed").to_owned(),
            (None, ..) if approval.refused => say("refusé", "refused").to_owned(),
            (None, _, true) => say("attendu", "needed").to_owned(),
            (None, _, false) => say("facultatif", "optional").to_owned(),
        };
        table.row([approval.owner.to_string(), standing, approval.effects.clone()]);
    }
    table.render()
}

pub(super) fn list(proposals: &[Proposal], language: Language) -> String {
    let say = |fr, en| choose(language, (fr, en));
    if proposals.is_empty() {
        return say("Aucune proposition pour l’instant.", "No proposal yet.").to_owned();
    }
    let mut table = Table::new(&[
        (say("Proposition", "Proposal"), Align::Right),
        (say("État", "Status"), Align::Left),
        (say("Date", "Date"), Align::Left),
        (say("Membre", "Member"), Align::Left),
        (say("Pourquoi", "Why"), Align::Left),
    ]);
    for proposal in proposals {
        table.row([
            proposal.id.to_string(),
            status(proposal.status, language).to_owned(),
            t::day(&proposal.proposed).to_owned(),
            proposal.officer.member.to_string(),
            proposal.why.clone(),
        ]);
    }
    table.render()
}

pub(super) fn log(entries: &[Entry], language: Language) -> String {
    let say = |fr, en| choose(language, (fr, en));
    let mut table = Table::new(&[
        (say("Quand (UTC)", "When (UTC)"), Align::Left),
        (say("Quoi", "What"), Align::Left),
        (say("Qui", "Who"), Align::Left),
        (say("Proposition", "Proposal"), Align::Right),
        (say("Version", "Version"), Align::Left),
        (say("Pourquoi", "Why"), Align::Left),
    ]);
    for entry in entries {
        let who = entry.officer.as_ref().map(|officer| format!("{} ({})", officer.user, officer.member));
        table.row([
            t::second(&entry.happened),
            effects::happened(entry.what, language).to_owned(),
            who.unwrap_or_else(|| "—".to_owned()),
            entry.proposal.map(|id| id.to_string()).unwrap_or_default(),
            entry.version.clone().unwrap_or_default(),
            entry.why.clone().unwrap_or_default(),
        ]);
    }
    table.render()
}
