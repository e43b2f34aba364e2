//! The waveform of the recording that is looked at: lanes, the line between them, marks, ruler, the whole above a part.

use ratatui::layout::Rect;

use super::{
    Player, Shown, Window,
    layout::Places,
    marks::{self, Mark},
    middle::{self, Sign, Stretches},
};
use crate::{
    console::{
        deck::Loaded,
        desk::Desk,
        effect::Slot,
        theme::Role,
        widgets::{Bar, Grows, Painter, columns, lane, width},
    },
    domain::{actor::Permission, length::Tenths, recording::RecordingState},
    playback::Side,
    wire::{Peaks, RecordingBody, Span, Speech},
};

/// The recording that is drawn, and what is known of it.
pub struct Wave<'a> {
    pub recording: &'a RecordingBody,
    pub peaks: Option<&'a Peaks>,
    pub zoomed: Option<&'a Peaks>,
    pub speech: Option<&'a Speech>,
    pub length_s: f64,
    pub window: Window,
}

impl<'a> Wave<'a> {
    pub fn of(player: &Player, shown: &Shown<'a>) -> Option<Self> {
        let recording = shown.recording(player)?;
        let peaks = shown.peaks.filter(|peaks| peaks.recording == recording.id);
        let speech = shown.speech.filter(|speech| speech.recording == recording.id);
        let length_s = match recording.length_s.seconds() {
            known if known > 0.0 => known,
            _ => peaks.map_or(0.0, |peaks| peaks.length_s),
        };
        let window = player.window.unwrap_or(Window::whole(length_s));
        let covers = |peaks: &&Peaks| {
            let near = |one: f64, other: f64| (one - other).abs() <= window.length() / 100.0;
            peaks.recording == recording.id && near(peaks.from_s, window.from_s) && near(peaks.until_s, window.until_s)
        };
        let zoomed = shown.zoomed.filter(covers).filter(|_| player.window.is_some());
        Some(Self { recording, peaks, zoomed, speech, length_s, window })
    }

    pub fn lanes(&self) -> u8 {
        let channels = self.peaks.map_or(self.recording.channels, |peaks| peaks.channels);
        if channels > 1 { 2 } else { 1 }
    }

    /// The loudest of a side in each of so many columns of a stretch; none before the waveform has come.
    fn levels(&self, side: usize, stretch: Window, wide: u16) -> Option<Vec<u8>> {
        let peaks = self.zoomed.filter(|_| stretch == self.window).or(self.peaks)?;
        let until = if peaks.until_s > peaks.from_s { peaks.until_s } else { peaks.length_s };
        let values = peaks.levels.get(side).map_or(&[][..], Vec::as_slice);
        Some(columns(values, (peaks.from_s, until), (stretch.from_s, stretch.until_s), wide))
    }

    /// Bars of a side: speech bright, what else sounds dim; all of it bright before it is known who speaks when.
    fn bars(&self, side: usize, wide: u16) -> Option<Vec<Bar>> {
        let talk = self.speech.and_then(|speech| speech.sides.get(side)).map(|side| side.talk.as_slice());
        let speaks = |column: u16| {
            let (from, until) = self.window.covers(column, wide);
            talk.is_none_or(|talk| talk.iter().any(|[start, end]| *start < until && *end > from))
        };
        let levels = self.levels(side, self.window, wide)?;
        Some((0..wide).zip(levels).map(|(column, level)| Bar { level, dim: !speaks(column) }).collect())
    }

    fn noisy(&self, side: usize) -> bool {
        self.speech.and_then(|speech| speech.sides.get(side)).is_some_and(|side| side.noisy)
    }
}

/// What of the deck belongs to the recording that is drawn.
pub fn loaded<'d>(desk: &'d Desk, recording: &RecordingBody) -> Option<&'d Loaded> {
    desk.deck.loaded.as_ref().filter(|loaded| loaded.recording == recording.id)
}

