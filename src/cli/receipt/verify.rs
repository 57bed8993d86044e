//! `camerata receipt verify`: needs the file and the room's key, and no connection.

use crate::{
    cli::{
        connection::Kept,
        context::{Context, choose},
        environment,
        exit::Exit,
        typography as t,
    },
    model::{Delta, Language, Rho},
    proof::{Checkpoint, CheckpointError, PublicKey, Receipt, ReceiptError, ReceiptFile},
};
use anyhow::Context as _;
use serde_json::{Value, json};
use std::{fs, path::PathBuf, process::ExitCode};

#[derive(Debug, Clone, clap::Args)]
pub(super) struct Args {
    /// The receipt's file
    file: PathBuf,
    /// The room's public key [default: those of the rooms that this machine has spoken to]
    #[arg(long, value_name = "KEY")]
    key: Vec<PublicKey>,
    /// Print what the receipt states as JSON
    #[arg(long)]
    json: bool,
}

/// Runs the command.
///
/// # Errors
/// When the file can't be read.
pub(super) fn run(args: &Args, context: &Context) -> anyhow::Result<ExitCode> {
    let text = fs::read_to_string(&args.file).with_context(|| args.file.display().to_string())?;
    let keys = if args.key.is_empty() { known_keys() } else { args.key.clone() };
    let verified = match serde_json::from_str::<ReceiptFile>(&text) {
        Ok(file) => file.verify(&keys),
        Err(_) => Err(ReceiptError::Malformed),
    };
    match verified {
        Ok((receipt, checkpoint)) => {
            if args.json {
                context.print_json(&json!({ "holds": true, "receipt": receipt, "log_size": checkpoint.size }))?;
            } else {
                context.print(told(&receipt, &checkpoint, context.language))?;
            }
            Ok(Exit::Done.into())
        }
        Err(error) => {
            if args.json {
                context.print_json(&json!({ "holds": false, "why": error.to_string() }))?;
            } else {
                context.print(refused(&error, keys.is_empty(), context.language))?;
            }
            Ok(Exit::LogBroken.into())
        }
    }
}

/// The keys of every room that this machine has spoken to.
fn known_keys() -> Vec<PublicKey> {
    let rooms = fs::read_dir(environment::state_folder().join("rooms"));
    let kept = rooms.into_iter().flatten().flatten().filter_map(|entry| fs::read_to_string(entry.path()).ok());
    let kept = kept.filter_map(|text| serde_json::from_str::<Kept>(&text).ok());
    kept.flat_map(|kept| kept.earlier.into_iter().chain([kept.key])).filter_map(|key| key.parse().ok()).collect()
}

fn told(receipt: &Receipt, checkpoint: &Checkpoint, language: Language) -> String {
    let say = |fr, en| choose(language, (fr, en));
    let text = |name: &str| receipt.question.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let audiences: Vec<String> = receipt
        .versions
        .as_object()
        .into_iter()
        .flatten()
        .map(|(audience, version)| format!("{audience} ({} {version})", say("version", "version")))
        .collect();
    let rho = t::real(Rho::from_units(receipt.rho).as_f64(), language);
    let mut rows = vec![
        (say("Réponse", "Answer"), receipt.answer.to_string()),
        (say("Demandée par", "Asked by"), format!("{}/{}", receipt.by.member, receipt.by.user)),
        (say("Le", "On"), receipt.recorded.clone()),
        (say("Modèle", "Template"), format!("{} ({})", text("template"), short(&receipt.template))),
        (say("Auditoires", "Audiences"), audiences.join(", ")),
        (say("Finalité", "Purpose"), text("purpose")),
        (say("Politiques", "Policies"), short(&receipt.policy)),
        (say("Perte", "Loss"), format!("ρ = {rho}")),
        (say("Journal", "Log"), receipt.origin.clone()),
    ];
    if receipt.delta > 0 {
        rows.insert(8, (say("et δ", "and δ"), format!("{:e}", Delta::from_units(receipt.delta).as_f64())));
    }
    let rows: Vec<String> = rows.iter().map(|(name, value)| format!("  {name:<13} {value}")).collect();
    let (entry, size) = (t::count(receipt.entry, language), t::count(checkpoint.size, language));
    let (title, log) = match language {
        Language::Fr => (
            "Le reçu est authentique : la salle l’a signé, et la réponse est celle pour laquelle il a été donné.",
            format!("Le journal le contient : entrée {entry} sur {size}, sous une racine que la salle a signée."),
        ),
        Language::En => (
            "The receipt is genuine: the room signed it, and the answer is the one that it was given for.",
            format!("The log contains it: entry {entry} of {size}, under a root that the room signed."),
        ),
    };
    format!("{title}\n{}\n{log}", rows.join("\n"))
}

fn short(hash: &str) -> String {
    hash.chars().take(12).collect()
}

fn refused(error: &ReceiptError, no_keys: bool, language: Language) -> String {
    let words = match error {
        ReceiptError::Malformed => {
            ("ce fichier n’est pas un reçu de Camerata", "this file is not a receipt of Camerata")
        }
        ReceiptError::Unsigned | ReceiptError::Checkpoint(CheckpointError::Unsigned) if no_keys => (
            "cette machine ne connaît la clé d’aucune salle : donnez-la avec --key",
            "this machine knows the key of no room: give it with --key",
        ),
        ReceiptError::Unsigned => (
            "aucune clé connue ne l’a signé : est-ce une autre salle?",
            "no known key signed it: is it another room's?",
        ),
        ReceiptError::Forged => ("il a été modifié après sa signature", "it was changed after it was signed"),
        ReceiptError::OtherAnswer => (
            "la réponse jointe n’est pas celle pour laquelle il a été donné",
            "the answer beside it is not the one that it was given for",
        ),
        ReceiptError::Checkpoint(_) => {
            ("le point de contrôle joint n’est pas de la salle", "the checkpoint beside it is not the room's")
        }
        ReceiptError::NotInTheLog => ("le journal ne le contient pas", "the log does not contain it"),
        ReceiptError::OtherEntry => ("l’entrée du journal dit autre chose", "the log's entry says something else"),
    };
    format!(
        "{} {}",
        choose(language, ("Le reçu ne tient pas :", "The receipt does not hold:")),
        choose(language, words)
    )
}
