//! Performs effects and answers with messages. Reads live in slots: a newer one aborts the older. Writes are performed
//! one after the other and never aborted.

use std::{collections::HashMap, path::PathBuf, sync::Arc, time::Duration};

use tokio::{sync::mpsc, task::JoinHandle};
use tokio_util::sync::CancellationToken;
use zeroize::Zeroizing;

use super::{
    Door, Opened, Ways,
    effect::{Answer, Begin, Effect, Outputs, Read, Slot, SoundCommand},
    gate::Secret,
    memory::Memory,
    message::{Connected, Msg},
    reads::{self, Reply},
    shelf,
    tasks::{self, Report, Task, TaskEnd, TaskEvent},
    writer::{self, Writer},
};
use crate::{
    client::{Client, ClientError},
    listening::{self, Cache},
    playback::{self, Command, Event, Player, PlayerOptions},
    sound,
    wire::access::Credentials,
};

/// Where the console keeps its memory, and how it opens things.
pub(super) struct Runner {
    messages: mpsc::Sender<Msg>,
    doors: Vec<Door>,
    /// The door that is open.
    at: usize,
    /// Of a sign-in in this session; it is nowhere else.
    token: Arc<std::sync::Mutex<Option<Zeroizing<String>>>>,
    ways: Ways,
    memory_file: Option<PathBuf>,
    unsent_file: Option<PathBuf>,
    client: Arc<std::sync::Mutex<Option<Client>>>,
    slots: HashMap<Slot, JoinHandle<()>>,
    writer: Writer,
    player: Arc<std::sync::Mutex<Option<Player>>>,
    player_options: PlayerOptions,
    /// Where sounds that came over a line are kept.
    cache: Option<Cache>,
    /// Ends of the work that runs.
    tasks: HashMap<u64, CancellationToken>,
    /// Bytes are dear: progress is told less often.
    remote: bool,
}

impl Runner {
    pub(super) fn new(
        messages: mpsc::Sender<Msg>,
        doors: Vec<Door>,
        ways: Ways,
        (memory_file, unsent_file): (Option<PathBuf>, Option<PathBuf>),
        player_options: PlayerOptions,
        cache: Option<Cache>,
        remote: bool,
    ) -> Self {
        let client = Arc::new(std::sync::Mutex::new(None));
        let writer = Writer::start(Arc::clone(&client), messages.clone());
        Self {
            messages,
            doors,
            at: 0,
            token: Arc::default(),
            ways,
            memory_file,
            unsent_file,
            client,
            slots: HashMap::new(),
            writer,
            player: Arc::new(std::sync::Mutex::new(None)),
            player_options,
            cache,
            tasks: HashMap::new(),
            remote,
        }
    }

    /// Performs what concerns neither the terminal nor the end of the program.
    pub(super) fn run(&mut self, effect: Effect) {
        match effect {
            Effect::Remember => self.remember(),
            Effect::Connect { generation } => {
                if let Some(door) = self.doors.get(self.at) {
                    let token = lock(&self.token).clone();
                    let opening = (door.opener)(token.as_ref().map(|token| token.as_str()));
                    self.open(generation, opening);
                }
            }
            Effect::Go(at) => {
                self.at = at;
                *lock(&self.token) = None;
                *lock(&self.client) = None;
            }
            Effect::SignIn { generation, user, password } => self.sign_in(generation, user, &password),
            Effect::Begin { generation, begin } => {
                let opening = match begin {
                    Begin::Demo => self.ways.demo.as_ref().map(|demo| demo()),
                    Begin::Import(path) => self.ways.import.as_ref().map(|import| import(path)),
                    Begin::Server(address) => self.ways.server.as_ref().map(|server| server(address)),
                };
                if let Some(opening) = opening {
                    self.open(generation, opening);
                }
            }
            Effect::Read { slot, generation, after_ms, read } => self.read(slot, generation, after_ms, read),
            Effect::Listen { generation, after } => {
                let (messages, client) = (self.messages.clone(), lock(&self.client).clone());
                self.replace(Slot::News, reads::listen(client, generation, after, messages));
            }
            Effect::Wait { slot, generation, after_ms } => {
                let messages = self.messages.clone();
                self.replace(slot, async move {
                    tokio::time::sleep(Duration::from_millis(after_ms)).await;
                    let _ = messages.send(Msg::Due { slot, generation }).await;
                });
            }
            Effect::Write { number, write, key, again } => self.writer.add(writer::Order { number, write, key, again }),
            Effect::Abort(slot) => {
                if let Some(work) = self.slots.remove(&slot) {
                    work.abort();
                }
            }
            Effect::Keep(keeping) => {
                if let Err(why) = shelf::save(self.unsent_file.as_deref(), &keeping) {
                    let messages = self.messages.clone();
                    tokio::spawn(async move { messages.send(Msg::Trouble(why)).await });
                }
            }
            Effect::AskKept { place, person } => self.ask_kept(place, person),
            Effect::Task { number, task } => self.work(number, *task),
            Effect::EndTask(number) => {
                if let Some(cancel) = self.tasks.get(&number) {
                    cancel.cancel();
                }
            }
            Effect::LoadSound { generation, recording, name, at, volume } => self.load(generation, recording, name, at, volume),
            Effect::LoadNext { generation, recording, name } => self.load_next(generation, recording, name),
            Effect::Sound(command) => self.sound(command),
            Effect::Save(memory) => self.save(&memory),
            Effect::Copy(_) | Effect::Mouse(_) | Effect::Suspend | Effect::Redraw | Effect::Retake | Effect::Leave { .. } => {}
        }
    }

