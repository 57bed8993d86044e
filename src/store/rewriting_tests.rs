//! Who goes with whom: what stood on one row with a person of the list goes too, and nobody else.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
use super::*;
use crate::{
    identity::Profile,
    model::Shape,
    store::{Attached, DuckDb, Limits, Rejections},
};
use serde_json::json;
use std::{path::Path, time::Duration};
use zeroize::Zeroizing;

const KEY: &str = "6b6579206b6579206b6579206b6579206b6579206b6579206b6579206b657921";

/// E-mail and phone of a row; 0 stands for none.
type Row = (i64, i64);

fn engine() -> DuckDb {
    let extension = Path::new(env!("CAMERATA_DUCKDB_DIR")).join("httpfs.duckdb_extension");
    DuckDb::new(extension, Limits { threads: 2, memory_mib: 1024, deadline: Duration::from_secs(60) })
}

fn version(shape: Shape, kinds: &[Kind]) -> Version {
    let declaration = json!({"audience": "essai", "shape": shape, "profile": "google", "columns": [], "purposes": [],
        "legal_basis": "", "collected": "2026-01-01", "expires": "2027-01-01"});
    Version {
        id: 1,
        audience: "essai/essai".parse().unwrap(),
        upload: String::new(),
        declaration: serde_json::from_value(declaration).unwrap(),
        kinds: kinds.to_vec(),
        rows_max: 2,
        created: String::new(),
    }
}

/// What is left of these rows, by kind, once the people of a list are erased; and the pairs that are left.
fn left(shape: Shape, rows: &[Row], emails: &[i64], phones: &[i64]) -> [Vec<i64>; 3] {
    let folder = tempfile::tempdir().unwrap();
    let (before, after) = (folder.path().join("before.db"), folder.path().join("after.db"));
    let value = |id: &i64| if *id == 0 { "NULL".to_owned() } else { id.to_string() };
    let values: Vec<String> =
        rows.iter().map(|(email, phone)| format!("({}, {})", value(email), value(phone))).collect();
    let staging = folder.path().join("staging.db");
    let writing = engine().open_writing(&[("staging", &staging, KEY), ("version", &before, KEY)]).unwrap();
    writing.run("CREATE TABLE staging.staged (email BIGINT, phone BIGINT)").unwrap();
    writing.run(&format!("INSERT INTO staging.staged VALUES {}", values.join(", "))).unwrap();
    // Tables as uploads make them: of a list the first row of each person.
    for kind in Kind::ALL {
        let of = match shape {
            Shape::List => format!("SELECT DISTINCT {kind} AS person"),
            Shape::Events => format!("SELECT {kind} AS person"),
        };
        let sql =
            format!("CREATE TABLE version.{kind} AS {of} FROM staging.staged WHERE {kind} IS NOT NULL ORDER BY 1");
        writing.run(&sql).unwrap();
    }
    links::build(&writing, shape).unwrap();
    writing.run("CHECKPOINT version").unwrap();
    drop(writing);
    let list = ErasureList {
        profile: Profile::Google,
        email: emails.to_vec(),
        phone: phones.to_vec(),
        rows_taken: 0,
        rows_rejected: 0,
        rejections: Rejections::default(),
    };
    let attached = Attached { name: "before".into(), file: before, key: Zeroizing::new(KEY.to_owned()) };
    let engine = engine().open_rewriting(&attached, ("version", &after, KEY)).unwrap();
    without(&engine, &version(shape, &Kind::ALL), &list).unwrap();
    let all = |sql: &str| {
        let told =
            engine.text(&format!("SELECT coalesce(string_agg(x, ' ' ORDER BY x), '') FROM ({sql})")).unwrap().unwrap();
        told.split_whitespace().map(|id| id.parse().unwrap()).collect()
    };
    [
        all("SELECT person AS x FROM version.email"),
        all("SELECT person AS x FROM version.phone"),
        all("SELECT email * 1000 + phone AS x FROM version.links"),
    ]
}

#[test]
fn a_row_that_has_both_vanishes_whole_by_either() {
    let rows = [(1, 101), (2, 102), (3, 0), (0, 104)];
    for shape in Shape::ALL {
        assert_eq!(left(shape, &rows, &[1], &[]), [vec![2, 3], vec![102, 104], vec![2102]]);
        assert_eq!(left(shape, &rows, &[], &[101]), [vec![2, 3], vec![102, 104], vec![2102]]);
        assert_eq!(left(shape, &rows, &[3], &[104]), [vec![1, 2], vec![101, 102], vec![1101, 2102]]);
        assert_eq!(left(shape, &rows, &[1, 2, 3], &[104]), [const { Vec::<i64>::new() }; 3], "nobody is left");
        assert_eq!(left(shape, &rows, &[9], &[109]), [vec![1, 2, 3], vec![101, 102, 104], vec![1101, 2102]]);
    }
}

#[test]
fn a_row_that_a_list_leaves_out_still_says_who_goes_with_whom() {
    // Of person 1 the first row has no phone; and the last row is neither person's first.
    let rows = [(1, 0), (1, 101), (2, 102), (3, 103), (2, 103)];
    assert_eq!(left(Shape::List, &rows, &[], &[101]), [vec![2, 3], vec![102, 103], vec![2102, 2103, 3103]]);
    assert_eq!(left(Shape::List, &rows, &[2], &[]), [vec![1, 3], vec![101], vec![1101]]);
}

#[test]
fn one_step_goes_and_no_chain() {
    // A household: 1 and 2 share 101; 2 and 3 share 102; 3 has 103 as well.
    let rows = [(1, 101), (2, 101), (2, 102), (3, 102), (3, 103)];
    for shape in Shape::ALL {
        let [emails, phones, pairs] = left(shape, &rows, &[1], &[]);
        let distinct = |mut ids: Vec<i64>| {
            ids.dedup();
            ids
        };
        assert_eq!((distinct(emails), distinct(phones)), (vec![2, 3], vec![102, 103]), "{shape}");
        assert_eq!(pairs, [2102, 3102, 3103], "{shape}");
        let [emails, phones, _] = left(shape, &rows, &[], &[101]);
        assert_eq!((distinct(emails), distinct(phones)), (vec![3], vec![102, 103]), "{shape}");
    }
}
