//! Environments.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result};

use super::{connection::OrderDirection, deployment::Deployment, snapshot::Snapshot};
use crate::{http::node, state};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(super) enum EnvironmentOrderField {
    Name,
}

#[derive(Debug, Clone, Copy, InputObject)]
#[graphql(name = "Environments")]
pub(super) struct EnvironmentOrder {
    pub(super) direction: OrderDirection,
    field: EnvironmentOrderField,
}

impl EnvironmentOrder {
    pub(super) const BY_NAME: Self = Self { direction: OrderDirection::Asc, field: EnvironmentOrderField::Name };
}

#[derive(Debug, Clone)]
pub(super) struct Environment(pub(super) state::Environment);

#[Object]
impl Environment {
    async fn id(&self) -> ID {
        node("Environment", self.0.id).into()
    }

    async fn database_id(&self) -> Option<u64> {
        Some(self.0.id)
    }

    async fn name(&self) -> &str {
        &self.0.name
    }

    async fn latest_completed_deployment(&self, context: &Context<'_>) -> Result<Option<Deployment>> {
        const ENDS: [&str; 4] = ["success", "failure", "error", "inactive"];
        let own = Snapshot::of(context)?.deployments.iter().rev().filter(|one| one.environment == self.0.name);
        let mut ended = own.filter(|one| one.statuses.last().is_some_and(|last| ENDS.contains(&&*last.state)));
        Ok(ended.next().cloned().map(Deployment))
    }
}
