//! `camerata hash`: a file of customers becomes a file of hashes, on the member's own machine.

use crate::{
    identity::{ColumnMap, Country, HashOptions, HashSummary, Input, Output, Profile, Progress, Selection, hash_file},
    model::{ColumnName, Language},
};
use indicatif::{ProgressBar, ProgressStyle};
use std::{
    io::{self, IsTerminal as _, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
};

/// Hash a customer export on this machine: e-mails and phones in, hashes out
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Export to hash: CSV, TSV or Parquet; - for standard input
    input: PathBuf,
    /// File of hashes to make, .csv or .parquet; - for CSV on standard output
    #[arg(long, value_name = "OUT", value_parser = output)]
    out: Output,
    /// How identifiers are normalised: google, meta or uid2
    #[arg(long, default_value = "google")]
    profile: Profile,
    /// Country of phone numbers written without a country code
    #[arg(long, default_value = "CA")]
    country: Country,
    /// Report of what was not taken: line, column, reason
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Vocabulary column to keep, and the export's name for it: genre=Style
    #[arg(long, value_name = "COLUMN[=NAME]", value_parser = column_map)]
    map: Vec<ColumnMap>,
    /// Column of e-mail addresses, where its name doesn't say so (repeatable)
    #[arg(long, value_name = "NAME", conflicts_with = "no_email")]
    email: Vec<String>,
    /// Column of phone numbers, where its name doesn't say so (repeatable)
    #[arg(long, value_name = "NAME", conflicts_with = "no_phone")]
    phone: Vec<String>,
    /// Leave e-mail addresses out
    #[arg(long, conflicts_with = "no_phone")]
    no_email: bool,
    /// Leave phone numbers out
    #[arg(long)]
    no_phone: bool,
    /// What separates cells, where it can't be told: , ; | or tab
    #[arg(long, value_name = "SIGN", value_parser = delimiter)]
    delimiter: Option<u8>,
}

fn output(text: &str) -> Result<Output, String> {
    if text == "-" {
        return Ok(Output::Stdout);
    }
    let extension = Path::new(text).extension().and_then(|extension| extension.to_str()).map(str::to_ascii_lowercase);
    match extension.as_deref() {
        Some("csv" | "parquet") => Ok(Output::Path(text.into())),
        _ => Err("the name must end in .csv or .parquet, or be -".to_owned()),
    }
}

fn column_map(text: &str) -> Result<ColumnMap, String> {
    let (name, from) = text.split_once('=').unwrap_or((text, text));
    let name = name.parse::<ColumnName>().map_err(|error| error.to_string())?;
    Ok(ColumnMap { name, from: from.to_owned() })
}

fn delimiter(text: &str) -> Result<u8, String> {
    match text {
        "," | ";" | "|" | "\t" => text.bytes().next().ok_or_else(String::new),
        "tab" | "TAB" | "\\t" => Ok(b'\t'),
        _ => Err("use , ; | or tab".to_owned()),
    }
}

impl Args {
    fn options(self, language: Language) -> HashOptions {
        let selection = |names: Vec<String>, none| match (none, names.is_empty()) {
            (true, _) => Selection::Ignore,
            (false, true) => Selection::Detect,
            (false, false) => Selection::Named(names),
        };
        let input = if self.input.as_os_str() == "-" { Input::Stdin } else { Input::Path(self.input) };
        HashOptions {
            input,
            output: self.out,
            profile: self.profile,
            country: self.country,
            report: self.report,
            columns: self.map,
            email: selection(self.email, self.no_email),
            phone: selection(self.phone, self.no_phone),
            delimiter: self.delimiter,
            language,
        }
    }
}

/// Runs the command.
///
/// # Errors
/// When the file can't be hashed; the message is in the language asked for.
pub fn run(args: Args, language: Language) -> anyhow::Result<ExitCode> {
    let options = args.options(language);
    let bar = bar();
    let show = |progress: Progress| {
        if let Some(total) = progress.bytes_total {
            bar.set_length(total);
        }
        bar.set_position(progress.bytes);
        bar.set_message(format!("{} {}", progress.rows, say(language, "rangées", "rows")));
    };
    let ended = hash_file(&options, &show);
    bar.finish_and_clear();
    let summary = ended.map_err(|error| anyhow::anyhow!(error.message(language)))?;
    // Standard output holds the hashes if asked to; words go beside it. Failing to say them is no failure to hash.
    let _ = io::stderr().lock().write_all(words(&summary, options.report.as_deref(), language).as_bytes());
    Ok(ExitCode::SUCCESS)
}

fn bar() -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:40} {bytes}/{total_bytes} {binary_bytes_per_sec} · {msg}");
    ProgressBar::no_length().with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

