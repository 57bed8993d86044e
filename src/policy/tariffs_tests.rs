#![allow(clippy::unwrap_used, reason = "tests")]
use super::*;
use std::path::PathBuf;

const SCHEMA: &str = "
entity User; entity Audience;
action compare; action count in [compare]; action wide in [compare];
action overlap in [count] appliesTo { principal: [User], resource: [Audience] };
action venn in [count, wide] appliesTo { principal: [User], resource: [Audience] };
action spend in [wide] appliesTo { principal: [User], resource: [Audience] };
";

fn read(text: &str) -> (Option<Tariffs>, Vec<Mistake>) {
    let (schema, _) = Schema::from_cedarschema_str(SCHEMA).unwrap();
    let names = ["overlap", "venn", "spend"];
    let templates = names.map(|name| (name.parse().unwrap(), format!("Action::\"{name}\"").parse().unwrap())).into();
    let source = Source { path: PathBuf::from("tariffs.toml"), text: text.into() };
    let mut mistakes = Vec::new();
    let read = tariffs(&source, Some(&Priceable { schema: &schema, templates: &templates }), &mut mistakes);
    (read, mistakes)
}

fn priced(prices: &str) -> (Option<Tariffs>, Vec<Mistake>) {
    read(&format!("currency = \"CAD\"\ncooperative_percent = 20\n[prices]\n{prices}"))
}

fn price(tariffs: &Tariffs, template: &str) -> Option<u32> {
    tariffs.price_cents(&template.parse().unwrap())
}

#[test]
fn a_template_costs_its_own_price_else_its_smallest_groups() {
    let (tariffs, mistakes) = priced("compare = 1000\ncount = 500\noverlap = 0\n");
    assert!(mistakes.is_empty(), "{mistakes:?}");
    let tariffs = tariffs.unwrap();
    let all = ["overlap", "venn", "spend"].map(|name| price(&tariffs, name));
    assert_eq!(all, [Some(0), Some(500), Some(1000)]);
    assert_eq!(tariffs.cooperative_percent(), 20);
}

#[test]
fn two_groups_must_agree_on_a_price() {
    let (_, mistakes) = priced("count = 500\nwide = 700\n");
    let [mistake] = mistakes.as_slice() else { panic!("{mistakes:?}") };
    assert!(mistake.message().en.contains("`venn`") && !mistake.is_warning());
    assert_eq!((mistake.line(), mistake.column()), (5, 8));
    assert!(priced("count = 500\nwide = 500\n").1.is_empty());
    assert!(priced("count = 500\nwide = 700\nvenn = 600\n").1.is_empty());
}

#[test]
fn a_template_without_a_price_is_a_warning() {
    let (tariffs, mistakes) = priced("count = 500\n");
    let [mistake] = mistakes.as_slice() else { panic!("{mistakes:?}") };
    assert!(mistake.is_warning());
    assert_eq!(mistake.message().en, "without a price: `spend`");
    assert_eq!(price(&tariffs.unwrap(), "spend"), None);
}

#[test]
fn the_highest_tier_that_is_reached_is_a_members() {
    let tier = |name: &str, people: u32, percent: u32| {
        let title = format!("title = {{ fr = \"{name}\", en = \"{name}\" }}");
        format!("[tiers.{name}]\n{title}\npeople_min = {people}\ndiscount_percent = {percent}\n")
    };
    // Written out of order.
    let (tariffs, mistakes) = priced(&format!("compare = 1\n{}{}", tier("b", 10_000, 30), tier("a", 100, 10)));
    assert!(mistakes.is_empty(), "{mistakes:?}");
    let tariffs = tariffs.unwrap();
    let reached =
        [99, 100, 9_999, 10_000, u64::MAX].map(|people| tariffs.tier(people).map(|tier| tier.discount_percent));
    assert_eq!(reached, [None, Some(10), Some(10), Some(30), Some(30)]);
    for (wrong, words) in [
        (tier("a", 100, 10) + &tier("b", 100, 20), "same number of people"),
        (tier("a", 100, 20) + &tier("b", 200, 10), "would pay more"),
    ] {
        let (_, mistakes) = priced(&format!("compare = 1\n{wrong}"));
        assert!(matches!(mistakes.as_slice(), [one] if one.message().en.contains(words)), "{mistakes:?}");
    }
}

#[test]
fn only_whole_amounts_within_their_range_are_read() {
    for wrong in ["15.00", "-1", "\"1500\"", "10_000_001", "0x10", "99999999999999999999"] {
        let (tariffs, mistakes) = priced(&format!("compare = {wrong}\n"));
        assert!(mistakes.iter().any(|mistake| !mistake.is_warning()), "{wrong}: {tariffs:?}");
    }
    assert_eq!(price(&priced("compare = 10_000_000\n").0.unwrap(), "venn"), Some(PRICE_CENTS_MAX));
}
