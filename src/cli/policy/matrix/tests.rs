#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
use super::*;
use crate::cli::{exit::UsageError, policy::spoilt::pilot_with};
use serde_json::{Value, json};
use tempfile::TempDir;

fn args(dir: &TempDir) -> Args {
    Args { dir: dir.path().to_owned(), asker: None, owner: None, purpose: None, json: false, csv: false }
}

fn shown(args: &Args, language: Language) -> String {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let now = "2026-12-01T00:00:00Z".parse().unwrap();
    let code = show(args, now, language, &mut out, &mut err).unwrap();
    assert_eq!((code, err), (ExitCode::SUCCESS, vec![]));
    String::from_utf8(out).unwrap()
}

/// The pilot, where the agreement has a term, and a second one, on a part, was over before.
fn limited() -> TempDir {
    let term = "principal.role == Role::\"marketer\" && context.date < datetime(\"2027-07-01\") && \
                context.epsilon.lessThanOrEqual(decimal(\"0.5\"))";
    let dir = pilot_with("pilote-comparaison.cedar", "principal.role == Role::\"marketer\"", term);
    let over = "@id(\"fini\")\n@title_fr(\"Fini\")\n@title_en(\"Over\")\npermit (principal == User::\"agents/officer\", \
                action, resource == Audience::\"billetterie/achats\")\nwhen { context.date < datetime(\"2026-01-01\") };\n";
    std::fs::write(dir.path().join("fini.cedar"), over).unwrap();
    dir
}

#[test]
fn the_pilots_table_reads_as_its_agreements_do() {
    let dir = pilot_with("room.toml", "", "");
    let args = Args { asker: Some("festival".to_owned()), owner: Some("billetterie".to_owned()), ..args(&dir) };
    let said = shown(&args, Language::Fr);
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(
        lines[0].split_whitespace().collect::<Vec<_>>(),
        ["Demandeur", "Auditoire", "Finalités", "Modèles", "Circonstances"]
    );
    assert_eq!(
        lines[2],
        "festival   billetterie/acheteurs  planification, programmation  tous les modèles  rôle : marketing"
    );
    assert_eq!((lines.len(), lines[3]), (5, ""), "{said}");
    assert!(lines[4].contains("permission de chacun"), "{said}");
    assert!(shown(&args, Language::En).contains("all templates  role: marketing\n"));
}

#[test]
fn several_grants_of_a_pair_are_lines_under_one_name() {
    let either = "(principal.role == Role::\"marketer\" || context.epsilon.lessThan(decimal(\"0.1\")))";
    let dir = pilot_with("pilote-comparaison.cedar", "principal.role == Role::\"marketer\"", either);
    let args = Args { asker: Some("salle".to_owned()), owner: Some("agents".to_owned()), ..args(&dir) };
    let said = shown(&args, Language::En);
    let rows: Vec<&str> = said.lines().skip(2).take_while(|line| !line.is_empty()).collect();
    assert_eq!(rows.len(), 2, "{said}");
    assert!(rows[0].starts_with("salle  agents/admirateurs  planification, "), "{said}");
    assert!(rows[1].starts_with(&" ".repeat(27)) && rows[1].trim_start().starts_with("planification, "), "{said}");
    assert!(said.contains("ε at most 0.0999") && said.contains("role: marketing"), "{said}");
}

#[test]
fn what_a_prohibition_takes_is_not_shown() {
    let dir = pilot_with("room.toml", "", "");
    let purpose = Some("prospection".to_owned());
    let args = Args { owner: Some("agents".to_owned()), purpose, ..args(&dir) };
    assert_eq!(shown(&args, Language::En), "Nothing here is permitted to anybody.\n", "not even to its owner");
    assert_eq!(shown(&args, Language::Fr), "Rien n'est permis ici à personne.\n");
}

#[test]
fn csv_is_what_a_spreadsheet_reads() {
    let dir = limited();
    let args = Args { csv: true, asker: Some("salle".to_owned()), owner: Some("agents".to_owned()), ..args(&dir) };
    let said = shown(&args, Language::Fr);
    let lines: Vec<&str> = said.split("\r\n").collect();
    assert_eq!((lines.len(), lines[2]), (3, ""), "{said}");
    assert!(lines[1].starts_with("salle,agents/admirateurs,planification programmation,affinity "), "{said}");
    let end = ",marketer,,2027-07-01T00:00:00Z,\"rôle : marketing ; avant le 2027-07-01 UTC ; ε d'au plus 0,5\"";
    assert!(lines[1].ends_with(end), "{said}");
    assert_eq!(csv::quoted("dit \"oui\"\n"), "\"dit \"\"oui\"\"\n\"");
}

#[test]
fn json_is_the_permissions_and_nothing_that_is_over() {
    let dir = limited();
    let all: Value = serde_json::from_str(&shown(&Args { json: true, ..args(&dir) }, Language::En)).unwrap();
    let of = |asker: &str, audience: &str| {
        let all = all.as_array().unwrap();
        all.iter().find(|one| one["asker"] == asker && one["audience"] == audience).cloned()
    };
    assert_eq!(of("agents", "billetterie/achats"), None);
    let grant = &of("salle", "agents/admirateurs").unwrap()["grants"][0];
    assert_eq!((&grant["roles"], &grant["epsilon_below"]), (&json!(["marketer"]), &json!(5001)));
    assert_eq!(grant["until"], "2027-07-01T00:00:00Z");
}

#[test]
fn unknown_names_are_usage_errors_with_what_was_meant() {
    let dir = pilot_with("room.toml", "", "");
    let args = Args { purpose: Some("prospecton".to_owned()), ..args(&dir) };
    let error = show(&args, Timestamp::UNIX_EPOCH, Language::En, &mut vec![], &mut vec![]).unwrap_err();
    assert!(error.is::<UsageError>());
    assert_eq!(error.to_string(), "there is no purpose `prospecton`; did you mean `prospection`?");
}
