//! Whether the figures of a release make sense by themselves.

use super::{Domain, ReleaseKind};
use crate::{
    model::{Fraction, Text},
    template::mistake::Words,
};
use std::collections::BTreeMap;

/// Most cells of a release: what a page can show and the noise is drawn for within a second.
pub(in super::super) const CELLS_MAX: u64 = 10_000;
/// Most cells that one person may reach: beyond it the noise drowns everything.
const KEYS_MAX: u32 = 100;
/// Greatest contribution of one person to a sum: 100,000 dollars in cents.
const VALUE_MAX: i64 = 10_000_000;

/// Greatest candidate of a quantile, either way: far within what 64 bits hold.
const QUANTILE_MAX: i64 = 1_000_000_000_000_000;

/// A message and what to do about it.
type Mistake = (Text, Text);

impl ReleaseKind {
    /// Whether the figures make sense by themselves; whether the result has the columns is the checker's to say.
    ///
    /// # Errors
    /// What is wrong, and what to do.
    pub(super) fn check(&self) -> Result<(), Mistake> {
        let wrong = |message: Words, help: Words| Err((message.into(), help.into()));
        let reach = |keys_max: u32| (1..=KEYS_MAX).contains(&keys_max);
        let distinct = |keys: &[String]| keys.iter().collect::<std::collections::BTreeSet<_>>().len() == keys.len();
        match self {
            Self::Count {} | Self::Cells {} => Ok(()),
            Self::Histogram { keys, keys_max, domains, .. } => {
                keyed(keys, domains, 1)?;
                if reach(*keys_max) {
                    Ok(())
                } else {
                    wrong(
                        ("`keys_max` est hors de son étendue", "`keys_max` is out of its range"),
                        ("donnez de 1 à 100", "give 1 to 100"),
                    )
                }
            }
            Self::Top { keys, k, domains } => {
                keyed(keys, domains, 1)?;
                if reach(*k) {
                    Ok(())
                } else {
                    wrong(
                        ("`k` est hors de son étendue", "`k` is out of its range"),
                        ("donnez de 1 à 100", "give 1 to 100"),
                    )
                }
            }
            Self::Frequency { max } if (1..=1_000).contains(max) => Ok(()),
            Self::Frequency { .. } => wrong(
                ("`max` est hors de son étendue", "`max` is out of its range"),
                ("donnez de 1 à 1000", "give 1 to 1000"),
            ),
            Self::Sum { min, max, keys, keys_max, domains, .. } => {
                keyed(keys, domains, 0)?;
                if !reach(*keys_max) || (keys.is_empty() && *keys_max != 1) {
                    return wrong(
                        ("`keys_max` est hors de son étendue", "`keys_max` is out of its range"),
                        (
                            "donnez de 1 à 100, et 1 là où il n’y a pas de clés",
                            "give 1 to 100, and 1 where there are no keys",
                        ),
                    );
                }
                let sound = min < max && *min >= -VALUE_MAX && *max <= VALUE_MAX;
                if sound {
                    Ok(())
                } else {
                    wrong(
                        ("`min` et `max` ne bornent pas une valeur", "`min` and `max` don't bound a value"),
                        (
                            "donnez min < max, à 10000000 au plus de part et d’autre",
                            "give min < max, within 10000000 either way",
                        ),
                    )
                }
            }
            Self::Quantiles { min, max, step, quantiles, .. } => {
                let sound = min < max && *step > 0 && *min >= -QUANTILE_MAX && *max <= QUANTILE_MAX;
                let candidates = if sound { max.abs_diff(*min) / u64::from(*step) + 1 } else { u64::MAX };
                if candidates > CELLS_MAX {
                    return wrong(
                        ("les candidats n’ont pas de sens", "the candidates make no sense"),
                        (
                            "donnez min < max et un pas qui fait au plus 10000 candidats",
                            "give min < max and a step that makes at most 10000 candidates",
                        ),
                    );
                }
                let proper = |f: &Fraction| f.numerator > 0 && f.numerator < f.denominator && f.denominator <= 1_000;
                if quantiles.is_empty() || quantiles.len() > 20 || !quantiles.iter().all(proper) {
                    return wrong(
                        ("les quantiles n’ont pas de sens", "the quantiles make no sense"),
                        (
                            "donnez de 1 à 20 fractions comme { numerator = 1, denominator = 2 }",
                            "give 1 to 20 fractions such as { numerator = 1, denominator = 2 }",
                        ),
                    );
                }
                Ok(())
            }
            Self::Threshold { keys_max, .. } => {
                if reach(*keys_max) {
                    Ok(())
                } else {
                    wrong(
                        ("`keys_max` est hors de son étendue", "`keys_max` is out of its range"),
                        ("donnez de 1 à 100", "give 1 to 100"),
                    )
                }
            }
            Self::Crosstab { rows, columns, rows_max, columns_max } => {
                if rows == columns {
                    return wrong(
                        ("les rangées et les colonnes sont les mêmes", "rows and columns are the same"),
                        ("nommez deux colonnes du résultat", "name two columns of the result"),
                    );
                }
                let sound = reach(*rows_max) && reach(*columns_max);
                if sound {
                    Ok(())
                } else {
                    wrong(
                        (
                            "`rows_max` ou `columns_max` est hors de son étendue",
                            "`rows_max` or `columns_max` is out of its range",
                        ),
                        ("donnez de 1 à 100", "give 1 to 100"),
                    )
                }
            }
            Self::Marginals { columns } => {
                let sound = (2..=10).contains(&columns.len()) && distinct(columns);
                if sound {
                    Ok(())
                } else {
                    wrong(
                        (
                            "des marginales sont de 2 à 10 colonnes différentes",
                            "marginals are of 2 to 10 different columns",
                        ),
                        (
                            "nommez-en autant; une seule fait un histogramme",
                            "name that many; a single one is a histogram",
                        ),
                    )
                }
            }
        }
    }
}

