use lastgood_e2e::{By, Desk, Failure, Look};

#[test]
fn the_window_opens_on_the_rehearsal() -> Result<(), Failure> {
    let desk = Desk::start(Look::Dark)?;
    let window = desk.open(&["--rehearsal"])?;
    window.find(&By::test_id("timeline"))?;
    window.picture("rehearsal")?;
    desk.picture("rehearsal-on-the-desk")?;
    Ok(())
}
