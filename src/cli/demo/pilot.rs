//! `camerata demo`: a pilot room with five members, made by the very commands that members use.

use super::{check, exports, people};
use crate::{
    cli::{connection::Token, context::Context, exit::Exit, init::runtime, serve},
    gateway::{self, Room},
    model::{Clock, MemberName, Role, SystemClock},
    people::{DAYS_MAX, Grant, Invitation},
    policy::Policies,
    web,
};
use anyhow::{Context as _, bail, ensure};
use std::{
    collections::BTreeMap,
    fs,
    io::{self, Write},
    net::{IpAddr, Ipv4Addr},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio},
    sync::Arc,
    time::Instant,
};

/// Says that a folder was made by this command, and so may be made anew by it.
const MARK: &str = ".camerata-demo";
/// Says that the pilot was made whole.
const READY: &str = ".ready";

/// Make a pilot room of five members with generated people, and serve it
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folder of the pilot; used again if it is there
    #[arg(long, default_value = "camerata-demo")]
    dir: PathBuf,
    /// Port to listen on
    #[arg(long, default_value_t = 8100, env = "CAMERATA_PORT")]
    port: u16,
    /// How many people to generate
    #[arg(long, default_value_t = 300_000, value_parser = clap::value_parser!(u32).range(100_000..=20_000_000))]
    people: u32,
    /// What the people are generated from: the same seed, the same people
    #[arg(long, default_value_t = 1, value_name = "NUMBER")]
    seed: u64,
    /// Walk the whole path over HTTP, print each step, and exit 0 only if every one held
    #[arg(long)]
    check: bool,
}

/// The tokens of the pilot's users, by `member-role`.
type Tokens = BTreeMap<String, String>;

/// Runs the command.
///
/// # Errors
/// When the pilot can't be made or served, or, with `--check`, when a step doesn't hold.
pub fn run(args: &Args, context: &Context) -> anyhow::Result<ExitCode> {
    runtime()?.block_on(async {
        let listener = serve::listen(IpAddr::V4(Ipv4Addr::LOCALHOST), args.port, context).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let made = fs::exists(args.dir.join(READY))?;
        if !made {
            prepare(&args.dir, context)?;
            gateway::found(&args.dir.join("room"), &SystemClock).await?;
        }
        let room = match serve::open(&args.dir.join("room"), context).await? {
            Ok(room) => room,
            Err(exit) => return Ok(exit.into()),
        };
        let (ended, end) = tokio::sync::oneshot::channel::<()>();
        let door = serve::door(&args.dir.join("room"), IpAddr::V4(Ipv4Addr::LOCALHOST), context)?;
        let served = tokio::spawn(door.serve(Arc::clone(&room), web::router, listener, async {
            tokio::select! { () = serve::stopped() => {}, _ = end => {} }
        }));
        let tokens = if made { read_tokens(&args.dir)? } else { issue(&args.dir, &room).await? };
        if !made {
            let (args_dir, count, seed) = (args.dir.clone(), args.people, args.seed);
            let (url, tokens, context) = (url.clone(), tokens.clone(), *context);
            let filled = tokio::task::spawn_blocking(move || fill(&args_dir, count, seed, &url, &tokens, &context));
            filled.await??;
            fs::write(args.dir.join(READY), "")?;
        }
        if args.check {
            let (url, context) = (url.clone(), *context);
            let walked = tokio::task::spawn_blocking(move || walk(&url, &tokens, &context)).await?;
            let _ = ended.send(());
            served.await??;
            walked?;
        } else {
            let page = page(&room, &url, context).await?;
            welcome(args, (&url, &page), context);
            served.await??;
        }
        Ok(Exit::Done.into())
    })
}

/// Where whoever runs the pilot sees its pages: an invitation to the festival's marketing; once they have taken it, the sign-in.
async fn page(room: &Room, url: &str, context: &Context) -> anyhow::Result<String> {
    const EMAIL: &str = "essai@festival.example.ca";
    let festival: MemberName = "festival".parse()?;
    if room.people.users(&festival).await?.iter().any(|user| user.email.as_deref() == Some(EMAIL)) {
        return Ok(format!("{url}/sign-in ({EMAIL})"));
    }
    let roles = [Role::Marketer].into();
    let invitation = Invitation { member: festival, email: EMAIL.to_owned(), language: context.language, roles };
    let (_, link) = room.people.invite(None, &invitation).await?;
    let secret = link.as_deref().and_then(|link| link.rsplit('/').next()).context("the invitation has a link")?;
    Ok(format!("{url}/invitation/{secret}"))
}

