//! What an attacker learns who spends a room's whole budget on one person. The attacker knows everybody else, uploads probe lists
//! of ninety-nine made-up people and the target, and asks for what it likes, as many members as it likes. Ledger, plans and noise
//! are the real ones; the ledger decides what is paid for, and doesn't look at data, so it is asked once for an attack.
//!
//! The best guess between two Gaussians at distance √(2ρ) is right with probability Φ(√(2ρ)/2): 0.544 for all of (1, 1e-6). The
//! tests allow 0.5607, and short forms what Hoeffding's inequality adds for their rounds at a false-alarm rate of one in a million.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use crate::{
    database::{Database, Place},
    ledger::{Account, Cap, ChargeRequest, Charged, Ledger},
    model::{
        Block, Bounds, Loss, MemberName, SystemClock,
        torture::{rounds, torture},
    },
    privacy::{self, Accuracy, Limits, Plan, Release, Tally},
    proof::{Event, SigningKey, What},
};
use std::{path::Path, sync::Arc};

const ALLOWED: f64 = 0.5607;
const OTHERS: i64 = 99;

/// A room whose every account holds (1, 1e-6), all of it unlocked.
fn limits() -> Limits {
    let text = "delta = 1e-6\n[caps]\nroom_epsilon = 1.0\nmember_epsilon = 1.0\nowner_epsilon = 1.0\nasker_epsilon = 1.0\nperiod_months = 1\n\
                [release]\npeople_min = 0\nmargin_min = 1\nmargin_max = 1000000\nanswer_tick_ms = 1\n[audiences]\npeople_min = 1\nrows_max = 1000\n";
    Limits::parse(text, Path::new("privacy.toml")).unwrap()
}

/// A strategy: the tally that is asked for, how exactly, by how many members in turn, and whether the probe list is new each time.
struct Attack {
    name: &'static str,
    bounds: Bounds,
    margin: f64,
    askers: u8,
    new_list: bool,
}

fn cells(cells: u32, distance_squared: u64, unit: u32) -> Bounds {
    Bounds::Cells { blocks: vec![Block { cells, distance_squared, unit }] }
}

fn attacks() -> Vec<Attack> {
    let attack = |name, bounds, margin| Attack { name, bounds, margin, askers: 1, new_list: true };
    vec![
        attack("one question, as exact as all of the budget pays for", Bounds::count(), 10.0),
        attack("probe lists uploaded again and again", Bounds::count(), 100.0),
        attack("wide margins, averaged", Bounds::count(), 150.0),
        Attack { askers: 5, ..attack("five members together", Bounds::count(), 80.0) },
        Attack { new_list: false, ..attack("one question, a thousand times", Bounds::count(), 50.0) },
        attack("the target in every cell that the bound lets through", cells(16, 9, 1), 150.0),
        attack("the target spends all that counts", cells(1, 1_000_000, 1_000), 60.0),
    ]
}

/// What of an attack the ledger pays for.
async fn paid(attack: &Attack, limits: &Limits) -> Vec<Plan> {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::open(&Place::in_folder(folder.path())).await.unwrap();
    let signing = SigningKey::new("camerata/test", &[1; 32]).unwrap();
    database.found(&SystemClock, &[0; 32], signing.public()).await.unwrap();
    let ledger = Ledger::new(database, Arc::new(SystemClock));
    let plan = privacy::plan(&attack.bounds, Accuracy::Margin(attack.margin), limits).unwrap();
    let mut plans = Vec::new();
    for step in 0..1_000u32 {
        let asker = u8::try_from(step % u32::from(attack.askers)).unwrap();
        match charge(&ledger, attack, &plan, asker, step).await {
            Charged::Ready(charge) => {
                ledger.record(&charge, "{}").await.unwrap();
                plans.push(plan.clone());
            }
            Charged::Answered(_) | Charged::Delivered(_) => {}
            Charged::Refused(_) => break,
        }
    }
    let rho: u64 = plans.iter().map(|plan| plan.loss().rho.units()).sum();
    assert!(rho <= limits.caps().room.rho.units(), "{}: overspent", attack.name);
    plans
}

