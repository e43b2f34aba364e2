//! Where sound can come out here, tried in the order that libpulse uses, then an ear, then bare ALSA.

use std::{
    os::unix::fs::{FileTypeExt, MetadataExt},
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{
    Environment,
    alsa::Alsa,
    ear,
    mailbox::Mailbox,
    output::{Output, OutputError},
    pulse::{
        Pulse,
        address::{self, Address},
    },
    ways::ways,
};
use crate::domain::clean;

/// Nothing sounds here: what was tried, and what to do.
pub(super) struct Silence {
    pub(super) tried: Vec<String>,
    pub(super) advice: String,
}

/// Something that may sound, as [`check`] found it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// For people: `PulseAudio`, `PulseAudio on desk`, `ALSA default`.
    pub name: String,
    /// What was tried: a socket, an address, a device.
    pub place: String,
    /// Why it does not sound; none: it does.
    pub trouble: Option<String>,
    /// What [`super::Command::Output`], `--device` and `sound.output` take to have it.
    pub choose: String,
    /// It is tried without being asked for. Of these the first that works is used.
    pub by_itself: bool,
}

impl Found {
    pub const fn works(&self) -> bool {
        self.trouble.is_none()
    }

    /// One line: `PulseAudio (/run/user/1000/pulse/native): works`.
    pub fn sentence(&self) -> String {
        format!("{} ({}): {}", self.name, self.place, self.trouble.as_deref().unwrap_or("works"))
    }
}

/// Looks at everything that could sound, in the order in which it is tried by itself; nothing is heard of it. Blocks for
/// 2.2 s a place at most, but a place that is not there answers at once: call it off the screen's thread.
pub fn check(environment: &Environment, wanted: Option<&str>) -> Vec<Found> {
    let mailbox = Arc::default();
    let search = search(wanted, environment, true, true);
    let sink = search.sink.as_deref();
    let found = search.places.into_iter().map(|(place, by_itself)| {
        let connected = place.connect(sink, environment, &mailbox);
        let (name, trouble) = match connected {
            Ok(output) => (output.name().to_owned(), None),
            Err(error) => (place.name(), Some(error.0)),
        };
        Found {
            name: clean::line(&name, 80),
            place: clean::line(&place.shown(), 200),
            trouble: trouble.map(|trouble| clean::line(&trouble, 200)),
            choose: place.choose(),
            by_itself,
        }
    });
    found.collect()
}

/// One sentence for people of [`super::Event::NoOutput`].
pub fn no_sound(tried: &[String], advice: &str) -> String {
    format!("No sound here: {}. {advice}", tried.join(" · "))
}

/// Finds an output, or says of each place why not. Blocks for 2.2 s a place at most.
pub(super) fn find(wanted: Option<&str>, environment: &Environment, mailbox: &Arc<Mailbox>) -> Result<Box<dyn Output>, Silence> {
    first_that_works(search(wanted, environment, false, true), wanted, environment, mailbox)
}

/// As [`find`], of this machine alone: an ear does not hand on to the next one, which may be itself.
pub(super) fn find_here(
    wanted: Option<&str>,
    environment: &Environment,
    mailbox: &Arc<Mailbox>,
) -> Result<Box<dyn Output>, Silence> {
    first_that_works(search(wanted, environment, false, false), wanted, environment, mailbox)
}

fn first_that_works(
    search: Search,
    wanted: Option<&str>,
    environment: &Environment,
    mailbox: &Arc<Mailbox>,
) -> Result<Box<dyn Output>, Silence> {
    let mut tried = search.notes;
    for (place, _) in search.places {
        match place.connect(search.sink.as_deref(), environment, mailbox) {
            Ok(output) => return Ok(output),
            Err(error) => tried.push(place.failure(&error)),
        }
    }
    Err(Silence { tried: tried.iter().map(|sentence| clean::line(sentence, 200)).collect(), advice: advice(environment, wanted) })
}

/// Somewhere to try.
enum Place {
    Pulse {
        address: Address,
        forwarded: bool,
    },
    Alsa(String),
    /// Empty: the default device.
    Cpal(String),
    Ear(ear::Place),
    /// It cannot be tried, for this reason.
    Not {
        place: String,
        why: String,
    },
}

impl Place {
    /// Who came by SSH and names a socket that no sound server of this machine makes, forwarded it.
    fn pulse(address: Address, environment: &Environment) -> Self {
        let forwarded = match &address {
            Address::Tcp { .. } => true,
            Address::Unix(path) => environment.ssh_connection.is_some() && !local_sockets(environment).contains(path),
        };
        Self::Pulse { address, forwarded }
    }

