//! `camerata demo --check`: the whole way over HTTP, as a member's marketer would go it, without a person. Every step says
//! what held; the first that doesn't ends the walk. The exact overlap is never known here: only what may leave the room is.

mod examples;
mod verdict;

use crate::cli::connection::{Address, Connection, ConnectionError, Problem, Reason, Token};
use crate::cli::context::{Words, choose};
use crate::cli::{query, typography};
use crate::model::Language;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{self, Write};
use verdict::{Accounts, Answer};

/// The pilot's agreement that keeps agents' audiences from prospecting (`policies/agents-sans-prospection.cedar`).
const AGREEMENT: &str = "agents-sans-prospection";
const OWN: &str = "festival/abonnes";
const OTHER: &str = "billetterie/acheteurs";
/// The margin that the walk asks for, and a wider one.
const MARGIN: u64 = 100;
const WIDER: u64 = 250;

/// The tokens of the users that the walk is taken as.
#[derive(Debug, Clone)]
pub struct Tokens {
    /// A marketer of `festival`.
    pub festival_marketer: Token,
    /// A steward of `agents`.
    pub agents_steward: Token,
    /// An officer of any member.
    pub officer: Token,
    /// A marketer of each member.
    pub marketers: BTreeMap<String, Token>,
}

/// The walk ended before its end.
#[derive(Debug, thiserror::Error)]
pub enum CheckFailure {
    /// A step didn't hold.
    #[error("{step}: {what}")]
    Step {
        /// What was tried.
        step: String,
        /// What came instead.
        what: String,
    },
    /// The base address isn't one.
    #[error(transparent)]
    Address(#[from] ConnectionError),
    /// What held couldn't be told.
    #[error("can't print the steps")]
    Print(#[from] io::Error),
}

/// Walks the whole path against the room at `base_url`, and tells each step on `out`.
///
/// # Errors
/// At the first step that doesn't hold.
pub fn check(base_url: &str, tokens: &Tokens, language: Language, out: &mut impl Write) -> Result<(), CheckFailure> {
    let connection =
        |token| Ok::<_, ConnectionError>(Connection::new(Address::parse(base_url, false)?, token, language));
    let mut walk = Walk {
        marketer: connection(Some(tokens.festival_marketer.clone()))?,
        members: tokens
            .marketers
            .iter()
            .map(|(member, token)| Ok((member.clone(), connection(Some(token.clone()))?)))
            .collect::<Result<_, ConnectionError>>()?,
        others: [connection(Some(tokens.agents_steward.clone()))?, connection(Some(tokens.officer.clone()))?],
        stranger: connection(None)?,
        language,
        out,
    };
    walk.arrive()?;
    let before = walk.budget()?;
    let answer = walk.ask(&before)?;
    let after = walk.budget()?;
    walk.repeat(&answer, &after)?;
    walk.refusals()?;
    let end = walk.budget()?;
    let words = ("les refus n'ont rien coûté", "refusals cost nothing");
    walk.step(words, |_| end.same_as(&after).map(|()| String::new()))?;
    walk.examples()
}

/// One walk under way.
struct Walk<'w, W> {
    marketer: Connection,
    /// A marketer of each member.
    members: BTreeMap<String, Connection>,
    /// A steward and an officer.
    others: [Connection; 2],
    stranger: Connection,
    language: Language,
    out: &'w mut W,
}

impl<W: Write> Walk<'_, W> {
    /// Takes a step and tells how it went.
    fn step<T: Told>(
        &mut self,
        words: Words,
        take: impl FnOnce(&Self) -> Result<T, String>,
    ) -> Result<T, CheckFailure> {
        let step = choose(self.language, words);
        match take(self) {
            Ok(taken) => {
                let told = taken.told(self.language);
                let told = if told.is_empty() { told } else { format!(" — {told}") };
                writeln!(self.out, "✓ {step}{told}")?;
                Ok(taken)
            }
            Err(what) => {
                writeln!(self.out, "✗ {step} — {what}")?;
                Err(CheckFailure::Step { step: step.to_owned(), what })
            }
        }
    }

    fn arrive(&mut self) -> Result<(), CheckFailure> {
        self.step(("la salle répond", "the room answers"), |walk| {
            walk.get(&walk.stranger, "/health").map(|_| String::new())
        })?;
        self.step(("sans jeton, rien", "nothing without a token"), |walk| {
            refused(walk.stranger.get::<Value>("/api/v1/audiences"), 401, walk.language).map(|_| "401".to_owned())
        })?;
        let words = ("le festival voit les auditoires", "the festival sees the audiences");
        self.step(words, |walk| {
            let seen = walk.get(&walk.marketer, "/api/v1/audiences")?;
            [OWN, OTHER].iter().try_for_each(|audience| verdict::in_force(&seen, audience))?;
            Ok(format!("{OWN}, {OTHER}"))
        })?;
        Ok(())
    }

