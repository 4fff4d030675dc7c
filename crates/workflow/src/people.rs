//! Who is who. Enters: e-mail addresses, passwords, links and tokens. Leaves: a [`Principal`], memberships,
//! invitations. Keeps: no default account; secrets are shown once and stored as hashes; a failed sign-in tells
//! nothing about which part was wrong and gets slower to repeat.

use crate::{
    Error, Result, Workflow,
    policy::{Principal, Via},
    secret,
};
use labelwright_core::{Role, Timestamp, UserId};
use labelwright_store::{
    Tx,
    records::{
        credentials::{self, CredentialKind, CredentialRow, NewCredential},
        people::{self, UserRow, WorkspaceRow},
    },
};

const DAY_SECONDS: i64 = 86_400;
/// A session ends after this long without use.
const SESSION_IDLE_SECONDS: i64 = 14 * DAY_SECONDS;
/// A session ends after this long, used or not.
const SESSION_ABSOLUTE_SECONDS: i64 = 90 * DAY_SECONDS;
const LINK_SECONDS: i64 = DAY_SECONDS;
/// A session's last use is written at most this often.
const TOUCH_SECONDS: i64 = 300;

/// What the signed-in person gets told about themselves.
#[derive(Debug, Clone)]
pub struct Me {
    pub user: UserRow,
    pub workspaces: Vec<WorkspaceRow>,
}

/// A signed-in session: the secret goes into the cookie, and nowhere else.
pub struct SignedIn {
    pub secret: String,
    pub user: UserId,
}

/// A secret that its owner sees once.
pub struct Shown<T> {
    pub secret: String,
    pub row: T,
}

pub(crate) fn plus(now: Timestamp, seconds: i64) -> Timestamp {
    Timestamp(now.0 + seconds * 1_000_000)
}

pub(crate) fn check_email(email: &str) -> Result<String> {
    let email = email.trim().to_lowercase();
    let shape = email.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.len() > 2);
    if !shape || email.len() > 254 || email.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(Error::invalid("/email", "not_an_address", "this is not an e-mail address"));
    }
    Ok(email)
}

pub(crate) fn check_name(pointer: &str, name: &str) -> Result<String> {
    let name = name.trim().to_owned();
    if name.is_empty() {
        return Err(Error::invalid(pointer, "required", "a name is needed"));
    }
    if name.chars().count() > 200 {
        return Err(Error::invalid(pointer, "too_long", "a name has at most 200 characters"));
    }
    if name.chars().any(char::is_control) {
        return Err(Error::invalid(pointer, "control_character", "a name has no control characters"));
    }
    Ok(name)
}

pub(crate) async fn open_session(tx: &mut Tx, user: UserId, now: Timestamp) -> Result<SignedIn> {
    let secret = secret::generate("")?;
    let new = NewCredential {
        user,
        kind: CredentialKind::Session,
        token_hash: &secret::hash(&secret),
        name: "browser",
        scopes: "",
        now,
        expires_at: plus(now, SESSION_IDLE_SECONDS),
    };
    credentials::create(tx, new).await?;
    Ok(SignedIn { secret, user })
}

impl Workflow {
    /// The first start: an owner, a workspace and a link that signs the owner in once; another link while nobody has ever
    /// signed in. None after that.
    pub async fn first_run(&self, workspace: &str, email: &str, name: &str) -> Result<Option<String>> {
        let (workspace, email) = (check_name("/workspace", workspace)?, check_email(email)?);
        let (name, now) = (check_name("/name", name)?, self.now());
        let created = self
            .write(move |tx| {
                Box::pin(async move {
                    if people::count_users(tx).await? > 0 {
                        return Ok(credentials::never_used(tx).await?);
                    }
                    let user = people::create_user(tx, &email, &name, None, now).await?;
                    let workspace = people::create_workspace(tx, &workspace, now).await?;
                    people::set_member(tx, workspace, user, Role::Owner).await?;
                    Ok(Some(user))
                })
            })
            .await?;
        match created {
            Some(user) => self.sign_in_link(user).await.map(Some),
            None => Ok(None),
        }
    }

    /// A secret that signs a user in once, good for a day. For the operator of the machine, never for the API.
    pub async fn sign_in_link(&self, user: UserId) -> Result<String> {
        let (secret, now) = (secret::generate("")?, self.now());
        let hash = secret::hash(&secret);
        self.write(move |tx| {
            Box::pin(async move {
                let new = NewCredential {
                    user,
                    kind: CredentialKind::Link,
                    token_hash: &hash,
                    name: "sign-in link",
                    scopes: "",
                    now,
                    expires_at: plus(now, LINK_SECONDS),
                };
                credentials::create(tx, new).await?;
                Ok(())
            })
        })
        .await?;
        Ok(secret)
    }

    pub async fn sign_in(&self, email: &str, password: &str) -> Result<SignedIn> {
        let email = email.trim().to_lowercase();
        self.attempts.check(&email, self.now())?;
        let lookup = email.clone();
        let user = self.read(move |tx| Box::pin(async move { Ok(people::user_by_email(tx, &lookup).await?) })).await?;
        let user = user.filter(|user| !user.disabled);
        let (password, stored) = (password.to_owned(), user.as_ref().and_then(|user| user.password_hash.clone()));
        let good = self.blocking(move || secret::verify_password(&password, stored.as_deref())).await?;
        let Some(user) = user.filter(|_| good) else {
            self.attempts.failed(&email, self.now());
            return Err(Error::Unauthenticated("the e-mail address or the password is wrong".into()));
        };
        self.attempts.succeeded(&email);
        let now = self.now();
        self.write(move |tx| Box::pin(open_session_boxed(tx, user.id, now))).await
    }

