//! Calls that the samples lack, as short scripts of events on an exchange with other names than theirs.

use super::*;
use crate::{
    domain::{
        call::{Direction, Outcome, Route},
        length::Tenths,
    },
    pbx::asterisk::{
        group::Groups,
        record::{Cdr, Cel, QueueEvent},
        settings::Settings,
    },
};

const T: i64 = 1_795_000_000_000_000;

/// `seconds kind channel uid linkedid [key=value …]`, one event a line; keys: num name exten app data bridge and those of eventextra.
fn script(text: &str) -> Vec<Record> {
    let mut records = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let at = T + (words[0].parse::<f64>().expect("seconds") * 1e6) as i64;
        if words[1] == "QUEUE" {
            records.push(Record::Queue(QueueEvent {
                at,
                unique_id: words[3].to_owned(),
                queue: words[4].to_owned(),
                agent: "NONE".to_owned(),
                kind: words[2].to_owned(),
                data: Vec::new(),
            }));
            continue;
        }
        let mut cel = Cel {
            at,
            kind: words[1].to_owned(),
            channel: words[2].to_owned(),
            unique_id: words[3].to_owned(),
            linked_id: words[4].to_owned(),
            ..Cel::default()
        };
        for word in &words[5..] {
            let (key, value) = word.split_once('=').expect("key=value");
            let value = value.to_owned();
            match key {
                "num" => cel.number = value,
                "name" => cel.name = value,
                "exten" => cel.exten = value,
                "context" => cel.context = value,
                "app" => cel.app = value,
                "data" => cel.app_data = value,
                "bridge" => cel.extra.push(("bridge_id".to_owned(), value)),
                other => cel.extra.push((other.to_owned(), value)),
            }
        }
        cel.extra.sort();
        records.push(Record::Cel(cel));
    }
    records
}

fn settings() -> Rules {
    let text = "[asterisk]\ncountry_code = \"48\"\nnational_prefix = \"0\"\n";
    Settings::from_toml(text).expect("settings").compile().expect("rules")
}

/// The one call that the script is, the same for every order of its records.
fn call(text: &str) -> FoldedCall {
    let records = script(text);
    let rules = settings();
    let fold_all = |records: &[Record]| {
        let mut groups = Groups::default();
        records.iter().for_each(|record| {
            groups.add(record.clone());
        });
        let mut calls: Vec<_> = groups.take_all().into_iter().filter_map(|records| fold(records, &rules)).collect();
        assert_eq!(calls.len(), 1, "one call");
        calls.remove(0)
    };
    let call = fold_all(&records);
    let mut backwards = records.clone();
    backwards.reverse();
    assert_eq!(fold_all(&backwards), call, "the order of records must not matter");
    let doubled: Vec<_> = records.iter().chain(&records).cloned().collect();
    assert_eq!(fold_all(&doubled), call, "repetition must not matter");
    call
}

fn shown(number: &Option<Number>) -> &str {
    number.as_ref().map_or("–", |number| number.canonical.as_str())
}

const INCOMING: &str = "0 CHAN_START SIP/provider-1 a.1 a.1 num=0601234567 exten=221234567 context=from-outside";

#[test]
fn a_call_that_could_not_be_placed_has_failed() {
    let call = call(
        "0 CHAN_START SIP/601-1 a.1 a.1 num=601 exten=0227777777
         0.1 APP_START SIP/601-1 a.1 a.1 num=221234500 exten=0227777777 app=Dial data=SIP/provider/0227777777,60
         0.2 CHAN_START SIP/provider-2 a.2 a.1 exten=s
         1 HANGUP SIP/provider-2 a.2 a.1 hangupcause=34
         1 CHAN_END SIP/provider-2 a.2 a.1
         1.1 HANGUP SIP/601-1 a.1 a.1 hangupcause=34 dialstatus=CONGESTION
         1.1 CHAN_END SIP/601-1 a.1 a.1
         1.1 LINKEDID_END SIP/601-1 a.1 a.1",
    );
    assert_eq!((call.direction, call.outcome), (Direction::Out, Outcome::Failed));
    assert_eq!((shown(&call.from), shown(&call.to), shown(&call.reached)), ("+48221234500", "+48227777777", "–"));
    assert_eq!(call.extension.as_deref(), Some("601"));
}

