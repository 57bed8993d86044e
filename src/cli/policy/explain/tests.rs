#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use super::*;
use crate::cli::policy::spoilt::pilot_with;
use serde_json::Value;
use std::path::Path;
use tempfile::TempDir;

fn args(dir: &Path, asker: &str, audiences: &[&str], purpose: &str) -> Args {
    Args {
        dir: dir.to_owned(),
        asker: asker.to_owned(),
        role: "marketer".to_owned(),
        template: "overlap".to_owned(),
        audiences: audiences.iter().map(ToString::to_string).collect(),
        purpose: purpose.to_owned(),
        columns: vec![],
        epsilon: 0.1,
        date: None,
        json: false,
    }
}

fn said(args: &Args, language: Language) -> (ExitCode, String) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let now = "2026-12-01T00:00:00Z".parse().unwrap();
    let code = explain(args, now, language, &mut out, &mut err).unwrap();
    assert_eq!(err, b"");
    (code, String::from_utf8(out).unwrap())
}

fn pilot() -> TempDir {
    pilot_with("room.toml", "", "")
}

/// The pilot's agreement has a term, a largest loss and no agents beside.
fn limited() -> TempDir {
    let role = "principal.role == Role::\"marketer\"";
    let more = "context.date < datetime(\"2027-07-01\") && context.epsilon.lessThanOrEqual(decimal(\"0.5\")) && \
                !context.owners.contains(Member::\"agents\")";
    pilot_with("pilote-comparaison.cedar", role, &format!("{role} && {more}"))
}

#[test]
fn what_is_permitted_names_the_agreements_of_each_audience() {
    let dir = pilot();
    let args = args(dir.path(), "festival", &["festival/abonnes", "billetterie/acheteurs"], "planification");
    let (code, out) = said(&args, Language::Fr);
    assert_eq!(code, ExitCode::SUCCESS);
    let expected = "Permis.\n\n\
        festival/abonnes\u{a0}: permis\n  \
          permis par\u{a0}: Chacun dispose de ses propres auditoires (mes-auditoires)\n  \
          permis par\u{a0}: Projet pilote : comparer les listes pour planifier et programmer (pilote-comparaison)\n\n\
        billetterie/acheteurs\u{a0}: permis\n  \
          permis par\u{a0}: Projet pilote : comparer les listes pour planifier et programmer (pilote-comparaison)\n";
    assert_eq!(out, expected);
}

#[test]
fn what_would_have_to_change_is_told_condition_by_condition() {
    let dir = limited();
    let mut args = args(dir.path(), "festival", &["salle/abonnes", "agents/admirateurs"], "marketing");
    (args.role, args.epsilon, args.date) = ("officer".to_owned(), 0.6, Some("2027-07-01T00:00:00Z".parse().unwrap()));
    let (code, out) = said(&args, Language::En);
    assert_eq!(code, ExitCode::from(1));
    let hall = out.split("\n\n").nth(1).unwrap();
    let lines: Vec<&str> = hall.lines().collect();
    assert_eq!(
        lines,
        [
            "salle/abonnes: refused",
            "  no agreement permits it",
            "  comes near: Pilot: compare lists for planning and programming (pilote-comparaison)",
            "      it would take: role: marketing",
            "      it would take: before 2027-07-01 UTC",
            "      it would take: ε at most 0.5",
            "      it would take: owners of the other audiences, without: agents",
            "      it would take: purpose one of: planification, programmation",
        ]
    );
    let (_, out) = said(&args, Language::Fr);
    assert!(out.contains("      il faudrait\u{a0}: finalité parmi : planification, programmation\n"), "{out}");
}

#[test]
fn what_forbids_says_why_it_applies() {
    let dir = pilot();
    let (code, out) = said(&args(dir.path(), "agents", &["agents/admirateurs"], "prospection"), Language::En);
    assert_eq!(code, ExitCode::from(1));
    assert!(
        out.contains("forbidden by: The agents' audiences are never used for prospecting (agents-sans-prospection)\n"),
        "{out}"
    );
    assert!(
        out.contains("      because: audience: agents/admirateurs\n      because: purpose: prospection\n"),
        "{out}"
    );
    assert!(out.contains("permitted by: Each member may use its own audiences (mes-auditoires)\n"), "{out}");
    assert!(!out.contains("because: template"), "it is about every template: {out}");
    assert!(!out.contains("no agreement permits it"), "one does; another forbids: {out}");
}

