//! What GitHub told when it was last looked at whole, for when it tells nothing: the network is gone, it has trouble of its
//! own, or wants no calls. It lies in `cache.sqlite` and may be lost.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::PoisonError;

use jiff::Timestamp;
use lastgood_core::ports::Clock;

use super::Workspace;
use super::known::ForgeKnown;
use crate::clock::SystemClock;

#[derive(Debug, Clone)]
pub struct Kept {
    pub forge: ForgeKnown,
    /// When it was told.
    pub at: Timestamp,
}

impl Workspace {
    /// Written only where it differs from the last one; its time is kept by itself.
    pub(super) async fn keep_look(&self, forge: &ForgeKnown) {
        let (Some(name), Ok(text)) = (self.connection.name_of_look(), serde_json::to_string(forge)) else { return };
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        let hash = Some(hasher.finish());
        let same = std::mem::replace(&mut *self.looked.lock().unwrap_or_else(PoisonError::into_inner), hash) == hash;
        let memory = self.connection.memory();
        if !same {
            memory.keep_value(&name, forge).await;
        }
        memory.keep_value(&format!("{name} at"), &SystemClock.now()).await;
    }

    pub(super) async fn kept_look(&self) -> Option<Kept> {
        let name = self.connection.name_of_look()?;
        let memory = self.connection.memory();
        let at = memory.recall_value(&format!("{name} at")).await?;
        Some(Kept { forge: memory.recall_value(&name).await?, at })
    }
}

/// What is shared in memory is written out as it is.
pub(super) mod shared {
    use std::sync::Arc;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(in super::super) fn serialize<T: Serialize, S: Serializer>(
        value: &Arc<T>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        value.as_ref().serialize(serializer)
    }

    pub(in super::super) fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Arc<T>, D::Error> {
        T::deserialize(deserializer).map(Arc::new)
    }
}
