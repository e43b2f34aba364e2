//! What to do where nothing sounds: the ways in the order in which they are worth trying, with commands as they are to be
//! typed.

use super::Environment;

/// Port of the API that the third way forwards.
const API_PORT: u16 = 8400;

/// One way to hear something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// A few words, for a list.
    pub title: &'static str,
    /// The one command, with real values; for a person who came by SSH it is typed on their own machine.
    pub command: String,
    /// What is then typed here, where callreel runs; none: nothing.
    pub here: Option<String>,
    /// When to take it, and what to know first. One sentence or two.
    pub why: &'static str,
}

/// The ways to hear something from here, best first. Whoever came by SSH hears at their own end; anybody else needs a sound
/// server here, or a file.
pub fn ways(environment: &Environment) -> Vec<Way> {
    match Far::of(environment) {
        Some(far) => over_ssh(&far, environment),
        None => here(environment),
    }
}

/// The machine that somebody reached by SSH, as they know it.
struct Far {
    /// `user@host`
    login: String,
    /// Where its sshd listens, if that is not 22.
    port: Option<u16>,
}

impl Far {
    fn of(environment: &Environment) -> Option<Self> {
        let connection = environment.ssh_connection.as_deref()?;
        // sshd(8): address and port of the client, address and port of the server.
        let mut words = connection.split_whitespace().skip(2);
        let host = words.next().filter(|host| host.chars().all(|c| c.is_ascii_hexdigit() || ".:%".contains(c))).unwrap_or("HOST");
        let port = words.next().and_then(|port| port.parse().ok()).filter(|port| *port != 22);
        let login = match environment.login.as_deref().filter(|login| plain(login)) {
            Some(user) => format!("{user}@{host}"),
            None => host.to_owned(),
        };
        Some(Self { login, port })
    }

    /// As `ssh` takes it after its flags.
    fn flags(&self) -> String {
        self.port.map_or_else(|| self.login.clone(), |port| format!("-p {port} {}", self.login))
    }

    /// As one word.
    fn address(&self) -> String {
        let Some(port) = self.port else { return self.login.clone() };
        match self.login.rsplit_once('@') {
            Some((user, host)) if host.contains(':') => format!("ssh://{user}@[{host}]:{port}"),
            None if self.login.contains(':') => format!("ssh://[{}]:{port}", self.login),
            Some(_) | None => format!("ssh://{}:{port}", self.login),
        }
    }
}

/// Whether a name needs no quotes in a shell.
fn plain(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c)) && !name.starts_with('-')
}

fn over_ssh(far: &Far, environment: &Environment) -> Vec<Way> {
    let user = environment.login.as_deref().filter(|login| plain(login)).unwrap_or("callreel");
    let socket = format!("/tmp/cr-{user}-pulse");
    vec![
        Way {
            title: "an ear at your own machine",
            command: format!("callreel ear --via {}", far.address()),
            here: None,
            why: "Needs callreel there as well. 20 kbit/s; it only takes sound, and never listens to you.",
        },
        Way {
            title: "the sound server of your own machine, forwarded",
            command: format!("ssh -R {socket}:$XDG_RUNTIME_DIR/pulse/native {}", far.flags()),
            here: Some(format!("export PULSE_SERVER=unix:{socket}")),
            why: "Where callreel cannot be installed there. 70 to 270 kbit/s, and whoever may open that socket here can also \
                  record your microphone.",
        },
        Way {
            title: "the console on your own machine",
            command: format!(
                "ssh -N -L {API_PORT}:127.0.0.1:{API_PORT} {} & callreel --server http://127.0.0.1:{API_PORT}",
                far.flags()
            ),
            here: None,
            why: "Where a callreel server runs here and forwarding of sound is forbidden: keys, sound and cache are then local.",
        },
    ]
}

fn here(environment: &Environment) -> Vec<Way> {
    let mut ways = Vec::new();
    if environment.pulse_server.is_some() {
        ways.push(Way {
            title: "the sound server of this machine",
            command: "unset PULSE_SERVER".to_owned(),
            here: None,
            why: "PULSE_SERVER names another one; while it is set no other place is tried.",
        });
    }
    ways.push(Way {
        title: "start a sound server",
        command: "systemctl --user start pipewire-pulse || pulseaudio --start".to_owned(),
        here: None,
        why: "callreel plays through PulseAudio or PipeWire, or through a card by ALSA; none answered.",
    });
    ways.push(Way {
        title: "a file instead",
        command: "callreel play RECORDING --output OUT.wav".to_owned(),
        here: None,
        why: "To be heard elsewhere.",
    });
    ways
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by_ssh(connection: &str, login: Option<&str>) -> Environment {
        Environment { ssh_connection: Some(connection.to_owned()), login: login.map(ToOwned::to_owned), ..Environment::default() }
    }

    #[test]
    fn commands_over_ssh_have_the_real_values() {
        let commands =
            |connection, login| ways(&by_ssh(connection, login)).into_iter().map(|way| way.command).collect::<Vec<_>>();
        let found = commands("10.0.0.7 51000 192.0.2.4 22", Some("jan"));
        assert_eq!(
            found,
            [
                "callreel ear --via jan@192.0.2.4",
                "ssh -R /tmp/cr-jan-pulse:$XDG_RUNTIME_DIR/pulse/native jan@192.0.2.4",
                "ssh -N -L 8400:127.0.0.1:8400 jan@192.0.2.4 & callreel --server http://127.0.0.1:8400",
            ]
        );
        let found = commands("10.0.0.7 51000 192.0.2.4 2222", Some("jan"));
        assert_eq!(found[0], "callreel ear --via ssh://jan@192.0.2.4:2222");
        assert!(found[1].ends_with(" -p 2222 jan@192.0.2.4"), "{}", found[1]);
        assert_eq!(commands("fe80::1 5 2001:db8::4 2222", Some("jan"))[0], "callreel ear --via ssh://jan@[2001:db8::4]:2222");
        assert_eq!(commands("fe80::1 5 2001:db8::4 22", None)[0], "callreel ear --via 2001:db8::4");
        // What came from outside is never part of a command.
        assert_eq!(commands("", Some("a b;rm")), commands("1 2 $(rm) x", None));
        assert_eq!(commands("", None)[0], "callreel ear --via HOST");
    }

    #[test]
    fn the_microphone_is_warned_of_and_the_ear_comes_first() {
        let found = ways(&by_ssh("10.0.0.7 51000 192.0.2.4 22", Some("jan")));
        assert!(found[1].why.contains("microphone"), "{}", found[1].why);
        assert_eq!(found[1].here.as_deref(), Some("export PULSE_SERVER=unix:/tmp/cr-jan-pulse"));
    }

    #[test]
    fn without_ssh_it_is_a_sound_server_or_a_file() {
        let titles = |environment: &Environment| ways(environment).into_iter().map(|way| way.title).collect::<Vec<_>>();
        assert_eq!(titles(&Environment::default()), ["start a sound server", "a file instead"]);
        let named = Environment { pulse_server: Some("tcp:x".to_owned()), ..Environment::default() };
        assert_eq!(titles(&named).len(), 3);
    }
}
