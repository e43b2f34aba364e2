//! What must stay on small screens, and that long sentences are not cut.

use super::*;

#[test]
fn the_recording_is_told_at_every_width_that_is_drawn() {
    for columns in [60, 66, 75, 76, 80, 109, 110, 120, 200] {
        let text = text_of(&drawn(&listed("mono", Depth::None, (columns, 24))));
        let heading = text.lines().nth(4).expect("a heading").to_owned();
        assert!(heading.split_whitespace().any(|title| title == "R"), "{columns}: {heading}");
        assert!(text.contains('●') && text.contains('○'), "{columns}\n{text}");
    }
}

#[test]
fn a_long_message_and_a_long_query_error_are_told_in_full() {
    let mut model = listed("dark", Depth::C256, (80, 24));
    let long = "word ".repeat(40) + "the-end-of-it";
    model.desk.fail("read-failed", &[("why", &long)]);
    assert!(text_of(&drawn(&model)).contains("the-end-of-it"));
    let effects = keys(&mut model, "/has:x");
    let detail = "no value \"x\" for \"has:\"; it takes recording, note, tag, case, and quite a few others as the-last-one";
    let problem =
        wire::Problem { status: 400, detail: detail.to_owned(), position: Some(4), length: Some(1), ..wire::Problem::default() };
    answer(&mut model, &effects, Slot::List, Err(ClientError::Problem(problem)));
    let text = text_of(&drawn(&model));
    assert!(text.contains("the-last-one"), "{text}");
}

#[test]
fn too_small_a_screen_says_all_of_it() {
    let text = text_of(&drawn(&listed("mono", Depth::None, (20, 8)))).replace('\n', " ");
    let words: Vec<&str> = text.split_whitespace().collect();
    assert!(words.join(" ").contains("this is 20x8. q leaves. callreel calls works at any size."), "{words:?}");
}

#[test]
fn one_is_one_and_six_are_six() {
    let mut model = listed("dark", Depth::C256, (80, 24));
    for (count, sentence) in [(1, "1 new call  r loads it"), (6, "6 new calls  r loads them")] {
        model.calls.new_calls = count;
        assert!(text_of(&drawn(&model)).contains(sentence), "{sentence}");
    }
}

#[test]
fn a_query_typed_over_a_call_leads_back_to_the_list() {
    let mut model = listed("dark", Depth::C256, (80, 24));
    key(&mut model, "Enter");
    keys(&mut model, "/is:missed");
    assert_eq!((model.pane, model.calls.query.input.text()), (Pane::Calls, "is:missed"));
}
