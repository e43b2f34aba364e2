//! What `config.toml` can say.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use super::{ConfigError, read};
use crate::domain::{directory::Company, fingerprint::Fingerprint};

/// The whole file. Everything may be missing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings {
    /// The file that was read; none if there is none.
    pub file: Option<PathBuf>,
    /// Opened when neither flag, environment nor profile says otherwise.
    pub database: Option<PathBuf>,
    /// The profile in use when nothing else is said.
    pub active_profile: Option<String>,
    pub theme: Option<String>,
    pub glyphs: Option<String>,
    pub color: Option<String>,
    pub language: Option<String>,
    /// Used when a database is made; none: the zone of this machine, numbers as received.
    pub company: Option<Company>,
    pub profiles: BTreeMap<String, Profile>,
    /// `[asterisk]` as it stands, for the import.
    pub asterisk: toml::Table,
    pub sound: SoundSettings,
    pub terminal: TerminalSettings,
    pub console: ConsoleSettings,
    pub server: ServerSettings,
    /// `[audit] checkpoints`: the file that signed checkpoints are added to; none: beside the database.
    pub checkpoints: Option<PathBuf>,
    pub oidc: Option<OidcProvider>,
    /// `[shares] longest`, in days; none: 90.
    pub longest_share_days: Option<u32>,
}

/// `[oidc]`: the identity provider that people sign in through at a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OidcProvider {
    /// Such as `https://id.example.org/realms/office`.
    pub issuer: String,
    pub client_id: String,
    pub client_secret_file: Option<PathBuf>,
    /// The claim that is the user's name here.
    pub claim: String,
}

/// `[profile.NAME]`: a place to work on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    pub server: Option<String>,
    pub db: Option<PathBuf>,
    pub token_file: Option<PathBuf>,
    /// The key that the server must show.
    pub fingerprint: Option<Fingerprint>,
}

/// `[server]`: how `callreel serve` listens. Flags beat it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerSettings {
    /// Addresses and ports; none: loopback.
    pub listen: Vec<String>,
    pub socket: Option<PathBuf>,
    pub tls_cert: Option<PathBuf>,
    pub tls_key: Option<PathBuf>,
    /// Lines at a time, and of them from one address.
    pub max_connections: Option<usize>,
    pub max_per_address: Option<usize>,
    /// Bytes held back on the disk for when it is full; 0: none.
    pub ballast: Option<u64>,
}

/// `[console]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConsoleSettings {
    /// Minutes without a key after which the screen is locked where one had to sign in; 0: never; none: 15.
    pub lock_after: Option<u32>,
}

/// `[sound]`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SoundSettings {
    /// `pulse:PATH`, `alsa:NAME`, `ear`, `none`; none: whatever is found.
    pub output: Option<String>,
    /// Percent, 0 to 150.
    pub volume: Option<u8>,
    /// Bytes of sounds that are kept on this machine; 0: none; none: [`SOUND_CACHE`].
    pub cache: Option<u64>,
}

/// Bytes of sounds that are kept unless the configuration says otherwise.
pub const SOUND_CACHE: u64 = 256_000_000;

/// `[terminal]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TerminalSettings {
    /// Bytes to the terminal are dear; none: on a line of SSH.
    pub remote: Option<bool>,
    /// The terminal may be told to move rows by itself; none: by its name.
    pub scroll_regions: Option<bool>,
}

impl Settings {
    /// Reads a file. A missing one is an error only where somebody named it (`required`).
    ///
    /// # Errors
    /// [`ConfigError`] at the first thing that is wrong.
    pub fn load(file: &Path, required: bool) -> Result<Self, ConfigError> {
        let error = |message: String| ConfigError { file: file.to_owned(), line: None, message };
        match std::fs::read(file) {
            Ok(bytes) => {
                let text = String::from_utf8(bytes).map_err(|_| error("is not UTF-8 text; save it as UTF-8".to_owned()))?;
                read::settings(file, &text)
            }
            Err(why) if why.kind() == std::io::ErrorKind::NotFound && !required => Ok(Self::default()),
            Err(why) => Err(error(format!("cannot be read: {why}"))),
        }
    }

    /// The company of a database about to be made.
    pub fn company(&self) -> Company {
        self.company.clone().unwrap_or_else(|| Company { zone: system_zone(), ..Company::default() })
    }
}

/// The IANA name of this machine's zone, or UTC.
pub(super) fn system_zone() -> String {
    jiff::tz::TimeZone::system().iana_name().unwrap_or("UTC").to_owned()
}

/// What `config init` writes: every key, commented out, with what it is for.
pub const TEMPLATE: &str = r#"# callreel's configuration. Flags beat the environment, which beats this file.

# Opened when nothing else is said.
#database = "/srv/callreel/callreel.db"
# The profile below that is used when nothing else is said.
#active_profile = "head-office"
# dark, light, ansi, mono, or the name of a file in themes/ beside this one.
#theme = "dark"
# unicode, wgl4, cp437, latin2, ascii
#glyphs = "unicode"
# auto, true, 256, 16, none
#color = "auto"
# en
#language = "en"

# Of a database about to be made; an existing one keeps its own.
#[company]
#zone = "Europe/Warsaw"
#country_code = "48"
#national_prefix = "0"
#currency = "PLN"

#[profile.head-office]
#server = "https://calls.example.org"
# `callreel login` writes these two: what is shown to the server, and the key that it must show.
#token_file = "/home/anna/.config/callreel/head-office.token"
#fingerprint = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

#[profile.archive]
#db = "/srv/archive/2025.db"

# What the import from an Asterisk should know; `callreel import asterisk --preview` shows what it guesses.
#[asterisk]
#zone = "Europe/Warsaw"
#country_code = "48"

#[sound]
# pulse:PATH, alsa:NAME, ear, none, or the name of a sink; without it, whatever is found.
#output = "none"
# Percent, 0 to 150.
#volume = 100
# Recordings that came from a server stay on this machine up to so many bytes, for the next time; 0: none.
#cache = "256MB"

#[console]
# Minutes without a key after which the console hides the calls of a server and asks for the password; 0: never.
#lock_after = 15

#[terminal]
# Bytes to the terminal are dear: fewer of them. Without it, on a line of SSH.
#remote = true
# The terminal may be told to move rows by itself; false where that leaves rubbish on the screen.
#scroll_regions = true

#[audit]
# Signed checkpoints of the audit log are added to this file; best on another volume than the database.
#checkpoints = "/mnt/other/callreel.checkpoints"

# Links for people without an account expire after so long at most: days or weeks, such as "90d" or "2w".
#[shares]
#longest = "90d"

# How `callreel serve` listens.
#[server]
# Plain HTTP only on this machine's own address; TLS everywhere else.
#listen = ["127.0.0.1:8400"]
#socket = "/run/callreel/callreel.sock"
# A certificate of your own; without it, one is made at the first start.
#tls_cert = "/etc/callreel/certificate.pem"
#tls_key = "/etc/callreel/key.pem"
# Lines at a time, and of them from one address.
#max_connections = 1024
#max_per_address = 256
# Held back on the disk for the moment at which it is full; 0: nothing.
#ballast = "64MB"

# People sign in to `callreel serve` through this identity provider (OpenID Connect, device grant).
#[oidc]
#issuer = "https://id.example.org/realms/office"
#client_id = "callreel"
#client_secret_file = "/etc/callreel/oidc.secret"
# Which claim is the user's name here.
#claim = "preferred_username"
"#;