#[test]
fn no_free_line_is_a_failed_outgoing_call_even_without_a_second_leg() {
    let call = call(
        "0 CHAN_START SIP/601-1 a.1 a.1 num=601 exten=112
         0.1 APP_START SIP/601-1 a.1 a.1 num=601 exten=112 app=Dial data=SIP/provider/112,60
         0.3 HANGUP SIP/601-1 a.1 a.1 hangupcause=38 dialstatus=CHANUNAVAIL
         0.3 CHAN_END SIP/601-1 a.1 a.1
         0.3 LINKEDID_END SIP/601-1 a.1 a.1",
    );
    assert_eq!((call.direction, call.outcome, shown(&call.to)), (Direction::Out, Outcome::Failed, "112"));
}

#[test]
fn hold_by_the_telephone_is_no_talk() {
    let call = call(&format!(
        "{INCOMING}
         0.1 CHAN_START SIP/601-2 a.2 a.1 num=601 exten=s
         2 ANSWER SIP/601-2 a.2 a.1
         2 BRIDGE_ENTER SIP/601-2 a.2 a.1 bridge=x
         2 BRIDGE_ENTER SIP/provider-1 a.1 a.1 bridge=x
         10 HOLD SIP/601-2 a.2 a.1
         15 UNHOLD SIP/601-2 a.2 a.1
         20 BRIDGE_EXIT SIP/601-2 a.2 a.1 bridge=x
         20 BRIDGE_EXIT SIP/provider-1 a.1 a.1 bridge=x
         20 CHAN_END SIP/601-2 a.2 a.1
         20 CHAN_END SIP/provider-1 a.1 a.1
         20 LINKEDID_END SIP/provider-1 a.1 a.1"
    ));
    assert_eq!((call.outcome, call.route), (Outcome::Answered, Some(Route::Direct)));
    assert_eq!(
        (call.wait, call.talk, call.on_hold, call.duration),
        (Some(Tenths(20)), Some(Tenths(130)), Some(Tenths(50)), Some(Tenths(200)))
    );
    assert_eq!((shown(&call.from), shown(&call.reached)), ("+48601234567", "601"));
}

#[test]
fn a_queue_that_tries_several_members() {
    let call = call(&format!(
        "{INCOMING}
         0.1 ANSWER SIP/provider-1 a.1 a.1
         3 APP_START SIP/provider-1 a.1 a.1 app=Queue data=support,t,,,60
         3 CHAN_START Local/601@agents-1;1 a.2 a.1 exten=601
         3 CHAN_START Local/601@agents-1;2 a.3 a.1 exten=601
         3.1 CHAN_START SIP/601-2 a.4 a.1 num=601 exten=s
         13 HANGUP SIP/601-2 a.4 a.1 hangupcause=19
         13 CHAN_END SIP/601-2 a.4 a.1
         13 CHAN_END Local/601@agents-1;2 a.3 a.1
         13 CHAN_END Local/601@agents-1;1 a.2 a.1
         14 CHAN_START SIP/602-3 a.5 a.1 num=602 exten=s
         16 ANSWER SIP/602-3 a.5 a.1 app=AppQueue
         16 BRIDGE_ENTER SIP/602-3 a.5 a.1 bridge=x
         16 BRIDGE_ENTER SIP/provider-1 a.1 a.1 bridge=x
         26 BRIDGE_EXIT SIP/602-3 a.5 a.1 bridge=x
         26 BRIDGE_EXIT SIP/provider-1 a.1 a.1 bridge=x
         26 CHAN_END SIP/602-3 a.5 a.1
         26 CHAN_END SIP/provider-1 a.1 a.1
         26 LINKEDID_END SIP/provider-1 a.1 a.1"
    ));
    assert_eq!((call.outcome, call.route, call.queue.as_deref()), (Outcome::Answered, Some(Route::Queue), Some("support")));
    assert_eq!((call.extension.as_deref(), call.extensions.join(" ")), (Some("602"), "601 602".to_owned()));
    assert_eq!((call.wait, call.talk, call.leg_count), (Some(Tenths(160)), Some(Tenths(100)), 3));
}

