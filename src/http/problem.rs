//! Problem details (RFC 9457), in the asker's language, with nothing of the cause.

mod stored;

use crate::{
    gateway::AskError,
    model::{Language, Role, Text},
    policy::{Ground, Reason},
};
use axum::{
    Json,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value, json};

/// A problem, ready to be told.
#[derive(Debug)]
pub struct Problem {
    status: StatusCode,
    slug: &'static str,
    title: Text,
    detail: Option<Text>,
    language: Language,
    retry_after_s: Option<u64>,
    more: Map<String, Value>,
}

/// The language that a request prefers.
pub(crate) fn language(headers: &HeaderMap) -> Language {
    let wanted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    wanted.map(Language::from_tag).unwrap_or_default()
}

impl Problem {
    /// The status that it is told with.
    pub(crate) fn status(&self) -> StatusCode {
        self.status
    }

    /// What it is.
    pub(crate) fn title(&self) -> &Text {
        &self.title
    }

    /// More about it, for who asked.
    pub(crate) fn detail_text(&self) -> Option<&Text> {
        self.detail.as_ref()
    }

    /// In how many seconds to try again.
    pub(crate) fn seconds(&self) -> Option<u64> {
        self.retry_after_s
    }

    /// Where its cause is found in the log, if it has one that isn't told.
    pub(crate) fn reference(&self) -> Option<&str> {
        self.more.get("reference").and_then(Value::as_str)
    }

    pub(super) fn new(status: StatusCode, slug: &'static str, fr: &str, en: &str) -> Self {
        Self {
            status,
            slug,
            title: Text::new(fr, en),
            detail: None,
            language: Language::default(),
            retry_after_s: None,
            more: Map::new(),
        }
    }

    pub(super) fn detail(mut self, fr: impl Into<String>, en: impl Into<String>) -> Self {
        self.detail = Some(Text::new(fr, en));
        self
    }

    pub(super) fn text(mut self, detail: Text) -> Self {
        self.detail = Some(detail);
        self
    }

    pub(super) fn with(mut self, key: &str, value: Value) -> Self {
        self.more.insert(key.to_owned(), value);
        self
    }