/// Draws it all.
pub fn draw(player: &Player, shown: &Shown<'_>, wave: &Wave<'_>, desk: &Desk, painter: &mut Painter<'_>, places: &Places) {
    rules(player, shown, wave, desk, painter, places);
    let loaded = loaded(desk, wave.recording).is_some();
    let ab = desk.deck.ab.filter(|_| loaded);
    let wide = places.middle.width;
    let bars = wave.bars(0, wide).filter(|_| wave.length_s > 0.0);
    let drawn = bars.is_some();
    match bars {
        Some(bars) => {
            let blocks = desk.setup.glyphs.blocks();
            lane(painter, places.upper, &bars, Grows::Up, blocks, Role::LaneAgent);
            if let Some(bars) = wave.bars(1, wide).filter(|_| places.lower.height > 0) {
                lane(painter, places.lower, &bars, Grows::Down, blocks, Role::LaneCustomer);
            }
        }
        None => {
            let (text, role) = missing(shown, wave, desk);
            let y = places.upper.y + places.upper.height / 2;
            painter.text(places.upper.x, y, wide, &text, role);
        }
    }
    line(wave, desk, painter, places, ab, loaded);
    let marks = marks::of(shown.detail, wave.speech);
    let head = loaded.then(|| wave.window.column(desk.deck.position, wide)).flatten();
    mark_row(painter, places.marks, &marks, ab, wave.window, head);
    if let Some(column) = head {
        let x = places.middle.x + column;
        // Where bytes are dear it stands on the line alone: through the lanes each step would cost a colour a row.
        let rows = if desk.setup.remote || !drawn {
            places.middle.top()..places.middle.bottom()
        } else {
            places.upper.top()..places.lower.bottom().max(places.middle.bottom())
        };
        for y in rows {
            let character = if y == places.middle.y { '┼' } else { '│' };
            let style = painter.style(if desk.setup.remote { Role::Border } else { Role::Playhead });
            painter.cell(x, y, character, style);
        }
    }
    ruler(painter, places.ruler, wave.window);
    if places.overview.height > 0 {
        overview(wave, desk, painter, places.overview);
    }
}

/// Why there is no waveform, and how bad that is.
fn missing(shown: &Shown<'_>, wave: &Wave<'_>, desk: &Desk) -> (String, Role) {
    let texts = &desk.setup.texts;
    let state = wave.recording.state;
    if !matches!(state, RecordingState::Stored | RecordingState::Pending) {
        return (texts.get(&format!("state-{state}")), Role::Warn);
    }
    if !desk.may(Permission::Listen) || desk.deaf_to(&wave.recording.id) {
        return (texts.get("waveform-no-listen"), Role::Warn);
    }
    let reading = desk.is_busy(Slot::Peaks) || shown.detail.is_none();
    (texts.get(if reading { "waveform-reading" } else { "waveform-none" }), Role::TextMuted)
}

/// Who is drawn above and below, how one hears, and how much of the recording is shown.
fn rules(player: &Player, shown: &Shown<'_>, wave: &Wave<'_>, desk: &Desk, painter: &mut Painter<'_>, places: &Places) {
    let texts = &desk.setup.texts;
    let named = |side: usize, id: &str, name: Option<&String>| {
        let mut title = texts.get(id);
        if let Some(name) = name.filter(|_| places.above.width >= 100) {
            title = format!("{title}  {name}");
        }
        if wave.noisy(side) {
            title = format!("{title} · {}", texts.get("lane-noisy"));
        }
        title
    };
    let call = shown.call;
    let two = wave.lanes() > 1;
    let mut title =
        if two { named(0, "lane-agent", call.and_then(|call| call.agent.as_ref())) } else { named(0, "lane-both", None) };
    let recordings = call.map_or(0, |call| call.recordings.len());
    if recordings > 1 {
        let n = player.recording.min(recordings - 1) + 1;
        let which = texts.with("recording-of", &[("n", &n.to_string()), ("all", &recordings.to_string())]);
        title = format!("{title} · {which}");
    }
    painter.rule(places.above, &title, &hearing(desk, two));
    if places.below.height > 0 {
        let other = if two { named(1, "lane-customer", call.and_then(|call| call.customer.as_ref())) } else { String::new() };
        let factor = wave.window.factor(wave.length_s).to_string();
        let length = Tenths::from_seconds(wave.length_s).clock();
        painter.rule(places.below, &other, &texts.with("zoom-of", &[("factor", &factor), ("length", &length)]));
    }
}

/// How one hears: side, speed, and what is not as it was recorded.
fn hearing(desk: &Desk, two: bool) -> String {
    let texts = &desk.setup.texts;
    let hearing = &desk.deck.hearing;
    let mut parts = Vec::new();
    if two {
        parts.push(texts.get(match hearing.side {
            Side::Both => "lane-both",
            Side::Left => "hearing-agent",
            Side::Right => "hearing-customer",
        }));
    }
    parts.push(format!("{}x", (hearing.speed * 100.0).round() / 100.0));
    if hearing.skip_silence {
        parts.push(texts.get("hearing-skipped"));
    }
    if hearing.normalise {
        parts.push(texts.get("hearing-normalised"));
    }
    if hearing.swap {
        parts.push(texts.get("hearing-swapped"));
    }
    if hearing.balance.abs() >= 0.005 {
        let id = if hearing.balance < 0.0 { "hearing-left" } else { "hearing-right" };
        parts.push(texts.with(id, &[("percent", &format!("{:.0}", hearing.balance.abs() * 100.0))]));
    }
    parts.join(" · ")
}

