//! Takes what happened, changes the model, performs effects, draws at most one frame per 16 ms and only if something
//! changed. Knows no screen.

use std::time::Duration;

use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    sync::mpsc,
    time::Instant,
};

use super::{
    effect::Effect,
    input::{self, Reader},
    message::Msg,
    model::Model,
    runner::Runner,
    terminal::Screen,
    update, view,
};

/// Shortest time between two frames.
const FRAME: Duration = Duration::from_millis(16);
/// Messages that may wait; whoever sends more waits.
pub(super) const WAITING: usize = 256;
/// Longest that a program without a terminal goes on for what was begun.
const LAST: Duration = Duration::from_secs(3);
/// Messages handled before a frame is drawn.
const DRAIN: usize = 64;

/// What the loop is told from outside the model.
enum Outside {
    Msg(Msg),
    HungUp,
    Suspend,
}

/// Runs until the person leaves, the terminal goes, or somebody asks the program to end. Gives the exit status.
pub(super) async fn run(
    model: &mut Model,
    screen: &mut Screen,
    runner: &mut Runner,
    mut messages: mpsc::Receiver<Msg>,
) -> std::io::Result<u8> {
    let (outside_sender, mut outside) = mpsc::channel(WAITING);
    let inputs = outside_sender.clone();
    input::spawn(rustix::stdio::stdin(), move |told| {
        let told = match told {
            Reader::Inputs { inputs, burst } => Outside::Msg(Msg::Inputs { inputs, burst }),
            Reader::Presses(presses) => Outside::Msg(Msg::Presses(presses)),
            Reader::HungUp => Outside::HungUp,
        };
        inputs.blocking_send(told).is_ok()
    })?;
    spawn_signals(outside_sender)?;

    screen.draw(|buffer| view::view(model, buffer))?;
    let mut drawn = Instant::now();
    model.dirty = false;
    let effects = update::begin(model);
    if let Some(status) = perform(effects, model, screen, runner)? {
        return Ok(status);
    }
    loop {
        let due = drawn + FRAME;
        let mut next = tokio::select! {
            biased;
            told = outside.recv() => told,
            msg = messages.recv() => msg.map(Outside::Msg),
            () = tokio::time::sleep_until(due), if model.dirty => None,
        };
        let mut handled = 0;
        while let Some(told) = next.take() {
            let msg = match told {
                Outside::HungUp => {
                    screen.forsake();
                    finish(model, runner, &mut messages).await;
                    return Ok(129);
                }
                Outside::Suspend => {
                    stop(model, screen)?;
                    continue;
                }
                Outside::Msg(Msg::Resized(..)) => {
                    let (columns, rows) = screen.size();
                    screen.redraw();
                    Msg::Resized(columns, rows)
                }
                Outside::Msg(msg) => {
                    if matches!(msg, Msg::Inputs { .. } | Msg::Presses(_)) {
                        runner.attended();
                    }
                    msg
                }
            };
            model.desk.now = jiff::Timestamp::now();
            let was_dirty = model.dirty;
            let effects = update::update(model, msg);
            model.dirty |= was_dirty;
            if let Some(status) = perform(effects, model, screen, runner)? {
                return Ok(status);
            }
            handled += 1;
            if handled < DRAIN {
                next = outside.try_recv().ok().or_else(|| messages.try_recv().ok().map(Outside::Msg));
            }
        }
        if model.dirty && drawn.elapsed() >= FRAME {
            model.layout();
            for effect in model.desk.take_effects() {
                runner.run(effect);
            }
            screen.draw(|buffer| view::view(model, buffer))?;
            model.dirty = false;
            drawn = Instant::now();
        }
    }
}

/// The terminal is gone: what is to be kept is saved, and what was begun may come to its end for a moment.
async fn finish(model: &mut Model, runner: &mut Runner, messages: &mut mpsc::Receiver<Msg>) {
    let until = Instant::now() + LAST;
    let mut msg = Some(Msg::AskedToEnd { status: 129 });
    while let Some(told) = msg {
        model.desk.now = jiff::Timestamp::now();
        for effect in update::update(model, told) {
            if matches!(effect, Effect::Leave { .. }) {
                return;
            }
            runner.run(effect);
        }
        msg = tokio::time::timeout_at(until, messages.recv()).await.ok().flatten();
    }
}

fn perform(effects: Vec<Effect>, model: &mut Model, screen: &mut Screen, runner: &mut Runner) -> std::io::Result<Option<u8>> {
    for effect in effects {
        match effect {
            Effect::Leave { status } => return Ok(Some(status)),
            Effect::Redraw => screen.redraw(),
            Effect::Retake => screen.resume()?,
            Effect::Copy(text) => screen.copy(&text)?,
            Effect::Mouse(on) => screen.report_mouse(on)?,
            Effect::Suspend => stop(model, screen)?,
            other => runner.run(other),
        }
    }
    Ok(None)
}

fn stop(model: &mut Model, screen: &mut Screen) -> std::io::Result<()> {
    if !screen.suspend()? {
        model.desk.say("cannot-suspend", &[]);
    }
    model.desk.size = screen.size();
    model.dirty = true;
    Ok(())
}

fn spawn_signals(tell: mpsc::Sender<Outside>) -> std::io::Result<()> {
    let watch = |mut signal: Signal, tell: mpsc::Sender<Outside>, told: fn() -> Outside| {
        tokio::spawn(async move { while signal.recv().await.is_some() && tell.send(told()).await.is_ok() {} });
    };
    watch(signal(SignalKind::window_change())?, tell.clone(), || Outside::Msg(Msg::Resized(0, 0)));
    watch(signal(SignalKind::terminate())?, tell.clone(), || Outside::Msg(Msg::AskedToEnd { status: 143 }));
    watch(signal(SignalKind::interrupt())?, tell.clone(), || Outside::Msg(Msg::AskedToEnd { status: 130 }));
    watch(signal(SignalKind::hangup())?, tell.clone(), || Outside::Msg(Msg::AskedToEnd { status: 129 }));
    watch(signal(SignalKind::from_raw(rustix::process::Signal::TSTP.as_raw()))?, tell.clone(), || Outside::Suspend);
    watch(signal(SignalKind::from_raw(rustix::process::Signal::CONT.as_raw()))?, tell, || Outside::Msg(Msg::Continued));
    Ok(())
}
