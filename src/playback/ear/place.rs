//! Where an ear may be reached, and by which token.
//!
//! `callreel ear --via HOST` makes a folder `callreel-ear-…` at HOST that nobody else may enter, with the forwarded socket
//! `ear.sock` (or a file `address` where sockets cannot be forwarded) and a file `token`.

use std::{
    fs, io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    time::SystemTime,
};

use crate::playback::{Environment, pulse::address::Address};

/// How the folders of ears are named at the far end.
const FOLDER: &str = "callreel-ear-";
/// So many of them are tried; the newest come first.
const MOST: usize = 6;
/// Longest file with a token or an address, in bytes.
const LONGEST: u64 = 200;

/// An ear that can be tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::playback) struct Place {
    pub(in crate::playback) address: Address,
    pub(super) token: String,
}

impl Place {
    /// What `--device` takes to have it again; never with the token.
    pub(in crate::playback) fn choose(&self) -> String {
        match &self.address {
            Address::Unix(path) if path.with_file_name("token").exists() => format!("ear:{}", path.display()),
            Address::Unix(_) | Address::Tcp { .. } => "ear".to_owned(),
        }
    }
}

/// The ear that is named, else that of `CALLREEL_EAR`, and if none is named also the newest of this login: a line that was
/// cut and mended has another name, and who holds the old one still wants an ear. With what is wrong with the names.
pub(in crate::playback) fn places(named: Option<&str>, environment: &Environment) -> (Vec<Place>, Vec<String>) {
    let (mut places, mut notes) = (Vec::new(), Vec::new());
    match named.or(environment.ear.as_deref()).map(parse) {
        Some(Ok(place)) => places.push(place),
        Some(Err(why)) => notes.push(why),
        None => {}
    }
    if named.is_none() {
        let newest: Vec<_> = found(environment).into_iter().filter(|place| !places.contains(place)).collect();
        places.extend(newest);
    }
    (places, notes)
}

/// A token for one run of an ear: 128 bits in hexadecimal digits.
///
/// # Errors
/// When the system gives no random numbers.
pub fn new_token() -> io::Result<String> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(|error| io::Error::other(format!("the system gives no random numbers: {error}")))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Understands `PATH`, `tcp:HOST:PORT`, either with `#TOKEN` behind it; without, the token is read from the file `token`
/// beside the socket. A path may be the folder of both.
///
/// # Errors
/// A sentence when it is no address, or there is no token.
fn parse(text: &str) -> Result<Place, String> {
    let (place, token) = match text.rsplit_once('#') {
        Some((place, token)) => (place, Some(token.to_owned())),
        None => (text, None),
    };
    if token.is_none() && Path::new(place).is_dir() {
        return in_folder(Path::new(place)).ok_or_else(|| format!("ear {place}: no ear in this folder"));
    }
    let address = crate::playback::pulse::address::parse(place, None);
    let address = match address.into_iter().next() {
        Some(Ok(address @ (Address::Unix(_) | Address::Tcp { .. }))) if place.starts_with('/') || place.starts_with("tcp:") => {
            address
        }
        _ => return Err(format!("ear {place}: write /PATH or tcp:HOST:PORT")),
    };
    let token = match (token, &address) {
        (Some(token), _) => token,
        (None, Address::Unix(path)) if !path.exists() => return Err(format!("ear {place}: not there any more")),
        (None, Address::Unix(path)) => small_file(&path.with_file_name("token"))
            .ok_or_else(|| format!("ear {place}: no token beside it; write {place}#TOKEN as `callreel ear` printed it"))?,
        (None, Address::Tcp { .. }) => {
            return Err(format!("ear {place}: without a token; write {place}#TOKEN as `callreel ear` printed it"));
        }
    };
    Ok(Place { address, token })
}

/// Ears that were brought to this login, newest first; they may be dead.
fn found(environment: &Environment) -> Vec<Place> {
    let user = rustix::process::getuid().as_raw();
    let mut roots: Vec<PathBuf> = environment.xdg_runtime_dir.iter().cloned().collect();
    roots.extend([PathBuf::from(format!("/run/user/{user}")), PathBuf::from("/tmp")]);
    roots.dedup();
    let mut folders: Vec<(SystemTime, PathBuf)> = roots.iter().flat_map(|root| folders_in(root, user)).collect();
    folders.sort_by_key(|(made, _)| std::cmp::Reverse(*made));
    folders.into_iter().filter_map(|(_, folder)| in_folder(&folder)).take(MOST).collect()
}