    fn connect(
        &self,
        sink: Option<&str>,
        environment: &Environment,
        mailbox: &Arc<Mailbox>,
    ) -> Result<Box<dyn Output>, OutputError> {
        match self {
            Self::Pulse { address: Address::Unix(path), .. } if !path.exists() => Err(OutputError("not there".to_owned())),
            Self::Pulse { address, forwarded } => {
                Pulse::connect(address, sink, *forwarded, environment, mailbox).map(|pulse| Box::new(pulse) as Box<dyn Output>)
            }
            Self::Alsa(device) => Alsa::probe(device, mailbox).map(|alsa| Box::new(alsa) as Box<dyn Output>),
            Self::Cpal(device) => connect_cpal(device, mailbox),
            Self::Ear(place) => ear::connect(place, mailbox),
            Self::Not { why, .. } => Err(OutputError(why.clone())),
        }
    }

    fn name(&self) -> String {
        match self {
            Self::Pulse { address: Address::Tcp { host, .. }, .. } => format!("PulseAudio on {host}"),
            Self::Pulse { forwarded: true, .. } => "PulseAudio at your end".to_owned(),
            Self::Pulse { .. } | Self::Not { .. } => "PulseAudio".to_owned(),
            Self::Alsa(device) => format!("ALSA {device}"),
            Self::Cpal(device) => format!("cpal {device}").trim_end().to_owned(),
            Self::Ear(_) => "your ear".to_owned(),
        }
    }

    fn shown(&self) -> String {
        match self {
            Self::Pulse { address, .. } => address.to_string(),
            Self::Alsa(_) => "libasound.so.2".to_owned(),
            Self::Cpal(device) => if device.is_empty() { "the default device" } else { device }.to_owned(),
            Self::Ear(place) => place.address.to_string(),
            Self::Not { place, .. } => place.clone(),
        }
    }

    fn choose(&self) -> String {
        match self {
            Self::Pulse { address, .. } => format!("pulse:{address}"),
            Self::Alsa(device) => format!("alsa:{device}"),
            Self::Cpal(device) if device.is_empty() => "cpal".to_owned(),
            Self::Cpal(device) => format!("cpal:{device}"),
            Self::Ear(place) => place.choose(),
            Self::Not { place, .. } => format!("pulse:{place}"),
        }
    }

    /// One sentence of what was tried.
    fn failure(&self, error: &OutputError) -> String {
        match self {
            Self::Pulse { address: Address::Unix(path), .. } if !path.exists() => format!("no {}", path.display()),
            Self::Pulse { address, .. } => format!("{address}: {error}"),
            Self::Alsa(_) => format!("ALSA: {error}"),
            Self::Cpal(_) => format!("cpal: {error}"),
            Self::Ear(place) => format!("ear {}: {error}", place.address),
            Self::Not { place, .. } => format!("{place}: {error}"),
        }
    }
}

/// What is to be tried, and whether without being asked for.
#[derive(Default)]
struct Search {
    notes: Vec<String>,
    places: Vec<(Place, bool)>,
    /// Which sink of a sound server.
    sink: Option<String>,
}

impl Search {
    fn pulse_servers(&mut self, list: &str, environment: &Environment) {
        for address in address::parse(list, machine_id().as_deref()) {
            let place = match address {
                Ok(address) => Place::pulse(address, environment),
                Err(why) => {
                    let (place, why) = why.split_once(": ").map_or((list, why.as_str()), |(place, why)| (place, why));
                    Place::Not { place: place.to_owned(), why: why.to_owned() }
                }
            };
            self.places.push((place, true));
        }
    }

    /// The ear that is named, else those that were brought here; whether there is one.
    fn ears(&mut self, named: Option<&str>, environment: &Environment, by_itself: bool) -> bool {
        let (places, notes) = ear::places(named, environment);
        self.notes.extend(notes);
        let any = !places.is_empty();
        self.places.extend(places.into_iter().map(|place| (Place::Ear(place), by_itself)));
        any
    }

    fn has(&self, wanted: &Address) -> bool {
        self.places.iter().any(|(place, _)| matches!(place, Place::Pulse { address, .. } if address == wanted))
    }
}

