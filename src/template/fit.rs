//! Whether a checked query yields what its release needs: the named columns, of kinds that can be counted or added.

use super::check::CheckedTemplate;
use super::local::Kind;
use super::manifest::{Derived, Manifest, ReleaseKind};

/// What is wrong, for a refusal.
type Misfit = String;

/// Looks at the result's columns.
///
/// # Errors
/// What the release lacks or has no use for.
pub(super) fn fit(checked: &CheckedTemplate, manifest: &Manifest) -> Result<(), Misfit> {
    let fit = Fit { checked };
    match &manifest.release {
        ReleaseKind::Count {} | ReleaseKind::Frequency { .. } => fit.only(&[])?,
        ReleaseKind::Histogram { keys, domains, .. } | ReleaseKind::Top { keys, domains, .. } => {
            fit.only(&names(keys))?;
            fit.keys(keys, |name| domains.contains_key(name))?;
        }
        ReleaseKind::Cells {} => {
            fit.only(&["audience"])?;
            if fit.kind("audience")? != &Kind::Audience {
                return Err("`audience` isn't that of a parameter that stands for several audiences".into());
            }
        }
        ReleaseKind::Sum { value, keys, domains, .. } => {
            let columns: Vec<&str> = names(keys).into_iter().chain([value.as_str()]).collect();
            fit.only(&columns)?;
            fit.number(value)?;
            fit.keys(keys, |name| domains.contains_key(name))?;
        }
        ReleaseKind::Quantiles { value, .. } => {
            fit.only(&[value])?;
            fit.number(value)?;
            fit.once("quantiles are of one value a person")?;
        }
        ReleaseKind::Threshold { key, .. } => {
            fit.only(&[key])?;
            if !matches!(fit.kind(key)?, Kind::Number { .. } | Kind::Date) {
                return Err(format!(
                    "`{key}` isn't a number or a date; the values of a category are public, and make a histogram"
                ));
            }
        }
        ReleaseKind::Crosstab { rows, columns, .. } => {
            fit.only(&[rows, columns])?;
            fit.keys(&[rows.clone(), columns.clone()], |_| false)?;
        }
        ReleaseKind::Marginals { columns } => {
            fit.only(&names(columns))?;
            fit.keys(columns, |_| false)?;
            fit.once("marginals are of one row a person")?;
        }
    }
    let known = |name: &&String| *name == "unknown" || fit.kind(name).is_ok();
    if let Some(stray) = manifest.titles.keys().find(|name| !known(name)) {
        return Err(format!("`titles` names `{stray}`, which is no column of the result"));
    }
    derivable(checked, manifest)
}

/// Totals and shares need cells that no person is in twice.
fn derivable(checked: &CheckedTemplate, manifest: &Manifest) -> Result<(), Misfit> {
    let ReleaseKind::Histogram { keys, keys_max, unknown, .. } = &manifest.release else {
        return Ok(());
    };
    let fit = Fit { checked };
    let disjoint = *keys_max == 1 || checked.unique_person();
    for derived in &manifest.derived {
        let wrong = match derived {
            Derived::Total | Derived::Share | Derived::KnownShare | Derived::Affinity if !disjoint => {
                "a person may be in several cells (`keys_max` is more than 1), so they can't be added up"
            }
            Derived::KnownShare if !unknown => "`known_share` needs `unknown = true`",
            Derived::Affinity if *unknown => "`affinity` needs keys without `unknown`",
            Derived::Affinity => {
                let first = keys.first().and_then(|first| fit.kind(first).ok());
                if keys.len() == 2 && first == Some(&Kind::Boolean) {
                    continue;
                }
                "`affinity` needs two keys, of which the first is yes or no"
            }
            _ => continue,
        };
        return Err(wrong.into());
    }
    Ok(())
}

fn names(names: &[String]) -> Vec<&str> {
    names.iter().map(String::as_str).collect()
}

struct Fit<'a> {
    checked: &'a CheckedTemplate,
}

impl Fit<'_> {
    fn kind(&self, name: &str) -> Result<&Kind, Misfit> {
        let found = self.checked.outputs().iter().find(|(output, _)| output.as_str() == name);
        found.map(|(_, kind)| kind).ok_or_else(|| format!("the result has no column `{name}`, which the release needs"))
    }

    /// `person` and these columns: whatever else a row carries would be of no use, or can't be bounded.
    fn only(&self, names: &[&str]) -> Result<(), Misfit> {
        for name in names {
            self.kind(name)?;
        }
        let stray = self
            .checked
            .outputs()
            .iter()
            .map(|(name, _)| name)
            .find(|name| !name.is_person() && !names.contains(&name.as_str()));
        match stray {
            Some(stray) => Err(format!("the result has a column `{}` that the release has no use for", stray.as_str())),
            None => Ok(()),
        }
    }

    fn keys(&self, keys: &[String], has_domain: impl Fn(&str) -> bool) -> Result<(), Misfit> {
        for key in keys {
            match (self.kind(key)?, has_domain(key)) {
                (Kind::Category(_) | Kind::Boolean | Kind::Audience, false) | (Kind::Number { .. }, true) => {}
                (Kind::Number { .. }, false) => {
                    return Err(format!(
                        "the key `{key}` is a number without a range: add domains.{key} = {{ min = …, max = … }}"
                    ));
                }
                (Kind::Person | Kind::Date, _) => {
                    return Err(format!(
                        "`{key}` can't be a public key: take months or weeks, as numbers, or a threshold release"
                    ));
                }
                (_, true) => return Err(format!("the key `{key}` has its own values: take its domain out")),
            }
        }
        Ok(())
    }

    fn number(&self, name: &str) -> Result<(), Misfit> {
        match self.kind(name)? {
            Kind::Number { .. } => Ok(()),
            _ => Err(format!("`{name}` isn't a number or an amount")),
        }
    }

    fn once(&self, why: &str) -> Result<(), Misfit> {
        if self.checked.unique_person() {
            return Ok(());
        }
        Err(format!(
            "{why}, and the result may have several: GROUP BY person, or take lists alone (`shape = \"list\"`)"
        ))
    }
}