fn line(wave: &Wave<'_>, desk: &Desk, painter: &mut Painter<'_>, places: &Places, ab: Option<(f64, Option<f64>)>, loaded: bool) {
    let mut left_out: Vec<Span> = Vec::new();
    if loaded && desk.deck.hearing.skip_silence {
        left_out = wave.speech.map(|speech| speech.silence.clone()).unwrap_or_default();
        if left_out.is_empty() {
            left_out.clone_from(&desk.deck.skipped);
        }
    }
    let of = |spans: fn(&Speech) -> &Vec<Span>| wave.speech.map_or(&[][..], |speech| spans(speech).as_slice());
    let stretches = Stretches {
        repeat: ab.and_then(|(a, b)| Some([a, b?])),
        hold: of(|speech| &speech.hold),
        paused: of(|speech| &speech.paused),
        overlap: of(|speech| &speech.overlap),
        left_out,
    };
    let place = places.middle;
    let signs = middle::signs(&stretches, wave.window, place.width);
    for (x, sign) in (place.left()..place.right()).zip(&signs) {
        let style = painter.style(sign.role());
        painter.cell(x, place.y, sign.character(), style);
    }
    let word = |sign| match sign {
        Sign::Hold => Some(desk.setup.texts.get("sign-hold")),
        Sign::Paused => Some(desk.setup.texts.get("sign-paused")),
        _ => None,
    };
    for (at, word) in middle::words(&signs, word) {
        painter.text(place.x + at, place.y, place.width - at, &word, Role::TextMuted);
    }
}

/// Signs below the lanes, and the foot of the play-head where nothing else stands.
fn mark_row(
    painter: &mut Painter<'_>,
    place: Rect,
    marks: &[Mark],
    ab: Option<(f64, Option<f64>)>,
    window: Window,
    head: Option<u16>,
) {
    if place.height == 0 {
        return;
    }
    let row = marks::row(marks, ab, window, place.width);
    let style = painter.style(Role::Mark);
    for (column, sign) in &row {
        painter.cell(place.x + column, place.y, *sign, style);
    }
    if let Some(column) = head.filter(|head| row.iter().all(|(column, _)| column != head)) {
        let style = painter.style(Role::Playhead);
        painter.cell(place.x + column, place.y, '▲', style);
    }
}

/// Times below a waveform: its beginning, quarters and end.
pub fn ruler(painter: &mut Painter<'_>, place: Rect, window: Window) {
    let quarters: u16 = if place.width >= 60 { 4 } else { 2 };
    for quarter in 0..=quarters {
        let second = window.from_s + window.length() * f64::from(quarter) / f64::from(quarters);
        let text = moment(second, window);
        let wide = u16::try_from(width(&text)).unwrap_or(4);
        let x = place.width * quarter / quarters;
        let x = match quarter {
            0 => 0,
            _ if quarter == quarters => place.width.saturating_sub(wide),
            _ => x.saturating_sub(wide / 2),
        };
        painter.text(place.x + x, place.y, wide, &text, Role::TextMuted);
    }
}

/// A second as a clock shows it, with a tenth where the window is short.
fn moment(second: f64, window: Window) -> String {
    let tenths = Tenths::from_seconds(second);
    if window.length() < 20.0 && window.length() > 0.0 {
        format!("{}.{}", tenths.clock(), tenths.0.rem_euclid(10))
    } else {
        tenths.clock()
    }
}

/// The whole recording on one line, both sides together, with the part that is shown between brackets.
fn overview(wave: &Wave<'_>, desk: &Desk, painter: &mut Painter<'_>, place: Rect) {
    let whole = Window::whole(wave.length_s);
    let Some(mut levels) = wave.levels(0, whole, place.width) else { return };
    if wave.lanes() > 1 {
        for (level, other) in levels.iter_mut().zip(wave.levels(1, whole, place.width).unwrap_or_default()) {
            *level = other.max(*level);
        }
    }
    let bars: Vec<Bar> = levels.into_iter().map(|level| Bar { level, dim: false }).collect();
    lane(painter, place, &bars, Grows::Up, desk.setup.glyphs.blocks(), Role::TextMuted);
    let ends = (whole.column(wave.window.from_s, place.width), whole.column(wave.window.until_s, place.width));
    if let (Some(first), Some(last)) = ends {
        painter.tint(Rect { x: place.x + first, width: last - first + 1, ..place }, Role::Title);
        let style = painter.style(Role::Playhead);
        painter.cell(place.x + first, place.y, '[', style);
        painter.cell(place.x + last.max(first + 1).min(place.width - 1), place.y, ']', style);
    }
}
