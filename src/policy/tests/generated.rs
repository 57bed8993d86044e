//! Generated rooms: agreements made of everything that agreements can say, over the pilot's members and audiences.

use super::*;
use crate::model::{ColumnName, PurposeName};
use proptest::{collection::vec, option, prelude::*, sample::select};

pub const MEMBERS: [&str; 5] = ["billetterie", "festival", "salle", "etiquette", "cooperative"];
const AUDIENCES: [&str; 6] = [
    "billetterie/acheteurs",
    "billetterie/achats",
    "festival/abonnes",
    "salle/abonnes",
    "etiquette/infolettre",
    "etiquette/artistes-vip",
];
const PURPOSES: [&str; 3] = ["planification", "programmation", "prospection"];
const TEMPLATES: [&str; 3] = ["overlap", "profile", "spend"];
const COLUMNS: [&str; 3] = ["genre", "region", "age_band"];
/// As Cedar is told them, and as they are.
const MOMENTS: [(&str, &str); 4] = [
    ("2027-01-01", "2027-01-01T00:00:00Z"),
    ("2027-07-01T00:00:00-0400", "2027-07-01T04:00:00Z"),
    ("2027-07-01T04:00:00.001Z", "2027-07-01T04:00:00.001Z"),
    ("1999-12-31T23:59:59Z", "1999-12-31T23:59:59Z"),
];
const LOSSES: [&str; 4] = ["0.1", "0.1001", "1.0", "0.0"];

