//! What the console remembers from one start to the next.

use serde::{Deserialize, Serialize};

use super::deck::{Deck, Hearing, Places, SPEED_STEPS};
use crate::playback::{Side, SilenceRule};

/// Last query, place in the list, order, and how one hears.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    /// What was open: pane, query, order and cursor are of it.
    pub place: String,
    /// Name of the pane.
    pub pane: String,
    pub query: String,
    /// As the API takes it; empty: newest first.
    pub sort: String,
    /// Public id of the call under the cursor.
    pub call: Option<String>,
    /// Cursor after which its page began.
    pub page: Option<String>,
    /// Queries, newest last.
    pub history: Vec<String>,
    /// Columns of the list on narrow and on wide screens, such as `party`, `agent=20`; empty: nothing was chosen.
    pub columns: Vec<String>,
    pub columns_wide: Vec<String>,
    pub volume: Option<f32>,
    /// How one hears; none: as it is by itself.
    pub speed: Option<f32>,
    /// `left` or `right`; empty: both.
    pub side: String,
    pub swap: bool,
    pub balance: f32,
    pub normalise: bool,
    pub skip_silence: bool,
    /// What counts as silence: dBFS, seconds.
    pub silence: Option<(f32, f32)>,
    /// The next call follows.
    pub play_on: bool,
    /// Where recordings were left.
    pub places: Vec<String>,
    /// Pieces of query by digit; empty where they are the built-in ones.
    pub chips: Vec<String>,
    pub facets_hidden: bool,
    /// Folder, name template and form that were taken out with last; empty: none were.
    pub take_folder: String,
    pub take_names: String,
    pub take_form: String,
    pub take_shown_columns: bool,
}

impl Memory {
    /// Takes how one hears from the deck.
    pub fn with_hearing(self, deck: &Deck) -> Self {
        let Hearing { speed, side, swap, balance, normalise, skip_silence, silence } = deck.hearing;
        Self {
            volume: Some(deck.volume),
            speed: Some(speed),
            side: match side {
                Side::Both => String::new(),
                Side::Left => "left".to_owned(),
                Side::Right => "right".to_owned(),
            },
            swap,
            balance,
            normalise,
            skip_silence,
            silence: Some((silence.below_db, silence.at_least)),
            play_on: deck.play_on,
            places: deck.places.memory(),
            ..self
        }
    }

    /// Gives it back; what is out of its bounds is left as it is by itself.
    pub fn hear(&self, deck: &mut Deck) {
        if let Some(volume) = self.volume.filter(|volume| (0.0..=1.5).contains(volume)) {
            deck.volume = volume;
        }
        let usual = Hearing::default();
        let speeds = SPEED_STEPS[0]..=SPEED_STEPS[SPEED_STEPS.len() - 1];
        let silence = self.silence.filter(|(level, least)| LEVELS.contains(level) && LENGTHS.contains(least));
        deck.hearing = Hearing {
            speed: self.speed.filter(|speed| speeds.contains(speed)).unwrap_or(usual.speed),
            side: match self.side.as_str() {
                "left" => Side::Left,
                "right" => Side::Right,
                _ => Side::Both,
            },
            swap: self.swap,
            balance: if (-1.0..=1.0).contains(&self.balance) { self.balance } else { 0.0 },
            normalise: self.normalise,
            skip_silence: self.skip_silence,
            silence: silence.map_or(usual.silence, |(below_db, at_least)| SilenceRule { below_db, at_least }),
        };
        deck.play_on = self.play_on;
        deck.places = Places::remembered(&self.places);
    }
}

/// Levels in dBFS, and lengths in seconds, that silence can be told by.
pub const LEVELS: std::ops::RangeInclusive<f32> = -70.0..=-20.0;
pub const LENGTHS: std::ops::RangeInclusive<f32> = 0.7..=5.0;
