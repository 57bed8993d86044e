//! Formatting agreements, by Cedar's own formatter. Nothing is written here.

use super::{
    check,
    files::{Files, SCHEMA},
    folder::{self, Source},
    mistake::{Mistake, PolicyErrors},
};
use crate::model::Text;
use cedar_policy::PolicySet;
use cedar_policy_formatter::{Config, policies_str_to_pretty};
use std::path::{Path, PathBuf};

/// Columns that a line of an agreement takes at most, where it can be broken. Comments are left as they are.
const LINE_WIDTH: usize = 100;
/// Spaces of an indent.
const INDENT_WIDTH: isize = 2;

/// A file as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Formatted {
    /// The file.
    pub path: PathBuf,
    /// Its text: UTF-8 without a byte-order mark, lines that end in `\n`.
    pub text: String,
    /// Whether the file is otherwise now.
    pub changed: bool,
}

/// Formats every agreement of a folder. Of the schema only the encoding and line ends are put right: Cedar's formatter is for
/// policies, and what prints a schema drops its comments.
///
/// The errors are those of files that are left alone: they can't be read, aren't Cedar, or would lose something. The others are
/// formatted all the same.
pub fn format(dir: &Path) -> (Vec<Formatted>, Option<PolicyErrors>) {
    let mut mistakes = Vec::new();
    let files = Files::read(dir, &mut mistakes);
    let mut formatted = Vec::new();
    for (name, bytes) in files.bytes {
        let agreement = name.ends_with(".cedar");
        if !agreement && name != SCHEMA {
            continue;
        }
        let path = dir.join(&name);
        let Some(source) = folder::decode(path.clone(), bytes.clone(), &mut mistakes) else { continue };
        let text = if agreement { agreement_text(&source) } else { Ok(source.text.to_string()) };
        match text {
            Ok(text) => formatted.push(Formatted { path, changed: text.as_bytes() != bytes, text }),
            Err(mistake) => mistakes.push(*mistake),
        }
    }
    (formatted, PolicyErrors::from_mistakes(mistakes).err())
}

fn agreement_text(source: &Source) -> Result<String, Box<Mistake>> {
    // The formatter's errors have no place; Cedar's have one.
    if let Err(errors) = source.text.parse::<PolicySet>() {
        return Err(Box::new(check::from_cedar(source, &errors, "l'entente n'est pas du Cedar valide")));
    }
    let config = Config { line_width: LINE_WIDTH, indent_width: INDENT_WIDTH };
    // It makes sure itself that what it writes means the same.
    let text = policies_str_to_pretty(&source.text, &config).map_err(|error| {
        let detail = error.to_string();
        Box::new(unformatted(source, &Text::new(format!("Cedar : {detail}"), detail)))
    })?;
    if comments(&source.text) != comments(&text) {
        let why = Text::new("un commentaire y serait perdu ou déplacé", "a comment would be lost or moved");
        return Err(Box::new(unformatted(source, &why)));
    }
    Ok(text)
}

/// The comments, in their order.
fn comments(text: &str) -> Vec<String> {
    super::locate::comments(text).map(|comment| comment.trim_end().to_owned()).collect()
}

fn unformatted(source: &Source, why: &Text) -> Mistake {
    let message = Text::new(
        format!("l'entente est laissée comme elle est : {}", why.fr),
        format!("the agreement is left as it is: {}", why.en),
    );
    let help = Text::new(
        "mettez les commentaires sur leurs propres lignes, avant ce dont ils parlent",
        "put comments on lines of their own, before what they are about",
    );
    Mistake::new(source, 0..0, message).with_help(help)
}
