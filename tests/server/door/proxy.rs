//! Debian's proxies before the room, each in a folder of its own.

use std::{
    fs,
    net::TcpStream,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// A proxy that runs until it is dropped.
pub struct Proxy {
    child: Child,
    folder: tempfile::TempDir,
    /// Where it listens.
    pub place: String,
}

/// A port that nobody listens on.
fn port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl Proxy {
    /// nginx, as docs/OPERATIONS.md has it but for TLS; connections to the room are kept and used again.
    pub fn nginx(room: &str) -> Self {
        Self::start(|folder, port| {
            let config = format!(
                "daemon off; pid {folder}/pid; error_log {folder}/error.log; events {{ worker_connections 64; }}
                http {{
                  access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
                  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
                  upstream room {{ server {room}; keepalive 1; }}
                  server {{
                    listen 127.0.0.1:{port};
                    location / {{
                      proxy_pass http://room; proxy_http_version 1.1;
                      proxy_set_header Connection \"\"; proxy_set_header Host $http_host;
                      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                      proxy_set_header X-Forwarded-Proto $scheme;
                      proxy_request_buffering off; client_max_body_size 0;
                    }}
                  }}
                }}"
            );
            fs::write(format!("{folder}/conf"), config).unwrap();
            let mut command = Command::new("/usr/sbin/nginx");
            command.args(["-p", folder, "-c", &format!("{folder}/conf"), "-g", "master_process off;"]);
            command
        })
    }

    /// HAProxy; connections to the room are kept and used again, whoever's they were.
    pub fn haproxy(room: &str) -> Self {
        Self::start(|folder, port| {
            let config = format!(
                "global\n  maxconn 64\ndefaults\n  mode http\n  timeout connect 5s\n  timeout client 30s\n  timeout server 30s\n  \
                 option forwardfor\n  http-reuse always\nfrontend web\n  bind 127.0.0.1:{port}\n  \
                 http-request set-header X-Forwarded-Proto http\n  default_backend room\nbackend room\n  server room {room}\n"
            );
            fs::write(format!("{folder}/conf"), config).unwrap();
            let mut command = Command::new("/usr/sbin/haproxy");
            command.args(["-db", "-f", &format!("{folder}/conf")]);
            command
        })
    }

    fn start(command: impl Fn(&str, u16) -> Command) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = port();
        let mut command = command(folder.path().to_str().unwrap(), port);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.spawn().expect("nginx-light and haproxy are installed: .ci/prepare test");
        let place = format!("127.0.0.1:{port}");
        let since = Instant::now();
        while TcpStream::connect(&place).is_err() {
            assert!(since.elapsed() < Duration::from_secs(30), "the proxy doesn't listen");
            thread::sleep(Duration::from_millis(50));
        }
        Self { child, folder, place }
    }

    /// What it wrote of errors.
    pub fn errors(&self) -> String {
        fs::read_to_string(self.folder.path().join("error.log")).unwrap_or_default()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