/// A new folder, or one that an earlier, interrupted run of this command began.
fn prepare(dir: &Path, context: &Context) -> anyhow::Result<()> {
    if fs::exists(dir)? {
        let empty = fs::read_dir(dir)?.next().is_none();
        ensure!(
            empty || fs::exists(dir.join(MARK))?,
            "{} {}",
            dir.display(),
            context.say(
                "n'est pas vide et n'est pas un pilote : nommez un autre dossier avec --dir",
                "is not empty and not a pilot: name another folder with --dir"
            )
        );
        fs::remove_dir_all(dir)?;
    }
    fs::create_dir_all(dir).with_context(|| dir.display().to_string())?;
    Ok(fs::write(dir.join(MARK), "")?)
}

/// A marketer, an officer and a steward for each member; their tokens are kept in the pilot's folder.
async fn issue(dir: &Path, room: &Room) -> anyhow::Result<Tokens> {
    let folder = dir.join("tokens");
    fs::create_dir_all(&folder)?;
    let mut tokens = Tokens::new();
    for member in room.rules().policies.base.members().keys() {
        for role in Role::OF_MEMBERS {
            let name = format!("{member}-{role}");
            let user = room.people.ensure(member, &format!("{role}@pilote"), role).await?;
            let grant = Grant { name: "pilote".to_owned(), roles: [role].into(), read_only: false, days: DAYS_MAX };
            let token = room.people.issue(&user, &grant, false).await?.token;
            let mut file = fs::OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(folder.join(format!("{name}.token")))?;
            writeln!(file, "{token}")?;
            tokens.insert(name, token);
        }
    }
    Ok(tokens)
}

fn read_tokens(dir: &Path) -> anyhow::Result<Tokens> {
    let mut tokens = Tokens::new();
    for entry in fs::read_dir(dir.join("tokens"))? {
        let path = entry?.path();
        if let Some(name) = path.file_stem().and_then(|stem| stem.to_str()) {
            tokens.insert(name.to_owned(), fs::read_to_string(&path)?.trim().to_owned());
        }
    }
    Ok(tokens)
}

/// Generates the people, writes the members' exports, and has each hashed and uploaded as its steward would.
fn fill(dir: &Path, count: u32, seed: u64, url: &str, tokens: &Tokens, context: &Context) -> anyhow::Result<()> {
    let since = Instant::now();
    let policies = Policies::load(&dir.join("room/policies")).map_err(|errors| anyhow::anyhow!("{errors}"))?;
    context.tell(format_args!("{} ({count}, seed {seed})", context.say("Personnes générées", "Generating people")));
    let generated = people::generate(usize::try_from(count)?, seed, policies.vocabulary())?;
    let written = exports::write_all(&dir.join("exports"), &generated, policies.vocabulary(), seed)?;
    fs::create_dir_all(dir.join("hashed"))?;
    for export in &written {
        let name = format!("{}-{}", export.member, export.audience);
        context.tell(format_args!(
            "{}/{} : {} {}",
            export.member,
            export.audience,
            export.rows,
            context.say("rangées, hachées puis téléversées", "rows, hashed and uploaded")
        ));
        let hashed = dir.join("hashed").join(format!("{name}.csv"));
        command(&hash_command(export, &hashed, &dir.join("hashed").join(format!("{name}-rejets.csv"))), None)?;
        command(&upload_command(export, &hashed, url), Some(token(tokens, &export.member)?))?;
    }
    context.tell(format_args!(
        "{} {:.0} s",
        context.say("Pilote prêt en", "Pilot ready in"),
        since.elapsed().as_secs_f64()
    ));
    Ok(())
}

