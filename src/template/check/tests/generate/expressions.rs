//! Expressions of generated templates, by the kind that is wanted.

use super::{Generator, Kind, Place};

impl Generator<'_> {
    pub(super) fn leaf(&mut self, place: &Place<'_>, kind: Kind) -> String {
        if let Some(keys) = place.keys {
            let keys: Vec<_> = keys.iter().filter(|(_, of)| *of == kind).map(|(key, _)| key.clone()).collect();
            if !keys.is_empty() && self.choose(2) == 0 {
                return self.pick(&keys);
            }
            if let Some(aggregate) = self.aggregate(place, kind) {
                return aggregate;
            }
            return self.constant(kind);
        }
        if place.windows
            && self.choose(3) == 2
            && let Some(window) = self.window(place, kind)
        {
            return window;
        }
        let columns: Vec<_> = place
            .relations
            .iter()
            .flat_map(|(alias, columns)| columns.iter().map(move |(column, of)| (alias, column, of)))
            .filter(|(_, _, of)| **of == kind)
            .map(|(alias, column, _)| (alias.clone(), column.clone()))
            .collect();
        if columns.is_empty() || self.choose(5) == 4 {
            return self.constant(kind);
        }
        let (alias, column) = self.pick(&columns);
        format!("{alias}.{column}")
    }

    pub(super) fn constant(&mut self, kind: Kind) -> String {
        let constant = match kind {
            Kind::Genre => "$wanted",
            Kind::Region => "$place",
            Kind::Date => self.pick(&["DATE '2025-06-30'", "DATE '0001-01-01'", "DATE '9999-12-31'", "$since"]),
            Kind::Audience => self.pick(&["0", "1", "5"]),
            Kind::Number => {
                self.pick(&["0", "7", "-3", "9223372036854775807", "-9223372036854775808", "$count", "$amount"])
            }
            Kind::Boolean => self.pick(&["TRUE", "FALSE"]),
        };
        constant.to_owned()
    }

    pub(super) fn aggregate(&mut self, place: &Place<'_>, kind: Kind) -> Option<String> {
        let rows = Place::rows(place.relations);
        let choice = self.choose(6);
        let call = match (kind, choice) {
            (Kind::Number, 0) => "count(*)".to_owned(),
            (Kind::Number, 1) => {
                let of = self.kind();
                format!("count({})", self.expression(&rows, of, 1))
            }
            (Kind::Number, 2) => {
                let of = self.kind();
                format!("count(DISTINCT {})", self.expression(&rows, of, 1))
            }
            (Kind::Number, 3) => format!("sum({})", self.expression(&rows, Kind::Number, 2)),
            (Kind::Number | Kind::Date | Kind::Genre | Kind::Region, _) => {
                format!("{}({})", if choice == 4 { "min" } else { "max" }, self.expression(&rows, kind, 2))
            }
            (Kind::Boolean, _) => {
                let name = if choice < 3 { "bool_or" } else { "bool_and" };
                format!("{name}({})", self.expression(&rows, Kind::Boolean, 2))
            }
            _ => return None,
        };
        if self.choose(3) < 2 {
            return Some(call);
        }
        Some(format!("{call} FILTER (WHERE {})", self.expression(&rows, Kind::Boolean, 2)))
    }

    pub(super) fn window(&mut self, place: &Place<'_>, kind: Kind) -> Option<String> {
        let rows = Place::rows(place.relations);
        let choice = self.choose(7);
        let ordered = choice < 2 || self.choose(2) == 1;
        let call = match (kind, choice) {
            (Kind::Number, 0) => "rank()".to_owned(),
            (Kind::Number, 1) => "dense_rank()".to_owned(),
            (Kind::Number, 2) => "count(*)".to_owned(),
            (Kind::Number, 3) => {
                let of = self.kind();
                format!("count({})", self.expression(&rows, of, 1))
            }
            (Kind::Number, 4) => format!("sum({})", self.expression(&rows, Kind::Number, 2)),
            (Kind::Number | Kind::Date | Kind::Genre | Kind::Region, _) => {
                format!("{}({})", if choice == 5 { "min" } else { "max" }, self.expression(&rows, kind, 2))
            }
            _ => return None,
        };
        let mut over = format!("PARTITION BY {}.person", place.relations[0].0);
        if self.choose(3) == 2 {
            let by = self.kind();
            over += &format!(", {}", self.expression(&rows, by, 1));
        }
        if ordered {
            let by = self.pick(&[Kind::Number, Kind::Date]);
            // More than a constant, which orders nothing.
            let by = self.expression(&rows, by, 1);
            let by = if by.contains('.') { by } else { format!("coalesce({by}, {by})") };
            let direction = self.pick(&["", " DESC", " ASC NULLS FIRST", " DESC NULLS LAST"]);
            over += &format!(" ORDER BY {by}{direction}");
        }
        Some(format!("{call} OVER ({over})"))
    }

    /// An expression of a kind, at most so deep.
    pub(super) fn expression(&mut self, place: &Place<'_>, kind: Kind, depth: u16) -> String {
        let choice = self.choose(8);
        if depth == 0 || choice < 2 {
            if kind == Kind::Boolean && self.choose(4) != 3 {
                return self.comparison(place, 0);
            }
            return self.leaf(place, kind);
        }
        let depth = depth - 1;
        if choice == 2 {
            let (when, then) = (self.expression(place, Kind::Boolean, depth), self.expression(place, kind, depth));
            let otherwise = if self.choose(2) == 0 {
                format!(" ELSE {}", self.expression(place, kind, depth))
            } else {
                String::new()
            };
            return format!("CASE WHEN {when} THEN {then}{otherwise} END");
        }
        if choice == 3 {
            let name = match kind {
                Kind::Boolean => "coalesce",
                _ => self.pick(&["coalesce", "least", "greatest"]),
            };
            return format!("{name}({}, {})", self.expression(place, kind, depth), self.expression(place, kind, depth));
        }
        match kind {
            Kind::Number => self.number(place, depth),
            Kind::Boolean => self.condition(place, depth),
            _ => self.leaf(place, kind),
        }
    }

    pub(super) fn number(&mut self, place: &Place<'_>, depth: u16) -> String {
        let value = self.expression(place, Kind::Number, depth);
        match self.choose(11) {
            10 => format!(
                "(({}) - ({}))",
                self.expression(place, Kind::Date, depth),
                self.expression(place, Kind::Date, depth)
            ),
            0 => format!("({value} + {})", self.expression(place, Kind::Number, depth)),
            1 => format!("({value} - {})", self.expression(place, Kind::Number, depth)),
            2 => format!("({value} * {})", self.expression(place, Kind::Number, depth)),
            3 => format!("(({value}) // 100)"),
            4 => format!("(({value}) % $count)"),
            5 => format!("(-({value}))"),
            6 => format!("abs({value})"),
            7 => format!("year({})", self.expression(place, Kind::Date, depth)),
            8 => format!("month({})", self.expression(place, Kind::Date, depth)),
            _ => {
                let unit = self.pick(&["day", "month"]);
                let (from, to) = (self.expression(place, Kind::Date, depth), self.expression(place, Kind::Date, depth));
                format!("date_diff('{unit}', {from}, {to})")
            }
        }
    }

    pub(super) fn condition(&mut self, place: &Place<'_>, depth: u16) -> String {
        match self.choose(8) {
            7 if place.keys.is_none() && !self.in_on => {
                let missed = place.relations.iter().find(|(alias, _)| alias.starts_with("l_"));
                let Some((alias, _)) = missed else { return self.comparison(place, depth) };
                format!("({alias}.person IS {}NULL)", self.pick(&["", "NOT "]))
            }
            0 => format!(
                "({} AND {})",
                self.expression(place, Kind::Boolean, depth),
                self.expression(place, Kind::Boolean, depth)
            ),
            1 => format!(
                "({} OR {})",
                self.expression(place, Kind::Boolean, depth),
                self.expression(place, Kind::Boolean, depth)
            ),
            2 => format!("(NOT {})", self.expression(place, Kind::Boolean, depth)),
            3 => {
                let kind = self.kind();
                let not = self.pick(&["", "NOT "]);
                format!("(({}) IS {not}NULL)", self.expression(place, kind, depth))
            }
            4 => {
                let kind = self.pick(&[Kind::Number, Kind::Date, Kind::Genre, Kind::Region]);
                let not = self.pick(&["", "NOT "]);
                let value = self.expression(place, kind, depth);
                let (low, high) = (self.expression(place, kind, depth), self.expression(place, kind, depth));
                format!("(({value}) {not}BETWEEN ({low}) AND ({high}))")
            }
            5 => {
                let kind = self.kind();
                let not = self.pick(&["", "NOT "]);
                let value = self.expression(place, kind, depth);
                let (one, other) = (self.constant(kind), self.constant(kind));
                format!("(({value}) {not}IN ({one}, {other}))")
            }
            _ => self.comparison(place, depth),
        }
    }

    pub(super) fn comparison(&mut self, place: &Place<'_>, depth: u16) -> String {
        let kind = self.pick(&[Kind::Number, Kind::Genre, Kind::Date, Kind::Region]);
        let symbol = self.pick(&["=", "<>", "<", "<=", ">", ">="]);
        format!("(({}) {symbol} ({}))", self.expression(place, kind, depth), self.expression(place, kind, depth))
    }
}
