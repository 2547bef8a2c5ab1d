//! A computer that slept, or whose clock was set: what is on screen is asked again at once, and it is said.

use lastgood_core::awake;

use super::Controller;
use crate::ipc::notice::{GapView, Notice};

impl Controller {
    /// Compares the clocks with what they were at the last look.
    pub(super) async fn look_at_clocks(&mut self) {
        let now = (self.read_clocks)();
        let before = std::mem::replace(&mut self.clocks, now);
        let Some(gap) = awake::between(&before, &now) else { return };
        let (sentence, hint) = (gap.sentence(), gap.hint().to_owned());
        tracing::info!("{sentence}");
        self.arming_slept();
        self.tell(Notice::Gap { gap: GapView { sentence, hint } });
        // Nothing is shown as armed while GitHub takes its time.
        self.tell_overview().await;
        self.refresh_anew();
    }
}
