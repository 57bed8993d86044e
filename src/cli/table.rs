//! Plain tables that read well without colour and paste well into a message.

/// How a column's cells are set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// Words.
    Left,
    /// Figures.
    Right,
}

/// A table under construction.
#[derive(Debug)]
pub struct Table {
    columns: Vec<(String, Align)>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these columns.
    pub fn new(columns: &[(&str, Align)]) -> Self {
        Self { columns: columns.iter().map(|(title, align)| ((*title).to_owned(), *align)).collect(), rows: Vec::new() }
    }

    /// Adds a row; cells beyond the columns are dropped, missing ones are empty.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// The table as text, without a newline at its end.
    pub fn render(&self) -> String {
        let titles: Vec<String> = self.columns.iter().map(|(title, _)| title.clone()).collect();
        let mut widths: Vec<usize> = titles.iter().map(|title| width(title)).collect();
        for row in &self.rows {
            for (widest, cell) in widths.iter_mut().zip(row) {
                *widest = (*widest).max(width(cell));
            }
        }
        let rule: Vec<String> = widths.iter().map(|width| "─".repeat(*width)).collect();
        let lines = [&titles, &rule].into_iter().chain(&self.rows).map(|cells| self.line(cells, &widths));
        lines.collect::<Vec<_>>().join("\n")
    }

    fn line(&self, cells: &[String], widths: &[usize]) -> String {
        let mut line = String::new();
        for (position, ((_, align), width_max)) in self.columns.iter().zip(widths).enumerate() {
            let cell = cells.get(position).map_or("", String::as_str);
            let gap = " ".repeat(width_max.saturating_sub(width(cell)));
            let before = if position == 0 { "" } else { "  " };
            match align {
                Align::Left => line.extend([before, cell, &gap]),
                Align::Right => line.extend([before, &gap, cell]),
            }
        }
        line.truncate(line.trim_end().len());
        line
    }
}

/// Columns that a text takes in a terminal. Latin letters and our typography take one each.
fn width(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_stand_at_the_right_and_lines_have_no_tail() {
        let mut table = Table::new(&[("Compte", Align::Left), ("Dépensé", Align::Right)]);
        table.row(["salle".to_owned(), "0,5".to_owned()]);
        table.row(["propriétaire".to_owned(), String::new()]);
        assert_eq!(
            table.render(),
            "Compte        Dépensé\n────────────  ───────\nsalle             0,5\npropriétaire"
        );
    }
}
