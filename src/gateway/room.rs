//! An open room: every part of it, in one value.

use super::{
    AskError, Config, OpenRoomError, damage,
    directories::Directories,
    locks::Locks,
    outside::{Outside, Standing},
    pace::Pace,
    queue::Queue,
    restored, rotate,
    rules::{Marks, Rules},
    run::Unrecorded,
};
use crate::{
    audit::{self, Log},
    database::{Database, Held, Place, Turn, TurnError, Turns},
    ledger::Ledger,
    mail::Mailer,
    model::{Clock, MemberName},
    people::{People, Vault},
    policy::{Current, Policies, PolicyErrors, Versions},
    proof::{Event, Tree},
    store::{Damaged, DuckDb, Keys, Store},
    template::{Catalogue, Consent, Consented},
};
use std::{
    fs::{File, TryLockError},
    path::Path,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};
use tokio::{
    sync::{Mutex, Notify, OwnedMutexGuard},
    time::{Instant, sleep_until},
};

/// How far a gateway's clock may be from that of the server whose database it shares.
const CLOCKS_APART_S_MAX: u64 = 60;

/// An open room.
pub struct Room {
    /// Users and tokens.
    pub people: People,
    /// Audiences.
    pub store: Store,
    /// Accounts, charges, answers.
    pub ledger: Ledger,
    /// The audit log.
    pub log: Log,
    outside: Outside,
    /// The policies' versions and proposals.
    pub versions: Versions,
    /// The templates' versions and approvals.
    pub consent: Consent,
    /// What is in force; taken once by whatever needs it, so that nothing sees two versions.
    rules: RwLock<Arc<Rules>>,
    /// Whether other gateways may serve the room at the same time.
    pub(super) shared: bool,
    /// Held while the rules are read anew.
    pub(super) reading: Mutex<()>,
    turns: Turns,
    desk: Arc<Mutex<()>>,
    /// Held while the whole log is verified.
    pub(super) verifying: Mutex<()>,
    queries: Locks<[u8; 32]>,
    pub(super) queue: Arc<Queue>,
    pub(super) pace: Pace,
    pub(super) unrecorded: Unrecorded,
    uploads: Locks<String>,
    /// What carries letters, where the room sends any.
    pub(super) mailer: Option<Mailer>,
    /// Members' directories.
    pub(super) directories: Directories,
    /// Told when something has happened that letters may tell of.
    pub(super) happened: Notify,
    started: Instant,
    pub(super) database: Database,
    _lock: File,
}

/// A turn, here and among all gateways, until it is dropped.
#[must_use]
pub struct RoomTurn {
    // Dropped in this order: who comes next here finds the other gateways' turn free.
    _everywhere: Held,
    _here: OwnedMutexGuard<()>,
}

impl Room {
    /// Opens a room's folder and settles what an earlier crash left behind.
    ///
    /// # Errors
    /// When anything it needs is missing, broken, or not this room's; nothing is changed then.
    pub async fn open(folder: &Path, clock: Arc<dyn Clock>) -> Result<Self, OpenRoomError> {
        let (config, place) = located(folder)?;
        let mailer = config.mail().map(|mail| Mailer::new(mail, folder)).transpose()?;
        let lock = locked(&folder.join("room.lock"), place.is_shared())?;
        let keys = Arc::new(Keys::open(&folder.join("keys"))?);
        let database = damage::open(&place).await?;
        if database.key_check().await? != Some(keys.check()) {
            return Err(OpenRoomError::WrongKey);
        }
        // The fastest clock of all gateways unlocks budgets, for good.
        let apart = database.server_seconds().await?.map(|server| server.abs_diff(clock.now().as_second()));
        if apart.is_some_and(|seconds| seconds > CLOCKS_APART_S_MAX) {
            return Err(OpenRoomError::Clock);
        }
        let turns = database.turns().clone();
        let (log, outside) = logged(folder, (&config, &place), &keys, &database, &clock).await?;
        let people = People::new(database.clone(), Arc::clone(&clock), Vault::new(&keys.people()), config.people())?;
        let versions = Versions::new(database.clone(), Arc::clone(&clock));
        let consent = Consent::new(database.clone(), Arc::clone(&clock));
        // Two gateways that open a new room at once must not both found it.
        let desk = turns.take(Turn::Desk).await.map_err(OpenRoomError::Turn)?;
        let policies = in_force(&versions, folder).await?;
        let templates = templates(&consent, &policies, folder).await?;
        let rules = Rules::new(policies, templates).map_err(|e| OpenRoomError::Policies(miette::Report::new(e)))?;
        // Alone, nobody else's acts are to be noticed.
        let rules = if place.is_shared() { rules.read_at(Marks::read(&versions, &consent).await?) } else { rules };
        drop(desk);
        let directories = Directories::new(config.directories(), folder, people.settings());
        if let Some(member) = directories.members().find(|member| rules.policies.base.member(member).is_none()) {
            return Err(OpenRoomError::Directory(member.clone()));
        }
        let vocabulary = rules.policies.base.vocabulary();
        let engine = Arc::new(DuckDb::new(config.extension()?, config.limits()));
        engine.check(&folder.join("staging")).map_err(OpenRoomError::Engine)?;
        let vocabulary = Arc::new(vocabulary.clone());
        let store = Store::new(database.clone(), Arc::clone(&clock), keys, engine, vocabulary, folder.to_owned());
        if let Some(Damaged { file, offset }) = store.damaged().await? {
            return Err(OpenRoomError::DamagedFile { file, offset: Some(offset) });
        }
        store.sweep().await?;
        Ok(Self {
            people,
            ledger: Ledger::new(database.clone(), clock),
            log,
            outside,
            store,
            versions,
            consent,
            rules: RwLock::new(Arc::new(rules)),
            shared: place.is_shared(),
            reading: Mutex::new(()),
            verifying: Mutex::new(()),
            turns,
            desk: Arc::default(),
            queries: Locks::default(),
            queue: Queue::new(config.queries_max(), config.waiting_max()),
            pace: Pace { ms_per_million_rows: config.ms_per_million_rows() },
            unrecorded: Unrecorded::default(),
            uploads: Locks::default(),
            mailer,
            directories,
            happened: Notify::new(),
            started: Instant::now(),
            database,
            _lock: lock,
        })
    }