const QUEUED: &str = "0.1 ANSWER SIP/provider-1 a.1 a.1
         3 APP_START SIP/provider-1 a.1 a.1 app=Queue data=support,t,,,20
         3 CHAN_START SIP/601-2 a.4 a.1 num=601 exten=s
         13 HANGUP SIP/601-2 a.4 a.1 hangupcause=19
         13 CHAN_END SIP/601-2 a.4 a.1";

#[test]
fn a_queue_that_times_out_is_missed_and_one_that_is_left_is_abandoned() {
    let timed_out = call(&format!(
        "{INCOMING}\n{QUEUED}
         23.1 APP_END SIP/provider-1 a.1 a.1 app=Queue data=support,t,,,20
         23.1 HANGUP SIP/provider-1 a.1 a.1 hangupcause=16 hangupsource=dialplan/builtin
         23.1 CHAN_END SIP/provider-1 a.1 a.1
         23.1 LINKEDID_END SIP/provider-1 a.1 a.1"
    ));
    assert_eq!((timed_out.outcome, timed_out.route), (Outcome::Missed, Some(Route::Queue)));
    let left = call(&format!(
        "{INCOMING}\n{QUEUED}
         17 APP_END SIP/provider-1 a.1 a.1 app=Queue data=support,t,,,20
         17 HANGUP SIP/provider-1 a.1 a.1 hangupcause=16 hangupsource=SIP/provider-1
         17 CHAN_END SIP/provider-1 a.1 a.1
         17 LINKEDID_END SIP/provider-1 a.1 a.1"
    ));
    assert_eq!((left.outcome, left.wait), (Outcome::Abandoned, Some(Tenths(170))));
    let by_log = call(&format!(
        "{INCOMING}\n{QUEUED}
         17 QUEUE EXITEMPTY a.1 support
         17 APP_END SIP/provider-1 a.1 a.1 app=Queue data=support,t,,,20
         17 CHAN_END SIP/provider-1 a.1 a.1
         17 LINKEDID_END SIP/provider-1 a.1 a.1"
    ));
    assert_eq!(by_log.outcome, Outcome::Missed);
}

#[test]
fn who_hangs_up_in_the_menu_is_missed_by_ivr() {
    let call = call(&format!(
        "{INCOMING}
         0.1 ANSWER SIP/provider-1 a.1 a.1 context=menu
         6 HANGUP SIP/provider-1 a.1 a.1 hangupcause=16 hangupsource=SIP/provider-1
         6 CHAN_END SIP/provider-1 a.1 a.1
         6 LINKEDID_END SIP/provider-1 a.1 a.1"
    ));
    assert_eq!((call.direction, call.outcome, call.route), (Direction::In, Outcome::Missed, Some(Route::Ivr)));
    assert_eq!((call.extension, call.wait, call.talk), (None, Some(Tenths(60)), Some(Tenths(0))));
}