#[test]
fn templates_are_told_by_their_groups() {
    let dir = pilot_with("artistes-vip.cedar", "Action::\"compare\"", "[Action::\"count\", Action::\"profile\"]");
    let (_, out) = said(&args(dir.path(), "etiquette", &["etiquette/artistes-vip"], "recherche"), Language::Fr);
    assert!(out.contains("      parce que\u{a0}: modèle parmi : count, profile\n"), "{out}");
    let dir = pilot_with("pilote-comparaison.cedar", "Action::\"count\", ", "");
    let (_, out) = said(&args(dir.path(), "festival", &["salle/abonnes"], "planification"), Language::En);
    assert!(out.ends_with("      it would take: template one of: describe, purchases\n"), "{out}");
}

#[test]
fn an_audience_that_no_agreement_is_about_is_told_with_what_they_are_about() {
    let dir = pilot();
    let (_, out) = said(&args(dir.path(), "festival", &["billetterie/achats"], "planification"), Language::Fr);
    assert!(
        out.contains("s'en approche\u{a0}: Projet pilote") && out.contains("il faudrait\u{a0}: auditoire parmi : "),
        "{out}"
    );
}

#[test]
fn json_has_the_decision_and_both_languages() {
    let dir = pilot();
    let args = Args { json: true, ..args(dir.path(), "cooperative", &["salle/abonnes"], "planification") };
    let (code, out) = said(&args, Language::En);
    assert_eq!(code, ExitCode::from(1));
    let told: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((&told["decision"], &told["version"].as_str().unwrap().len()), (&json!("refused"), &64));
    assert!(told["reasons"][0]["fr"].as_str().unwrap().contains("aucune entente ne permet"));
    let near = &told["audiences"][0]["near"][0];
    assert_eq!(near["id"], "pilote-comparaison");
    assert_eq!(near["conditions"][0]["en"], "asker one of: agents, billetterie, etiquette, festival, salle");
    assert_eq!(near["conditions"].as_array().unwrap().len(), 1);
}

#[test]
fn names_that_do_not_exist_are_usage_errors() {
    let dir = pilot();
    let right = args(dir.path(), "festival", &["salle/abonnes"], "planification");
    let wrong = |args: Args| {
        let error = explain(&args, Timestamp::UNIX_EPOCH, Language::En, &mut vec![], &mut vec![]).unwrap_err();
        assert_eq!(Exit::of(&error), Exit::Usage);
        error.to_string()
    };
    let told = [
        wrong(Args { asker: "festivl".to_owned(), ..right.clone() }),
        wrong(Args { audiences: vec!["sale/abonnes".to_owned()], ..right.clone() }),
        wrong(Args { template: "overlp".to_owned(), ..right.clone() }),
        wrong(Args { role: "oficer".to_owned(), ..right.clone() }),
        wrong(Args { columns: vec!["génre".to_owned()], ..right.clone() }),
        wrong(Args { purpose: "planifiction".to_owned(), ..right.clone() }),
    ];
    let meant = ["festival", "salle/abonnes", "overlap", "officer", "genre", "planification"];
    for (told, meant) in told.iter().zip(meant) {
        assert!(told.starts_with("there is no ") && told.ends_with(&format!("; did you mean `{meant}`?")), "{told}");
    }
    assert!(wrong(Args { epsilon: f64::NAN, ..right }).contains("at least 0"));
}

#[test]
fn a_day_begins_at_midnight_utc() {
    assert_eq!(moment("2027-06-30"), Ok("2027-06-30T00:00:00Z".parse().unwrap()));
    assert_eq!(moment("2027-06-30T00:00:00-04:00"), Ok("2027-06-30T04:00:00Z".parse().unwrap()));
    assert!(moment("le 30 juin").is_err());
}
