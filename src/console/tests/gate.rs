//! The sign-in box over the kept screen, the lock, and other places.

use super::{
    line::{breaks, far, kept, note},
    *,
};
use crate::console::places::Place;

fn ends(model: &mut Model) {
    model.desk.read(Slot::Customer, 0, Read::Number("+48".to_owned()));
    let asked = model.desk.take_effects();
    let problem = wire::Problem { status: 401, detail: "sign in".to_owned(), ..wire::Problem::default() };
    answer(model, &asked, Slot::Customer, Err(ClientError::Problem(problem)));
}

fn asked(effects: &[Effect]) -> (u64, String, String) {
    let found = effects.iter().find_map(|effect| match effect {
        Effect::SignIn { generation, user, password } => Some((*generation, user.clone(), password.reveal().to_owned())),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("no sign-in: {effects:?}"))
}

fn lets_in(model: &mut Model, generation: u64, name: &str) -> Vec<Effect> {
    let who = wire::WhoAmI { name: name.to_owned(), ..model.desk.who.clone().expect("somebody") };
    let outcome = Box::new(Connected::Up { who, zone: model.desk.zone.clone(), over_a_line: true });
    update::update(model, Msg::Connected { generation, outcome })
}

#[test]
fn an_expired_session_asks_over_the_kept_screen_and_goes_on() {
    let mut model = far("dark", Depth::C256, (80, 24));
    ends(&mut model);
    let screen = text_of(&drawn(&model));
    assert!(screen.contains("Your sign-in has ended") && screen.contains("! signed out"), "{screen}");
    assert!(
        !screen.contains("1□Today") && !screen.contains("Kovács"),
        "nobody looks on at what they may not see any more: {screen}"
    );
    key(&mut model, "Esc");
    assert!(!text_of(&drawn(&model)).contains("Kovács"));
    keys(&mut model, "secret");
    let screen = text_of(&drawn(&model));
    assert!(screen.contains("******") && !screen.contains("secret"), "{screen}");
    assert!(!format!("{model:?}").contains("secret"), "nor does anything print it");
    let effects = key(&mut model, "Enter");
    assert!(!format!("{effects:?}").contains("secret"));
    let (generation, user, password) = asked(&effects);
    assert_eq!((user.as_str(), password.as_str()), ("anna", "secret"));
    let why = "name or password is wrong".to_owned();
    update::update(&mut model, Msg::Connected { generation, outcome: Box::new(Connected::NotSignedIn(why)) });
    assert!(text_of(&drawn(&model)).contains("name or password is wrong"));
    keys(&mut model, "better");
    let (generation, ..) = asked(&key(&mut model, "Enter"));
    let effects = lets_in(&mut model, generation, "anna");
    assert!(model.gate.is_none());
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Read { slot: Slot::Customer, .. })), "{effects:?}");
    assert_eq!(model.calls.list.cursor(), 2);
}

#[test]
fn what_was_typed_when_the_sign_in_ended_is_there_again() {
    let mut model = far("dark", Depth::C256, (80, 24));
    keys(&mut model, "en");
    keys(&mut model, "half a thought");
    ends(&mut model);
    assert!(!text_of(&drawn(&model)).contains("half a thought"));
    key(&mut model, "Esc");
    keys(&mut model, "secret");
    let (generation, ..) = asked(&key(&mut model, "Enter"));
    lets_in(&mut model, generation, "anna");
    assert!(text_of(&drawn(&model)).contains("half a thought"));
}

#[test]
fn what_the_server_says_of_the_end_is_told() {
    let mut model = far("dark", Depth::C256, (80, 24));
    model.desk.read(Slot::Customer, 0, Read::Number("+48".to_owned()));
    let asked = model.desk.take_effects();
    let problem = wire::Problem { status: 401, detail: "the account is locked".to_owned(), ..wire::Problem::default() };
    answer(&mut model, &asked, Slot::Customer, Err(ClientError::Problem(problem)));
    let screen = text_of(&drawn(&model));
    let words = screen.replace('│', " ").split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("The server says: the account is locked"), "{screen}");
}

#[test]
fn somebody_else_finds_nothing_of_the_one_before() {
    let mut model = far("dark", Depth::C256, (80, 24));
    ends(&mut model);
    keys(&mut model, "secret");
    let (generation, ..) = asked(&key(&mut model, "Enter"));
    lets_in(&mut model, generation, "ben");
    assert!(!text_of(&drawn(&model)).contains("Kovács"));
    assert_eq!(model.desk.undo.done().len(), 0);
}

#[test]
fn the_lock_hides_everything_and_asks() {
    let mut model = far("dark", Depth::C256, (120, 40));
    key(&mut model, "e");
    key(&mut model, "n");
    keys(&mut model, "half a thought");
    crate::console::gate::lock(&mut model);
    let screen = text_of(&drawn(&model));
    assert!(screen.contains("Locked since") && screen.contains("■ locked"), "{screen}");
    for data in ["Kovács", "half a thought", "+48", "refund"] {
        assert!(!screen.contains(data), "{data}: {screen}");
    }
    // A connection that comes back by itself opens nothing.
    let name = "anna";
    let generation = model.desk.supersede(Slot::Connect);
    lets_in(&mut model, generation, name);
    assert!(model.gate.is_some());
    key(&mut model, "Esc");
    keys(&mut model, "secret");
    let (generation, ..) = asked(&key(&mut model, "Enter"));
    lets_in(&mut model, generation, name);
    assert!(text_of(&drawn(&model)).contains("half a thought"));
}

