//! How heavy pages are, and how long the room takes for one: beside `/health`, which does nothing.

use crate::support::*;
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

/// What a page may weigh with all that it needs, but for pictures.
const BYTES_MAX: usize = 150 << 10;

const LIMITS: [&str; 2] = ["CAMERATA_REQUESTS_MAX", "CAMERATA_PROOFS_MAX"];

/// The files that a page needs to be shown, and those that these need. What hashes a list is fetched once there is a list, beside the page.
fn files(served: &Served, page: &str, found: &mut BTreeMap<String, usize>) {
    let named = [" src=\"", " href=\"", "from \"", "import \""].map(|before| page.split(before).skip(1));
    let named = named.into_iter().flatten().filter_map(|rest| rest.split('"').next());
    let named: BTreeSet<&str> = named.filter(|name| name.starts_with("/assets/")).collect();
    for file in named {
        if found.contains_key(file) || [".png", ".jpg"].iter().any(|picture| file.ends_with(picture)) {
            continue;
        }
        let reply = served.call("GET", "", file, &[], b"").unwrap();
        assert_eq!(reply.status, 200, "{file}");
        found.insert(file.to_owned(), reply.bytes.len());
        files(served, &reply.body, found);
    }
}

/// Every page that is there, for whoever may open it, weighed; under `make torture` timed, too.
#[test]
fn no_page_is_heavy() {
    let founded = Founded::new();
    let pair = Pair::in_room(&founded);
    pair.served.stop();
    // Timed, a page is opened more often than anybody may: what is measured is the page, not its refusal.
    let served = &founded.serve_with(&LIMITS.map(|limit| (limit, "1000000")));
    let asked = |margin: f64| {
        let mut question = question(margin);
        question["template"] = "venn".into();
        question["audiences"] = serde_json::json!({ "audiences": ["festival/abonnes", "billetterie/acheteurs"] });
        served.post(&pair.marketer, "/api/v1/queries", &question).ok()["id"].as_i64().unwrap()
    };
    let (other, answer) = (asked(120.0), asked(80.0));
    assert_ne!(answer, other, "two answers to compare");
    let person = served.person("festival", "mia", &["marketer", "officer", "steward"]);
    let times = usize::try_from(rounds(1, 300)).unwrap();
    let timed = |path: &str| {
        let mut took: Vec<Duration> = (0..times)
            .map(|_| {
                let since = Instant::now();
                let status = served.by(&person, "GET", path, &Value::Null).status;
                assert_eq!(status, 200, "{path}");
                since.elapsed()
            })
            .collect();
        took.sort();
        (took[took.len() / 2], took[took.len() * 99 / 100])
    };
    let (health, health_slowest) = timed("/health");
    let version =
        served.by(&person, "GET", "/api/v1/policy", &Value::Null).ok()["version"].as_str().unwrap().to_owned();
    let proposal = served.propose_opening(&founded.token("festival", "officer"));
    let mut opened = BTreeSet::new();
    for (_, path, who) in camerata::web::table().into_iter().filter(|(method, ..)| method == "GET") {
        let path = path.replace("/answers/{id}", &format!("/answers/{answer}")).replace("{template}", "venn");
        let path = path.replace("/documentation/{name}", "/documentation/templates").replace("{name}", "venn");
        let path = path.replace("{audience}", "abonnes").replace("{version}", &version);
        let path = path.replace("/proposals/{id}", &format!("/proposals/{proposal}"));
        let path = path.replace("/comparison", &format!("/comparison?one={answer}&other={other}"));
        let reply = served.by(&person, "GET", &path, &Value::Null);
        let kind = reply.headers.get("content-type").map(|kind| kind.to_str().unwrap()).unwrap_or_default();
        if reply.status != 200 || !kind.starts_with("text/html") {
            continue;
        }
        opened.insert(path.clone());
        let mut needed = BTreeMap::new();
        files(served, &reply.body, &mut needed);
        let weight = reply.bytes.len() + needed.values().sum::<usize>();
        assert!(weight < BYTES_MAX, "{path} for {who:?}: {weight} bytes, {needed:?}");
        let (took, slowest) = timed(&path);
        let ratio = |one: Duration, other: Duration| one.as_secs_f64() / other.as_secs_f64();
        eprintln!(
            "| `{path}` | {:.0} kB | {:.1} | {:.1} ms, {:.1} |",
            weight as f64 / 1024.0,
            ratio(took, health),
            slowest.as_secs_f64() * 1e3,
            ratio(slowest, health_slowest)
        );
    }
    // Those that a name or a number leads to are opened as well, and not passed over as not found.
    for leads in
        ["/answers/", "/answers/comparison", "/proposals/", "/agreements/versions/", "/templates/", "/audiences/"]
    {
        assert!(opened.iter().any(|path| path.len() > leads.len() && path.starts_with(leads)), "{leads}: {opened:?}");
    }
}