/// Lists the places in order; `all`: also those that only somebody who asks for them gets.
fn search(wanted: Option<&str>, environment: &Environment, all: bool, ears: bool) -> Search {
    let mut search = Search::default();
    let mut settled = true;
    match wanted {
        Some("none") => search.notes.push("switched off by the setting (output: none)".to_owned()),
        Some(wanted) if wanted == "alsa" || wanted.starts_with("alsa:") => {
            let device = wanted.strip_prefix("alsa:").unwrap_or("default");
            search.places.push((Place::Alsa(device.to_owned()), true));
        }
        Some(wanted) if wanted.starts_with("pulse:") => {
            search.pulse_servers(wanted.strip_prefix("pulse:").unwrap_or_default(), environment);
        }
        Some(wanted) if wanted == "cpal" || wanted.starts_with("cpal:") => {
            let device = wanted.strip_prefix("cpal").and_then(|rest| rest.strip_prefix(':')).unwrap_or_default();
            search.places.push((Place::Cpal(device.to_owned()), true));
        }
        Some(wanted) if ears && (wanted == "ear" || wanted.starts_with("ear:")) => {
            if !search.ears(wanted.strip_prefix("ear:"), environment, true) && search.notes.is_empty() {
                search.notes.push("no ear was brought here".to_owned());
            }
        }
        // Who brought an ear wants that one or none: not the loudspeaker of a room that is far away.
        None if ears && environment.ear.is_some() => {
            search.ears(None, environment, true);
        }
        sink => {
            search.sink = sink.map(ToOwned::to_owned).or_else(|| environment.pulse_sink.clone());
            // As libpulse does: who names a server wants that one or none.
            match &environment.pulse_server {
                Some(server) => search.pulse_servers(server, environment),
                None => {
                    search.notes.push("PULSE_SERVER not set".to_owned());
                    settled = false;
                }
            }
        }
    }
    if settled && !all {
        return search;
    }
    if let Some(server) = environment.pulse_server.as_ref().filter(|_| search.places.is_empty()) {
        search.pulse_servers(server, environment);
    }
    let no_ear_yet = ears && !search.places.iter().any(|(place, _)| matches!(place, Place::Ear(_)));
    let by_ssh = environment.ssh_connection.is_some();
    if no_ear_yet && by_ssh {
        search.ears(None, environment, !settled);
    }
    let forwarded = by_ssh.then(forwarded_sockets).unwrap_or_default();
    let forwarded = forwarded.into_iter().map(|path| (path, true));
    for (path, forwarded) in forwarded.chain(local_sockets(environment).into_iter().map(|path| (path, false))) {
        let address = Address::Unix(path);
        if !search.has(&address) {
            search.places.push((Place::Pulse { address, forwarded }, !settled));
        }
    }
    if no_ear_yet && !by_ssh {
        search.ears(None, environment, !settled);
    }
    if !search.places.iter().any(|(place, _)| matches!(place, Place::Alsa(_))) {
        search.places.push((Place::Alsa("default".to_owned()), !settled));
    }
    search
}

#[cfg(feature = "cpal")]
fn connect_cpal(device: &str, mailbox: &Arc<Mailbox>) -> Result<Box<dyn Output>, OutputError> {
    super::cpal::Cpal::probe(device, mailbox).map(|cpal| Box::new(cpal) as Box<dyn Output>)
}

#[cfg(not(feature = "cpal"))]
fn connect_cpal(_: &str, _: &Arc<Mailbox>) -> Result<Box<dyn Output>, OutputError> {
    Err(OutputError("this callreel was built without it (cargo build --features cpal)".to_owned()))
}

fn local_sockets(environment: &Environment) -> Vec<PathBuf> {
    let user = rustix::process::getuid().as_raw();
    let sockets = [
        environment.pulse_runtime_path.as_ref().map(|folder| folder.join("native")),
        environment.xdg_runtime_dir.as_ref().map(|folder| folder.join("pulse/native")),
        Some(PathBuf::from(format!("/run/user/{user}/pulse/native"))),
    ];
    sockets.into_iter().flatten().collect()
}

/// Sockets that `ssh -R` made for this person, by the name that the advice tells: `/tmp/cr-…-pulse`, newest first. Somebody
/// else's socket of such a name is left alone: its owner would hear everything.
fn forwarded_sockets() -> Vec<PathBuf> {
    forwarded_in(Path::new("/tmp"))
}

fn forwarded_in(folder: &Path) -> Vec<PathBuf> {
    let user = rustix::process::getuid().as_raw();
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let ours = entries.filter(|entry| {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        name == "callreel-pulse" || (name.starts_with("cr-") && name.ends_with("-pulse"))
    });
    let mut found: Vec<_> = ours
        .filter_map(|entry| {
            let facts = entry.path().symlink_metadata().ok()?;
            (facts.file_type().is_socket() && facts.uid() == user).then(|| (facts.mtime(), entry.path()))
        })
        .collect();
    found.sort_by(|a, b| b.cmp(a));
    found.into_iter().map(|(_, path)| path).take(4).collect()
}

