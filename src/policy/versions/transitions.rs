//! What officers do. One at a time: the caller holds a lock from before the call until what it returns is in force.

use super::{
    Comment, Entry, Files, Officer, OpinionVerdict, Proposal, Status, Versions, VersionsError, What,
    assess::{Assessment, brought, hold},
    opinions,
    tables::{self, ProposalRow},
};
use crate::{
    database::Writing,
    model::{MemberName, Text},
    policy::{
        current::{Current, Narrowing},
        policies::Policies,
    },
};
use std::{collections::BTreeSet, sync::Arc};

/// What a transition came to: the proposal's number, and what is in force now, if that changed.
pub type Settled = (i64, Option<Current>);

impl Versions {
    /// Proposes a folder. Proposing is approving for one's own member: what the proposal takes back on the member's own
    /// audiences is taken back at once, and if nobody else is concerned it is published at once.
    ///
    /// # Errors
    /// When the folder has mistakes, changes nothing, is proposed already, or can't be compared.
    pub async fn propose(
        &self,
        current: &Current,
        officer: &Officer,
        files: &Files,
        why: &str,
    ) -> Result<Settled, VersionsError> {
        if current.base.member(&officer.member).is_none() {
            return Err(VersionsError::Refused(Text::new(
                format!("{} n'est pas membre de la salle", officer.member),
                format!("{} is not a member of the room", officer.member),
            )));
        }
        let policies = self.read(files).await?;
        let version = policies.version().to_owned();
        self.is_new(current, &version).await?;
        let in_force = self.files(current.base.version()).await?;
        let assessment = self.held(current, in_force, (files.clone(), policies)).await?;
        let now = self.now();
        let mut writing = self.begin().await?;
        tables::store(&mut writing, &version, files).await?;
        let id = tables::propose(&mut writing, current.base.version(), &version, officer, (why, &now)).await?;
        tables::log(&mut writing, &self.entry(What::Proposed, officer, &version, id, Some(why))).await?;
        if assessment.concerns(&officer.member) {
            tables::approve(&mut writing, id, officer, &assessment.digest(&officer.member), &now).await?;
            tables::log(&mut writing, &self.entry(What::Approved, officer, &version, id, None)).await?;
        }
        let approved = BTreeSet::from([officer.member.clone()]);
        let after = self.settle(&mut writing, current, (id, officer, why), assessment, &approved).await?;
        writing.commit().await?;
        Ok((id, after))
    }

    async fn is_new(&self, current: &Current, version: &str) -> Result<(), VersionsError> {
        if current.base.version() == version {
            return Err(VersionsError::Refused(Text::new(
                "ce dossier est déjà en vigueur, à l'octet près",
                "this folder is in force already, byte for byte",
            )));
        }
        let open = self.proposals().await?.into_iter().find(|p| p.status == Status::Open && p.version == version);
        match open {
            Some(proposal) => Err(VersionsError::Refused(Text::new(
                format!("ce dossier est déjà proposé : c'est la proposition {}", proposal.id),
                format!("this folder is proposed already: it is proposal {}", proposal.id),
            ))),
            None => Ok(()),
        }
    }

    /// Approves, for the officer's own member, what a proposal does to that member: `effects` is the digest that the officer saw.
    ///
    /// # Errors
    /// When the proposal is closed, doesn't concern the member, or does something else by now.
    pub async fn approve(
        &self,
        current: &Current,
        officer: &Officer,
        id: i64,
        (effects, comment): (&str, Option<&Comment>),
    ) -> Result<Settled, VersionsError> {
        let (row, assessment) = self.asked(current, officer, id).await?;
        if assessment.digest(&officer.member) != effects {
            return Err(VersionsError::Refused(Text::new(
                "ce que la proposition change pour votre membre n'est plus ce que vous avez vu : relisez-la avant d'approuver",
                "what the proposal changes for your member is no longer what you saw: read it again before you approve",
            )));
        }
        let given = tables::approvals(&self.database, id).await?;
        let given = given.into_iter().filter(|row| row.effects == assessment.digest(&row.owner)).map(|row| row.owner);
        let approved: BTreeSet<MemberName> = given.chain([officer.member.clone()]).collect();
        let now = self.now();
        let mut writing = self.begin().await?;
        tables::approve(&mut writing, id, officer, effects, &now).await?;
        match comment {
            Some(comment) => {
                let opinion = (OpinionVerdict::Approved, comment);
                opinions::give(&mut writing, id, officer, opinion, (effects, &now)).await?;
            }
            None => opinions::end(&mut writing, id, &officer.member, &now).await?,
        }
        let said = comment.map(Comment::as_str);
        tables::log(&mut writing, &self.entry(What::Approved, officer, &row.version, id, said)).await?;
        let after = self.settle(&mut writing, current, (id, officer, &row.why), assessment, &approved).await?;
        writing.commit().await?;
        Ok((id, after))
    }