impl ReleaseKind {
    /// What this kind of release offers to compute.
    pub(super) fn computable(&self) -> Text {
        let known: Vec<&str> = self.derivable().iter().map(|one| one.as_str()).collect();
        if known.is_empty() {
            return Text::new(
                "rien ne se calcule de cette sorte de publication : enlevez `derived`",
                "nothing is computed from this kind of release: leave `derived` out",
            );
        }
        let known = known.join(", ");
        Text::new(
            format!("cette sorte de publication a, une fois chacun : {known}"),
            format!("this kind of release has, once each: {known}"),
        )
    }
}

fn keyed(keys: &[String], domains: &BTreeMap<String, Domain>, least: usize) -> Result<(), Mistake> {
    let distinct: std::collections::BTreeSet<_> = keys.iter().collect();
    if keys.len() < least || keys.len() > 3 || distinct.len() != keys.len() {
        let help = (
            format!("nommez de {least} à 3 colonnes différentes du résultat"),
            format!("name {least} to 3 different columns of the result"),
        );
        return Err((("les clés n’ont pas de sens", "the keys make no sense").into(), help.into()));
    }
    if let Some(stray) = domains.keys().find(|name| !keys.contains(name)) {
        let message =
            (format!("`{stray}` a un domaine et n’est pas une clé"), format!("`{stray}` has a domain and is no key"));
        return Err((message.into(), ("nommez-la parmi les clés", "name it among the keys").into()));
    }
    let sound = |domain: &Domain| domain.min <= domain.max && domain.max.abs_diff(domain.min) < CELLS_MAX;
    match domains.iter().find(|(_, domain)| !sound(domain)) {
        Some((name, _)) => Err((
            Text::new(
                format!("le domaine de `{name}` n’a pas de sens"),
                format!("the domain of `{name}` makes no sense"),
            ),
            Text::new(
                "donnez min <= max, à 10000 valeurs au plus l’un de l’autre",
                "give min <= max, at most 10000 values apart",
            ),
        )),
        None => Ok(()),
    }
}
