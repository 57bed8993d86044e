//! Which name was probably meant.

use super::{letters, mistake::Mistake};
use crate::model::Text;

/// Most names that are listed to choose from.
const LISTED_MAX: usize = 12;
/// How many of the nearest names are listed, where there are more.
const NEAREST: usize = 3;

/// The name that was probably meant, one of `known`.
pub(super) fn near<'a>(wanted: &str, known: impl IntoIterator<Item = &'a str>) -> Option<Text> {
    let known: Vec<&str> = known.into_iter().collect();
    let meant = letters::ascii_form(wanted).filter(|name| known.contains(&name.as_str()));
    let far = 1 + wanted.chars().count() / 4;
    let nearest = || {
        // Names whose lengths differ by more can't be near.
        let candidates = known.iter().copied().filter(|name| name.len().abs_diff(wanted.len()) <= 4 * far);
        ranked(wanted, candidates).first().filter(|(distance, _)| *distance <= far).map(|(_, name)| (*name).to_owned())
    };
    let name = meant.or_else(nearest)?;
    Some(Text::new(format!("vouliez-vous dire `{name}` ?"), format!("did you mean `{name}`?")))
}

/// Mistakes for which the nearest names are looked for. Where there are thousands of mistakes and thousands of names, looking for
/// all of them takes minutes.
const LOOKED_UP_MAX: usize = 1_000;

/// [`suggestion`], but after very many mistakes the advice to mend those first.
pub(super) fn suggestion_after<'a>(
    mistakes: &[Mistake],
    wanted: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Text {
    if mistakes.len() < LOOKED_UP_MAX {
        return suggestion(wanted, known);
    }
    Text::new("corrigez d'abord les premières erreurs", "mend the first mistakes first")
}

/// "Did you mean", when one of `known` is near enough to `wanted`; else what there is to choose from.
pub fn suggestion<'a>(wanted: &str, known: impl IntoIterator<Item = &'a str>) -> Text {
    let mut known: Vec<&str> = known.into_iter().collect();
    if let Some(text) = near(wanted, known.iter().copied()) {
        return text;
    }
    known.sort_unstable();
    let list = |names: &[&str]| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    match known.len() {
        0 => Text::new("il n'y en a aucun ; déclarez-le d'abord", "there are none; declare it first"),
        1..=LISTED_MAX => {
            let list = list(&known);
            Text::new(format!("choisissez parmi {list}"), format!("choose from {list}"))
        }
        _ => {
            let nearest: Vec<&str> = ranked(wanted, known).into_iter().take(NEAREST).map(|(_, name)| name).collect();
            let list = list(&nearest);
            Text::new(format!("les plus proches sont {list}"), format!("the nearest are {list}"))
        }
    }
}

/// How far each name is from `wanted`, nearest first. Case doesn't count.
fn ranked<'a>(wanted: &str, names: impl IntoIterator<Item = &'a str>) -> Vec<(usize, &'a str)> {
    let folded = wanted.to_lowercase();
    let distance = |name: &str| strsim::osa_distance(&folded, &name.to_lowercase());
    let mut ranked: Vec<_> = names.into_iter().map(|name| (distance(name), name)).collect();
    ranked.sort_unstable();
    ranked
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_nearest_name_is_proposed_else_what_there_is() {
        let told = |wanted: &str, known: &[&str]| suggestion(wanted, known.iter().copied()).en;
        assert_eq!(told("festivla", &["salle", "festival"]), "did you mean `festival`?");
        assert_eq!(told("Étiquette", &["etiquettes", "etiquette"]), "did you mean `etiquette`?");
        assert_eq!(told("orchestre", &["salle", "agents"]), "choose from `agents`, `salle`");
        assert_eq!(told("orchestre", &[]), "there are none; declare it first");
        let many: Vec<String> = (0..50).map(|at| format!("membre-{at}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(told("orchestre", &many).matches('`').count(), 2 * NEAREST, "{}", told("orchestre", &many));
    }

    proptest! {
        #[test]
        fn no_near_name_is_overlooked(known in proptest::collection::vec("[a-z0-9/é]{1,12}", 1..20), wanted in "[a-z0-9/é]{1,12}") {
            let far = 1 + wanted.chars().count() / 4;
            let nearest = known.iter().map(|name| strsim::osa_distance(&wanted, name)).min();
            let plain = letters::ascii_form(&wanted).is_some_and(|plain| known.contains(&plain));
            let found = near(&wanted, known.iter().map(String::as_str));
            prop_assert_eq!(found.is_some(), plain || nearest.is_some_and(|distance| distance <= far));
        }
    }
}
