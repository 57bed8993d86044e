//! What an officer is writing: files as they were when the editor was opened, and what was changed since.

use super::is_text;
use crate::{
    gateway::{Room, Rules},
    policy::{Files, VersionsError},
    web::{fields::Fields, officer::is_hash},
};

/// What a new agreement begins as.
const NEW: &str = include_str!("../new.cedar");

/// The folder as it is being written.
pub(super) struct Draft {
    /// The version that it is made from: the one in force.
    pub(super) base: String,
    pub(super) files: Files,
    in_force: Files,
    /// The names that are ticked for removal.
    removed: Vec<String>,
    pub(super) new_name: String,
    pub(super) new_text: String,
    pub(super) why: String,
    /// Files that somebody else has changed since the editor was opened, and that were changed here too.
    pub(super) conflicts: Vec<String>,
    /// Whether the new file has the name of another.
    pub(super) taken: bool,
}

/// A file in the editor.
pub(super) struct EditedFile {
    pub(super) name: String,
    pub(super) text: String,
    pub(super) rows: usize,
    pub(super) changed: bool,
    pub(super) removed: bool,
    pub(super) open: bool,
    pub(super) agreement: bool,
}

/// A browser ends lines as forms do (`\r\n`); files end them as they are written here.
fn as_written(text: &str) -> String {
    text.replace("\r\n", "\n")
}

fn same(bytes: &[u8], text: &str) -> bool {
    as_written(&String::from_utf8_lossy(bytes)) == text
}

impl Draft {
    /// Nothing changed yet.
    pub(super) fn new(base: &str, in_force: Files) -> Self {
        Self {
            base: base.to_owned(),
            files: in_force.clone(),
            in_force,
            removed: vec![],
            new_name: String::new(),
            new_text: NEW.to_owned(),
            why: String::new(),
            conflicts: vec![],
            taken: false,
        }
    }

    /// What the form says, brought onto what is in force by now: a file that wasn't changed in the editor is the one in force.
    pub(super) async fn read(room: &Room, rules: &Rules, fields: &Fields) -> Result<Self, VersionsError> {
        let in_force = rules.policies.base.version();
        let current = room.versions.files(in_force).await?;
        let opened = match fields.get("base") {
            base if base == in_force || !is_hash(base) => current.clone(),
            base => room.versions.files(base).await?,
        };
        let mut draft = Self::new(in_force, current);
        draft.why = fields.get("why").trim().to_owned();
        draft.removed = fields.all("remove").map(str::to_owned).collect();
        for (field, text) in fields.iter() {
            let Some(name) = field.strip_prefix("file:") else { continue };
            let text = as_written(text);
            let was = opened.get(name);
            // What isn't text can't be written in a form: it stays.
            if was.is_some_and(|bytes| same(bytes, &text)) || !is_text(&opened, name) {
                continue;
            }
            if was != draft.in_force.get(name) {
                draft.conflicts.push(name.to_owned());
            }
            draft.files.insert(name.to_owned(), text.into_bytes());
        }
        draft.add(fields);
        for name in &draft.removed {
            draft.files.remove(name);
        }
        Ok(draft)
    }

    fn add(&mut self, fields: &Fields) {
        self.new_text = as_written(fields.get("new-text"));
        let Some(name) = fields.some("new-name") else { return };
        let name = if name.contains('.') { name.to_owned() } else { format!("{name}.cedar") };
        self.new_name.clone_from(&name);
        self.taken = self.in_force.contains_key(&name);
        if !self.taken {
            self.files.insert(name, self.new_text.clone().into_bytes());
        }
    }

    /// Each file as the editor shows it; opened are those that were changed, and where something is wrong.
    pub(super) fn edited(&self, flawed: impl Fn(&str) -> bool) -> Vec<EditedFile> {
        let shown = |name: &String| {
            let removed = self.removed.contains(name);
            let bytes = self.files.get(name).or_else(|| self.in_force.get(name))?;
            let text = as_written(&String::from_utf8_lossy(bytes));
            let changed = removed || self.in_force.get(name) != Some(bytes);
            Some(EditedFile {
                rows: text.lines().count().clamp(4, 24) + 1,
                open: changed || flawed(name),
                agreement: name.ends_with(".cedar"),
                name: name.clone(),
                text,
                changed,
                removed,
            })
        };
        // A new file has fields of its own.
        let names = self.in_force.keys().chain(self.files.keys().filter(|name| !self.in_force.contains_key(*name)));
        let mut files: Vec<EditedFile> =
            names.filter(|name| self.taken || **name != self.new_name).filter_map(shown).collect();
        files.sort_by_key(|file| !file.agreement);
        files
    }
}
