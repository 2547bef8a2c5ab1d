//! `lastgood auth`: signing in to GitHub, as whom, and out again.

mod words;

use std::io::{IsTerminal, Read};
use std::path::Path;
use std::process::ExitCode;

use lastgood_adapters::github::account::{self, Account, Rights};
use lastgood_adapters::place::Place;
use lastgood_adapters::secret::Secret;
use lastgood_adapters::server::{PUBLIC_HOST, Server};
use lastgood_adapters::sign_in::{self, DeviceFlow, Home, Host, SessionTokens, SignIn};
use lastgood_adapters::sqlite::SqliteJournal;
use lastgood_adapters::workspace::{API_VARIABLE, Access, Workspace, fresh};
use lastgood_core::error::{Code, Trouble};
use lastgood_core::ids::{RepositorySlug, WriterId};
use serde_json::json;

use crate::arguments::{Auth, AuthStatus as Status, Login, Whose};
use crate::output::{self, plain};

/// A token is below 300 characters; whoever pipes more has taken the wrong file.
const LONGEST_TOKEN: u64 = 4096;

/// What GitHub told of one token.
struct Found {
    account: Account,
    home: Home,
    rights: Option<Rights>,
}

pub(crate) async fn run(verb: Auth) -> Result<ExitCode, Trouble> {
    let sign_in = sign_in()?;
    match verb {
        Auth::Login(arguments) => login(&sign_in, arguments).await,
        Auth::Status(arguments) => status(&sign_in, &arguments).await,
        Auth::Logout(arguments) => logout(&sign_in, &arguments).await,
    }
}

async fn login(sign_in: &SignIn, arguments: Login) -> Result<ExitCode, Trouble> {
    let host = chosen(sign_in, &arguments)?;
    // Before the token is asked for: an address that may not have it says so first.
    sign_in.save(&host)?;
    let (account, home) = if arguments.from_gh {
        (sign_in.take_from_gh(&host).await?, Home::Gh)
    } else {
        let token = ask(&host, &arguments).await?;
        (sign_in.take(&host, token, Home::Keychain).await.map_err(in_a_shell)?, Home::Keychain)
    };
    if arguments.whose.json {
        output::json(&words::account(&host, &account, home, None));
    } else {
        let (login, place) = (plain(&account.login), words::place(home));
        output::line(&format!("Signed in to {} as @{login}. The token is {place}.", host.name));
    }
    note_environment();
    Ok(ExitCode::SUCCESS)
}