    pub async fn sign_in_by_link(&self, token: &str) -> Result<SignedIn> {
        let (hash, now) = (secret::hash(token), self.now());
        self.write(move |tx| {
            Box::pin(async move {
                let link = credentials::live(tx, CredentialKind::Link, &hash, now).await?;
                let Some(link) = link else {
                    return Err(Error::Unauthenticated("this sign-in link was used or has expired".into()));
                };
                credentials::revoke(tx, link.id, link.user, now).await?;
                open_session(tx, link.user, now).await
            })
        })
        .await
    }

    /// Who shows this session secret?
    pub async fn principal_of_session(&self, secret: &str) -> Result<Principal> {
        self.principal(CredentialKind::Session, secret).await
    }

    /// Who shows this API token?
    pub async fn principal_of_token(&self, secret: &str) -> Result<Principal> {
        self.principal(CredentialKind::Token, secret).await
    }

    async fn principal(&self, kind: CredentialKind, secret: &str) -> Result<Principal> {
        let (hash, now) = (secret::hash(secret), self.now());
        let found = self
            .read(move |tx| {
                Box::pin(async move {
                    let Some(credential) = credentials::live(tx, kind, &hash, now).await? else { return Ok(None) };
                    let user = people::user(tx, credential.user).await?;
                    Ok(user.map(|user| (credential, user)))
                })
            })
            .await?;
        let (credential, user) = found.ok_or_else(|| Error::Unauthenticated("sign in first".into()))?;
        self.keep_alive(kind, &credential, now).await?;
        let via = match kind {
            CredentialKind::Token => Via::Token(crate::tokens::scope_actions(&credential.scopes)),
            CredentialKind::Session | CredentialKind::Link => Via::Session,
        };
        Ok(Principal { user: user.id, name: user.name, email: user.email, credential: credential.id, via })
    }

    /// Moves a session's idle expiry now and then; a token keeps its expiry and only notes its use.
    async fn keep_alive(&self, kind: CredentialKind, credential: &CredentialRow, now: Timestamp) -> Result<()> {
        let last = credential.last_used_at.unwrap_or(credential.created_at);
        if now.0 - last.0 < TOUCH_SECONDS * 1_000_000 {
            return Ok(());
        }
        let expires_at = match kind {
            CredentialKind::Session => {
                let absolute = plus(credential.created_at, SESSION_ABSOLUTE_SECONDS);
                plus(now, SESSION_IDLE_SECONDS).min(absolute)
            }
            CredentialKind::Token | CredentialKind::Link => credential.expires_at,
        };
        let id = credential.id;
        self.write(move |tx| Box::pin(async move { Ok(credentials::touch(tx, id, now, expires_at).await?) })).await
    }

    pub async fn sign_out(&self, principal: &Principal) -> Result<()> {
        let (id, user, now) = (principal.credential, principal.user, self.now());
        self.write(move |tx| Box::pin(async move { Ok(credentials::revoke(tx, id, user, now).await.map(|_| ())?) }))
            .await
    }

    pub async fn me(&self, user: UserId) -> Result<Me> {
        self.read(move |tx| {
            Box::pin(async move {
                let row = people::user(tx, user).await?.ok_or(Error::NotFound("the user"))?;
                Ok(Me { user: row, workspaces: people::workspaces_of(tx, user).await? })
            })
        })
        .await
    }

    /// Changes one's own name or password. A new password ends all other sessions.
    pub async fn change_me(
        &self,
        principal: &Principal,
        name: Option<String>,
        password: Option<String>,
        current: Option<String>,
    ) -> Result<Me> {
        if principal.via != Via::Session {
            return Err(Error::Forbidden("an API token cannot change the account; sign in with a browser".into()));
        }
        let me = self.me(principal.user).await?;
        let name = name.map_or(Ok(me.user.name.clone()), |name| check_name("/name", &name))?;
        let changes_password = password.is_some();
        let hash = match password {
            None => me.user.password_hash.clone(),
            Some(password) => {
                if let Some(stored) = me.user.password_hash.clone() {
                    let current = current.unwrap_or_default();
                    if !self.blocking(move || secret::verify_password(&current, Some(&stored))).await? {
                        return Err(Error::invalid("/current_password", "wrong", "the current password is wrong"));
                    }
                }
                Some(self.blocking(move || secret::hash_password(&password)).await??)
            }
        };
        let (user, keep, now) = (principal.user, principal.credential, self.now());
        self.write(move |tx| {
            Box::pin(async move {
                people::update_user(tx, user, &name, hash.as_deref()).await?;
                if changes_password {
                    credentials::revoke_other_sessions(tx, user, keep, now).await?;
                }
                Ok(())
            })
        })
        .await?;
        self.me(user).await
    }
}

async fn open_session_boxed(tx: &mut Tx, user: UserId, now: Timestamp) -> Result<SignedIn> {
    open_session(tx, user, now).await
}
