//! The break-glass page's lines for `gh`, typed as they stand there.

use std::collections::BTreeMap;

use jiff::Timestamp;
use lastgood_adapters::place::Place;
use lastgood_adapters::secret::Secret;
use lastgood_adapters::workspace::{Access, Workspace};
use lastgood_clients::{GH_HOST, Served, typed};
use lastgood_core::break_glass::{Glass, Page, page};
use lastgood_core::planning::Wish;

#[tokio::test]
async fn the_pages_own_lines_deploy_and_follow_with_gh() {
    let served = Served::at_speed(f64::INFINITY).await;
    let page = prepared(&served).await;
    let before = served.github().state().runs.len();

    let told = typed(&served, way(&page, "gh workflow run ")).await.unwrap();
    assert_eq!(told, "", "a terminal would be told more");
    let runs = served.github().state().runs;
    assert_eq!(runs.len(), before + 1);
    let run = runs.last().unwrap();
    let told = |input: &str| run.inputs.get(input).map(String::as_str);
    assert_eq!((told("version_tag"), told("environment")), (Some("v2.4.0"), Some("production")));
    assert_eq!(served.github().live("production").unwrap().tag, "v2.4.0");

    let listed = typed(&served, way(&page, "gh run list ")).await.unwrap();
    let newest = listed.lines().next().unwrap();
    assert!(newest.contains(&run.title) && newest.contains(&run.id.to_string()), "{listed}");
}

/// From a plan as the program makes it, under the name by which `gh` finds the rehearsal.
async fn prepared(served: &Served) -> Page {
    let description = served.description();
    let access = Access::rehearsal(&description.api, Secret::new(description.token.as_str()), 1.0);
    let place = Place::at(served.beside("data")).unwrap();
    let workspace = Workspace::open(&description.clone, &place, access).unwrap();
    let wish = Wish {
        to: None,
        reason: String::new(),
        who: String::new(),
        countdown: jiff::SignedDuration::ZERO,
        rehearsal: true,
    };
    let plan = workspace.plan("production", wish, &workspace.know().await.unwrap()).unwrap();
    page(&Glass {
        plan: &plan,
        local: None,
        slug: &format!("{}/{}", description.owner, description.repo),
        api: &description.api,
        host: GH_HOST,
        remote: description.remote.to_str().unwrap(),
        assets: &[],
        contacts: &BTreeMap::new(),
        prepared: Timestamp::now(),
    })
}

fn way<'p>(page: &'p Page, begins: &str) -> &'p str {
    let mut ways = page.steps.iter().flat_map(|step| &step.ways);
    ways.find(|way| way.starts_with(begins)).unwrap_or_else(|| panic!("{begins}: {:?}", page.steps))
}
