//! The window's types are generated from the Rust ones; a difference is drift.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use lastgood_desktop::ipc::break_glass::BreakGlassView;
use lastgood_desktop::ipc::error::UiError;
use lastgood_desktop::ipc::guard::GuardView;
use lastgood_desktop::ipc::inbox::InboxItem;
use lastgood_desktop::ipc::incident::channel::ChannelView;
use lastgood_desktop::ipc::incident::draft::{CopyFormat, DraftGiven, DraftView, UpdateGiven};
use lastgood_desktop::ipc::incident::template::{TemplateTrial, TemplateView};
use lastgood_desktop::ipc::incident::{IncidentChange, NewIncident, ReviewGiven, SeveritiesView};
use lastgood_desktop::ipc::notice::Notice;
use lastgood_desktop::ipc::postmortem::library::LibraryView;
use lastgood_desktop::ipc::postmortem::{
    ActionChange, DiffLine, EvidenceView, ExportFormat, ExportView, LineChange, MergeChoice, MergeSide, PaperNews,
    PostmortemView, RevisionView, SavedView,
};
use lastgood_desktop::ipc::rollback::job_log::JobLogView;
use lastgood_desktop::ipc::rollback::orders::ApprovalView;
use lastgood_desktop::ipc::rollback::{RollbackSummary, RollbackView};
use lastgood_desktop::ipc::session::{RecentRepository, RepositoryView, Startup};
use lastgood_desktop::ipc::settings::{HostChoice, SettingsView};
use lastgood_desktop::ipc::timeline::{Overview, ReleaseDetail, ReleaseRow};
use lastgood_desktop::ipc::trust::TrustView;
use lastgood_desktop::ipc::way_up::{FixView, NewRollout, RolloutChoice, RolloutView, WayUpView};
use ts_rs::{Config, TS};

/// With this variable set the test writes the types instead of comparing them.
const UPDATE: &str = "UPDATE_TYPES";

#[test]
fn the_windows_types_are_the_ones_that_cross_the_wire() {
    let fresh = tempfile::tempdir().unwrap();
    generate(fresh.path());
    let (expected, folder) = (read(fresh.path()), committed());
    if std::env::var_os(UPDATE).is_some() {
        fs::remove_dir_all(&folder).unwrap();
        fs::create_dir_all(&folder).unwrap();
        expected.iter().for_each(|(name, text)| fs::write(folder.join(name), text).unwrap());
    }
    let found = read(&folder);
    let differing: Vec<&String> =
        expected.keys().chain(found.keys()).filter(|name| expected.get(*name) != found.get(*name)).collect();
    assert!(
        differing.is_empty(),
        "{differing:?} in ui/src/ipc/generated drifted; run `{UPDATE}=1 cargo test -p lastgood-desktop --test app` and look at the difference"
    );
}

fn generate(folder: &Path) {
    // Ids and counts stay below 2^53, where a JavaScript number is exact.
    let config = Config::new().with_large_int("number").with_out_dir(folder);
    Startup::export_all(&config).unwrap();
    RecentRepository::export_all(&config).unwrap();
    RepositoryView::export_all(&config).unwrap();
    Overview::export_all(&config).unwrap();
    ReleaseRow::export_all(&config).unwrap();
    ReleaseDetail::export_all(&config).unwrap();
    RollbackView::export_all(&config).unwrap();
    WayUpView::export_all(&config).unwrap();
    FixView::export_all(&config).unwrap();
    NewRollout::export_all(&config).unwrap();
    RolloutView::export_all(&config).unwrap();
    RolloutChoice::export_all(&config).unwrap();
    RollbackSummary::export_all(&config).unwrap();
    ApprovalView::export_all(&config).unwrap();
    JobLogView::export_all(&config).unwrap();
    InboxItem::export_all(&config).unwrap();
    SettingsView::export_all(&config).unwrap();
    HostChoice::export_all(&config).unwrap();
    Notice::export_all(&config).unwrap();
    NewIncident::export_all(&config).unwrap();
    IncidentChange::export_all(&config).unwrap();
    DraftView::export_all(&config).unwrap();
    DraftGiven::export_all(&config).unwrap();
    UpdateGiven::export_all(&config).unwrap();
    ReviewGiven::export_all(&config).unwrap();
    SeveritiesView::export_all(&config).unwrap();
    CopyFormat::export_all(&config).unwrap();
    TemplateView::export_all(&config).unwrap();
    TemplateTrial::export_all(&config).unwrap();
    ChannelView::export_all(&config).unwrap();
    export_postmortem(&config);
    BreakGlassView::export_all(&config).unwrap();
    GuardView::export_all(&config).unwrap();
    TrustView::export_all(&config).unwrap();
    UiError::export_all(&config).unwrap();
}

fn export_postmortem(config: &Config) {
    PostmortemView::export_all(config).unwrap();
    PaperNews::export_all(config).unwrap();
    LibraryView::export_all(config).unwrap();
    SavedView::export_all(config).unwrap();
    RevisionView::export_all(config).unwrap();
    DiffLine::export_all(config).unwrap();
    EvidenceView::export_all(config).unwrap();
    ExportView::export_all(config).unwrap();
    ExportFormat::export_all(config).unwrap();
    LineChange::export_all(config).unwrap();
    ActionChange::export_all(config).unwrap();
    MergeChoice::export_all(config).unwrap();
    MergeSide::export_all(config).unwrap();
}

fn read(folder: &Path) -> BTreeMap<String, String> {
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, fs::read_to_string(path).unwrap().replace("\r\n", "\n"))
        })
        .collect()
}

fn committed() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/src/ipc/generated")
}