    /// Says in how many seconds to try again.
    pub(super) fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after_s = Some(seconds);
        self
    }

    pub(crate) fn in_language(mut self, language: Language) -> Self {
        self.language = language;
        self
    }

    pub(crate) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", "Introuvable", "Not found")
    }

    /// What can't be read, where nothing more is known of it than the status.
    pub(super) fn unreadable(status: StatusCode) -> Self {
        Self::new(status, "unreadable", "Demande illisible", "Unreadable request")
    }

    pub(super) fn verifying() -> Self {
        let status = StatusCode::TOO_MANY_REQUESTS;
        Self::new(status, "verifying", "Une vérification est en cours", "A verification is under way")
            .detail(
                "Quelqu’un fait déjà vérifier le journal. Recommencez dans un moment.",
                "Somebody is having the log verified already. Try again in a moment.",
            )
            .retry_after(10)
    }

    pub(super) fn wrong_method() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "wrong-method", "Méthode refusée", "Method not allowed")
    }

    pub(super) fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized", "Connexion requise", "Sign-in required").detail(
            "Connectez-vous, ou donnez un jeton valide dans l'en-tête `Authorization: Bearer …`.",
            "Sign in, or give a valid token in the header `Authorization: Bearer …`.",
        )
    }

    pub(super) fn wrong_role(needed: &[Role]) -> Self {
        let names = |language| {
            let name = |role: &Role| match (role, language) {
                (Role::Steward, Language::Fr) => "intendant des données (steward)",
                (Role::Steward, Language::En) => "data steward (steward)",
                (Role::Officer, Language::Fr) => "responsable de la conformité (officer)",
                (Role::Officer, Language::En) => "compliance officer (officer)",
                (Role::Marketer, Language::Fr) => "marketeur (marketer)",
                (Role::Marketer, Language::En) => "marketer (marketer)",
                (Role::Host, Language::Fr) => "hébergement (host)",
                (Role::Host, Language::En) => "host (host)",
            };
            needed.iter().map(name).collect::<Vec<_>>().join(if language == Language::Fr { " ou " } else { " or " })
        };
        Self::new(StatusCode::FORBIDDEN, "wrong-role", "Rôle insuffisant", "Wrong role").detail(
            format!("Ceci demande le rôle « {} » ; vous ne l'avez pas ici.", names(Language::Fr)),
            format!("This needs the role {}; you don't have it here.", names(Language::En)),
        )
    }

    pub(super) fn in_person() -> Self {
        Self::new(StatusCode::FORBIDDEN, "in-person", "En personne seulement", "In person only").detail(
            "Ceci se fait connecté dans le navigateur, et non par un jeton.",
            "This is done signed in with the browser, and not by a token.",
        )
    }

    pub(super) fn read_only() -> Self {
        Self::new(StatusCode::FORBIDDEN, "read-only", "Lecture seulement", "Reading only")
            .detail("Ce jeton ne permet que de lire.", "This token only lets you read.")
    }

    pub(super) fn cross_site() -> Self {
        Self::new(StatusCode::FORBIDDEN, "cross-site", "Demande d'un autre site", "Request of another site").detail(
            "Cette demande ne vient pas des pages de la salle (en-tête `Origin` ou `Sec-Fetch-Site`).",
            "This request doesn't come from the room's pages (header `Origin` or `Sec-Fetch-Site`).",
        )
    }

    pub(super) fn plain() -> Self {
        Self::new(StatusCode::FORBIDDEN, "plain-http", "Connexion en clair", "Plain connection").detail(
            "Ici, seul un mandataire de confiance parle en clair. Passez par l’adresse https de la salle.",
            "Only a trusted proxy speaks in plain here. Use the room’s https address.",
        )
    }

    pub(super) fn too_many(seconds: u64) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "too-many-requests", "Trop de demandes", "Too many requests")
            .detail(
                format!("Attendez {seconds} s avant la prochaine."),
                format!("Wait for {seconds} s before the next one."),
            )
            .retry_after(seconds)
    }

    pub(super) fn overloaded() -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "overloaded", "La salle est occupée", "The room is busy")
            .detail("Réessayez dans quelques secondes.", "Try again in a few seconds.")
            .retry_after(5)
    }

    pub(super) fn large_head() -> Self {
        let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
        Self::new(status, "large-head", "En-tête trop grand", "Head too large")
    }

    pub(super) fn ambiguous() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "ambiguous", "Demande ambiguë", "Ambiguous request")
            .detail("Une demande a une seule longueur et un seul hôte.", "A request has one length and one host.")
    }

    pub(super) fn slow() -> Self {
        Self::new(StatusCode::REQUEST_TIMEOUT, "slow", "Demande trop lente", "Request too slow").detail(
            "La suite de la demande s’est fait attendre trop longtemps.",
            "The rest of the request was too long in coming.",
        )
    }

    pub(crate) fn malformed(detail: Text) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "malformed", "Demande mal formée", "Malformed request").text(detail)
    }

    pub(super) fn internal(reference: String) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "Erreur interne", "Internal error")
            .detail(
                format!("Donnez la référence {reference} à qui tient la salle. Rien n'est perdu : une requête déjà payée se termine sans nouveau coût en la reposant."),
                format!("Give the reference {reference} to whoever runs the room. Nothing is lost: a query already paid for is finished at no new cost by asking it again."),
            )
            .with("reference", json!(reference))
    }

    pub(crate) fn from_ask(error: AskError) -> Self {
        let unprocessable = StatusCode::UNPROCESSABLE_ENTITY;
        match error {
            AskError::UnknownTemplate(name) => {
                Self::new(StatusCode::NOT_FOUND, "unknown-template", "Modèle inconnu", "Unknown template").detail(
                    format!("Il n'y a pas de modèle « {name} » ; voyez `camerata templates`."),
                    format!("There is no template `{name}`; see `camerata templates`."),
                )
            }
            AskError::Unapproved(name, owners) => {
                let list = owners.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
                Self::new(StatusCode::CONFLICT, "template-unapproved", "Modèle non approuvé", "Template not approved")
                    .detail(
                        format!("Le modèle « {name} » n'est pas approuvé par : {list}. Leurs responsables de la conformité le peuvent : `camerata template approve {name}`."),
                        format!("The template `{name}` is not approved by: {list}. Their compliance officers can: `camerata template approve {name}`."),
                    )
                    .with("owners", json!(owners))
            }
            AskError::Malformed(text) => Self::malformed(text),
            AskError::Accuracy(error) => {
                Self::new(unprocessable, "accuracy", "Précision impossible", "Impossible accuracy").text(error.text())
            }
            AskError::Refused(refusal) => {
                Self::new(StatusCode::FORBIDDEN, "refused", "Refusé par les ententes", "Refused by the agreements")
                    .text(joined(refusal.reasons()))
                    .with("reasons", refusal.reasons().iter().map(reason).collect())
            }
            AskError::Unavailable(audience, text) => {
                Self::new(StatusCode::CONFLICT, "unavailable", "Auditoire inutilisable", "Audience not usable")
                    .text(text)
                    .with("audience", json!(audience))
            }
            AskError::Budget(shortfall) => {
                let (account, left) = (&shortfall.state.account, shortfall.state.remaining());
                Self::new(StatusCode::CONFLICT, "budget", "Budget insuffisant", "Not enough budget")
                    .detail(
                        format!("Le compte « {account} » ne peut porter cette perte maintenant. Élargissez la marge, ou attendez le mois prochain, qui en débloque une part."),
                        format!("The account `{account}` can't bear this loss now. Widen the margin, or wait for next month, which unlocks a part."),
                    )
                    .with("account", json!(account))
                    .with("remaining_rho", json!(left))
                    .with("wanted_rho", json!(shortfall.wanted.rho))
                    .with("remaining_delta", json!(shortfall.state.remaining_delta()))
                    .with("wanted_delta", json!(shortfall.wanted.delta))
            }
            AskError::Busy(seconds) => Self::waiting(seconds),
            AskError::Held(seconds) => Self::held(seconds),
            AskError::Internal(reference) => Self::internal(reference),
        }
    }

    fn waiting(seconds: u64) -> Self {
        let status = StatusCode::TOO_MANY_REQUESTS;
        Self::new(status, "too-many-waiting", "Trop de questions attendent", "Too many questions wait")
            .detail(
                format!("Des questions de votre organisme attendent déjà leur tour, autant qu’il en peut attendre. Rien n’a été dépensé ; recommencez dans {seconds} s."),
                format!("As many questions of your organisation as may wait are waiting for their turn. Nothing was spent; try again in {seconds} s."),
            )
            .retry_after(seconds)
    }

    fn held(seconds: u64) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "held-after-failure", "Une question a échoué", "A question failed")
            .detail(
                format!("Une question de votre organisme a échoué dans le moteur : aucune autre ne tourne pendant encore {seconds} s. Les réponses déjà données restent gratuites."),
                format!("A question of your organisation failed in the engine: no other runs for another {seconds} s. Answers that were given already stay free."),
            )
            .retry_after(seconds)
    }
}