#[test]
fn here_the_lock_protects_from_glances_and_says_so() {
    let mut model = listed("dark", Depth::C256, (80, 24));
    keys(&mut model, ":lock");
    key(&mut model, "Enter");
    let screen = text_of(&drawn(&model));
    assert!(screen.contains("protects from") && !screen.contains("Kovács"), "{screen}");
    keys(&mut model, "jjF");
    assert!(model.gate.is_some());
    key(&mut model, "Enter");
    assert!(text_of(&drawn(&model)).contains("Kovács"));
}

#[test]
fn fifteen_minutes_without_a_key_lock_and_one_timer_is_enough() {
    let mut model = far("dark", Depth::C256, (80, 24));
    model.desk.setup.lock_after = Some(jiff::SignedDuration::from_mins(15));
    let wait = |effects: &[Effect]| {
        effects.iter().find_map(|effect| match effect {
            Effect::Wait { slot: Slot::Idle, generation, after_ms } => Some((*generation, *after_ms)),
            _ => None,
        })
    };
    let (generation, after_ms) = wait(&key(&mut model, "j")).expect("a timer");
    assert_eq!(after_ms, 900_000);
    model.desk.now += jiff::SignedDuration::from_mins(10);
    assert_eq!(wait(&key(&mut model, "j")), None, "one timer, however many keys");
    model.desk.now += jiff::SignedDuration::from_mins(5);
    let effects = update::update(&mut model, Msg::Due { slot: Slot::Idle, generation });
    let (generation, after_ms) = wait(&effects).expect("the rest");
    assert!(after_ms == 600_000 && model.gate.is_none() && !model.dirty);
    model.desk.now += jiff::SignedDuration::from_mins(10);
    update::update(&mut model, Msg::Due { slot: Slot::Idle, generation });
    assert!(model.gate.is_some() && model.dirty);
}

#[test]
fn another_place_begins_afresh_and_what_waits_stays_with_its_own() {
    let mut model = far("dark", Depth::C256, (80, 24));
    let place = |profile: &str, name: &str| Place { profile: profile.to_owned(), name: name.to_owned(), key: name.to_owned() };
    model.desk.setup.places = vec![place("office", "https://office.example.org"), place("archive", "2025.db")];
    breaks(&mut model);
    note(&mut model, "for the office");
    keys(&mut model, ":profile");
    key(&mut model, "Enter");
    let screen = text_of(&drawn(&model));
    assert!(screen.contains("● office") && screen.contains("2025.db"), "{screen}");
    key(&mut model, "j");
    let effects = key(&mut model, "Enter");
    assert!(effects.contains(&Effect::Go(1)) && kept(&effects).is_none(), "{effects:?}");
    let screen = text_of(&drawn(&model));
    assert!(screen.contains("2025.db") && !screen.contains("Kovács") && !screen.contains("unsent"), "{screen}");
    keys(&mut model, ":profile nowhere");
    key(&mut model, "Enter");
    assert!(text_of(&drawn(&model)).contains("No profile \"nowhere\""));
}

#[test]
fn what_the_line_failed_plays_on_where_it_was() {
    let mut model = far("dark", Depth::C256, (80, 24));
    let effects = key(&mut model, "p");
    let generation = effects.iter().find_map(|effect| match effect {
        Effect::LoadSound { generation, .. } => Some(*generation),
        _ => None,
    });
    let generation = generation.expect("it is loaded");
    use crate::playback::Event;
    update::update(&mut model, Msg::Sound(Event::Playing { generation }));
    update::update(&mut model, Msg::Sound(Event::Position { generation, seconds: 42.0 }));
    breaks(&mut model);
    update::update(&mut model, Msg::Sound(Event::Failed { generation, why: "the line is broken".to_owned() }));
    let effects = key(&mut model, "r");
    let effects = super::line::connects(&mut model, &effects);
    let at = effects.iter().find_map(|effect| match effect {
        Effect::LoadSound { at, .. } => Some(*at),
        _ => None,
    });
    assert_eq!(at, Some(42.0), "{effects:?}");
}

#[test]
fn pictures_of_the_line_the_gate_and_what_waits() {
    for (name, theme, depth) in [("dark", "dark", Depth::C256), ("mono", "mono", Depth::None), ("ascii", "mono", Depth::None)] {
        for (columns, rows) in [(80, 24), (120, 40)] {
            let begin = || {
                let mut model = far(theme, depth, (columns, rows));
                if name == "ascii" {
                    model.desk.setup.glyphs = crate::console::glyphs::Glyphs::Ascii;
                }
                model
            };
            let title = |screen: &str| format!("{screen}_{name}_{columns}x{rows}");
            let mut model = begin();
            breaks(&mut model);
            snapshot(&title("lost-line"), &model);
            note(&mut model, "call back about the refund form");
            key(&mut model, "F");
            snapshot(&title("lost-line-unsent"), &model);
            keys(&mut model, ":pending");
            key(&mut model, "Enter");
            snapshot(&title("pending"), &model);
            let mut model = begin();
            ends(&mut model);
            keys(&mut model, "secret");
            snapshot(&title("sign-in"), &model);
            let mut model = begin();
            crate::console::gate::lock(&mut model);
            snapshot(&title("locked"), &model);
            let mut model = listed(theme, depth, (columns, rows));
            model.desk.setup.glyphs = begin().desk.setup.glyphs;
            crate::console::gate::lock(&mut model);
            snapshot(&title("locked-here"), &model);
        }
    }
}
