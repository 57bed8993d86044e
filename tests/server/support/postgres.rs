//! A PostgreSQL server for the tests of one process: made when the first test needs it, ended (and its folder removed) when the process
//! ends, however it ends. Debian's package `postgresql` must be there: a test that needs it and doesn't find it fails.

use std::{
    fs,
    io::{BufRead, BufReader, Read},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

/// Waits on its standard input, which closes when the process that started it is gone.
const SCRIPT: &str = r#"
set -eu
bin=$1
umask 077
folder=$(mktemp -d /tmp/camerata-postgres.XXXXXX)
trap 'rm -rf "$folder"' EXIT
trap : INT TERM
"$bin/initdb" --pgdata="$folder/data" --username=postgres --auth=trust --encoding=UTF8 --no-locale --no-sync >/dev/null
"$bin/postgres" -D "$folder/data" -k "$folder" -c listen_addresses= -c max_connections=300 -c shared_buffers=32MB \
    >"$folder/log" 2>&1 &
server=$!
until "$bin/pg_isready" -q -h "$folder"; do kill -0 $server || { cat "$folder/log" >&2; exit 1; }; sleep 0.05; done
echo "$folder"
read -r _ || true
kill -INT $server
wait $server || true
"#;

/// A running server.
pub struct Postgres {
    bin: PathBuf,
    folder: String,
    child: Child,
    databases: AtomicU32,
}

impl Postgres {
    /// The server of this process.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Postgres> = OnceLock::new();
        SHARED.get_or_init(Self::start)
    }

    /// A server of a test's own.
    pub fn start() -> Self {
        let bin = programs();
        // The server refuses to run as root.
        let root = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
        let mut command = if root {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--", "sh", "-c", SCRIPT, "sh"]);
            command
        } else {
            let mut command = Command::new("sh");
            command.args(["-c", SCRIPT, "sh"]);
            command
        };
        command.arg(&bin).current_dir("/").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut folder = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut folder).unwrap();
        let folder = folder.trim().to_owned();
        if folder.is_empty() {
            let mut said = String::new();
            child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
            panic!("PostgreSQL didn't start: {said}");
        }
        Self { bin, folder, child, databases: AtomicU32::new(0) }
    }

    /// The address of a new, empty database.
    pub fn database(&self) -> String {
        let name = format!("room_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.sql("postgres", &format!("CREATE DATABASE {name}"));
        format!("postgres://postgres@{}/{name}", self.folder.replace('/', "%2F"))
    }

    /// Runs a statement in a database and gives what it prints.
    pub fn sql(&self, database: &str, statement: &str) -> String {
        let done = Command::new(self.bin.join("psql"))
            .args(["-h", &self.folder, "-U", "postgres", "-d", database, "-v", "ON_ERROR_STOP=1", "-qAtc", statement])
            .output()
            .unwrap();
        assert!(done.status.success(), "{statement}: {}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).unwrap().trim().to_owned()
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// Where the newest installed server's programs are: Debian keeps them off the path, others don't.
fn programs() -> PathBuf {
    let installed = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|entry| entry.path());
    let version =
        |path: &PathBuf| path.file_name().and_then(|name| name.to_str()).and_then(|name| name.parse::<u32>().ok());
    let newest = installed.filter(|path| path.join("bin/initdb").is_file()).max_by_key(version);
    let on_path = || {
        let told = Command::new("pg_config").arg("--bindir").output().ok()?;
        let bin = PathBuf::from(String::from_utf8(told.stdout).ok()?.trim());
        bin.join("initdb").is_file().then_some(bin)
    };
    let bin = newest.map(|path| path.join("bin")).or_else(on_path);
    bin.expect("PostgreSQL is not installed: run `.ci/prepare test`, or `apt-get install postgresql`")
}