#[test]
fn forwarding_to_an_outside_number_is_answered_by_the_forwarder() {
    let call = call(&format!(
        "{INCOMING}
         0.1 APP_START SIP/provider-1 a.1 a.1 app=Dial data=SIP/601,20 exten=601
         0.2 CHAN_START SIP/601-2 a.2 a.1 num=601 exten=s
         0.3 FORWARD SIP/provider-1 a.1 a.1 forward=0602222222
         0.3 CHAN_START Local/0602222222@out-1;1 a.3 a.1 exten=0602222222
         0.3 CHAN_START Local/0602222222@out-1;2 a.4 a.1 exten=0602222222
         0.4 CHAN_END SIP/601-2 a.2 a.1
         0.4 APP_START Local/0602222222@out-1;2 a.4 a.1 app=Dial data=SIP/provider/0602222222
         0.5 CHAN_START SIP/provider-3 a.5 a.1 exten=s
         5 ANSWER SIP/provider-3 a.5 a.1 num=0602222222
         5 BRIDGE_ENTER SIP/provider-3 a.5 a.1 bridge=y
         5 BRIDGE_ENTER Local/0602222222@out-1;2 a.4 a.1 bridge=y
         5.1 BRIDGE_ENTER Local/0602222222@out-1;1 a.3 a.1 bridge=x
         5.1 BRIDGE_ENTER SIP/provider-1 a.1 a.1 bridge=x
         15.1 BRIDGE_EXIT SIP/provider-1 a.1 a.1 bridge=x
         15.1 CHAN_END SIP/provider-1 a.1 a.1
         15.2 CHAN_END Local/0602222222@out-1;1 a.3 a.1
         15.2 CHAN_END Local/0602222222@out-1;2 a.4 a.1
         15.2 CHAN_END SIP/provider-3 a.5 a.1
         15.2 LINKEDID_END SIP/provider-3 a.5 a.1"
    ));
    assert_eq!((call.direction, call.outcome, call.route), (Direction::In, Outcome::Answered, Some(Route::Direct)));
    assert_eq!((call.extension.as_deref(), shown(&call.reached)), (Some("601"), "+48602222222"));
    assert_eq!((call.wait, call.talk, call.leg_count), (Some(Tenths(51)), Some(Tenths(100)), 3));
}

#[test]
fn a_picked_up_call_is_one_call_though_it_began_as_two() {
    let call = call(&format!(
        "{INCOMING}
         0.1 CHAN_START SIP/601-2 a.2 a.1 num=601 exten=s
         4 CHAN_START SIP/605-3 b.1 b.1 num=605 exten=*8
         4.1 ANSWER SIP/605-3 b.1 b.1
         4.2 PICKUP SIP/601-2 a.2 a.1 pickup_channel=SIP/605-3 pickup_channel_uniqueid=b.1
         4.3 CHAN_END SIP/601-2 a.2 a.1
         4.4 BRIDGE_ENTER SIP/605-3 b.1 a.1 bridge=x
         4.4 BRIDGE_ENTER SIP/provider-1 a.1 a.1 bridge=x
         9.4 BRIDGE_EXIT SIP/605-3 b.1 a.1 bridge=x
         9.4 CHAN_END SIP/605-3 b.1 a.1
         9.5 CHAN_END SIP/provider-1 a.1 a.1
         9.5 LINKEDID_END SIP/provider-1 a.1 a.1"
    ));
    assert_eq!((call.direction, call.outcome, call.extension.as_deref()), (Direction::In, Outcome::Answered, Some("605")));
    assert_eq!(call.extensions, ["601", "605"]);
    assert_eq!((call.wait, call.talk, shown(&call.to)), (Some(Tenths(44)), Some(Tenths(50)), "+48221234567"));
    assert_eq!(call.source_ids[0], "a.1");
}

#[test]
fn a_parked_caller_waits_on_hold() {
    let call = call(&format!(
        "{INCOMING}
         0.1 CHAN_START SIP/601-2 a.2 a.1 num=601 exten=s
         1 BRIDGE_ENTER SIP/601-2 a.2 a.1 bridge=x
         1 BRIDGE_ENTER SIP/provider-1 a.1 a.1 bridge=x
         11 BRIDGE_EXIT SIP/601-2 a.2 a.1 bridge=x
         11 BRIDGE_EXIT SIP/provider-1 a.1 a.1 bridge=x
         11 PARK_START SIP/provider-1 a.1 a.1 parking_lot=default
         11 BRIDGE_ENTER SIP/provider-1 a.1 a.1 bridge=park
         11.1 CHAN_END SIP/601-2 a.2 a.1
         40 CHAN_START SIP/602-3 b.1 b.1 num=602 exten=701
         41 BRIDGE_EXIT SIP/provider-1 a.1 a.1 bridge=park
         41 BRIDGE_ENTER SIP/602-3 b.1 a.1 bridge=z
         41 BRIDGE_ENTER SIP/provider-1 a.1 a.1 bridge=z
         51 BRIDGE_EXIT SIP/602-3 b.1 a.1 bridge=z
         51 CHAN_END SIP/602-3 b.1 a.1
         51 CHAN_END SIP/provider-1 a.1 a.1
         51 LINKEDID_END SIP/provider-1 a.1 a.1"
    ));
    assert_eq!((call.talk, call.on_hold, call.wait), (Some(Tenths(200)), Some(Tenths(300)), Some(Tenths(10))));
    assert_eq!((call.extension.as_deref(), shown(&call.reached)), (Some("601"), "602"));
}

