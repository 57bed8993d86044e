//! Templates over HTTP: values, several audiences, cells and what is computed from them.

use super::support::*;
use serde_json::{Value, json};

/// The festival's 3,000 subscribers, half of them in each of two regions, and the ticketing company's 4,000 purchases of 2,000 people.
pub(super) struct Season {
    pub(super) served: Served,
    festival: String,
    pub(super) ticketing: String,
}

impl Season {
    pub(super) fn in_room(founded: &std::sync::Arc<Founded>) -> Self {
        let steward = |member| founded.token(member, "steward");
        let (festival, ticketing) = (founded.token("festival", "marketer"), founded.token("billetterie", "marketer"));
        let (festivals, tickets) = (steward("festival"), steward("billetterie"));
        let served = founded.serve();
        let region = |person: u32| if person.is_multiple_of(2) { "montreal" } else { "laval" };
        let list: String = (0..3_000).map(|p| format!("{},jazz,{}\n", hash(&email(p)), region(p))).collect();
        let list = format!("hashed_email_google,genre,region\n{list}");
        upload(&served, &festivals, "abonnes", "list", &["genre", "region"], &list);
        let purchase =
            |p: u32, n: u32| format!("{},theatre,2026-05-{:02},{}.00\n", hash(&email(p)), 1 + n, 10 * (n + 1));
        let bought: String = (1_000..3_000).flat_map(|p| [purchase(p, 0), purchase(p, 8)]).collect();
        let bought = format!("hashed_email_google,genre,purchased,amount\n{bought}");
        upload(&served, &tickets, "achats", "events", &["genre", "purchased", "amount"], &bought);
        Self { served, festival, ticketing }
    }

    fn ask(&self, marketer: &str, question: &Value) -> Reply {
        self.served.post(marketer, "/api/v1/queries", question)
    }
}

fn upload(served: &Served, steward: &str, audience: &str, shape: &str, columns: &[&str], stream: &str) {
    let mut terms = declaration(audience, stream.len());
    (terms["shape"], terms["columns"]) = (shape.into(), json!(columns));
    let id = served.post(steward, "/api/v1/uploads", &terms).ok()["id"].as_str().unwrap().to_owned();
    served.send(steward, &id, 0, stream.as_bytes()).unwrap().ok();
    served.complete(steward, &id, stream.len()).ok();
}

fn asked(template: &str, audiences: Value, parameters: Value, margin: f64) -> Value {
    json!({"template": template, "audiences": audiences, "parameters": parameters, "purpose": "planification", "margin": margin})
}

pub(super) fn conversion(since: &str, days: Value) -> Value {
    let audiences = json!({"a": "festival/abonnes", "b": "billetterie/achats"});
    asked("conversion", audiences, json!({"since": since, "days": days}), 60.0)
}

/// The value of the figure whose keys have these ids.
fn figure(answer: &Value, keys: &[(&str, &str)]) -> i64 {
    let all = answer["figures"].as_array().unwrap();
    let fits = |figure: &&Value| keys.iter().all(|(key, id)| figure["keys"][key]["id"] == *id);
    all.iter().find(fits).unwrap_or_else(|| panic!("{keys:?}: {answer}"))["value"].as_i64().unwrap()
}

/// Within 11 standard deviations of noise with a margin of 60 (sigma about 31): fails wrongly less than once in 1e26.
#[track_caller]
fn near(value: i64, exact: i64) {
    assert!((value - exact).abs() < 340, "{value}, exactly {exact}");
}

#[test]
fn conversions_are_counted_by_week_and_values_are_part_of_the_question() {
    let season = Season::in_room(&Founded::new());
    let answer = season.ask(&season.ticketing, &conversion("2026-05-01", json!(28))).ok();
    near(figure(&answer, &[("week", "0")]), 2_000);
    near(figure(&answer, &[("week", "unknown")]), 1_000);
    let known = answer["derived"].as_array().unwrap().iter().find(|derived| derived["name"] == "known_share").unwrap();
    let share = known["value"].as_f64().unwrap();
    assert!((0.5..0.85).contains(&share) && known["verdict"] == "told", "{known}");
    // Written as text it is the same question; another value is another one.
    let again = season.ask(&season.ticketing, &conversion("2026-05-01", json!("28"))).ok();
    assert_eq!((&again["replay"], &again["figures"]), (&true.into(), &answer["figures"]));
    let spent = season.served.spent_of(&season.ticketing, "room");
    let later = season.ask(&season.ticketing, &conversion("2026-05-08", json!(28))).ok();
    assert_eq!(later["replay"], false);
    near(figure(&later, &[("week", "0")]), 2_000);
    assert_eq!(season.served.spent_of(&season.ticketing, "room"), 2 * spent);
}

#[test]
fn sums_and_profiles_come_with_margins_of_their_own() {
    let season = Season::in_room(&Founded::new());
    let spend = asked("spend", json!({"a": "billetterie/achats"}), json!({}), 60.0);
    let estimate = season.served.post(&season.ticketing, "/api/v1/estimate", &spend).ok();
    assert_eq!((&estimate["parts"][1]["margin"], &estimate["parts"][1]["unit"]), (&12_000_000.into(), &"cents".into()));
    let answer = season.ask(&season.ticketing, &spend).ok();
    assert_eq!(answer["rho"], estimate["rho"]);
    near(answer["figures"][0]["value"].as_i64().unwrap(), 2_000);
    // 2,000 people spent 100 dollars each; the noise of the sum is that of 2,000 dollars a person, so 20 units of this.
    near(answer["figures"][1]["value"].as_i64().unwrap() / 100_000, 200);

    let profile =
        asked("profile", json!({"a": "festival/abonnes"}), json!({"first": "region", "second": "genre"}), 60.0);
    let answer = season.ask(&season.festival, &profile).ok();
    near(figure(&answer, &[("first", "montreal")]), 1_500);
    near(figure(&answer, &[("second", "jazz")]), 3_000);
    let total = answer["derived"].as_array().unwrap().iter().find(|derived| derived["name"] == "total").unwrap();
    assert!((total["value"].as_f64().unwrap() - 3_000.0).abs() < 700.0, "{total}");
}

