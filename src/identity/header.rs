//! Which columns hold identifiers, by their names: French, English, and those of Customer Match files.

use super::{HashError, Kind, Profile};

/// Which columns hold the identifiers of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Selection {
    /// Those whose names say so.
    #[default]
    Detect,
    /// These, by name.
    Named(Vec<String>),
    /// None.
    Ignore,
}

/// How names are compared: case, accents, punctuation and blanks don't count.
pub(super) fn fold(name: &str) -> String {
    words(name).concat()
}

/// The words of a name, folded: `Adresse_courriel` is `adresse`, `courriel`.
fn words(name: &str) -> Vec<String> {
    let mut plain = String::with_capacity(name.len() + 4);
    let mut after_small = false;
    for c in name.chars() {
        // `AdresseCourriel` is two words.
        if after_small && c.is_uppercase() {
            plain.push(' ');
        }
        after_small = c.is_lowercase();
        plain.extend(c.to_lowercase().filter_map(plain_letter));
    }
    plain.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

fn plain_letter(c: char) -> Option<char> {
    Some(match c {
        'à' | 'â' | 'ä' | 'á' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'î' | 'ï' | 'í' => 'i',
        'ô' | 'ö' | 'ó' => 'o',
        'ù' | 'û' | 'ü' | 'ú' => 'u',
        'ç' => 'c',
        // Accents that follow their letter, and marks that nobody sees.
        '\u{300}'..='\u{36f}' | '\u{feff}' | '\u{200b}' => return None,
        c => c,
    })
}

const EMAIL_WORDS: [&str; 7] = ["email", "emails", "courriel", "courriels", "mail", "mel", "emailaddress"];
const PHONE_WORDS: [&str; 11] = [
    "phone", "phones", "phonenumber", "telephone", "telephones", "tel", "cell", "cellulaire", "cellphone", "mobile", "portable",
];
const HASH_WORDS: [&str; 8] = ["hash", "hashed", "hache", "hachee", "haches", "sha256", "sha", "empreinte"];
/// Words that say that a column is about an identifier and holds none.
const ABOUT_WORDS: [&str; 36] = [
    "opt", "optin", "optout", "in", "consent", "consentement", "statut", "status", "type", "label", "libelle", "etiquette", "valide",
    "valid", "verified", "verifie", "date", "id", "langue", "language", "bounce", "bounced", "abonne", "subscribed", "infolettre",
    "newsletter", "source", "domain", "domaine", "count", "nombre", "poste", "ext", "extension", "pays", "country",
];

/// What a name says that its column holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Meaning {
    /// The kind of identifier.
    pub kind: Kind,
    /// Columns of one family are one identifier's repetitions: `Email`, `E-mail 1`, `email2`.
    pub family: String,
    /// Whether it holds hashes.
    pub hashed: bool,
    /// The profile that the name ends with.
    pub profile: Option<Profile>,
}

/// What a name says that its column holds; nothing if it is not about identifiers.
pub(super) fn meaning(name: &str) -> Option<Meaning> {
    let mut words: Vec<String> = words(name).iter().map(|word| word.trim_end_matches(|c: char| c.is_ascii_digit() && word != "sha256").to_owned()).collect();
    words.retain(|word| !word.is_empty() && word != "value" && word != "valeur");
    // `e-mail`, `E-mail 1`.
    if let Some(at) = words.iter().position(|word| word == "e").filter(|at| words.get(at + 1).is_some_and(|next| next.starts_with("mail"))) {
        words.remove(at);
        if let Some(word) = words.get_mut(at) {
            word.insert(0, 'e');
        }
    }
    let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    let family: String = words.concat();
    let electronic = has(&["electronique"]) && has(&["adresse", "courrier"]);
    let kind = match (has(&EMAIL_WORDS) || electronic, has(&PHONE_WORDS)) {
        (true, false) => Kind::Email,
        (false, true) => Kind::Phone,
        _ => return None,
    };
    if has(&ABOUT_WORDS) {
        return None;
    }
    let profile = words.last().and_then(|word| word.parse().ok()).or_else(|| family.ends_with("uid").then_some(Profile::Uid2));
    Some(Meaning { kind, hashed: has(&HASH_WORDS), profile, family })
}

