//! What people are told of a refused template, in both languages.

use super::refused::REFUSED;
use super::*;
use crate::model::Language;
use crate::template::TemplateError;
use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme};
use std::fmt::Write;

const LANGUAGES: [Language; 2] = [Language::Fr, Language::En];

/// Words that no French text has: a wording that was forgotten shows by them.
const ENGLISH: [&str; 12] =
    ["the", "is", "are", "isn't", "this", "not", "here", "with", "of", "and", "allowed", "known"];

/// What is wrong with a text and its help in both languages, if anything is.
fn untold(texts: [&str; 2], helps: [Option<String>; 2]) -> Option<String> {
    let [Some(help_fr), Some(help_en)] = helps else { return Some(format!("no help: {texts:?}")) };
    for [fr, en] in [texts, [&help_fr, &help_en]] {
        if fr.trim().is_empty() || en.trim().is_empty() || fr == en {
            return Some(format!("{fr:?} and {en:?}"));
        }
        // The words of a parser are English, and introduced by its name.
        let own = fr.split("(sqlparser :").next().and_then(|own| own.split("(toml :").next()).unwrap_or_default();
        let mut words = own.split(|c: char| !(c.is_alphanumeric() || "'`$_".contains(c)));
        if let Some(word) = words.find(|word| ENGLISH.contains(word)) {
            return Some(format!("`{word}` in {fr:?}"));
        }
        if en.contains(['’', 'é', 'à', 'ê']) {
            return Some(format!("French in {en:?}"));
        }
    }
    None
}

fn help_in(error: &TemplateError) -> Option<String> {
    error.help().map(|help| help.to_string())
}

fn untold_of(error: impl Fn() -> TemplateError) -> Option<String> {
    let [fr, en] = LANGUAGES.map(|language| error().in_language(language));
    untold([&fr.to_string(), &en.to_string()], [help_in(&fr), help_in(&en)])
}

