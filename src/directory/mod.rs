//! Members' own directories: sign-in by OpenID Connect (openid.net/specs/openid-connect-core-1_0), by the authorization code with PKCE
//! (RFC 7636), state and nonce.
//!
//! Promise: a person is let in only on a token that the member's directory signed for this room and this sign-in; an address counts
//! only where the directory has verified it.

mod http;
mod provider;
mod settings;
#[cfg(test)]
mod tests;

pub use provider::{Arrived, Begun, DirectoryError, Provider};
pub use settings::{DirectorySettingsError, Settings};
