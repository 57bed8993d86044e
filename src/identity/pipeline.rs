//! Work on all cores, results in order, memory bounded.

use std::{
    io,
    sync::{
        Mutex,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread,
};

/// What stopped the work.
pub(super) enum Stopped<E> {
    /// The next piece of work could not be read.
    Reading(io::Error),
    /// A result could not be used.
    Using(E),
}

/// Calls `next` on one thread until it yields nothing, works on what it yields on all cores, each with a worker that
/// `worker` makes, and calls `each` with the results on this thread, in the order of `next`.
pub(super) fn run<J, R, W, E>(
    mut next: impl FnMut() -> io::Result<Option<J>> + Send,
    worker: impl Fn() -> W + Sync,
    mut each: impl FnMut(R) -> Result<(), E>,
) -> Result<(), Stopped<E>>
where
    J: Send,
    R: Send,
    W: FnMut(J) -> R,
{
    let workers = thread::available_parallelism().map_or(1, usize::from);
    let depth = 2 * workers;
    let (jobs, waiting) = sync_channel::<(J, SyncSender<R>)>(depth);
    let (order, results) = sync_channel::<Receiver<R>>(depth);
    let waiting = Mutex::new(waiting);
    thread::scope(|scope| {
        let reader = scope.spawn(move || {
            while let Some(job) = next()? {
                let (done, result) = sync_channel(1);
                // Either fails once nobody wants results any more.
                if order.send(result).is_err() || jobs.send((job, done)).is_err() {
                    break;
                }
            }
            Ok(())
        });
        for _ in 0..workers {
            scope.spawn(|| {
                let mut work = worker();
                while let Some((job, done)) = waiting.lock().ok().and_then(|waiting| waiting.recv().ok()) {
                    let _ = done.send(work(job));
                }
            });
        }
        let used = results.iter().filter_map(|result| result.recv().ok()).try_for_each(&mut each);
        drop(results);
        used.map_err(Stopped::Using)?;
        match reader.join() {
            Ok(read) => read.map_err(Stopped::Reading),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_order_and_an_error_stops_the_rest() {
        let mut numbers = 0..1_000u64;
        let mut seen = vec![];
        let next = || Ok(numbers.next());
        let slow_start = || {
            |n: u64| {
                thread::sleep(std::time::Duration::from_micros(if n.is_multiple_of(7) { 300 } else { 1 }));
                n * 2
            }
        };
        let ended: Result<(), Stopped<()>> = run(next, slow_start, |n| {
            seen.push(n);
            Ok(())
        });
        assert!(ended.is_ok());
        assert_eq!(seen, (0..1_000).map(|n| n * 2).collect::<Vec<_>>());

        let stopped = run(|| Ok(Some(1)), || |n: u32| n, |_| Err("disk full"));
        assert!(matches!(stopped, Err(Stopped::Using("disk full"))));
        let stopped: Result<(), Stopped<()>> =
            run(|| Err::<Option<u32>, _>(io::Error::other("broken")), || |n: u32| n, |_| Ok(()));
        assert!(matches!(stopped, Err(Stopped::Reading(_))));
    }
}