async fn status(sign_in: &SignIn, arguments: &Status) -> Result<ExitCode, Trouble> {
    let slug = arguments.repo.as_deref().map(slug).transpose()?;
    let hosts = match &arguments.whose.host {
        Some(name) => vec![sign_in.host(name)?],
        None => {
            let named = current(sign_in)?;
            let signed_in = sign_in.hosts()?.into_iter().filter(|host| host.home.is_some() && host.name != named.name);
            std::iter::once(named.clone()).chain(signed_in).collect()
        }
    };
    let (mut told, mut good) = (Vec::new(), true);
    for host in hosts {
        match look(sign_in, &host, slug.as_ref()).await {
            Ok(found) if arguments.whose.json => {
                told.push(words::account(&host, &found.account, found.home, found.rights.as_ref()))
            }
            Ok(found) => words::print(&host, &found.account, found.home, found.rights.as_ref()),
            Err(trouble) => {
                good = false;
                if arguments.whose.json {
                    told.push(json!({ "host": host.name, "api": host.api, "error": trouble }));
                } else {
                    output::line(&host.name);
                }
                output::trouble(&trouble, false);
            }
        }
    }
    if arguments.whose.json {
        output::json(&json!({ "hosts": told }));
    }
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn logout(sign_in: &SignIn, arguments: &Whose) -> Result<ExitCode, Trouble> {
    let host = match &arguments.host {
        Some(name) => sign_in.host(name)?,
        None => current(sign_in)?,
    };
    sign_in.sign_out(&host).await?;
    if arguments.json {
        output::json(&json!({ "host": host.name, "signed_in": false }));
    } else {
        let kept = if host.home == Some(Home::Gh) { " gh keeps its own token." } else { "" };
        output::line(&format!("Signed out of {}.{kept}", host.name));
    }
    note_environment();
    Ok(ExitCode::SUCCESS)
}

/// The environment's token counts first, as it does for the other verbs.
async fn look(sign_in: &SignIn, host: &Host, slug: Option<&RepositorySlug>) -> Result<Found, Trouble> {
    // It is for the host that this shell means, and for no other.
    let given = sign_in::given().filter(|_| current(sign_in).is_ok_and(|current| current.name == host.name));
    let (token, home) = match given {
        Some(token) => (token, Home::Environment),
        None => {
            let (own, asked) = (sign_in.clone(), host.clone());
            let asking = tokio::task::spawn_blocking(move || own.token(&asked));
            let token =
                asking.await.map_err(|error| Trouble::new(Code::Internal, error.to_string(), "Try again."))??;
            (token, sign_in.home(host).unwrap_or(Home::Keychain))
        }
    };
    let server = host.server()?;
    let account = account::read(&server, &token).await?;
    let rights = match slug {
        Some(slug) => Some(account::rights(&server, &token, slug, &account).await?),
        None => None,
    };
    Ok(Found { account, home, rights })
}

/// A token, by the way that was asked for; without one, by the best there is.
async fn ask(host: &Host, arguments: &Login) -> Result<Secret, Trouble> {
    if arguments.with_token {
        return read_token();
    }
    let terminal = std::io::stdin().is_terminal();
    match host.client_id() {
        Some(client) if arguments.device || terminal => by_code(host, &client, arguments.whose.json).await,
        None if arguments.device && !terminal => Err(sign_in::no_client(&host.name)),
        Some(_) | None if !terminal => {
            let message = "There is no terminal to ask for a token.";
            Err(Trouble::new(Code::Usage, message, "Give it on standard input with --with-token, or use --from-gh."))
        }
        Some(_) | None => {
            if arguments.device {
                output::line(&sign_in::no_client(&host.name).message);
            }
            prompt(host)
        }
    }
}

async fn by_code(host: &Host, client: &str, as_json: bool) -> Result<Secret, Trouble> {
    let flow = DeviceFlow::begin(&host.server()?, client).await?;
    if as_json {
        let seconds = flow.expires_in.as_secs();
        output::json(&json!({ "code": flow.code, "page": flow.page, "expires_in_seconds": seconds }));
    } else {
        output::line(&format!("Open {} and type the code {}.", plain(&flow.page), plain(&flow.code)));
    }
    flow.finish().await
}

fn read_token() -> Result<Secret, Trouble> {
    let mut text = String::new();
    let read = std::io::stdin().take(LONGEST_TOKEN).read_to_string(&mut text);
    match read {
        Ok(_) if !text.trim().is_empty() => Ok(Secret::new(text.trim())),
        Ok(_) | Err(_) => {
            let hint = "Such as `lastgood auth login --with-token < FILE`.";
            Err(Trouble::new(Code::Usage, "Standard input holds no token.", hint))
        }
    }
}

/// What is typed does not show.
fn prompt(host: &Host) -> Result<Secret, Trouble> {
    let question = format!("Token for {} (scopes repo and workflow; it does not show): ", host.name);
    let typed = rpassword::prompt_password(question).unwrap_or_default();
    if typed.trim().is_empty() {
        return Err(Trouble::new(Code::Usage, "No token was given.", "Paste one, or use --from-gh."));
    }
    Ok(Secret::new(typed.trim()))
}

/// The host with the choices of this call over the kept ones.
fn chosen(sign_in: &SignIn, arguments: &Login) -> Result<Host, Trouble> {
    let server = arguments.api.as_deref().map(Server::at).transpose()?;
    let mut host = match (&arguments.whose.host, &server) {
        (Some(name), _) => sign_in.host(name)?,
        (None, Some(server)) => sign_in.known(server.host())?.unwrap_or_else(|| Host::at(server)),
        (None, None) => current(sign_in)?,
    };
    if let Some(server) = server {
        if server.host() != host.name {
            let message = format!("The address is not on {}.", host.name);
            return Err(Trouble::new(Code::Usage, message, "Leave --host away; the address names it."));
        }
        server.api().clone_into(&mut host.api);
    }
    if let Some(ca) = &arguments.ca {
        let absolute = std::path::absolute(ca);
        host.ca = Some(absolute.unwrap_or_else(|_| ca.clone()));
    }
    if arguments.client_id.is_some() {
        host.client.clone_from(&arguments.client_id);
    }
    Ok(host)
}

/// The host that this shell's environment names, else the public one.
fn current(sign_in: &SignIn) -> Result<Host, Trouble> {
    let named = std::env::var(API_VARIABLE).ok().filter(|api| !api.trim().is_empty());
    let Some(api) = named else { return sign_in.host(PUBLIC_HOST) };
    let server = Server::at(&api)?;
    let kept = sign_in.known(server.host())?.unwrap_or_else(|| Host::at(&server));
    Ok(Host { api: server.api().to_owned(), ..kept })
}

fn slug(repository: &Path) -> Result<RepositorySlug, Trouble> {
    let workspace = Workspace::open(repository, &Place::find()?, Access::from_environment())?;
    workspace.slug().cloned().ok_or_else(|| {
        let message = "This repository has no remote on GitHub.";
        Trouble::new(Code::NoRemote, message, "Add one with `git remote add origin ADDRESS`.")
    })
}

/// What a closed keychain leaves to do where there is no session to sign in for.
fn in_a_shell(trouble: Trouble) -> Trouble {
    #[expect(clippy::wildcard_enum_match_arm, reason = "every other trouble has its own next action")]
    match trouble.code {
        Code::KeychainMissing | Code::KeychainLocked | Code::KeychainRefused => {
            let hint =
                format!("Open it and try again, use --from-gh, or set {} in this shell.", sign_in::TOKEN_VARIABLE);
            Trouble { hint, ..trouble }
        }
        _ => trouble,
    }
}

fn note_environment() {
    if sign_in::given().is_some() {
        let name = sign_in::TOKEN_VARIABLE;
        let message = format!("{name} is set and counts before every other token.");
        output::trouble(&Trouble::new(Code::Usage, message, format!("Unset {name} to use the one kept.")), false);
    }
}

fn sign_in() -> Result<SignIn, Trouble> {
    let writer = WriterId::new(format!("writer-{}", fresh()));
    let journal = SqliteJournal::open(&Place::find()?.journal(), &writer)?;
    Ok(SignIn::new(journal, SessionTokens::default()))
}
