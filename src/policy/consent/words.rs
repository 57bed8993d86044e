//! Differences in sentences, in both languages.

use crate::model::Text;

/// What a key is: a title, which says what something is called, or another value.
struct Subject {
    what: Text,
    /// The language of a title.
    title: Option<&'static str>,
}

fn language(key: &str) -> Option<&'static str> {
    ["fr", "en"].into_iter().find(|language| *language == key)
}

/// The subject of a key; `None` for what has no words of its own and is told by its key.
fn subject(file: &str, key: &[&str], told: impl Fn(&[&str]) -> Option<String>) -> Option<Subject> {
    let noun = |fr: &str, en: &str, name: &str| Text::new(format!("{fr} `{name}`"), format!("{en} `{name}`"));
    let title = |what: Text, key: &str| language(key).map(|title| Subject { what, title: Some(title) });
    let plain = |fr: String, en: String| Some(Subject { what: Text::new(fr, en), title: None });
    match (file, key) {
        ("room.toml", ["title", lang]) => title(Text::new("La salle", "The room"), lang),
        ("room.toml", ["operator"]) => {
            plain("Le membre qui exploite la salle".to_owned(), "The member that runs the room".to_owned())
        }
        ("purposes.toml", [name, "title", lang]) => title(noun("La finalité", "The purpose", name), lang),
        ("vocabulary.toml", [name, "title", lang]) => title(noun("La colonne", "The column", name), lang),
        ("vocabulary.toml", [name, "values", at, lang @ ("fr" | "en")]) => {
            let id = told(&[name, "values", at, "id"]).unwrap_or_else(|| (*at).to_owned());
            let what = Text::new(
                format!("La valeur `{id}` de la colonne `{name}`"),
                format!("The value `{id}` of the column `{name}`"),
            );
            title(what, lang)
        }
        ("members.toml", ["groups", name, "title", lang]) => title(noun("Le groupe", "The group", name), lang),
        ("members.toml", ["tags", name, "title", lang]) => title(noun("L’étiquette", "The tag", name), lang),
        ("members.toml", ["members", name, "title", lang]) => title(noun("Le membre", "The member", name), lang),
        ("members.toml", ["members", name, "audiences", audience, "title", lang]) => {
            title(noun("L’auditoire", "The audience", &format!("{name}/{audience}")), lang)
        }
        ("members.toml", ["members", name, "contact"]) => plain(
            format!("L’adresse à laquelle on écrit à `{name}`"),
            format!("The address at which people write to `{name}`"),
        ),
        ("members.toml", ["members", name, "language"]) => plain(
            format!("La langue dans laquelle on écrit à `{name}`"),
            format!("The language in which people write to `{name}`"),
        ),
        ("members.toml", ["members", name, "groups"]) => {
            plain(format!("Les groupes de `{name}`"), format!("The groups of `{name}`"))
        }
        _ => None,
    }
}

/// A change of one key, between what people read before and after.
pub(super) fn of(
    file: &str,
    key: &[String],
    sides: [Option<String>; 2],
    told: impl Fn(&[String]) -> Option<String>,
) -> Text {
    if key.is_empty() {
        return Text::new(format!("Le fichier `{file}` changerait."), format!("The file `{file}` would change."));
    }
    let parts: Vec<&str> = key.iter().map(String::as_str).collect();
    let told = |key: &[&str]| told(&key.iter().map(|part| (*part).to_owned()).collect::<Vec<_>>());
    let named = subject(file, &parts, told);
    let subject = named.unwrap_or_else(|| {
        let key = super::leaves::written(key);
        let what = Text::new(format!("`{key}` dans `{file}`"), format!("`{key}` in `{file}`"));
        Subject { what, title: None }
    });
    sentence(&subject, sides)
}

/// A change of an agreement's title.
pub(super) fn agreement(id: &str, key: &str, sides: [Option<String>; 2]) -> Text {
    let what = Text::new(format!("L’entente `{id}`"), format!("The agreement `{id}`"));
    sentence(&Subject { what, title: key.strip_prefix("title_").and_then(language) }, sides)
}

/// A change of what an agreement says under its title.
pub(super) fn rule(id: &str) -> Text {
    Text::new(
        format!("L’entente `{id}` ne dirait plus la même chose sous le même titre."),
        format!("The agreement `{id}` would no longer say the same under the same title."),
    )
}

/// The officers' cases, which concern nobody.
pub(super) fn cases() -> Text {
    Text::new(
        "Les essais de la conformité (`cases.toml`) changeraient : ils ne permettent ni n’interdisent rien, et n’attendent l’accord de personne.",
        "The officers’ cases (`cases.toml`) would change: they permit and forbid nothing, and wait for nobody’s approval.",
    )
}

fn sentence(Subject { what, title }: &Subject, [old, new]: [Option<String>; 2]) -> Text {
    // Each language tells of both titles, so that nothing changes in the language that the reader doesn't read.
    let (fr_called, en_called) = match title {
        Some("fr") => ("s’appellerait", "would, in French, be called"),
        Some(_) => ("s’appellerait, en anglais,", "would be called"),
        None => ("serait", "would be"),
    };
    let Text { fr, en } = what;
    match (old, new) {
        (Some(old), Some(new)) => Text::new(
            format!("{fr} {fr_called} « {new} » au lieu de « {old} »."),
            format!("{en} {en_called} “{new}” instead of “{old}”."),
        ),
        (None, Some(new)) => Text::new(
            format!("{fr}, qui n’est pas là aujourd’hui, {fr_called} « {new} »."),
            format!("{en}, which isn’t there today, {en_called} “{new}”."),
        ),
        (old, _) => {
            let old = old.unwrap_or_default();
            Text::new(format!("{fr} (« {old} ») disparaîtrait."), format!("{en} (“{old}”) would be gone."))
        }
    }
}
