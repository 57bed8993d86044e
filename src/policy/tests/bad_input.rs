//! Input that deceives, that is too large, or that doesn't fit together, and what people are told of it.

use super::{
    mistakes::{Spoilt, all},
    *,
};
use std::fs::File;

/// A Cyrillic letter that looks like `e`.
const CYRILLIC_E: &str = "\u{435}";

fn letters() -> Spoilt {
    let members = |from, to: &str| Copy::new().replace("members.toml", from, to);
    let vip = |from, to: &str| Copy::new().replace("artistes-vip.cedar", from, to);
    vec![
        ("a member in two alphabets", members("[members.festival]", &format!("[members.\"f{CYRILLIC_E}stival\"]"))),
        (
            "a member in another alphabet",
            members("[members.agents]", "[members.\"\u{441}\u{430}\u{441}\u{430}\u{43e}\"]"),
        ),
        ("an audience with an apostrophe", members("audiences.infolettre]", "audiences.\"l'Info-Lettre\"]")),
        ("a name with capitals and spaces", members("[members.agents]", "[members.\"Agence Boréale\"]")),
        ("a name that is too long", members("[members.agents]", &format!("[members.{}]", "a".repeat(64)))),
        ("a title in two alphabets", members("Agence Boréale", &format!("Agenc{CYRILLIC_E} Boréale"))),
        ("a group in two alphabets", members("groups = [\"pilote\"]", &format!("groups = [\"pilot{CYRILLIC_E}\"]"))),
        ("a contact in two alphabets", members("salle@cooperative", &format!("salle@cooperativ{CYRILLIC_E}"))),
        ("an id in two alphabets", vip("@id(\"artistes-vip\")", &format!("@id(\"artist{CYRILLIC_E}s-vip\")"))),
        ("an id with an accent", vip("@id(\"artistes-vip\")", "@id(\"invités-vip\")")),
        ("an agreement's title in two alphabets", vip("guests are never", &format!("gu{CYRILLIC_E}sts are never"))),
        ("a tag in two alphabets", vip("Tag::\"sensible\"", &format!("Tag::\"sensibl{CYRILLIC_E}\""))),
        ("a hidden direction in a comment", vip("// Artists", "// \u{202e}Artists")),
        ("a hidden direction as an escape", members("Agence Boréale", "Agence \\u202EBoréale")),
        ("a hidden escape in an agreement", vip("guests are never", "guests \\u{200b}are never")),
        ("a letter of no width", members("[members.festival]", "[members.fest\u{200b}ival]")),
        ("a byte-order mark in the middle", members("[members.festival]", "\u{feff}[members.festival]")),
        ("an asker in two alphabets", {
            Copy::new().replace("cases.toml", "asker = \"salle\"", &format!("asker = \"sall{CYRILLIC_E}\""))
        }),
    ]
}

fn tariffs() -> Spoilt {
    let tariffs = |from, to| Copy::new().replace("tariffs.toml", from, to);
    vec![
        ("no tariffs", Copy::new().remove("tariffs.toml")),
        ("another currency", tariffs("\"CAD\"", "\"EUR\"")),
        ("a price in dollars", tariffs("compare = 2500", "compare = 25.00")),
        ("a negative price", tariffs("compare = 2500", "compare = -2500")),
        ("a share above the whole", tariffs("cooperative_percent = 20", "cooperative_percent = 120")),
        ("no share", tariffs("cooperative_percent = 20", "")),
        ("a template that doesn't exist", tariffs("affinity = 5000", "afinity = 5000")),
        ("no prices", tariffs("[prices]", "[tiers.aucun]")),
        ("prices that aren't a section", {
            Copy::new().write("tariffs.toml", "currency = \"CAD\"\ncooperative_percent = 20\nprices = 1500\n")
        }),
        (
            "templates without a price",
            tariffs("compare = 2500\n", "").replace("tariffs.toml", "purchases = 4000\n", ""),
        ),
        ("two tiers at once", tariffs("people_min = 25_000", "people_min = 1_000")),
        ("a tier that is worth less", tariffs("discount_percent = 40", "discount_percent = 20")),
        ("a discount above the whole", tariffs("discount_percent = 40", "discount_percent = 400")),
        ("an unknown key of a tier", tariffs("discount_percent = 40", "discount_percents = 40")),
        ("two groups at two prices", {
            let both = "action reach in [count, describe]";
            Copy::new().replace("schema.cedarschema", "action reach in [count]", both)
        }),
    ]
}