    /// Refuses, for the officer's own member, what a proposal does to that member: its approval is taken back if there is one, and the
    /// refusal stands until an officer of the member approves. What the proposal narrowed stays narrowed.
    ///
    /// # Errors
    /// When the proposal is closed, can't come into force as it is, or doesn't concern the member.
    pub async fn refuse(
        &self,
        current: &Current,
        officer: &Officer,
        id: i64,
        comment: &Comment,
    ) -> Result<(), VersionsError> {
        let (row, assessment) = self.asked(current, officer, id).await?;
        let effects = assessment.digest(&officer.member);
        let now = self.now();
        let mut writing = self.begin().await?;
        tables::retract(&mut writing, id, &officer.member).await?;
        opinions::give(&mut writing, id, officer, (OpinionVerdict::Refused, comment), (&effects, &now)).await?;
        let entry = self.entry(What::Refused, officer, &row.version, id, Some(comment.as_str()));
        tables::log(&mut writing, &entry).await?;
        Ok(writing.commit().await?)
    }

    /// An open proposal that has something to ask of the officer's member.
    async fn asked(
        &self,
        current: &Current,
        officer: &Officer,
        id: i64,
    ) -> Result<(ProposalRow, Assessment), VersionsError> {
        let row = self.open(id).await?;
        let assessment = self.assess(current, &row).await?;
        if assessment.concerns(&officer.member) {
            return Ok((row, assessment));
        }
        Err(VersionsError::Refused(Text::new(
            format!("cette proposition ne change rien pour {} : il n'y a rien à approuver", officer.member),
            format!("this proposal changes nothing for {}: there is nothing to approve", officer.member),
        )))
    }

    /// Publishes if every owner whose approval is needed has given it; else narrows, at once, what the approving officer's own
    /// member takes back.
    async fn settle(
        &self,
        writing: &mut Writing,
        current: &Current,
        (id, officer, why): (i64, &Officer, &str),
        assessment: Assessment,
        approved: &BTreeSet<MemberName>,
    ) -> Result<Option<Current>, VersionsError> {
        let now = self.now();
        let version = assessment.policies.version().to_owned();
        if assessment.needed.is_subset(approved) {
            tables::store(writing, &version, &assessment.files).await?;
            tables::publish(writing, &version, Some(id), &now).await?;
            tables::end_proposal(writing, id, "published").await?;
            self.take_leave(writing, &current.base, &assessment.policies).await?;
            let implied = assessment.implied(&current.narrowings)?;
            for narrowing in &implied {
                tables::end_narrowing(writing, &narrowing.owner, narrowing.policies.version(), &now).await?;
            }
            tables::log(writing, &self.entry(What::Published, officer, &version, id, Some(why))).await?;
            let kept =
                current.narrowings.iter().filter(|narrowing| !implied.iter().any(|one| std::ptr::eq(*one, *narrowing)));
            let narrowings = kept.cloned().collect();
            return Ok(Some(Current { base: assessment.policies, narrowings }));
        }
        let owner = &officer.member;
        if !assessment.effects.clone().from(self.clock.now()).narrows(owner) {
            return Ok(None);
        }
        let known = current.narrowings.iter().any(|n| n.owner == *owner && n.policies.version() == version);
        if known {
            return Ok(None);
        }
        tables::store(writing, &version, &assessment.files).await?;
        tables::narrow(writing, owner, &version, id, &now).await?;
        tables::log(writing, &self.entry(What::Narrowed, officer, &version, id, Some(why))).await?;
        let mut after = current.clone();
        after.narrowings.push(Narrowing { owner: owner.clone(), policies: assessment.policies });
        Ok(Some(after))
    }

