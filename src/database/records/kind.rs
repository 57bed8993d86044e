//! The kinds of records, and of which tables and columns each is made.

/// A kind of record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is the table of its name, with the rows that belong to its row")]
pub enum Kind {
    Room,
    Token,
    Upload,
    Version,
    Account,
    Charge,
    ChargeFailure,
    Answer,
    AnswerBlind,
    PolicyVersion,
    PolicyProposal,
    PolicyPublication,
    PolicyNarrowing,
    PolicyOpinion,
    PolicyLog,
    Template,
    TemplateLog,
    Key,
    User,
    Invitation,
    AccessToken,
    Session,
    Passkey,
    LettersOff,
    DirectoryUser,
}

/// Rows that belong to a record.
pub(super) struct Part {
    /// What they are read from.
    pub(super) table: &'static str,
    /// The column that holds the record's key.
    pub(super) key: &'static str,
    /// What is bound of them.
    pub(super) columns: &'static str,
    /// Their order within a record, where there may be several.
    pub(super) order: &'static str,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 25] = [
        Self::Room,
        Self::Token,
        Self::Upload,
        Self::Version,
        Self::Account,
        Self::Charge,
        Self::ChargeFailure,
        Self::Answer,
        Self::AnswerBlind,
        Self::PolicyVersion,
        Self::PolicyProposal,
        Self::PolicyPublication,
        Self::PolicyNarrowing,
        Self::PolicyOpinion,
        Self::PolicyLog,
        Self::Template,
        Self::TemplateLog,
        Self::Key,
        Self::User,
        Self::Invitation,
        Self::AccessToken,
        Self::Session,
        Self::Passkey,
        Self::LettersOff,
        Self::DirectoryUser,
    ];

    /// Its word in the log.
    pub fn word(self) -> &'static str {
        match self {
            Self::Room => "room",
            Self::Token => "token",
            Self::Upload => "upload",
            Self::Version => "version",
            Self::Account => "account",
            Self::Charge => "charge",
            Self::ChargeFailure => "charge-failure",
            Self::Answer => "answer",
            Self::AnswerBlind => "answer-blind",
            Self::PolicyVersion => "policy-version",
            Self::PolicyProposal => "policy-proposal",
            Self::PolicyPublication => "policy-publication",
            Self::PolicyNarrowing => "policy-narrowing",
            Self::PolicyOpinion => "policy-opinion",
            Self::PolicyLog => "policy-log",
            Self::Template => "template",
            Self::TemplateLog => "template-log",
            Self::Key => "key",
            Self::User => "user",
            Self::Invitation => "invitation",
            Self::AccessToken => "access-token",
            Self::Session => "session",
            Self::Passkey => "passkey",
            Self::LettersOff => "letters-off",
            Self::DirectoryUser => "directory-user",
        }
    }

    /// The kind of a word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    pub(super) fn is_numbered(self) -> bool {
        !matches!(self, Self::Upload | Self::Account | Self::PolicyVersion | Self::Template)
    }

    /// Its rows: first the record's own, then what belongs to it.
    pub(super) fn parts(self) -> &'static [Part] {
        const fn part(table: &'static str, key: &'static str, columns: &'static str, order: &'static str) -> Part {
            Part { table, key, columns, order }
        }
        match self {
            Self::Room => const { &[part("room", "only_row", "founded, key_check", "only_row")] },
            Self::Token => const { &[part("tokens", "id", r#"hash, member, "user", role, created, revoked"#, "id")] },
            Self::Upload => {
                const { &[part("uploads", "id", "member, audience, declaration, state, outcome, created", "id")] }
            }
            Self::Version => {
                const {
                    &[
                        part(
                            "versions",
                            "id",
                            "member, audience, upload, declaration, kinds, rows_max, created, in_force",
                            "id",
                        ),
                        part("version_files", "version", "bytes, hashes", "version"),
                    ]
                }
            }
            Self::Account => {
                const {
                    &[
                        part(
                            "accounts",
                            "account",
                            "period_start, unlocked, spent, lifetime, delta_unlocked, delta_spent, delta_lifetime",
                            "account",
                        ),
                        part("account_months", "account", "month, counts_until, rho, delta", "month"),
                    ]
                }
            }
            Self::Charge => {
                const {
                    &[
                        part("charges", "id", "query_key, margin, rho, delta, asker, question, policy, charged", "id"),
                        part("debits", "charge", "account, rho, delta, debited", "account"),
                        part("deliveries", "charge", "id, member, question, policy, delivered", "id"),
                    ]
                }
            }
            Self::ChargeFailure => const { &[part("charge_failures", "charge", "failed", "charge")] },
            Self::Answer => const { &[part("answers", "charge", "release, recorded", "charge")] },
            Self::AnswerBlind => const { &[part("answer_blinds", "charge", "blind", "charge")] },
            Self::PolicyVersion => {
                const { &[part("policy_versions JOIN policy_files USING (hash)", "version", "name, hash, bytes", "name")] }
            }
            Self::PolicyProposal => {
                const {
                    &[
                        part("policy_proposals", "id", r#"base, version, member, "user", why, proposed, state"#, "id"),
                        part("policy_approvals", "proposal", r#"owner, "user", effects, approved"#, "owner"),
                    ]
                }
            }
            Self::PolicyPublication => {
                const { &[part("policy_publications", "id", "version, proposal, published", "id")] }
            }
            Self::PolicyNarrowing => {
                const { &[part("policy_narrowings", "id", "owner, version, proposal, since, ended", "id")] }
            }
            Self::PolicyOpinion => {
                const {
                    &[part(
                        "policy_opinions",
                        "id",
                        r#"proposal, owner, "user", verdict, effects, comment, given, ended"#,
                        "id",
                    )]
                }
            }
            Self::PolicyLog => {
                const { &[part("policy_log", "id", r#"happened, what, member, "user", version, proposal, why"#, "id")] }
            }
            Self::Template => {
                const {
                    &[
                        part("templates", "hash", r#"id, name, sql, toml, member, "user", why, proposed"#, "hash"),
                        part("template_approvals", "hash", r#"id, owner, "user", approved, withdrawn"#, "id"),
                    ]
                }
            }
            Self::TemplateLog => {
                const { &[part("template_log", "id", r#"happened, what, member, "user", hash, why"#, "id")] }
            }
            Self::Key => const { &[part("log_keys", "id", "key, endorsement", "id")] },
            Self::User => {
                const {
                    &[
                        part("users", "id", "member, name, email, language, roles, created, ended", "id"),
                        part("user_secrets", r#""user""#, "password, totp, changed", r#""user""#),
                        part("recovery_codes", r#""user""#, "id, hash, used", "id"),
                    ]
                }
            }
            Self::Invitation => {
                const {
                    &[part(
                        "invitations",
                        "id",
                        "hash, member, email, language, roles, host, created, expires, ended",
                        "id",
                    )]
                }
            }
            Self::AccessToken => {
                const {
                    &[part(
                        "access_tokens",
                        "id",
                        r#"hash, "user", name, roles, read_only, created, expires, ended"#,
                        "id",
                    )]
                }
            }
            Self::Session => {
                const { &[part("sessions", "id", r#"hash, "user", agent, created, expires, ended"#, "id")] }
            }
            Self::Passkey => {
                const { &[part("passkeys", "id", r#"credential, "user", handle, name, public_key, created, ended"#, "id")] }
            }
            Self::LettersOff => const { &[part("letters_off", r#""user""#, "kind", "kind")] },
            Self::DirectoryUser => {
                const { &[part("directory_users", r#""user""#, "member, issuer, subject, email, bound", r#""user""#)] }
            }
        }
    }
}
