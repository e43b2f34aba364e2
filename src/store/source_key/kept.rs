//! Source ids of a row as its text column keeps them: what the row's key tells already is left out.
//!
//! One id a line. In an exchange's own id the seconds are written as their distance from the key's, nothing for none, behind
//! [`NEAR`]; with the prefix of the line before, behind [`SAME`] alone. `pbx-1795219324.17` and `.18` of a call that began in
//! that second are `pbx-⟨NEAR⟩.17` and `⟨SAME⟩.18`. Texts of earlier versions have neither and stand for themselves.

use std::borrow::Cow;

use super::{parts, second_of};

const NEAR: char = '\u{1}';
const SAME: char = '\u{2}';
/// Before ids that contain these characters themselves.
const PLAIN: char = '\u{3}';

/// Ids, one a line, in fewer bytes.
pub(in crate::store) fn kept(ids: &str, key: i64) -> String {
    let mut text = String::with_capacity(ids.len());
    if ids.contains([NEAR, SAME, PLAIN]) {
        text.push(PLAIN);
        text.push_str(ids);
        return text;
    }
    let mut before = None;
    for (index, id) in ids.split('\n').enumerate() {
        if index > 0 {
            text.push('\n');
        }
        let own = parts(id).filter(|(prefix, ..)| !id.get(prefix.len()..).is_some_and(|number| number.starts_with('0')));
        let Some((prefix, seconds, sequence)) = own else {
            text.push_str(id);
            continue;
        };
        if before == Some(prefix) {
            text.push(SAME);
        } else {
            text.push_str(prefix);
            text.push(NEAR);
        }
        before = Some(prefix);
        if seconds != second_of(key) {
            text.push_str(&(seconds - second_of(key)).to_string());
        }
        text.push('.');
        text.push_str(sequence);
    }
    text
}

/// The ids that [`kept`] wrote for this key.
pub(in crate::store) fn told(text: &str, key: i64) -> impl Iterator<Item = Cow<'_, str>> {
    let (plain, text) = text.strip_prefix(PLAIN).map_or((false, text), |text| (true, text));
    let mut before = "";
    text.split('\n').filter(|line| !line.is_empty()).map(move |line| {
        let Some(at) = line.find([NEAR, SAME]).filter(|_| !plain) else { return Cow::Borrowed(line) };
        let (prefix, rest) = line.split_at(at);
        if rest.starts_with(NEAR) {
            before = prefix;
        }
        let rest = rest.get(1..).unwrap_or_default();
        let (distance, sequence) = rest.split_once('.').unwrap_or((rest, ""));
        let seconds = second_of(key).saturating_add(distance.parse().unwrap_or(0));
        Cow::Owned(format!("{before}{seconds}.{sequence}"))
    })
}

/// Ids that a name may hold; each has a character of its own.
const NAMED: [char; 6] = [NEAR, SAME, PLAIN, '\u{4}', '\u{5}', '\u{6}'];
/// Before a name that contains these characters itself.
const PLAIN_NAME: char = '\u{7}';

/// The name of a sound file without the ids that its row has anyway.
pub(in crate::store) fn name_kept(name: &str, ids: &str) -> String {
    if name.contains(NAMED) || name.starts_with(PLAIN_NAME) {
        return format!("{PLAIN_NAME}{name}");
    }
    let mut text = name.to_owned();
    for (id, mark) in ids.split('\n').zip(NAMED).filter(|(id, _)| id.len() > 1) {
        text = text.replace(id, mark.encode_utf8(&mut [0; 4]));
    }
    text
}

/// The name that [`name_kept`] wrote beside these ids.
pub(in crate::store) fn name_told(text: &str, ids: &str) -> String {
    if let Some(name) = text.strip_prefix(PLAIN_NAME) {
        return name.to_owned();
    }
    let mut name = text.to_owned();
    if name.contains(NAMED) {
        for (id, mark) in ids.split('\n').zip(NAMED) {
            name = name.replace(mark, id);
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::EPOCH_SECONDS;

    fn back(ids: &str, key: i64) -> (usize, String) {
        let text = kept(ids, key);
        (text.len(), told(&text, key).collect::<Vec<_>>().join("\n"))
    }

    #[test]
    fn ids_come_back_and_are_short() {
        let key = (1_795_219_324 - EPOCH_SECONDS) << 14 | 927 << 4;
        for (ids, bytes) in [
            ("pbx-1795219324.17", 8),
            ("pbx-1795219324.17\npbx-1795219324.18\npbx-1795219330.19", 8 + 1 + 4 + 1 + 5),
            ("1795219320.17\nother-1795219324.1", 6 + 1 + 9),
            ("a-b-1795219324.17\na-b-1795219324.00017\nb-1795219324.1", 8 + 1 + 7 + 1 + 5),
        ] {
            assert_eq!(back(ids, key), (bytes, ids.to_owned()), "{ids}");
        }
        for odd in [
            "",
            "x",
            "pbx-0795219324.17",
            "pbx-1795219324.17.2",
            "1.\u{1}2",
            "\u{3}\n\u{2}.5",
            "-5.5",
            "99999999999999999999.1",
            "é-.5",
        ] {
            let expected: Vec<&str> = odd.split('\n').filter(|line| !line.is_empty()).collect();
            assert_eq!(back(odd, key).1, expected.join("\n"), "{odd:?}");
        }
        assert_eq!(told("pbx-1795219324.17\nx", 0).collect::<Vec<_>>(), ["pbx-1795219324.17", "x"], "of an earlier version");
    }

    #[test]
    fn names_come_back_and_are_short() {
        for (name, ids, bytes) in [
            ("pbx-1795219324.17.wav", "pbx-1795219324.17", 5),
            (
                "20261121T011844_102_direct_demand_pbx-1795223920.23_pbx-1795223920.22.raw",
                "pbx-1795223920.22\npbx-1795223920.23",
                41,
            ),
            ("a_1.17.wav", "1.1\n1.17", 8),
            ("odd\u{2}.wav", "1.1\n1.17", 9),
            ("\u{7}odd.wav", "", 9),
            ("a.wav", "", 5),
        ] {
            let text = name_kept(name, ids);
            assert_eq!((text.len(), name_told(&text, ids)), (bytes, name.to_owned()));
        }
        assert_eq!(name_told("pbx-1795219324.17.wav", "pbx-1795219324.17"), "pbx-1795219324.17.wav", "of an earlier version");
    }

    proptest::proptest! {
        #[test]
        fn any_ids_come_back(ids in proptest::collection::vec("[a-c=<\u{1}\u{2}\u{3}-]{0,3}-?[0-9]{0,11}\\.?[0-9]{0,3}", 1..5), key in 0i64..1 << 48) {
            let ids: Vec<String> = ids.into_iter().filter(|id| !id.is_empty()).collect();
            let text = kept(&ids.join("\n"), key);
            proptest::prop_assert_eq!(told(&text, key).map(Cow::into_owned).collect::<Vec<_>>(), ids);
        }
    }
}
