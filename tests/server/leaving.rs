//! A member leaves the co-operative, and comes back: what it had approved doesn't.

use super::support::*;
use serde_json::{Map, Value, json};
use std::{collections::BTreeMap, sync::Arc};

const MEMBERS: [&str; 5] = ["agents", "billetterie", "etiquette", "festival", "salle"];

struct Cooperative {
    served: Served,
    officers: BTreeMap<&'static str, String>,
}

impl Cooperative {
    fn in_room(founded: &Arc<Founded>) -> Self {
        let officers = MEMBERS.map(|member| (member, founded.token(member, "officer")));
        Self { served: founded.serve(), officers: officers.into() }
    }

    /// The policy files in force, without the officers' cases, which name the agents.
    fn files(&self) -> Map<String, Value> {
        let version =
            self.served.get(&self.officers["salle"], "/api/v1/policy").ok()["version"].as_str().unwrap().to_owned();
        let version = self.served.get(&self.officers["salle"], &format!("/api/v1/policy/versions/{version}")).ok();
        let mut files = version["files"].as_object().unwrap().clone();
        files.remove("cases.toml");
        files
    }

    /// Proposes a folder and has everybody approve whose approval is needed.
    fn agree(&self, by: &str, files: &Map<String, Value>) {
        let proposed = json!({"files": files, "why": "une adhésion change"});
        let mut proposal = self.served.post(&self.officers[by], "/api/v1/policy/proposals", &proposed).ok();
        while proposal["status"] == "open" {
            let approvals = proposal["approvals"].as_array().unwrap();
            let missing =
                approvals.iter().find(|approval| approval["needed"] == true && approval["by"].is_null()).unwrap();
            let (owner, effects) = (missing["owner"].as_str().unwrap(), json!({"effects": missing["effects"]}));
            let path = format!("/api/v1/policy/proposals/{}/approval", proposal["id"]);
            proposal = self.served.post(&self.officers[owner], &path, &effects).ok();
        }
        assert_eq!(proposal["status"], "published");
    }

    /// Every version of every template, with whether the agents have approved it.
    fn approved_by_agents(&self) -> Vec<(String, bool)> {
        let templates = self.served.get(&self.officers["salle"], "/api/v1/templates").ok();
        let versions =
            templates["templates"].as_array().unwrap().iter().flat_map(|t| t["versions"].as_array().unwrap());
        let agents = json!("agents");
        versions
            .map(|v| (v["hash"].as_str().unwrap().to_owned(), v["approved"].as_array().unwrap().contains(&agents)))
            .collect()
    }

    fn approve(&self, officer: &str, hash: &str) -> Reply {
        self.served.post(&self.officers[officer], &format!("/api/v1/template-proposals/{hash}/approval"), &json!({}))
    }
}

#[test]
fn a_member_that_leaves_takes_its_approvals_of_templates_along() {
    let founded = Founded::new();
    let mut room = Cooperative::in_room(&founded);
    let before = room.approved_by_agents();
    assert!(before.len() > 5 && before.iter().all(|(_, approved)| *approved));
    let with = room.files();
    let mut without = with.clone();
    let members = with["members.toml"].as_str().unwrap().split_once("# --- Agents d'artistes").unwrap().0;
    without.insert("members.toml".into(), members.into());
    without.remove("agents-sans-prospection.cedar").unwrap();

    room.agree("agents", &without);
    assert!(room.approved_by_agents().iter().all(|(_, approved)| !approved));
    let log = room.served.get(&room.officers["salle"], "/api/v1/templates/log").ok();
    let ended: Vec<&Value> = log["entries"].as_array().unwrap().iter().filter(|e| e["what"] == "withdrawn").collect();
    assert_eq!(ended.len(), before.len());
    for entry in ended {
        assert!(entry["officer"].is_null() && entry["why"].as_str().unwrap().contains("agents is no longer a member"));
        assert!(before.iter().any(|(hash, _)| entry["hash"] == **hash) && entry["name"].is_string(), "{entry}");
    }
    // Who is no member has no say.
    let told = room.approve("agents", &before[0].0).problem(409, "template-refused");
    assert_eq!(told["detail"], "agents is not a member of the room");

    room.served.stop();
    room.served = founded.serve();
    assert!(room.approved_by_agents().iter().all(|(_, approved)| !approved), "nor after a restart");
    room.agree("festival", &with);
    assert!(room.approved_by_agents().iter().all(|(_, approved)| !approved), "back, it has approved nothing");
    room.approve("agents", &before[0].0).ok();
    assert!(room.approved_by_agents().contains(&(before[0].0.clone(), true)));
}
