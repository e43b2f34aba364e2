//! Where sound can come out here, tried in the order that libpulse uses, then bare ALSA.

use std::{path::PathBuf, sync::Arc};

use super::{
    Environment,
    alsa::Alsa,
    mailbox::Mailbox,
    output::Output,
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

/// One sentence for people of [`super::Event::NoOutput`].
pub fn no_sound(tried: &[String], advice: &str) -> String {
    format!("No sound here: {}. {advice}", tried.join(" · "))
}

/// Finds an output, or says of each place why not. Blocks for 2.2 s a place at most.
pub(super) fn find(wanted: Option<&str>, environment: &Environment, mailbox: &Arc<Mailbox>) -> Result<Box<dyn Output>, Silence> {
    let mut tried = Vec::new();
    let found = match wanted {
        Some("none") => {
            tried.push("switched off by the setting (output: none)".to_owned());
            None
        }
        Some(wanted) if wanted == "alsa" || wanted.starts_with("alsa:") => {
            try_alsa(wanted.strip_prefix("alsa:").unwrap_or("default"), mailbox, &mut tried)
        }
        Some(wanted) if wanted.starts_with("pulse:") => {
            let server = wanted.strip_prefix("pulse:").unwrap_or_default();
            try_all(address::parse(server, machine_id().as_deref()), None, environment, mailbox, &mut tried)
        }
        sink => discover(sink, environment, mailbox, &mut tried),
    };
    found.ok_or_else(|| Silence {
        tried: tried.iter().map(|sentence| clean::line(sentence, 200)).collect(),
        advice: advice(environment, wanted),
    })
}

fn discover(
    sink: Option<&str>,
    environment: &Environment,
    mailbox: &Arc<Mailbox>,
    tried: &mut Vec<String>,
) -> Option<Box<dyn Output>> {
    let sink = sink.or(environment.pulse_sink.as_deref());
    if let Some(server) = &environment.pulse_server {
        // As libpulse does: who names a server wants that one or none.
        return try_all(address::parse(server, machine_id().as_deref()), sink, environment, mailbox, tried);
    }
    tried.push("PULSE_SERVER not set".to_owned());
    let user = rustix::process::getuid().as_raw();
    let mut places: Vec<PathBuf> = Vec::new();
    let sockets = [
        environment.pulse_runtime_path.as_ref().map(|folder| folder.join("native")),
        environment.xdg_runtime_dir.as_ref().map(|folder| folder.join("pulse/native")),
        Some(PathBuf::from(format!("/run/user/{user}/pulse/native"))),
    ];
    for place in sockets.into_iter().flatten() {
        if !places.contains(&place) {
            places.push(place);
        }
    }
    let addresses = places.into_iter().map(|place| Ok(Address::Unix(place))).collect();
    try_all(addresses, sink, environment, mailbox, tried).or_else(|| try_alsa("default", mailbox, tried))
}

fn try_all(
    addresses: Vec<Result<Address, String>>,
    sink: Option<&str>,
    environment: &Environment,
    mailbox: &Arc<Mailbox>,
    tried: &mut Vec<String>,
) -> Option<Box<dyn Output>> {
    for address in addresses {
        let address = match address {
            Ok(address) => address,
            Err(why) => {
                tried.push(why);
                continue;
            }
        };
        match &address {
            Address::Unix(path) if !path.exists() => {
                tried.push(format!("no {address}"));
                continue;
            }
            Address::Unix(_) | Address::Tcp { .. } => {}
        }
        match Pulse::connect(&address, sink, environment, mailbox) {
            Ok(pulse) => return Some(Box::new(pulse)),
            Err(error) => tried.push(format!("{address}: {error}")),
        }
    }
    None
}

fn try_alsa(device: &str, mailbox: &Arc<Mailbox>, tried: &mut Vec<String>) -> Option<Box<dyn Output>> {
    match Alsa::probe(device, mailbox) {
        Ok(alsa) => Some(Box::new(alsa)),
        Err(error) => {
            tried.push(format!("ALSA: {error}"));
            None
        }
    }
}

/// What to do now; `SSH_CONNECTION` tells that the person's loudspeakers are elsewhere.
fn advice(environment: &Environment, wanted: Option<&str>) -> String {
    if wanted == Some("none") {
        return "Choose an output to hear something.".to_owned();
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
    fn a_setting_beats_discovery() {
        let environment = Environment::default();
        assert_eq!(silence(Some("pulse:/nowhere/x"), &environment).tried, ["no /nowhere/x"]);
        assert!(silence(Some("none"), &environment).tried[0].contains("switched off"));
        let found = silence(Some("alsa:no such device"), &environment);
        assert!(found.tried[0].starts_with("ALSA: "), "{:?}", found.tried);
    }
}