#[test]
fn a_withheld_number_is_unknown() {
    let text = INCOMING.replace("num=0601234567", "num=anonymous name=Anonymous");
    let call = call(&format!(
        "{text}
         0.1 CHAN_START SIP/601-2 a.2 a.1 num=601 exten=s
         5 CHAN_END SIP/601-2 a.2 a.1
         5 HANGUP SIP/provider-1 a.1 a.1 hangupcause=19 dialstatus=CANCEL
         5 CHAN_END SIP/provider-1 a.1 a.1
         5 LINKEDID_END SIP/provider-1 a.1 a.1"
    ));
    assert_eq!((call.from, call.caller_name, call.outcome), (None, None, Outcome::Missed));
}

#[test]
fn a_declined_call_is_busy_and_an_exchange_killed_leaves_the_end_unknown() {
    let declined = call(&format!(
        "{INCOMING}
         0.1 CHAN_START SIP/601-2 a.2 a.1 num=601 exten=s
         2 HANGUP SIP/601-2 a.2 a.1 hangupcause=21
         2 CHAN_END SIP/601-2 a.2 a.1
         2.1 HANGUP SIP/provider-1 a.1 a.1 hangupcause=21 dialstatus=CHANUNAVAIL
         2.1 CHAN_END SIP/provider-1 a.1 a.1
         2.1 LINKEDID_END SIP/provider-1 a.1 a.1"
    ));
    assert_eq!(declined.outcome, Outcome::Busy);
    let killed = call(&format!(
        "{INCOMING}
         0.1 CHAN_START SIP/601-2 a.2 a.1 num=601 exten=s
         2 BRIDGE_ENTER SIP/601-2 a.2 a.1 bridge=x
         2 BRIDGE_ENTER SIP/provider-1 a.1 a.1 bridge=x"
    ));
    assert_eq!(
        (killed.outcome, killed.wait, killed.talk, killed.duration, killed.end),
        (Outcome::Answered, Some(Tenths(20)), None, None, None)
    );
}

#[test]
fn a_call_whose_callers_lines_were_rejected_is_still_listed() {
    let call = call(
        "0.1 CHAN_START SIP/601-2 a.2 a.1 num=601 exten=s
         2 ANSWER SIP/601-2 a.2 a.1
         2 BRIDGE_ENTER SIP/601-2 a.2 a.1 bridge=x
         12 BRIDGE_EXIT SIP/601-2 a.2 a.1 bridge=x
         12 CHAN_END SIP/601-2 a.2 a.1
         12 LINKEDID_END SIP/601-2 a.2 a.1",
    );
    assert_eq!((call.direction, call.outcome, call.from, call.to), (Direction::In, Outcome::Answered, None, None));
    assert_eq!((call.talk, call.extension.as_deref(), call.source_ids[0].as_str()), (Some(Tenths(100)), Some("601"), "a.1"));
}

