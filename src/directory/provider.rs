//! A sign-in at a member's directory: where the browser is sent, and what comes back.

use super::{DirectorySettingsError, Settings, http};
use openidconnect::{
    AdditionalClaims, AdditionalProviderMetadata, AuthorizationCode, Client, ClientId, ClientSecret, CsrfToken,
    EmptyExtraTokenFields, EndUserEmail, EndpointMaybeSet, EndpointNotSet, EndpointSet, IdTokenFields, IssuerUrl,
    Nonce, OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier, ProviderMetadata, RedirectUrl, Scope,
    StandardErrorResponse, StandardTokenResponse, TokenResponse,
    core::{
        CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreClaimName, CoreClaimType, CoreClientAuthMethod,
        CoreErrorResponseType, CoreGenderClaim, CoreGrantType, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm,
        CoreJweKeyManagementAlgorithm, CoreJwsSigningAlgorithm, CoreResponseMode, CoreResponseType, CoreRevocableToken,
        CoreRevocationErrorResponse, CoreSubjectIdentifierType, CoreTokenIntrospectionResponse, CoreTokenType,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    error::Error,
    path::Path,
};
use subtle::ConstantTimeEq;
use ureq::Agent;

/// Methods of a directory that make two factors (RFC 8176).
const TWO_FACTORS: [&str; 2] = ["mfa", "mca"];

/// Claims beyond the standard ones: a directory's own names.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Others(BTreeMap<String, Value>);

impl AdditionalClaims for Others {}

/// What the library doesn't know of a directory's description.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Described {
    /// Whether it says who it is when it sends a browser back (RFC 9207).
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl AdditionalProviderMetadata for Described {}

type Metadata = ProviderMetadata<
    Described,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

type Tokens = StandardTokenResponse<
    IdTokenFields<
        Others,
        EmptyExtraTokenFields,
        CoreGenderClaim,
        CoreJweContentEncryptionAlgorithm,
        CoreJwsSigningAlgorithm,
    >,
    CoreTokenType,
>;

type DirectoryClient = Client<
    Others,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Tokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// Why a directory lets nobody in.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    /// Its settings can't be used.
    #[error(transparent)]
    Settings(#[from] DirectorySettingsError),
    /// It can't be reached, or says what can't be read.
    #[error("the directory can't be reached, or doesn't speak OpenID Connect")]
    Unreachable(#[source] Box<dyn Error + Send + Sync>),
    /// The browser came back from another sign-in.
    #[error("the sign-in that came back is not the one that was begun")]
    OtherSignIn,
    /// The code or the token isn't good.
    #[error("the directory's word on who it is can't be believed")]
    Untrusted(#[source] Box<dyn Error + Send + Sync>),
    /// It names no address that it has verified.
    #[error("the directory names no address that it has verified")]
    NoAddress,
}

/// A sign-in that was begun: kept by the room, for the browser that began it, until it comes back.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Begun {
    /// What the browser has to bring back.
    pub state: String,
    pub(super) nonce: String,
    pub(super) verifier: String,
}

/// Who arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrived {
    /// Who it is, for good, in the directory's own words.
    pub subject: String,
    /// The address, which the directory has verified.
    pub email: String,
    /// The name, if the directory says one.
    pub name: Option<String>,
    /// The groups.
    pub groups: BTreeSet<String>,
    /// Whether the directory says that two factors were shown.
    pub two_factors: bool,
}

/// A member's directory, as it describes itself now.
pub struct Provider {
    client: DirectoryClient,
    agent: Agent,
    scopes: Vec<String>,
    groups_claim: String,
    issuer: String,
    names_itself: bool,
    always_two_factors: bool,
    verified_domains: Vec<String>,
}

impl Provider {
    /// Asks the directory how it is spoken to. `redirect` is where browsers come back to: a page of the room. Files are named from the
    /// room's folder on.
    ///
    /// # Errors
    /// When it can't be reached, or a file can't be read.
    pub async fn discover(settings: &Settings, room: &Path, redirect: &str) -> Result<Self, DirectoryError> {
        let agent = http::agent(settings.ca_file.as_ref().map(|file| room.join(file)).as_deref())?;
        let issuer = IssuerUrl::new(settings.issuer.clone())
            .map_err(|_| DirectorySettingsError::Issuer(settings.member.clone()))?;
        let speak = |request| http::call(agent.clone(), request);
        let described = Metadata::discover_async(issuer, &speak).await;
        let described = described.map_err(|error| DirectoryError::Unreachable(Box::new(error)))?;
        let secret = settings.secret(room)?.map(|secret| ClientSecret::new(secret.as_str().to_owned()));
        let redirect =
            RedirectUrl::new(redirect.to_owned()).map_err(|error| DirectoryError::Unreachable(Box::new(error)))?;
        let names_itself = described.additional_metadata().authorization_response_iss_parameter_supported;
        let client = Client::from_provider_metadata(described, ClientId::new(settings.client_id.clone()), secret)
            .set_redirect_uri(redirect);
        Ok(Self {
            client,
            agent,
            scopes: settings.scopes.clone(),
            groups_claim: settings.groups_claim.clone(),
            issuer: settings.issuer.clone(),
            names_itself,
            always_two_factors: settings.always_two_factors,
            verified_domains: settings.verified_domains.clone(),
        })
    }

    /// Makes sure that it is this directory that sent the browser back, by the name that it gave (RFC 9207): the code of another one
    /// isn't shown to this one.
    ///
    /// # Errors
    /// When it gave another name, or none though it gives one.
    pub fn sent_back(&self, issuer: Option<&str>) -> Result<(), DirectoryError> {
        match issuer {
            Some(issuer) if issuer == self.issuer => Ok(()),
            None if !self.names_itself => Ok(()),
            _ => Err(DirectoryError::OtherSignIn),
        }
    }

    /// Whether whoever runs the room said that the directory answers for the address' domain.
    fn answers_for(&self, email: &str) -> bool {
        let domain = email.rsplit_once('@').map(|(_, domain)| domain);
        domain.is_some_and(|domain| self.verified_domains.iter().any(|own| own.eq_ignore_ascii_case(domain)))
    }

    /// Begins a sign-in: where to send the browser, and what to keep until it comes back.
    pub fn begin(&self) -> (String, Begun) {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let mut request = self.client.authorize_url(
            CoreAuthenticationFlow::AuthorizationCode,
            CsrfToken::new_random,
            Nonce::new_random,
        );
        for scope in &self.scopes {
            request = request.add_scope(Scope::new(scope.clone()));
        }
        let (url, state, nonce) = request.set_pkce_challenge(challenge).url();
        let begun =
            Begun { state: state.into_secret(), nonce: nonce.secret().clone(), verifier: verifier.into_secret() };
        (url.into(), begun)
    }

    /// Ends a sign-in: who the directory says it is.
    ///
    /// # Errors
    /// When the browser brings another state, or the code, the token or its claims can't be believed.
    pub async fn finish(&self, begun: Begun, state: &str, code: &str) -> Result<Arrived, DirectoryError> {
        if !bool::from(state.as_bytes().ct_eq(begun.state.as_bytes())) {
            return Err(DirectoryError::OtherSignIn);
        }
        let speak = |request| http::call(self.agent.clone(), request);
        let exchange = self.client.exchange_code(AuthorizationCode::new(code.to_owned())).map_err(untrusted)?;
        let exchange = exchange.set_pkce_verifier(PkceCodeVerifier::new(begun.verifier));
        let tokens = exchange.request_async(&speak).await.map_err(untrusted)?;
        let token = tokens.id_token().ok_or_else(|| untrusted(std::fmt::Error))?;
        let claims = token.claims(&self.client.id_token_verifier(), &Nonce::new(begun.nonce)).map_err(untrusted)?;
        let mut others = claims.additional_claims().0.clone();
        let (mut email, mut verified) = (claims.email().cloned(), claims.email_verified());
        let subject = claims.subject().clone();
        if email.is_none() || !others.contains_key(&self.groups_claim) {
            // Some directories tell of a person at their userinfo endpoint alone; it is believed for the same subject.
            if let Ok(request) = self.client.user_info(tokens.access_token().clone(), Some(subject.clone())) {
                let told: openidconnect::UserInfoClaims<Others, CoreGenderClaim> =
                    request.request_async(&speak).await.map_err(untrusted)?;
                if email.is_none() {
                    (email, verified) = (told.email().cloned(), told.email_verified());
                }
                for (name, value) in &told.additional_claims().0 {
                    others.entry(name.clone()).or_insert_with(|| value.clone());
                }
            }
        }
        let counts = |email: &EndUserEmail| verified.unwrap_or_else(|| self.answers_for(email));
        let email = email.filter(counts).ok_or(DirectoryError::NoAddress)?;
        let methods = claims.auth_method_refs().into_iter().flatten();
        let name = claims.name().and_then(|names| names.get(None)).map(|name| name.as_str().to_owned());
        Ok(Arrived {
            subject: subject.as_str().to_owned(),
            email: email.as_str().to_owned(),
            name,
            groups: words(others.get(&self.groups_claim)),
            two_factors: self.always_two_factors
                || methods.into_iter().any(|method| TWO_FACTORS.contains(&method.as_str())),
        })
    }
}

/// A claim that is a text or a list of them.
fn words(value: Option<&Value>) -> BTreeSet<String> {
    match value {
        Some(Value::String(word)) => [word.clone()].into(),
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => BTreeSet::new(),
    }
}

fn untrusted(error: impl Error + Send + Sync + 'static) -> DirectoryError {
    DirectoryError::Untrusted(Box::new(error))
}
