//! Checking agreements against the schema, by Cedar's strict validator, and against the names that exist.

use super::{
    agreement::Parsed,
    document,
    effects::{Oddity, Unsupported},
    folder::Source,
    locate,
    mistake::Mistake,
    suggestion::suggestion_after,
};
use crate::model::{TemplateName, Text};
use cedar_policy::{EntityUid, PolicySet, Schema, ValidationError, ValidationMode, ValidationWarning, Validator};
use miette::Diagnostic;
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

/// The names of each type of entity that agreements may use. A type that isn't here isn't checked: Cedar does it, or the file
/// that declares its names has mistakes of its own.
pub(super) type Names = BTreeMap<&'static str, BTreeSet<String>>;

/// A mistake found by Cedar, told in French by `fr` and in Cedar's own words.
pub(super) fn from_cedar(source: &Source, error: &dyn Diagnostic, fr: &str) -> Mistake {
    let cause = std::iter::successors(error.source(), |cause| cause.source())
        .map(|cause| format!(": {cause}"))
        .collect::<String>();
    let english = format!("{error}{cause}");
    let place = place(error).unwrap_or(0..0);
    let help = error.help().map(|help| Text::new(format!("Cedar propose : {help}"), help.to_string()));
    let help = help.unwrap_or_else(|| {
        let manual = "https://docs.cedarpolicy.com/";
        Text::new(
            format!("les autres ententes servent d'exemples ; la syntaxe est sur {manual}"),
            format!("the other agreements are examples; the syntax is on {manual}"),
        )
    });
    Mistake::new(source, place, Text::new(format!("{fr} (Cedar : {english})"), english)).with_help(help)
}

/// The first place that a diagnostic points at, in itself or in what it stands for.
fn place(error: &dyn Diagnostic) -> Option<Range<usize>> {
    let own = error.labels().and_then(|mut labels| labels.next());
    let own = own.map(|label| label.offset()..label.offset() + label.len());
    own.or_else(|| error.related().and_then(|mut related| related.find_map(place)))
        .or_else(|| error.diagnostic_source().and_then(place))
}

/// Reads the schema.
pub(super) fn schema(source: &Source, mistakes: &mut Vec<Mistake>) -> Option<Schema> {
    match Schema::from_cedarschema_str(&source.text) {
        Ok((schema, warnings)) => {
            let before = mistakes.len();
            mistakes.extend(warnings.map(|warning| from_cedar(source, &warning, "le schéma prête à confusion")));
            (mistakes.len() == before).then_some(schema)
        }
        Err(error) => {
            mistakes.push(from_cedar(source, &error, "le schéma n'est pas valide"));
            None
        }
    }
}

/// The templates that the schema knows: every action that a user may ask of an audience.
pub(super) fn templates(
    source: &Source,
    schema: &Schema,
    mistakes: &mut Vec<Mistake>,
) -> BTreeMap<TemplateName, EntityUid> {
    let mut templates = BTreeMap::new();
    for request in schema.request_envs() {
        if request.principal().to_string() != "User" || request.resource().to_string() != "Audience" {
            continue;
        }
        let id: &str = request.action().id().unescaped();
        match id.parse::<TemplateName>() {
            Ok(name) => {
                templates.insert(name, request.action().clone());
            }
            Err(error) => {
                let place = source.text.find(id).map_or(0..0, |at| at..at + id.len());
                let message = Text::new(format!("`{id}` n'est pas un nom de modèle"), error.to_string());
                mistakes.push(Mistake::new(source, place, message).with_help(document::name_help(id)));
            }
        }
    }
    templates
}

/// Cedar's strict validation. Its warnings (an agreement that can never apply, look-alike letters) are mistakes too.
pub(super) fn validate<'a>(schema: &Schema, parsed: impl Iterator<Item = &'a Parsed<'a>>, mistakes: &mut Vec<Mistake>) {
    let validator = Validator::new(schema.clone());
    for parsed in parsed {
        let set = match PolicySet::from_policies([parsed.policy.clone()]) {
            Ok(set) => set,
            Err(error) => {
                mistakes.push(from_cedar(parsed.source, &error, "l'entente n'est pas valide"));
                continue;
            }
        };
        let result = validator.validate(&set, ValidationMode::Strict);
        // Cedar tells the same mistake once for each template that the agreement is about, in no order: once is enough.
        let mut errors: Vec<&ValidationError> = result.validation_errors().collect();
        errors.sort_by_key(|error| error.to_string());
        let mut told = BTreeSet::new();
        errors.retain(|error| told.insert((place(*error).map(|at| at.start), in_french(error))));
        mistakes.extend(errors.into_iter().map(|error| from_cedar(parsed.source, error, in_french(error))));
        // What can never apply is told with more reasons than Cedar knows: see `effects/lints.rs`.
        let warnings = result.validation_warnings().filter(|w| !matches!(w, ValidationWarning::ImpossiblePolicy(_)));
        let confusing = |warning: &ValidationWarning| match warning {
            ValidationWarning::MixedScriptString(_)
            | ValidationWarning::MixedScriptIdentifier(_)
            | ValidationWarning::ConfusableIdentifier(_)
            | ValidationWarning::BidiCharsInString(_)
            | ValidationWarning::BidiCharsInIdentifier(_) => "des lettres prêtent à confusion",
            _ => "l'entente ne peut jamais s'appliquer",
        };
        mistakes.extend(warnings.map(|warning| from_cedar(parsed.source, warning, confusing(warning))));
    }
}