/// The columns that hold raw identifiers of a kind, by position.
pub(super) fn select(names: &[String], kind: Kind, selection: &Selection) -> Result<Vec<usize>, HashError> {
    match selection {
        Selection::Ignore => Ok(vec![]),
        Selection::Named(wanted) => {
            let mut columns = vec![];
            for name in wanted {
                columns.extend(named(names, name).ok_or_else(|| HashError::no_such_column(name, names))?);
            }
            columns.sort_unstable();
            columns.dedup();
            Ok(columns)
        }
        Selection::Detect => {
            let candidates: Vec<(usize, Meaning)> = names
                .iter()
                .enumerate()
                .filter_map(|(index, name)| Some((index, meaning(name)?)))
                .filter(|(_, meaning)| meaning.kind == kind && !meaning.hashed)
                .collect();
            let first = candidates.first();
            let other = candidates.iter().find(|(_, meaning)| Some(&meaning.family) != first.map(|(_, first)| &first.family));
            if let (Some((first, _)), Some((other, _))) = (first, other) {
                let name = |index: &usize| names.get(*index).cloned().unwrap_or_default();
                return Err(HashError::TwoCandidates { kind, first: name(first), second: name(other) });
            }
            Ok(candidates.into_iter().map(|(index, _)| index).collect())
        }
    }
}

/// The columns of a name: those written exactly so, or else those that fold to the same.
pub(super) fn named(names: &[String], wanted: &str) -> Option<Vec<usize>> {
    let positions = |same: &dyn Fn(&str) -> bool| -> Option<Vec<usize>> {
        let found: Vec<usize> = names.iter().enumerate().filter(|(_, name)| same(name)).map(|(index, _)| index).collect();
        (!found.is_empty()).then_some(found)
    };
    positions(&|name| name.trim() == wanted.trim()).or_else(|| positions(&|name| fold(name) == fold(wanted)))
}

/// Whether a first line is rather a row: it holds an address or a number where names belong.
pub(super) fn looks_like_a_row(names: &[String]) -> bool {
    names.iter().any(|name| name.contains('@') || name.bytes().filter(u8::is_ascii_digit).count() >= 7 && meaning(name).is_none())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn kinds(name: &str) -> Option<(Kind, bool)> {
        meaning(name).map(|meaning| (meaning.kind, meaning.hashed))
    }

    #[test]
    fn the_names_that_exports_use_are_known() {
        for name in [
            "courriel", "Courriel", "COURRIELS", "adresse courriel", "Adresse_de_courriel", "email", "E-mail", "e_mail", "E-mail 1", "Email2", "E-mail 1 - Value",
            "Email Address", "mail", "Adresse électronique", "Courrier e\u{301}lectronique", "email_facturation", "\u{feff}Email", "AdresseCourriel",
        ] {
            assert_eq!(kinds(name), Some((Kind::Email, false)), "{name}");
        }
        for name in ["téléphone", "Telephone", "tel", "Tél.", "cellulaire", "Cell", "Phone", "phone_number", "Mobile", "No de téléphone", "Phone 1 - Value"] {
            assert_eq!(kinds(name), Some((Kind::Phone, false)), "{name}");
        }
        for name in ["email_sha256", "hashed_email", "email_hash", "courriel haché", "hashed_email_google"] {
            assert_eq!(kinds(name), Some((Kind::Email, true)), "{name}");
        }
        for name in ["nom", "email_opt_in", "Consentement courriel", "E-mail 1 - Type", "hotel", "mailing", "Statut courriel", "phone ext", "adresse", ""] {
            assert_eq!(kinds(name), None, "{name}");
        }
        assert_eq!(meaning("hashed_email_uid2").unwrap().profile, Some(Profile::Uid2));
        assert_eq!(meaning("hashed_phone_meta").unwrap().profile, Some(Profile::Meta));
        assert_eq!(meaning("email_hash").unwrap().profile, None);
    }

    #[test]
    fn repeated_columns_are_one_family_and_others_are_rivals() {
        let names = |list: &[&str]| list.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let select = |list: &[&str], selection: &Selection| select(&names(list), Kind::Email, selection);
        assert_eq!(select(&["Email", "Nom", "E-mail 2", "email"], &Selection::Detect).unwrap(), [0, 2, 3]);
        assert!(matches!(select(&["courriel", "email_facturation"], &Selection::Detect), Err(HashError::TwoCandidates { .. })));
        let both = Selection::Named(vec!["courriel".into(), "Email facturation".into()]);
        assert_eq!(select(&["courriel", "email_facturation"], &both).unwrap(), [0, 1]);
        assert!(matches!(select(&["a"], &Selection::Named(vec!["b".into()])), Err(HashError::NoSuchColumn { .. })));
        assert_eq!(select(&["courriel"], &Selection::Ignore).unwrap(), Vec::<usize>::new());
    }
}
