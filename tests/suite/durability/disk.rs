//! A disk of one's own: an ext4 in a file, mounted through a loop device. A power cut is a copy of that file while the writer
//! is frozen: what the file system had not handed to the device by then is not in it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// A mounted image; unmounted when dropped.
pub struct Disk {
    image: PathBuf,
    place: PathBuf,
    /// Goes last.
    _folder: Option<tempfile::TempDir>,
}

const PREFIX: &str = "callreel-disk-";

/// Takes away disks of loops that were killed themselves.
fn sweep(place: &Path) {
    for entry in fs::read_dir(place).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let process = name.strip_prefix(PREFIX).and_then(|rest| rest.split('-').next());
        if process.is_some_and(|process| !Path::new("/proc").join(process).exists()) {
            for mounted in ["mounted", "image.found"] {
                let _ = run("umount", &["-l", entry.path().join(mounted).to_str().unwrap()]);
            }
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

fn run(program: &str, words: &[&str]) -> Result<(), String> {
    let said = Command::new(program).env("PATH", "/usr/sbin:/sbin:/usr/bin:/bin").args(words).output();
    match said {
        Ok(said) if said.status.success() => Ok(()),
        Ok(said) => Err(format!("{program}: {}", String::from_utf8_lossy(&said.stderr).trim())),
        Err(error) => Err(format!("{program}: {error}")),
    }
}

impl Disk {
    /// Of so many MiB, in memory where there is room.
    pub fn new(mib: u64) -> Result<Self, String> {
        let memory = Path::new("/dev/shm");
        let place = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
        sweep(&place);
        let folder = tempfile::Builder::new().prefix(&format!("{PREFIX}{}-", std::process::id())).tempdir_in(place).unwrap();
        let image = folder.path().join("image");
        fs::File::create(&image).and_then(|file| file.set_len(mib << 20)).map_err(|error| error.to_string())?;
        run("mkfs.ext4", &["-q", "-F", "-m", "0", image.to_str().unwrap()])?;
        let place = folder.path().join("mounted");
        fs::create_dir(&place).unwrap();
        Self::mount(image, place, Some(folder))
    }

    fn mount(image: PathBuf, place: PathBuf, folder: Option<tempfile::TempDir>) -> Result<Self, String> {
        run("mount", &["-o", "loop", image.to_str().unwrap(), place.to_str().unwrap()])?;
        Ok(Self { image, place, _folder: folder })
    }

    pub fn path(&self) -> &Path {
        &self.place
    }

    /// The disk as it would be found had the power gone now.
    pub fn copy(&self) -> PathBuf {
        let copy = self.image.with_extension("copy");
        fs::copy(&self.image, &copy).unwrap();
        copy
    }

    /// Mounts such a copy, which replays its journal.
    pub fn of_copy(copy: &Path) -> Self {
        let place = copy.with_extension("found");
        fs::create_dir_all(&place).unwrap();
        Self::mount(copy.to_owned(), place, None).expect("the copy is a file system")
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        if run("umount", &[self.place.to_str().unwrap()]).is_err() {
            let _ = run("umount", &["-l", self.place.to_str().unwrap()]);
        }
    }
}