    /// Starts work that takes a while; it reports until its end, however it ends.
    fn work(&mut self, number: u64, task: Task) {
        self.tasks.retain(|_, cancel| !cancel.is_cancelled());
        let cancel = CancellationToken::new();
        self.tasks.insert(number, cancel.clone());
        let (client, messages, remote) = (lock(&self.client).clone(), self.messages.clone(), self.remote);
        tokio::spawn(async move {
            let report = || Report::new(messages.clone(), number, remote);
            let failed = |why: &str| TaskEvent::Ended(TaskEnd::Failed(why.to_owned()));
            match client {
                None => report().tell(failed("not connected")).await,
                Some(client) => {
                    let work = tokio::spawn(tasks::run(client, task, cancel, report()));
                    if work.await.is_err() {
                        report().tell(failed("it stopped by a fault of callreel; the log has more")).await;
                    }
                }
            }
        });
    }

    fn replace(&mut self, slot: Slot, work: impl Future<Output = ()> + Send + 'static) {
        let messages = self.messages.clone();
        let work = tokio::spawn(work);
        let abort = work.abort_handle();
        // A panic of a task becomes a message; the screen goes on.
        let watched = tokio::spawn(async move {
            if let Err(error) = work.await
                && error.is_panic()
            {
                let _ = messages.send(Msg::Trouble(format!("a background task failed ({slot:?}); the log has more"))).await;
            }
        });
        if let Some(before) = self.slots.insert(slot, guard(abort, watched)) {
            before.abort();
        }
    }

    fn open(&mut self, generation: u64, opening: super::Opening) {
        let (messages, client, writer) = (self.messages.clone(), Arc::clone(&self.client), self.writer.clone());
        self.replace(Slot::Connect, async move {
            let outcome = entered(opening, &client, &writer).await;
            let _ = messages.send(Msg::Connected { generation, outcome: Box::new(outcome) }).await;
        });
    }

    /// Begins a session; its token is kept in memory, and in the profile's file where it has one.
    fn sign_in(&mut self, generation: u64, user: String, password: &Secret) {
        let Some(door) = self.doors.get(self.at).cloned() else { return };
        let (messages, token) = (self.messages.clone(), Arc::clone(&self.token));
        let (client, writer) = (Arc::clone(&self.client), self.writer.clone());
        let credentials = Credentials { user, password: password.reveal().to_owned() };
        self.replace(Slot::Connect, async move {
            let outcome = match reads::signed_in(&door.opener, credentials).await {
                Err(outcome) => outcome,
                Ok(session) => {
                    if let Some(keep) = door.keep_token {
                        let fresh = session.clone();
                        let kept = tokio::task::spawn_blocking(move || keep(fresh.as_str())).await;
                        if let Ok(Err(why)) = kept {
                            let _ = messages.send(Msg::Trouble(why)).await;
                        }
                    }
                    let opening = (door.opener)(Some(session.as_str()));
                    *lock(&token) = Some(session);
                    // The one before is of no use any more; a token or a login of the machine has none that could end.
                    if let Some(before) = lock(&client).clone() {
                        tokio::spawn(async move { drop(before.end_session("current").await) });
                    }
                    entered(opening, &client, &writer).await
                }
            };
            let _ = messages.send(Msg::Connected { generation, outcome: Box::new(outcome) }).await;
        });
    }

