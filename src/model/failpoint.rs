//! Named places where a test can have the process killed, to prove what a crash there loses: nothing.
//!
//! In debug builds, `CAMERATA_FAILPOINT=<name>` ends the process with SIGKILL when it comes by; release builds have none.

/// Every place, in the order of the way of a query, of an upload and of an erasure.
pub const FAILPOINTS: [&str; 14] = [
    "before_charge",
    "after_charge",
    "after_tally",
    "before_record",
    "after_record",
    "after_delivery",
    "upload_after_chunk",
    "upload_before_build",
    "upload_before_switch",
    "upload_after_switch",
    "upload_after_sweep",
    "erasure_before_build",
    "erasure_before_switch",
    "erasure_after_switch",
];

/// Ends the process here if this is the place that was asked for.
#[cfg(debug_assertions)]
pub fn failpoint(name: &'static str) {
    debug_assert!(FAILPOINTS.contains(&name), "an undeclared failpoint: {name}");
    if std::env::var_os("CAMERATA_FAILPOINT").is_some_and(|wanted| wanted == name) {
        let _ = std::process::Command::new("kill").args(["-KILL", &std::process::id().to_string()]).status();
        // The signal is on its way; nothing after this line may run.
        loop {
            std::thread::park();
        }
    }
}

/// Does nothing in release builds.
#[cfg(not(debug_assertions))]
pub fn failpoint(_name: &'static str) {}
