//! `camerata policy test`: the officers' cases, one a line.

use super::report::loaded;
use crate::{
    cli::{context::Context, exit::Exit},
    model::Language,
    policy::{AgreementId, CaseOutcome, Verdict},
};
use serde_json::{Value, json};
use std::{
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

/// Run the cases of a policy folder, one a line. Exits 3 if one doesn't hold.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The folder.
    #[arg(default_value = "policies")]
    dir: PathBuf,
    /// Print the results as JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, context: &Context) -> anyhow::Result<ExitCode> {
    test(&args.dir, args.json, context.language, &mut io::stdout().lock(), &mut io::stderr().lock())
}

fn test(
    dir: &Path,
    as_json: bool,
    language: Language,
    out: &mut impl Write,
    err: &mut impl Write,
) -> anyhow::Result<ExitCode> {
    let policies = match loaded(dir, language, err)? {
        Ok(policies) => policies,
        Err(exit) => return Ok(exit),
    };
    let outcomes = policies.run_cases();
    let failed = outcomes.iter().filter(|outcome| !outcome.holds()).count();
    if as_json {
        let cases: Vec<Value> = outcomes.iter().map(machine).collect();
        let (version, held) = (policies.version(), outcomes.len() - failed);
        writeln!(out, "{:#}", json!({ "version": version, "held": held, "failed": failed, "cases": cases }))?;
    } else {
        for outcome in &outcomes {
            writeln!(out, "{}", line(outcome, language))?;
        }
        writeln!(out, "{}", summary(outcomes.len(), failed, language))?;
    }
    Ok(if failed == 0 { Exit::Done } else { Exit::Invalid }.into())
}

/// `ok     Title: permitted by a, b`, or what was expected and what was decided instead.
fn line(outcome: &CaseOutcome, language: Language) -> String {
    let (title, got) = (outcome.title.get(language), told(&outcome.got, language));
    let expected = told(&outcome.expected, language);
    match (language, outcome.holds()) {
        (Language::Fr, true) => format!("ok     {title} : {got}"),
        (Language::En, true) => format!("ok     {title}: {got}"),
        (Language::Fr, false) => {
            let line = outcome.line();
            format!("ÉCHEC  {title} (ligne {line}) : attendu {expected}, obtenu {got} — {}", outcome.decision.fr)
        }
        (Language::En, false) => {
            let line = outcome.line();
            format!("FAILED {title} (line {line}): expected {expected}, got {got} — {}", outcome.decision.en)
        }
    }
}

/// `permitted by a, b`; `refused: no agreement permits it`.
fn told(verdict: &Verdict, language: Language) -> String {
    let by = verdict.by.iter().map(AgreementId::as_str).collect::<Vec<_>>().join(", ");
    match (language, verdict.permitted, by.is_empty()) {
        (Language::Fr, true, true) => "permis".to_owned(),
        (Language::Fr, true, false) => format!("permis par {by}"),
        (Language::Fr, false, true) => "refusé, aucune entente ne le permet".to_owned(),
        (Language::Fr, false, false) => format!("refusé par {by}"),
        (Language::En, true, true) => "permitted".to_owned(),
        (Language::En, true, false) => format!("permitted by {by}"),
        (Language::En, false, true) => "refused, no agreement permits it".to_owned(),
        (Language::En, false, false) => format!("refused by {by}"),
    }
}

fn summary(count: usize, failed: usize, language: Language) -> String {
    let held = count - failed;
    match (language, failed) {
        (Language::Fr, 0) => format!("{count} cas : tout tient"),
        (Language::Fr, _) => format!("{count} cas : {held} tiennent, {failed} ne tiennent pas"),
        (Language::En, 0) => format!("{count} cases: all hold"),
        (Language::En, _) => format!("{count} cases: {held} hold, {failed} don't"),
    }
}

fn machine(outcome: &CaseOutcome) -> Value {
    let verdict = |verdict: &Verdict| {
        let decision = if verdict.permitted { "permitted" } else { "refused" };
        json!({ "decision": decision, "by": verdict.by })
    };
    json!({
        "title": outcome.title,
        "line": outcome.line(),
        "holds": outcome.holds(),
        "expected": verdict(&outcome.expected),
        "got": verdict(&outcome.got),
        "reason": outcome.decision,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
    use super::*;
    use crate::cli::policy::spoilt::pilot_with;

    fn run_on(dir: &Path, as_json: bool, language: Language) -> (ExitCode, String, String) {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let code = test(dir, as_json, language, &mut out, &mut err).unwrap();
        (code, String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
    }

    #[test]
    fn each_case_has_its_line_and_the_last_sums_up() {
        let dir = pilot_with("room.toml", "", "");
        let (code, out, err) = run_on(dir.path(), false, Language::Fr);
        assert_eq!((code, err.as_str()), (ExitCode::SUCCESS, ""));
        let lines: Vec<&str> = out.lines().collect();
        assert_eq!(lines.len(), 9);
        assert_eq!(
            lines[0],
            "ok     Le festival compare ses abonnés aux acheteurs de billets : permis par mes-auditoires, pilote-comparaison"
        );
        assert_eq!(lines[5], "ok     Les achats ne font pas partie du pilote : refusé, aucune entente ne le permet");
        assert_eq!(lines[8], "8 cas : tout tient");
        assert_eq!(run_on(dir.path(), false, Language::En).1.lines().last(), Some("8 cases: all hold"));
    }

    #[test]
    fn a_case_that_does_not_hold_says_what_was_decided_and_exits_3() {
        let dir = pilot_with("cases.toml", "by = [\"artistes-vip\"]", "by = [\"agents-sans-prospection\"]");
        let (code, out, _) = run_on(dir.path(), false, Language::En);
        assert_eq!(code, ExitCode::from(3));
        let failed = out.lines().find(|line| line.starts_with("FAILED")).unwrap();
        let said = "expected refused by agents-sans-prospection, got refused by artistes-vip — etiquette/artistes-vip: the agreement";
        assert!(failed.starts_with("FAILED Artists' guests, never (line 71): ") && failed.contains(said), "{failed}");
        assert_eq!(out.lines().last(), Some("8 cases: 7 hold, 1 don't"));
        let (code, out, _) = run_on(dir.path(), true, Language::Fr);
        assert_eq!(code, ExitCode::from(3));
        let results: Value = serde_json::from_str(&out).unwrap();
        assert_eq!((&results["held"], &results["failed"]), (&json!(7), &json!(1)));
        let case = &results["cases"][4];
        assert_eq!(case["holds"], json!(false));
        assert_eq!(case["expected"], json!({ "decision": "refused", "by": ["agents-sans-prospection"] }));
        assert_eq!(case["got"], json!({ "decision": "refused", "by": ["artistes-vip"] }));
        assert_eq!(case["title"]["fr"], "Les invités des artistes, jamais");
    }

    #[test]
    fn a_folder_with_mistakes_is_not_tested() {
        let dir = pilot_with("room.toml", "\"CA\"", "\"Canada\"");
        let (code, out, err) = run_on(dir.path(), true, Language::Fr);
        assert_eq!((code, out.as_str()), (ExitCode::from(3), ""));
        assert!(err.contains("room.toml:10:19"), "{err}");
    }
}
