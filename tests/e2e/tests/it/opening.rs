use std::time::Duration;

use lastgood_e2e::{By, Desk, Failure, Look};

const ARMED_WITHIN: Duration = Duration::from_secs(60);

#[test]
fn the_window_opens_on_the_rehearsal() -> Result<(), Failure> {
    let desk = Desk::start(Look::Dark)?;
    let window = desk.open(&["--rehearsal"])?;
    window.find(&By::test_id("timeline"))?;
    let armed = By::css("[data-testid=armed][data-state=armed]");
    window.wait_until("the armed target", ARMED_WITHIN, |window| Ok(!window.find_all(&armed)?.is_empty()))?;
    window.picture("rehearsal")?;
    desk.picture("rehearsal-on-the-desk")?;
    Ok(())
}
