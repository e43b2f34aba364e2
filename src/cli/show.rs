//! `callreel show`: one call with everything that is known of it.

use std::fmt::Write;

use clap::Args as ClapArgs;
use jiff::{Timestamp, tz::TimeZone};

use super::{Context, ExitStatus, Format, Outcome};
use crate::{
    domain::{clean, length::Tenths, recording::RecordingState},
    wire::{CallDetailBody, Clip, Heard, HeardSide, RecordingBody},
};

/// Show one call: legs, timeline, recordings, why it was recorded or not, notes, who heard what, history
#[derive(Debug, ClapArgs)]
pub struct Args {
    /// Id of the call, ours or the exchange's
    #[arg(value_name = "CALL")]
    call: String,
}

/// # Errors
/// For unknown calls.
pub async fn run(args: Args, context: &Context) -> Outcome {
    let client = context.client().await?;
    let call = client.call(&args.call).await?;
    if context.format == Format::Table {
        context.write(page(&call, &client.clips_of(&args.call).await?, &super::zone(&client).await?).as_bytes())?;
    } else {
        context.show_value(&call)?;
    }
    Ok(ExitStatus::Done)
}

/// The call for people, in the company's zone.
fn page(detail: &CallDetailBody, clips: &[Clip], zone: &TimeZone) -> String {
    let call = &detail.call;
    let mut page = String::new();
    let mut field = |name: &str, value: Option<String>| {
        let value = value.filter(|value| !value.is_empty()).map_or_else(|| "–".to_owned(), |value| clean::line(&value, 400));
        // Writing to a String cannot fail.
        let _ = writeln!(page, "{name:<12}{value}");
    };
    let number = |number: &Option<String>, raw: &Option<String>| match (number, raw) {
        (Some(number), Some(raw)) if number != raw => Some(format!("{number} (received as {raw})")),
        _ => number.clone(),
    };
    let length = |length: Option<Tenths>| length.map(Tenths::clock);
    field("call", Some(call.id.clone()));
    field("start", Some(moment(call.start, zone, call.start_whole_second)));
    let way = call.route.map_or_else(|| call.direction.to_string(), |route| format!("{}, {route}", call.direction));
    field("direction", Some(way));
    field("outcome", Some(call.outcome.to_string()));
    field("from", number(&call.from, &detail.from_raw));
    field("to", number(&call.to, &detail.to_raw));
    field("reached", call.reached.clone());
    field("customer", call.customer.clone());
    field(
        "extension",
        call.extension.as_ref().map(|shown| {
            if call.extensions.len() > 1 { format!("{shown} (of {})", call.extensions.join(", ")) } else { shown.clone() }
        }),
    );
    field("agent", call.agent.clone());
    field("group", call.group.clone());
    field("projects", Some(call.projects.join(", ")));
    field("queue", call.queue.clone());
    field("wait", length(call.wait_s));
    let talk = length(call.talk_s).or_else(|| length(call.talk_at_most_s).map(|most| format!("at most {most}")));
    field("talk", talk);
    field("on hold", length(call.on_hold_s));
    field("duration", length(call.duration_s));
    field("case", call.case.clone());
    field("tags", Some(call.tags.join(", ")));
    field("flagged", Some(if call.flagged { "yes" } else { "no" }.to_owned()));
    field("exchange", Some(call.source_ids.join(", ")));
    section(&mut page, "recordings", call.recordings.iter().map(recording));
    if call.recordings.is_empty() {
        page.push_str("\nrecordings\n  none\n");
    }
    section(&mut page, "why", detail.why.iter().map(|why| why.text.clone()));
    section(
        &mut page,
        "legs",
        detail.leg_list.iter().map(|leg| {
            let who = leg.extension.as_ref().or(leg.number.as_ref()).map_or("–", String::as_str);
            let end = leg.end.map_or_else(|| "–".to_owned(), |end| clock(end, zone));
            let cause = leg.cause.map(|cause| format!("  cause {cause}")).unwrap_or_default();
            let answered = leg.answered.map(|at| format!("  answered {}", clock(at, zone))).unwrap_or_default();
            format!("{} – {end}  {who}  {}{answered}{cause}", clock(leg.start, zone), leg.channel)
        }),
    );
    section(
        &mut page,
        "timeline",
        detail.timeline.iter().map(|event| {
            let words = [event.party.as_deref(), event.detail.as_deref()].into_iter().flatten().collect::<Vec<_>>().join("  ");
            format!("{}  {:<9} {words}", clock(event.at, zone), event.kind)
        }),
    );
    section(
        &mut page,
        "notes",
        detail.notes.iter().map(|note| {
            let at = note.at.map(|at| format!(" at {}", at.clock())).unwrap_or_default();
            let text = if note.text.is_empty() { ", a mark".to_owned() } else { format!(": {}", note.text) };
            format!("{}  {}{at}{text}", moment(note.created, zone, true), note.author)
        }),
    );
    section(&mut page, "clips", clips.iter().map(clip));
    section(
        &mut page,
        "heard",
        detail.receipts.iter().map(|receipt| {
            let Heard { from_s, until_s, speed, side } = &receipt.heard;
            let side = match side {
                HeardSide::Both => String::new(),
                one => format!(", the {one} side"),
            };
            let faster = if (speed - 1.0).abs() < 0.005 { String::new() } else { format!(" at {speed}x") };
            let stretch = format!("{} to {}", place(*from_s), place(*until_s));
            format!("{}  {}  {stretch}{faster}{side}  of {}", moment(receipt.at, zone, true), receipt.who, receipt.recording)
        }),
    );
    section(
        &mut page,
        "taken",
        detail.taken.iter().map(|taken| {
            let what = taken.clip.as_ref().unwrap_or(&taken.recording);
            let detail = taken.detail.as_ref().map(|detail| format!("  {detail}")).unwrap_or_default();
            format!("{}  {}  {} {what}{detail}", moment(taken.at, zone, true), taken.who, taken.did)
        }),
    );
    section(
        &mut page,
        "history",
        detail.history.iter().map(|entry| {
            format!(
                "{}  {}  {}  {}",
                moment(entry.at, zone, true),
                entry.who,
                entry.did,
                entry.detail.as_deref().unwrap_or_default()
            )
        }),
    );
    page
}

