use std::os::unix::fs::{PermissionsExt, symlink};

use super::*;

fn vault() -> (tempfile::TempDir, Vault) {
    let folder = tempfile::tempdir().unwrap();
    let vault = Vault::open(&folder.path().join("x.recordings"), "DB-1", true).unwrap();
    (folder, vault)
}

fn files(vault: &Vault) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![vault.root().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
            } else {
                found.push(entry.path().strip_prefix(vault.root()).unwrap().display().to_string());
            }
        }
    }
    found.sort();
    found
}

#[test]
fn what_is_put_comes_back_and_the_source_stays() {
    let (folder, vault) = vault();
    let source = folder.path().join("a.WAV");
    let bytes: Vec<u8> = (0..300_000_u32).map(|n| (n * 7 % 251) as u8).collect();
    std::fs::write(&source, &bytes).unwrap();
    let stored = vault.put_file(&source, "01JC", "WAV").unwrap();
    assert_eq!(stored.bytes, 300_000);
    assert!(stored.path.ends_with(".wav") && stored.path[3..].starts_with("01JC-"), "{}", stored.path);
    assert!(vault.verify(&stored.path, &stored.sha256).unwrap());
    assert_eq!(vault.read_range(&stored.path, 299_990, 100).unwrap(), bytes[299_990..]);
    assert_eq!(vault.length(&stored.path).unwrap(), 300_000);
    assert_eq!(std::fs::read(&source).unwrap(), bytes);
    assert_eq!(vault.put_bytes(&bytes, "01JC", "wav").unwrap(), stored, "the same again is the same");
    assert_eq!(std::fs::metadata(vault.root()).unwrap().permissions().mode() & 0o777, 0o700);
    let kept = std::fs::metadata(vault.root().join(&stored.path)).unwrap();
    assert_eq!(kept.permissions().mode() & 0o777, 0o600);
    assert_eq!(files(&vault).len(), 2, "marker and recording, nothing temporary");

    std::fs::write(vault.root().join(&stored.path), b"other").unwrap();
    assert!(!vault.verify(&stored.path, &stored.sha256).unwrap());
    vault.remove(&stored.path).unwrap();
    vault.remove(&stored.path).unwrap();
    let missing = vault.open_copy(&stored.path).unwrap_err().to_string();
    assert!(missing.contains("no such file") && missing.contains("01JC"), "{missing}");
}

#[test]
fn another_database_is_refused_and_both_are_named() {
    let (_folder, vault) = vault();
    let error = Vault::open(vault.root(), "DB-2", true).unwrap_err().to_string();
    assert!(error.contains("DB-1") && error.contains("DB-2"), "{error}");
    Vault::open(vault.root(), "DB-1", false).unwrap();
}

#[test]
fn a_folder_that_is_not_ours_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    assert!(Vault::open(&folder.path().join("none"), "DB", false).is_err());
    assert!(!folder.path().join("none").exists());
    std::fs::write(folder.path().join("photo.jpg"), b"x").unwrap();
    let error = Vault::open(folder.path(), "DB", true).unwrap_err().to_string();
    assert!(error.contains("not empty"), "{error}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn no_path_leads_out() {
    let (folder, vault) = vault();
    std::fs::write(folder.path().join("secret"), b"s").unwrap();
    symlink(folder.path(), vault.root().join("zz")).unwrap();
    symlink(folder.path().join("secret"), vault.root().join("link")).unwrap();
    for path in ["../secret", "aa/../../secret", "zz/secret", "link", "", "/etc/../etc/passwd", "a\0b", "."] {
        assert!(vault.open_copy(path).is_err(), "{path:?}");
    }
    for path in ["../secret", "zz/secret", &folder.path().join("secret").display().to_string()] {
        assert!(vault.remove(path).is_err(), "{path:?}");
    }
    assert!(folder.path().join("secret").exists());
    assert!(vault.put_bytes(b"x", "", "wav").is_err());
    let mut kept = std::collections::BTreeSet::new();
    for name in [
        "../x",
        "_._x",
        "a/b",
        "a b",
        "a_b",
        "ä",
        "ö",
        ".",
        "..",
        "pbx-1.2_a",
        "a\0b",
        "a\nb",
        &"x".repeat(101),
        &"x".repeat(102),
    ] {
        let stored = vault.put_bytes(b"x", name, "wav").unwrap();
        let file = &stored.path[3..];
        assert!(file.len() < 200 && !file.starts_with('.') && file.is_ascii() && !file.contains(['/', ' ', '\n']), "{file:?}");
        assert!(vault.verify(&stored.path, &stored.sha256).unwrap() && kept.insert(stored.path), "{name:?} meets another");
    }
    assert!(kept.iter().any(|path| path.contains("/pbx-1.2_a-2d")), "a safe name stays as it is: {kept:?}");
    assert!(vault.put_bytes(b"x", "n", "../../etc").unwrap().path.ends_with(".etc"));
    assert!(vault.open_copy(&folder.path().join("secret").display().to_string()).is_ok(), "registered in place");
}

#[test]
fn what_is_no_plain_file_is_refused_and_nothing_is_left() {
    let (folder, vault) = vault();
    let target = folder.path().join("t");
    std::fs::write(&target, b"x").unwrap();
    symlink(&target, folder.path().join("link")).unwrap();
    let error = vault.put_file(&folder.path().join("link"), "n", "wav").unwrap_err().to_string();
    assert!(error.contains("symbolic link"), "{error}");
    let error = vault.put_file(folder.path(), "n", "wav").unwrap_err().to_string();
    assert!(error.contains("not a plain file"), "{error}");
    assert!(vault.put_file(&folder.path().join("gone"), "n", "wav").unwrap_err().to_string().contains("no such file"));
    assert_eq!(files(&vault), ["callreel-vault"]);
}

#[test]
fn what_a_dead_writer_left_is_swept_and_a_living_one_is_not() {
    let (_folder, vault) = vault();
    let (dead, living) = (vault.root().join(".incoming-dead"), vault.root().join(".incoming-living"));
    std::fs::write(&dead, b"half").unwrap();
    let writer = File::create(&living).unwrap();
    writer.lock().unwrap();
    Vault::open(vault.root(), "DB-1", true).unwrap();
    assert!(!dead.exists() && living.exists());
}

#[test]
fn a_full_disk_says_so_and_keeps_nothing() {
    // /dev/full is the one place that is full everywhere.
    let Ok(mut full) = File::options().read(true).write(true).open("/dev/full") else { return };
    let mut source = tempfile::tempfile().unwrap();
    io::Write::write_all(&mut source, b"sound").unwrap();
    source.rewind().unwrap();
    let error = put::copy(&mut source, &mut full, Path::new("a.wav")).unwrap_err().to_string();
    assert!(error.contains("a.wav") && error.contains("disk is full"), "{error}");
}
