//! A real mail server, and the letters that it was brought.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// A mail server on this machine, until it is dropped.
pub struct MailServer {
    child: Option<Child>,
    pub port: u16,
    folder: tempfile::TempDir,
}

impl MailServer {
    pub fn start() -> Self {
        let mut server = Self { child: None, port: 0, folder: tempfile::tempdir().unwrap() };
        server.again();
        server
    }

    /// Starts it again, on the port that it had.
    pub fn again(&mut self) {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/server/support/smtp.py");
        let mut command = Command::new("/usr/bin/python3");
        command.arg(script).arg(self.folder.path()).arg("none").env("SMTP_PORT", self.port.to_string());
        let mut child = command.stdout(Stdio::piped()).stdin(Stdio::null()).spawn().unwrap();
        let mut port = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut port).unwrap();
        self.port = port.trim().parse().expect("the mail server starts: Debian's python3-aiosmtpd is needed");
        self.child = Some(child);
    }

    pub fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// What a room is to know of it.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        vec![
            ("CAMERATA_SMTP_SERVER", "127.0.0.1".to_owned()),
            ("CAMERATA_SMTP_PORT", self.port.to_string()),
            ("CAMERATA_SMTP_TLS", "none".to_owned()),
            ("CAMERATA_SMTP_FROM", "Salle blanche <salle@example.ca>".to_owned()),
        ]
    }

    /// All letters so far to an address, with their text as it was before it was encoded, and plain spaces.
    pub fn letters(&self, to: &str) -> Vec<String> {
        let mut files: Vec<_> = fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.retain(|path| path.extension().is_some_and(|end| end == "eml"));
        files.sort();
        let to = format!("To-Envelope: {}\n", to.to_lowercase());
        let letters = files.iter().map(|path| fs::read(path).unwrap());
        letters.filter(|letter| letter.starts_with(to.as_bytes())).map(|letter| decoded(&letter)).collect()
    }

    /// Waits until an address has so many letters, and gives them.
    #[track_caller]
    pub fn wait(&self, to: &str, count: usize) -> Vec<String> {
        let since = Instant::now();
        loop {
            let letters = self.letters(to);
            if letters.len() >= count || since.elapsed() > Duration::from_secs(60) {
                assert_eq!(letters.len(), count, "{letters:#?}");
                return letters;
            }
            thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A letter's envelope, headers and text, by a mail program's library.
fn decoded(bytes: &[u8]) -> String {
    const READ: &str = "import sys, email, email.policy\nm = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)\n\
         print('\\n'.join(f'{k}: {v}' for k, v in m.items()) + '\\n\\n' + m.get_content())";
    let mut child = Command::new("/usr/bin/python3")
        .args(["-c", READ])
        .env("PYTHONIOENCODING", "utf-8")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), bytes).unwrap();
    let text = String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap();
    text.replace(['\u{a0}', '\u{202f}'], " ")
}

/// The last part of the link in a letter.
#[track_caller]
pub fn secret_of(letter: &str) -> String {
    let link = letter.split_whitespace().find(|word| word.starts_with("http")).expect("a link");
    link.rsplit('/').next().unwrap().to_owned()
}
