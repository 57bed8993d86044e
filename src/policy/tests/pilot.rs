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
    assert_eq!(policies.vocabulary().columns().len(), 6);
    assert!(policies.purposes().contains_key(&"planification".parse().unwrap()));
    assert!(policies.privacy_toml().0.contains("room_epsilon = 6.0"));
    assert!(policies.privacy_toml().1.ends_with("privacy.toml"));
    assert!(policies.knows_template(&"overlap".parse().unwrap()));
    assert!(!policies.knows_template(&"compare".parse().unwrap()), "a group isn't a template");
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
fn byte_order_marks_and_windows_line_ends_are_read() {
    let mut copy = Copy::new();
    for entry in fs::read_dir(pilot_dir()).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap().replace('\n', "\r\n");
        copy = copy.write(path.file_name().unwrap().to_str().unwrap(), format!("\u{feff}{text}"));
    }
    assert_eq!(copy.loaded().check_cases().unwrap(), 8);
}