    /// Somebody pressed a key.
    pub(super) fn attended(&self) {
        if let Some(client) = lock(&self.client).as_ref() {
            client.attend();
        }
    }

    fn read(&mut self, slot: Slot, generation: u64, after_ms: u64, read: Read) {
        if read == Read::Outputs {
            return self.outputs(slot, generation);
        }
        let (messages, client) = (self.messages.clone(), lock(&self.client).clone());
        self.replace(slot, async move {
            if after_ms > 0 {
                tokio::time::sleep(Duration::from_millis(after_ms)).await;
            }
            let reply = Reply { messages, slot, generation };
            match client {
                Some(client) => reads::patiently(&client, read, &reply).await,
                None => reply.send(Err(ClientError::Answer("not connected".to_owned()))).await,
            }
        });
    }

    fn load(&mut self, generation: u64, recording: String, name: String, at: f64, volume: f32) {
        let (messages, client) = (self.messages.clone(), lock(&self.client).clone());
        let (player, options) = (Arc::clone(&self.player), self.player_options.clone());
        let cache = self.cache.clone();
        self.replace(Slot::Sound, async move {
            let decoder = match client {
                None => Err("not connected".to_owned()),
                Some(client) => fetched(&client, &recording, &name, cache.as_ref()).await,
            };
            match decoder {
                Ok(decoder) => {
                    let told = messages.clone();
                    let mut player = lock(&player);
                    let player = player.get_or_insert_with(|| Player::start(options, teller(told)));
                    player.send(Command::Volume(volume));
                    player.send(Command::Load { generation, decoder, at });
                }
                Err(why) => {
                    let _ = messages.send(Msg::SoundFailed { generation, why }).await;
                }
            }
        });
    }

    /// Fetches what follows; it waits in the player until what plays has ended.
    fn load_next(&mut self, generation: u64, recording: String, name: String) {
        let (messages, client) = (self.messages.clone(), lock(&self.client).clone());
        let (player, cache) = (Arc::clone(&self.player), self.cache.clone());
        self.replace(Slot::NextSound, async move {
            let decoder = match client {
                None => Err("not connected".to_owned()),
                Some(client) => fetched(&client, &recording, &name, cache.as_ref()).await,
            };
            match decoder {
                Ok(decoder) => {
                    if let Some(player) = lock(&player).as_ref() {
                        player.send(Command::Next { generation, decoder, at: 0.0 });
                    }
                }
                Err(why) => {
                    let _ = messages.send(Msg::SoundFailed { generation, why }).await;
                }
            }
        });
    }

    /// Tells the player, which begins to run if it does not yet: no output is looked for until a sound is loaded.
    fn sound(&self, command: SoundCommand) {
        let (told, options) = (self.messages.clone(), self.player_options.clone());
        let mut player = lock(&self.player);
        let player = player.get_or_insert_with(|| Player::start(options, teller(told)));
        commands(command).into_iter().for_each(|command| player.send(command));
    }

    /// Tries everything that sound could come out of, off this thread: a device may hang.
    fn outputs(&mut self, slot: Slot, generation: u64) {
        let (messages, options) = (self.messages.clone(), self.player_options.clone());
        self.replace(slot, async move {
            let tried = tokio::task::spawn_blocking(move || Outputs {
                found: playback::check(&options.environment, options.output.as_deref()),
                ways: playback::ways(&options.environment),
            });
            let answer = match tried.await {
                Ok(outputs) => Ok(Answer::Outputs(Box::new(outputs))),
                Err(error) => Err(ClientError::Answer(error.to_string())),
            };
            Reply { messages, slot, generation }.send(answer).await;
        });
    }

    fn ask_kept(&self, place: String, person: String) {
        let (messages, file) = (self.messages.clone(), self.unsent_file.clone());
        tokio::spawn(async move {
            let found = tokio::task::spawn_blocking(move || shelf::load(file.as_deref(), &place, &person)).await;
            let _ = messages.send(Msg::Kept(found.unwrap_or_default())).await;
        });
    }

