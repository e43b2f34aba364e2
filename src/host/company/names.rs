//! Names of made-up people and firms: Polish, Slovak and English.

use fastrand::Rng;

use super::chance::{percent, weighted};

struct Tongue {
    women: &'static [&'static str],
    men: &'static [&'static str],
    women_surnames: &'static [&'static str],
    men_surnames: &'static [&'static str],
    /// `{}` stands for the owner's surname.
    firms: &'static [&'static str],
}

const POLISH: Tongue = Tongue {
    women: &[
        "Anna",
        "Katarzyna",
        "Małgorzata",
        "Agnieszka",
        "Żaneta",
        "Joanna",
        "Zofia",
        "Magdalena",
        "Łucja",
        "Ewa",
        "Grażyna",
        "Hanna",
        "Jolanta",
        "Beata",
        "Dorota",
        "Iwona",
    ],
    men: &[
        "Jan",
        "Piotr",
        "Krzysztof",
        "Michał",
        "Paweł",
        "Łukasz",
        "Stanisław",
        "Wojciech",
        "Grzegorz",
        "Jakub",
        "Rafał",
        "Sławomir",
        "Bartosz",
        "Marek",
        "Zbigniew",
        "Tomasz",
    ],
    women_surnames: &[
        "Nowak",
        "Kowalska",
        "Wiśniewska",
        "Wójcik",
        "Kamińska",
        "Lewandowska",
        "Zielińska",
        "Szymańska",
        "Woźniak",
        "Dąbrowska",
        "Kozłowska",
        "Jankowska",
        "Mazur",
        "Krawczyk",
        "Piotrowska",
        "Grabowska",
        "Pawłowska",
        "Michalska",
        "Król",
        "Zając",
        "Wieczorek",
        "Jabłońska",
        "Wróbel",
        "Stępień",
        "Malinowska",
        "Górska",
        "Sikora",
        "Walczak",
        "Baran",
        "Ostrowska",
        "Gąsior",
        "Żuraw",
    ],
    men_surnames: &[
        "Nowak",
        "Kowalski",
        "Wiśniewski",
        "Wójcik",
        "Kamiński",
        "Lewandowski",
        "Zieliński",
        "Szymański",
        "Woźniak",
        "Dąbrowski",
        "Kozłowski",
        "Jankowski",
        "Mazur",
        "Krawczyk",
        "Piotrowski",
        "Grabowski",
        "Pawłowski",
        "Michalski",
        "Król",
        "Zając",
        "Wieczorek",
        "Jabłoński",
        "Wróbel",
        "Stępień",
        "Malinowski",
        "Górski",
        "Sikora",
        "Walczak",
        "Baran",
        "Ostrowski",
        "Gąsior",
        "Żuraw",
    ],
    firms: &[
        "Piekarnia {}",
        "Stolarnia {}",
        "Zakład ślusarski {}",
        "Przychodnia dr {}",
        "Kancelaria {}",
        "Apteka {}",
        "Hurtownia {}",
        "Warsztat {}",
        "Ogrodnictwo {}",
        "{} i Synowie",
    ],
};

const SLOVAK: Tongue = Tongue {
    women: &[
        "Mária",
        "Zuzana",
        "Katarína",
        "Jana",
        "Ľudmila",
        "Eva",
        "Lucia",
        "Martina",
        "Božena",
        "Anežka",
        "Veronika",
        "Žofia",
    ],
    men: &["Jozef", "Peter", "Ján", "Martin", "Tomáš", "Ľuboš", "Štefan", "Juraj", "Matúš", "Marián", "Ondrej", "Dušan"],
    women_surnames: &[
        "Horváthová",
        "Kováčová",
        "Vargová",
        "Tóthová",
        "Nagyová",
        "Balážová",
        "Szabová",
        "Molnárová",
        "Lukáčová",
        "Nováková",
        "Polláková",
        "Kollárová",
        "Hudáková",
        "Černá",
        "Šimková",
        "Krajčírová",
    ],
    men_surnames: &[
        "Horváth",
        "Kováč",
        "Varga",
        "Tóth",
        "Nagy",
        "Baláž",
        "Szabó",
        "Molnár",
        "Lukáč",
        "Novák",
        "Pollák",
        "Kollár",
        "Hudák",
        "Černý",
        "Šimko",
        "Krajčír",
    ],
    firms: &["Pekáreň {}", "Stolárstvo {}", "Autodielňa {}", "Lekáreň {}", "Ambulancia {}", "Záhradníctvo {}", "{} a syn"],
};

const ENGLISH: Tongue = Tongue {
    women: &["Emma", "Olivia", "Grace", "Charlotte", "Harriet", "Alice", "Megan", "Ruth", "Zoë", "Imogen"],
    men: &["James", "Oliver", "Thomas", "George", "Henry", "Arthur", "Seán", "Colin", "Rhys", "Edmund"],
    women_surnames: &[
        "Smith",
        "Taylor",
        "Harper",
        "Fletcher",
        "Whitfield",
        "O'Brien",
        "Ashworth",
        "Blackwood",
        "Carter",
        "Hughes",
        "Marsh",
        "Norwood",
        "Pembroke",
        "Quigley",
    ],
    men_surnames: &[
        "Smith",
        "Taylor",
        "Harper",
        "Fletcher",
        "Whitfield",
        "O'Brien",
        "Ashworth",
        "Blackwood",
        "Carter",
        "Hughes",
        "Marsh",
        "Norwood",
        "Pembroke",
        "Quigley",
    ],
    firms: &["{} Joinery", "{} & Daughters", "{} Veterinary Surgery", "{} Heating", "The {} Nursery", "{} Solicitors"],
};

/// The land a number belongs to, and with it the tongue of the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Land {
    Poland,
    Slovakia,
    Britain,
}

const fn tongue(land: Land) -> &'static Tongue {
    match land {
        Land::Poland => &POLISH,
        Land::Slovakia => &SLOVAK,
        Land::Britain => &ENGLISH,
    }
}

fn pick(rng: &mut Rng, words: &'static [&'static str]) -> &'static str {
    words.get(rng.usize(0..words.len().max(1))).copied().unwrap_or_default()
}

/// First name and surname.
pub fn person(rng: &mut Rng, land: Land) -> (&'static str, &'static str) {
    let tongue = tongue(land);
    if rng.bool() {
        (pick(rng, tongue.women), pick(rng, tongue.women_surnames))
    } else {
        (pick(rng, tongue.men), pick(rng, tongue.men_surnames))
    }
}

/// Somebody who works here: three in five Polish, one in four Slovak.
pub fn colleague(rng: &mut Rng) -> String {
    let land = [Land::Poland, Land::Slovakia, Land::Britain][weighted(rng, &[60, 25, 15])];
    let (first, surname) = person(rng, land);
    format!("{first} {surname}")
}

/// Somebody who calls us: a person or a small firm.
pub fn customer(rng: &mut Rng, land: Land) -> String {
    let (first, surname) = person(rng, land);
    if percent(rng, 45.0) { pick(rng, tongue(land).firms).replace("{}", surname) } else { format!("{first} {surname}") }
}
