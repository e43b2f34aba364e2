use proptest::prelude::*;

use super::*;
use crate::domain::query::NumberFragment;

fn numbers(list: &[String], kept: usize) -> Numbers {
    let conn = Connection::open_in_memory().expect("open");
    conn.execute_batch("CREATE TABLE number(id INTEGER PRIMARY KEY, canonical TEXT)").expect("table");
    let mut numbers = Numbers::new();
    for (index, number) in list.iter().enumerate() {
        conn.execute("INSERT INTO number(canonical) VALUES(?1)", [number]).expect("insert");
        assert!(numbers.is_behind(&conn).expect("behind"));
        numbers.refresh(&conn).expect("refresh");
        if index + 1 == kept || index + 1 == kept / 2 {
            numbers = Numbers::of_file(keep(&numbers).expect("keep")).expect("open");
        }
    }
    numbers
}

fn hits(numbers: &Numbers, digits: &str, from_start: bool, to_end: bool) -> Vec<i64> {
    let fragment = NumberFragment { digits: digits.to_owned(), from_start, to_end };
    numbers.matching(&NumberPattern { fragments: vec![fragment] }).expect("matching").iter().collect()
}

#[test]
fn fragments_find_numbers() {
    let list = ["+48501234567", "101", "+421501", "501", "5015"].map(str::to_owned);
    for kept in 0..=list.len() {
        let numbers = numbers(&list, kept);
        assert_eq!(hits(&numbers, "501", false, false), [1, 3, 4, 5]);
        assert_eq!(hits(&numbers, "501", true, false), [4, 5]);
        assert_eq!(hits(&numbers, "501", false, true), [3, 4]);
        assert_eq!(hits(&numbers, "501", true, true), [4]);
        assert_eq!(hits(&numbers, "1", false, false), [1, 2, 3, 4, 5]);
        assert_eq!(hits(&numbers, "15", false, false), [3, 5]);
        assert_eq!(hits(&numbers, "+4", true, false), [1, 3]);
        assert!(hits(&numbers, "999", false, false).is_empty());
        assert!(hits(&numbers, "", false, false).is_empty());
        let text = |id| numbers.text(id).expect("text");
        assert_eq!((text(5).as_deref(), text(6), text(0)), (Some("5015"), None, None));
    }
}

proptest! {
    #[test]
    fn fragments_are_found_as_by_looking_at_each(
        list in prop::collection::vec("[+]?[0-4]{0,6}", 1..60), kept in 0_usize..60,
        digits in "[+]?[0-4]{0,4}", from_start: bool, to_end: bool,
    ) {
        let numbers = numbers(&list, kept);
        let fragment = NumberFragment { digits: digits.clone(), from_start, to_end };
        let wanted: Vec<i64> = list.iter().zip(1..)
            .filter(|(number, _)| !digits.is_empty() && fragment.matches(number)).map(|(_, id)| id).collect();
        prop_assert_eq!(hits(&numbers, &digits, from_start, to_end), wanted);
    }

    #[test]
    fn ranks_order_as_texts_do(list in prop::collection::vec("[+]?[0-3]{0,3}", 1..40), kept in 0_usize..40, other in "[+]?[0-3]{0,3}") {
        let numbers = numbers(&list, kept);
        let ranks = numbers.with_ranks(|ranks| (1..=list.len() as i64).map(|id| ranks.of(id).expect("rank")).collect::<Vec<_>>());
        let ranks = ranks.expect("ranks");
        for (left, rank) in list.iter().zip(&ranks) {
            for (right, other) in list.iter().zip(&ranks) {
                prop_assert_eq!(rank.cmp(other), natural(left, right));
            }
            prop_assert_eq!(rank.cmp(&numbers.rank_of(&other).expect("rank")), natural(left, &other));
        }
    }
}