#[test]
fn an_internal_consultation_is_no_talk_of_the_caller() {
    let call = call(
        "0 CHAN_START SIP/601-1 a.1 a.1 num=601 exten=602
         0.1 CHAN_START SIP/602-2 a.2 a.1 num=602 exten=s
         1 BRIDGE_ENTER SIP/602-2 a.2 a.1 bridge=x
         1 BRIDGE_ENTER SIP/601-1 a.1 a.1 bridge=x
         11 BRIDGE_EXIT SIP/602-2 a.2 a.1 bridge=x
         11.1 BRIDGE_ENTER SIP/602-2 a.2 a.1 bridge=y
         12 CHAN_START SIP/603-3 a.3 a.1 num=603 exten=s
         13 BRIDGE_ENTER SIP/603-3 a.3 a.1 bridge=y
         20 BRIDGE_EXIT SIP/602-2 a.2 a.1 bridge=y
         20 BRIDGE_EXIT SIP/603-3 a.3 a.1 bridge=y
         20 BRIDGE_ENTER SIP/603-3 a.3 a.1 bridge=x
         20 CHAN_END SIP/602-2 a.2 a.1
         30 BRIDGE_EXIT SIP/603-3 a.3 a.1 bridge=x
         30 BRIDGE_EXIT SIP/601-1 a.1 a.1 bridge=x
         30 CHAN_END SIP/603-3 a.3 a.1
         30 CHAN_END SIP/601-1 a.1 a.1
         30 LINKEDID_END SIP/601-1 a.1 a.1",
    );
    assert_eq!((call.direction, call.outcome, call.extension.as_deref()), (Direction::Internal, Outcome::Answered, Some("601")));
    assert_eq!((call.talk, call.on_hold), (Some(Tenths(200)), Some(Tenths(90))));
    assert_eq!((shown(&call.from), shown(&call.to), shown(&call.reached)), ("601", "602", "603"));
}

#[test]
fn endpoints_with_names_have_the_number_they_show() {
    let call = call(
        "0 CHAN_START PJSIP/anna-1 a.1 a.1 num=301 exten=0601234567
         0.1 APP_START PJSIP/anna-1 a.1 a.1 num=301 app=Dial data=PJSIP/0601234567@my-provider-east exten=0601234567
         0.2 CHAN_START PJSIP/my-provider-east-2 a.2 a.1 exten=s
         3 BRIDGE_ENTER PJSIP/my-provider-east-2 a.2 a.1 bridge=x num=0601234567
         3 BRIDGE_ENTER PJSIP/anna-1 a.1 a.1 bridge=x
         4 CHAN_END PJSIP/my-provider-east-2 a.2 a.1
         4 CHAN_END PJSIP/anna-1 a.1 a.1
         4 LINKEDID_END PJSIP/anna-1 a.1 a.1",
    );
    assert_eq!((call.direction, call.outcome, call.extension.as_deref()), (Direction::Out, Outcome::Answered, Some("301")));
    assert_eq!((shown(&call.from), shown(&call.to)), ("301", "+48601234567"));
}

#[test]
fn a_queue_log_alone_is_an_incoming_call() {
    let event = |at: i64, kind: &str, agent: &str, data: &[&str]| {
        Record::Queue(QueueEvent {
            at: T + at * 1_000_000,
            unique_id: "1794999998.5".to_owned(),
            queue: "support".to_owned(),
            agent: agent.to_owned(),
            kind: kind.to_owned(),
            data: data.iter().map(|text| (*text).to_owned()).collect(),
        })
    };
    let records = vec![
        event(0, "ENTERQUEUE", "NONE", &["", "0601234567", "1"]),
        event(5, "CONNECT", "SIP/602", &["5", "x", "1"]),
        event(65, "COMPLETECALLER", "SIP/602", &["5", "60", "1"]),
    ];
    let call = fold(records, &settings()).expect("call");
    assert_eq!((call.outcome, call.route, call.extension.as_deref()), (Outcome::Answered, Some(Route::Queue), Some("602")));
    assert_eq!((call.talk, call.wait, shown(&call.from)), (Some(Tenths(600)), Some(Tenths(70)), "+48601234567"));
}

#[test]
fn an_incoming_call_of_which_only_a_failed_record_is_there_is_missed() {
    let cdr = Cdr {
        start: T,
        end: T + 3_000_000,
        unique_id: "a.1".to_owned(),
        linked_id: "a.1".to_owned(),
        source: "0601234567".to_owned(),
        destination: "601".to_owned(),
        channel: "SIP/provider-1".to_owned(),
        far_channel: "SIP/601-2".to_owned(),
        app: "Dial".to_owned(),
        app_data: "SIP/601,20".to_owned(),
        disposition: "FAILED".to_owned(),
        ..Cdr::default()
    };
    let call = fold(vec![Record::Cdr(cdr)], &settings()).expect("call");
    assert_eq!((call.direction, call.outcome, call.wait), (Direction::In, Outcome::Missed, Some(Tenths(30))));
}