fn entity(kind: &'static str, ids: &'static [&'static str]) -> impl Strategy<Value = String> + Clone {
    select(ids).prop_map(move |id| format!("{kind}::\"{id}\""))
}

fn set(kind: &'static str, ids: &'static [&'static str]) -> impl Strategy<Value = String> + Clone {
    vec(entity(kind, ids), 1..3).prop_map(|items| format!("[{}]", items.join(", ")))
}

/// A condition that has no parts.
fn leaf() -> impl Strategy<Value = String> {
    let order = || select(&["<", "<=", ">", ">=", "==", "!="][..]);
    let compare = select(&["lessThan", "lessThanOrEqual", "greaterThan", "greaterThanOrEqual"][..]);
    let sets = || select(&["containsAll", "containsAny"][..]);
    let members = || set("Member", &MEMBERS);
    let columns = || set("Column", &COLUMNS);
    prop_oneof![
        entity("Purpose", &PURPOSES).prop_map(|p| format!("context.purpose == {p}")),
        set("Purpose", &PURPOSES).prop_map(|p| format!("{p}.contains(context.purpose)")),
        Just("principal.member == resource.owner".to_owned()),
        Just("principal in resource.owner".to_owned()),
        entity("Member", &MEMBERS).prop_map(|m| format!("resource.owner == {m}")),
        select(&["marketer", "officer"][..]).prop_map(|role| format!("principal.role == Role::\"{role}\"")),
        Just("resource.owner in Group::\"pilote\"".to_owned()),
        Just("principal in Group::\"pilote\"".to_owned()),
        Just("resource in Tag::\"sensible\"".to_owned()),
        Just("resource.shape == Shape::\"list\"".to_owned()),
        select(&["count", "describe", "spend"][..]).prop_map(|action| format!("action in Action::\"{action}\"")),
        entity("Member", &MEMBERS).prop_map(|m| format!("context.owners.contains({m})")),
        Just("context.owners.contains(principal.member)".to_owned()),
        Just("context.owners.contains(resource.owner)".to_owned()),
        Just("context.owners.isEmpty()".to_owned()),
        (members(), sets()).prop_map(|(m, op)| format!("context.owners.{op}({m})")),
        members().prop_map(|m| format!("{m}.containsAll(context.owners)")),
        members().prop_map(|m| format!("context.owners == {m}")),
        Just("resource.columns.containsAll(context.columns)".to_owned()),
        (columns(), sets()).prop_map(|(c, op)| format!("context.columns.{op}({c})")),
        columns().prop_map(|c| format!("{c}.containsAll(context.columns)")),
        entity("Column", &COLUMNS).prop_map(|c| format!("resource.columns.contains({c})")),
        (order(), select(&MOMENTS[..])).prop_map(|(op, (at, _))| format!("context.date {op} datetime(\"{at}\")")),
        (select(&MOMENTS[..]), order()).prop_map(|((at, _), op)| format!("datetime(\"{at}\") {op} context.date")),
        (compare, select(&LOSSES[..])).prop_map(|(op, loss)| format!("context.epsilon.{op}(decimal(\"{loss}\"))")),
        select(&LOSSES[..]).prop_map(|loss| format!("context.epsilon == decimal(\"{loss}\")")),
    ]
}

fn condition() -> impl Strategy<Value = String> {
    leaf().prop_recursive(2, 6, 3, |inner| {
        let pair = || (inner.clone(), inner.clone());
        prop_oneof![
            pair().prop_map(|(a, b)| format!("({a}) && ({b})")),
            pair().prop_map(|(a, b)| format!("({a}) || ({b})")),
            inner.clone().prop_map(|a| format!("!({a})")),
            (inner.clone(), inner.clone(), inner.clone()).prop_map(|(a, b, c)| format!("(if {a} then {b} else {c})")),
        ]
    })
}

/// An agreement without its id.
pub fn agreement() -> impl Strategy<Value = String> {
    let principal = prop_oneof![
        3 => Just("principal".to_owned()),
        2 => entity("Member", &MEMBERS).prop_map(|m| format!("principal in {m}")),
        1 => Just("principal in Group::\"pilote\"".to_owned()),
        1 => select(&MEMBERS[..]).prop_map(|m| format!("principal == User::\"{m}/marketer\"")),
    ];
    let action = prop_oneof![
        2 => Just("action in Action::\"compare\"".to_owned()),
        1 => Just("action".to_owned()),
        1 => Just("action in [Action::\"count\", Action::\"purchases\"]".to_owned()),
        1 => Just("action == Action::\"overlap\"".to_owned()),
    ];
    let resource = prop_oneof![
        3 => Just("resource".to_owned()),
        2 => entity("Audience", &AUDIENCES).prop_map(|a| format!("resource == {a}")),
        1 => Just("resource in Tag::\"clientele\"".to_owned()),
        1 => Just("resource is Audience in Tag::\"sensible\"".to_owned()),
    ];
    let clause = option::weighted(0.7, (any::<bool>(), condition()));
    (prop::bool::weighted(0.3), principal, action, resource, clause).prop_map(|(forbid, who, what, whose, clause)| {
        let effect = if forbid { "forbid" } else { "permit" };
        let clause = clause.map(|(unless, body)| format!("{} {{ {body} }}", if unless { "unless" } else { "when" }));
        format!("{effect} ({who}, {what}, {whose}) {};", clause.unwrap_or_default())
    })
}

/// A version of the pilot's folder: its own agreements, and a change to what it declares.
#[derive(Debug, Clone)]
pub struct Version {
    agreements: Vec<String>,
    change: Option<usize>,
}

/// Changes that no agreement can be broken by: (file, from, to).
const CHANGES: [(&str, &str, &str); 7] = [
    ("members.toml", "groups = [\"pilote\"]", "groups = []"),
    ("members.toml", "columns = [\"genre\", \"region\"]", "columns = [\"genre\"]"),
    ("members.toml", "tags = [\"sensible\"]", "tags = [\"clientele\"]"),
    ("members.toml", "shape = \"events\"", "shape = \"list\""),
    ("members.toml", "[members.etiquette.audiences.artistes-vip]", "[members.salle.audiences.artistes-vip]"),
    ("purposes.toml", "[marketing]", "[commercialisation]"),
    ("schema.cedarschema", "action overlap in [count]", "action overlap in [describe]"),
];

pub fn version() -> impl Strategy<Value = Version> {
    (vec(agreement(), 0..4), option::weighted(0.4, 0..CHANGES.len()))
        .prop_map(|(agreements, change)| Version { agreements, change })
}

impl Version {
    /// The folder with these agreements and `common` ones, loaded.
    pub fn load(&self, common: &[String]) -> Policies {
        self.folder(common).generated()
    }

    /// The files of that folder.
    pub fn files(&self, common: &[String]) -> crate::policy::Files {
        Policies::read_files(self.folder(common).0.path()).unwrap()
    }

    fn folder(&self, common: &[String]) -> Copy {
        let all = common.iter().chain(&self.agreements);
        let names_vip = all.clone().any(|text| text.contains("etiquette/artistes-vip"));
        let mut copy = Copy::new().remove("cases.toml");
        for file in ["mes-auditoires", "pilote-comparaison", "agents-sans-prospection", "artistes-vip"] {
            copy = copy.remove(&format!("{file}.cedar"));
        }
        for (number, agreement) in all.enumerate() {
            let head =
                format!("@id(\"e{number}\")\n@title_fr(\"Entente {number}\")\n@title_en(\"Agreement {number}\")\n");
            copy = copy.write(&format!("{number:02}.cedar"), head + agreement);
        }
        let change = self.change.and_then(|at| CHANGES.get(at));
        match change.filter(|(_, from, _)| !(names_vip && from.contains("artistes-vip"))) {
            Some((file, from, to)) => copy.replace(file, from, to),
            None => copy,
        }
    }
}

impl Copy {
    /// The folder, loaded.
    fn generated(&self) -> Policies {
        self.load().unwrap_or_else(|errors| panic!("{:?}", errors.mistakes()))
    }
}

/// A question, by its places in the lists above.
#[derive(Debug, Clone)]
pub struct Drawn {
    asker: usize,
    role: usize,
    template: usize,
    audiences: Vec<usize>,
    columns: Vec<usize>,
    purpose: usize,
    moment: (usize, i64),
    loss: (usize, i32),
}

pub fn question_drawn() -> impl Strategy<Value = Drawn> {
    let moment = (0..MOMENTS.len(), -1_i64..2);
    let loss = (0..LOSSES.len(), -1_i32..2);
    let audiences = prop::sample::subsequence((0..AUDIENCES.len()).collect::<Vec<_>>(), 1..4);
    let columns = prop::sample::subsequence((0..COLUMNS.len()).collect::<Vec<_>>(), 0..3);
    (0..MEMBERS.len(), 0..3_usize, 0..TEMPLATES.len(), audiences, columns, 0..PURPOSES.len(), moment, loss).prop_map(
        |(asker, role, template, audiences, columns, purpose, moment, loss)| Drawn {
            asker,
            role,
            template,
            audiences,
            columns,
            purpose,
            moment,
            loss,
        },
    )
}

impl Drawn {
    pub fn question(&self) -> Question {
        let moment: jiff::Timestamp = MOMENTS[self.moment.0].1.parse().unwrap();
        let units = (LOSSES[self.loss.0].parse::<f64>().unwrap() * 1e4).round() as i32 + self.loss.1;
        Question {
            asker: MEMBERS[self.asker].parse().unwrap(),
            role: Role::OF_MEMBERS[self.role],
            template: TEMPLATES[self.template].parse().unwrap(),
            audiences: self.audiences.iter().map(|at| AUDIENCES[*at].parse().unwrap()).collect(),
            columns: self.columns.iter().map(|at| COLUMNS[*at].parse::<ColumnName>().unwrap()).collect(),
            purpose: PURPOSES[self.purpose].parse::<PurposeName>().unwrap(),
            rho: Rho::default(),
            epsilon: f64::from(units.max(0)) / 1e4,
            now: moment + jiff::SignedDuration::from_millis(self.moment.1),
        }
    }
}
