use std::fmt;

/// Why a command could not do its work: one sentence, with what to do about it.
#[derive(Debug)]
pub(crate) struct Failure(String);

pub(crate) type Outcome<T = ()> = Result<T, Failure>;

impl Failure {
    pub(crate) fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

#[cfg(target_os = "linux")]
impl From<lastgood_desk::Failure> for Failure {
    fn from(failure: lastgood_desk::Failure) -> Self {
        Self(failure.to_string())
    }
}