    fn budget(&mut self) -> Result<Accounts, CheckFailure> {
        let words =
            ("le budget du festival auprès de la billetterie", "the festival's budget with the ticketing company");
        self.step(words, |walk| {
            let accounts = walk.get(&walk.marketer, "/api/v1/budget")?;
            Accounts::read(&accounts, &["room", "asker:festival@billetterie"])
        })
    }

    /// Estimates, asks, and holds the debit against the estimate. On a room that was asked before, the answer is free.
    fn ask(&mut self, before: &Accounts) -> Result<Answer, CheckFailure> {
        let query = overlap(OTHER, "planification", MARGIN);
        let words = ("le coût est dit avant d'être dépensé", "the cost is told before it is spent");
        let estimate =
            self.step(words, |walk| verdict::Estimate::read(&walk.post("/api/v1/estimate", &query)?, MARGIN))?;
        let words = ("le recoupement, avec sa marge et sa perte", "the overlap, with its margin and its loss");
        let answer = self.step(words, |walk| Answer::read(&walk.post("/api/v1/queries", &query)?, MARGIN))?;
        let words = ("le budget a baissé d'exactement cette perte", "the budget went down by exactly that loss");
        let path = "/api/v1/budget";
        self.step(words, |walk| {
            let after = Accounts::read(&walk.get(&walk.marketer, path)?, &before.names())?;
            estimate.agrees_with(&answer)?;
            let debit = if answer.replay { 0 } else { answer.rho };
            after.debited(before, debit)?;
            Ok(format!("{debit} × 10⁻¹² ρ"))
        })?;
        Ok(answer)
    }

    fn repeat(&mut self, answer: &Answer, after: &Accounts) -> Result<(), CheckFailure> {
        let words = ("la même question : la même réponse, gratuite", "the same question: the same answer, free");
        self.again(words, MARGIN, answer)?;
        let words = ("une marge plus large : la même réponse, gratuite", "a wider margin: the same answer, free");
        self.again(words, WIDER, answer)?;
        let words = ("la réponse reste consultable", "the answer can be read again");
        self.step(words, |walk| {
            let found = walk.get(&walk.marketer, &format!("/api/v1/answers/{}", answer.id))?;
            answer.same_as(&Answer::read(&found, WIDER)?).map(|()| String::new())
        })?;
        let now = self.budget()?;
        let words = ("le budget n'a pas bougé", "the budget hasn't moved");
        self.step(words, |_| now.same_as(after).map(|()| String::new()))?;
        Ok(())
    }

    fn again(&mut self, words: Words, margin: u64, answer: &Answer) -> Result<(), CheckFailure> {
        self.step(words, |walk| {
            let again = walk.post("/api/v1/queries", &overlap(OTHER, "planification", margin))?;
            let again = Answer::read(&again, margin)?;
            answer.same_as(&again)?;
            if again.replay { Ok(String::new()) } else { Err("replay: false".to_owned()) }
        })?;
        Ok(())
    }

    fn refusals(&mut self) -> Result<(), CheckFailure> {
        let words = (
            "prospecter chez les agents : refusé, et l'entente est nommée",
            "prospecting among the agents' fans: refused, by name",
        );
        self.step(words, |walk| {
            let problem = walk.denied(&walk.marketer, &overlap("agents/admirateurs", "prospection", MARGIN), 403)?;
            let named =
                |reason: &Reason| matches!(reason, Reason::Agreement { agreement: Some(id), .. } if id == AGREEMENT);
            match problem.reasons.iter().any(named) {
                true => Ok(AGREEMENT.to_owned()),
                false => Err(problem.message(walk.language)),
            }
        })?;
        let words = ("un autre rôle ne peut pas demander", "another role can't ask");
        self.step(words, |walk| {
            let query = overlap(OTHER, "planification", MARGIN);
            walk.others.iter().try_for_each(|other| walk.denied(other, &query, 403).map(drop))?;
            Ok("403".to_owned())
        })?;
        let words = (
            "un auditoire inconnu : comme un auditoire non permis",
            "an unknown audience: like one that isn't permitted",
        );
        self.step(words, |walk| {
            let unknown = walk.denied(&walk.marketer, &overlap("salle/inconnus", "planification", MARGIN), 403)?;
            let closed = walk.denied(&walk.marketer, &overlap("billetterie/achats", "planification", MARGIN), 403)?;
            let (unknown, closed) = (unknown.message(walk.language), closed.message(walk.language));
            let same = unknown.replace("salle/inconnus", "…") == closed.replace("billetterie/achats", "…");
            if same { Ok("403".to_owned()) } else { Err(format!("{unknown} ≠ {closed}")) }
        })?;
        let words = ("une marge de 0 : refusée", "a margin of 0: refused");
        self.step(words, |walk| {
            walk.denied(&walk.marketer, &overlap(OTHER, "planification", 0), 422).map(|_| "422".to_owned())
        })?;
        Ok(())
    }

