//! The front door of the served program, and attacks on it: one test for each.

mod headers;
mod limits;
mod proxy;
mod slow;
mod smuggling;
mod stop;
mod tls;
mod wire;

use wire::{Heard, Wire};
