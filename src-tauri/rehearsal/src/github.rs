//! The handle onto the rehearsal's GitHub: one state, its clock, its faults and what clients asked.

use std::{
    collections::VecDeque,
    mem::replace,
    sync::{Arc, Mutex},
};

use jiff::{SignedDuration, Timestamp};

use crate::{
    clock::Clock,
    fault::{self, Fault, FaultKind},
    git::Bare,
    lock,
    pull_requests::{self, PullRequestError},
    rates::{Rate, Rates, Resource},
    record::{MOST_REQUESTS, RecordedRequest},
    sample::{
        fill::{self, Fill, FillError},
        past::Past,
    },
    sign_in::{SignInSwitches, SignIns, TokenSwitches},
    state::{State, run::Version},
    store::{Layout, SaveError, Saved},
};

/// A cloneable handle. All clones show and change the same GitHub.
#[derive(Clone)]
pub struct GitHub {
    shared: Arc<Shared>,
    /// Who looks and changes through this handle, where it is not the person behind the first token.
    viewer: Option<Arc<str>>,
}

struct Shared {
    clock: Clock,
    layout: Layout,
    bare: Bare,
    token: String,
    service: String,
    saved: Mutex<Saved>,
    /// A copy of all facts, until they change.
    facts: Mutex<Option<Arc<State>>>,
    faults: Mutex<Vec<Fault>>,
    requests: Mutex<Recorder>,
    sign_ins: Mutex<SignIns>,
    rates: Mutex<Rates>,
}

#[derive(Default)]
struct Recorder {
    first: usize,
    requests: VecDeque<RecordedRequest>,
}

impl GitHub {
    pub(crate) fn new(layout: Layout, saved: Saved, service: String) -> Self {
        let clock = Clock::of(saved.anchor);
        let rates = Mutex::new(Rates::new(clock.now()));
        let bare = Bare::at(&layout.remote());
        let token = saved.token.clone();
        let saved = Mutex::new(saved);
        let (facts, faults, requests, sign_ins) = Default::default();
        Self {
            viewer: None,
            shared: Arc::new(Shared {
                clock,
                layout,
                bare,
                token,
                service,
                saved,
                facts,
                faults,
                requests,
                sign_ins,
                rates,
            }),
        }
    }

    /// The rehearsal's own time.
    pub fn now(&self) -> Timestamp {
        self.shared.clock.now()
    }

    /// Jumps forward in time, as if nobody had looked for so long.
    pub fn advance(&self, by: SignedDuration) -> Result<(), SaveError> {
        self.shared.clock.advance(by);
        self.change(|_, _| ())
    }

    /// Lets runs go at this speed from now on, those under way included (1 = a deploy takes about 20 s).
    pub fn set_speed(&self, speed: f64) -> Result<(), SaveError> {
        self.change(|state, now| state.pace.change(now, speed))
    }

    /// A copy of all facts.
    pub fn state(&self) -> State {
        lock(&self.shared.saved).state.clone()
    }

    /// Changes facts and keeps them on disk. `deed` gets the time.
    pub fn change<T>(&self, deed: impl FnOnce(&mut State, Timestamp) -> T) -> Result<T, SaveError> {
        let mut saved = lock(&self.shared.saved);
        *lock(&self.shared.facts) = None;
        let first = self.viewer.as_deref().map(|viewer| replace(&mut saved.state.viewer, viewer.to_owned()));
        let result = deed(&mut saved.state, self.now());
        if let Some(first) = first {
            saved.state.viewer = first;
        }
        saved.anchor = self.shared.clock.anchor();
        self.shared.layout.save(&saved)?;
        Ok(result)
    }

    /// Gives the sample a long past. Takes seconds for thousands; says what there is more now.
    pub fn fill(&self, fill: Fill) -> Result<Fill, FillError> {
        let fill = fill.whole();
        let past = Past::write(self.bare(), fill, self.read(|state, _| state.created_at))?;
        self.change(|state, _| fill::add(state, fill, &past))??;
        Ok(fill)
    }

    /// Merges a pull request, as if a person had; gives the commit that this makes.
    pub fn merge_pull_request(&self, number: u64) -> Result<String, PullRequestError> {
        pull_requests::merge(self, number)
    }

    /// Closes a pull request without merging it.
    pub fn close_pull_request(&self, number: u64) -> Result<(), PullRequestError> {
        pull_requests::close(self, number)
    }

