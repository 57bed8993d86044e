//! The room's documentation, as it was built with it.

use super::document;
use crate::{
    http::Problem,
    model::{Language, Text},
    web::page::Page,
};
use askama::Template;
use axum::{extract::Path, http::StatusCode, response::Response};

/// A document: its address, its file, what it is called, and its text.
struct Document {
    name: &'static str,
    file: &'static str,
    title: fn() -> Text,
    text: &'static str,
}

macro_rules! documents {
    ($($name:literal, $file:literal, $fr:literal, $en:literal;)*) => {
        &[$(Document {
            name: $name,
            file: $file,
            title: || Text::new($fr, $en),
            text: include_str!(concat!("../../../docs/", $file)),
        }),*]
    };
}

static DOCUMENTS: &[Document] = documents! {
    "privacy", "PRIVACY.md", "Vie privée : la garantie et sa preuve", "Privacy: the guarantee and its proof";
    "policies", "POLICIES.md", "Les politiques, au jour le jour", "Policies, day by day";
    "templates", "TEMPLATES.md", "Écrire un modèle d’analyse", "Writing an analysis template";
    "audit", "AUDIT.md", "Le journal : ce que chaque membre peut vérifier", "The log: what each member can check";
    "operations", "OPERATIONS.md", "Tenir une salle", "Running a room";
    "threat-model", "THREAT_MODEL.md", "Qui pourrait tenter quoi, et ce qui l’en empêche", "Who may try what, and what stops them";
    "security", "SECURITY.md", "Signaler une faille", "Reporting a flaw";
    "measurements", "MEASUREMENTS.md", "Ce qui fut mesuré (en anglais)", "What was measured";
};

#[derive(Template)]
#[template(path = "public/documents.html", config = "src/web/askama.toml")]
struct DocumentsPage<'a> {
    page: &'a Page,
    /// Addresses and titles.
    documents: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "public/document.html", config = "src/web/askama.toml")]
struct DocumentPage<'a> {
    page: &'a Page,
    title: String,
    /// The text as HTML, made of this program's own files.
    text: String,
}

fn address(document: &Document) -> String {
    format!("/documentation/{}", document.name)
}

/// All of them.
pub(crate) async fn list(page: Page) -> Response {
    let title = |document: &Document| (document.title)().get(page.language).to_owned();
    let documents = DOCUMENTS.iter().map(|document| (address(document), title(document))).collect();
    page.show(StatusCode::OK, &DocumentsPage { page: &page, documents })
}

/// One of them, in the reader's language where it is in both.
pub(crate) async fn show(page: Page, Path(name): Path<String>) -> Response {
    let Some(document) = DOCUMENTS.iter().find(|document| document.name == name) else {
        return page.problem(&Problem::not_found());
    };
    let title = (document.title)().get(page.language).to_owned();
    let nth = usize::from(page.language == Language::En);
    let text = document::rendered(document::part(document.text, nth), |file| {
        DOCUMENTS.iter().find(|other| other.file == file).map(address)
    });
    page.show(StatusCode::OK, &DocumentPage { page: &page, title, text })
}
