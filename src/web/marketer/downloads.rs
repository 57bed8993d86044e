//! An answer to take along: as a table, as a workbook, as a picture.

use super::{
    answers::{audiences, found, loss, purpose, title},
    pictures::pictures,
    told,
};
use crate::{
    gateway::{AskError, Room},
    http::{Asker, Problem},
    model::{
        Language,
        answer::{Answer, Unit, label},
        csv,
    },
    web::page::Page,
};
use axum::{
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
};
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};
use std::sync::Arc;

/// Widest column of a workbook, in pixels.
const WIDTH_MAX: u32 = 420;

/// A cell of a workbook.
enum Cell {
    Words(String),
    Number(f64),
}

fn download(kind: &'static str, (id, ending): (i64, &str), content: Vec<u8>) -> Response {
    let disposition = format!("attachment; filename=\"camerata-{id}.{ending}\"");
    ([(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, disposition)], content).into_response()
}

/// As a table for a spreadsheet (RFC 4180), in the reader's language; numbers as programs write them.
pub(crate) async fn table(State(room): State<Arc<Room>>, page: Page, asker: Asker, Path(id): Path<String>) -> Response {
    let told = match found((&page, &room), &asker, &id).await {
        Ok((_, told)) => told,
        Err(problem) => return page.problem(&problem),
    };
    let keys = told.keys_of(told.figures.iter().map(|figure| &figure.keys));
    let mut lines = vec![head(&page, &told, &keys).iter().map(|cell| csv::cell(cell)).collect::<Vec<_>>().join(",")];
    for figure in &told.figures {
        let mut row = vec![csv::cell(&told.part(&figure.part, page.language))];
        row.extend(keys.iter().map(|key| csv::cell(label(&figure.keys, key, page.language))));
        let known = !figure.withheld;
        let number = |value: Option<String>| value.filter(|_| known).unwrap_or_default();
        row.push(number(figure.shown.map(|value| value.to_string())));
        row.push(number(figure.margin.map(|value| value.to_string())));
        row.push(number(figure.interval.map(|(low, _)| low.to_string())));
        row.push(number(figure.interval.map(|(_, high)| high.to_string())));
        lines.push(row.join(","));
    }
    // With a byte order mark: without it, spreadsheets take accents for something else.
    let csv = format!("\u{feff}{}\r\n", lines.join("\r\n"));
    download("text/csv; charset=utf-8", (told.id, "csv"), csv.into_bytes())
}

fn head(page: &Page, told: &Answer, keys: &[&str]) -> Vec<String> {
    let mut head = vec![page.say("part")];
    head.extend(keys.iter().map(|key| told.title(key, page.language)));
    head.extend([page.say("value"), page.say("margin"), page.say("low"), page.say("high")]);
    head
}

/// As a workbook (ISO/IEC 29500): the figures, what was computed from them, and what all of it rests on.
pub(crate) async fn workbook(
    State(room): State<Arc<Room>>,
    page: Page,
    asker: Asker,
    Path(id): Path<String>,
) -> Response {
    let (answer, told) = match found((&page, &room), &asker, &id).await {
        Ok(found) => found,
        Err(problem) => return page.problem(&problem),
    };
    let facts = [
        (page.say("question"), title(&page, &room, &answer)),
        (page.say("audiences"), audiences(&page, &room, &answer)),
        (page.say("purpose"), purpose(&page, &room, &answer).await),
        (page.say("loss"), loss(&page, &answer)),
        (page.say("answered"), page.moment(&answer.recorded)),
    ];
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    match written(&page, &told, &facts) {
        Ok(bytes) => download(kind, (told.id, "xlsx"), bytes),
        Err(error) => page.problem(&Problem::from_ask(AskError::internal("workbook", &error))),
    }
}

fn written(page: &Page, told: &Answer, facts: &[(String, String)]) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let keys = told.keys_of(told.figures.iter().map(|figure| &figure.keys));
    let sheet = workbook.add_worksheet().set_name(page.say("figures"))?;
    filled(sheet, &head(page, told, &keys), told.figures.iter().map(|figure| figure_row(page, told, &keys, figure)))?;
    if let Some(derived) = told::derived(page, told) {
        let sheet = workbook.add_worksheet().set_name(page.say("derived-sheet"))?;
        let head: Vec<String> = derived.head.into_iter().map(|(cell, _)| cell).collect();
        filled(sheet, &head, derived.rows.into_iter().map(|row| row.into_iter().map(Cell::Words).collect()))?;
    }
    let sheet = workbook.add_worksheet().set_name(page.say("about-sheet"))?;
    let rows = facts.iter().map(|(name, fact)| vec![Cell::Words(name.clone()), Cell::Words(fact.clone())]);
    filled(sheet, &[], rows)?;
    workbook.save_to_buffer()
}

fn figure_row(page: &Page, told: &Answer, keys: &[&str], figure: &crate::model::answer::Figure) -> Vec<Cell> {
    let mut row = vec![Cell::Words(told.part(&figure.part, page.language))];
    row.extend(keys.iter().map(|key| Cell::Words(label(&figure.keys, key, page.language).to_owned())));
    let Some(known) = figure.known() else {
        row.push(Cell::Words(page.say("withheld")));
        return row;
    };
    let values = [
        known.shown,
        known.margin.and_then(|margin| i64::try_from(margin).ok()),
        known.interval.map(|(low, _)| low),
        known.interval.map(|(_, high)| high),
    ];
    let margin = 1;
    row.extend(values.into_iter().enumerate().map(|(at, value)| match value {
        // A margin of dates is days.
        Some(value) if at == margin && figure.unit == Unit::Date => Cell::Number(value as f64),
        Some(value) => number(value, figure.unit, page.language),
        None => Cell::Words(String::new()),
    }));
    row
}

/// A value as a spreadsheet counts with it: money in dollars, days as people write them.
fn number(value: i64, unit: Unit, language: Language) -> Cell {
    match unit {
        Unit::Cents => Cell::Number(value as f64 / 100.0),
        Unit::Date => Cell::Words(unit.write(value as f64, language)),
        Unit::Persons | Unit::Number => Cell::Number(value as f64),
    }
}

fn filled(sheet: &mut Worksheet, head: &[String], rows: impl Iterator<Item = Vec<Cell>>) -> Result<(), XlsxError> {
    let bold = Format::new().set_bold();
    let first = u32::from(!head.is_empty());
    for (column, cell) in (0u16..).zip(head) {
        sheet.write_string_with_format(0, column, cell, &bold)?;
    }
    for (row, cells) in (first..).zip(rows) {
        for (column, cell) in (0u16..).zip(cells) {
            // As words and never as a formula, whatever a name begins with.
            match cell {
                Cell::Words(words) => sheet.write_string(row, column, words)?,
                Cell::Number(number) => sheet.write_number(row, column, number)?,
            };
        }
    }
    sheet.set_freeze_panes(first, 0)?;
    sheet.set_autofit_max_width(WIDTH_MAX);
    sheet.autofit();
    Ok(())
}

/// As its picture, alone.
pub(crate) async fn drawing(
    State(room): State<Arc<Room>>,
    page: Page,
    asker: Asker,
    Path(id): Path<String>,
) -> Response {
    let (answer, told) = match found((&page, &room), &asker, &id).await {
        Ok(found) => found,
        Err(problem) => return page.problem(&problem),
    };
    match pictures((&page, &room), &told, &title(&page, &room, &answer)).into_iter().next() {
        Some(svg) => download("image/svg+xml", (told.id, "svg"), svg.into_bytes()),
        None => page.problem(&Problem::not_found()),
    }
}