    fn remember(&self) {
        let (messages, file) = (self.messages.clone(), self.memory_file.clone());
        tokio::spawn(async move {
            let text = match file {
                Some(file) => tokio::fs::read_to_string(file).await.ok(),
                None => None,
            };
            let memory: Memory = text.and_then(|text| toml::from_str(&text).ok()).unwrap_or_default();
            let _ = messages.send(Msg::Remembered(Box::new(memory))).await;
        });
    }

    /// Small and rare, and the program may be about to end: written at once.
    fn save(&self, memory: &Memory) {
        let Some(file) = &self.memory_file else { return };
        let saved = toml::to_string(memory).map_err(std::io::Error::other).and_then(|text| {
            if let Some(folder) = file.parent() {
                std::fs::create_dir_all(folder)?;
            }
            let fresh = file.with_extension("new");
            std::fs::write(&fresh, text)?;
            std::fs::rename(fresh, file)
        });
        if let Err(error) = saved {
            tracing::warn!("cannot remember the console's state in {}: {error}", file.display());
        }
    }
}

/// Waits for what is opened; what answers is what everything is asked from now on.
async fn entered(opening: super::Opening, client: &std::sync::Mutex<Option<Client>>, writer: &Writer) -> Connected {
    match opening.await {
        Err(why) => Connected::Failed(why),
        Ok(Opened::NothingYet) => Connected::NothingYet,
        Ok(Opened::Client(opened)) => {
            let outcome = reads::introduced(&opened).await;
            if matches!(outcome, Connected::Up { .. }) {
                opened.attend();
                *lock(client) = Some(opened);
                writer.goes_on();
            }
            outcome
        }
    }
}

/// A sound whose beginning is there, ready to be decoded while the rest comes; an error is a sentence.
async fn fetched(client: &Client, recording: &str, name: &str, cache: Option<&Cache>) -> Result<Box<dyn sound::Decoder>, String> {
    listening::open(client, recording, name, cache).await.map_err(|error| error.to_string())
}

/// In the player's words.
fn commands(command: SoundCommand) -> Vec<Command> {
    vec![match command {
        SoundCommand::Play => Command::Play,
        SoundCommand::Pause => Command::Pause,
        SoundCommand::Seek(seconds) => Command::Seek(seconds),
        SoundCommand::Volume(volume) => Command::Volume(volume),
        SoundCommand::Speed(speed) => Command::Speed(speed),
        SoundCommand::Side(side) => Command::Side(side),
        SoundCommand::Swap(swap) => Command::Swap(swap),
        SoundCommand::Balance(balance) => Command::Balance(balance),
        SoundCommand::Normalise(normalise) => Command::Normalise(normalise),
        SoundCommand::SkipSilence(rule) => Command::SkipSilence(rule),
        SoundCommand::Loop(stretch) => Command::Loop(stretch),
        SoundCommand::NoNext => Command::NoNext,
        SoundCommand::Output(output) => Command::Output(output),
        SoundCommand::Stop => Command::Stop,
        SoundCommand::Tune { volume, hearing } => {
            return vec![
                Command::Volume(volume),
                Command::Speed(hearing.speed),
                Command::Side(hearing.side),
                Command::Swap(hearing.swap),
                Command::Balance(hearing.balance),
                Command::Normalise(hearing.normalise),
                Command::SkipSilence(hearing.skips()),
                Command::Loop(None),
                Command::NoNext,
            ];
        }
    }]
}

/// Tells the screen what the player says. The player must never wait for it: a full channel loses a tick, but nothing that
/// was heard.
fn teller(messages: mpsc::Sender<Msg>) -> impl Fn(Event) + Send + 'static {
    let runtime = tokio::runtime::Handle::current();
    move |event| {
        let tick = matches!(event, Event::Position { .. });
        if let Err(mpsc::error::TrySendError::Full(msg)) = messages.try_send(Msg::Sound(event))
            && !tick
        {
            let messages = messages.clone();
            runtime.spawn(async move {
                let _ = messages.send(msg).await;
            });
        }
    }
}

pub(super) fn lock<T>(mutex: &std::sync::Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// One handle whose abort ends the work, not only the watching of it.
fn guard(work: tokio::task::AbortHandle, watched: JoinHandle<()>) -> JoinHandle<()> {
    struct Ends(tokio::task::AbortHandle);
    impl Drop for Ends {
        fn drop(&mut self) {
            self.0.abort();
        }
    }
    let ends = Ends(work);
    tokio::spawn(async move {
        let _ends = ends;
        let _ = watched.await;
    })
}
