//! Random templates over the whole grammar of the checker, each with the manifest that it needs, drawn from a list of
//! choices, so that proptest can make a failing one smaller.

mod expressions;

use crate::model::Text;
use crate::template::manifest::{
    AudienceColumn, AudienceParameter, Manifest, Parameter, ParameterKind, ReleaseKind, ShapeRule,
};
use std::collections::{BTreeMap, BTreeSet};

/// What a column of a generated template holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Genre,
    Region,
    Date,
    Number,
    Boolean,
    Audience,
}

/// The columns of every audience of these tests.
pub(super) const COLUMNS: [(&str, Kind); 4] =
    [("genre", Kind::Genre), ("region", Kind::Region), ("bought", Kind::Date), ("spend", Kind::Number)];

/// The parameters that templates of these tests may have.
const PARAMETERS: [&str; 5] = ["amount", "count", "place", "since", "wanted"];

/// A relation in FROM: its alias and columns.
type Relation = (String, Vec<(String, Kind)>);

/// What expressions are made of in one place of a SELECT.
struct Place<'s> {
    relations: &'s [Relation],
    /// Expressions that are keys of a group, where there are groups.
    keys: Option<&'s [(String, Kind)]>,
    windows: bool,
}

impl Place<'_> {
    fn rows(relations: &[Relation]) -> Place<'_> {
        Place { relations, keys: None, windows: false }
    }
}

/// Choices, one after the other; the first of each when there are no more.
pub(in crate::template) struct Generator<'c> {
    choices: std::slice::Iter<'c, u16>,
    many: bool,
    ctes: Vec<(String, Vec<(String, Kind)>)>,
    names: u32,
    /// Whether a condition of ON is being made.
    in_on: bool,
    audiences: BTreeSet<&'static str>,
}

/// A template and its manifest.
pub(in crate::template) struct Generated {
    pub(in crate::template) sql: String,
    pub(in crate::template) manifest: Manifest,
}

impl<'c> Generator<'c> {
    pub(in crate::template) fn generate(choices: &'c [u16]) -> Generated {
        let mut generator = Self {
            choices: choices.iter(),
            many: false,
            ctes: Vec::new(),
            names: 0,
            in_on: false,
            audiences: BTreeSet::new(),
        };
        generator.many = generator.choose(4) == 3;
        let mut with = Vec::new();
        for _ in 0..generator.choose(3) {
            let (sql, columns) = generator.query(2, None);
            let name = generator.name("cte");
            with.push(format!("{name} AS ({sql})"));
            generator.ctes.push((name, columns));
        }
        let (body, _) = generator.query(3, None);
        let with = if with.is_empty() { String::new() } else { format!("WITH {} ", with.join(", ")) };
        let sql = with + &body;
        let manifest = generator.manifest(&sql);
        Generated { sql, manifest }
    }

    /// The manifest that declares what the SQL uses, and no more.
    fn manifest(&self, sql: &str) -> Manifest {
        let title = || Text::new("x", "x");
        let audience = |name: &&str| {
            // Aliases of audiences end in their names.
            let used = COLUMNS.iter().filter(|(column, _)| sql.contains(&format!("_{name}.{column}")));
            let column =
                |(column, _): &(&str, Kind)| AudienceColumn { name: (*column).into(), column: column.parse().unwrap() };
            AudienceParameter {
                name: (*name).into(),
                title: title(),
                shape: if *name == "a" { ShapeRule::List } else { ShapeRule::Any },
                columns: used.map(column).collect(),
                many: (*name == "audiences").then_some((2, 6)),
            }
        };
        let parameter = |name: &&str| Parameter {
            name: (*name).into(),
            title: title(),
            kind: match *name {
                "since" => ParameterKind::Date { default: None },
                "wanted" => ParameterKind::Category { column: "genre".parse().unwrap(), default: None },
                "place" => ParameterKind::Category { column: "region".parse().unwrap(), default: None },
                "amount" => ParameterKind::Amount { min: i64::MIN, max: i64::MAX, default: None },
                _ => ParameterKind::Integer { min: 1, max: 100, default: None },
            },
        };
        Manifest {
            title: title(),
            description: title(),
            audiences: self.audiences.iter().map(audience).collect(),
            parameters: PARAMETERS.iter().filter(|name| sql.contains(&format!("${name}"))).map(parameter).collect(),
            release: ReleaseKind::Count {},
            derived: Vec::new(),
            margin_default: 100,
            symmetric: false,
            titles: BTreeMap::new(),
            example: None,
        }
    }

