//! What was asked and uploaded keeps the words it was asked and uploaded under, and no officer alone changes what all agreed to.

use super::support::*;
use serde_json::{Value, json};

const MEMBERS: [&str; 5] = ["agents", "billetterie", "etiquette", "festival", "salle"];
const BEFORE: &str = "Planification de saison";
const AFTER: &str = "Prospection par courriel";

fn register(served: &Served) -> (Value, String) {
    let page = served.call("GET", "", "/register", &[("accept-language", "fr")], b"").unwrap().body;
    (served.call("GET", "", "/api/v1/register", &[], b"").unwrap().ok(), page)
}

fn uploaded_for(register: &Value, member: &str) -> Value {
    let mut members = register["members"].as_array().unwrap().iter();
    let member = members.find(|one| one["name"] == member).unwrap();
    let mut versions = member["audiences"].as_array().unwrap().iter().filter(|one| !one["version"].is_null());
    versions.next().unwrap()["version"]["uploaded_for"][0]["fr"].clone()
}

#[test]
fn questions_and_lists_keep_the_words_that_they_were_asked_and_uploaded_under() {
    let founded = Founded::new();
    let officers = MEMBERS.map(|member| founded.token(member, "officer"));
    let stewards = ["festival", "billetterie"].map(|member| founded.token(member, "steward"));
    let marketer = founded.token("festival", "marketer");
    let served = founded.serve();
    served.upload(&stewards[0], "abonnes", &stream(0..3_000));
    served.upload(&stewards[1], "acheteurs", &stream(1_500..4_500));
    served.ask(&marketer, 100.0).ok();
    let (told, _) = register(&served);
    let asked = told["newest"][0].clone();
    assert_eq!((&asked["purpose_title"]["fr"], &uploaded_for(&told, "festival")), (&json!(BEFORE), &json!(BEFORE)));

    // One officer renames the purpose, the asker's contact and the room; and rewords the template.
    let version = served.get(&officers[4], "/api/v1/policy").ok()["version"].as_str().unwrap().to_owned();
    let mut files = served.get(&officers[4], &format!("/api/v1/policy/versions/{version}")).ok()["files"].clone();
    let mut change = |file: &str, from: &str, to: &str| {
        let text = files[file].as_str().unwrap();
        assert!(text.contains(from));
        files[file] = text.replacen(from, to, 1).into();
    };
    change("purposes.toml", BEFORE, AFTER);
    change("members.toml", "publics@festival.example.ca", "vol@ailleurs.example");
    change("room.toml", "(projet pilote)", "(tout à vendre)");
    let [sql, toml] =
        ["sql", "toml"].map(|end| std::fs::read_to_string(founded.room().join(format!("sql/overlap.{end}"))).unwrap());
    let title = toml.lines().find(|line| line.starts_with("title = ")).unwrap();
    let toml = toml.replacen(title, "title = { fr = \"Autre question\", en = \"Another question\" }", 1);
    let reworded = json!({"name": "overlap", "sql": sql, "toml": toml, "why": "des mots"});
    served.post(&officers[4], "/api/v1/template-proposals", &reworded).ok();
    let proposed =
        served.post(&officers[4], "/api/v1/policy/proposals", &json!({"files": files, "why": "des mots"})).ok();
    assert_eq!(proposed["status"], "open");
    let sentences: Vec<&str> =
        proposed["differences"].as_array().unwrap().iter().map(|one| one["words"]["fr"].as_str().unwrap()).collect();
    let purpose = format!("La finalité `planification` s’appellerait « {AFTER} » au lieu de « {BEFORE} ».");
    assert!(sentences.len() == 3 && sentences.contains(&purpose.as_str()), "{sentences:?}");
    let (same, page) = register(&served);
    assert_eq!(
        (&same["newest"], &same["members"], &same["title"]),
        (&told["newest"], &told["members"], &told["title"])
    );
    for unagreed in [AFTER, "ailleurs.example", "Autre question"] {
        assert!(!page.contains(unagreed), "{unagreed}");
    }

    // All agree: what is asked from then on has the new words, and what was asked and uploaded before keeps its own.
    founded.all_agree(&served, proposed);
    let (told, page) = register(&served);
    assert_eq!((&told["newest"][0], &uploaded_for(&told, "festival")), (&asked, &json!(BEFORE)));
    assert!(page.contains(&format!("{AFTER} (appelée ")), "{page}");
    served.ask(&marketer, 50.0).ok();
    let (told, _) = register(&served);
    assert_eq!((&told["newest"][0]["purpose_title"]["fr"], &told["newest"][1]), (&json!(AFTER), &asked));
}
