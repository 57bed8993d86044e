//! Changing the policies: every file, checked as it is written, and proposed.

mod draft;

use super::{
    cases::{self, Case},
    effects::{self, Grid, Owner},
    names::Names,
    withheld,
};
use crate::{
    gateway::{self, Act, AskError, PolicyCheck, Room, Rules},
    http::{self, Asker, Problem},
    policy::{Effects, EffectsError, Files, InForce, Mistake, Policies, diff},
    web::{fields::Fields, page::Page},
};
use askama::Template;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use draft::{Draft, EditedFile};
use std::{path::Path, sync::Arc};

/// Mistakes that are shown: nobody reads further before mending these.
const FLAWS_MAX: usize = 100;

#[derive(Template)]
#[template(path = "officer/editor.html", config = "src/web/askama.toml")]
struct EditorPage<'a> {
    page: &'a Page,
    base: &'a str,
    files: Vec<EditedFile>,
    new_name: &'a str,
    new_text: &'a str,
    why: &'a str,
    checked: Option<Checked>,
    refused: Option<String>,
}

/// What the check found, in words.
struct Checked {
    holds: bool,
    sentence: String,
    flaws: Vec<Flaw>,
    /// Mistakes that aren't shown.
    more: u64,
    cases: Vec<Case>,
    failing: bool,
    grid: Option<Grid>,
    owners: Vec<Owner>,
    /// What a year may lose, before and after, in sentences.
    years: Vec<String>,
    /// Those that have to agree.
    consents: Vec<String>,
    unchanged: bool,
}

/// A mistake or a warning, and where.
struct Flaw {
    file: String,
    line: usize,
    column: usize,
    message: String,
    help: Option<String>,
    warning: bool,
}

/// What is in force, to be changed.
pub(crate) async fn show(State(room): State<Arc<Room>>, page: Page, asker: Asker) -> Response {
    let rules = room.rules();
    let base = rules.policies.base.version();
    match room.versions.files(base).await {
        Ok(files) => page.show(StatusCode::OK, &edited(&page, &Draft::new(base, files), None, None)),
        Err(error) => withheld(&page, error, &asker),
    }
}

/// Checks what was written, or proposes it.
pub(crate) async fn act(State(room): State<Arc<Room>>, page: Page, asker: Asker, fields: Fields) -> Response {
    let rules = room.rules();
    let draft = match Draft::read(&room, &rules, &fields).await {
        Ok(draft) => draft,
        Err(error) => return withheld(&page, error, &asker),
    };
    let conflict = if draft.taken {
        Some(page.with("editor-taken", "name", &draft.new_name))
    } else {
        let files = draft.conflicts.join(", ");
        (!files.is_empty()).then(|| page.with("editor-conflict", "files", &files))
    };
    if fields.get("do") == "propose" && conflict.is_none() {
        let act = Act::Propose(draft.files.clone(), draft.why.clone());
        match http::act_on_policies(&room, asker.clone(), act).await {
            Ok(proposal) => {
                let id = proposal.0.map(|proposal| proposal.id).unwrap_or_default();
                return Redirect::to(&format!("/proposals/{id}?done=proposed")).into_response();
            }
            Err(problem) if problem.status().is_client_error() => {
                let words = page.why(&problem);
                return checked(&room, &page, &asker, &draft, Some(words), problem.status()).await;
            }
            Err(problem) => return page.problem(&problem),
        }
    }
    let status = if conflict.is_some() { StatusCode::CONFLICT } else { StatusCode::OK };
    checked(&room, &page, &asker, &draft, conflict, status).await
}

/// The editor with what its check finds.
async fn checked(
    room: &Room,
    page: &Page,
    asker: &Asker,
    draft: &Draft,
    refused: Option<String>,
    status: StatusCode,
) -> Response {
    let rules = room.rules();
    let (files, base, now) = (draft.files.clone(), Arc::clone(&rules.policies.base), room.store.now());
    // Off the async threads: a folder may be large, and all it opens is gone through.
    let task = tokio::task::spawn_blocking(move || {
        let origin = Path::new("policies");
        let found = PolicyCheck::of(Policies::from_files(origin, files.clone()), &files, origin, now);
        let effects = found
            .policies
            .as_ref()
            .map(|policies| diff(&InForce::from(&*base), &InForce::from(policies)).map(|effects| effects.from(now)));
        (found, effects)
    });
    let (found, effects) = match task.await {
        Ok(checked) => checked,
        Err(error) => return page.problem(&Problem::from_ask(AskError::internal("policy", &error))),
    };
    let told = in_words(page, &rules, asker, draft, (&found, effects));
    page.show(status, &edited(page, draft, Some(told), refused))
}

