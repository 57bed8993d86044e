//! What a form says.

use axum::{
    Form,
    extract::{FromRequest, Request},
};

use super::page::Page;
use crate::{
    gateway::Room,
    http::Problem,
    model::{Language, Role, Text},
};
use axum::{extract::FromRequestParts, response::Response};
use std::{collections::BTreeSet, sync::Arc};

/// A form's fields, in its order; a name may come several times.
#[derive(Default)]
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    /// The field of this name, or nothing where it isn't.
    pub(super) fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// The field, if it is there and says something.
    pub(super) fn some(&self, name: &str) -> Option<&str> {
        Some(self.get(name).trim()).filter(|value| !value.is_empty())
    }

    /// Every field of this name.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Every field, in the form's order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The language that is chosen.
    pub(super) fn language(&self) -> Language {
        if self.get("language") == "en" { Language::En } else { Language::Fr }
    }

    /// The roles that are ticked; a word that is none of them is none.
    pub(super) fn roles(&self) -> BTreeSet<Role> {
        self.all("role").filter_map(|word| word.parse().ok()).collect()
    }
}

impl FromRequest<Arc<Room>> for Fields {
    type Rejection = Response;

    async fn from_request(request: Request, room: &Arc<Room>) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let page = match Page::from_request_parts(&mut parts, room).await {
            Ok(page) => page,
            Err(never) => match never {},
        };
        match Form::from_request(Request::from_parts(parts, body), room).await {
            Ok(Form(fields)) => Ok(Self(fields)),
            // What the reader says may repeat what was typed.
            Err(_) => {
                Err(page
                    .problem(&Problem::malformed(Text::new("le formulaire ne se lit pas", "the form can't be read"))))
            }
        }
    }
}
