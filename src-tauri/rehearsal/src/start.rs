//! Starting and ending: the folder, the two servers.

use std::{fs::File, io, net::Ipv4Addr, path::PathBuf, time::Duration};

use axum::Router;
use sha2::{Digest, Sha256};
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

use crate::{
    Description, Options, SaveError,
    clock::Anchor,
    github::GitHub,
    http,
    sample::{OWNER, REPO, facts, repository},
    service,
    state::workflow::WorkflowError,
    store::{Layout, Saved},
    wire::{Switch, Wire},
};

/// How long [`Rehearsal::stop`] lets requests under way end.
const PATIENCE: Duration = Duration::from_secs(2);

/// Why a rehearsal did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Another process runs a rehearsal there.
    #[error("A rehearsal already runs in {0}. End it, or choose another folder.")]
    InUse(PathBuf),
    /// The folder cannot be used.
    #[error("The rehearsal's folder {directory} cannot be used: {source}. Choose another folder.")]
    Folder {
        /// The folder.
        directory: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The sample repository could not be written.
    #[error("The sample repository could not be written: {0}. Choose an empty folder.")]
    Repository(#[from] git2::Error),
    /// The sample's own workflows could not be read.
    #[error(transparent)]
    Workflow(#[from] WorkflowError),
    /// The state could not be written.
    #[error(transparent)]
    Save(#[from] SaveError),
    /// No port could be had.
    #[error("Port {port} of 127.0.0.1 cannot be used: {source}. Choose another port.")]
    Port {
        /// The port asked for.
        port: u16,
        /// Why not.
        source: io::Error,
    },
    /// The task that writes the sample ended early.
    #[error("The start was interrupted: {0}. Start again.")]
    Interrupted(#[from] tokio::task::JoinError),
}

/// A running rehearsal. Its servers are up while it lives; dropping it ends them.
pub struct Rehearsal {
    description: Description,
    github: GitHub,
    servers: Vec<JoinHandle<io::Result<()>>>,
    end: watch::Sender<bool>,
    /// Frees the folder when it is dropped, after the servers.
    _lock: File,
}

impl Rehearsal {
    /// Starts the servers, on a new sample or on what the folder holds.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let layout = Layout { directory: std::path::absolute(&options.directory).map_err(folder(&options))? };
        let lock = layout.lock().map_err(folder(&options))?;
        let lock = lock.ok_or_else(|| StartError::InUse(options.directory.clone()))?;
        let mut saved = {
            let (layout, options) = (layout.clone(), options.clone());
            tokio::task::spawn_blocking(move || open(&layout, &options)).await??
        };
        let api = if options.port == 0 { bind_near(saved.api_port).await? } else { bind(options.port).await? };
        let answers = bind_near(saved.service_port).await?;
        (saved.api_port, saved.service_port) = (port(&api)?, port(&answers)?);
        layout.save(&saved)?;

        let description = describe(&layout, &saved);
        let github = GitHub::new(layout, saved, description.service.clone());
        github.set_speed(options.speed)?;
        let (end, ended) = watch::channel(false);
        let servers = vec![
            serve(api, http::router(github.clone()), ended.clone()),
            serve(answers, service::router(github.clone()), ended),
        ];
        Ok(Self { description, github, servers, end, _lock: lock })
    }

    /// Where everything is.
    pub fn description(&self) -> &Description {
        &self.description
    }

    /// The handle onto its GitHub.
    pub fn github(&self) -> &GitHub {
        &self.github
    }

    /// Ends the servers and waits until they have ended.
    pub async fn stop(mut self) {
        self.end.send_replace(true);
        for mut server in std::mem::take(&mut self.servers) {
            if tokio::time::timeout(PATIENCE, &mut server).await.is_err() {
                server.abort();
            }
        }
    }
}

impl Drop for Rehearsal {
    fn drop(&mut self) {
        self.end.send_replace(true);
    }
}

fn open(layout: &Layout, options: &Options) -> Result<Saved, StartError> {
    if let Some(saved) = layout.load().map_err(folder(options))? {
        return Ok(saved);
    }
    layout.begin().map_err(folder(options))?;
    let releases = repository::write(&layout.remote(), options.epoch)?;
    repository::clone(&layout.remote(), &layout.working_clone())?;
    let state = facts::state(&releases, options.epoch, options.seed, options.speed)?;
    let saved = Saved::new(token(options.seed), Anchor::at(options.epoch), state);
    layout.finish(&saved)?;
    Ok(saved)
}

fn folder(options: &Options) -> impl Fn(io::Error) -> StartError {
    |source| StartError::Folder { directory: options.directory.clone(), source }
}

fn token(seed: u64) -> String {
    let digest = Sha256::digest(format!("rehearsal token {seed}"));
    let hex: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    format!("rehearsal_{hex}")
}

fn describe(layout: &Layout, saved: &Saved) -> Description {
    Description {
        api: format!("http://127.0.0.1:{}", saved.api_port),
        token: saved.token.clone(),
        owner: OWNER.to_owned(),
        repo: REPO.to_owned(),
        remote: layout.remote(),
        clone: layout.working_clone(),
        service: format!("http://127.0.0.1:{}", saved.service_port),
    }
}

async fn bind(port: u16) -> Result<TcpListener, StartError> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(|source| StartError::Port { port, source })
}

/// The port of the last start, if it is free, so that addresses told to others stay true.
async fn bind_near(last: u16) -> Result<TcpListener, StartError> {
    match bind(last).await {
        Ok(listener) => Ok(listener),
        Err(_) => bind(0).await,
    }
}

fn port(listener: &TcpListener) -> Result<u16, StartError> {
    listener.local_addr().map(|address| address.port()).map_err(|source| StartError::Port { port: 0, source })
}

fn serve(listener: TcpListener, router: Router, mut ended: watch::Receiver<bool>) -> JoinHandle<io::Result<()>> {
    let service = router.into_make_service_with_connect_info::<Switch>();
    let end = async move {
        // A sender that is gone ends the server as well.
        drop(ended.wait_for(|ended| *ended).await);
    };
    tokio::spawn(async move { axum::serve(Wire(listener), service).with_graceful_shutdown(end).await })
}