    /// Takes an approval back, while the proposal waits. What it narrowed stays narrowed.
    ///
    /// # Errors
    /// When the proposal is closed, or the member hasn't approved.
    pub async fn retract(&self, officer: &Officer, id: i64) -> Result<(), VersionsError> {
        let row = self.open(id).await?;
        let mut writing = self.begin().await?;
        if tables::retract(&mut writing, id, &officer.member).await? == 0 {
            return Err(VersionsError::Refused(Text::new(
                format!("{} n'a pas approuvé cette proposition", officer.member),
                format!("{} has not approved this proposal", officer.member),
            )));
        }
        opinions::end(&mut writing, id, &officer.member, &self.now()).await?;
        tables::log(&mut writing, &self.entry(What::Retracted, officer, &row.version, id, None)).await?;
        Ok(writing.commit().await?)
    }

    /// Withdraws a proposal: any officer of the member that made it may. What it narrowed stays narrowed until it is lifted.
    ///
    /// # Errors
    /// When the proposal is closed, or another member's.
    pub async fn withdraw(&self, officer: &Officer, id: i64) -> Result<(), VersionsError> {
        let row = self.open(id).await?;
        if row.officer.member != officer.member {
            return Err(VersionsError::Refused(Text::new(
                format!("seule la conformité de {} peut retirer cette proposition", row.officer.member),
                format!("only officers of {} can withdraw this proposal", row.officer.member),
            )));
        }
        let mut writing = self.begin().await?;
        tables::end_proposal(&mut writing, id, "withdrawn").await?;
        tables::log(&mut writing, &self.entry(What::Withdrawn, officer, &row.version, id, None)).await?;
        Ok(writing.commit().await?)
    }

    /// Lets go of the narrowings of the officer's own member: its audiences are again what the published version says, all of
    /// which the member has approved.
    ///
    /// # Errors
    /// When there are none, or the database fails.
    pub async fn lift(&self, current: &Current, officer: &Officer) -> Result<Current, VersionsError> {
        let mut writing = self.begin().await?;
        if tables::end_narrowings(&mut writing, &officer.member, &self.now()).await? == 0 {
            return Err(VersionsError::Refused(Text::new(
                format!("{} n'a rien resserré : il n'y a rien à lever", officer.member),
                format!("{} has narrowed nothing: there is nothing to lift", officer.member),
            )));
        }
        let entry = Entry {
            happened: self.now(),
            what: What::Lifted,
            officer: Some(officer.clone()),
            version: None,
            proposal: None,
            why: None,
        };
        tables::log(&mut writing, &entry).await?;
        writing.commit().await?;
        let mut after = current.clone();
        after.narrowings.retain(|narrowing| narrowing.owner != officer.member);
        Ok(after)
    }

    async fn open(&self, id: i64) -> Result<ProposalRow, VersionsError> {
        let row = tables::one_proposal(&self.database, id).await?.ok_or(VersionsError::NotFound)?;
        match Proposal::closed(row.clone()).status {
            Status::Open => Ok(row),
            Status::Published => Err(VersionsError::Refused(Text::new(
                "cette proposition est déjà en vigueur",
                "this proposal is in force already",
            ))),
            Status::Withdrawn => {
                Err(VersionsError::Refused(Text::new("cette proposition a été retirée", "this proposal was withdrawn")))
            }
        }
    }

    /// A proposal, held against what is in force now.
    pub(super) async fn assess(&self, current: &Current, row: &ProposalRow) -> Result<Assessment, VersionsError> {
        let in_force = self.files(current.base.version()).await?;
        let (base, proposed) = (self.files(&row.base).await?, self.files(&row.version).await?);
        let files = brought(&in_force, (&base, &proposed))?;
        let policies = self.read(&files).await?;
        self.held(current, in_force, (files, policies)).await
    }

    /// A folder that may come into force, held against what is.
    async fn held(
        &self,
        current: &Current,
        in_force: Files,
        (files, policies): (Files, Arc<Policies>),
    ) -> Result<Assessment, VersionsError> {
        let (current, now) = (current.clone(), self.clock.now());
        // Off the async threads: between large folders it takes half a second.
        let holding = move || {
            // Agreements that contradict the officers' own cases don't come into force.
            policies.check_cases()?;
            hold(&current, &in_force, (files, policies), now)
        };
        tokio::task::spawn_blocking(holding).await?
    }

    fn entry(&self, what: What, officer: &Officer, version: &str, proposal: i64, why: Option<&str>) -> Entry {
        Entry {
            happened: self.now(),
            what,
            officer: Some(officer.clone()),
            version: Some(version.to_owned()),
            proposal: Some(proposal),
            why: why.map(str::to_owned),
        }
    }
}
