//! Whether this desktop shows alerts, and what its service can do.

/// The notification service of the session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Service {
    Ready {
        name: String,
        /// An alert can carry a button.
        buttons: bool,
    },
    /// Nothing answers; alerts are kept in the inbox alone.
    Missing,
    /// The system shows alerts by itself and does not tell how.
    System,
}

/// Asks it; a service that does not answer in time is missing.
pub async fn service() -> Service {
    ask::service().await
}

#[cfg(all(unix, not(target_os = "macos")))]
mod ask {
    use super::Service;
    use crate::alerts::PATIENCE;

    pub(super) async fn service() -> Service {
        let asked = tokio::task::spawn_blocking(|| {
            let server = notify_rust::get_server_information()?;
            Ok::<_, notify_rust::error::Error>((server.name, notify_rust::get_capabilities()?))
        });
        match tokio::time::timeout(PATIENCE, asked).await {
            Ok(Ok(Ok((name, able)))) => Service::Ready { name, buttons: able.iter().any(|one| one == "actions") },
            Ok(_) | Err(_) => Service::Missing,
        }
    }
}

#[cfg(not(all(unix, not(target_os = "macos"))))]
mod ask {
    use super::Service;

    pub(super) async fn service() -> Service {
        std::future::ready(Service::System).await
    }
}
