//! Clips of a call, links to recordings and clips, and the list of links.

use super::{users::sent, *};
use crate::{
    console::{access::AccessWrite, effect::SoundCommand},
    playback::Event,
    wire::access::{ShareItem, SharedThing},
};

fn clip(number: usize) -> wire::Clip {
    wire::Clip {
        id: "01JK".to_owned(),
        call: call(number).id,
        recording: recording(number).id,
        from_s: 10.0,
        until_s: 25.0,
        title: Some("greeting".to_owned()),
        format: "wav/pcm".to_owned(),
        channels: 2,
        bytes: 480_044,
        sha256: "9f2c11ab77e0".repeat(5),
        who: "anna".to_owned(),
        created: at("2026-11-07T13:40:00Z"),
    }
}

/// A call opened, its one clip read and chosen.
fn chosen(size: (u16, u16)) -> Model {
    let mut model = listed("dark", Depth::C256, size);
    let effects = key(&mut model, "Enter");
    answer(&mut model, &effects, Slot::Clips, Ok(Answer::Clips { call: call(2).id, clips: vec![clip(2)] }));
    key(&mut model, "Tab");
    key(&mut model, "Tab");
    model
}

#[test]
fn a_clip_stands_below_the_notes_and_enter_plays_it_again_and_again() {
    let mut model = chosen((120, 40));
    let screen = text_of(&drawn(&model));
    assert!(screen.contains("Clips") && screen.contains("greeting · anna"), "{screen}");
    let effects = key(&mut model, "Enter");
    let loads = |effect: &Effect| matches!(effect, Effect::LoadSound { at, .. } if (*at - 10.0).abs() < 0.01);
    assert!(effects.iter().any(loads), "{effects:?}");
    assert_eq!(model.desk.deck.stretch(), Some((10.0, 25.0)));
    let generation = model.desk.deck.generation;
    let effects = update::update(&mut model, Msg::Sound(Event::Playing { generation }));
    assert!(effects.contains(&Effect::Sound(SoundCommand::Loop(Some((10.0, 25.0))))), "told once it plays: {effects:?}");
    let effects = key(&mut model, "Enter");
    assert!(effects.contains(&Effect::Sound(SoundCommand::Seek(10.0))), "{effects:?}");
}

#[test]
fn a_clip_is_removed_after_asking_and_made_again_by_undo() {
    let mut model = chosen((80, 24));
    key(&mut model, "D");
    assert!(text_of(&drawn(&model)).contains("Remove the clip"));
    let effects = key(&mut model, "y");
    let Some(Effect::Write { number, write, .. }) = effects.first() else { panic!("{effects:?}") };
    assert_eq!(*write, Write::RemoveClip { clip: clip(2) });
    let written = Msg::Written { number: *number, write: Box::new(write.clone()), result: Ok(Written::Done) };
    let effects = update::update(&mut model, written);
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Read { slot: Slot::Clips, .. })), "{effects:?}");
    let effects = key(&mut model, "u");
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Write { write: Write::MakeClip { .. }, .. })), "{effects:?}");
}

#[test]
fn a_chosen_clip_is_shared_alone_and_recordings_otherwise() {
    let mut model = chosen((80, 24));
    keys(&mut model, "xs");
    assert!(text_of(&drawn(&model)).contains("Share: clip 0:10 – 0:25"), "{}", text_of(&drawn(&model)));
    let effects = key(&mut model, "Enter");
    let AccessWrite::MakeShare(draft) = sent(&effects) else { panic!("{effects:?}") };
    assert_eq!(draft.items, [ShareItem { kind: SharedThing::Clip, id: "01JK".to_owned() }]);
    let mut model = listed("dark", Depth::C256, (80, 24));
    keys(&mut model, "xs");
    let effects = key(&mut model, "Enter");
    let AccessWrite::MakeShare(draft) = sent(&effects) else { panic!("{effects:?}") };
    assert_eq!(draft.items, [ShareItem { kind: SharedThing::Recording, id: recording(2).id }]);
}

#[test]
fn links_are_listed_and_revoked() {
    let mut model = listed("dark", Depth::C256, (80, 24));
    let mut effects = keys(&mut model, ":shares");
    effects.extend(key(&mut model, "Enter"));
    answer(&mut model, &effects, Slot::People, Ok(Answer::People(Box::new(users::people()))));
    let screen = text_of(&drawn(&model));
    assert!(screen.contains("[Shares 2]") && screen.contains("1 of 3") && screen.contains("× revoked"), "{screen}");
    assert!(screen.contains("2 left") && screen.contains("with a passphrase"), "{screen}");
    key(&mut model, "D");
    assert!(text_of(&drawn(&model)).contains("The link leads"));
    let effects = key(&mut model, "y");
    let title = "Your call of Saturday".to_owned();
    assert_eq!(sent(&effects), AccessWrite::RevokeShare { id: "h-4fQ2kT9a".to_owned(), title });
    key(&mut model, "j");
    key(&mut model, "D");
    assert!(text_of(&drawn(&model)).contains("revoked already"), "{}", text_of(&drawn(&model)));
}

#[test]
fn pictures_of_shares_and_clips() {
    for (theme, depth) in [("dark", Depth::C256), ("mono", Depth::None)] {
        for size in [(80, 24), (120, 40)] {
            let name = |screen: &str| format!("{screen}_{theme}_{}x{}", size.0, size.1);
            let mut model = listed(theme, depth, size);
            let effects = keys(&mut model, "ge");
            answer(&mut model, &effects, Slot::People, Ok(Answer::People(Box::new(users::people()))));
            model.users.part = crate::console::screens::users::Part::Shares;
            snapshot(&name("users-shares"), &model);
            model.users.part = crate::console::screens::users::Part::Tokens;
            snapshot(&name("users-tokens"), &model);
            model.users.part = crate::console::screens::users::Part::Sessions;
            snapshot(&name("users-sessions"), &model);
            let mut model = listed(theme, depth, size);
            keys(&mut model, "xs");
            snapshot(&name("share"), &model);
        }
    }
}
