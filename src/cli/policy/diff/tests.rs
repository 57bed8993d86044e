#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use super::*;
use crate::cli::policy::spoilt::pilot_with;
use serde_json::Value;
use std::fs;
use tempfile::TempDir;

const PILOT: &str = "pilote-comparaison.cedar";
const ROLE: &str = "principal.role == Role::\"marketer\"";

fn pilot() -> TempDir {
    pilot_with("room.toml", "", "")
}

fn run_on(old: &TempDir, new: &TempDir, as_json: bool, language: Language) -> (ExitCode, String, String) {
    let args = Args { old: old.path().to_owned(), new: new.path().to_owned(), json: as_json };
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let now = "2026-12-01T00:00:00Z".parse().unwrap();
    let code = compare(&args, now, language, &mut out, &mut err).unwrap();
    (code, String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
}

fn said(old: &TempDir, new: &TempDir, language: Language) -> String {
    let (code, out, err) = run_on(old, new, false, language);
    assert_eq!((code, err.as_str()), (ExitCode::SUCCESS, ""));
    out
}

/// The festival may also compare with the hall's subscribers for marketing until July, and nobody with the agents' any more.
fn changed() -> TempDir {
    let dir = pilot_with(PILOT, "resource.shape ==", "resource.owner != Member::\"agents\" && resource.shape ==");
    let more = "@id(\"festival-salle\")\n@title_fr(\"Le festival et la salle\")\n@title_en(\"The festival and the hall\")\n\
                permit (principal in Member::\"festival\", action in Action::\"count\", resource == Audience::\"salle/abonnes\")\n\
                when { principal.role == Role::\"marketer\" && context.purpose == Purpose::\"marketing\" && \
                context.date < datetime(\"2027-07-01\") };\n";
    fs::write(dir.path().join("festival-salle.cedar"), more).unwrap();
    dir
}

#[test]
fn what_opens_and_closes_is_told_by_owner_with_who_has_to_agree() {
    let out = said(&pilot(), &changed(), Language::En);
    let lines: Vec<&str> = out.lines().collect();
    let lost: Vec<&&str> = lines.iter().filter(|line| line.starts_with("  − ")).collect();
    // Four members lose the agents' list; the agents lose none of their own.
    assert_eq!(lost.len(), 4, "{out}");
    assert!(
        lost.iter()
            .all(|line| line.contains(" → agents/admirateurs: planification, programmation; all templates; role"))
    );
    let gained: Vec<&&str> = lines.iter().filter(|line| line.starts_with("  + ")).collect();
    assert_eq!(gained, [&"  + festival → salle/abonnes: marketing; count; role: marketing; before 2027-07-01 UTC"]);
    let place = |wanted: &str| lines.iter().position(|line| *line == wanted).unwrap();
    assert!(place("agents") < place("salle"));
    assert!(out.contains("To be approved by a compliance officer of each of these members: salle\n"), "{out}");
    assert!(out.contains("as soon as it is published: agents\n"), "{out}");
    assert!(out.ends_with("The figures of privacy.toml stay.\n"), "{out}");
}

#[test]
fn french_says_the_same() {
    let out = said(&pilot(), &changed(), Language::Fr);
    let gained = "  + festival → salle/abonnes\u{a0}: marketing ; count ; rôle : marketing ; avant le 2027-07-01 UTC\n";
    assert!(out.contains(gained), "{out}");
    assert!(out.contains("chez chacun de ces membres\u{a0}: salle\n"), "{out}");
    assert!(out.contains("dès la publication\u{a0}: agents\n"), "{out}");
}

#[test]
fn the_way_back_is_the_opposite() {
    let out = said(&changed(), &pilot(), Language::En);
    assert_eq!(out.lines().filter(|line| line.starts_with("  + ")).count(), 4, "{out}");
    // The hall's sentence goes, and is the hall's.
    assert!(out.contains("of each of these members: agents, salle\n") && !out.contains("as soon as"), "{out}");
}

#[test]
fn what_was_over_already_is_no_change() {
    let over = format!("({ROLE} || context.date < datetime(\"2026-11-30\"))");
    let out = said(&pilot(), &pilot_with(PILOT, ROLE, &over), Language::Fr);
    assert!(out.starts_with("Aucune comparaison ne s'ouvre ni ne se ferme : rien ne change pour personne.\n"), "{out}");
    let soon = format!("({ROLE} || context.date < datetime(\"2026-12-02\"))");
    let out = said(&pilot(), &pilot_with(PILOT, ROLE, &soon), Language::Fr);
    assert!(out.contains("rôles : conformité, intendance ; avant le 2026-12-02 UTC\n"), "{out}");
}

#[test]
fn figures_that_change_are_told_though_no_comparison_does() {
    let new = pilot_with("privacy.toml", "room_epsilon = 3.0", "room_epsilon = 2.5");
    let text = fs::read_to_string(new.path().join("privacy.toml")).unwrap();
    fs::write(new.path().join("privacy.toml"), text.replace("threshold_delta = 1e-7\n", "")).unwrap();
    let out = said(&pilot(), &new, Language::En);
    let all = "To be approved by a compliance officer of each of these members: agents, billetterie, etiquette, festival, salle";
    assert!(out.starts_with(&format!("No comparison opens or closes.\n{all}\n")), "{out}");
    let lines: Vec<&str> = out.lines().skip(2).collect();
    assert_eq!(lines[0], "Figures of privacy.toml change, for all members:");
    assert_eq!(lines[1], "  caps.room_epsilon: 3.0 → 2.5");
    assert!(lines[2].starts_with("  threshold_delta: ") && lines[2].ends_with(" → absent"), "{out}");
    // Without thresholds, every δ is smaller; the room's ε is, besides.
    assert_eq!(lines.len(), 7, "{out}");
    let year = "The loss that a year allows the whole room: ε 3 (δ 1.1 × 10⁻⁶) before, ε 2.5 (δ 10⁻⁶) after.";
    assert_eq!(lines[3].replace('\u{a0}', " "), year);
}

#[test]
fn a_shorter_period_is_told_as_what_a_year_becomes() {
    let new = pilot_with("privacy.toml", "period_months = 12", "period_months = 6");
    let out = said(&pilot(), &new, Language::Fr).replace('\u{a0}', " ");
    assert!(out.contains("La perte de toute la salle qu’une année permet : ε 3 (δ 1,1 × 10⁻⁶) avant, ε 4,4"), "{out}");
    assert_eq!(out.matches("qu’une année permet").count(), 4, "{out}");
    let (_, out, _) = run_on(&pilot(), &new, true, Language::Fr);
    let told: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(told["years"][0]["cap"], "room");
}

#[test]
fn json_has_the_effects_and_who_has_to_agree() {
    let (code, out, _) = run_on(&pilot(), &changed(), true, Language::Fr);
    assert_eq!(code, ExitCode::SUCCESS);
    let told: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((&told["to_approve"], &told["immediate"]), (&json!(["salle"]), &json!(["agents"])));
    assert_eq!(told["by_owner"]["agents"].as_array().unwrap().len(), 4);
    let gained = &told["by_owner"]["salle"][0]["gained"][0];
    assert_eq!(gained["templates"], json!(["overlap", "reach", "venn"]));
    assert_eq!(told["figures"], json!([]));
    assert!(told["old"] != told["new"] && told["new"].as_str().unwrap().len() == 64);
}

#[test]
fn a_folder_with_mistakes_is_not_compared() {
    let broken = pilot_with("room.toml", "\"CA\"", "\"Canada\"");
    let (code, out, err) = run_on(&pilot(), &broken, false, Language::Fr);
    assert_eq!((code, out.as_str()), (ExitCode::from(3), ""));
    assert!(err.contains("room.toml:10:19"), "{err}");
    let (_, _, err) = run_on(&broken, &broken, false, Language::Fr);
    assert_eq!(err.matches("room.toml:10:19").count(), 2, "{err}");
}
