//! Entries of the log as people read them.

use crate::{
    cli::{
        context::choose,
        table::{Align, Table},
        typography as t,
    },
    model::{Language, Rho},
    proof::{Entry, What},
};
use serde_json::Value;

/// What happened, in words.
pub(super) fn what(what: What, language: Language) -> &'static str {
    let words = match what {
        What::Founded => ("journal commencé", "log begun"),
        What::KeyChanged => ("clé de signature changée", "signing key changed"),
        What::TokenIssued => ("jeton délivré", "token issued"),
        What::TokensRevoked => ("jetons révoqués", "tokens revoked"),
        What::UploadOpened => ("téléversement commencé", "upload begun"),
        What::UploadStored => ("auditoire téléversé", "audience uploaded"),
        What::UploadAbandoned => ("téléversement abandonné", "upload given up"),
        What::VersionExpired => ("auditoire expiré et détruit", "audience expired and destroyed"),
        What::ErasureBegun => ("effacement de personnes commencé", "erasing people begun"),
        What::PeopleErased => ("personnes effacées d’un auditoire", "people erased from an audience"),
        What::PolicyFounded => ("premières politiques", "first policies"),
        What::PolicyProposed => ("politiques proposées", "policies proposed"),
        What::PolicyApproved => ("proposition approuvée", "proposal approved"),
        What::PolicyRefused => ("proposition refusée", "proposal refused"),
        What::PolicyRetracted => ("approbation reprise", "approval taken back"),
        What::PolicyNarrowed => ("auditoires resserrés", "audiences narrowed"),
        What::PolicyLifted => ("resserrement levé", "narrowing lifted"),
        What::PolicyWithdrawn => ("proposition retirée", "proposal withdrawn"),
        What::PolicyPublished => ("politiques publiées", "policies published"),
        What::TemplatesFounded => ("premiers modèles", "first templates"),
        What::TemplateProposed => ("modèle proposé", "template proposed"),
        What::TemplateApproved => ("modèle approuvé", "template approved"),
        What::TemplateWithdrawn => ("approbation d’un modèle retirée", "approval of a template withdrawn"),
        What::TemplateFailed => {
            ("modèle retiré : le moteur n’a pas pu l’exécuter", "template withdrawn: the engine could not run it")
        }
        What::Refused => ("question refusée", "question refused"),
        What::Charged => ("question admise et payée", "question admitted and charged"),
        What::Answered => ("question répondue", "question answered"),
        What::Delivered => {
            ("réponse donnée à un autre membre, qui paie sa part", "answer given to another member, at its cost")
        }
        What::Replayed => ("réponse donnée de nouveau", "answer given again"),
        What::BackedUp => ("sauvegarde commencée", "backup begun"),
        What::WitnessNamed => ("clé de témoin annoncée", "witness key named"),
        What::Restored => ("salle restaurée", "room restored"),
        What::Invited => ("invitation envoyée", "invitation sent"),
        What::InvitationWithdrawn => ("invitation retirée", "invitation taken back"),
        What::UserJoined => ("nouvelle personne", "new user"),
        What::RolesChanged => ("rôles changés", "roles changed"),
        What::UserLeft => ("départ d’une personne", "user left"),
        What::SignedIn => ("connexion", "signed in"),
        What::SignedOut => ("déconnexion", "signed out"),
        What::SignInHeld => ("connexions refusées : trop d’essais", "sign-ins held: too many tries"),
        What::LettersChosen => ("choix des lettres à recevoir", "letters to get chosen"),
        What::SecretsChanged => {
            ("mot de passe ou autre moyen de connexion changé", "password or other means of signing in changed")
        }
        What::PasskeyRefused => ("clé d’accès refusée : peut-être copiée", "passkey refused: perhaps a copy"),
    };
    choose(language, words)
}

/// What of an entry's details fits on a line.
pub(super) fn about(entry: &Entry) -> String {
    let text =
        |name: &str| entry.details.get(name).map(|value| value.as_str().map_or(value.to_string(), str::to_owned));
    let question = entry.details.get("question");
    let asked = question.map(|question| {
        let template = question.get("template").and_then(Value::as_str).unwrap_or_default();
        let audiences = question.get("audiences").and_then(Value::as_object);
        let named = audiences.into_iter().flat_map(|named| named.values()).flat_map(|named| match named {
            Value::Array(list) => list.iter().filter_map(Value::as_str).collect::<Vec<_>>(),
            one => one.as_str().into_iter().collect(),
        });
        format!("{template} {}", named.collect::<Vec<_>>().join(" × "))
    });
    let parts = [
        asked,
        text("audience"),
        text("user").map(|user| format!("{}/{user}", text("member").unwrap_or_default())),
        text("proposal").map(|number| format!("№ {number}")),
        text("template").map(|hash| hash.chars().take(12).collect()).filter(|_| question.is_none()),
        text("answer").map(|number| format!("→ {number}")),
        text("roles"),
        text("why"),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// The loss of an entry as zCDP ρ, where it has one.
pub(super) fn rho(entry: &Entry) -> Option<f64> {
    // Told once: an answer repeats what its charge has told.
    let told = matches!(entry.what, What::Charged | What::Delivered);
    entry.details.get("rho").and_then(Value::as_u64).filter(|_| told).map(|units| Rho::from_units(units).as_f64())
}

/// Entries as a table.
pub(super) fn table(entries: &[Entry], language: Language) -> String {
    let say = |fr, en| choose(language, (fr, en));
    let mut table = Table::new(&[
        ("№", Align::Right),
        (say("Quand (UTC)", "When (UTC)"), Align::Left),
        (say("Quoi", "What"), Align::Left),
        (say("Qui", "Who"), Align::Left),
        (say("À propos de", "About"), Align::Left),
        ("ρ", Align::Right),
    ]);
    for entry in entries {
        let by = entry.by.as_ref().map(|by| format!("{}/{}", by.member, by.user));
        table.row([
            entry.position.to_string(),
            t::second(&entry.at),
            what(entry.what, language).to_owned(),
            by.unwrap_or_default(),
            about(entry),
            rho(entry).map_or_else(String::new, |rho| t::real(rho, language)),
        ]);
    }
    table.render()
}