/// What to do now; `SSH_CONNECTION` tells that the person's loudspeakers are elsewhere.
fn advice(environment: &Environment, wanted: Option<&str>) -> String {
    if wanted == Some("none") {
        return "Choose an output to hear something.".to_owned();
    }
    if wanted.is_some_and(|wanted| wanted == "ear" || wanted.starts_with("ear:")) {
        return "Bring one along: callreel ear --via HOST on your own machine, HOST being this one".to_owned();
    }
    if environment.ssh_connection.is_some() {
        let first = ways(environment).into_iter().next().map_or_else(String::new, |way| way.command);
        return format!("You came by SSH: bring the sound to you. On your own machine: {first}");
    }
    if environment.pulse_server.is_some() {
        return "Correct or unset PULSE_SERVER, or write the sound to a file: callreel play … --output OUT.wav".to_owned();
    }
    "Start PulseAudio or PipeWire (pipewire-pulse), or set PULSE_SERVER, \
     or write the sound to a file: callreel play … --output OUT.wav"
        .to_owned()
}

/// The id that `PULSE_SERVER` may name in braces.
fn machine_id() -> Option<String> {
    let places = ["/etc/machine-id", "/var/lib/dbus/machine-id"];
    places.iter().find_map(|place| std::fs::read_to_string(place).ok()).map(|id| id.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn silence(wanted: Option<&str>, environment: &Environment) -> Silence {
        let Err(silence) = find(wanted, environment, &Arc::default()) else { panic!("there is no sound in this test") };
        silence
    }

    #[test]
    fn each_thing_tried_is_a_sentence_and_ssh_changes_the_advice() {
        let mut environment =
            Environment { pulse_server: Some("unix:/nowhere/native tcp::".to_owned()), ..Environment::default() };
        let found = silence(None, &environment);
        assert_eq!(found.tried, ["no /nowhere/native", "tcp::: no address of a sound server"]);
        assert!(found.advice.contains("PULSE_SERVER"), "{}", found.advice);
        environment.ssh_connection = Some("10.0.0.1 1 10.0.0.2 22".to_owned());
        let found = silence(None, &environment);
        assert!(found.advice.starts_with("You came by SSH"), "{}", found.advice);
        let text = no_sound(&found.tried, &found.advice);
        assert!(text.starts_with("No sound here: no /nowhere/native · "), "{text}");
    }

    #[test]
    fn the_check_lists_everything_in_order_and_how_to_have_it() {
        let folder = tempfile::tempdir().unwrap();
        let runtime = folder.path().to_path_buf();
        let mut environment = Environment { xdg_runtime_dir: Some(runtime.clone()), ..Environment::default() };
        let found = check(&environment, None);
        let socket = runtime.join("pulse/native").display().to_string();
        assert_eq!((found[0].name.as_str(), found[0].place.as_str(), found[0].by_itself), ("PulseAudio", socket.as_str(), true));
        assert_eq!(found[0].trouble.as_deref(), Some("not there"));
        assert_eq!(found[0].choose, format!("pulse:{socket}"));
        assert_eq!(found[0].sentence(), format!("PulseAudio ({socket}): not there"));
        assert_eq!(found.last().unwrap().choose, "alsa:default");
        // Who names a server gets that one or none; the others are there for the asking.
        environment.pulse_server = Some("tcp::".to_owned());
        let found = check(&environment, None);
        assert_eq!((found[0].trouble.as_deref(), found[0].by_itself), (Some("no address of a sound server"), true));
        assert!(found.len() > 2 && found[1..].iter().all(|place| !place.by_itself), "{found:?}");
        assert_eq!(find_tried(&environment, None), ["tcp::: no address of a sound server"]);
    }

    fn find_tried(environment: &Environment, wanted: Option<&str>) -> Vec<String> {
        silence(wanted, environment).tried
    }

    #[test]
    fn forwarded_sockets_are_found_by_name_and_owner() {
        let folder = tempfile::tempdir().unwrap();
        let bind = |name: &str| std::os::unix::net::UnixListener::bind(folder.path().join(name)).unwrap();
        let _held = [bind("cr-anna-pulse"), bind("other-pulse"), bind("cr-anna")];
        std::fs::write(folder.path().join("cr-file-pulse"), "").unwrap();
        assert_eq!(forwarded_in(folder.path()), [folder.path().join("cr-anna-pulse")]);
    }

    #[test]
    fn a_setting_beats_discovery() {
        let environment = Environment::default();
        assert_eq!(silence(Some("pulse:/nowhere/x"), &environment).tried, ["no /nowhere/x"]);
        assert!(silence(Some("none"), &environment).tried[0].contains("switched off"));
        assert!(silence(Some("cpal:no such device"), &environment).tried[0].starts_with("cpal: "));
        let found = silence(Some("alsa:no such device"), &environment);
        assert!(found.tried[0].starts_with("ALSA: "), "{:?}", found.tried);
    }
}
