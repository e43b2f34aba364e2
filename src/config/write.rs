//! Changes to `config.toml` that leave everything else of it as it is, comments too.

use std::{fs, io::Write, path::Path};

use toml_edit::{DocumentMut, Item, Table, value};

use super::{ConfigError, Profile, read};

/// Writes a profile; with `active`, the one in use when nothing else is said.
///
/// # Errors
/// When the file is wrong already, or cannot be written.
pub fn put_profile(file: &Path, name: &str, profile: &Profile, active: bool) -> Result<(), ConfigError> {
    edit(file, |document| {
        if active {
            document.insert("active_profile", value(name));
        }
        let profiles = document.entry("profile").or_insert_with(|| {
            let mut table = Table::new();
            table.set_implicit(true);
            Item::Table(table)
        });
        let Some(table) = profiles.as_table_like_mut() else { return };
        let entry = table.entry(name).or_insert_with(|| Item::Table(Table::new()));
        let Some(entry) = entry.as_table_like_mut() else { return };
        let path = |path: &Path| path.to_string_lossy().into_owned();
        let known = [
            ("server", profile.server.clone()),
            ("db", profile.db.as_deref().map(path)),
            ("token_file", profile.token_file.as_deref().map(path)),
            ("fingerprint", profile.fingerprint.map(|print| print.to_string())),
        ];
        for (key, text) in known {
            match text {
                Some(text) => drop(entry.insert(key, value(text))),
                None => drop(entry.remove(key)),
            }
        }
    })
}

fn edit(file: &Path, change: impl FnOnce(&mut DocumentMut)) -> Result<(), ConfigError> {
    let failed = |message: String| ConfigError { file: file.to_owned(), line: None, message };
    let text = match fs::read_to_string(file) {
        Ok(text) => text,
        Err(why) if why.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(why) => return Err(failed(format!("cannot be read: {why}"))),
    };
    let mut document: DocumentMut = text.parse().map_err(|why: toml_edit::TomlError| failed(why.message().to_owned()))?;
    change(&mut document);
    let text = document.to_string();
    // Never leave a file that the next start refuses.
    read::settings(file, &text)?;
    // A link to a file elsewhere stays one.
    let target = fs::canonicalize(file).unwrap_or_else(|_| file.to_owned());
    let folder = target.parent().unwrap_or(Path::new("."));
    let write = || -> std::io::Result<()> {
        fs::create_dir_all(folder)?;
        let mut ready = tempfile::NamedTempFile::new_in(folder)?;
        ready.write_all(text.as_bytes())?;
        ready.as_file().sync_all()?;
        if let Ok(facts) = fs::metadata(&target) {
            fs::set_permissions(ready.path(), facts.permissions())?;
        }
        ready.persist(&target).map(drop).map_err(|error| error.error)
    };
    write().map_err(|why| failed(format!("cannot be written: {why}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{config::Settings, domain::fingerprint::Fingerprint};

    #[test]
    fn a_profile_is_written_and_the_rest_stays() {
        let folder = tempfile::tempdir().expect("folder");
        let file = folder.path().join("below").join("config.toml");
        let office = Profile {
            server: Some("https://calls.example.org".to_owned()),
            token_file: Some("tokens/office.token".into()),
            fingerprint: Some(Fingerprint::of_key(b"x")),
            ..Profile::default()
        };
        put_profile(&file, "office", &office, true).expect("a new file");
        let settings = Settings::load(&file, true).expect("valid");
        assert_eq!(settings.active_profile.as_deref(), Some("office"));
        assert_eq!(settings.profiles["office"].fingerprint, office.fingerprint);
        let text = "# mine\ntheme = \"dark\" # at night\n\n[profile.old]\ndb = \"/x.db\"\n\n[sound]\nvolume = 90\n";
        fs::write(&file, text).expect("written");
        put_profile(&file, "office", &office, false).expect("added");
        let bare = Profile { token_file: None, ..office };
        put_profile(&file, "office", &bare, false).expect("changed");
        let now = fs::read_to_string(&file).expect("text");
        for line in ["# mine", "theme = \"dark\" # at night", "[profile.old]", "volume = 90", "[profile.office]"] {
            assert!(now.contains(line), "{line} in {now}");
        }
        assert!(!now.contains("token_file") && !now.contains("active_profile"), "{now}");
        fs::write(&file, "them = 1\n").expect("written");
        assert!(put_profile(&file, "office", &bare, false).is_err());
        assert_eq!(fs::read_to_string(&file).expect("text"), "them = 1\n");
    }
}
