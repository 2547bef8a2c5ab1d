//! GitHub's own scalars. All of them travel as text.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use jiff::Timestamp;

macro_rules! text {
    ($($(#[$meaning:meta])* $name:ident = $graphql:literal;)*) => {$(
        $(#[$meaning])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub(super) struct $name(pub(super) String);

        #[Scalar(name = $graphql)]
        impl ScalarType for $name {
            fn parse(value: Value) -> InputValueResult<Self> {
                if let Value::String(text) = value { Ok(Self(text)) } else { Err(InputValueError::expected_type(value)) }
            }

            fn to_value(&self) -> Value {
                Value::String(self.0.clone())
            }
        }
    )*};
}

text! {
    /// An ISO-8601 moment in UTC, in whole seconds.
    DateTime = "DateTime";
    /// The same, for commits and tags.
    GitTimestamp = "GitTimestamp";
    /// An address.
    Uri = "URI";
    /// An address that ssh understands.
    GitSshRemote = "GitSSHRemote";
    /// Rendered text.
    Html = "HTML";
    /// The name of an object, in hex.
    GitObjectId = "GitObjectID";
}

impl DateTime {
    pub(super) fn at(moment: Timestamp) -> Self {
        Self(crate::http::time(moment))
    }
}

impl GitTimestamp {
    pub(super) fn at(moment: Timestamp) -> Self {
        Self(crate::http::time(moment))
    }
}