/// An agreement of which something is odd.
pub(super) fn odd(source: &Source, oddity: Oddity) -> Mistake {
    let (message, help) = oddity.text();
    Mistake::new(source, locate::effect(&source.text, 0), message).with_help(help).warning()
}

/// An agreement that says what can't be compared between two versions.
pub(super) fn unsupported(source: &Source, what: &Unsupported) -> Mistake {
    let place = locate::written(&source.text, &what.0).unwrap_or_else(|| locate::effect(&source.text, 0));
    let message = Text::new(
        format!("une entente ne peut employer `{}` ainsi : la salle ne saurait dire ce que l'entente ouvre", what.0),
        format!("an agreement can't use `{}` like this: the room couldn't tell what the agreement opens", what.0),
    );
    let help = Text::new(
        "comparez `context.date` et `context.epsilon` à des constantes, `context.owners` et `context.columns` à des ensembles, et le reste par `==` ou `in`",
        "hold `context.date` and `context.epsilon` against constants, `context.owners` and `context.columns` against sets, and the rest by `==` or `in`",
    );
    Mistake::new(source, place, message).with_help(help)
}

fn in_french(error: &ValidationError) -> &'static str {
    match error {
        ValidationError::UnrecognizedEntityType(_) => "le schéma n'a pas ce type d'entité",
        ValidationError::UnrecognizedActionId(_) => "le schéma n'a pas ce modèle d'analyse",
        ValidationError::InvalidActionApplication(_) => {
            "aucun modèle d'analyse ne correspond à ce demandeur et à cet auditoire"
        }
        ValidationError::UnexpectedType(_) | ValidationError::IncompatibleTypes(_) => {
            "ces valeurs ne sont pas du type voulu"
        }
        ValidationError::UnsafeAttributeAccess(_) => "le schéma n'a pas cet attribut",
        ValidationError::UnsafeOptionalAttributeAccess(_) => "cet attribut peut manquer ; vérifiez d'abord avec `has`",
        ValidationError::UndefinedFunction(_) => "Cedar n'a pas cette fonction",
        ValidationError::WrongNumberArguments(_) => "cette fonction ne reçoit pas le bon nombre de valeurs",
        ValidationError::FunctionArgumentValidation(_) => "cette fonction n'accepte pas cette valeur",
        ValidationError::InvalidEnumEntity(_) => "le schéma n'a pas cette valeur",
        ValidationError::HierarchyNotRespected(_) => "`in` ne peut lier ces deux types",
        ValidationError::EmptySetForbidden(_) => "un ensemble vide n'a pas de type",
        _ => "l'entente n'est pas conforme au schéma",
    }
}

/// Reports the entities that agreements name and that don't exist.
pub(super) fn names<'a>(names: &Names, parsed: impl Iterator<Item = &'a Parsed<'a>>, mistakes: &mut Vec<Mistake>) {
    for parsed in parsed {
        let mut literals = parsed.policy.entity_literals();
        literals.sort();
        literals.dedup();
        for entity in literals {
            let type_name = entity.type_name().to_string();
            let id: &str = entity.id().unescaped();
            let Some(known) = names.get(type_name.as_str()).filter(|known| !known.contains(id)) else { continue };
            let place = locate::entity(&parsed.source.text, &type_name, id);
            let place = place.unwrap_or_else(|| locate::effect(&parsed.source.text, 0));
            let message = Text::new(
                format!("{} `{id}` n'existe pas", kind_fr(&type_name)),
                format!("there is no {} `{id}`", kind_en(&type_name)),
            );
            let help = suggestion_after(mistakes, id, known.iter().map(String::as_str));
            mistakes.push(Mistake::new(parsed.source, place, message).with_help(help));
        }
    }
}

fn kind_fr(type_name: &str) -> &str {
    match type_name {
        "Member" => "le membre",
        "Group" => "le groupe",
        "Audience" => "l'auditoire",
        "Tag" => "l'étiquette",
        "Purpose" => "la finalité",
        "Column" => "la colonne",
        "User" => "la personne",
        other => other,
    }
}

fn kind_en(type_name: &str) -> &str {
    match type_name {
        "Member" => "member",
        "Group" => "group",
        "Audience" => "audience",
        "Tag" => "tag",
        "Purpose" => "purpose",
        "Column" => "column",
        "User" => "user",
        other => other,
    }
}
