//! The questions before a rollback, by their codes: each is a policy (`"block"`), or a table with more to say.

use std::fmt;
use std::marker::PhantomData;

use schemars::JsonSchema;
use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{Deserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize};

use super::pattern::Glob;

/// What an answer other than `passed` does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PolicyWord {
    /// The rollback does not begin.
    Block,
    /// The rollback goes on, and says it.
    Warn,
    /// It is told to whoever looks.
    Info,
    /// It is not asked.
    Off,
}

/// Stands in the schema for what [`word_or_table`] reads.
#[derive(JsonSchema)]
#[serde(untagged)]
#[allow(dead_code, reason = "only its schema is used")]
pub(super) enum WordOr<T> {
    Policy(PolicyWord),
    Table(T),
}

/// A question of which only the policy can be set.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Plain {
    pub policy: Option<PolicyWord>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SignatureRule {
    pub policy: Option<PolicyWord>,
    /// A file of the repository with the keys of those who may sign, in the form of ssh-keygen's allowed signers.
    /// Without it, the person's own `gpg.ssh.allowedSignersFile` counts.
    pub allowed_signers: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ArtifactRule {
    pub policy: Option<PolicyWord>,
    /// Files that the GitHub release of the target must have; `{tag}` and `{version}` are filled in.
    pub assets: Option<Vec<Glob>>,
    /// An address that must answer with 2xx, itself or where it leads; `{tag}` and `{version}` are filled in.
    pub url: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct FileRule {
    pub policy: Option<PolicyWord>,
    /// Which files are meant, instead of the usual places.
    pub files: Option<Vec<Glob>>,
}

/// Commands, each an array of words. None runs before a person has seen and trusted it. Exit code 0 is a yes, any other a
/// no; 75 says that it could not tell (`EX_TEMPFAIL`), as do 126 and 127, where something in it could not be run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Commands {
    pub policy: Option<PolicyWord>,
    /// In this order; the first that fails is the answer.
    pub commands: Option<Vec<Vec<String>>>,
    /// Seconds that each command may take. Default: 600.
    pub timeout_seconds: Option<u32>,
    /// Among the files of the target (`true`, the default), or in an empty folder.
    pub worktree: Option<bool>,
}

/// What is asked before a rollback, by code.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CheckSettings {
    pub target: TargetChecks,
    pub workflow: WorkflowChecks,
    pub access: AccessChecks,
    pub environment: EnvironmentChecks,
    pub risk: RiskChecks,
    pub dependency: DependencyChecks,
    pub security: SecurityChecks,
    /// Seconds that a rollback waits for a command whose answer could only warn. Default: 20.
    pub patience_seconds: Option<u32>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TargetChecks {
    /// Here and on the remote, the same object as when it was chosen. Usually `block`.
    #[serde(deserialize_with = "word_or_table")]
    #[schemars(with = "WordOr<Plain>")]
    pub exists: Plain,
    /// Who signed the tag. Usually `warn`.
    #[serde(deserialize_with = "word_or_table")]
    #[schemars(with = "WordOr<SignatureRule>")]
    pub signature: SignatureRule,
    /// It ran in this environment before. Usually `warn`.
    #[serde(deserialize_with = "word_or_table")]
    #[schemars(with = "WordOr<Plain>")]
    pub ran: Plain,
    /// It is not quarantined. Usually `block`.
    #[serde(deserialize_with = "word_or_table")]
    #[schemars(with = "WordOr<Plain>")]
    pub quarantine: Plain,
    /// What the deploy needs still exists. Asked where something is named; then usually `block`.
    #[serde(deserialize_with = "word_or_table")]
    #[schemars(with = "WordOr<ArtifactRule>")]
    pub artifact: ArtifactRule,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct WorkflowChecks {
    /// On the default branch, active, with the version input. Usually `block`.
    #[serde(deserialize_with = "word_or_table")]
    #[schemars(with = "WordOr<Plain>")]
    pub ready: Plain,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AccessChecks {
    /// The token may push a tag and dispatch. Usually `block`.
    #[serde(deserialize_with = "word_or_table")]
    #[schemars(with = "WordOr<Plain>")]
    pub ready: Plain,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct EnvironmentChecks {
    /// No deploy runs or waits. Usually `warn`.
    #[serde(deserialize_with = "word_or_table")]
    #[schemars(with = "WordOr<Plain>")]
    pub idle: Plain,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RiskChecks {
    /// Database migrations between target and live. Usually `warn`.
    #[serde(deserialize_with = "word_or_table")]
    #[schemars(with = "WordOr<FileRule>")]
    pub migrations: FileRule,
    /// Configuration that differs, key by key. Usually `warn`.
    #[serde(deserialize_with = "word_or_table")]
    #[schemars(with = "WordOr<FileRule>")]
    pub config: FileRule,
    /// Lock files, majors first. Usually `info`.
    #[serde(deserialize_with = "word_or_table")]
    #[schemars(with = "WordOr<Plain>")]
    pub dependencies: Plain,
    /// The deploy workflow or what it uses changed, in what is live or on the default branch; or pushing the rollback's tag
    /// starts a workflow by itself. Usually `warn`.
    #[serde(deserialize_with = "word_or_table")]
    #[schemars(with = "WordOr<Plain>")]
    pub workflow: Plain,
    /// Commits and pull requests that leave. Usually `info`.
    #[serde(deserialize_with = "word_or_table")]
    #[schemars(with = "WordOr<Plain>")]
    pub changes: Plain,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DependencyChecks {
    /// Commands among the target's files, such as `cargo check`. Usually `warn`.
    #[serde(deserialize_with = "word_or_table")]
    #[schemars(with = "WordOr<Commands>")]
    pub check: Commands,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SecurityChecks {
    /// Commands among the target's files, such as `cargo audit`. Usually `warn`.
    #[serde(deserialize_with = "word_or_table")]
    #[schemars(with = "WordOr<Commands>")]
    pub scan: Commands,
}

/// What one question's settings have in common.
pub(super) trait Rule: Default {
    fn of(policy: PolicyWord) -> Self;
}

macro_rules! rules {
    ($($rule:ident { $($field:ident),* })*) => {
        $(
            impl Rule for $rule {
                #[allow(clippy::needless_update, reason = "some rules have more fields")]
                fn of(policy: PolicyWord) -> Self {
                    Self { policy: Some(policy), ..Self::default() }
                }
            }

            impl $rule {
                /// This, and where it says nothing, the other.
                pub(super) fn over(self, base: &Self) -> Self {
                    Self { $($field: self.$field.or_else(|| base.$field.clone()),)* }
                }
            }
        )*
    };
}

rules! {
    Plain { policy }
    SignatureRule { policy, allowed_signers }
    ArtifactRule { policy, assets, url }
    FileRule { policy, files }
    Commands { policy, commands, timeout_seconds, worktree }
}

impl CheckSettings {
    /// This, and where it says nothing, the other.
    pub(super) fn over(self, base: &Self) -> Self {
        Self {
            target: TargetChecks {
                exists: self.target.exists.over(&base.target.exists),
                signature: self.target.signature.over(&base.target.signature),
                ran: self.target.ran.over(&base.target.ran),
                quarantine: self.target.quarantine.over(&base.target.quarantine),
                artifact: self.target.artifact.over(&base.target.artifact),
            },
            workflow: WorkflowChecks { ready: self.workflow.ready.over(&base.workflow.ready) },
            access: AccessChecks { ready: self.access.ready.over(&base.access.ready) },
            environment: EnvironmentChecks { idle: self.environment.idle.over(&base.environment.idle) },
            risk: RiskChecks {
                migrations: self.risk.migrations.over(&base.risk.migrations),
                config: self.risk.config.over(&base.risk.config),
                dependencies: self.risk.dependencies.over(&base.risk.dependencies),
                workflow: self.risk.workflow.over(&base.risk.workflow),
                changes: self.risk.changes.over(&base.risk.changes),
            },
            dependency: DependencyChecks { check: self.dependency.check.over(&base.dependency.check) },
            security: SecurityChecks { scan: self.security.scan.over(&base.security.scan) },
            patience_seconds: self.patience_seconds.or(base.patience_seconds),
        }
    }
}

/// A policy alone, or a table. An untagged enum would lose the place of a mistake.
pub(super) fn word_or_table<'de, D: Deserializer<'de>, T: Rule + Deserialize<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    struct WordOrTable<T>(PhantomData<T>);

    impl<'de, T: Rule + Deserialize<'de>> Visitor<'de> for WordOrTable<T> {
        type Value = T;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("a policy (block, warn, info, off) or a table")
        }

        fn visit_str<E: serde::de::Error>(self, word: &str) -> Result<T, E> {
            PolicyWord::deserialize(StrDeserializer::new(word)).map(T::of)
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
            T::deserialize(MapAccessDeserializer::new(map))
        }
    }

    deserializer.deserialize_any(WordOrTable(PhantomData))
}
