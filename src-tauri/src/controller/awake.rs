//! A computer that slept, or whose clock was set: what is on screen is asked again at once, and it is said.

use lastgood_adapters::clock;
use lastgood_core::awake;

use super::Controller;
use crate::ipc::notice::{GapView, Notice};

impl Controller {
    /// Compares the clocks with what they were at the last look.
    pub(super) fn look_at_clocks(&mut self) {
        let now = clock::reading();
        let before = std::mem::replace(&mut self.clocks, now);
        let Some(gap) = awake::between(&before, &now) else { return };
        let (sentence, hint) = (gap.sentence(), gap.hint().to_owned());
        tracing::info!("{sentence}");
        self.arming_slept();
        self.refresh_anew();
        self.tell(Notice::Gap { gap: GapView { sentence, hint } });
    }
}
