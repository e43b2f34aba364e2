//! `config.toml` to [`Settings`]: each unknown key and wrong type is an error at its line.

use std::path::{Path, PathBuf};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{ConfigError, ConsoleSettings, OidcProvider, Profile, ServerSettings, Settings, settings};
use crate::domain::{directory::Company, nearest::suggestion, query};

/// The words that some keys are limited to.
const GLYPHS: &[&str] = &["unicode", "wgl4", "cp437", "latin2", "ascii"];
const COLORS: &[&str] = &["auto", "true", "256", "16", "none"];
const KEYS: &[&str] = &[
    "database",
    "active_profile",
    "profile",
    "theme",
    "glyphs",
    "color",
    "language",
    "company",
    "asterisk",
    "sound",
    "terminal",
    "console",
    "server",
    "audit",
    "oidc",
    "shares",
];

/// Days that a share may last at the very most.
const LONGEST_SHARE: u32 = 3_660;

/// A file being read.
struct Reader<'a> {
    file: &'a Path,
    text: &'a str,
}

type Value<'a> = Spanned<DeValue<'a>>;

/// Reads the whole text.
pub(super) fn settings(file: &Path, text: &str) -> Result<Settings, ConfigError> {
    let reader = Reader { file, text };
    let root = DeTable::parse(text).map_err(|error| reader.syntax(&error))?;
    let mut settings = Settings { file: Some(file.to_owned()), ..Settings::default() };
    for (key, value) in root.get_ref() {
        match key.get_ref().as_ref() {
            "database" => settings.database = Some(reader.path(key.get_ref(), value)?),
            "active_profile" => settings.active_profile = Some(reader.string("active_profile", value)?),
            "profile" => {
                for (name, value) in reader.table("profile", value)? {
                    let profile = reader.profile(&format!("profile.{}", name.get_ref()), value)?;
                    settings.profiles.insert(name.get_ref().to_string(), profile);
                }
            }
            "theme" => settings.theme = Some(reader.string("theme", value)?),
            "glyphs" => settings.glyphs = Some(reader.word("glyphs", value, GLYPHS)?),
            "color" => settings.color = Some(reader.word("color", value, COLORS)?),
            "language" => settings.language = Some(reader.string("language", value)?),
            "company" => settings.company = Some(reader.company(value)?),
            "asterisk" => settings.asterisk = reader.free_table("asterisk", value)?,
            "sound" => reader.sound(value, &mut settings)?,
            "terminal" => reader.terminal(value, &mut settings)?,
            "console" => settings.console = reader.console(value)?,
            "server" => settings.server = reader.server(value)?,
            "audit" => settings.checkpoints = reader.audit(value)?,
            "shares" => settings.longest_share_days = reader.shares(value)?,
            "oidc" => settings.oidc = Some(reader.oidc(value)?),
            unknown => return Err(reader.unknown(unknown, key.span().start, KEYS)),
        }
    }
    if let Some(profile) = &settings.active_profile
        && !settings.profiles.contains_key(profile)
    {
        let names = settings.profiles.keys().map(String::as_str);
        let message = format!("active_profile \"{profile}\" has no table [profile.{profile}]{}", suggestion(profile, names));
        return Err(ConfigError { file: file.to_owned(), line: None, message });
    }
    Ok(settings)
}

