//! The queue with its callers, in a clock that stands still until everybody waits.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use super::*;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use tokio::task::{JoinHandle, yield_now};

fn member(name: &str) -> MemberName {
    name.parse().unwrap()
}

/// One of those that run, however it ends.
struct Counted(Arc<AtomicUsize>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, SeqCst);
    }
}

const SECOND: Duration = Duration::from_secs(1);

fn entering(queue: &Arc<Queue>, name: &str) -> JoinHandle<Result<Slot, Later>> {
    let (queue, member) = (Arc::clone(queue), member(name));
    tokio::spawn(async move { queue.enter(&member, SECOND).await })
}

async fn settle() {
    for _ in 0..50 {
        yield_now().await;
    }
}

#[tokio::test]
async fn whoever_goes_away_leaves_its_place_to_the_next() {
    let queue = Queue::new(1, 4);
    let first = queue.enter(&member("a"), SECOND).await.unwrap();
    let (gone, waits) = (entering(&queue, "b"), entering(&queue, "c"));
    settle().await;
    gone.abort();
    settle().await;
    assert!(!waits.is_finished(), "the engine is taken");
    drop(first);
    let slot = waits.await.unwrap().unwrap();
    drop(slot);
    assert!(queue.state().waiting.is_empty() && entering(&queue, "b").await.unwrap().is_ok());
}

#[tokio::test]
async fn a_place_that_is_given_to_who_has_just_gone_away_is_given_on() {
    let queue = Queue::new(1, 4);
    let first = queue.enter(&member("a"), SECOND).await.unwrap();
    let (gone, waits) = (entering(&queue, "b"), entering(&queue, "c"));
    settle().await;
    // Told that its turn has come, and dropped before it hears of it.
    drop(first);
    gone.abort();
    assert!(waits.await.unwrap().is_ok());
}

#[tokio::test]
async fn a_failure_sends_its_member_s_other_questions_away_and_nobody_else_s() {
    let queue = Queue::new(1, 4);
    let failing = queue.enter(&member("a"), SECOND).await.unwrap();
    let (own, other) = (entering(&queue, "a"), entering(&queue, "b"));
    settle().await;
    failing.failed();
    assert!(matches!(own.await.unwrap(), Err(Later::Held(59..=60))));
    drop(failing);
    assert!(other.await.unwrap().is_ok());
    assert!(matches!(queue.enter(&member("a"), SECOND).await, Err(Later::Held(59..=61))));
}

#[tokio::test]
async fn a_room_that_closes_sends_away_who_waits_and_lets_end_what_runs() {
    let queue = Queue::new(1, 4);
    let runs = queue.enter(&member("a"), SECOND).await.unwrap();
    let waits = entering(&queue, "b");
    settle().await;
    queue.close();
    assert!(matches!(waits.await.unwrap(), Err(Later::Full(_))));
    assert!(matches!(queue.enter(&member("c"), SECOND).await, Err(Later::Full(_))));
    drop(runs);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn places_are_never_more_than_there_are_nor_lost() {
    let queue = Queue::new(2, 64);
    let running = Arc::new(AtomicUsize::new(0));
    let tasks: Vec<_> = (0..120u8)
        .map(|number| {
            let (queue, running) = (Arc::clone(&queue), Arc::clone(&running));
            tokio::spawn(async move {
                let slot = queue.enter(&member(["a", "b", "c"][usize::from(number % 3)]), SECOND).await;
                let Ok(slot) = slot else { panic!("refused") };
                let counted = Counted(running);
                assert!(counted.0.fetch_add(1, SeqCst) < 2);
                yield_now().await;
                drop(counted);
                drop(slot);
            })
        })
        .collect();
    // Some go away, wherever they are.
    for task in tasks.iter().step_by(7) {
        task.abort();
    }
    for (number, task) in tasks.into_iter().enumerate() {
        let ended = task.await;
        assert!(ended.is_ok() || number % 7 == 0, "{ended:?}");
    }
    let _all: Vec<Slot> = [queue.enter(&member("a"), SECOND).await, queue.enter(&member("b"), SECOND).await]
        .into_iter()
        .map(|slot| match slot {
            Ok(slot) => slot,
            Err(_) => panic!("a place was lost"),
        })
        .collect();
}
