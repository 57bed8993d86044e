//! Which figures of `privacy.toml` differ between two versions, what that makes of a year's loss, and how that is said.

use crate::{
    cli::{context::choose, typography::label},
    gateway,
    model::{Language, YearLoss},
    policy::Policies,
};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use toml::{Table, Value};

/// One figure, before and after; `None` where it is absent.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct FigureChange {
    /// Its key, with its section: `caps.room_epsilon`.
    pub(super) key: String,
    pub(super) old: Option<Value>,
    pub(super) new: Option<Value>,
}

/// The figures that differ, by key.
///
/// # Errors
/// When one of the files isn't TOML.
pub(super) fn changed(old: &Policies, new: &Policies) -> Result<Vec<FigureChange>, toml::de::Error> {
    let (old, new) = (flat(old.privacy_toml().0)?, flat(new.privacy_toml().0)?);
    let keys: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let change = |key: &String| {
        let (old, new) = (old.get(key).cloned(), new.get(key).cloned());
        (old != new).then(|| FigureChange { key: key.clone(), old, new })
    };
    Ok(keys.into_iter().filter_map(change).collect())
}

/// What a year may lose, before and after.
pub(super) fn years(old: &Policies, new: &Policies) -> Vec<YearLoss> {
    gateway::years(old.privacy_toml().0, new.privacy_toml().0)
}

/// Every value by its full key.
fn flat(text: &str) -> Result<BTreeMap<String, Value>, toml::de::Error> {
    let mut values = BTreeMap::new();
    let mut open: Vec<(String, Table)> = vec![(String::new(), text.parse()?)];
    while let Some((above, table)) = open.pop() {
        for (key, value) in table {
            let key = if above.is_empty() { key } else { format!("{above}.{key}") };
            match value {
                Value::Table(below) => open.push((key, below)),
                value => {
                    values.insert(key, value);
                }
            }
        }
    }
    Ok(values)
}

/// The figures of `privacy.toml`: said either way, since they hold for all members alike.
pub(super) fn told(figures: &[FigureChange], years: &[YearLoss], language: Language) -> String {
    if figures.is_empty() {
        return choose(language, ("Les chiffres de privacy.toml restent.", "The figures of privacy.toml stay."))
            .to_owned();
    }
    let value = |value: &Option<toml::Value>| match value {
        Some(value) => value.to_string(),
        None => choose(language, ("absent", "absent")).to_owned(),
    };
    let title = (
        "Des chiffres de privacy.toml changent, pour tous les membres",
        "Figures of privacy.toml change, for all members",
    );
    let mut lines = vec![label(choose(language, title), language)];
    let line = |figure: &FigureChange| {
        format!("  {} {} → {}", label(&figure.key, language), value(&figure.old), value(&figure.new))
    };
    lines.extend(figures.iter().map(line));
    lines.extend(years.iter().map(|year| format!("{}.", year.sentence(language))));
    lines.join("\n")
}
