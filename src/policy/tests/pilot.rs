//! The pilot's folder, as it is delivered.

use super::*;
use crate::{model::Language, policy::Effect};

#[test]
fn it_loads_and_its_cases_hold() {
    let policies = pilot();
    assert_eq!(policies.check_cases().unwrap(), 8);
    assert_eq!(policies.members().len(), 6, "five members and the co-operative that runs the room");
    assert_eq!(policies.room().operator.as_str(), "cooperative");
    assert!(policies.member(&policies.room().operator).unwrap().audiences.is_empty());
    assert_eq!(policies.vocabulary().columns().len(), 7);
    assert!(policies.purposes().contains_key(&"planification".parse().unwrap()));
    assert!(policies.privacy_toml().0.contains("room_epsilon = 3.0"));
    assert!(policies.privacy_toml().1.ends_with("privacy.toml"));
    assert!(policies.knows_template(&"overlap".parse().unwrap()));
    assert!(!policies.knows_template(&"compare".parse().unwrap()), "a group isn't a template");
}

#[test]
fn a_member_is_in_the_groups_of_its_groups() {
    let policies = pilot();
    let festival = policies.member(&"festival".parse().unwrap()).unwrap();
    assert_eq!(festival.groups.iter().collect::<Vec<_>>(), ["diffuseurs"]);
    let asked = question("festival", &["festival/abonnes", "salle/abonnes"], "planification");
    assert!(matches!(policies.decide(&asked), Decision::Permitted(_)), "through Group::\"pilote\"");
    let apart = "en = \"Presenters: who puts on shows\" }\ngroups = [\"pilote\"]";
    let apart = Copy::new().replace("members.toml", apart, "en = \"Presenters: who puts on shows\" }").loaded();
    assert!(matches!(apart.decide(&asked), Decision::Refused(_)));
}

#[test]
fn members_are_written_to_in_their_language() {
    let policies = Copy::new().replace("members.toml", "language = \"fr\"\n", "").loaded();
    let language = |name: &str| policies.member(&name.parse().unwrap()).unwrap().language;
    assert_eq!(language("etiquette"), Language::En);
    assert_eq!(language("cooperative"), Language::Fr, "if it is absent");
}

#[test]
fn every_template_has_a_price() {
    let policies = pilot();
    let tariffs = policies.tariffs().unwrap();
    let price = |name: &str| tariffs.price_cents(&name.parse().unwrap());
    assert_eq!((price("overlap"), price("affinity"), price("spend")), (Some(1000), Some(5000), Some(4000)));
    assert_eq!(tariffs.tiers().len(), 3);
    assert!(policies.warnings().is_empty(), "{:?}", policies.warnings());
}

#[test]
fn a_folder_of_before_tariffs_loads_with_a_warning() {
    let policies = Copy::new().remove("tariffs.toml").loaded();
    assert!(policies.tariffs().is_none());
    let [warning] = policies.warnings() else { panic!("{:?}", policies.warnings()) };
    assert!(warning.is_warning() && warning.path().ends_with("tariffs.toml"));
}

#[test]
fn every_audience_of_the_pilot_is_declared() {
    let policies = pilot();
    let expected = [
        ("billetterie/acheteurs", "list", &["genre", "region", "age_band"][..]),
        ("billetterie/achats", "events", &["genre", "purchased", "amount"]),
        ("festival/abonnes", "list", &["genre", "region"]),
        ("salle/abonnes", "list", &[]),
        ("etiquette/infolettre", "list", &["genre"]),
        ("etiquette/artistes-vip", "list", &[]),
        ("agents/admirateurs", "list", &[]),
    ];
    let declared: usize = policies.members().values().map(|member| member.audiences.len()).sum();
    assert_eq!(declared, expected.len());
    for (audience, shape, columns) in expected {
        let declaration = policies.audience(&audience.parse().unwrap()).unwrap();
        assert_eq!(declaration.shape.as_str(), shape, "{audience}");
        assert_eq!(declaration.columns.iter().map(ToString::to_string).collect::<Vec<_>>(), columns, "{audience}");
    }
}

