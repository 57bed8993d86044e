//! A question as a form: what may be chosen, and what was.

use super::reach::Reach;
use crate::{
    gateway::{Request, Room},
    identity::Kind,
    model::{AudienceRef, ColumnKind, Language, Named, Shape, Text},
    template::{Argument, AudienceParameter, Manifest, Parameter, ParameterKind, ShapeRule},
    web::{fields::Fields, page::Page},
};
use std::collections::BTreeMap;

/// Something that may be chosen.
pub(super) struct Choice {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) chosen: bool,
}

/// An audience that may be chosen, or that can't be and why.
pub(super) struct AudienceChoice {
    pub(super) choice: Choice,
    pub(super) obstacle: Option<String>,
}

/// Audiences under the name of their member.
pub(super) struct Group {
    pub(super) title: String,
    pub(super) choices: Vec<AudienceChoice>,
}

/// An audience parameter.
pub(super) struct AudienceField {
    pub(super) name: String,
    pub(super) title: String,
    /// How many it stands for, where that may be several.
    pub(super) many: Option<(u32, u32)>,
    pub(super) groups: Vec<Group>,
}

/// Another parameter.
pub(super) struct ParameterField {
    pub(super) name: String,
    pub(super) title: String,
    /// `number`, `date`, or nothing where one of the choices is taken.
    pub(super) kind: &'static str,
    pub(super) min: String,
    pub(super) max: String,
    pub(super) step: &'static str,
    pub(super) value: String,
    pub(super) choices: Vec<Choice>,
}

/// The audiences that a parameter may stand for.
pub(super) fn audience(
    (page, fields): (&Page, &Fields),
    room: &Room,
    parameter: &AudienceParameter,
    reach: &Reach,
) -> AudienceField {
    let name = format!("audience.{}", parameter.name);
    let fits = |shape: Shape| match parameter.shape {
        ShapeRule::Any => true,
        ShapeRule::List => shape == Shape::List,
        ShapeRule::Events => shape == Shape::Events,
    };
    let rules = room.rules();
    let base = &rules.policies.base;
    let groups = base.members().values().map(|member| {
        let declared = member.audiences.values().filter(|declared| {
            fits(declared.shape)
                && parameter.columns.iter().all(|column| {
                    // A column that a parameter chooses is settled later.
                    column.name != column.column.as_str() || declared.columns.contains(&column.column)
                })
        });
        let choices = declared.map(|declared| {
            let id = declared.audience.to_string();
            let chosen = fields.all(&name).any(|chosen| chosen == id);
            let obstacle = reach.obstacle(&declared.audience).map(|obstacle| page.say(obstacle.message()));
            AudienceChoice { choice: Choice { title: page.text(&declared.title), chosen, id }, obstacle }
        });
        Group { title: page.text(&member.title), choices: choices.collect() }
    });
    let groups = groups.filter(|group| !group.choices.is_empty()).collect();
    AudienceField { title: page.text(&parameter.title), many: parameter.many, groups, name }
}

/// What another parameter may be.
pub(super) fn parameter(page: &Page, room: &Room, parameter: &Parameter, fields: &Fields) -> ParameterField {
    let name = format!("parameter.{}", parameter.name);
    let given = fields.some(&name).map(str::to_owned);
    let mut field = ParameterField {
        title: page.text(&parameter.title),
        kind: "",
        min: String::new(),
        max: String::new(),
        step: "1",
        value: given.clone().unwrap_or_default(),
        choices: Vec::new(),
        name,
    };
    let or = |default: Option<String>| given.clone().or(default).unwrap_or_default();
    let rules = room.rules();
    let columns = rules.policies.base.vocabulary().columns();
    match &parameter.kind {
        ParameterKind::Integer { min, max, default } => {
            (field.kind, field.min, field.max) = ("number", min.to_string(), max.to_string());
            field.value = or(default.map(|value| value.to_string()));
        }
        ParameterKind::Amount { min, max, default } => {
            (field.kind, field.step) = ("number", "0.01");
            (field.min, field.max) = (dollars(*min), dollars(*max));
            field.value = or(default.map(dollars));
        }
        ParameterKind::Date { default } => {
            field.kind = "date";
            field.value = or(default.map(|day| day.to_string()));
        }
        ParameterKind::Category { column, default } => {
            let chosen = or(default.clone());
            let values = columns.get(column).map(|column| &column.kind);
            if let Some(ColumnKind::Category { values }) = values {
                let choice = |value: &crate::model::Category| Choice {
                    title: if page.language == Language::Fr { value.fr.clone() } else { value.en.clone() },
                    chosen: value.id == chosen,
                    id: value.id.clone(),
                };
                field.choices = values.iter().map(choice).collect();
            }
        }
        ParameterKind::Column { choices } => {
            let chosen = or(choices.first().map(ToString::to_string));
            let choice = |name: &crate::model::ColumnName| Choice {
                title: columns.get(name).map_or_else(|| name.to_string(), |column| page.text(&column.title)),
                chosen: name.as_str() == chosen,
                id: name.to_string(),
            };
            field.choices = choices.iter().map(choice).collect();
        }
    }
    field
}

