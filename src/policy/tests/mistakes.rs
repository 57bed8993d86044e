//! Mistakes that people make in policy files, and what they are told.

use super::*;
use crate::{model::Language, policy::Mistake};
use miette::{GraphicalReportHandler, GraphicalTheme};
use std::collections::BTreeSet;

/// The mistakes of a folder, or its warnings, and how they are summed up.
fn found(name: &str, copy: &Copy) -> (Vec<Mistake>, impl Fn(Language) -> String) {
    let errors = match copy.load() {
        Ok(policies) if !policies.warnings().is_empty() => Err(policies.warnings().to_vec()),
        Ok(policies) => Ok(policies.check_cases().expect_err(name)),
        Err(errors) => Ok(errors),
    };
    let mistakes = errors.as_ref().map_or_else(Clone::clone, |errors| errors.mistakes().to_vec());
    let summary = move |language| match &errors {
        Ok(errors) => errors.clone().in_language(language).to_string(),
        Err(warnings) => format!("({})", warnings.len()),
    };
    (mistakes, summary)
}

/// All mistakes of a folder as an officer reads them, in both languages.
fn told(name: &str, copy: &Copy) -> String {
    let (mistakes, summary) = found(name, copy);
    let handler =
        GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor()).with_width(140).with_links(false);
    let mut text = format!("=== {name}\n");
    for language in [Language::Fr, Language::En] {
        text += &format!("--- {}\n", summary(language));
        for mistake in &mistakes {
            text += &format!("{}:{}\n", mistake.line(), mistake.column());
            handler.render_report(&mut text, &mistake.clone().in_language(language)).unwrap();
        }
    }
    text.replace(&format!("{}/", copy.0.path().display()), "").replace(&copy.0.path().display().to_string(), ".")
}