#[test]
fn the_vocabulary_is_readable_by_its_own_type_too() {
    let text = fs::read_to_string(pilot_dir().join("vocabulary.toml")).unwrap();
    let vocabulary: crate::model::Vocabulary = toml::from_str(&text).unwrap();
    assert_eq!(&vocabulary, pilot().vocabulary());
    let regions = vocabulary.codes(&"region".parse().unwrap());
    assert_eq!(regions.values().max(), Some(&16), "17 administrative regions");
}

#[test]
fn every_agreement_has_its_titles() {
    let policies = pilot();
    let forbid = policies.agreements().values().filter(|agreement| agreement.effect == Effect::Forbid).count();
    assert_eq!((policies.agreements().len(), forbid), (4, 2));
    for agreement in policies.agreements().values() {
        assert_ne!(agreement.title.get(Language::Fr), agreement.title.get(Language::En));
    }
}

#[test]
fn the_version_follows_every_byte_and_name() {
    let original = pilot().version().to_owned();
    assert_eq!(original.len(), 64);
    assert_eq!(Copy::new().loaded().version(), original, "where the folder is doesn't matter");
    assert_eq!(Copy::new().write("LISEZMOI.md", "notes").write(".cache", "x").loaded().version(), original);
    assert_ne!(Copy::new().append("members.toml", "\n").loaded().version(), original);
    let text = fs::read_to_string(pilot_dir().join("artistes-vip.cedar")).unwrap();
    let renamed = Copy::new().remove("artistes-vip.cedar").write("vip.cedar", text).loaded();
    assert_ne!(renamed.version(), original);
}

#[test]
fn files_in_memory_are_the_same_policies_as_on_disk() {
    let copy = Copy::new().write("LISEZMOI.md", "notes").write("artistes-vip.cedar~", "brouillon");
    let files = Policies::read_files(copy.0.path()).unwrap();
    let on_disk: Vec<_> = fs::read_dir(pilot_dir()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(files.len(), on_disk.len(), "notes and backups are left out");
    let loaded = Policies::from_files(Path::new("proposition"), files.clone()).unwrap();
    assert_eq!(loaded.version(), copy.loaded().version());
    assert_eq!(loaded.agreements().len(), pilot().agreements().len());
    assert!(loaded.privacy_toml().1.starts_with("proposition"));
    let mut changed = files;
    changed.get_mut("members.toml").unwrap().push(b'\n');
    assert_ne!(Policies::from_files(Path::new("."), changed).unwrap().version(), loaded.version());
}

#[test]
fn files_in_memory_have_the_limits_of_files_on_disk() {
    let files = Policies::read_files(&pilot_dir()).unwrap();
    let refused = |name: &str, bytes: Vec<u8>| {
        let files = files.clone().into_iter().chain([(name.to_owned(), bytes)]).collect();
        let errors = Policies::from_files(Path::new("."), files).unwrap_err();
        let [mistake] = errors.mistakes() else { panic!("{:?}", errors.mistakes()) };
        mistake.message().en.clone()
    };
    for name in ["../evasion.cedar", "a/b.cedar", "a\\b.cedar", ".cachee.cedar", "notes.txt"] {
        assert_eq!(refused(name, vec![]), "this file isn't part of the policies", "{name}");
    }
    assert!(refused("grosse.cedar", vec![b' '; (1 << 20) + 1]).contains("1 MiB"));
    let copies = |count: usize, bytes: usize| {
        let many = (0..count).map(|number| (format!("e{number}.cedar"), vec![b' '; bytes]));
        let errors = Policies::from_files(Path::new("."), files.clone().into_iter().chain(many).collect()).unwrap_err();
        errors.mistakes().iter().map(|mistake| mistake.message().en.clone()).collect::<Vec<_>>()
    };
    assert_eq!(copies(17, 1 << 20), ["this folder has more than 16 MiB"]);
    assert_eq!(copies(20_000, 0), ["this folder has more than 20,000 files"]);
}

#[test]
fn byte_order_marks_and_windows_line_ends_are_read() {
    let mut copy = Copy::new();
    for entry in fs::read_dir(pilot_dir()).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap().replace('\n', "\r\n");
        copy = copy.write(path.file_name().unwrap().to_str().unwrap(), format!("\u{feff}{text}"));
    }
    assert_eq!(copy.loaded().check_cases().unwrap(), 8);
}
