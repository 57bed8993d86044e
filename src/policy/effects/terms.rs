//! The terms of a condition, read from the JSON form that Cedar gives of an agreement.
//!
//! The form is Cedar's own ("JSON policy format" in its documentation), so nothing here parses Cedar's text.

use cedar_policy::{Context, Entities, EntityUid, EvalResult, Expression, Request, eval_expression};
use serde_json::Value;

/// Something that an agreement can't say in this room; what, as it is written in Cedar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::policy) struct Unsupported(pub(in crate::policy) String);

/// What a condition compares.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Term {
    Asker,
    AskerMember,
    AskerRole,
    Audience,
    Owner,
    Shape,
    Declared,
    Template,
    Purpose,
    Owners,
    Columns,
    Epsilon,
    Date,
    Entity {
        kind: String,
        id: String,
    },
    Set(Vec<Term>),
    /// In 1e-4.
    Decimal(i64),
    /// Milliseconds since 1970, UTC.
    Moment(i64),
}

/// The one key of an object, and its value.
pub(super) fn operation(json: &Value) -> Result<(&str, &Value), Unsupported> {
    let object = json.as_object().filter(|object| object.len() == 1);
    let entry = object.and_then(|object| object.iter().next());
    entry.map(|(key, value)| (key.as_str(), value)).ok_or_else(|| Unsupported(short(json)))
}

/// The two sides of an operation.
pub(super) fn sides(json: &Value) -> Result<(&Value, &Value), Unsupported> {
    let pair = match json {
        Value::Array(arguments) => arguments.first().zip(arguments.get(1)),
        other => other.get("left").zip(other.get("right")),
    };
    pair.ok_or_else(|| Unsupported(short(json)))
}

fn short(json: &Value) -> String {
    json.to_string().chars().take(60).collect()
}

/// Reads a term.
pub(super) fn term(json: &Value) -> Result<Term, Unsupported> {
    let (key, value) = operation(json)?;
    match key {
        "Var" => match value.as_str() {
            Some("principal") => Ok(Term::Asker),
            Some("resource") => Ok(Term::Audience),
            Some("action") => Ok(Term::Template),
            _ => Err(Unsupported("context".to_owned())),
        },
        "." => attribute(value),
        "Value" => literal(value),
        "Set" => value.as_array().into_iter().flatten().map(term).collect::<Result<_, _>>().map(Term::Set),
        "decimal" => {
            argument(value).and_then(decimal).ok_or_else(|| Unsupported("decimal".to_owned())).map(Term::Decimal)
        }
        "datetime" => {
            argument(value).and_then(moment).ok_or_else(|| Unsupported("datetime".to_owned())).map(Term::Moment)
        }
        other => Err(Unsupported(other.to_owned())),
    }
}

fn attribute(json: &Value) -> Result<Term, Unsupported> {
    let name = json.get("attr").and_then(Value::as_str).unwrap_or_default();
    let of = json.get("left").and_then(|left| left.get("Var")).and_then(Value::as_str).unwrap_or_default();
    match (of, name) {
        ("principal", "member") => Ok(Term::AskerMember),
        ("principal", "role") => Ok(Term::AskerRole),
        ("resource", "owner") => Ok(Term::Owner),
        ("resource", "shape") => Ok(Term::Shape),
        ("resource", "columns") => Ok(Term::Declared),
        ("context", "purpose") => Ok(Term::Purpose),
        ("context", "owners") => Ok(Term::Owners),
        ("context", "columns") => Ok(Term::Columns),
        ("context", "epsilon") => Ok(Term::Epsilon),
        ("context", "date") => Ok(Term::Date),
        _ => Err(Unsupported(name.to_owned())),
    }
}

fn literal(json: &Value) -> Result<Term, Unsupported> {
    if let Some(items) = json.as_array() {
        return items.iter().map(literal).collect::<Result<_, _>>().map(Term::Set);
    }
    let entity = json.get("__entity").ok_or_else(|| Unsupported(short(json)))?;
    let part = |key: &str| entity.get(key).and_then(Value::as_str).map(str::to_owned);
    let (kind, id) = part("type").zip(part("id")).ok_or_else(|| Unsupported(short(json)))?;
    Ok(Term::Entity { kind, id })
}

/// The text that an extension's constructor is given.
fn argument(json: &Value) -> Option<&str> {
    json.get(0)?.get("Value")?.as_str()
}

/// A Cedar decimal, in 1e-4: Cedar has checked its form, digits before and one to four after the point.
fn decimal(text: &str) -> Option<i64> {
    let (whole, fraction) = text.split_once('.')?;
    let fraction = format!("{fraction:0<4}").parse::<i64>().ok()?;
    let units = whole.parse::<i64>().ok()?.checked_mul(10_000)?;
    if whole.starts_with('-') { units.checked_sub(fraction) } else { units.checked_add(fraction) }
}

/// A moment in milliseconds since 1970, by Cedar itself.
fn moment(text: &str) -> Option<i64> {
    // The text came from Cedar's own reading of an agreement and holds neither quotes nor escapes that it didn't accept.
    let quoted = serde_json::to_string(text).ok()?;
    let source = format!("datetime({quoted}).durationSince(datetime(\"1970-01-01\")).toMilliseconds()");
    let expression: Expression = source.parse().ok()?;
    let nobody: EntityUid = "User::\"nobody\"".parse().ok()?;
    let request = Request::new(nobody.clone(), nobody.clone(), nobody, Context::empty(), None).ok()?;
    match eval_expression(&request, &Entities::empty(), &expression) {
        Ok(EvalResult::Long(milliseconds)) => Some(milliseconds),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{decimal, moment};

    #[test]
    fn decimals_are_whole_units() {
        assert_eq!(decimal("0.1"), Some(1_000));
        assert_eq!(decimal("12.3456"), Some(123_456));
        assert_eq!(decimal("-0.5"), Some(-5_000));
        assert_eq!(decimal("922337203685477.5807"), Some(i64::MAX));
        assert_eq!(decimal("0,1"), None);
    }

    #[test]
    fn moments_are_milliseconds() {
        assert_eq!(moment("1970-01-02"), Some(86_400_000));
        assert_eq!(moment("1970-01-01T00:00:00.001Z"), Some(1));
        assert_eq!(moment("1970-01-01T00:00:00-0400"), Some(4 * 3_600_000));
        assert_eq!(moment("le 30 juin"), None);
    }
}