impl Reader<'_> {
    fn at(&self, offset: usize, message: String) -> ConfigError {
        let before = self.text.as_bytes().get(..offset).unwrap_or_default();
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        ConfigError { file: self.file.to_owned(), line: Some(line), message }
    }

    fn syntax(&self, error: &toml::de::Error) -> ConfigError {
        self.at(error.span().map_or(0, |span| span.start), error.message().replace('\n', "; "))
    }

    fn unknown(&self, key: &str, offset: usize, known: &[&str]) -> ConfigError {
        let near = suggestion(key.rsplit('.').next().unwrap_or(key), known.iter().copied());
        self.at(offset, format!("no key \"{}\"{near}", crate::domain::clean::line(key, 60)))
    }

    fn wrong(&self, key: &str, value: &Value<'_>, wanted: &str) -> ConfigError {
        self.at(value.span().start, format!("\"{key}\" must be {wanted}, not {}", value.get_ref().type_str()))
    }

    fn string(&self, key: &str, value: &Value<'_>) -> Result<String, ConfigError> {
        value.get_ref().as_str().map(ToOwned::to_owned).ok_or_else(|| self.wrong(key, value, "text in quotes"))
    }

    /// A path; a relative one is meant from the folder of the file.
    fn path(&self, key: &str, value: &Value<'_>) -> Result<PathBuf, ConfigError> {
        let path = PathBuf::from(self.string(key, value)?);
        Ok(self.file.parent().map_or_else(|| path.clone(), |folder| folder.join(&path)))
    }

    fn word(&self, key: &str, value: &Value<'_>, words: &[&str]) -> Result<String, ConfigError> {
        let word = self.string(key, value)?;
        if words.contains(&word.as_str()) {
            return Ok(word);
        }
        let near = suggestion(&word, words.iter().copied());
        Err(self.at(value.span().start, format!("\"{key}\" must be one of {}{near}", words.join(", "))))
    }

    fn table<'v, 'a>(&self, key: &str, value: &'v Value<'a>) -> Result<&'v DeTable<'a>, ConfigError> {
        value.get_ref().as_table().ok_or_else(|| self.wrong(key, value, "a table"))
    }

    fn free_table(&self, key: &str, value: &Value<'_>) -> Result<toml::Table, ConfigError> {
        self.table(key, value)?;
        let mut whole: toml::Table = toml::from_str(self.text).map_err(|error| self.syntax(&error))?;
        match whole.remove(key) {
            Some(toml::Value::Table(table)) => Ok(table),
            _ => Ok(toml::Table::new()),
        }
    }

    fn audit(&self, value: &Value<'_>) -> Result<Option<PathBuf>, ConfigError> {
        let mut checkpoints = None;
        for (key, value) in self.table("audit", value)? {
            let full = format!("audit.{}", key.get_ref());
            match key.get_ref().as_ref() {
                "checkpoints" => checkpoints = Some(self.path(&full, value)?),
                _ => return Err(self.unknown(&full, key.span().start, &["checkpoints"])),
            }
        }
        Ok(checkpoints)
    }

    fn shares(&self, value: &Value<'_>) -> Result<Option<u32>, ConfigError> {
        let mut longest = None;
        for (key, value) in self.table("shares", value)? {
            let full = format!("shares.{}", key.get_ref());
            if key.get_ref() != "longest" {
                return Err(self.unknown(&full, key.span().start, &["longest"]));
            }
            let text = self.string(&full, value)?;
            let days = days(&text).filter(|days| (1..=LONGEST_SHARE).contains(days));
            let wrong =
                || self.at(value.span().start, format!("\"{full}\" must be days or weeks from \"1d\" to \"{LONGEST_SHARE}d\""));
            longest = Some(days.ok_or_else(wrong)?);
        }
        Ok(longest)
    }

    fn profile(&self, name: &str, value: &Value<'_>) -> Result<Profile, ConfigError> {
        let mut profile = Profile::default();
        for (key, value) in self.table(name, value)? {
            let full = format!("{name}.{}", key.get_ref());
            match key.get_ref().as_ref() {
                "server" => profile.server = Some(self.string(&full, value)?),
                "db" => profile.db = Some(self.path(&full, value)?),
                "token_file" => profile.token_file = Some(self.path(&full, value)?),
                "fingerprint" => {
                    let print = self.string(&full, value)?.parse();
                    profile.fingerprint = Some(print.map_err(|why| self.at(value.span().start, why))?);
                }
                _ => return Err(self.unknown(&full, key.span().start, &["server", "db", "token_file", "fingerprint"])),
            }
        }
        match (&profile.server, &profile.db) {
            (Some(_), Some(_)) => Err(self.at(value.span().start, format!("\"{name}\" has both server and db; keep one"))),
            (None, None) => Err(self.at(value.span().start, format!("\"{name}\" has neither server nor db"))),
            _ => Ok(profile),
        }
    }

    fn oidc(&self, value: &Value<'_>) -> Result<OidcProvider, ConfigError> {
        let (mut issuer, mut client_id, mut client_secret_file, mut claim) = (None, None, None, None);
        for (key, value) in self.table("oidc", value)? {
            let full = format!("oidc.{}", key.get_ref());
            match key.get_ref().as_ref() {
                "issuer" => issuer = Some(self.string(&full, value)?),
                "client_id" => client_id = Some(self.string(&full, value)?),
                "client_secret_file" => client_secret_file = Some(self.path(&full, value)?),
                "claim" => claim = Some(self.string(&full, value)?),
                _ => return Err(self.unknown(&full, key.span().start, &["issuer", "client_id", "client_secret_file", "claim"])),
            }
        }
        match (issuer, client_id) {
            (Some(issuer), Some(client_id)) => {
                let claim = claim.unwrap_or_else(|| "preferred_username".to_owned());
                Ok(OidcProvider { issuer, client_id, client_secret_file, claim })
            }
            _ => Err(self.at(value.span().start, "\"oidc\" needs issuer and client_id".to_owned())),
        }
    }

    fn company(&self, value: &Value<'_>) -> Result<Company, ConfigError> {
        let mut company = Company { zone: settings::system_zone(), ..Company::default() };
        for (key, value) in self.table("company", value)? {
            let full = format!("company.{}", key.get_ref());
            match key.get_ref().as_ref() {
                "zone" => {
                    let zone = self.string(&full, value)?;
                    if jiff::tz::TimeZone::get(&zone).is_err() {
                        let message = format!("no time zone \"{zone}\"; write one such as \"Europe/Warsaw\"");
                        return Err(self.at(value.span().start, message));
                    }
                    company.zone = zone;
                }
                "country_code" => company.country_code = Some(self.digits(&full, value)?),
                "national_prefix" => company.national_prefix = Some(self.digits(&full, value)?),
                "currency" => company.currency = Some(self.string(&full, value)?),
                _ => {
                    let known = ["zone", "country_code", "national_prefix", "currency"];
                    return Err(self.unknown(&full, key.span().start, &known));
                }
            }
        }
        Ok(company)
    }

    fn digits(&self, key: &str, value: &Value<'_>) -> Result<String, ConfigError> {
        let text = self.string(key, value)?;
        if text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(text);
        }
        Err(self.at(value.span().start, format!("\"{key}\" must be digits in quotes, such as \"48\"")))
    }

    fn console(&self, value: &Value<'_>) -> Result<ConsoleSettings, ConfigError> {
        let mut console = ConsoleSettings::default();
        for (key, value) in self.table("console", value)? {
            let full = format!("console.{}", key.get_ref());
            if key.get_ref() != "lock_after" {
                return Err(self.unknown(&full, key.span().start, &["lock_after"]));
            }
            let minutes = value.get_ref().as_integer().and_then(|number| number.as_str().parse().ok());
            let minutes = minutes.filter(|minutes| *minutes <= 24 * 60);
            console.lock_after = Some(minutes.ok_or_else(|| self.wrong(&full, value, "whole minutes from 0 to 1440"))?);
        }
        Ok(console)
    }

    fn size(&self, full: &str, value: &Value<'_>, wanted: &str) -> Result<u64, ConfigError> {
        let written = match value.get_ref() {
            DeValue::String(text) => query::bytes(text),
            other => other.as_integer().and_then(|number| number.as_str().parse().ok()),
        };
        written.ok_or_else(|| self.wrong(full, value, wanted))
    }

    fn sound(&self, value: &Value<'_>, settings: &mut Settings) -> Result<(), ConfigError> {
        for (key, value) in self.table("sound", value)? {
            let full = format!("sound.{}", key.get_ref());
            match key.get_ref().as_ref() {
                "output" => settings.sound.output = Some(self.string(&full, value)?),
                "volume" => {
                    let number = value.get_ref().as_integer().and_then(|number| number.as_str().parse::<u8>().ok());
                    let volume = number.filter(|number| *number <= 150);
                    settings.sound.volume = Some(volume.ok_or_else(|| self.wrong(&full, value, "a whole number from 0 to 150"))?);
                }
                "cache" => {
                    settings.sound.cache = Some(self.size(&full, value, "a size such as \"256MB\", or 0")?);
                }
                _ => return Err(self.unknown(&full, key.span().start, &["output", "volume", "cache"])),
            }
        }
        Ok(())
    }

    fn server(&self, value: &Value<'_>) -> Result<ServerSettings, ConfigError> {
        let mut server = ServerSettings::default();
        for (key, value) in self.table("server", value)? {
            let full = format!("server.{}", key.get_ref());
            let lines = || {
                let number = value.get_ref().as_integer().and_then(|number| number.as_str().parse::<usize>().ok());
                number.filter(|number| *number > 0).ok_or_else(|| self.wrong(&full, value, "a whole number from 1"))
            };
            match key.get_ref().as_ref() {
                "listen" => {
                    let listed = match value.get_ref() {
                        DeValue::Array(list) => list.iter().map(|one| self.string(&full, one)).collect::<Result<_, _>>(),
                        _ => self.string(&full, value).map(|one| vec![one]),
                    };
                    server.listen = listed?;
                }
                "socket" => server.socket = Some(self.path(&full, value)?),
                "tls_cert" => server.tls_cert = Some(self.path(&full, value)?),
                "tls_key" => server.tls_key = Some(self.path(&full, value)?),
                "max_connections" => server.max_connections = Some(lines()?),
                "max_per_address" => server.max_per_address = Some(lines()?),
                "ballast" => server.ballast = Some(self.size(&full, value, "a size such as \"64MB\", or 0")?),
                _ => {
                    let known = ["listen", "socket", "tls_cert", "tls_key", "max_connections", "max_per_address", "ballast"];
                    return Err(self.unknown(&full, key.span().start, &known));
                }
            }
        }
        Ok(server)
    }

    fn terminal(&self, value: &Value<'_>, settings: &mut Settings) -> Result<(), ConfigError> {
        for (key, value) in self.table("terminal", value)? {
            let full = format!("terminal.{}", key.get_ref());
            let said = || value.get_ref().as_bool().ok_or_else(|| self.wrong(&full, value, "true or false"));
            match key.get_ref().as_ref() {
                "remote" => settings.terminal.remote = Some(said()?),
                "scroll_regions" => settings.terminal.scroll_regions = Some(said()?),
                _ => return Err(self.unknown(&full, key.span().start, &["remote", "scroll_regions"])),
            }
        }
        Ok(())
    }
}