/// Folders of ears that belong to this user and that nobody else may enter.
fn folders_in(root: &Path, user: u32) -> Vec<(SystemTime, PathBuf)> {
    let Ok(entries) = fs::read_dir(root) else { return Vec::new() };
    let named = entries.flatten().filter(|entry| entry.file_name().to_string_lossy().starts_with(FOLDER));
    let private = named.filter_map(|entry| {
        // Of the entry itself: a link to somewhere else is not followed.
        let metadata = entry.path().symlink_metadata().ok()?;
        let ours = metadata.is_dir() && metadata.uid() == user && metadata.mode() & 0o077 == 0;
        ours.then(|| (metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH), entry.path()))
    });
    private.collect()
}

fn in_folder(folder: &Path) -> Option<Place> {
    let token = small_file(&folder.join("token"))?;
    let socket = folder.join("ear.sock");
    if socket.exists() {
        return Some(Place { address: Address::Unix(socket), token });
    }
    let address = small_file(&folder.join("address"))?;
    parse(&format!("{address}#{token}")).ok()
}

/// The first line of a file that can be trusted to be small.
fn small_file(path: &Path) -> Option<String> {
    let metadata = path.symlink_metadata().ok()?;
    if !metadata.is_file() || metadata.len() > LONGEST {
        return None;
    }
    let text = fs::read_to_string(path).ok()?;
    text.lines().next().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn tokens_are_new_each_time() {
        let [one, other] = [new_token().unwrap(), new_token().unwrap()];
        assert!(one != other && one.len() == 32 && one.chars().all(|c| c.is_ascii_hexdigit()), "{one} {other}");
    }

    #[test]
    fn an_ear_is_named_by_path_or_port_and_token() {
        let unix = Place { address: Address::Unix("/x/ear.sock".into()), token: "ab".to_owned() };
        assert_eq!(parse("/x/ear.sock#ab"), Ok(unix));
        assert!(matches!(parse("tcp:127.0.0.1:4000#ab").unwrap().address, Address::Tcp { port: 4000, .. }));
        for (text, part) in [
            ("", "write /PATH"),
            ("ear.sock#ab", "write /PATH"),
            ("/nowhere/ear.sock", "not there"),
            ("tcp:127.0.0.1:4000", "token"),
            ("tcp:127.0.0.1:x#ab", "write /PATH"),
        ] {
            let why = parse(text).unwrap_err();
            assert!(why.contains(part), "{text}: {why}");
        }
    }

    #[test]
    fn private_folders_are_found_newest_first_and_others_are_not() {
        let root = tempfile::tempdir().unwrap();
        let make = |name: &str, mode: u32| {
            let folder = root.path().join(format!("{FOLDER}{name}"));
            fs::create_dir(&folder).unwrap();
            fs::write(folder.join("token"), format!("{name}\n")).unwrap();
            fs::write(folder.join("ear.sock"), "").unwrap();
            fs::set_permissions(&folder, fs::Permissions::from_mode(mode)).unwrap();
            folder
        };
        let old = make("old", 0o700);
        fs::File::open(&old).unwrap().set_modified(SystemTime::UNIX_EPOCH).unwrap();
        let new = make("new", 0o700);
        make("open", 0o755);
        std::os::unix::fs::symlink(&new, root.path().join(format!("{FOLDER}link"))).unwrap();
        fs::create_dir(root.path().join("other")).unwrap();
        let tcp = make("tcp", 0o700);
        fs::remove_file(tcp.join("ear.sock")).unwrap();
        fs::write(tcp.join("address"), "tcp:127.0.0.1:99\n").unwrap();
        fs::File::open(&tcp).unwrap().set_modified(SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(9)).unwrap();
        let environment = Environment { xdg_runtime_dir: Some(root.path().to_owned()), ..Environment::default() };
        let tokens: Vec<String> = found(&environment).into_iter().map(|place| place.token).take(3).collect();
        assert_eq!(tokens, ["new", "tcp", "old"]);
        assert_eq!(parse(new.join("ear.sock").to_str().unwrap()).unwrap().token, "new");
        assert_eq!(parse(new.to_str().unwrap()), parse(new.join("ear.sock").to_str().unwrap()));
        assert_eq!(parse(tcp.to_str().unwrap()).unwrap().token, "tcp");
    }
}