fn say(language: Language, fr: &'static str, en: &'static str) -> &'static str {
    match language {
        Language::Fr => fr,
        Language::En => en,
    }
}

fn words(summary: &HashSummary, report: Option<&Path>, language: Language) -> String {
    let colon = say(language, "\u{a0}:", ":");
    let rejected = summary.rejected.total();
    let mut text = format!(
        "{}{colon} {}\n{}{colon} {}\n{}{colon} {}\n{}{colon} {rejected}\n",
        say(language, "colonnes d’identifiants", "identifier columns"),
        summary.identifier_columns.join(", "),
        say(language, "rangées lues", "rows read"),
        summary.rows,
        say(language, "rangées prises", "rows taken"),
        summary.taken,
        say(language, "rangées refusées", "rows rejected"),
    );
    for (reason, count) in summary.rejected.iter() {
        text.push_str(&format!("  {}{colon} {count}\n", reason.words(language)));
    }
    if summary.left_out.total() > 0 {
        let title =
            say(language, "identifiants laissés de côté dans des rangées prises", "identifiers left out of rows taken");
        text.push_str(&format!("{title}{colon} {}\n", summary.left_out.total()));
        for (reason, count) in summary.left_out.iter() {
            text.push_str(&format!("  {}{colon} {count}\n", reason.words(language)));
        }
    }
    let left = rejected + summary.left_out.total();
    match report {
        Some(path) if left > 0 => {
            let title = say(language, "lesquelles et pourquoi", "which, and why");
            text.push_str(&format!("{title}{colon} {}\n", path.display()));
        }
        None if left > 0 => {
            let hint =
                say(language, "--report FICHIER dit lesquelles et pourquoi", "--report FILE tells which, and why");
            text.push_str(&format!("{hint}\n"));
        }
        _ => {}
    }
    text
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use clap::Parser as _;

    #[derive(Debug, clap::Parser)]
    struct Line {
        #[command(flatten)]
        args: Args,
    }

    fn options(line: &str) -> Result<HashOptions, clap::Error> {
        Line::try_parse_from(std::iter::once("hash").chain(line.split(' '))).map(|line| line.args.options(Language::En))
    }

    #[test]
    fn the_command_line_says_what_it_should() {
        let read = options("a.csv --out b.parquet --profile uid2 --country fr --map genre=Style --map region --email x --no-phone --delimiter tab").unwrap();
        assert_eq!((read.input, read.output), (Input::Path("a.csv".into()), Output::Path("b.parquet".into())));
        assert_eq!(
            (read.profile, read.country.to_string().as_str(), read.delimiter),
            (Profile::Uid2, "FR", Some(b'\t'))
        );
        assert_eq!(
            read.columns.iter().map(|map| (map.name.as_str(), map.from.as_str())).collect::<Vec<_>>(),
            [("genre", "Style"), ("region", "region")]
        );
        assert_eq!((read.email, read.phone), (Selection::Named(vec!["x".into()]), Selection::Ignore));
        let read = options("- --out -").unwrap();
        assert_eq!((read.input, read.output, read.email), (Input::Stdin, Output::Stdout, Selection::Detect));
        for wrong in [
            "a.csv",
            "a.csv --out b.txt",
            "a.csv --out b.csv --profile x",
            "a.csv --out b.csv --country zz",
            "a.csv --out b.csv --map É",
            "a.csv --out b.csv --delimiter ab",
            "a.csv --out b.csv --no-email --no-phone",
        ] {
            assert!(options(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_summary_is_in_both_languages() {
        use crate::identity::{Counts, Reason};
        let mut rejected = Counts::default();
        rejected.count(Reason::NotAnEmail);
        let mut left_out = Counts::default();
        left_out.count(Reason::NotAPhone);
        let summary = HashSummary {
            rows: 3,
            taken: 2,
            rejected,
            left_out,
            identifier_columns: vec!["Courriel".into()],
            columns: vec![],
        };
        let french = "colonnes d’identifiants\u{a0}: Courriel\nrangées lues\u{a0}: 3\nrangées prises\u{a0}: 2\nrangées refusées\u{a0}: 1\n  courriel invalide\u{a0}: 1\n\
            identifiants laissés de côté dans des rangées prises\u{a0}: 1\n  numéro de téléphone invalide\u{a0}: 1\nlesquelles et pourquoi\u{a0}: rapport.csv\n";
        assert_eq!(words(&summary, Some(Path::new("rapport.csv")), Language::Fr), french);
        let english = "identifier columns: Courriel\nrows read: 3\nrows taken: 2\nrows rejected: 1\n  not an e-mail address: 1\n\
            identifiers left out of rows taken: 1\n  not a phone number: 1\n--report FILE tells which, and why\n";
        assert_eq!(words(&summary, None, Language::En), english);
    }
}