async fn charge(ledger: &Ledger, attack: &Attack, plan: &Plan, asker: u8, step: u32) -> Charged {
    let limits = limits();
    let cap = |account, cap: privacy::Cap| Cap { account, cap: Loss { rho: cap.rho, ..Loss::default() } };
    let owner: MemberName = "salle".parse().unwrap();
    let asker: MemberName = format!("sybille-{asker}").parse().unwrap();
    let mut query_key = [0; 32];
    if attack.new_list {
        query_key[..4].copy_from_slice(&step.to_be_bytes());
    }
    let request = ChargeRequest {
        query_key,
        margin: u64::from(plan.margin()),
        loss: plan.loss(),
        question: "{}".into(),
        policy: "p".into(),
        repeat: None,
        event: Event::public(What::Charged, None),
        delivery: Event::public(What::Delivered, None),
        caps: vec![
            cap(Account::Room, limits.caps().room),
            cap(Account::Share(asker.clone()), limits.caps().member),
            cap(Account::Owner(owner.clone()), limits.caps().owner),
            cap(Account::Asker { asker: asker.clone(), owner }, limits.caps().asker),
        ],
        asker,
    };
    ledger.charge(&request, limits.period_months()).await.unwrap()
}

/// By how much the target moves each cell: as far as the bound lets it.
fn target(bounds: &Bounds) -> Vec<i64> {
    let Bounds::Cells { blocks } = bounds else { panic!("not cells") };
    let (block, unit) = (&blocks[0], i64::from(blocks[0].unit));
    let reached = block.distance_squared / (u64::from(block.unit) * u64::from(block.unit));
    (0..u64::from(block.cells)).map(|cell| if cell < reached { unit } else { 0 }).collect()
}

/// The likelihood ratio of "the target is there" against "isn't", over everything that was released.
fn guess(released: &[Vec<i64>], plans: &[Plan], target: &[i64]) -> bool {
    let mut evidence = 0.0;
    for (values, plan) in released.iter().zip(plans) {
        for (cell, (value, move_)) in values.iter().zip(target).enumerate() {
            let sigma = plan.cell_sigma(cell).unwrap();
            evidence += *move_ as f64 * ((value - OTHERS) as f64 - *move_ as f64 / 2.0) / (sigma * sigma);
        }
    }
    evidence > 0.0
}

/// The share of right guesses over as many rounds in each world; `noisy` releases, or the exact figures.
fn accuracy(plans: &[Plan], bounds: &Bounds, rounds: usize, noisy: bool) -> f64 {
    let target = target(bounds);
    let mut right = 0;
    for there in [false, true] {
        for _ in 0..rounds {
            let exact: Vec<i64> = target.iter().map(|by| OTHERS + if there { *by } else { 0 }).collect();
            let release = |plan: &Plan| {
                let tally = Tally::seal((0..).zip(exact.clone()).collect());
                match privacy::release(tally, plan).unwrap() {
                    Release::Cells { values } if noisy => values,
                    _ => exact.clone(),
                }
            };
            let released: Vec<Vec<i64>> = plans.iter().map(release).collect();
            right += usize::from(guess(&released, plans, &target) == there);
        }
    }
    right as f64 / (2 * rounds) as f64
}

#[tokio::test]
async fn a_whole_budget_spent_on_one_person_tells_next_to_nothing() {
    let rounds = rounds(200, 10_000);
    // Hoeffding: exp(-2·n·slack²) = 1e-6; the long form keeps to what is claimed.
    let slack = if torture() { 0.0 } else { (13.82 / (4 * rounds) as f64).sqrt() };
    for attack in attacks() {
        let plans = paid(&attack, &limits()).await;
        let seen = accuracy(&plans, &attack.bounds, rounds, true);
        eprintln!("{}: {} answers, right {seen:.4} of the time", attack.name, plans.len());
        assert!(!plans.is_empty() && seen < ALLOWED + slack, "{}: {seen}", attack.name);
        let exact = accuracy(&plans, &attack.bounds, 5, false);
        assert!(exact > 0.95, "{}: the attack itself is no good: {exact}", attack.name);
    }
}

#[tokio::test]
async fn repeating_a_question_buys_one_answer_and_probe_lists_a_hundred_and_twenty_eight() {
    let limits = limits();
    let count = |name: &'static str| {
        let attack = attacks().into_iter().find(|attack| attack.name == name).unwrap();
        let limits = &limits;
        async move { paid(&attack, limits).await.len() }
    };
    assert_eq!(count("one question, a thousand times").await, 1);
    assert_eq!(count("probe lists uploaded again and again").await, 128, "as docs/MEASUREMENTS.md has it");
}
