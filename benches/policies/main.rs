//! A large co-operative: 200 members, 2,000 audiences, 2,000 agreements. Prints a table of what its policies take; the figures of
//! interest are under a millisecond for a decision and under five seconds for the rest. `CAMERATA_BENCH_AGREEMENTS=10000` takes
//! another number of agreements.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark, whose output is its table")]

use camerata::{
    model::{Rho, Role},
    policy::{Decision, InForce, Policies, Question, diff, matrix},
};
use std::{
    fmt::Write as _,
    fs,
    hint::black_box,
    path::Path,
    time::{Duration, Instant},
};

const MEMBERS: usize = 200;
const AUDIENCES_EACH: usize = 10;
const GROUPS: usize = 20;
const DECISIONS: usize = 2_000;

/// Writes the folder: every member lends each of its audiences to a group or a member, some until a day, some at a limited loss, some
/// not beside another owner; a twentieth of the agreements are prohibitions.
fn write(dir: &Path, agreements: usize) {
    let pilot = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies");
    for file in
        ["room.toml", "vocabulary.toml", "purposes.toml", "privacy.toml", "schema.cedarschema", "mes-auditoires.cedar"]
    {
        fs::copy(pilot.join(file), dir.join(file)).unwrap();
    }
    let mut text = String::from("[tags.clientele]\ntitle = { fr = \"Clientèle\", en = \"Customers\" }\n");
    for group in 0..GROUPS {
        writeln!(text, "[groups.g{group}]\ntitle = {{ fr = \"Groupe {group}\", en = \"Group {group}\" }}").unwrap();
    }
    let member = |number: usize| if number == 0 { "cooperative".to_owned() } else { format!("m{number}") };
    for number in 0..MEMBERS {
        let name = member(number);
        let group = number % GROUPS;
        writeln!(text, "[members.{name}]\ntitle = {{ fr = \"Membre {number}\", en = \"Member {number}\" }}").unwrap();
        writeln!(text, "contact = \"{name}@example.ca\"\ngroups = [\"g{group}\"]").unwrap();
        for audience in 0..AUDIENCES_EACH {
            writeln!(text, "[members.{name}.audiences.a{audience}]\ntitle = {{ fr = \"Liste {audience}\", en = \"List {audience}\" }}").unwrap();
            writeln!(text, "shape = \"list\"\ntags = [\"clientele\"]\ncolumns = [\"genre\", \"region\"]").unwrap();
        }
    }
    fs::write(dir.join("members.toml"), text).unwrap();
    for number in 0..agreements {
        let owner = member(number / AUDIENCES_EACH % MEMBERS);
        let audience = format!("{owner}/a{}", number % AUDIENCES_EACH);
        let effect = if number % 20 == 7 { "forbid" } else { "permit" };
        let who = if number % 3 == 0 {
            format!("Member::\"{}\"", member(number * 7 % MEMBERS))
        } else {
            format!("Group::\"g{}\"", number % GROUPS)
        };
        let limit = match number % 5 {
            0 => "context.date < datetime(\"2031-07-01T00:00:00-0400\")".to_owned(),
            1 => "context.epsilon.lessThanOrEqual(decimal(\"0.5\"))".to_owned(),
            2 => format!("!context.owners.contains(Member::\"{}\")", member(number * 3 % MEMBERS)),
            _ => "resource.columns.containsAll(context.columns)".to_owned(),
        };
        let text = format!(
            "@id(\"e{number}\")\n@title_fr(\"Entente numéro {number}\")\n@title_en(\"Agreement number {number}\")\n{effect} (principal in {who}, action in Action::\"count\", resource == Audience::\"{audience}\")\nwhen {{ context.purpose == Purpose::\"planification\" && {limit} }};\n"
        );
        fs::write(dir.join(format!("e{number}.cedar")), text).unwrap();
    }
}

fn timed<T>(run: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let value = black_box(run());
    (value, start.elapsed())
}

fn question(number: usize) -> Question {
    let name = |number: usize| {
        if number.is_multiple_of(MEMBERS) { "cooperative".to_owned() } else { format!("m{}", number % MEMBERS) }
    };
    let asker = name(number * 7);
    Question {
        audiences: vec![
            format!("{asker}/a1").parse().unwrap(),
            format!("{}/a{}", name(number), number % AUDIENCES_EACH).parse().unwrap(),
        ],
        asker: asker.parse().unwrap(),
        role: Role::Marketer,
        template: "overlap".parse().unwrap(),
        columns: vec![],
        purpose: "planification".parse().unwrap(),
        rho: Rho::default(),
        epsilon: 0.1,
        now: "2026-12-01T15:00:00Z".parse().unwrap(),
    }
}

fn main() {
    let dir = tempfile::tempdir().unwrap();
    let agreements = std::env::var("CAMERATA_BENCH_AGREEMENTS").map_or(2_000, |count| count.parse().unwrap());
    write(dir.path(), agreements);
    let (policies, load) = timed(|| Policies::load(dir.path()).unwrap());
    let now = "2026-12-01T15:00:00Z".parse().unwrap();
    let (oddities, lints) = timed(|| policies.oddities(now).unwrap());
    let (permissions, all) = timed(|| matrix(&policies).unwrap());
    let changed = fs::read_to_string(dir.path().join("e12.cedar")).unwrap().replace("planification", "programmation");
    fs::write(dir.path().join("e12.cedar"), changed).unwrap();
    let after = Policies::load(dir.path()).unwrap();
    let (effects, compared) = timed(|| diff(&InForce::from(&policies), &InForce::from(&after)).unwrap());
    let questions: Vec<Question> = (0..DECISIONS).map(question).collect();
    let mut times: Vec<Duration> = questions.iter().map(|asked| timed(|| policies.decide(asked)).1).collect();
    times.sort();
    let permitted = questions.iter().filter(|asked| matches!(policies.decide(asked), Decision::Permitted(_))).count();
    let at = |share: usize| times.get(DECISIONS * share / 100).copied().unwrap_or_default();
    println!("{MEMBERS} members, {} audiences, {agreements} agreements\n", MEMBERS * AUDIENCES_EACH);
    println!("| what | takes | at most |\n|---|--:|--:|");
    println!(
        "| a decision over two audiences, median of {DECISIONS} ({permitted} permitted) | {:.0} µs | 1,000 µs |",
        at(50).as_secs_f64() * 1e6
    );
    println!("| the same, 99 in 100 are below | {:.0} µs | 1,000 µs |", at(99).as_secs_f64() * 1e6);
    println!(
        "| reading and checking the folder, oddities included ({} found, in {:.2} s) | {:.2} s | 5 s |",
        oddities.len(),
        lints.as_secs_f64(),
        (load + lints).as_secs_f64()
    );
    println!("| matrix ({} pairs of asker and audience) | {:.2} s | 5 s |", permissions.len(), all.as_secs_f64());
    println!(
        "| diff of one changed agreement ({} owners concerned) | {:.2} s | |",
        effects.by_owner.len(),
        compared.as_secs_f64()
    );
}
