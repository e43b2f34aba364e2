use super::make::{all, at, batch, call, record, store};
use crate::{
    domain::{
        actor::Scope,
        directory::{Extension, Named, View},
        length::Tenths,
    },
    store::{Store, StoreError},
};

const START: &str = "2026-11-07T13:21:04.927Z";

async fn one_call() -> (tempfile::TempDir, Store, String) {
    let (folder, store) = store().await;
    store.import(batch(vec![call(&["sys-1795219324.17"], START)], vec![])).await.expect("import");
    let id = all(&store).await[0].id.0.clone();
    (folder, store, id)
}

#[tokio::test]
async fn notes_carry_versions() {
    let (_folder, store, id) = one_call().await;
    let text = |text: &str| text.to_owned();
    let note = store
        .add_note(Scope::Company, id.clone(), text("anna"), Some(Tenths(42)), text("first"), record("note.add"))
        .await
        .expect("add");
    assert_eq!((note.version, note.at, note.edited), (1, Some(Tenths(42)), None));
    let edited =
        store.edit_note(Scope::Company, note.id.clone(), 1, None, text("second"), record("note.edit")).await.expect("edit");
    assert_eq!((edited.version, edited.text.as_str(), edited.created), (2, "second", note.created));
    let stale = store.edit_note(Scope::Company, note.id.clone(), 1, None, text("third"), record("note.edit")).await;
    assert!(matches!(stale, Err(StoreError::Conflict(_))));
    let foreign = store.remove_note(Scope::Own(vec![]), note.id.clone(), 2, record("note.remove")).await;
    assert!(matches!(foreign, Err(StoreError::NotFound(_))));
    store.remove_note(Scope::Company, note.id, 2, record("note.remove")).await.expect("remove");
    let detail = store.call(Scope::Company, id).await.expect("call");
    assert!(detail.notes.is_empty() && !detail.call.has_note);
    assert_eq!(detail.history.len(), 3);
    assert_eq!(store.audit(None, 10).await.expect("audit").len(), 3, "what failed is not told as done");
}

#[tokio::test]
async fn tags_and_cases_come_and_go() {
    let (_folder, store, id) = one_call().await;
    for (tag, present) in [("refund", true), ("vip", true), ("refund", true), ("vip", false)] {
        store.set_tag(Scope::Company, id.clone(), tag.to_owned(), present, record("tag.set")).await.expect("tag");
    }
    store.set_case(Scope::Company, id.clone(), Some("C-1".to_owned()), record("case.set")).await.expect("case");
    store.set_case(Scope::Company, id.clone(), Some("C-2".to_owned()), record("case.set")).await.expect("case");
    assert_eq!(store.tags(Scope::Company).await.expect("tags"), [("refund".to_owned(), 1)]);
    assert_eq!(store.cases(Scope::Company).await.expect("cases"), [("C-2".to_owned(), 1)]);
    assert!(store.tags(Scope::Own(vec![])).await.expect("tags").is_empty());
    store.set_case(Scope::Company, id.clone(), None, record("case.set")).await.expect("case");
    let call = store.call(Scope::Company, id).await.expect("call").call;
    assert_eq!((call.tags, call.case), (vec!["refund".to_owned()], None));
}

#[tokio::test]
async fn assignments_hold_from_their_date() {
    let (_folder, store) = store().await;
    store
        .import(batch(vec![call(&["1.1"], "2026-11-01T10:00:00Z"), call(&["1.2"], "2026-11-09T10:00:00Z")], vec![]))
        .await
        .expect("import");
    let extension = |agent: &str, since: Option<&str>| Extension {
        number: "601".to_owned(),
        label: Some("Anna".to_owned()),
        agent: Some(agent.to_owned()),
        group: Some("sales".to_owned()),
        projects: vec!["sales".to_owned()],
        since: since.map(at),
    };
    let made = store.put_extension(extension("Nowak", None), record("extension.add")).await.expect("put");
    assert_eq!(made, ["sales", "sales"], "a group and a project");
    let since = extension("Kowal", Some("2026-11-05T00:00:00Z"));
    assert!(store.put_extension(since.clone(), record("extension.set")).await.expect("put").is_empty());
    store.import(batch(vec![call(&["1.3"], "2026-11-04T10:00:00Z")], vec![])).await.expect("import");
    let agents: Vec<_> = all(&store).await.into_iter().map(|call| call.agent.unwrap_or_default()).collect();
    assert_eq!(agents, ["Kowal", "Nowak", "Nowak"]);
    assert!(store.extensions().await.expect("extensions").contains(&since));
    assert_eq!(store.groups().await.expect("groups"), [Named { name: "sales".to_owned(), remark: None }]);
    assert!(matches!(store.remove_group("sales".to_owned(), record("group.remove")).await, Err(StoreError::Conflict(_))));
    store.remove_extension("601".to_owned(), record("extension.remove")).await.expect("remove");
    store.remove_group("sales".to_owned(), record("group.remove")).await.expect("remove");
    assert!(store.groups().await.expect("groups").is_empty());
    assert_eq!(all(&store).await[0].group.as_deref(), Some("sales"), "calls keep what was fixed at their start");
}

#[tokio::test]
async fn views_are_ones_own_or_shared() {
    let (_folder, store) = store().await;
    let view = View { name: "late".to_owned(), query: "wait:>2m".to_owned(), owner: "anna".to_owned(), ..View::default() };
    let saved = store.put_view(view.clone(), record("view.add")).await.expect("put");
    assert_eq!(saved.version, 1);
    assert!(matches!(store.put_view(view, record("view.add")).await, Err(StoreError::Conflict(_))));
    assert!(store.views("bob".to_owned()).await.expect("views").is_empty());
    let shared = store.put_view(View { shared: true, ..saved }, record("view.set")).await.expect("put");
    assert_eq!(store.views("bob".to_owned()).await.expect("views"), std::slice::from_ref(&shared));
    assert!(matches!(
        store.remove_view("bob".to_owned(), "late".to_owned(), 2, record("view.remove")).await,
        Err(StoreError::NotFound(_))
    ));
    store.remove_view("anna".to_owned(), "late".to_owned(), 2, record("view.remove")).await.expect("remove");
    assert!(store.views("anna".to_owned()).await.expect("views").is_empty());
}
