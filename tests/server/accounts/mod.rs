//! Accounts, as people and attackers meet them over HTTP.
