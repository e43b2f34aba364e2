//! Our player in this process, as the console has it.

use std::{
    fs::File,
    path::Path,
    sync::mpsc::{Receiver, channel},
    time::{Duration, Instant},
};

use anyhow::bail;
use callreel::{
    playback::{Command, Environment, Event, Player, PlayerOptions},
    sound::{self, Decoder},
};

pub struct Own {
    player: Player,
    events: Receiver<Event>,
}

/// Opens a file for decoding.
pub fn open(file: &Path) -> anyhow::Result<Box<dyn Decoder>> {
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let opened = File::open(file)?;
    let length = opened.metadata()?.len();
    Ok(sound::open(Box::new(opened), length, &name)?)
}

impl Own {
    /// Plays a file from its beginning on a server; comes back when it plays.
    pub fn play(server: &str, file: &Path) -> anyhow::Result<Self> {
        let (sender, events) = channel();
        let options = PlayerOptions {
            output: Some(format!("pulse:{server}")),
            tick: Duration::from_millis(100),
            environment: Environment::default(),
        };
        let player = Player::start(options, move |event| drop(sender.send(event)));
        player.send(Command::Load { generation: 1, decoder: open(file)?, at: 0.0 });
        let own = Self { player, events };
        own.until(|event| matches!(event, Event::Position { seconds, .. } if *seconds > 0.2))?;
        Ok(own)
    }

    pub fn send(&self, command: Command) {
        self.player.send(command);
    }

    /// Waits for an event.
    pub fn until(&self, wanted: impl Fn(&Event) -> bool) -> anyhow::Result<()> {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(15) {
            match self.events.recv_timeout(Duration::from_secs(15)) {
                Ok(event) if wanted(&event) => return Ok(()),
                Ok(Event::NoOutput { tried, .. }) => bail!("no output: {}", tried.join(", ")),
                Ok(Event::Failed { why, .. }) => bail!(why),
                Ok(_) => {}
                Err(why) => bail!("the player says nothing: {why}"),
            }
        }
        bail!("the player did not get there")
    }
}