#[test]
fn every_refusal_is_told_in_both_languages() {
    let told = REFUSED.iter().filter_map(|(sql, _)| {
        let refusal = template(sql, "genre", "genre spend bought").unwrap_err();
        untold_of(|| refusal.clone().into()).map(|wrong| format!("{sql}\n  {wrong}"))
    });
    let wrong: Vec<_> = told.collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A template whose result and release don't agree.
struct Misfit {
    selected: &'static str,
    /// What stands at the top of the manifest.
    top: &'static str,
    release: &'static str,
}

const MISFITS: &[Misfit] = &[
    Misfit { selected: "genre", top: "", release: "kind = \"histogram\"\nkeys = [\"region\"]" },
    Misfit { selected: "genre, spend", top: "", release: "kind = \"histogram\"\nkeys = [\"genre\"]" },
    Misfit { selected: "spend", top: "", release: "kind = \"histogram\"\nkeys = [\"spend\"]" },
    Misfit { selected: "bought", top: "", release: "kind = \"histogram\"\nkeys = [\"bought\"]" },
    Misfit {
        selected: "genre",
        top: "",
        release: "kind = \"histogram\"\nkeys = [\"genre\"]\ndomains.genre = { min = 1, max = 2 }",
    },
    Misfit { selected: "genre AS audience", top: "", release: "kind = \"cells\"" },
    Misfit { selected: "genre", top: "", release: "kind = \"threshold\"\nkey = \"genre\"\nkeys_max = 1" },
    Misfit { selected: "genre", top: "", release: "kind = \"sum\"\nvalue = \"genre\"\nmin = 0\nmax = 9" },
    Misfit {
        selected: "genre",
        top: "derived = [\"share\"]",
        release: "kind = \"histogram\"\nkeys = [\"genre\"]\nkeys_max = 2",
    },
    Misfit {
        selected: "genre",
        top: "derived = [\"known_share\"]",
        release: "kind = \"histogram\"\nkeys = [\"genre\"]",
    },
    Misfit {
        selected: "genre",
        top: "derived = [\"affinity\"]",
        release: "kind = \"histogram\"\nkeys = [\"genre\"]\nunknown = true",
    },
    Misfit { selected: "genre", top: "derived = [\"affinity\"]", release: "kind = \"histogram\"\nkeys = [\"genre\"]" },
    Misfit {
        selected: "genre",
        top: "titles.stray = { fr = \"x\", en = \"x\" }",
        release: "kind = \"histogram\"\nkeys = [\"genre\"]",
    },
    Misfit {
        selected: "genre, genre AS other",
        top: "",
        release: "kind = \"marginals\"\ncolumns = [\"genre\", \"other\"]",
    },
    Misfit {
        selected: "spend",
        top: "",
        release: "kind = \"quantiles\"\nvalue = \"spend\"\nmin = 0\nmax = 9\nstep = 1\nquantiles = [{ numerator = 1, denominator = 2 }]",
    },
];

impl Misfit {
    fn refused(&self) -> TemplateError {
        let sql = format!(
            "SELECT b.person, {} FROM b JOIN a USING (person) WHERE genre = 'jazz' AND spend > 1 AND bought IS NOT NULL",
            self.selected
        );
        let toml = manifest(&sql, "", "genre spend bought").replace("kind = \"count\"", self.release);
        let toml = format!("{}\n{toml}", self.top);
        let (sql, toml) =
            (File { path: Path::new("t.sql"), text: &sql }, File { path: Path::new("t.toml"), text: &toml });
        Template::parse("t".parse().unwrap(), sql, toml, &vocabulary()).unwrap_err()
    }
}

#[test]
fn a_result_that_its_release_can_t_use_is_told_in_both_languages() {
    let mut messages = BTreeSet::new();
    for misfit in MISFITS {
        let (error, release) = (misfit.refused(), misfit.release);
        let TemplateError::Refused(refusal) = &error else { panic!("{release}: {error}") };
        assert_eq!(refusal.rule(), Rule::Release, "{release}: {error}");
        assert!(messages.insert(error.to_string()), "{release}: as another: {error}");
        assert_eq!(untold_of(|| misfit.refused()), None, "{release}");
    }
}

/// A manifest that is right but for one thing.
fn mistaken_manifests() -> Vec<String> {
    let right = manifest("$n", "genre", "spend");
    let release = |release: &str| right.replace("kind = \"count\"", release);
    let changed = |from: &str, to: &str| {
        assert!(right.contains(from), "{from}");
        right.replacen(from, to, 1)
    };
    let mut all = vec![
        changed("name = \"b\"", "name = \"a\""),
        changed("name = \"n\"", "name = \"value\""),
        changed("\"genre\"", "\"genre\", \"genre\""),
        changed("\"genre\"", "\"n\""),
        changed("margin_default = 100", "margin_default = 0"),
        changed("margin_default = 100", "margin = 100"),
        changed("symmetric = false", "symmetric = true"),
        changed("symmetric = false", "symmetric = false\nderived = [\"total\"]"),
        changed("max = 100", "max = 0"),
        changed("max = 100", "max = 100\ndefault = 500"),
        changed("max = 100", "max = 100\nextra = 1"),
        changed("shape = \"list\"", "shape = \"list\"\nmany = [2, 60]"),
        changed("shape = \"list\"", "shape = \"list\"\nmany = [2, 3]"),
        changed("kind = \"integer\"\nmin = 1\nmax = 100", "kind = \"column\"\nchoices = []"),
        changed("kind = \"integer\"\nmin = 1\nmax = 100", "kind = \"column\"\nchoices = [\"genre\", \"genre\"]"),
    ];
    all.extend(
        [
            "kind = \"histogram\"\nkeys = []",
            "kind = \"histogram\"\nkeys = [\"genre\"]\nkeys_max = 0",
            "kind = \"histogram\"\nkeys = [\"genre\"]\ndomains.other = { min = 1, max = 2 }",
            "kind = \"histogram\"\nkeys = [\"genre\"]\ndomains.genre = { min = 2, max = 1 }",
            "kind = \"top\"\nkeys = [\"genre\"]\nk = 0",
            "kind = \"frequency\"\nmax = 0",
            "kind = \"sum\"\nvalue = \"spend\"\nmin = 0\nmax = 9\nkeys_max = 2",
            "kind = \"sum\"\nvalue = \"spend\"\nmin = 9\nmax = 0",
            "kind = \"quantiles\"\nvalue = \"spend\"\nmin = 0\nmax = 9\nstep = 0\nquantiles = []",
            "kind = \"quantiles\"\nvalue = \"spend\"\nmin = 0\nmax = 9\nstep = 1\nquantiles = []",
            "kind = \"threshold\"\nkey = \"spend\"\nkeys_max = 0",
            "kind = \"crosstab\"\nrows = \"genre\"\ncolumns = \"genre\"\nrows_max = 1\ncolumns_max = 1",
            "kind = \"crosstab\"\nrows = \"genre\"\ncolumns = \"region\"\nrows_max = 0\ncolumns_max = 1",
            "kind = \"marginals\"\ncolumns = [\"genre\"]",
        ]
        .map(release),
    );
    all
}

#[test]
fn every_mistake_in_a_manifest_is_told_in_both_languages() {
    for text in mistaken_manifests() {
        let error = || Manifest::parse(&text, "t.toml").err().unwrap_or_else(|| panic!("accepted: {text}"));
        assert_eq!(untold_of(|| error().into()), None, "{text}");
        assert_eq!(error().message().fr, error().to_string(), "French is first");
    }
}

#[test]
fn each_rule_reads_so() {
    let handler =
        GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor()).with_width(140).with_links(false);
    let mut text = String::new();
    for rule in Rule::ALL {
        let case = REFUSED.iter().find(|(sql, broken)| *broken == rule && !sql.is_empty());
        let error: TemplateError = match case {
            Some((sql, _)) => template(sql, "genre", "genre spend bought").unwrap_err().into(),
            None => MISFITS[0].refused(),
        };
        let TemplateError::Refused(refusal) = error else { panic!("{}: {error}", rule.code()) };
        assert_eq!(refusal.rule(), rule, "no example of {}", rule.code());
        for language in LANGUAGES {
            writeln!(text, "=== {} ({})", rule.code(), language.as_str()).unwrap();
            handler.render_report(&mut text, &refusal.clone().in_language(language)).unwrap();
        }
    }
    insta::assert_snapshot!(text);
}