/// `90d`, `2w`.
fn days(text: &str) -> Option<u32> {
    let (count, each) = match (text.strip_suffix('d'), text.strip_suffix('w')) {
        (Some(count), _) => (count, 1),
        (_, Some(count)) => (count, 7),
        _ => return None,
    };
    count.parse::<u32>().ok()?.checked_mul(each)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Settings, String> {
        settings(Path::new("/c/config.toml"), text).map_err(|error| error.to_string())
    }

    #[test]
    fn the_template_is_valid_with_and_without_its_comment_signs() {
        assert!(read(settings::TEMPLATE).is_ok());
        let open: String = settings::TEMPLATE
            .lines()
            .map(|line| match line.strip_prefix('#') {
                Some(rest) if !rest.starts_with(' ') => format!("{rest}\n"),
                _ => format!("{line}\n"),
            })
            .collect();
        let settings = read(&open).expect("every key is known");
        assert_eq!(settings.profiles.len(), 2);
        assert_eq!((settings.sound.volume, settings.sound.cache), (Some(100), Some(256_000_000)));
        assert_eq!((settings.terminal.remote, settings.terminal.scroll_regions), (Some(true), Some(true)));
        assert_eq!(settings.company().zone, "Europe/Warsaw");
        assert_eq!(settings.longest_share_days, Some(90));
        assert_eq!(read("[shares]\nlongest = \"2w\"").expect("valid").longest_share_days, Some(14));
        assert_eq!(settings.asterisk["country_code"].as_str(), Some("48"));
    }

    #[test]
    fn errors_name_line_key_and_the_nearest() {
        for (text, wanted) in [
            ("them = \"dark\"\n", "/c/config.toml:1: no key \"them\"; did you mean \"theme\"?"),
            ("\n\ntheme = 3\n", "/c/config.toml:3: \"theme\" must be text in quotes, not integer"),
            (
                "glyphs = \"asci\"\n",
                "/c/config.toml:1: \"glyphs\" must be one of unicode, wgl4, cp437, latin2, ascii; did you mean \"ascii\"?",
            ),
            (
                "[company]\nzone = \"Europe/Warszawa\"\n",
                "/c/config.toml:2: no time zone \"Europe/Warszawa\"; write one such as \"Europe/Warsaw\"",
            ),
            ("[sound]\nvolume = 900\n", "/c/config.toml:2: \"sound.volume\" must be a whole number from 0 to 150, not integer"),
            (
                "[sound]\ncache = \"much\"\n",
                "/c/config.toml:2: \"sound.cache\" must be a size such as \"256MB\", or 0, not string",
            ),
            ("[sound]\nvolum = 9\n", "/c/config.toml:2: no key \"sound.volum\"; did you mean \"volume\"?"),
            ("[terminal]\nremote = 1\n", "/c/config.toml:2: \"terminal.remote\" must be true or false, not integer"),
            (
                "[shares]\nlongest = \"1y\"\n",
                "/c/config.toml:2: \"shares.longest\" must be days or weeks from \"1d\" to \"3660d\"",
            ),
            (
                "[shares]\nlongest = \"0d\"\n",
                "/c/config.toml:2: \"shares.longest\" must be days or weeks from \"1d\" to \"3660d\"",
            ),
            ("[profile.a]\n", "/c/config.toml:1: \"profile.a\" has neither server nor db"),
        ] {
            assert_eq!(read(text).expect_err("an error"), wanted);
        }
        assert!(read("theme = \n").expect_err("an error").starts_with("/c/config.toml:1: "));
    }

    #[test]
    fn relative_paths_are_meant_from_the_file() {
        assert_eq!(read("database = \"x.db\"").expect("valid").database, Some(PathBuf::from("/c/x.db")));
        assert_eq!(read("database = \"/d/x.db\"").expect("valid").database, Some(PathBuf::from("/d/x.db")));
    }
}
