//! The front door of the served program, and attacks on it: one test for each.

mod bombs;
mod headers;
mod limits;
mod names;
mod proxy;
mod slow;
mod smuggling;
mod stop;
mod tls;
mod wire;

use wire::{Heard, Wire};
