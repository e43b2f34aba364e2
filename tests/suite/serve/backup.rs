//! A backup through a running server, while others write.

use callreel::{
    client::{CallsQuery, Client},
    wire::NoteDraft,
};

use super::server::{Server, home, run};

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_through_a_running_server_becomes_the_same_calls_again() {
    let server = Server::start(home());
    let _ = rustls::crypto::ring::default_provider().install_default();
    let socket = server.place("unix:").to_owned();
    let client = Client::network(&socket, None).expect("a client");
    let call = client.calls(&CallsQuery::new(String::new())).await.expect("calls").items[0].id.clone();
    let child = {
        let mut command = server.home.command(&["backup", "b.tar", "--server", &socket]);
        tokio::task::spawn_blocking(move || command.output().expect("the program"))
    };
    let mut written = 0;
    while written == 0 || !child.is_finished() {
        client.add_note(&call, &NoteDraft { text: format!("note {written}"), at: None }).await.expect("a note");
        written += 1;
    }
    let said = child.await.expect("task");
    let words = String::from_utf8_lossy(&said.stderr).into_owned();
    assert_eq!(said.status.code(), Some(0), "{words}");
    let said = server.run(&["backup", "--verify", "b.tar"]);
    assert!(said.status == 0 && said.words.contains("is whole"), "{}", said.words);
    let log = server.run(&["audit", "did:backup", "--format", "ndjson", "--server", &socket]);
    assert!(log.out.contains("backup.make") && !log.out.contains("failed"), "{}", log.out);
    // By the name of the file that the server holds it goes through the server too, and never over what is there.
    assert_eq!(server.run(&["backup", "b.tar", "--db", "a.db"]).status, 1);
    assert_eq!(server.run(&["backup", "c.tar", "--db", "a.db"]).status, 0);
    for (file, database) in [("b.tar", "b.db"), ("c.tar", "c.db")] {
        let said = run(&server.home, &["restore", file, "--db", database]);
        assert_eq!(said.status, 0, "{}", said.words);
        assert_eq!(run(&server.home, &["calls", "--count", "--db", database]).out.trim(), "60");
        assert_eq!(run(&server.home, &["audit", "verify", "--db", database]).status, 0);
    }
    let notes = |database: &str| {
        let shown = run(&server.home, &["show", &call, "--format", "json", "--db", database]);
        let shown: serde_json::Value = serde_json::from_str(&shown.out).expect("json");
        shown["notes"].as_array().expect("notes").len()
    };
    assert!(notes("b.db") <= written, "of one moment");
    assert_eq!(notes("c.db"), written, "made after all of them");
}
