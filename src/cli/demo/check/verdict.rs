//! What the room's answers must be, whatever their values.

use serde_json::Value;

/// One account, in units of 1e-12 ρ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Account {
    pub(super) name: String,
    pub(super) unlocked: u64,
    pub(super) spent: u64,
    lifetime: u64,
}

/// The accounts that the walk watches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Accounts(pub(super) Vec<Account>);

impl Accounts {
    pub(super) fn read(budget: &Value, names: &[&str]) -> Result<Self, String> {
        let accounts = budget.get("accounts").and_then(Value::as_array).ok_or("no `accounts`")?;
        let read = |name: &&str| {
            let named = |account: &&Value| account.get("account").and_then(Value::as_str) == Some(*name);
            let account = accounts.iter().find(named).ok_or_else(|| format!("no account `{name}`"))?;
            let (unlocked, spent) = (units(account, "unlocked")?, units(account, "spent")?);
            Ok(Account { name: (*name).to_owned(), unlocked, spent, lifetime: units(account, "lifetime")? })
        };
        names.iter().map(read).collect::<Result<_, String>>().map(Self)
    }

    pub(super) fn names(&self) -> Vec<&str> {
        self.0.iter().map(|account| account.name.as_str()).collect()
    }

    /// Whether every account has spent exactly `rho` more than `before`.
    pub(super) fn debited(&self, before: &Self, rho: u64) -> Result<(), String> {
        for (now, then) in self.0.iter().zip(&before.0) {
            for (now_spent, then_spent) in [(now.spent, then.spent), (now.lifetime, then.lifetime)] {
                if then_spent.checked_add(rho) != Some(now_spent) {
                    return Err(format!("{}: {then_spent} + {rho} ≠ {now_spent}", now.name));
                }
            }
            if now.spent > now.unlocked {
                return Err(format!("{}: {} > {}", now.name, now.spent, now.unlocked));
            }
        }
        Ok(())
    }

    pub(super) fn same_as(&self, before: &Self) -> Result<(), String> {
        self.debited(before, 0)
    }
}

/// A loss in whole units, alone or under `rho`.
fn units(of: &Value, name: &str) -> Result<u64, String> {
    let loss = of.get(name).ok_or_else(|| format!("no `{name}`"))?;
    loss.as_u64()
        .or_else(|| loss.get("rho")?.as_u64())
        .ok_or_else(|| format!("`{name}` isn't a whole number of 10⁻¹² ρ"))
}

/// What a query would cost.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Estimate {
    pub(super) epsilon: f64,
    pub(super) free: bool,
    rho: u64,
}

impl Estimate {
    pub(super) fn read(estimate: &Value, asked: u64) -> Result<Self, String> {
        margin_within(estimate, "margin", asked)?;
        if flag(estimate, "affordable")? || flag(estimate, "free")? {
            Ok(Self { epsilon: epsilon(estimate)?, free: flag(estimate, "free")?, rho: units(estimate, "rho")? })
        } else {
            Err("not affordable".to_owned())
        }
    }

    /// Whether the answer cost what was estimated, and was free only where that was said.
    pub(super) fn agrees_with(&self, answer: &Answer) -> Result<(), String> {
        match (self.free, answer.replay) {
            (false, false) if self.rho != answer.rho => {
                Err(format!("estimated {} ρ, charged {} ρ", self.rho, answer.rho))
            }
            (free, replay) if free != replay => Err(format!("free: {free}, replay: {replay}")),
            _ => Ok(()),
        }
    }
}

/// A released figure.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Answer {
    pub(super) id: String,
    pub(super) value: i64,
    pub(super) margin: u64,
    pub(super) rho: u64,
    pub(super) epsilon: f64,
    pub(super) replay: bool,
}

impl Answer {
    /// Reads an answer and holds it to its own words: an interval of twice the margin around the value, a loss above zero.
    pub(super) fn read(answer: &Value, asked: u64) -> Result<Self, String> {
        let id = match answer.get("id") {
            Some(Value::String(id)) => id.clone(),
            Some(Value::Number(id)) => id.to_string(),
            _ => return Err("no `id`".to_owned()),
        };
        let figure = answer.get("figures").and_then(|figures| figures.get(0)).ok_or("no figure")?;
        let value = figure.get("value").and_then(Value::as_i64).ok_or("no whole `value`")?;
        // What was released can be narrower than what was asked for; then the answer says both.
        let name = if answer.get("released_margin").is_some() { "released_margin" } else { "margin" };
        let margin = margin_within(answer, name, asked)?;
        let interval: Vec<i64> = figure
            .get("interval")
            .and_then(Value::as_array)
            .map(|ends| ends.iter().filter_map(Value::as_i64).collect())
            .unwrap_or_default();
        let half = i64::try_from(margin).map_err(|_| "the margin is out of range")?;
        if interval != [value.saturating_sub(half), value.saturating_add(half)] {
            return Err(format!("the interval {interval:?} isn't {value} ± {margin}"));
        }
        let rho = units(answer, "rho")?;
        if rho == 0 {
            return Err("the loss is zero".to_owned());
        }
        Ok(Self { id, value, margin, rho, epsilon: epsilon(answer)?, replay: flag(answer, "replay")? })
    }

    /// Whether another is the same answer: its name, its figure and what was once paid.
    pub(super) fn same_as(&self, other: &Self) -> Result<(), String> {
        let key = |answer: &Self| (answer.id.clone(), answer.value, answer.margin, answer.rho);
        if key(self) == key(other) { Ok(()) } else { Err(format!("{:?} ≠ {:?}", key(self), key(other))) }
    }
}

