//! What people of the made-up company have written about its calls.

use super::{
    Company,
    chance::{Purpose, percent, stream},
    names::Land,
    numbers,
    plan::Plan,
    tell::unique_id,
};
use crate::domain::{directory::View, length::Tenths};

/// One act of somebody at one call, named by the exchange's id.
#[derive(Clone, Debug, PartialEq)]
pub struct Remark {
    pub call: String,
    pub what: What,
}

#[derive(Clone, Debug, PartialEq)]
pub enum What {
    Note { author: String, at: Option<Tenths>, text: String },
    Tag(&'static str),
    Case(String),
    Flag,
}

/// Tag and note that belong together.
type Theme = (&'static str, &'static str);

const POLISH: [Theme; 8] = [
    ("refund", "Prosi o formularz zwrotu, wysłać jeszcze dziś"),
    ("complaint", "Reklamacja: uszkodzona dostawa, zdjęcia przyśle mailem"),
    ("callback", "Oddzwonić w środę po 10:00, pytać o panią kierownik"),
    ("order", "Zamawia dwie palety, termin do końca tygodnia"),
    ("invoice", "Nie zgadza się kwota na fakturze, przekazane do księgowości"),
    ("vip", "Stały klient, od razu łączyć z handlowcem"),
    ("training", "Dobry przykład spokojnej rozmowy"),
    ("complaint", "Czekał w kolejce zbyt długo, przeprosiny przyjęte"),
];
const SLOVAK: [Theme; 5] = [
    ("refund", "Žiada o vrátenie peňazí, tovar pošle späť kuriérom"),
    ("complaint", "Reklamácia: chýba časť zásielky, overiť v sklade"),
    ("callback", "Zavolať späť zajtra doobeda"),
    ("order", "Objednáva na skúšku, chce cenník po slovensky"),
    ("invoice", "Faktúra prišla dvakrát, stornovať druhú"),
];
const ENGLISH: [Theme; 5] = [
    ("refund", "Asked twice for the refund form, send it today"),
    ("complaint", "Delivery came damaged, will send pictures"),
    ("callback", "Call back on Thursday before noon"),
    ("order", "Wants a quote for forty pieces, delivery to Leeds"),
    ("training", "Good example: lets the customer finish"),
];

/// Remarks on some of these calls. Their number depends on how many calls are given, a seventh of them is remarked on.
pub fn remarks(company: &Company, plans: &[Plan]) -> Vec<Remark> {
    let seed = company.shape().seed;
    let mut remarks = Vec::new();
    for plan in plans {
        let mut rng = stream(seed, Purpose::Remarks, plan.index);
        if !percent(&mut rng, 14.0) {
            continue;
        }
        let call = unique_id(plan, 0);
        let land = plan.party.map_or(Land::Poland, |party| numbers::number(seed, party).1);
        let themes: &[Theme] = match land {
            Land::Poland => &POLISH,
            Land::Slovakia => &SLOVAK,
            Land::Britain => &ENGLISH,
        };
        let (tag, text) = themes[rng.usize(0..themes.len())];
        let seat = plan.main_seat().and_then(|seat| company.staff().seats.get(seat));
        let author = seat.and_then(|seat| seat.agent.clone()).unwrap_or_else(|| "reception".to_owned());
        let at = (plan.conversation() > 100 && rng.bool()).then(|| Tenths(rng.i64(30..plan.conversation())));
        let mut add = |what| remarks.push(Remark { call: call.clone(), what });
        if percent(&mut rng, 70.0) {
            add(What::Note { author, at, text: text.to_owned() });
        }
        add(What::Tag(tag));
        if tag == "complaint" || tag == "refund" {
            add(What::Case(format!("C-{}", 1_000 + plan.index % 400)));
        }
        if percent(&mut rng, 25.0) {
            add(What::Flag);
        }
    }
    remarks
}

/// Queries worth keeping.
pub fn views(owner: &str) -> Vec<View> {
    let view = |name: &str, query: &str| View {
        name: name.to_owned(),
        query: query.to_owned(),
        sort: String::new(),
        columns: Vec::new(),
        shared: true,
        owner: owner.to_owned(),
        version: 0,
    };
    vec![
        view("missed-today", "today is:missed,abandoned"),
        view("complaints", "tag:complaint,refund"),
        view("long-waits", "dir:in wait:>1m sort:-wait"),
        view("to-listen", "is:recorded >1m"),
        view("sales-out", "group:sales dir:out -is:answered"),
    ]
}