fn dollars(cents: i64) -> String {
    let (whole, rest) = (cents / 100, (cents % 100).abs());
    if rest == 0 { whole.to_string() } else { format!("{whole}.{rest:02}") }
}

/// The question that a form asks of a template.
///
/// # Errors
/// What is missing, or can't be read.
pub(super) fn request(name: &str, manifest: &Manifest, fields: &Fields) -> Result<Request, Text> {
    let mut audiences = BTreeMap::new();
    for parameter in &manifest.audiences {
        let mut named: Option<Named> = None;
        for chosen in fields.all(&format!("audience.{}", parameter.name)).filter(|chosen| !chosen.is_empty()) {
            let audience: AudienceRef = chosen.parse().map_err(|_| chosen_none(&parameter.title))?;
            named = Some(match named {
                None => Named::One(audience),
                Some(earlier) => earlier.and(audience),
            });
        }
        audiences.insert(parameter.name.clone(), named.ok_or_else(|| chosen_none(&parameter.title))?);
    }
    let mut parameters = BTreeMap::new();
    for parameter in &manifest.parameters {
        if let Some(given) = fields.some(&format!("parameter.{}", parameter.name)) {
            parameters.insert(parameter.name.clone(), argument(parameter, given)?);
        }
    }
    let margin = fields.get("margin").replace([' ', '\u{a0}', '\u{202f}'], "").replace(',', ".");
    let margin: f64 = margin
        .parse()
        .map_err(|_| Text::new("donnez la marge d’erreur, en personnes", "give the margin, in people"))?;
    let unread = || Text::new("choisissez une finalité", "choose a purpose");
    Ok(Request {
        template: name.parse().map_err(|_| Text::new("ce modèle n’existe pas", "there is no such template"))?,
        audiences,
        parameters,
        purpose: fields.get("purpose").parse().map_err(|_| unread())?,
        match_on: if fields.get("match_on") == "phone" { Kind::Phone } else { Kind::Email },
        margin: Some(margin),
        rho: None,
    })
}

fn chosen_none(title: &Text) -> Text {
    Text::new(
        format!("choisissez un auditoire : {}", title.fr.to_lowercase()),
        format!("choose an audience: {}", title.en.to_lowercase()),
    )
}

fn argument(parameter: &Parameter, given: &str) -> Result<Argument, Text> {
    let number = given.replace([' ', '\u{a0}', '\u{202f}'], "").replace(',', ".");
    let unread = || {
        Text::new(
            format!("ce n’est pas un nombre : {}", parameter.title.fr.to_lowercase()),
            format!("this is not a number: {}", parameter.title.en.to_lowercase()),
        )
    };
    match parameter.kind {
        ParameterKind::Integer { .. } => number.parse().map(Argument::Number).map_err(|_| unread()),
        ParameterKind::Amount { .. } => {
            // By its digits: no cent is lost to a real number.
            let (whole, rest) = number.split_once('.').unwrap_or((&number, ""));
            if rest.len() > 2 || !rest.bytes().all(|digit| digit.is_ascii_digit()) {
                return Err(unread());
            }
            format!("{whole}{rest:0<2}").parse().map(Argument::Number).map_err(|_| unread())
        }
        _ => Ok(Argument::Text(given.to_owned())),
    }
}