    /// Every template answers the question that it gives as its example.
    fn examples(&mut self) -> Result<(), CheckFailure> {
        let words = ("les modèles, chacun avec un exemple", "the templates, each with an example");
        let examples = self.step(words, |walk| {
            let templates = walk.get(&walk.marketer, "/api/v1/templates")?;
            examples::examples(&templates).map(Counted)
        })?;
        for example in &examples.0 {
            let words = ("un modèle répond à son exemple", "a template answers its example");
            self.step(words, |walk| {
                let failed = |what: String| format!("{}: {what}", example.template);
                let asker = walk.members.get(&example.asker).ok_or_else(|| failed(example.asker.clone()))?;
                let answer = asker.post::<Value>("/api/v1/queries", &example.question);
                let answer = answer.map_err(|error| failed(error.message(walk.language)))?;
                let figures = example.answered(&answer).map_err(failed)?;
                Ok(format!("{} ({figures})", example.template))
            })?;
        }
        Ok(())
    }

    fn get(&self, connection: &Connection, path: &str) -> Result<Value, String> {
        connection.get(path).map_err(|error| error.message(self.language))
    }

    fn post(&self, path: &str, body: &Value) -> Result<Value, String> {
        self.marketer.post(path, body).map_err(|error| error.message(self.language))
    }

    /// Asks as someone who must be denied it, with that status.
    fn denied(&self, connection: &Connection, query: &Value, status: u16) -> Result<Problem, String> {
        refused(connection.post::<Value>("/api/v1/queries", query), status, self.language)
    }
}

fn overlap(other: &str, purpose: &str, margin: u64) -> Value {
    json!({"template": "overlap", "audiences": {"a": OWN, "b": other}, "purpose": purpose, "margin": margin})
}

/// The problem that a request must end with.
fn refused(outcome: Result<Value, ConnectionError>, status: u16, language: Language) -> Result<Problem, String> {
    match outcome {
        Err(ConnectionError::Problem(problem)) if problem.status == status => Ok(*problem),
        Err(error) => Err(error.message(language)),
        // Not what came: a figure that should not have left the room is not repeated here.
        Ok(_) => Err(choose(language, ("la salle a accepté", "the room accepted")).to_owned()),
    }
}

/// What a step tells when it held.
trait Told {
    fn told(&self, language: Language) -> String;
}

impl Told for String {
    fn told(&self, _: Language) -> String {
        self.clone()
    }
}

/// Things of which their number is told.
struct Counted<T>(Vec<T>);

impl<T> Told for Counted<T> {
    fn told(&self, _: Language) -> String {
        self.0.len().to_string()
    }
}

impl Told for Accounts {
    fn told(&self, language: Language) -> String {
        let left = |account: &verdict::Account| {
            let part = 1.0 - account.spent as f64 / account.unlocked.max(1) as f64;
            format!("{} : {}", query::account(&account.name, language), typography::percent_down(part, language))
        };
        self.0.iter().map(left).collect::<Vec<_>>().join(" ; ")
    }
}

impl Told for verdict::Estimate {
    fn told(&self, language: Language) -> String {
        let free = if self.free { choose(language, (", gratuit", ", free")) } else { "" };
        format!("ε = {}{free}", typography::real(self.epsilon, language))
    }
}

impl Told for Answer {
    fn told(&self, language: Language) -> String {
        let (value, margin) = (typography::integer(self.value, language), typography::count(self.margin, language));
        let epsilon = typography::real(self.epsilon, language);
        let people = choose(language, ("personnes", "people"));
        format!("≈ {value} {people} (± {margin}, 95 %), ε = {epsilon}, ρ = {} × 10⁻¹²", self.rho)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

    use super::*;
    use std::net::TcpListener;
    use std::path::Path;

    fn tokens() -> Tokens {
        let token = || Token::parse("cam_test").unwrap();
        Tokens { festival_marketer: token(), agents_steward: token(), officer: token(), marketers: BTreeMap::new() }
    }

    #[test]
    fn a_room_that_does_not_answer_fails_the_first_step() {
        // A port that was just free, and is again.
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let mut out = Vec::new();
        let failure = check(&format!("http://{address}"), &tokens(), Language::En, &mut out).unwrap_err();
        assert!(matches!(&failure, CheckFailure::Step { step, .. } if step == "the room answers"), "{failure}");
        assert!(String::from_utf8(out).unwrap().starts_with("✗ the room answers — "));
    }

    #[test]
    fn the_walk_stays_on_this_machine_unless_it_can_be_secret() {
        let failure = check("http://salle.example.ca", &tokens(), Language::En, &mut Vec::new()).unwrap_err();
        assert!(matches!(failure, CheckFailure::Address(ConnectionError::Insecure(_))));
    }

    #[test]
    fn the_agreement_that_the_walk_expects_is_the_pilot_s() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("policies/{AGREEMENT}.cedar"));
        assert!(std::fs::read_to_string(file).unwrap().contains(&format!("@id(\"{AGREEMENT}\")")));
    }
}
