//! The break-glass page is prepared with every whole look, also behind a rollback.

use lastgood_core::error::Code;
use lastgood_core::rollback::Outcome;
use lastgood_core::rollback::behind::left_behind;

use super::audience::{audience, opened, plan};
use crate::rehearsed::Rehearsed;

#[tokio::test]
async fn behind_a_rollback_the_page_leads_to_the_release_before() {
    let rehearsed = Rehearsed::at_speed(f64::INFINITY).await;
    let workspace = opened(&rehearsed);
    let production = "production".into();
    assert_eq!(workspace.break_glass(&production).unwrap_err().code, Code::NoTarget);
    workspace.prepare_break_glass(&workspace.know().await.unwrap()).await;
    let page = workspace.break_glass(&production).unwrap();
    assert_eq!((page.from.as_ref().unwrap().as_str(), page.to.as_str()), ("v2.4.1", "v2.4.0"));
    assert!(page.steps.iter().any(|step| step.ways.iter().any(|way| way.contains("-f version_tag=v2.4.0"))));

    let drive = workspace.begin(plan(&workspace, None).await, audience().0).await.unwrap();
    assert_eq!(drive.to_the_end().await.unwrap().end.unwrap().outcome, Outcome::Succeeded);
    let known = workspace.know().await.unwrap();
    workspace.prepare_break_glass(&known).await;
    let page = workspace.break_glass(&production).unwrap();
    let good = known.environment("production").unwrap().last_good.tag.clone().unwrap();
    assert_eq!((page.from.as_ref().unwrap().as_str(), &page.to), ("v2.4.0", &good));
    assert_ne!(page.to.as_str(), "v2.4.0");

    let rollbacks = workspace.rollbacks().await.unwrap();
    assert_eq!(left_behind(&rollbacks, &production).unwrap().as_str(), "v2.4.1");
    assert_eq!(left_behind(&rollbacks, &"staging".into()), None);
}
