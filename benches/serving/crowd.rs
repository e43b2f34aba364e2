//! Many lines at a time: listeners to events, and such as never finish their request.

use std::{
    io::{ErrorKind, Read, Write},
    sync::{
        Barrier,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use callreel::wire::Named;
use rustix::event::{PollFd, PollFlags, poll};

use crate::{
    asking::{Place, Stream, ask, get},
    clock, ms, resident,
    served::Served,
    table::{Line, Measure, Peer},
    world::PAGE,
};

/// How long nothing happens.
const IDLE: Duration = Duration::from_secs(10);
/// After which something is broken.
const PATIENCE: Duration = Duration::from_secs(60);

/// One of many lines.
struct Held {
    line: Stream,
    opened: Instant,
    came: Vec<u8>,
    /// How long until what is waited for was there.
    took: Option<Duration>,
}

/// Lines that are looked at together.
struct Crowd {
    lines: Vec<Held>,
}

impl Crowd {
    fn new(place: &Place, count: usize, say: impl Fn(usize) -> Vec<u8>) -> anyhow::Result<Self> {
        let mut lines = Vec::with_capacity(count);
        for index in 0..count {
            let opened = Instant::now();
            let mut line = place.line().with_context(|| format!("line {index}"))?;
            line.write_all(&say(index))?;
            line.without_waiting()?;
            lines.push(Held { line, opened, came: Vec::new(), took: None });
        }
        Ok(Self { lines })
    }

    /// Waits until each line has said `word`, or without a word has ended: milliseconds of each since `begin`, or since it was
    /// opened itself.
    fn wait(&mut self, word: Option<&[u8]>, begin: Option<Instant>) -> anyhow::Result<Vec<f64>> {
        let waits = Instant::now();
        let mut buffer = [0; 4096];
        for line in &mut self.lines {
            line.took = None;
        }
        while self.lines.iter().any(|line| line.took.is_none()) {
            ensure!(waits.elapsed() < PATIENCE, "not all lines in {} s", PATIENCE.as_secs());
            let ready: Vec<usize> = {
                let open: Vec<usize> = (0..self.lines.len()).filter(|index| self.lines[*index].took.is_none()).collect();
                let mut polled: Vec<_> = open.iter().map(|index| PollFd::new(&self.lines[*index].line, PollFlags::IN)).collect();
                poll(&mut polled, Some(&rustix::event::Timespec { tv_sec: 1, tv_nsec: 0 }))?;
                open.into_iter().zip(&polled).filter(|(_, polled)| !polled.revents().is_empty()).map(|(index, _)| index).collect()
            };
            for index in ready {
                let Held { line, opened, came, took } = &mut self.lines[index];
                let begin = begin.unwrap_or(*opened);
                match (line.read(&mut buffer), word) {
                    (Err(why), _) if why.kind() == ErrorKind::WouldBlock => {}
                    (Ok(0) | Err(_), None) => *took = Some(begin.elapsed()),
                    (Ok(read), Some(word)) if read > 0 => {
                        came.extend_from_slice(&buffer[..read]);
                        if came.windows(word.len()).any(|part| part == word) {
                            came.clear();
                            *took = Some(begin.elapsed());
                        }
                    }
                    (outcome, Some(_)) => anyhow::bail!("line {index} ended: {outcome:?}"),
                    (Ok(_), None) => {}
                }
            }
        }
        Ok(self.lines.iter().filter_map(|line| line.took).map(clock::milliseconds).collect())
    }
}

pub fn listeners(served: &Served, count: usize) -> anyhow::Result<Vec<Line>> {
    let all = format!("{count} listeners");
    let before = resident("RssAnon");
    let request = get("/api/v1/events", &served.token).into_bytes();
    let begin = Instant::now();
    let mut crowd = Crowd::new(&served.network, count, |_| request.clone())?;
    crowd.wait(Some(b": listening"), Some(begin))?;
    let opened = begin.elapsed();
    ensure!(served.service.listeners() == count, "{} listeners of {count}", served.service.listeners());
    let after = resident("RssAnon");
    let cpu = clock::cpu();
    std::thread::sleep(IDLE);
    let idle = clock::cpu().saturating_sub(cpu);
    let named = Named { name: "serving-bench".to_owned(), remark: None };
    let begin = Instant::now();
    let cpu = clock::cpu();
    served.runtime.block_on(served.owner.put_group(&named))?;
    let written = begin.elapsed();
    let mut times = crowd.wait(Some(b"event: "), Some(begin))?;
    let told = clock::cpu().saturating_sub(cpu);
    let last = times.iter().copied().fold(0.0, f64::max);
    drop(crowd);
    served.until("the end of the listeners", |served| served.service.listeners() == 0)?;
    let left = resident("RssAnon");
    served.runtime.block_on(served.owner.remove_group(&named.name))?;
    Ok(vec![
        Line::new("S2", format!("{all}: until all are there, wall"), ms(opened)),
        Line::new("S2", format!("{all}: private memory"), Measure::new(after, "MB"))
            .beside(Peer::Measured("before".to_owned(), Measure::new(before, "MB"))),
        Line::new("S2", format!("{all}: of it a listener"), Measure::new((after - before) * 1024.0 / count as f64, "kB")),
        Line::new("S2", format!("{all}: private memory once they are gone"), Measure::new(left, "MB")),
        Line::new("S2", format!("{all}: processor time of {} s of silence", IDLE.as_secs()), ms(idle)),
        Line::new("S2", "a write: until it is kept, wall", ms(written)),
        Line::new("S2", format!("{all}: half have its event, wall"), Measure::ms(clock::median(&mut times))),
        Line::new("S2", format!("{all}: all have it, wall"), Measure::ms(last)),
        Line::new("S2", format!("{all}: processor time of the write and its events, both ends"), ms(told)),
    ])
}

pub fn slow(served: &Served, count: usize) -> anyhow::Result<Vec<Line>> {
    let request = get(&format!("/api/v1/calls?limit={PAGE}"), &served.token);
    let (open, gone) = (Barrier::new(2), AtomicBool::new(false));
    let (alone, closed, beside) = std::thread::scope(|scope| {
        let other = scope.spawn(|| {
            let quiet = Instant::now();
            let alone = ask(&served.network, &request, || quiet.elapsed() < Duration::from_secs(3));
            open.wait();
            let beside = ask(&served.network, &request, || !gone.load(Ordering::Acquire));
            (alone, beside)
        });
        open.wait();
        let half = |index: usize| match index % 2 {
            0 => b"GET / HTTP/1.1\r\nX-".to_vec(),
            _ => Vec::new(),
        };
        let closed = Crowd::new(&served.network, count, half).and_then(|mut crowd| crowd.wait(None, None));
        gone.store(true, Ordering::Release);
        let (alone, beside) = other.join().expect("the other client");
        (alone, closed, beside)
    });
    let (mut alone, mut closed, mut beside) = (alone?.0, closed?, beside?.0);
    let first = closed.iter().copied().fold(f64::INFINITY, f64::min) / 1e3;
    let last = closed.iter().copied().fold(0.0, f64::max) / 1e3;
    let by = |ms: f64| Peer::Measured("without them".to_owned(), Measure::ms(ms));
    let one = "another client meanwhile";
    Ok(vec![
        Line::new("S3", format!("{count} half-open lines: closed after, the earliest"), Measure::new(first, "s")),
        Line::new("S3", "half of them within", Measure::new(clock::median(&mut closed) / 1e3, "s")),
        Line::new("S3", "all within", Measure::new(last, "s")),
        Line::new("S3", format!("{one}, p50"), Measure::ms(clock::median(&mut beside))).beside(by(clock::median(&mut alone))),
        Line::new("S3", format!("{one}, p99"), Measure::ms(clock::percentile_99(&mut beside)))
            .beside(by(clock::percentile_99(&mut alone))),
        Line::new("S3", format!("{one}, pages"), Measure::count(beside.len() as u64, "pages")),
    ])
}
