//! The file of changes that wait for a server, from one start of the console to the next: one list for all places and people,
//! readable by its owner alone.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::Path,
};

use super::unsent::{Keeping, Kept};

/// Puts what waits into the file, and takes out what does not any more. Small and rare: written at once, and on the disk
/// before anything else is done. An error is a sentence.
pub(super) fn save(file: Option<&Path>, keeping: &Keeping) -> Result<(), String> {
    let Some(file) = file else { return Ok(()) };
    write(file, keeping).map_err(|why| format!("cannot keep what is not sent yet in {}: {why}", file.display()))
}

fn write(file: &Path, keeping: &Keeping) -> io::Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let _turn = turn(file)?;
    let mut all = read(file)?;
    all.retain(|there| !keeping.gone.contains(&there.key) && keeping.keep.iter().all(|kept| kept.key != there.key));
    all.extend(keeping.keep.iter().cloned());
    if all.is_empty() {
        return match fs::remove_file(file) {
            Err(why) if why.kind() != io::ErrorKind::NotFound => Err(why),
            _ => Ok(()),
        };
    }
    let fresh = file.with_extension("new");
    // One that a fall left behind may have other rights.
    let _ = fs::remove_file(&fresh);
    let mut written = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&fresh)?;
    written.write_all(&serde_json::to_vec_pretty(&all)?)?;
    written.sync_all()?;
    fs::rename(&fresh, file)?;
    File::open(folder)?.sync_all()
}

/// Two consoles write one after the other.
fn turn(file: &Path) -> io::Result<File> {
    let turn = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(file.with_extension("lock"))?;
    turn.lock()?;
    Ok(turn)
}

/// Everything that waits. What cannot be read is put aside and never written over.
fn read(file: &Path) -> io::Result<Vec<Kept>> {
    let bytes = match fs::read(file) {
        Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        bytes => bytes?,
    };
    serde_json::from_slice(&bytes).or_else(|why| {
        let aside = file.with_extension("unreadable");
        tracing::warn!("{} cannot be read ({why}) and lies as {} now", file.display(), aside.display());
        fs::rename(file, aside)?;
        Ok(Vec::new())
    })
}

/// What a person left at a place.
pub(super) fn load(file: Option<&Path>, place: &str, person: &str) -> Vec<Kept> {
    let all = file.map(|file| read(file).unwrap_or_default()).unwrap_or_default();
    all.into_iter().filter(|kept| kept.place == place && kept.person == person).collect()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::console::effect::Write;

    fn kept(person: &str, key: &str) -> Kept {
        Kept {
            place: "https://office".to_owned(),
            person: person.to_owned(),
            made: jiff::Timestamp::UNIX_EPOCH,
            key: key.to_owned(),
            refused: None,
            write: Write::AddTag { call: "01JC".to_owned(), tag: "refund".to_owned() },
        }
    }

    #[test]
    fn each_person_finds_their_own_and_what_is_sent_goes() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("state/unsent.json");
        let put = |keep: Vec<Kept>, gone: &[&str]| {
            let gone = gone.iter().map(|key| (*key).to_owned()).collect();
            save(Some(&file), &Keeping { keep, gone }).expect("kept");
        };
        put(vec![kept("anna", "a-1"), kept("anna", "a-2")], &[]);
        put(vec![kept("ben", "b-1")], &[]);
        assert_eq!(fs::metadata(&file).expect("a file").permissions().mode() & 0o777, 0o600);
        assert_eq!(load(Some(&file), "https://office", "anna"), [kept("anna", "a-1"), kept("anna", "a-2")]);
        assert_eq!(load(Some(&file), "https://other", "anna"), []);
        put(vec![kept("anna", "a-2")], &["a-1"]);
        assert_eq!(load(Some(&file), "https://office", "anna"), [kept("anna", "a-2")]);
        put(Vec::new(), &["a-2", "b-1"]);
        assert!(!file.exists());
    }

    #[test]
    fn what_cannot_be_read_is_put_aside() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("unsent.json");
        fs::write(&file, "[{").expect("written");
        save(Some(&file), &Keeping { keep: vec![kept("anna", "a-1")], gone: Vec::new() }).expect("kept");
        assert_eq!(fs::read_to_string(folder.path().join("unsent.unreadable")).expect("aside"), "[{");
        assert_eq!(load(Some(&file), "https://office", "anna").len(), 1);
    }
}