fn hash_command(export: &exports::Export, hashed: &Path, report: &Path) -> Vec<String> {
    let mut line: Vec<String> = vec!["hash".into(), export.file.display().to_string()];
    line.extend(["--out".into(), hashed.display().to_string(), "--report".into(), report.display().to_string()]);
    line.extend(["--profile".into(), export.profile.to_string()]);
    for (column, header) in &export.map {
        line.extend(["--map".into(), format!("{column}={header}")]);
    }
    for header in &export.email_headers {
        line.extend(["--email".into(), header.clone()]);
    }
    line
}

fn upload_command(export: &exports::Export, hashed: &Path, url: &str) -> Vec<String> {
    let joined = |names: Vec<&str>| names.join(",");
    let today = SystemClock.now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let next_year = today.saturating_add(jiff::Span::new().years(1));
    let mut line: Vec<String> = vec!["upload".into(), hashed.display().to_string()];
    for (option, value) in [
        ("--audience", export.audience.to_string()),
        ("--shape", export.shape.to_string()),
        ("--purpose", joined(export.purposes.iter().map(|purpose| purpose.as_str()).collect())),
        ("--legal-basis", export.legal_basis.to_owned()),
        ("--collected", today.to_string()),
        ("--expires", next_year.to_string()),
        ("--room-url", url.to_owned()),
    ] {
        line.extend([option.to_owned(), value]);
    }
    if !export.columns.is_empty() {
        line.extend(["--columns".into(), joined(export.columns.iter().map(|column| column.as_str()).collect())]);
    }
    line
}

/// Runs one of the program's own commands, as a member's steward would.
fn command(line: &[String], token: Option<&str>) -> anyhow::Result<()> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(line).stdin(Stdio::null());
    if let Some(token) = token {
        command.env("CAMERATA_TOKEN", token);
    }
    let output = command.output()?;
    if !output.status.success() {
        bail!("camerata {}\n{}", line.join(" "), String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}

/// Walks the whole path over HTTP, telling each step on stdout.
fn walk(url: &str, tokens: &Tokens, context: &Context) -> anyhow::Result<()> {
    let token = |name: &str| {
        let text = tokens.get(name).map(String::as_str).unwrap_or_default();
        Token::parse(text).with_context(|| format!("{name}: no token"))
    };
    let tokens = check::Tokens {
        festival_marketer: token("festival-marketer")?,
        agents_steward: token("agents-steward")?,
        officer: token("salle-officer")?,
        marketers: tokens
            .keys()
            .filter_map(|name| name.strip_suffix("-marketer"))
            .map(|member| Ok((member.to_owned(), token(&format!("{member}-marketer"))?)))
            .collect::<anyhow::Result<_>>()?,
    };
    check::check(url, &tokens, context.language, &mut io::stdout()).map_err(anyhow::Error::new)
}

fn token<'a>(tokens: &'a Tokens, member: &MemberName) -> anyhow::Result<&'a str> {
    tokens.get(&format!("{member}-steward")).map(String::as_str).with_context(|| format!("{member}: no steward"))
}

fn welcome(args: &Args, (url, page): (&str, &str), context: &Context) {
    let dir = args.dir.display();
    let intro = context.say(
        "La salle pilote est ouverte. Chaque membre a un marketeur, un responsable de la conformité et un intendant ; leurs jetons :",
        "The pilot room is open. Each member has a marketer, a compliance officer and a steward; their tokens:",
    );
    let browser =
        context.say("Dans le navigateur, au marketing du festival :", "In the browser, in the festival's marketing:");
    let tries = context
        .say("Trois commandes à essayer, dans un autre terminal :", "Three commands to try, in another terminal:");
    let stop = context.say("Ctrl-C pour arrêter.", "Ctrl-C to stop.");
    let camerata = std::env::current_exe().map_or_else(|_| "camerata".to_owned(), |exe| exe.display().to_string());
    let token = format!("--token-file {dir}/tokens/festival-marketer.token");
    let at = if args.port == 8100 { String::new() } else { format!(" --room-url {url}") };
    let overlap = "--a festival/abonnes --b billetterie/acheteurs --purpose planification --margin 100";
    context.tell(format_args!(
        "\n{browser}\n  {page}\n\n{intro}\n  {dir}/tokens/\n\n{tries}\n  {camerata} estimate overlap {overlap} {token}{at}\n  {camerata} ask overlap {overlap} {token}{at}\n  {camerata} budget {token}{at}\n\n{stop}"
    ));
}