/// Spoilt copies of the pilot's folder, and what is wrong with each.
pub(super) type Spoilt = Vec<(&'static str, Copy)>;

pub(super) fn all(mistakes: &[(&str, Copy)]) -> String {
    mistakes.iter().map(|(name, copy)| told(name, copy)).collect::<Vec<_>>().join("\n")
}

fn agreement(body: &str) -> Copy {
    let head = "@id(\"essai\")\n@title_fr(\"Un essai\")\n@title_en(\"A trial\")\n";
    Copy::new().write("essai.cedar", format!("{head}{body}\n"))
}

fn folder() -> Spoilt {
    vec![
        ("a file is missing", Copy::new().remove("purposes.toml")),
        ("a file is misspelt", Copy::new().remove("cases.toml").write("case.toml", "")),
        (
            "an agreement with the wrong ending",
            Copy::new().write("entente.cedar.txt", "permit (principal, action, resource);"),
        ),
        ("a file of more than 1 MiB", Copy::new().append("members.toml", &"#".repeat(1 << 20))),
        ("a file in Windows-1252", Copy::new().write("room.toml", b"title = { fr = \"Qu\xe9bec\" }\n")),
        ("an empty file", Copy::new().write("room.toml", "")),
    ]
}

#[test]
fn in_the_folder() {
    insta::assert_snapshot!(all(&folder()));
}

fn toml() -> Spoilt {
    let members = |from, to| Copy::new().replace("members.toml", from, to);
    let vocabulary = |from, to| Copy::new().replace("vocabulary.toml", from, to);
    vec![
        ("broken TOML", members("[members.festival]", "[members.festival")),
        ("a key twice", Copy::new().append("room.toml", "operator = \"salle\"\n")),
        ("an unknown key", members("contact = \"publics", "contcat = \"publics")),
        ("a name with an accent", members("[members.etiquette]", "[members.étiquette]")),
        (
            "a title in one language",
            members(
                "{ fr = \"Billetterie du Nord\", en = \"Billetterie du Nord (ticketing)\" }",
                "{ fr = \"Billetterie du Nord\" }",
            ),
        ),
        (
            "a title that is a text",
            members("{ fr = \"Billetterie du Nord\", en = \"Billetterie du Nord (ticketing)\" }", "\"Billetterie\""),
        ),
        ("an unknown shape", members("shape = \"events\"", "shape = \"event\"")),
        ("an unknown group", members("groups = [\"pilote\"]", "groups = [\"pilotes\"]")),
        ("an unknown tag", members("tags = [\"sensible\"]", "tags = [\"vip\"]")),
        ("an unknown column", members("\"age_band\"]", "\"age-band\"]")),
        ("a column twice", members("\"age_band\"]", "\"genre\"]")),
        (
            "an unknown operator",
            Copy::new().replace("room.toml", "\"cooperative\"", "\"coopérative\"").replace(
                "room.toml",
                "coopérative",
                "coperative",
            ),
        ),
        ("a country in words", Copy::new().replace("room.toml", "\"CA\"", "\"Canada\"")),
        ("an unknown kind of column", vocabulary("kind = \"date\"", "kind = \"dates\"")),
        ("a spelling of two values", vocabulary("en = \"Dance\"", "en = \"Theatre\"")),
        ("a category without values", vocabulary("kind = \"date\"", "kind = \"category\"")),
        ("a reserved column", vocabulary("[purchased]", "[person]")),
        ("a purpose without a title", Copy::new().append("purposes.toml", "\n[mecenat]\n")),
    ]
}

#[test]
fn in_toml() {
    insta::assert_snapshot!(all(&toml()));
}

fn agreements() -> Spoilt {
    let forbid = "forbid (principal, action, resource)";
    vec![
        ("broken Cedar", agreement("permit (principal, action resource);")),
        ("an unclosed condition", agreement(&format!("{forbid} when {{ context.purpose == Purpose::\"marketing\";"))),
        ("no id", Copy::new().replace("artistes-vip.cedar", "@id(\"artistes-vip\")\n", "")),
        (
            "an id twice",
            Copy::new().replace("artistes-vip.cedar", "@id(\"artistes-vip\")", "@id(\"agents-sans-prospection\")"),
        ),
        (
            "an id with spaces",
            Copy::new().replace("artistes-vip.cedar", "@id(\"artistes-vip\")", "@id(\"Artistes VIP\")"),
        ),
        (
            "no English title",
            Copy::new().replace("artistes-vip.cedar", "@title_en(\"Artists' guests are never compared\")\n", ""),
        ),
        ("an unknown annotation", Copy::new().replace("artistes-vip.cedar", "@title_en", "@title_eng")),
        (
            "two agreements in a file",
            Copy::new().append("artistes-vip.cedar", "\npermit (principal, action, resource);\n"),
        ),
        ("no agreement in a file", Copy::new().write("vide.cedar", "// à venir\n")),
        ("a slot", agreement("permit (principal == ?principal, action, resource);")),
        ("a member that doesn't exist", agreement("permit (principal in Member::\"festivall\", action, resource);")),
        (
            "an audience that doesn't exist",
            agreement("forbid (principal, action, resource == Audience::\"salle/abonne\");"),
        ),
        (
            "a purpose that doesn't exist",
            agreement(&format!("{forbid} when {{ context.purpose == Purpose::\"prospections\" }};")),
        ),
        (
            "a group, a tag and a column that don't exist",
            agreement(&format!(
                "{forbid} when {{ principal in Group::\"pilot\" || resource in Tag::\"sensibles\" || context.columns.contains(Column::\"gendre\") }};"
            )),
        ),
        ("a template that doesn't exist", agreement("permit (principal, action == Action::\"overlaps\", resource);")),
        (
            "a role that doesn't exist",
            agreement(&format!("{forbid} when {{ principal.role == Role::\"marketing\" }};")),
        ),
        ("a type that doesn't exist", agreement("permit (principal in Membre::\"festival\", action, resource);")),
        (
            "an attribute that doesn't exist",
            agreement(&format!("{forbid} when {{ context.purposes == Purpose::\"marketing\" }};")),
        ),
        ("values of different types", agreement(&format!("{forbid} when {{ context.epsilon == 1 }};"))),
        ("a wrong decimal", agreement(&format!("{forbid} when {{ context.epsilon.greaterThan(decimal(\"0,1\")) }};"))),
        ("a wrong date", agreement(&format!("{forbid} when {{ context.date > datetime(\"30 juin\") }};"))),
        ("an agreement that can never apply", agreement(&format!("{forbid} when {{ resource.owner == resource }};"))),
        ("look-alike letters", agreement(&format!("{forbid} when {{ context.purpose == Purpose::\"mаrketing\" }};"))),
    ]
}

#[test]
fn in_agreements() {
    insta::assert_snapshot!(all(&agreements()));
}

fn schema() -> Spoilt {
    let schema = |from, to| Copy::new().replace("schema.cedarschema", from, to);
    vec![
        ("broken schema", schema("entity Group in [Group];", "entity Group in [Group]")),
        ("a type that isn't declared", schema("owner: Member,", "owner: Membre,")),
        ("an attribute that the room doesn't give", schema("owner: Member,", "owner: Member, consent: Bool,")),
        ("a circumstance that the room doesn't give", schema("date: datetime,", "date: datetime, hour: Long,")),
        ("a template with a wrong name", schema("action overlap in", "action \"Chevauchement\" in")),
    ]
}

#[test]
fn in_the_schema() {
    insta::assert_snapshot!(all(&schema()));
}

fn cases() -> Spoilt {
    let cases = |from, to| Copy::new().replace("cases.toml", from, to);
    vec![
        ("a case that doesn't hold", cases("expect = \"permitted\"", "expect = \"refused\"")),
        ("a case decided by another agreement", cases("by = [\"artistes-vip\"]", "by = [\"agents-sans-prospection\"]")),
        ("a case that was permitted", cases("expect = \"refused\"", "expect = \"permitted\"")),
        ("an asker that doesn't exist", cases("asker = \"festival\"", "asker = \"festivale\"")),
        ("a role that doesn't exist", cases("role = \"marketer\"", "role = \"marketeer\"")),
        ("an audience that doesn't exist", cases("\"billetterie/acheteurs\"", "\"billetterie/acheteur\"")),
        ("an audience without its member", cases("\"billetterie/acheteurs\"", "\"acheteurs\"")),
        ("a template that doesn't exist", cases("template = \"overlap\"", "template = \"overlop\"")),
        ("an agreement that doesn't exist", cases("by = [\"artistes-vip\"]", "by = [\"artiste-vip\"]")),
        ("a decision that doesn't exist", cases("expect = \"permitted\"", "expect = \"allowed\"")),
        ("a date in quotes", cases("date = 2026-12-01", "date = \"1er décembre\"")),
        ("a negative loss", cases("epsilon = 0.1", "epsilon = -0.1")),
    ]
}

#[test]
fn in_cases() {
    insta::assert_snapshot!(all(&cases()));
}

/// A message without what it quotes and counts: what kind of mistake it is.
fn kind(message: &str) -> String {
    let mut kind = String::new();
    let (mut ticked, mut named) = (false, false);
    for c in message.chars() {
        match c {
            '`' => ticked = !ticked,
            '“' => named = true,
            '”' => named = false,
            _ if ticked || named || c.is_numeric() => {}
            _ => kind.push(c),
        }
    }
    kind
}

#[test]
fn at_least_sixty_mistakes_are_told_apart() {
    let spoilt = [folder(), toml(), agreements(), schema(), cases(), bad_input::all_of_them()].into_iter().flatten();
    let (mut kinds, mut french) = (BTreeSet::new(), BTreeSet::new());
    for (name, copy) in spoilt {
        for mistake in found(name, &copy).0 {
            assert_ne!(mistake.message().fr, mistake.message().en, "{name}");
            let help = mistake.help();
            assert!(help.is_some_and(|help| help.fr != help.en), "{name}");
            kinds.insert(kind(&mistake.message().en));
            french.insert(kind(&mistake.message().fr));
        }
    }
    assert!(kinds.len() >= 60 && french.len() >= 60, "{} {}: {kinds:#?}", kinds.len(), french.len());
}

#[test]
fn every_file_is_reported_at_once() {
    let copy = Copy::new()
        .replace("room.toml", "\"CA\"", "\"Canada\"")
        .replace("members.toml", "shape = \"events\"", "shape = \"event\"")
        .replace("purposes.toml", "[marketing]", "[Marketing]")
        .replace("artistes-vip.cedar", "@id(\"artistes-vip\")\n", "")
        .write("essai.cedar", "permit (");
    let errors = copy.load().unwrap_err();
    let files: Vec<_> = errors.mistakes().iter().map(|m| m.path().file_name().unwrap().to_str().unwrap()).collect();
    assert_eq!(files, ["artistes-vip.cedar", "essai.cedar", "members.toml", "purposes.toml", "room.toml"]);
}

#[test]
fn a_mistake_in_one_file_is_not_reported_again_in_another() {
    let copy = Copy::new().replace("members.toml", "[members.agents]\n", "[members.agents]\nville = \"Rimouski\"\n");
    assert_eq!(copy.load().unwrap_err().mistakes().len(), 1, "the agreements about `agents` are not at fault");
}

#[test]
fn a_folder_that_does_not_exist_is_a_mistake() {
    let errors = Policies::load(Path::new("/nonexistent/policies")).unwrap_err();
    assert_eq!(errors.mistakes().len(), 1);
}