/// A margin, at least 1 and no wider than was asked for.
fn margin_within(of: &Value, name: &str, asked: u64) -> Result<u64, String> {
    let margin = of.get(name).and_then(Value::as_u64).ok_or_else(|| format!("no whole `{name}`"))?;
    if (1..=asked).contains(&margin) { Ok(margin) } else { Err(format!("margin {margin}, not 1 to {asked}")) }
}

/// A loss as ε: above zero and finite.
fn epsilon(of: &Value) -> Result<f64, String> {
    let epsilon = of.get("epsilon").and_then(Value::as_f64).ok_or("no `epsilon`")?;
    if epsilon > 0.0 && epsilon.is_finite() { Ok(epsilon) } else { Err(format!("ε = {epsilon}")) }
}

fn flag(of: &Value, name: &str) -> Result<bool, String> {
    of.get(name).and_then(Value::as_bool).ok_or_else(|| format!("no `{name}`"))
}

/// Whether an audience is listed with a version in force.
pub(super) fn in_force(seen: &Value, audience: &str) -> Result<(), String> {
    let audiences = seen.get("audiences").and_then(Value::as_array).ok_or("no `audiences`")?;
    let named = |seen: &&Value| seen.get("audience").and_then(Value::as_str) == Some(audience);
    let found = audiences.iter().find(named).ok_or_else(|| format!("`{audience}` isn't listed"))?;
    match found.get("version") {
        Some(version) if !version.is_null() => Ok(()),
        _ => Err(format!("`{audience}` has no version")),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use serde_json::json;

    fn answer() -> Value {
        json!({"id": 7, "figures": [{"value": 48_210, "interval": [48_110, 48_310]}], "margin": 100, "rho": 190_000_000u64,
            "epsilon": 0.1, "replay": false})
    }

    /// The answer with one field changed, of its figure or its own.
    fn with(name: &str, value: Value) -> Value {
        let mut answer = answer();
        let of_figure = ["value", "interval"].contains(&name);
        let place = if of_figure { &mut answer["figures"][0] } else { &mut answer };
        place.as_object_mut().unwrap().insert(name.to_owned(), value);
        answer
    }

    #[test]
    fn an_answer_is_held_to_its_own_words() {
        assert_eq!(Answer::read(&answer(), 100).unwrap().id, "7");
        for (name, wrong) in [
            ("id", Value::Null),
            ("value", json!(48_210.5)),
            ("margin", json!(101)),
            ("margin", json!(0)),
            ("interval", json!([48_110, 48_311])),
            ("interval", json!([48_310, 48_110])),
            ("interval", json!([48_110])),
            ("rho", json!(0)),
            ("rho", json!(0.5)),
            ("epsilon", json!(0.0)),
            ("replay", Value::Null),
        ] {
            assert!(Answer::read(&with(name, wrong.clone()), 100).is_err(), "{name}: {wrong}");
        }
    }

    #[test]
    fn a_repeat_is_the_same_answer_or_none() {
        let first = Answer::read(&answer(), 100).unwrap();
        let again = Answer::read(&with("replay", json!(true)), 250).unwrap();
        assert_eq!(first.same_as(&again), Ok(()));
        for (name, other) in [("id", json!(8)), ("rho", json!(1))] {
            assert!(first.same_as(&Answer::read(&with(name, other), 100).unwrap()).is_err(), "{name}");
        }
    }

    fn accounts(spent: u64, lifetime: u64) -> Accounts {
        let account = json!({"account": "room", "unlocked": 1_000, "spent": {"rho": spent}, "lifetime": lifetime});
        Accounts::read(&json!({"accounts": [account]}), &["room"]).unwrap()
    }

    #[test]
    fn a_debit_is_exact_to_the_unit_and_within_what_is_unlocked() {
        let before = accounts(10, 50);
        assert_eq!(accounts(17, 57).debited(&before, 7), Ok(()));
        assert_eq!(accounts(10, 50).same_as(&before), Ok(()));
        for (spent, lifetime) in [(18, 57), (16, 57), (17, 50), (3, 57)] {
            assert!(accounts(spent, lifetime).debited(&before, 7).is_err(), "{spent} {lifetime}");
        }
        assert!(accounts(1_001, 1_041).debited(&before, 991).is_err(), "more than is unlocked");
        assert!(Accounts::read(&json!({"accounts": []}), &["room"]).unwrap_err().contains("`room`"));
    }

    #[test]
    fn an_estimate_is_what_is_charged() {
        let estimate = |rho: u64, free: bool| {
            let estimate = json!({"margin": 100, "rho": rho, "epsilon": 0.1, "free": free, "affordable": !free});
            Estimate::read(&estimate, 100).unwrap()
        };
        let first = Answer::read(&answer(), 100).unwrap();
        assert_eq!(estimate(190_000_000, false).agrees_with(&first), Ok(()));
        assert!(estimate(190_000_001, false).agrees_with(&first).is_err());
        assert!(estimate(190_000_000, true).agrees_with(&first).is_err());
        let dear = json!({"margin": 100, "rho": 1, "epsilon": 0.1, "free": false, "affordable": false});
        assert!(Estimate::read(&dear, 100).is_err());
    }

    #[test]
    fn an_audience_without_a_version_is_not_in_force() {
        let seen =
            json!({"audiences": [{"audience": "a/b", "version": {"number": 1}}, {"audience": "a/c", "version": null}]});
        assert_eq!(in_force(&seen, "a/b"), Ok(()));
        assert!(in_force(&seen, "a/c").is_err() && in_force(&seen, "a/d").is_err());
    }
}