fn section(page: &mut String, name: &str, lines: impl Iterator<Item = String>) {
    for (index, line) in lines.enumerate() {
        if index == 0 {
            page.push_str(&format!("\n{name}\n"));
        }
        page.push_str(&format!("  {}\n", clean::line(&line, 1_000).trim_end()));
    }
}

/// A place in a recording, to the tenth of a second.
fn place(seconds: f64) -> String {
    let tenths = Tenths::from_seconds(seconds);
    format!("{}.{}", tenths.clock(), tenths.0.unsigned_abs() % 10)
}

fn clip(clip: &Clip) -> String {
    let title = clip.title.as_ref().map(|title| format!("  {title}")).unwrap_or_default();
    format!("{}  {} to {}  by {}{title}", clip.id, place(clip.from_s), place(clip.until_s), clip.who)
}

fn recording(recording: &RecordingBody) -> String {
    let mode = recording.mode.map_or("unknown mode", |mode| mode.word());
    let state = match recording.state {
        RecordingState::Stored => String::new(),
        other => format!("  {other}"),
    };
    let copies = recording.copies.iter().map(|copy| format!("{} ({})", copy.place, copy.state)).collect::<Vec<_>>().join(", ");
    let offset = recording.offset_s.map(|offset| format!(" from {}", offset.clock())).unwrap_or_default();
    format!(
        "{}  {mode}{offset}  {} long  {}, {} channels, {} bytes{state}  {copies}",
        recording.id,
        recording.length_s.clock(),
        recording.format,
        recording.channels,
        recording.bytes
    )
}

/// Never shown more exactly than it is known.
fn moment(at: Timestamp, zone: &TimeZone, whole_second: bool) -> String {
    let pattern = if whole_second { "%Y-%m-%d %H:%M:%S" } else { "%Y-%m-%d %H:%M:%S%.3f" };
    at.to_zoned(zone.clone()).strftime(pattern).to_string()
}

fn clock(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%H:%M:%S%.3f").to_string()
}
