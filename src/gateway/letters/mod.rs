//! Letters: what is in the outbox is sent, and what people are to know is put there.
//!
//! Promises: a letter is sent by one gateway, and tried again until it is taken, refused for good, or too old; no log names whom it is
//! for; nobody is told a figure that the room doesn't show them.

mod deliver;
mod notices;

use super::Room;
use std::{sync::Arc, time::Duration};
use tokio::{
    select,
    sync::watch,
    task::JoinHandle,
    time::{Instant, sleep},
};

/// How often the outbox is looked into, beside whenever something is put there.
const EVERY: Duration = Duration::from_secs(3);
/// How long what was just put there may take to be committed.
const COMMITTED_AFTER: Duration = Duration::from_millis(200);
/// How often it is looked for what people are to know, beside whenever an officer acts.
const NOTICES_EVERY: Duration = Duration::from_secs(300);

/// The room's letters, as they are sent beside everything else until this is stopped.
#[must_use]
pub struct Letters {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Letters {
    /// Begins to send the letters of a room. One without a mail server keeps them, until they are too old.
    pub fn start(room: Arc<Room>) -> Self {
        let (stop, stopped) = watch::channel(false);
        Self { stop, task: tokio::spawn(run(room, stopped)) }
    }

    /// Stops, once the letter under way is sent or given up.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        if let Err(error) = self.task.await {
            tracing::error!(%error, "letters were no longer sent");
        }
    }
}

async fn run(room: Arc<Room>, mut stopped: watch::Receiver<bool>) {
    let (mut noticed, mut happened) = (None::<Instant>, false);
    loop {
        if happened || noticed.is_none_or(|noticed| noticed.elapsed() >= NOTICES_EVERY) {
            notice(&room).await;
            (noticed, happened) = (Some(Instant::now()), false);
        }
        while !is_stopped(&stopped) && deliver::next(&room).await {}
        select! {
            _ = stopped.changed() => {}
            () = room.people.posted() => sleep(COMMITTED_AFTER).await,
            () = room.happened.notified() => happened = true,
            () = sleep(EVERY) => {}
        }
        if is_stopped(&stopped) {
            return;
        }
    }
}

/// Also when who could say so is gone.
fn is_stopped(stopped: &watch::Receiver<bool>) -> bool {
    stopped.has_changed().is_err() || *stopped.borrow()
}

async fn notice(room: &Room) {
    if let Err(error) = room.people.forget_old().await {
        tracing::error!(%error, "old letters could not be forgotten");
    }
    if room.mailer.is_some()
        && let Err(error) = notices::post(room).await
    {
        tracing::error!(%error, "what people are to know could not be put in letters");
    }
}
