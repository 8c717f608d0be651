//! Mail servers on this machine: Dovecot for what comes in, aiosmtpd for what goes out; both from
//! the Debian archive, stopped by their process ids.

#![allow(clippy::unwrap_used, missing_docs, dead_code)]

use std::fs::Permissions;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The name and password of the one mailbox.
pub const USER: &str = "orders";
pub const SECRET: &str = "quiet-harbour";

const PATIENCE: Duration = Duration::from_secs(20);

/// A port that nobody listens at.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn wait_for(port: u16, what: &str) {
    let begun = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(begun.elapsed() < PATIENCE, "{what} did not start");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Makes an authority of certificates (`ca.pem`) and a certificate of it for this machine.
pub fn certify(folder: &Path) {
    let openssl = |arguments: &str| {
        let arguments = arguments.split(' ');
        let run = Command::new("openssl").args(arguments).current_dir(folder).output().unwrap();
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    };
    std::fs::write(folder.join("server.ext"), "subjectAltName = IP:127.0.0.1\n").unwrap();
    openssl(
        "req -x509 -nodes -newkey rsa:2048 -keyout ca.key -out ca.pem -days 2 -subj /CN=Harbour",
    );
    openssl("req -nodes -newkey rsa:2048 -keyout server.key -out server.csr -subj /CN=mail");
    openssl(
        "x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out server.pem -days 2 \
         -extfile server.ext",
    );
}

/// An IMAP server with one mailbox.
pub struct Imap {
    pub port: u16,
    mails: PathBuf,
    server: Child,
}

impl Imap {
    /// Starts Dovecot on a folder of its own.
    pub fn start(folder: &Path) -> Self {
        Self::start_with(folder, "ssl = no\ndisable_plaintext_auth = no\n")
    }

    /// Starts one that offers STARTTLS, with the certificate of `certify`.
    pub fn start_secured(folder: &Path) -> Self {
        let path = folder.display();
        let secured = format!(
            "ssl = required\ndisable_plaintext_auth = yes\nssl_cert = <{path}/server.pem\n\
             ssl_key = <{path}/server.key\n"
        );
        Self::start_with(folder, &secured)
    }

    fn start_with(folder: &Path, secured: &str) -> Self {
        let port = free_port();
        let folder = folder.join("imap");
        for name in ["run", "state", "mail/new", "mail/cur", "mail/tmp"] {
            std::fs::create_dir_all(folder.join(name)).unwrap();
        }
        let me = Command::new("id").arg("-un").output().unwrap();
        let me = String::from_utf8(me.stdout).unwrap().trim().to_owned();
        // Dovecot refuses to talk to strangers as root: its package brings users for that, who must
        // be able to reach the folder.
        let (login, internal, owner) = match me.as_str() {
            "root" => ("dovenull", "dovecot", "nobody"),
            own => (own, own, own),
        };
        let parent = folder.parent().unwrap();
        std::fs::set_permissions(parent, Permissions::from_mode(0o755)).unwrap();
        let text = format!(
            "base_dir = {0}/run\nstate_dir = {0}/state\nprotocols = imap\nlisten = 127.0.0.1\n\
             {secured}log_path = {0}/log\n\
             default_internal_user = {internal}\ndefault_login_user = {login}\n\
             default_internal_group = {internal}\n\
             first_valid_uid = 0\nmail_location = maildir:{0}/mail\n\
             service imap-login {{\n chroot =\n inet_listener imap {{\n port = {port}\n }}\n \
             inet_listener imaps {{\n port = 0\n }}\n}}\n\
             service anvil {{\n chroot =\n}}\nservice stats {{\n chroot =\n}}\n\
             passdb {{\n driver = static\n args = password={SECRET}\n}}\n\
             userdb {{\n driver = static\n args = uid={owner} gid=nogroup home={0}/home\n}}\n",
            folder.display()
        );
        let text =
            if me == "root" { text } else { text.replace("gid=nogroup", &format!("gid={me}")) };
        if me == "root" {
            let owns = ["-R", "nobody:nogroup"];
            let mails = folder.join("mail");
            assert!(Command::new("chown").args(owns).arg(mails).status().unwrap().success());
        }
        let config = folder.join("dovecot.conf");
        std::fs::write(&config, text).unwrap();
        let server = Command::new("dovecot")
            .args(["-F", "-c"])
            .arg(&config)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        wait_for(port, "dovecot");
        Self { port, mails: folder.join("mail"), server }
    }

    /// Puts a message into the mailbox, as a mail server does.
    pub fn deliver(&self, name: &str, message: &[u8]) {
        let path = self.mails.join("tmp").join(name);
        std::fs::write(&path, message).unwrap();
        std::fs::set_permissions(&path, Permissions::from_mode(0o666)).unwrap();
        if Command::new("id").arg("-u").output().unwrap().stdout == b"0\n" {
            assert!(
                Command::new("chown").arg("nobody:nogroup").arg(&path).status().unwrap().success()
            );
        }
        std::fs::rename(path, self.mails.join("new").join(name)).unwrap();
    }

    /// Messages that wait in the mailbox.
    pub fn waiting(&self) -> usize {
        let count = |name: &str| std::fs::read_dir(self.mails.join(name)).unwrap().count();
        count("new") + count("cur")
    }
}

impl Drop for Imap {
    fn drop(&mut self) {
        let pid = self.server.id().to_string();
        let _ = Command::new("kill").args(["-TERM", &pid]).status();
        let _ = self.server.wait();
    }
}

/// An SMTP server that keeps what it takes.
pub struct Smtp {
    pub port: u16,
    mails: PathBuf,
    server: Child,
}

impl Smtp {
    pub fn start(folder: &Path) -> Self {
        Self::start_at(folder, free_port())
    }

    pub fn start_at(folder: &Path, port: u16) -> Self {
        let mails = folder.join("sent");
        let server = Command::new("/usr/bin/python3")
            .args(["-m", "aiosmtpd", "-n", "-l", &format!("127.0.0.1:{port}")])
            .args(["-c", "aiosmtpd.handlers.Mailbox"])
            .arg(&mails)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        wait_for(port, "aiosmtpd");
        Self { port, mails, server }
    }

    /// Every message that was taken, oldest first, as text.
    pub fn taken(&self) -> Vec<String> {
        let Ok(read) = std::fs::read_dir(self.mails.join("new")) else { return Vec::new() };
        let mut paths: Vec<PathBuf> = read.map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        paths.iter().map(|path| std::fs::read_to_string(path).unwrap()).collect()
    }
}

impl Drop for Smtp {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
