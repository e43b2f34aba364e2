//! What the environment of the process says, read once at the start.

use std::{ffi::OsString, path::PathBuf};

/// The variables that callreel looks at, and who runs it. Empty variables count as unset.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Environment {
    /// `CALLREEL_DB`.
    pub db: Option<PathBuf>,
    /// `CALLREEL_SERVER`.
    pub server: Option<String>,
    /// `CALLREEL_PROFILE`.
    pub profile: Option<String>,
    /// `CALLREEL_CONFIG`.
    pub config: Option<PathBuf>,
    /// `CALLREEL_TOKEN_FILE`.
    pub token_file: Option<PathBuf>,
    pub home: Option<PathBuf>,
    pub xdg_runtime_dir: Option<PathBuf>,
    pub xdg_config_home: Option<PathBuf>,
    pub pulse_server: Option<String>,
    pub pulse_sink: Option<String>,
    pub pulse_cookie: Option<PathBuf>,
    pub pulse_runtime_path: Option<PathBuf>,
    pub ssh_connection: Option<String>,
    /// `CALLREEL_EAR`.
    pub ear: Option<String>,
    pub ssh_tty: Option<String>,
    pub sudo_user: Option<String>,
    pub term: Option<String>,
    pub term_program: Option<String>,
    pub colorterm: Option<String>,
    /// `NO_COLOR` is set to anything (no-color.org).
    pub no_color: bool,
    pub tmux: bool,
    /// `STY`: inside GNU screen.
    pub screen: bool,
    /// `COLORFGBG`: foreground and background, as some terminals tell them.
    pub colorfgbg: Option<String>,
    pub lang: Option<String>,
    pub lc_all: Option<String>,
    pub lc_ctype: Option<String>,
    pub lc_messages: Option<String>,
    pub columns: Option<u16>,
    pub lines: Option<u16>,
    /// `ACCESSIBLE` is set: plain drawing for screen readers.
    pub accessible: bool,
    /// Name of the account that runs this, for the audit.
    pub login: String,
    pub uid: Option<u32>,
}

impl Environment {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    pub fn read() -> Self {
        Self::from_lookup(|name| std::env::var_os(name).filter(|value| !value.is_empty()))
    }

    fn from_lookup(lookup: impl Fn(&str) -> Option<OsString>) -> Self {
        let text = |name: &str| lookup(name).and_then(|value| value.into_string().ok());
        let path = |name: &str| lookup(name).map(PathBuf::from);
        let number = |name: &str| text(name).and_then(|value| value.trim().parse().ok());
        let (uid, account) = account();
        Self {
            db: path("CALLREEL_DB"),
            server: text("CALLREEL_SERVER"),
            profile: text("CALLREEL_PROFILE"),
            config: path("CALLREEL_CONFIG"),
            token_file: path("CALLREEL_TOKEN_FILE"),
            home: path("HOME"),
            xdg_runtime_dir: path("XDG_RUNTIME_DIR"),
            xdg_config_home: path("XDG_CONFIG_HOME"),
            pulse_server: text("PULSE_SERVER"),
            pulse_sink: text("PULSE_SINK"),
            pulse_cookie: path("PULSE_COOKIE"),
            pulse_runtime_path: path("PULSE_RUNTIME_PATH"),
            ssh_connection: text("SSH_CONNECTION"),
            ear: text("CALLREEL_EAR"),
            ssh_tty: text("SSH_TTY"),
            sudo_user: text("SUDO_USER"),
            term: text("TERM"),
            term_program: text("TERM_PROGRAM"),
            colorterm: text("COLORTERM"),
            no_color: lookup("NO_COLOR").is_some(),
            tmux: lookup("TMUX").is_some(),
            screen: lookup("STY").is_some(),
            colorfgbg: text("COLORFGBG"),
            lang: text("LANG"),
            lc_all: text("LC_ALL"),
            lc_ctype: text("LC_CTYPE"),
            lc_messages: text("LC_MESSAGES"),
            columns: number("COLUMNS"),
            lines: number("LINES"),
            accessible: lookup("ACCESSIBLE").is_some(),
            login: account
                .or_else(|| text("LOGNAME"))
                .or_else(|| text("USER"))
                .or_else(|| text("USERNAME"))
                .unwrap_or_else(|| "unknown".to_owned()),
            uid,
        }
    }

    /// Whether the locale says that text is UTF-8 (POSIX: `LC_ALL` beats `LC_CTYPE` beats `LANG`).
    pub fn utf8(&self) -> bool {
        let locale = self.lc_all.as_deref().or(self.lc_ctype.as_deref()).or(self.lang.as_deref()).unwrap_or_default();
        let locale = locale.to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    }

    /// Language of messages as the locale names it, such as `pl`; none for `C` and `POSIX`.
    pub fn language(&self) -> Option<&str> {
        let locale = self.lc_all.as_deref().or(self.lc_messages.as_deref()).or(self.lang.as_deref())?;
        let language = locale.split(['.', '_', '@', '-']).next().unwrap_or_default();
        (!matches!(language, "" | "C" | "POSIX")).then_some(language)
    }
}

/// The uid of this process and its name in the account database (what the audit shows cannot be set by a variable).
#[cfg(unix)]
fn account() -> (Option<u32>, Option<String>) {
    let uid = rustix::process::getuid().as_raw();
    let accounts = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    (Some(uid), name_of(uid, &accounts))
}

#[cfg(not(unix))]
fn account() -> (Option<u32>, Option<String>) {
    (None, None)
}

/// Finds a uid in text of the form of passwd(5).
#[cfg(unix)]
fn name_of(uid: u32, accounts: &str) -> Option<String> {
    accounts.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse::<u32>().ok()? == uid).then(|| name.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(pairs: &[(&str, &str)]) -> Environment {
        Environment::from_lookup(|name| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| OsString::from(value)))
    }

    #[test]
    fn the_locale_tells_encoding_and_language() {
        assert!(with(&[("LANG", "pl_PL.UTF-8")]).utf8());
        assert!(!with(&[("LANG", "pl_PL.UTF-8"), ("LC_ALL", "C")]).utf8());
        assert_eq!(with(&[("LANG", "sk_SK.UTF-8")]).language(), Some("sk"));
        assert_eq!(with(&[("LANG", "C.UTF-8")]).language(), None);
        assert_eq!(with(&[]).language(), None);
    }

    #[test]
    #[cfg(unix)]
    fn accounts_are_found_by_uid() {
        assert_eq!(name_of(1000, "root:x:0:0::/root:/bin/sh\nanna:x:1000:1000::/home/anna:/bin/sh\n"), Some("anna".to_owned()));
        assert_eq!(name_of(7, "root:x:0:0::/root:/bin/sh\nbroken\n"), None);
    }
}
