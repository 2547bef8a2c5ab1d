//! Deployments and their statuses.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result};

use super::{
    actor::Actor,
    commit::Commit,
    connection::{Connection, OrderDirection, Paging, refusal},
    refs::Ref,
    repository::Repository,
    scalar::{DateTime, Uri},
    snapshot::Snapshot,
};
use crate::{
    http::{address, node},
    state::deployment,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(super) enum DeploymentOrderField {
    CreatedAt,
}

#[derive(Debug, Clone, Copy, InputObject)]
pub(super) struct DeploymentOrder {
    pub(super) direction: OrderDirection,
    field: DeploymentOrderField,
}

impl DeploymentOrder {
    /// GitHub's default is the oldest first.
    pub(super) const OLDEST_FIRST: Self =
        Self { direction: OrderDirection::Asc, field: DeploymentOrderField::CreatedAt };
}

/// What became of a deployment, as GraphQL puts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(super) enum DeploymentState {
    Abandoned,
    Active,
    Destroyed,
    Error,
    Failure,
    Inactive,
    InProgress,
    Pending,
    Queued,
    Success,
    Waiting,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(super) enum DeploymentStatusState {
    Error,
    Failure,
    Inactive,
    InProgress,
    Pending,
    Queued,
    Success,
    Waiting,
}

#[derive(Debug, Clone)]
pub(super) struct Deployment(pub(super) deployment::Deployment);

#[derive(Debug, Clone)]
pub(super) struct DeploymentStatus {
    status: deployment::Status,
    deployment: deployment::Deployment,
}

#[Object]
impl Deployment {
    pub(super) async fn id(&self) -> ID {
        node("Deployment", self.0.id).into()
    }

    async fn database_id(&self) -> Option<u64> {
        Some(self.0.id)
    }

    async fn environment(&self) -> Option<&str> {
        Some(&self.0.environment)
    }

    async fn original_environment(&self) -> Option<&str> {
        Some(&self.0.environment)
    }

    async fn latest_environment(&self) -> Option<&str> {
        Some(&self.0.environment)
    }

    async fn task(&self) -> Option<&str> {
        Some(&self.0.task)
    }

    async fn description(&self) -> Option<&str> {
        self.0.description.as_deref()
    }

    async fn payload(&self) -> Option<String> {
        Some(self.0.payload.to_string())
    }

    async fn commit_oid(&self) -> &str {
        &self.0.sha
    }

    async fn commit(&self, context: &Context<'_>) -> Result<Option<Commit>> {
        Ok(Snapshot::of(context)?.bare().commit(&self.0.sha)?.map(Commit))
    }

    /// The branch or tag; none for a bare commit, and none once it is gone.
    #[graphql(name = "ref")]
    async fn reference(&self, context: &Context<'_>) -> Result<Option<Ref>> {
        let snapshot = Snapshot::of(context)?;
        for folder in ["refs/heads/", "refs/tags/"] {
            if let Some(found) = snapshot.find_ref(&format!("{folder}{}", self.0.git_ref))? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    async fn creator(&self) -> Actor {
        Actor::of(&self.0.creator)
    }

    async fn created_at(&self) -> DateTime {
        DateTime::at(self.0.created_at)
    }

    async fn updated_at(&self) -> DateTime {
        DateTime::at(self.newest().map_or(self.0.created_at, |status| status.at))
    }

    async fn state(&self) -> Option<DeploymentState> {
        Some(match self.newest().map(|status| status.state.as_str()) {
            Some("success") => DeploymentState::Active,
            Some("error") => DeploymentState::Error,
            Some("failure") => DeploymentState::Failure,
            Some("inactive") => DeploymentState::Inactive,
            Some("in_progress") => DeploymentState::InProgress,
            Some("queued") => DeploymentState::Queued,
            Some("waiting") => DeploymentState::Waiting,
            Some(_) | None => DeploymentState::Pending,
        })
    }

    async fn latest_status(&self) -> Option<DeploymentStatus> {
        self.newest().map(|status| self.shown(status))
    }

    /// Newest first, as REST lists them.
    async fn statuses(
        &self,
        first: Option<i32>,
        last: Option<i32>,
        after: Option<String>,
        before: Option<String>,
    ) -> Result<Option<Connection<DeploymentStatus>>> {
        let statuses = self.0.statuses.iter().rev().map(|status| self.shown(status)).collect();
        let paging = Paging { field: "statuses", first, last, after, before };
        paging.cut(statuses, |one| one.status.id.to_string()).map(Some)
    }

    async fn repository(&self) -> Repository {
        Repository
    }
}

impl Deployment {
    fn newest(&self) -> Option<&deployment::Status> {
        self.0.statuses.last()
    }

    fn shown(&self, status: &deployment::Status) -> DeploymentStatus {
        DeploymentStatus { status: status.clone(), deployment: self.0.clone() }
    }
}

#[Object]
impl DeploymentStatus {
    async fn id(&self) -> ID {
        node("DeploymentStatus", self.status.id).into()
    }

    async fn state(&self) -> Result<DeploymentStatusState> {
        Ok(match self.status.state.as_str() {
            "error" => DeploymentStatusState::Error,
            "failure" => DeploymentStatusState::Failure,
            "inactive" => DeploymentStatusState::Inactive,
            "in_progress" => DeploymentStatusState::InProgress,
            "pending" => DeploymentStatusState::Pending,
            "queued" => DeploymentStatusState::Queued,
            "success" => DeploymentStatusState::Success,
            "waiting" => DeploymentStatusState::Waiting,
            other => return Err(refusal("INTERNAL", format!("`{other}` is no state of a deployment."))),
        })
    }

    async fn description(&self) -> Option<&str> {
        Some(&self.status.description)
    }

    async fn environment(&self) -> Option<&str> {
        Some(&self.deployment.environment)
    }

    /// No address is none here; REST has an empty text.
    async fn environment_url(&self, context: &Context<'_>) -> Result<Option<Uri>> {
        Ok(given(address(&Snapshot::of(context)?.links, &self.status.place)))
    }

    async fn log_url(&self, context: &Context<'_>) -> Result<Option<Uri>> {
        Ok(given(address(&Snapshot::of(context)?.links, &self.status.log)))
    }

    async fn creator(&self) -> Actor {
        Actor::of(&self.status.creator)
    }

    async fn created_at(&self) -> DateTime {
        DateTime::at(self.status.at)
    }

    async fn updated_at(&self) -> DateTime {
        DateTime::at(self.status.at)
    }

    async fn deployment(&self) -> Deployment {
        Deployment(self.deployment.clone())
    }
}

fn given(address: String) -> Option<Uri> {
    (!address.is_empty()).then_some(Uri(address))
}