    /// The version that an environment runs now.
    pub fn live(&self, environment: &str) -> Option<Version> {
        self.read(|state, now| state.at(now).live.remove(environment))
    }

    /// Lets something go wrong.
    pub fn arm(&self, fault: Fault) {
        lock(&self.shared.faults).push(fault);
    }

    /// Faults that still wait for their request.
    pub fn faults(&self) -> Vec<Fault> {
        lock(&self.shared.faults).clone()
    }

    /// Lets everything go right again.
    pub fn clear_faults(&self) {
        lock(&self.shared.faults).clear();
    }

    /// What clients asked, oldest first.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        lock(&self.shared.requests).requests.iter().cloned().collect()
    }

    /// Leaves so many calls until the limit resets.
    pub fn set_remaining_calls(&self, calls: u64) {
        self.set_remaining(Resource::Core, calls);
    }

    /// Leaves so many points of GraphQL until the limit resets.
    pub fn set_remaining_points(&self, points: u64) {
        self.set_remaining(Resource::Graphql, points);
    }

    fn set_remaining(&self, resource: Resource, count: u64) {
        let mut rates = lock(&self.shared.rates);
        let rate = rates.at(resource, self.now());
        rate.used = rate.limit.saturating_sub(count);
    }

    /// How the next sign-ins by code go.
    pub fn set_sign_in(&self, switches: SignInSwitches) {
        lock(&self.shared.sign_ins).switches = switches;
    }

    /// What GitHub tells of the token from now on.
    pub fn set_token(&self, switches: TokenSwitches) {
        lock(&self.shared.sign_ins).token = switches;
    }

    /// From now on this token is good as well: it is another person's.
    pub fn let_in(&self, token: &str, login: &str) {
        lock(&self.shared.sign_ins).others.insert(token.to_owned(), login.to_owned());
    }

    /// The same GitHub, as this person sees and changes it.
    pub(crate) fn seen_by(&self, login: &str) -> Self {
        Self { viewer: Some(login.into()), ..self.clone() }
    }

    pub(crate) fn sign_ins<T>(&self, deed: impl FnOnce(&mut SignIns) -> T) -> T {
        deed(&mut lock(&self.shared.sign_ins))
    }

    /// All facts of this moment, for who looks at them at leisure.
    pub(crate) fn facts(&self) -> Arc<State> {
        let saved = lock(&self.shared.saved);
        let facts = Arc::clone(lock(&self.shared.facts).get_or_insert_with(|| Arc::new(saved.state.clone())));
        match &self.viewer {
            Some(viewer) => Arc::new(State { viewer: viewer.to_string(), ..(*facts).clone() }),
            None => facts,
        }
    }

    /// Looks without keeping others from looking too.
    pub(crate) fn read<T>(&self, look: impl FnOnce(&State, Timestamp) -> T) -> T {
        look(&self.facts(), self.now())
    }

    pub(crate) fn bare(&self) -> &Bare {
        &self.shared.bare
    }

    pub(crate) fn token(&self) -> &str {
        &self.shared.token
    }

    /// Base address of the sample service.
    pub(crate) fn service(&self) -> &str {
        &self.shared.service
    }

    pub(crate) fn meet(&self, method: &str, path_and_query: &str) -> Vec<FaultKind> {
        fault::take(&mut lock(&self.shared.faults), method, path_and_query)
    }

    /// Counts calls and tells the rate after them.
    pub(crate) fn spend(&self, resource: Resource, calls: u64) -> Rate {
        let mut rates = lock(&self.shared.rates);
        let rate = rates.at(resource, self.now());
        rate.used += calls;
        *rate
    }

    /// Notes a request; the number is for [`Self::note_status`].
    pub(crate) fn note(&self, request: RecordedRequest) -> usize {
        let mut recorder = lock(&self.shared.requests);
        recorder.requests.push_back(request);
        if recorder.requests.len() > MOST_REQUESTS {
            recorder.requests.pop_front();
            recorder.first += 1;
        }
        recorder.first + recorder.requests.len() - 1
    }

    pub(crate) fn note_status(&self, number: usize, status: u16) {
        let mut recorder = lock(&self.shared.requests);
        let index = number.checked_sub(recorder.first);
        if let Some(request) = index.and_then(|index| recorder.requests.get_mut(index)) {
            request.status = Some(status);
        }
    }
}
