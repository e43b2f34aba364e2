use proptest::prelude::*;

use super::*;

fn facts() -> Facts {
    Facts {
        start: "2026-11-07T13:21:04.927Z".parse().expect("instant"),
        agent: Some("Wiśniewska".to_owned()),
        extension: Some("601".to_owned()),
        queue: None,
        direction: Direction::In,
        route: Some(Route::Ivr),
        number: Some("+48221234567".to_owned()),
        customer: Some("../../etc/passwd".to_owned()),
        case: None,
        call: "01JCALL".to_owned(),
        recording: "01JRECORDING".to_owned(),
        mode: Some("auto".to_owned()),
        ending: "wav".to_owned(),
    }
}

fn named(template: &str) -> String {
    let zone = TimeZone::get("Europe/Warsaw").expect("zone");
    Template::parse(template).expect("template").components(&facts(), &zone).join("/")
}

#[test]
fn templates_name_files() {
    for (template, wanted) in [
        (DEFAULT, "2026-11-07_14-21-04_ivr_+48221234567_601.wav"),
        ("{start:%Y}/{agent}/{recording}", "2026/Wiśniewska/01JRECORDING.wav"),
        ("{customer}", "_.._etc_passwd.wav"),
        ("{queue}-{case}", "unknown-unknown.wav"),
        ("a//b/", "a/b.wav"),
        ("/../x", "_/x.wav"),
        ("{{{mode}}}", "{auto}.wav"),
        ("CON", "_CON.wav"),
        ("{direction}_{call}", "in_01JCALL.wav"),
        ("{start:%H:%M}", "14_21.wav"),
        ("-rf", "rf.wav"),
    ] {
        assert_eq!(named(template), wanted, "{template}");
    }
}

#[test]
fn wrong_templates_say_why() {
    for (template, wanted) in [
        ("{agnet}", "did you mean \"agent\"?"),
        ("{start:%", "has no closing }"),
        ("{start:%Ö}", "is not understood"),
        ("}", "a } without its {"),
        ("", "it is empty"),
        ("///", "it is empty"),
        ("{agent:x}", "only {start:…} does"),
    ] {
        let why = Template::parse(template).expect_err(template).to_string();
        assert!(why.contains(wanted), "{template}: {why}");
    }
}

#[test]
fn two_recordings_never_get_the_same_name() {
    let mut names = Names::default();
    let same = ["x.wav".to_owned()];
    let upper = ["X.wav".to_owned()];
    let mut give = |components: &[String], id: &str| names.next(components, id, |_| true).display().to_string();
    assert_eq!(give(&same, "01JAAAAAA1"), "x.wav");
    assert_eq!(give(&upper, "01JAAAAAA2"), "X_AAAAA2.wav");
    assert_eq!(give(&same, "01JAAAAAA2"), "x_01JAAAAAA2.wav");
    assert_eq!(give(&same, "01JAAAAAA2"), "x_01JAAAAAA2-3.wav");
    assert_eq!(
        names.next(&["y.wav".to_owned()], "01JB", |name| name != &PathBuf::from("y.wav")).display().to_string(),
        "y_01JB.wav"
    );
}

proptest! {
    #[test]
    fn whatever_foreign_text_says_a_component_is_one_safe_name(text in "(\\PC|[./\\\\: \u{0}-\u{1f}\u{202e}]){0,60}", limit in 1_usize..200) {
        let name = safe(&text, limit);
        prop_assert!(!name.is_empty());
        // One sign may be put in front of a reserved name.
        prop_assert!(name.len() <= limit + 1, "{name:?}");
        prop_assert!(!name.contains(['/', '\\', ':', '\0', '"', '<', '>', '|', '?', '*']));
        prop_assert!(!name.chars().any(clean::must_not_show));
        prop_assert!(!name.starts_with(['.', '-', ' ']) && !name.ends_with(['.', ' ']));
        prop_assert_eq!(std::path::Path::new(&name).components().count(), 1);
        prop_assert!(matches!(std::path::Path::new(&name).components().next(), Some(std::path::Component::Normal(_))));
    }

    #[test]
    fn any_facts_give_a_path_that_stays_inside(
        template in "(\\{(agent|number|customer|case|queue|start:%H:%M)\\}|/|[a-z.]){1,12}",
        agent in "\\PC{0,300}",
        number in "(\\.\\./|\\PC){0,40}",
    ) {
        if let Ok(template) = Template::parse(&template) {
            let facts = Facts { agent: Some(agent), number: Some(number.clone()), customer: Some(number), ..facts() };
            let components = template.components(&facts, &TimeZone::UTC);
            let path: PathBuf = components.iter().collect();
            prop_assert_eq!(path.components().count(), components.len());
            prop_assert!(path.components().all(|part| matches!(part, std::path::Component::Normal(_))), "{path:?}");
            prop_assert!(components.iter().all(|component| component.len() <= 255));
        }
    }

    #[test]
    fn names_are_distinct_without_regard_to_case(names in proptest::collection::vec("[aAbB]{1,2}", 1..20)) {
        let mut given = Names::default();
        let mut seen = HashSet::new();
        for (index, name) in names.iter().enumerate() {
            let path = given.next(&[format!("{name}.wav")], &format!("ID{}", index % 3), |_| true);
            prop_assert!(seen.insert(path.to_string_lossy().to_lowercase()));
        }
    }
}
