//! Whether a checked query yields what its release needs: the named columns, of kinds that can be counted or added.

use super::check::CheckedTemplate;
use super::local::Kind;
use super::manifest::{Derived, Manifest, ReleaseKind};
use super::mistake::Words;
use crate::model::Text;

/// What is wrong, for a refusal.
type Misfit = Text;

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
                return Err(Text::new(
                    "`audience` n’est pas celle d’un paramètre qui représente plusieurs auditoires",
                    "`audience` isn't that of a parameter that stands for several audiences",
                ));
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
            fit.once(("les quantiles sont d’une valeur par personne", "quantiles are of one value a person"))?;
        }
        ReleaseKind::Threshold { key, .. } => {
            fit.only(&[key])?;
            if !matches!(fit.kind(key)?, Kind::Number { .. } | Kind::Date) {
                return Err(Text::new(
                    format!(
                        "`{key}` n’est ni un nombre ni une date; les valeurs d’une catégorie sont publiques, et font un histogramme"
                    ),
                    format!(
                        "`{key}` isn't a number or a date; the values of a category are public, and make a histogram"
                    ),
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
            fit.once(("les marginales sont d’une rangée par personne", "marginals are of one row a person"))?;
        }
    }
    let derived = |name: &str| manifest.derived.iter().any(|derived| derived.as_str() == name);
    let known = |name: &&String| *name == "unknown" || derived(name) || fit.kind(name).is_ok();
    if let Some(stray) = manifest.titles.keys().find(|name| !known(name)) {
        return Err(Text::new(
            format!("`titles` nomme `{stray}`, qui n’est ni une colonne du résultat ni un chiffre dérivé"),
            format!("`titles` names `{stray}`, which is neither a column of the result nor a derived figure"),
        ));
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
            Derived::Total | Derived::Share | Derived::KnownShare | Derived::Affinity if !disjoint => (
                "une personne peut être dans plusieurs cases (`keys_max` dépasse 1) : elles ne s’additionnent pas",
                "a person may be in several cells (`keys_max` is more than 1), so they can't be added up",
            ),
            Derived::KnownShare if !unknown => {
                ("`known_share` a besoin d’`unknown = true`", "`known_share` needs `unknown = true`")
            }
            Derived::Affinity if *unknown => {
                ("`affinity` a besoin de clés sans `unknown`", "`affinity` needs keys without `unknown`")
            }
            Derived::Affinity => {
                let first = keys.first().and_then(|first| fit.kind(first).ok());
                if keys.len() == 2 && first == Some(&Kind::Boolean) {
                    continue;
                }
                (
                    "`affinity` a besoin de deux clés, dont la première est oui ou non",
                    "`affinity` needs two keys, of which the first is yes or no",
                )
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
        found.map(|(_, kind)| kind).ok_or_else(|| {
            Text::new(
                format!("le résultat n’a pas de colonne `{name}`, dont la publication a besoin"),
                format!("the result has no column `{name}`, which the release needs"),
            )
        })
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
            Some(stray) => Err(Text::new(
                format!("le résultat a une colonne `{}` qui ne sert pas à la publication", stray.as_str()),
                format!("the result has a column `{}` that the release has no use for", stray.as_str()),
            )),
            None => Ok(()),
        }
    }

    fn keys(&self, keys: &[String], has_domain: impl Fn(&str) -> bool) -> Result<(), Misfit> {
        for key in keys {
            match (self.kind(key)?, has_domain(key)) {
                (Kind::Category(_) | Kind::Boolean | Kind::Audience, false) | (Kind::Number { .. }, true) => {}
                (Kind::Number { .. }, false) => {
                    return Err(Text::new(
                        format!(
                            "la clé `{key}` est un nombre sans étendue : ajoutez domains.{key} = {{ min = …, max = … }}"
                        ),
                        format!(
                            "the key `{key}` is a number without a range: add domains.{key} = {{ min = …, max = … }}"
                        ),
                    ));
                }
                (Kind::Person | Kind::Date, _) => {
                    return Err(Text::new(
                        format!(
                            "`{key}` ne peut être une clé publique : prenez des mois ou des semaines, en nombres, ou une publication `threshold`"
                        ),
                        format!(
                            "`{key}` can't be a public key: take months or weeks, as numbers, or a threshold release"
                        ),
                    ));
                }
                (_, true) => {
                    return Err(Text::new(
                        format!("la clé `{key}` a ses propres valeurs : enlevez son domaine"),
                        format!("the key `{key}` has its own values: take its domain out"),
                    ));
                }
            }
        }
        Ok(())
    }

    fn number(&self, name: &str) -> Result<(), Misfit> {
        match self.kind(name)? {
            Kind::Number { .. } => Ok(()),
            _ => Err(Text::new(
                format!("`{name}` n’est ni un nombre ni un montant"),
                format!("`{name}` isn't a number or an amount"),
            )),
        }
    }

    fn once(&self, why: Words) -> Result<(), Misfit> {
        if self.checked.unique_person() {
            return Ok(());
        }
        Err(Text::new(
            format!(
                "{}, et le résultat peut en avoir plusieurs : écrivez GROUP BY person, ou ne prenez que des listes (`shape = \"list\"`)",
                why.0
            ),
            format!(
                "{}, and the result may have several: GROUP BY person, or take lists alone (`shape = \"list\"`)",
                why.1
            ),
        ))
    }
}
