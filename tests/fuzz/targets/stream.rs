#![no_main]

#[path = "../reads.rs"]
mod reads;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| reads::stream(bytes));
