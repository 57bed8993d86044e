//! Names that try to be more than names: every text that a member may choose, on every page, in a real browser under the real policy.

use crate::support::*;
use serde_json::Value;
use std::{fs, path::Path};

/// Ends an attribute, a title, a script and a drawing, and begins an image that can't be had.
const HOSTILE: &str = "</title></script></svg>'><img src=x onerror=window.hacked=1>";

/// Puts it in front of every text in both languages, of files with this ending.
fn spoil(folder: &Path, ending: &str, beginnings: &[&str]) -> usize {
    let mut spoilt = 0;
    for file in files(folder).into_iter().filter(|file| file.to_string_lossy().ends_with(ending)) {
        let mut text = fs::read_to_string(&file).unwrap();
        for beginning in beginnings {
            spoilt += text.matches(beginning).count();
            text = text.replace(beginning, &format!("{beginning}{HOSTILE}"));
        }
        fs::write(file, text).unwrap();
    }
    spoilt
}

/// A proposal that another member refuses with such a comment.
fn hostile_refusal(founded: &std::sync::Arc<Founded>, served: &Served) -> i64 {
    let [festival, hall] = ["festival", "salle"].map(|member| founded.token(member, "officer"));
    let version = served.get(&festival, "/api/v1/policy").ok()["version"].as_str().unwrap().to_owned();
    let mut files = served.get(&festival, &format!("/api/v1/policy/versions/{version}")).ok()["files"].take();
    let opened = "@id(\"essai\")\n@title_fr(\"Essai\")\n@title_en(\"Trial\")\npermit (principal in Member::\"agents\", \
        action in Action::\"compare\", resource == Audience::\"salle/abonnes\");\n";
    files["essai.cedar"] = opened.into();
    files.as_object_mut().unwrap().remove("cases.toml");
    let proposal = serde_json::json!({ "files": files, "why": HOSTILE });
    let id = served.post(&festival, "/api/v1/policy/proposals", &proposal).ok()["id"].as_i64().unwrap();
    let comment = serde_json::json!({ "comment": HOSTILE });
    let told = served.post(&hall, &format!("/api/v1/policy/proposals/{id}/refusal"), &comment).ok();
    assert_eq!(told["opinions"][0]["comment"], HOSTILE);
    id
}

#[test]
fn no_name_becomes_more_than_a_name() {
    let founded = Founded::new();
    let room = founded.room();
    let titles = ["fr = \"", "en = \""];
    assert!(spoil(&room.join("policies"), ".toml", &titles) > 50);
    assert!(spoil(&room.join("policies"), ".cedar", &["_fr(\"", "_en(\""]) > 5);
    assert!(spoil(&room.join("sql"), ".toml", &titles) > 50);
    let pair = Pair::in_room(&founded);
    let served = &pair.served;
    let mut declared = declaration("abonnes", stream(0..50).len());
    declared["legal_basis"] = HOSTILE.into();
    let id = served.post(&pair.steward, "/api/v1/uploads", &declared).ok()["id"].as_str().unwrap().to_owned();
    served.send(&pair.steward, &id, 0, &stream(0..50)).unwrap().ok();
    served.complete(&pair.steward, &id, stream(0..50).len()).ok();
    let answer = served.post(&pair.marketer, "/api/v1/queries", &question(80.0)).ok()["id"].as_i64().unwrap();

    let person = served.person("festival", "mia", &["marketer", "officer", "steward"]);
    let browser = Browser::start(Ways::FRENCH);
    browser.come_in(&served.url, &person);
    let version =
        served.by(&person, "GET", "/api/v1/policy", &Value::Null).ok()["version"].as_str().unwrap().to_owned();
    let proposal = hostile_refusal(&founded, served);
    let mut shown = 0;
    for (_, path, _) in camerata::web::table().into_iter().filter(|(method, ..)| method == "GET") {
        let path = path.replace("/answers/{id}", &format!("/answers/{answer}")).replace("{template}", "overlap");
        let path = path.replace("/documentation/{name}", "/documentation/audit").replace("{name}", "overlap");
        let path = path.replace("{audience}", "abonnes").replace("{version}", &version);
        let path = path.replace("/proposals/{id}", &format!("/proposals/{proposal}"));
        let reply = served.by(&person, "GET", &path, &Value::Null);
        let kind = reply.headers.get("content-type").map(|kind| kind.to_str().unwrap()).unwrap_or_default();
        if !kind.starts_with("text/html") || path.starts_with("/sign-in") {
            continue;
        }
        browser.goto(&format!("{}{path}", served.url));
        let found = "return [window.hacked, document.querySelectorAll('img[src=x], [onerror]').length]";
        assert_eq!(browser.script(found, &[]), serde_json::json!([null, 0]), "{path}");
        let words =
            browser.script("return document.documentElement.textContent.includes('onerror=window.hacked')", &[]);
        shown += u32::from(words == Value::Bool(true));
    }
    // As text they are there.
    assert!(shown > 8, "on {shown} pages");
    // Drawn alone, too, where no policy of a page helps.
    let drawing = served.by(&person, "GET", &format!("/answers/{answer}/chart.svg"), &Value::Null);
    assert!(!drawing.body.contains("<img") && drawing.body.contains("&lt;img"), "{}", drawing.body);
}