    fn choose(&mut self, of: u16) -> u16 {
        self.choices.next().map_or(0, |choice| choice % of)
    }

    fn pick<T: Clone>(&mut self, of: &[T]) -> T {
        of[usize::from(self.choose(of.len().try_into().unwrap()))].clone()
    }

    fn name(&mut self, stem: &str) -> String {
        self.names += 1;
        format!("{stem}_{}", self.names)
    }

    /// A query; with `wanted`, one that yields these columns beside `person`.
    fn query(&mut self, depth: u16, wanted: Option<&[(String, Kind)]>) -> (String, Vec<(String, Kind)>) {
        let (left, columns) = self.select(depth, wanted);
        if depth == 0 || columns.iter().any(|(_, kind)| *kind == Kind::Audience) || self.choose(4) != 3 {
            return (left, columns);
        }
        let (right, _) = self.select(depth - 1, Some(&columns));
        let operation = self.pick(&["UNION", "UNION ALL", "INTERSECT", "INTERSECT ALL", "EXCEPT", "EXCEPT ALL"]);
        (format!("({left}) {operation} ({right})"), columns)
    }

    fn select(&mut self, depth: u16, wanted: Option<&[(String, Kind)]>) -> (String, Vec<(String, Kind)>) {
        let (from, relations) = self.from(depth);
        let filter = self.filter(depth, &relations);
        let distinct = if self.choose(4) == 3 { "DISTINCT " } else { "" };
        let person = format!("{}.person", relations[0].0);
        if self.choose(2) == 0 {
            let place = Place { windows: true, ..Place::rows(&relations) };
            let (outputs, columns) = self.outputs(&place, wanted);
            return (format!("SELECT {distinct}{person}{outputs} FROM {from}{filter}"), columns);
        }
        let mut keys = Vec::new();
        for _ in 0..self.choose(3) {
            let kind = self.kind();
            let key = self.expression(&Place::rows(&relations), kind, 1);
            // A constant is no key.
            if key.contains("_") && key.contains('.') {
                keys.push((key, kind));
            }
        }
        let place = Place { keys: Some(&keys), ..Place::rows(&relations) };
        let (outputs, columns) = self.outputs(&place, wanted);
        let having = if self.choose(3) == 2 { self.expression(&place, Kind::Boolean, 2) } else { String::new() };
        let having = if having.is_empty() { having } else { format!(" HAVING {having}") };
        let by: String = keys.iter().map(|(key, _)| format!(", {key}")).collect();
        (format!("SELECT {distinct}{person}{outputs} FROM {from}{filter} GROUP BY {person}{by}{having}"), columns)
    }

    fn outputs(&mut self, place: &Place<'_>, wanted: Option<&[(String, Kind)]>) -> (String, Vec<(String, Kind)>) {
        let columns = match wanted {
            Some(wanted) => wanted.to_vec(),
            None => (0..self.choose(4)).map(|n| (format!("c{n}"), self.kind())).collect(),
        };
        let mut outputs = String::new();
        let mut yielded = Vec::new();
        for (name, kind) in columns {
            let audience = place.relations.iter().find_map(|(alias, columns)| {
                columns.iter().find(|(_, kind)| *kind == Kind::Audience).map(|(column, _)| format!("{alias}.{column}"))
            });
            // Now and then, which audience it was.
            if let (None, None, Some(column)) = (wanted, place.keys, audience)
                && self.choose(2) == 1
            {
                outputs += &format!(", {} AS {name}", self.which_audience(place, &column));
                yielded.push((name, Kind::Audience));
                continue;
            }
            outputs += &format!(", {} AS {name}", self.expression(place, kind, 3));
            yielded.push((name, kind));
        }
        (outputs, yielded)
    }

    /// Which audience it was, or another: the template may name more than are bound.
    fn which_audience(&mut self, place: &Place<'_>, column: &str) -> String {
        let other = self.choose(6);
        match self.choose(6) {
            0 => format!("CASE WHEN {} THEN {other} ELSE {column} END", self.expression(place, Kind::Boolean, 2)),
            1 => format!("coalesce(CASE WHEN {} THEN {column} END, {other})", self.expression(place, Kind::Boolean, 1)),
            2 => format!("least({column}, {other})"),
            3 => format!("greatest({column}, {other})"),
            _ => column.to_owned(),
        }
    }

