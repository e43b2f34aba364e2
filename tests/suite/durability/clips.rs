//! What is removed while others hear it is heard whole or not at all, and not after it is gone.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use callreel::{
    client::{AudioUse, CallsQuery, ClientError},
    wire::ClipDraft,
};

use crate::common::host::make_test_host;

#[tokio::test(flavor = "multi_thread")]
async fn a_clip_that_is_removed_while_it_is_heard_is_whole_or_gone() {
    const HEARERS: usize = 8;
    let test = make_test_host().await;
    let client = test.client();
    let calls = client.calls(&CallsQuery::new("is:recorded".to_owned())).await.expect("calls").items;
    let recording = calls[0].recordings[0].id.clone();
    let draft = ClipDraft { recording, from_s: 0.2, until_s: 1.2, title: None };
    let first = client.make_clip(&draft).await.expect("a clip");
    let expected = client.clip_bytes(&first.id, AudioUse::Play).await.expect("its sound");
    for _ in 0..10 {
        let clip = client.make_clip(&draft).await.expect("a clip");
        let (heard, removed) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
        let hearers: Vec<_> = (0..HEARERS)
            .map(|_| {
                let (client, id, expected) = (client.clone(), clip.id.clone(), expected.clone());
                let (heard, removed) = (Arc::clone(&heard), Arc::clone(&removed));
                tokio::spawn(async move {
                    loop {
                        let was_gone = removed.load(Ordering::SeqCst);
                        match client.clip_bytes(&id, AudioUse::Play).await {
                            Ok(bytes) => {
                                assert_eq!(bytes, expected, "no other bytes");
                                assert!(!was_gone, "nothing is heard after it was removed");
                                heard.fetch_add(1, Ordering::SeqCst);
                            }
                            Err(ClientError::Problem(problem)) => {
                                assert!(matches!(problem.status, 404 | 410), "{problem:?}");
                                return;
                            }
                            Err(other) => panic!("{other}"),
                        }
                    }
                })
            })
            .collect();
        while heard.load(Ordering::SeqCst) < HEARERS {
            tokio::task::yield_now().await;
        }
        client.remove_clip(&clip.id).await.expect("removed");
        removed.store(true, Ordering::SeqCst);
        for hearer in hearers {
            hearer.await.expect("no other answer");
        }
    }
    assert_eq!(client.clip_bytes(&first.id, AudioUse::Play).await.expect("its sound"), expected, "others stay");
}
