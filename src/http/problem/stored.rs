//! What the store refuses, as problems.

use super::Problem;
use crate::{gateway::AskError, store::StoreError};
use axum::http::StatusCode;
use serde_json::json;

impl Problem {
    pub(in crate::http) fn from_store(error: StoreError) -> Self {
        let unprocessable = StatusCode::UNPROCESSABLE_ENTITY;
        let plain = |problem: Self, error: &StoreError| problem.detail(french(error), error.to_string());
        match &error {
            StoreError::Declaration(_) | StoreError::Layout(_) | StoreError::Empty => {
                plain(Self::new(unprocessable, "upload-refused", "Téléversement refusé", "Upload refused"), &error)
            }
            StoreError::TooFew(people) => {
                plain(Self::new(unprocessable, "too-few-people", "Auditoire trop petit", "Audience too small"), &error)
                    .with("people_min", json!(people))
            }
            StoreError::TooFewOf { kind, people_min } => {
                plain(Self::new(unprocessable, "too-few-people", "Trop peu de personnes", "Too few people"), &error)
                    .with("people_min", json!(people_min))
                    .with("kind", json!(kind))
            }
            StoreError::TooMany(people) => {
                plain(Self::new(unprocessable, "too-many-people", "Auditoire trop grand", "Audience too large"), &error)
                    .with("people_max", json!(people))
            }
            StoreError::Offset(offset) => {
                plain(Self::new(StatusCode::CONFLICT, "offset", "Mauvaise position", "Wrong offset"), &error)
                    .with("offset", json!(offset))
            }
            StoreError::Length { received, .. } => plain(
                Self::new(StatusCode::CONFLICT, "truncated", "Téléversement incomplet", "Upload incomplete"),
                &error,
            )
            .with("offset", json!(received)),
            StoreError::Closed => {
                plain(Self::new(StatusCode::CONFLICT, "closed", "Téléversement clos", "Upload closed"), &error)
            }
            _ if error.is_disk_full() => Self::new(
                StatusCode::INSUFFICIENT_STORAGE,
                "disk-full",
                "Le disque de la salle est plein",
                "The room's disk is full",
            )
            .detail(
                "La version en vigueur reste ; reprenez le téléversement quand il y aura de la place.",
                "The version in force stays; resume the upload when there is room.",
            ),
            _ => match AskError::internal("store", &error) {
                AskError::Internal(reference) => Self::internal(reference),
                other => Self::from_ask(other),
            },
        }
    }
}

/// What a steward is told in French; the English is the error's own.
fn french(error: &StoreError) -> String {
    use crate::store::{DeclarationError as D, LayoutError as L};
    match error {
        StoreError::Declaration(error) => match error {
            D::Column(name) => format!(
                "« {name} » n'est pas une colonne du vocabulaire de la salle ; ce qui n'y est pas n'est pas conservé"
            ),
            D::ColumnTwice(name) => format!("la colonne « {name} » est nommée deux fois"),
            D::NoPurpose => "un téléversement nomme au moins une finalité".to_owned(),
            D::LegalBasis => "un téléversement nomme sa base légale ou le texte du consentement".to_owned(),
            D::Expiry => "l'expiration doit suivre aujourd'hui et la date de collecte".to_owned(),
            D::Collected => "la date de collecte est dans l'avenir".to_owned(),
            D::Large => "le flux dépasse 64 Gio : envoyez-le en plusieurs auditoires".to_owned(),
        },
        StoreError::Layout(error) => match error {
            L::Raw(column) => format!(
                "la colonne {column} de l'en-tête ressemble à une adresse ou à un numéro en clair : hachez d'abord le fichier avec `camerata hash`"
            ),
            L::Unknown(column) => format!(
                "la colonne {column} de l'en-tête n'est ni `hashed_email_<profil>`, ni `hashed_phone_<profil>`, ni une colonne déclarée du vocabulaire"
            ),
            L::Twice(column) => format!("la colonne {column} de l'en-tête y est deux fois"),
            L::MixedProfiles { column, found, declared } => format!(
                "la colonne {column} de l'en-tête a été hachée selon le profil « {found} », le téléversement déclare « {declared} » : des listes de profils différents ne se comparent pas, on ne les mêle donc pas"
            ),
            L::NoIdentifier => {
                "l'en-tête n'a aucune colonne d'identifiants (`hashed_email_<profil>` ou `hashed_phone_<profil>`)"
                    .to_owned()
            }
            L::Missing(column) => format!("il manque à l'en-tête la colonne déclarée « {column} »"),
            L::TooMany => "l'en-tête a trop de colonnes".to_owned(),
        },
        StoreError::Empty => "aucune ligne du flux ne porte d'identifiant haché".to_owned(),
        StoreError::TooFew(people) => {
            format!("l'auditoire compte moins de personnes que le minimum de la salle, {people}")
        }
        StoreError::TooFewOf { kind, people_min } => {
            let identifier = match kind {
                crate::identity::Kind::Email => "un courriel",
                crate::identity::Kind::Phone => "un téléphone",
            };
            format!(
                "la liste compte moins de personnes avec {identifier} que le minimum de la salle, {people_min}, que chaque genre d'identifiant doit atteindre à lui seul : laissez cette colonne de côté, ou envoyez une liste qui en a davantage"
            )
        }
        StoreError::Offset(offset) => format!("le flux reprend à l'octet {offset}"),
        StoreError::Length { declared, received } => {
            format!("le flux a {declared} octets, {received} sont arrivés : reprenez l'envoi")
        }
        StoreError::TooMany(people) => format!(
            "l’auditoire a plus de {people} personnes, et ne le peut pas : demandez à un responsable de la conformité de relever `people_max`, ou téléversez-en moins"
        ),
        StoreError::Closed => "le téléversement n'est plus ouvert".to_owned(),
        _ => "la salle a échoué".to_owned(),
    }
}