/// All reasons of a refusal as one sentence a language.
fn joined(reasons: &[Reason]) -> Text {
    let texts: Vec<Text> = reasons.iter().map(Reason::text).collect();
    let sentence = |language| texts.iter().map(|text| text.get(language)).collect::<Vec<_>>().join(" ; ");
    Text::new(sentence(Language::Fr), sentence(Language::En))
}

/// One reason of a refusal, for programs: which audience, which agreement, in both languages.
fn reason(reason: &Reason) -> Value {
    let title = match &reason.ground {
        Ground::Forbidden { title, .. } | Ground::Undecided { title, .. } => Some(title),
        _ => None,
    };
    json!({
        "audience": reason.audience,
        "agreement": reason.agreement().map(ToString::to_string),
        "title": title,
        "text": reason.text(),
    })
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut body = self.more;
        body.insert("type".into(), json!(format!("/problems/{}", self.slug)));
        body.insert("title".into(), json!(self.title.get(self.language)));
        body.insert("status".into(), json!(self.status.as_u16()));
        if let Some(detail) = &self.detail {
            body.insert("detail".into(), json!(detail.get(self.language)));
        }
        let headers =
            [(header::CONTENT_TYPE, "application/problem+json"), (header::CONTENT_LANGUAGE, self.language.as_str())];
        let mut response = (self.status, headers, Json(Value::Object(body)).0.to_string()).into_response();
        if let Some(seconds) = self.retry_after_s {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}
