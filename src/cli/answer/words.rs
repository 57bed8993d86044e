//! The names of parts of a release and of derived figures.

use crate::{cli::context::choose, model::Language};

/// The name of a part of a release.
pub fn part(name: &str, language: Language) -> String {
    let words = match name {
        "persons" => ("personnes", "persons"),
        "sum" => ("somme", "sum"),
        "rows" => ("premier, en tout", "first, in all"),
        "columns" => ("second, en tout", "second, in all"),
        "total" => ("en tout", "in all"),
        "quantiles" => ("quantiles", "quantiles"),
        "top" => ("premiers", "top"),
        other => return other.to_owned(),
    };
    choose(language, words).to_owned()
}

/// The name of a derived figure.
pub(super) fn derived_name(name: &str, language: Language) -> String {
    let words = match name {
        "total" => ("Total", "Total"),
        "share" => ("Part", "Share"),
        "known_share" => ("Part connue", "Share known"),
        "affinity" => ("Affinité", "Affinity"),
        "size" => ("Taille", "Size"),
        "intersection" => ("Dans tous", "In all of them"),
        "union" => ("Dans l’un au moins", "In any of them"),
        "match_rate" => ("Taux de correspondance", "Match rate"),
        "jaccard" => ("Ressemblance (Jaccard)", "Similarity (Jaccard)"),
        "incremental_reach" => ("Portée ajoutée", "Incremental reach"),
        "difference" => ("Différence", "Difference"),
        "ratio" => ("Rapport", "Ratio"),
        "at_least" => ("Au moins", "At least"),
        "mean" => ("Moyenne", "Mean"),
        other => return other.to_owned(),
    };
    choose(language, words).to_owned()
}