#[test]
fn a_venn_diagram_takes_two_to_six_audiences_in_any_order() {
    let pair = Pair::new();
    let venn = |audiences: Value| asked("venn", json!({ "audiences": audiences }), json!({}), 60.0);
    let ask = |audiences| pair.served.post(&pair.marketer, "/api/v1/queries", &venn(audiences));
    let answer = ask(json!(["festival/abonnes", "billetterie/acheteurs"])).ok();
    near(figure(&answer, &[("audiences", "billetterie/acheteurs+festival/abonnes")]), 1_500);
    let again = ask(json!(["billetterie/acheteurs", "festival/abonnes"])).ok();
    assert_eq!((&again["replay"], &again["id"]), (&true.into(), &answer["id"]));
    for audiences in [json!([]), json!("festival/abonnes"), json!(["festival/abonnes"])] {
        ask(audiences).problem(422, "malformed");
    }
    ask(json!(["festival/abonnes", "festival/abonnes"])).problem(422, "malformed");
}

#[test]
fn values_that_do_not_fit_are_refused_and_cost_nothing() {
    let season = Season::in_room(&Founded::new());
    for (since, days) in
        [("hier", json!(28)), ("2026-05-01", json!(6)), ("2026-05-01", json!(85)), ("2026-05-01", json!("28; DROP"))]
    {
        let problem = season.ask(&season.ticketing, &conversion(since, days)).problem(422, "malformed");
        assert!(problem["detail"].as_str().unwrap().contains("takes"), "{problem}");
    }
    let audiences = json!({"a": "festival/abonnes", "b": "billetterie/achats"});
    season.ask(&season.ticketing, &asked("conversion", audiences.clone(), json!({}), 60.0)).problem(422, "malformed");
    let more = json!({"since": "2026-05-01", "sinec": 1});
    season.ask(&season.ticketing, &asked("conversion", audiences, more, 60.0)).problem(422, "malformed");
    let wrong_column = asked(
        "overlap-by",
        json!({"a": "festival/abonnes", "b": "billetterie/achats"}),
        json!({"by": "courriel"}),
        60.0,
    );
    season.ask(&season.ticketing, &wrong_column).problem(422, "malformed");
    // Purchases aren't a list, and the festival's list has no age bands.
    let shape = asked("overlap-by", json!({"a": "billetterie/achats", "b": "festival/abonnes"}), json!({}), 60.0);
    season.ask(&season.ticketing, &shape).problem(422, "malformed");
    let column = asked(
        "overlap-by",
        json!({"a": "festival/abonnes", "b": "billetterie/achats"}),
        json!({"by": "age_band"}),
        60.0,
    );
    season.ask(&season.ticketing, &column).problem(422, "malformed");
    assert_eq!(season.served.spent_of(&season.ticketing, "room"), 0);
}

#[test]
fn who_is_not_admitted_does_not_learn_whether_an_audience_exists_or_what_it_is() {
    let season = Season::in_room(&Founded::new());
    let refused = |template: &str, audience: &str| {
        let parameters = if template == "recency" { json!({"as_of": "2026-06-01"}) } else { json!({}) };
        let question = asked(template, json!({ "a": audience }), parameters, 60.0);
        let problem = season.ask(&season.festival, &question).problem(403, "refused");
        problem["detail"].as_str().unwrap().replace(audience, "…")
    };
    for template in ["recency", "top-interests", "frequency"] {
        let unknown = refused(template, "billetterie/inconnus");
        assert_eq!(refused(template, "billetterie/achats"), unknown, "{template}");
    }
    assert_eq!(refused("profile", "billetterie/achats"), refused("profile", "billetterie/inconnus"));
}

#[test]
fn keys_that_are_not_public_need_a_budget_of_their_own() {
    let days = asked("purchase-days", json!({"a": "billetterie/achats"}), json!({}), 20.0);
    // Closer than a member's share of a month pays for.
    let season = Season::in_room(&Founded::with(&[
        ("answer_tick_ms = 250", "answer_tick_ms = 1"),
        ("people_min = 100", "people_min = 10"),
        ("member_epsilon = 1.5", "member_epsilon = 3.0"),
    ]));
    let answer = season.ask(&season.ticketing, &days).ok();
    let found: Vec<&str> =
        answer["figures"].as_array().unwrap().iter().map(|f| f["keys"]["purchased"]["id"].as_str().unwrap()).collect();
    assert_eq!(found, ["2026-05-01", "2026-05-09"], "{answer}");
    assert!(answer["threshold_delta"].as_u64().unwrap() > 0, "{answer}");
    let without = Season::in_room(&Founded::with(&[
        ("answer_tick_ms = 250", "answer_tick_ms = 1"),
        ("people_min = 100", "people_min = 10"),
        ("threshold_delta = 1e-7", ""),
    ]));
    without.ask(&without.ticketing, &days).problem(422, "accuracy");
}
