//! What formatting keeps: every comment, every word, and what agreements mean.

use super::*;
use crate::policy::{Formatted, format};
use proptest::prelude::*;

/// Formats one agreement in a folder of its own.
fn formatted(text: &str) -> Result<Formatted, PolicyErrors> {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("essai.cedar"), text).unwrap();
    match format(dir.path()) {
        (mut files, None) => Ok(files.remove(0)),
        (files, Some(errors)) => {
            assert!(files.is_empty());
            Err(errors)
        }
    }
}

fn message(text: &str) -> String {
    formatted(text).unwrap_err().mistakes()[0].message().en.clone()
}

#[test]
fn comments_stay_where_they_are_put() {
    let text = "// avant\n@id(\"a\") // après l'id\npermit(principal, // qui\naction,resource)\n// quand ?\nwhen{true};\n// fin\n";
    let file = formatted(text).unwrap();
    assert!(file.changed);
    for comment in ["// avant", "// après l'id", "// qui", "// quand ?", "// fin"] {
        assert_eq!(file.text.matches(comment).count(), 1, "{}", file.text);
    }
    assert!(!formatted(&file.text).unwrap().changed);
}

#[test]
fn what_is_not_cedar_is_left_alone() {
    assert!(message("permit (principal, action resource);").contains("unexpected token"));
    assert!(message("permit (principal, action, resource) when { 1 + };").contains("unexpected token"));
}

#[test]
fn texts_of_several_lines_keep_their_lines() {
    let text = "@title_fr(\"une ligne,\n\nune autre\")\npermit (principal, action, resource);\n";
    assert!(!formatted(text).unwrap().changed);
    let windows = formatted(&format!("\u{feff}{}", text.replace('\n', "\r\n"))).unwrap();
    assert!(windows.changed);
    assert_eq!(windows.text, text);
    assert_eq!(formatted("// rien encore\r\n").unwrap().text.trim(), "// rien encore");
}

#[test]
fn formatting_changes_no_decision() {
    let copy = Copy::new().replace("pilote-comparaison.cedar", "principal.role", "  principal . role");
    let (files, errors) = format(copy.0.path());
    assert!(errors.is_none());
    let before = copy.loaded();
    for file in files {
        fs::write(file.path, file.text).unwrap();
    }
    let after = copy.loaded();
    assert_ne!(before.version(), after.version());
    for asker in ["festival", "salle", "agents", "cooperative"] {
        for purpose in ["planification", "prospection"] {
            let asked = question(asker, &["festival/abonnes", "agents/admirateurs"], purpose);
            let permitted = |policies: &Policies| matches!(policies.decide(&asked), Decision::Permitted(_));
            assert_eq!(permitted(&before), permitted(&after), "{asker} {purpose}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn no_comment_is_lost_wherever_it_stands(places in proptest::collection::vec(0..200_usize, 1..6)) {
        let text = fs::read_to_string(pilot_dir().join("pilote-comparaison.cedar")).unwrap();
        // After a comma, a brace or an operator, or at the end of a line: anywhere but within a word or a text.
        let gaps: Vec<usize> = text.match_indices([',', '{', '&', '(', '\n']).map(|(at, found)| at + found.len()).collect();
        let mut spoilt = text.clone();
        let mut places: Vec<usize> = places.into_iter().map(|place| gaps[place % gaps.len()]).collect();
        places.sort_unstable();
        places.dedup();
        for (number, place) in places.iter().enumerate().rev() {
            spoilt.insert_str(*place, &format!(" // note {number}\n"));
        }
        // What splits an operator, or stands within a comment, may be refused; nothing may be lost.
        if let Ok(file) = formatted(&spoilt) {
            for number in 0..places.len() {
                prop_assert_eq!(file.text.matches(&format!("// note {number}")).count(), 1, "{}", file.text);
            }
            let again = formatted(&file.text).unwrap();
            prop_assert!(!again.changed, "{}\n---\n{}", file.text, again.text);
        }
    }
}