    /// Lets no further question wait for its turn at the engine, and sends those away that do: the room is about to close.
    pub fn stop_waiting(&self) {
        self.queue.close();
    }

    /// Lets go of the database in good order, once nothing is asked of the room any more: SQLite's write-ahead log is folded into its
    /// file.
    pub async fn close(&self) {
        self.database.close().await;
    }

    /// What this gateway last knew to be in force: see [`Room::rules_now`].
    pub fn rules(&self) -> Arc<Rules> {
        Arc::clone(&self.rules.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts rules in force, and gives them: whatever takes them from now on gets these.
    pub(super) fn enforce(&self, rules: Rules) -> Arc<Rules> {
        let rules = Arc::new(rules);
        self.store.understand(Arc::new(rules.policies.base.vocabulary().clone()));
        *self.rules.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&rules);
        rules
    }

    /// Writes an event in the log that changes nothing else.
    pub(super) async fn tell(&self, event: Event) -> Result<(), AskError> {
        self.log.tell(event).await.map_err(|error| AskError::internal("log", &error))
    }

    /// Makes sure that what the log now holds is known outside the room's folder, before anybody is told of it.
    pub(super) async fn keep(&self) -> Result<(), AskError> {
        self.outside
            .keep(&self.log, &self.ledger, &self.turns)
            .await
            .map_err(|error| AskError::internal("checkpoint", &error))
    }

    /// Waits for an upload's turn: one connection at a time writes its staging file.
    ///
    /// # Errors
    /// When the other gateways can't be waited for.
    pub async fn upload_turn(&self, id: &str) -> Result<RoomTurn, TurnError> {
        let here = self.uploads.lock(&id.to_owned()).await;
        Ok(RoomTurn { _everywhere: self.turns.take(Turn::Upload(id)).await?, _here: here })
    }

    /// Waits for a query's turn: one gateway at a time computes its answer, and the next finds it.
    pub(super) async fn query_turn(&self, key: &[u8; 32]) -> Result<RoomTurn, TurnError> {
        let here = self.queries.lock(key).await;
        Ok(RoomTurn { _everywhere: self.turns.take(Turn::Query(key)).await?, _here: here })
    }

    /// Waits for the officers' desk: held from before an act until what came of it is in force.
    pub(super) async fn desk_turn(&self) -> Result<RoomTurn, TurnError> {
        let here = Arc::clone(&self.desk).lock_owned().await;
        Ok(RoomTurn { _everywhere: self.turns.take(Turn::Desk).await?, _here: here })
    }

    /// Waits for the next tick of the answer clock, so that how long an answer took says little.
    pub async fn tick(&self) {
        let tick = Duration::from_millis(u64::from(self.rules().limits.answer_tick_ms()).max(1));
        let ticks = self.started.elapsed().as_nanos() / tick.as_nanos() + 1;
        let next = tick.checked_mul(u32::try_from(ticks).unwrap_or(u32::MAX)).unwrap_or(tick);
        sleep_until(self.started + next).await;
    }

    /// Every member that isn't `asker`, in order, for the accounts a page shows.
    pub fn other_members(&self, asker: &MemberName) -> Vec<MemberName> {
        self.rules().policies.base.members().keys().filter(|name| *name != asker).cloned().collect()
    }
}

/// The log, verified against the database and against what was kept outside; begun, in a room that was kept without one.
async fn logged(
    folder: &Path,
    (config, place): (&Config, &Place),
    keys: &Keys,
    database: &Database,
    clock: &Arc<dyn Clock>,
) -> Result<(Log, Outside), OpenRoomError> {
    rotate::settle(keys, database).await?;
    let begun = !audit::keys(database).await?.is_empty();
    if !begun {
        keys.create_signing()?;
    }
    let key = audit::signing_key(&keys.check(), &*keys.signing()?)?;
    if !begun {
        database.adopt(&**clock, key.public()).await?;
    }
    let (outside, standing, tree) = standing(folder, (config, place), database).await?;
    let log = Log::open(database.clone(), Arc::clone(clock), key, tree).await?;
    match standing {
        // Nothing outside tells how far a restored room had come: an officer has to.
        Standing::First(_) => restored::check(folder)?,
        Standing::Grown => restored::settle(folder)?,
        Standing::Gone(found) => {
            restored::check(folder)?;
            return Err(OpenRoomError::Gone { path: outside.path().to_owned(), found });
        }
        Standing::WentBack { kept, found } => return Err(OpenRoomError::WentBack { kept, found }),
    }
    // From the first opening on: whatever state the room is set back to later, that state remembers that something was kept.
    let ledger = Ledger::new(database.clone(), Arc::clone(clock));
    outside.keep(&log, &ledger, database.turns()).await?;
    Ok((log, outside))
}

/// What is kept outside, and how the log stands to it; the log itself is verified, and its tree given.
pub(super) async fn standing(
    folder: &Path,
    (config, place): (&Config, &Place),
    database: &Database,
) -> Result<(Outside, Standing, Tree), OpenRoomError> {
    let outside = Outside::new(config.checkpoint_file(folder)?);
    let keys = audit::public_keys(database).await?;
    let tree = damage::verified(database, place, &keys).await?.tree;
    outside.settle(database.turns()).await?;
    let ever = audit::outside_since(database).await?.is_some();
    let standing = outside.compare(&tree, &keys, ever)?;
    Ok((outside, standing, tree))
}

/// The configuration of the room in a folder, and where its database is.
pub(super) fn located(folder: &Path) -> Result<(Config, Place), OpenRoomError> {
    let config = Config::load(folder)?;
    let place = config.database(folder);
    let is_a_room = match &place {
        Place::File(file) => file.is_file(),
        Place::Server(_) => folder.join("keys").is_dir(),
    };
    if is_a_room { Ok((config, place)) } else { Err(OpenRoomError::NotARoom(folder.to_owned())) }
}

/// The database of the room in a folder, for commands that need nothing else of it.
///
/// # Errors
/// When the folder is no room or its database can't be opened.
pub async fn open_database(folder: &Path) -> Result<Database, OpenRoomError> {
    Ok(Database::open(&located(folder)?.1).await?)
}

/// The policies in force; of a room that opens for the first time, those of its folder.
async fn in_force(versions: &Versions, folder: &Path) -> Result<Current, OpenRoomError> {
    if let Some(current) = versions.current().await? {
        return Ok(current);
    }
    let mistakes = |errors| OpenRoomError::Policies(miette::Report::new::<PolicyErrors>(errors));
    let dir = folder.join("policies");
    // Loaded where they are, so that mistakes name the files that can be mended.
    let policies =
        Policies::load(&dir).and_then(|policies| policies.check_cases().map(|_| policies)).map_err(mistakes)?;
    // All that could keep the room shut is tried before anything is kept: what is founded can't be mended in the folder any more.
    Catalogue::load(&folder.join("sql"), policies.vocabulary())
        .map_err(|e| OpenRoomError::Policies(miette::Report::new(e)))?;
    Rules::new(policies.into(), Consented::default()).map_err(|e| OpenRoomError::Policies(miette::Report::new(e)))?;
    let files = Policies::read_files(&dir).map_err(mistakes)?;
    Ok(versions.found(&files).await?)
}

/// The stored templates; of a room that opens for the first time, those of its folder, approved for every member.
async fn templates(consent: &Consent, policies: &Current, folder: &Path) -> Result<Consented, OpenRoomError> {
    let vocabulary = policies.base.vocabulary();
    let members = policies.base.members().keys().cloned().collect();
    if let Some(current) = consent.current(vocabulary).await? {
        // A crash can have come between a member's leaving and the end of its approvals.
        return Ok(consent.keep(&current, &members).await?);
    }
    let catalogue = Catalogue::load(&folder.join("sql"), vocabulary)
        .map_err(|e| OpenRoomError::Policies(miette::Report::new(e)))?;
    Ok(consent.found(&catalogue, &members).await?)
}

/// Locks the room's folder: for one gateway alone, or against one that would have it alone.
pub(super) fn locked(path: &Path, shared: bool) -> Result<File, OpenRoomError> {
    let failed = |source| OpenRoomError::File { path: path.to_owned(), source };
    let file = File::options().create(true).truncate(false).write(true).open(path).map_err(failed)?;
    match if shared { file.try_lock_shared() } else { file.try_lock() } {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenRoomError::InUse(path.to_owned())),
        Err(TryLockError::Error(source)) => Err(failed(source)),
    }
}