fn groups_and_caps() -> Spoilt {
    let members = |from, to| Copy::new().replace("members.toml", from, to);
    let pilot = "[groups.pilote]\n";
    vec![
        ("groups in a circle", members(pilot, "[groups.pilote]\ngroups = [\"diffuseurs\"]\n")),
        ("a group in itself", members(pilot, "[groups.pilote]\ngroups = [\"pilote\"]\n")),
        ("a group in one that doesn't exist", members("groups = [\"pilote\"]", "groups = [\"pilotes\"]")),
        ("groups that the schema keeps apart", {
            Copy::new().replace("schema.cedarschema", "entity Group in [Group];", "entity Group;")
        }),
        ("an unknown language", members("language = \"en\"", "language = \"anglais\"")),
        ("an owner's cap above the room's", {
            Copy::new().replace("privacy.toml", "owner_epsilon = 2.0", "owner_epsilon = 8")
        }),
        ("a member's share above the room's", {
            Copy::new().replace("privacy.toml", "member_epsilon = 1.5", "member_epsilon = 3.5")
        }),
        ("an asker's cap above the owner's", {
            Copy::new().replace("privacy.toml", "asker_epsilon = 1.0", "asker_epsilon = 4.5")
        }),
        ("a value twice", {
            let danse = "  { id = \"danse\", fr = \"Danse\", en = \"Dance\" },\n";
            Copy::new().replace("vocabulary.toml", danse, &danse.repeat(2))
        }),
        ("a title that isn't translated", {
            let (title, french) =
                ("Artists' guests are never compared", "Les invités des artistes ne sont jamais comparés");
            Copy::new().replace("artistes-vip.cedar", title, french)
        }),
        ("a purpose that isn't translated", {
            let title = "Marketing auprès de ses propres publics, seulement";
            let purpose = format!("\n[fidelisation]\ntitle = {{ fr = \"{title}\", en = \"{title}\" }}\n");
            Copy::new().append("purposes.toml", &purpose)
        }),
        ("a case without a decision", Copy::new().replace("cases.toml", "expect = \"permitted\"\n", "")),
    ]
}

fn shapes_of_files() -> Spoilt {
    let windows = |text: String| format!("\u{feff}{}", text.replace('\n', "\r\n"));
    let read = |file: &str| fs::read_to_string(pilot_dir().join(file)).unwrap();
    let large = Copy::new().write("grande.cedar", "");
    // Its bytes are never written, so only what reads them all would notice.
    File::options().write(true).open(large.0.path().join("grande.cedar")).unwrap().set_len(50_000_000_000).unwrap();
    let folder = Copy::new();
    fs::create_dir(folder.0.path().join("dossier.cedar")).unwrap();
    let heavy = (0..17).fold(Copy::new(), |copy, at| copy.write(&format!("e{at}.cedar"), vec![b' '; 1 << 20]));
    vec![
        ("a very large file", large),
        ("a folder instead of a file", folder),
        ("a very large folder", heavy),
        ("a mistake after a byte-order mark and Windows line ends", {
            Copy::new().write("room.toml", windows(read("room.toml")).replace("\"CA\"", "\"ca\""))
        }),
        ("the same in an agreement", {
            let text = windows(read("artistes-vip.cedar")).replace("Tag::\"sensible\"", "Tag::\"sensibles\"");
            Copy::new().write("artistes-vip.cedar", text)
        }),
        ("a key twice", Copy::new().append("tariffs.toml", "\n[tiers.pilier]\n")),
    ]
}

/// Everything that this file spoils.
pub(super) fn all_of_them() -> Spoilt {
    [letters(), tariffs(), groups_and_caps(), shapes_of_files()].into_iter().flatten().collect()
}

#[test]
fn in_letters() {
    insta::assert_snapshot!(all(&letters()));
}

#[test]
fn in_tariffs() {
    insta::assert_snapshot!(all(&tariffs()));
}

#[test]
fn in_groups_and_caps() {
    insta::assert_snapshot!(all(&groups_and_caps()));
}

#[test]
fn in_shapes_of_files() {
    insta::assert_snapshot!(all(&shapes_of_files()));
}

/// So many agreements, each with the audience that is given its number.
fn many(count: usize, audience: impl Fn(usize) -> String) -> Result<Policies, PolicyErrors> {
    let mut files = Policies::read_files(&pilot_dir()).unwrap();
    for number in 0..count {
        let text = format!(
            "@id(\"e{number}\")\n@title_fr(\"Entente {number}\")\n@title_en(\"Agreement {number}\")\n\
             permit (principal in Member::\"festival\", action, resource == Audience::\"{}\");\n",
            audience(number)
        );
        files.insert(format!("e{number}.cedar"), text.into_bytes());
    }
    Policies::from_files(Path::new("policies"), files)
}

#[test]
fn ten_thousand_agreements_are_read() {
    let policies = many(10_000, |_| "salle/abonnes".to_owned()).unwrap();
    assert_eq!(policies.agreements().len(), 10_000 + pilot().agreements().len());
    assert_eq!(policies.check_cases().map_err(|errors| errors.to_string()), Ok(8));
}

#[test]
fn very_many_mistakes_are_all_reported() {
    let errors = many(3_000, |number| format!("salle/abonnes-{number}")).unwrap_err();
    assert_eq!(errors.mistakes().len(), 3_000);
    let proposed =
        errors.mistakes().iter().filter(|mistake| mistake.help().is_some_and(|help| help.en.contains("salle/abonnes")));
    assert_eq!(proposed.count(), 1_000, "names are looked up for the first of them");
}
