//! What a question found, before it becomes an answer.

use crate::error::Trouble;
use crate::ids::EvidenceHash;
use crate::rollback::check::{Policy, Verdict};
use jiff::Timestamp;

#[derive(Clone)]
pub(crate) struct Found {
    pub(crate) verdict: Verdict,
    pub(crate) sentence: String,
    pub(crate) evidence: Vec<String>,
    pub(crate) outputs: Vec<EvidenceHash>,
    /// Set where the answer is older than the question.
    pub(crate) asked_at: Option<Timestamp>,
    /// What the answer does, whatever the settings say: where it was not asked, it blocks nothing.
    pub(crate) policy: Option<Policy>,
}

impl Found {
    pub(crate) fn passed(sentence: impl Into<String>) -> Self {
        Self::new(Verdict::Passed, sentence)
    }

    /// It said no.
    pub(crate) fn failed(sentence: impl Into<String>) -> Self {
        Self::new(Verdict::Failed, sentence)
    }

    /// It could not tell.
    pub(crate) fn unclear(sentence: impl Into<String>) -> Self {
        Self::new(Verdict::Inconclusive, sentence)
    }

    /// Nobody asked, because the rollback does not need it.
    pub(crate) fn not_asked(sentence: impl Into<String>, policy: Policy) -> Self {
        Self { policy: Some(policy), ..Self::unclear(sentence) }
    }

    /// It broke.
    pub(crate) fn errored(trouble: &Trouble) -> Self {
        Self::new(Verdict::Errored, trouble.message.clone()).with(vec![trouble.hint.clone()])
    }

    pub(crate) fn with(mut self, evidence: Vec<String>) -> Self {
        self.evidence = evidence;
        self
    }

    fn new(verdict: Verdict, sentence: impl Into<String>) -> Self {
        Self {
            verdict,
            sentence: sentence.into(),
            evidence: Vec::new(),
            outputs: Vec::new(),
            asked_at: None,
            policy: None,
        }
    }
}
