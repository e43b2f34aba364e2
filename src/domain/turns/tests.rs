use proptest::prelude::*;

use super::*;

fn side(talk: &[Span]) -> Detected {
    Detected { talk: talk.to_vec(), level_db: Some(-20.0), noisy: false }
}

fn two(length: f64, ours: &[Span], theirs: &[Span], hold: &[Span]) -> Speech {
    Speech::of("r".to_owned(), length, vec![side(ours), side(theirs)], hold.to_vec(), Vec::new())
}

fn at(speech: &Speech) -> Vec<(f64, u8)> {
    speech.turns.iter().map(|turn| (turn.at_s, turn.side)).collect()
}

#[test]
fn sums_and_shares() {
    let speech = two(20.0, &[[1.0, 3.0], [10.0, 12.0]], &[[4.0, 9.0]], &[]);
    assert_eq!((speech.sides[0].talk_s, speech.sides[0].share), (4.0, 0.2));
    assert_eq!((speech.sides[1].talk_s, speech.sides[1].share), (5.0, 0.25));
    assert_eq!(speech.silence, [[12.0, 20.0]]);
    assert_eq!((speech.silence_s, speech.longest_silence), (8.0, Some([12.0, 20.0])));
    assert_eq!(at(&speech), [(1.0, 0), (4.0, 1), (10.0, 0)]);
}

#[test]
fn silence_begins_at_a_second_and_a_half() {
    assert_eq!(two(4.5, &[[0.0, 1.0]], &[[2.5, 3.1]], &[]).silence, [[1.0, 2.5]]);
    assert!(two(4.5, &[[0.0, 1.01]], &[[2.5, 3.1]], &[]).silence.is_empty());
    assert_eq!(two(3.0, &[], &[], &[]).silence, [[0.0, 3.0]]);
    assert!(two(0.0, &[], &[], &[]).silence.is_empty());
}

#[test]
fn overlap_begins_at_a_quarter_of_a_second() {
    let speech = two(10.0, &[[0.0, 2.0], [5.0, 6.0]], &[[1.75, 4.0], [5.9, 8.0]], &[]);
    assert_eq!((speech.overlap, speech.overlap_s), (vec![[1.75, 2.0]], 0.25));
}

#[test]
fn who_only_says_mhm_does_not_take_the_turn() {
    let speech = two(30.0, &[[0.0, 5.0], [5.5, 9.0]], &[[5.1, 5.4], [7.0, 7.8], [12.0, 14.0]], &[]);
    assert_eq!(at(&speech), [(0.0, 0), (12.0, 1)]);
    assert_eq!(speech.sides[0].longest_monologue, Some([0.0, 9.0]));
    assert_eq!(speech.sides[1].longest_monologue, Some([12.0, 14.0]));
}

#[test]
fn a_turn_begins_with_the_word_that_was_said_into_the_other() {
    let speech = two(10.0, &[[0.0, 3.0], [8.0, 9.0]], &[[2.5, 6.0]], &[]);
    assert_eq!(at(&speech), [(0.0, 0), (2.5, 1), (8.0, 0)]);
}

#[test]
fn a_long_pause_ends_a_monologue_and_a_short_one_does_not() {
    let speech = two(20.0, &[[0.0, 2.0], [3.0, 5.0], [7.0, 8.0]], &[[9.0, 10.0]], &[]);
    assert_eq!(speech.sides[0].longest_monologue, Some([0.0, 5.0]));
}

#[test]
fn on_hold_nobody_speaks_and_nothing_is_silent() {
    let speech = two(30.0, &[[0.0, 4.0], [8.0, 21.0]], &[[5.0, 6.0], [24.0, 25.0]], &[[7.0, 20.0]]);
    assert_eq!(speech.hold, [[7.0, 20.0]]);
    assert_eq!(speech.sides[0].talk, [[0.0, 4.0], [20.0, 21.0]]);
    assert_eq!(speech.silence, [[21.0, 24.0], [25.0, 30.0]]);
    let late = two(30.0, &[[0.0, 4.0]], &[], &[[-3.0, 1.0], [28.0, 99.0]]);
    assert_eq!((late.hold, late.sides[0].talk.clone()), (vec![[0.0, 1.0], [28.0, 30.0]], vec![[1.0, 4.0]]));
}

#[test]
fn one_channel_has_talk_and_silence_only() {
    let speech = Speech::of("r".to_owned(), 10.0, vec![side(&[[0.0, 4.0]])], vec![], vec![[8.0, 9.0]]);
    assert_eq!((speech.sides.len(), speech.sides[0].talk_s, speech.silence), (1, 4.0, vec![[4.0, 8.0]]));
    assert_eq!((speech.turns, speech.overlap, speech.sides[0].longest_monologue), (vec![], vec![], None));
    assert_eq!(speech.paused, [[8.0, 9.0]]);
}

fn spans() -> impl Strategy<Value = Vec<Span>> {
    prop::collection::vec((0_u32..60_000, 1_u32..5_000), 0..12).prop_map(|spans| {
        joined(spans.into_iter().map(|(from, long)| [f64::from(from) / 1000.0, f64::from(from + long) / 1000.0]).collect())
    })
}

fn holds(spans: &[Span], at: f64) -> bool {
    spans.iter().any(|[from, until]| (*from..*until).contains(&at))
}

proptest! {
    #[test]
    fn spans_behave_as_sets(left in spans(), right in spans()) {
        let (both, rest) = (common(&left, &right), without(&left, &right));
        for millisecond in (0..66_000).step_by(37) {
            let at = f64::from(millisecond) / 1000.0 + 0.000_5;
            prop_assert_eq!(holds(&both, at), holds(&left, at) && holds(&right, at));
            prop_assert_eq!(holds(&rest, at), holds(&left, at) && !holds(&right, at));
        }
        prop_assert!((total(&both) + total(&rest) - total(&left)).abs() < 1e-6);
    }

    #[test]
    fn what_is_concluded_is_consistent(ours in spans(), theirs in spans(), hold in spans()) {
        let speech = two(60.0, &ours, &theirs, &hold);
        let in_order = |spans: &[Span]| {
            spans.iter().all(|[from, until]| *from >= 0.0 && from < until && *until <= 60.0)
                && spans.windows(2).all(|pair| pair[0][1] <= pair[1][0])
        };
        for spans in [&speech.overlap, &speech.silence, &speech.hold, &speech.sides[0].talk, &speech.sides[1].talk] {
            prop_assert!(in_order(spans), "{:?}", spans);
        }
        prop_assert!(speech.turns.windows(2).all(|pair| pair[0].side != pair[1].side && pair[0].at_s <= pair[1].at_s));
        prop_assert!(speech.overlap_s <= speech.sides[0].talk_s.min(speech.sides[1].talk_s) + 0.01);
        for side in &speech.sides {
            prop_assert!(common(&side.talk, &speech.hold).is_empty());
            prop_assert!(common(&side.talk, &speech.silence).is_empty());
            prop_assert_eq!(side.longest_monologue.is_some(), !side.talk.is_empty());
        }
    }
}