    fn kind(&mut self) -> Kind {
        self.pick(&[Kind::Number, Kind::Genre, Kind::Date, Kind::Boolean, Kind::Region])
    }

    /// A relation; the aliases of those that a LEFT JOIN can miss begin with `l`.
    fn source(&mut self, depth: u16, missed: bool) -> (String, Relation) {
        let alias = self.name(if missed { "l" } else { "r" });
        let choice = self.choose(6);
        if choice == 5 && depth > 0 {
            let (sql, columns) = self.query(depth - 1, None);
            return (format!("({sql}) AS {alias}"), (alias, columns));
        }
        if choice >= 3 && !self.ctes.is_empty() {
            let ctes = self.ctes.clone();
            let (name, columns) = self.pick(&ctes);
            return (format!("{name} AS {alias}"), (alias, columns));
        }
        let name = if self.many { "audiences" } else { self.pick(&["a", "b"]) };
        self.audiences.insert(name);
        let mut columns: Vec<_> = COLUMNS.iter().map(|(name, kind)| ((*name).to_owned(), *kind)).collect();
        if self.many {
            columns.push(("audience".into(), Kind::Audience));
        }
        // The alias tells of which audience a column is: see `manifest`.
        let alias = format!("{alias}_{name}");
        (format!("{name} AS {alias}"), (alias, columns))
    }

    fn from(&mut self, depth: u16) -> (String, Vec<Relation>) {
        let (mut sql, first) = self.source(depth, false);
        let mut relations = vec![first];
        for _ in 0..self.choose(3) {
            let kind = self.pick(&["JOIN", "LEFT JOIN", "SEMI JOIN", "ANTI JOIN"]);
            let (source, relation) = self.source(depth, kind == "LEFT JOIN");
            let alias = relation.0.clone();
            let mut seen = relations.clone();
            seen.push(relation);
            let on = if self.choose(2) == 0 {
                "USING (person)".to_owned()
            } else {
                // But for inner joins, a condition is on the right side, or compares that with the left.
                let (left, right) = seen.split_at(seen.len() - 1);
                self.in_on = true;
                let more = match (kind, self.choose(2)) {
                    ("JOIN", _) => self.expression(&Place::rows(&seen), Kind::Boolean, 2),
                    (_, 0) => {
                        let more = self.expression(&Place::rows(right), Kind::Boolean, 2);
                        // One conjunct, so that none of them is a constant.
                        if more.contains(" AND ") { format!("coalesce({more}, FALSE)") } else { more }
                    }
                    _ => {
                        let (one, other) = (Place::rows(left), Place::rows(right));
                        let kind = self.pick(&[Kind::Number, Kind::Date]);
                        let (one, other) = (self.expression(&one, kind, 1), self.expression(&other, kind, 1));
                        format!("{one} <= {other}")
                    }
                };
                self.in_on = false;
                // What has no column of the right side is no condition.
                let looked_up = kind == "JOIN" || more.contains(&format!("{alias}."));
                let more = if looked_up { format!(" AND {more}") } else { String::new() };
                format!("ON {alias}.person = {}.person{more}", relations[0].0)
            };
            sql += &format!(" {kind} {source} {on}");
            if kind == "JOIN" || kind == "LEFT JOIN" {
                relations = seen;
            }
        }
        (sql, relations)
    }

    fn filter(&mut self, depth: u16, relations: &[Relation]) -> String {
        let mut conjuncts = Vec::new();
        for _ in 0..self.choose(3) {
            let not = if self.choose(2) == 1 { "NOT " } else { "" };
            let person = format!("{}.person", relations[0].0);
            conjuncts.push(match self.choose(4) {
                2 if depth > 0 => {
                    let (sql, _) = self.query(depth - 1, Some(&[]));
                    format!("{person} {not}IN ({sql})")
                }
                3 if depth > 0 => {
                    let (source, relation) = self.source(depth - 1, false);
                    let link = format!("{}.person = {person}", relation.0);
                    let more = self.expression(&Place::rows(&[relation]), Kind::Boolean, 2);
                    format!("{not}EXISTS (SELECT 1 FROM {source} WHERE {more} AND {link})")
                }
                _ => self.expression(&Place::rows(relations), Kind::Boolean, 3),
            });
        }
        if conjuncts.is_empty() { String::new() } else { format!(" WHERE {}", conjuncts.join(" AND ")) }
    }
}
