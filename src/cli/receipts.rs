//! What was heard by `play`, told to the place that the sound came from.

use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use super::{Context, listen::Origin};
use crate::{
    playback::{Event, Side},
    wire::{Heard, HeardSide, ReceiptDraft},
};

/// How often what was heard is told.
const EVERY: Duration = Duration::from_secs(10);
/// How long the player may take to tell what was heard last.
const LAST: Duration = Duration::from_millis(500);

/// Stretches that were heard and not told yet.
pub(super) struct Receipts {
    of: Origin,
    heard: Vec<Heard>,
    told: Instant,
    /// Something sounds, of which the last stretch is not told yet.
    sounds: bool,
    /// The first failure; playing goes on.
    failed: Option<String>,
}

impl Receipts {
    pub(super) fn new(of: Origin) -> Self {
        Self { of, heard: Vec::new(), told: Instant::now(), sounds: false, failed: None }
    }

    /// Notes what an event says of hearing, and tells it now and then.
    pub(super) async fn take(&mut self, event: &Event) {
        self.note(event);
        if self.told.elapsed() >= EVERY {
            self.tell().await;
        }
    }

    /// Waits for what was heard last, and tells it.
    pub(super) async fn end(mut self, events: &mut mpsc::Receiver<Event>, context: &Context) {
        if self.sounds {
            // Whatever came is told; a player that hangs is not waited for.
            let _ = tokio::time::timeout(LAST, async {
                while let Some(event) = events.recv().await {
                    self.note(&event);
                    if matches!(event, Event::Paused { .. } | Event::Heard { .. }) {
                        break;
                    }
                }
            })
            .await;
        }
        while let Ok(event) = events.try_recv() {
            self.note(&event);
        }
        self.tell().await;
        if let Some(why) = self.failed {
            context.warn(&format!("what was heard could not be kept: {why}"));
        }
    }

    fn note(&mut self, event: &Event) {
        match event {
            Event::Playing { .. } | Event::Position { .. } => self.sounds = true,
            Event::Paused { .. } | Event::Ended { .. } | Event::Failed { .. } | Event::NoOutput { .. } => self.sounds = false,
            _ => {}
        }
        if let Event::Heard { from, until, speed, side, .. } = event {
            let side = match side {
                Side::Both => HeardSide::Both,
                Side::Left => HeardSide::Left,
                Side::Right => HeardSide::Right,
            };
            let (from_s, until_s) = (from + self.of.begins_s, until + self.of.begins_s);
            let speed = (f64::from(*speed) * 100.0).round() / 100.0;
            if until_s > from_s {
                self.heard.push(Heard { from_s: from_s.max(0.0), until_s, speed, side });
            }
        }
    }

    async fn tell(&mut self) {
        self.told = Instant::now();
        let heard = std::mem::take(&mut self.heard);
        for part in heard.chunks(crate::domain::receipt::STRETCHES) {
            let draft = ReceiptDraft { heard: part.to_vec() }.joined();
            if let Err(why) = self.of.client.send_receipt(&self.of.recording, &draft).await {
                self.failed.get_or_insert(why.to_string());
            }
        }
    }
}