fn edited<'a>(page: &'a Page, draft: &'a Draft, checked: Option<Checked>, refused: Option<String>) -> EditorPage<'a> {
    let flawed = |name: &str| checked.as_ref().is_some_and(|told| told.flaws.iter().any(|flaw| flaw.file == name));
    EditorPage {
        page,
        base: &draft.base,
        files: draft.edited(flawed),
        new_name: &draft.new_name,
        new_text: &draft.new_text,
        why: &draft.why,
        checked,
        refused,
    }
}

fn in_words(
    page: &Page,
    rules: &Rules,
    asker: &Asker,
    draft: &Draft,
    (found, effects): (&PolicyCheck, Option<Result<Effects, EffectsError>>),
) -> Checked {
    let mut flaws = flaws(page, found);
    let warnings = flaws.iter().filter(|flaw| flaw.warning).count() as u64;
    let mistakes = flaws.len() as u64 - warnings;
    let (mut effects, incomparable) = match effects {
        Some(Ok(effects)) => (effects, None),
        Some(Err(error)) => (Effects::default(), Some(error)),
        None => (Effects::default(), None),
    };
    let holds = found.holds() && incomparable.is_none();
    if !holds {
        effects = Effects::default();
    }
    let sentence = match (&incomparable.or_else(|| found.incomparable.clone()), holds) {
        (Some(error), _) => page.sentence(&page.text(&error.0)),
        (None, true) => page.count("check-holds", "warnings", &warnings),
        (None, false) => page.count("check-mistakes", "count", &mistakes),
    };
    let more = flaws.len().saturating_sub(FLAWS_MAX) as u64;
    flaws.truncate(FLAWS_MAX);
    let in_force = &*rules.policies.base;
    let was = Names { page, versions: vec![in_force], templates: &rules.templates };
    let is = Names { versions: found.policies.iter().chain([in_force]).collect(), ..was };
    let drafted = found.policies.as_ref().filter(|_| holds);
    let years = drafted.map(|new| gateway::years(in_force.privacy_toml().0, new.privacy_toml().0));
    let years = years.into_iter().flatten();
    let widened = effects.by_owner.keys().filter(|owner| effects.widens(owner));
    Checked {
        holds,
        sentence,
        flaws,
        more,
        failing: found.cases.iter().any(|case| !case.holds()),
        cases: cases::told(page, &found.cases),
        grid: effects::grid(&effects, &is),
        consents: widened.map(|owner| is.member(owner)).collect(),
        owners: effects::owners(&effects, [&was, &is], &asker.user.member),
        years: years.map(|year| format!("{}.", year.sentence(page.language))).collect(),
        unchanged: in_force.is_made_of(&draft.files),
    }
}

fn flaws(page: &Page, found: &PolicyCheck) -> Vec<Flaw> {
    let flaw = |mistake: &Mistake| Flaw {
        file: mistake.path().file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
        line: mistake.line(),
        column: mistake.column(),
        message: page.sentence(&page.text(mistake.message())),
        help: mistake.help().map(|help| page.sentence(&page.text(help))),
        warning: mistake.is_warning(),
    };
    let mistakes = found.mistakes.iter().flat_map(|errors| errors.mistakes());
    let mut flaws: Vec<Flaw> = mistakes.map(flaw).collect();
    if let Some(error) = &found.figures {
        let (line, column) = error.place();
        let (message, help) = (page.sentence(&page.text(error.message())), page.sentence(&page.text(error.help())));
        let file = "privacy.toml".to_owned();
        flaws.push(Flaw { file, line, column, message, help: Some(help), warning: false });
    }
    // Mistakes of files tell their warnings, too.
    if found.policies.is_some() {
        flaws.extend(found.warnings().map(flaw));
    }
    flaws.sort_by_key(|flaw| flaw.warning);
    flaws
}

/// Files that a form may send as text, whatever their names say.
fn is_text(files: &Files, name: &str) -> bool {
    files.get(name).is_none_or(|bytes| str::from_utf8(bytes).is_ok())
}
