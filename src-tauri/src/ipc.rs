//! The wire: one list of commands; beside each group of them the types that cross it.
//!
//! Only this module knows the wire's shape. Its types are generated to TypeScript by a test.
#![expect(clippy::let_underscore_must_use, reason = "the command attribute expands to it")]

pub mod break_glass;
pub mod error;
pub mod guard;
pub mod holds;
pub mod inbox;
pub mod incident;
pub mod notice;
pub mod postmortem;
pub mod rollback;
pub mod session;
pub mod settings;
pub mod timeline;
pub mod trust;
pub mod way_up;

use tauri::Wry;
use tauri::ipc::Invoke;

/// Every command of the window.
pub(crate) fn handler() -> impl Fn(Invoke<Wry>) -> bool + Send + Sync + 'static {
    tauri::generate_handler![
        session::startup,
        session::watch,
        session::open_rehearsal,
        session::open_repository,
        session::choose_repository,
        session::open_link,
        timeline::releases,
        timeline::overview,
        timeline::refresh,
        timeline::release_detail,
        holds::take_hold,
        holds::lift_hold,
        holds::break_hold,
        holds::quarantine,
        holds::lift_quarantine,
        holds::roll_forward,
        guard::offer_guard,
        break_glass::break_glass,
        trust::trust,
        trust::trust_repository,
        trust::grant_command,
        trust::withdraw_command,
        trust::command_output,
        timeline::mark_good,
        timeline::take_mark_back,
        rollback::start_rollback,
        rollback::roll_back_here,
        rollback::give_reason,
        rollback::undo_rollback,
        rollback::stop_rollback,
        rollback::take_up_rollback,
        rollback::choose,
        rollback::job_log::job_log,
        rollback::orders::approvals,
        rollback::orders::decide_run,
        rollback::orders::cancel_run,
        rollback::rollback,
        rollback::rollbacks,
        inbox::inbox,
        inbox::read_inbox,
        settings::settings,
        settings::check_settings,
        settings::save_host,
        settings::remove_host,
        settings::sign_in_by_token,
        settings::sign_in_by_gh,
        settings::sign_in_by_code,
        settings::open_sign_in_page,
        settings::cancel_sign_in,
        settings::keep_for_session,
        settings::sign_out,
        settings::choose_countdown,
        incident::commands::incidents,
        incident::commands::incident,
        incident::commands::open_incident,
        incident::commands::change_incident,
        incident::commands::nothing_new,
        incident::commands::draft,
        incident::commands::choose_template,
        incident::commands::choose_stage,
        incident::commands::save_draft,
        incident::commands::preview_update,
        incident::commands::copy_update,
        incident::commands::send_updates,
        incident::commands::settle_receipt,
        incident::commands::review_update,
        incident::template::templates,
        incident::template::template,
        incident::template::try_template,
        incident::template::save_template,
        incident::template::reset_template,
        incident::channel::channels,
        incident::channel::test_channel,
        incident::channel::keep_channel_secret,
        incident::channel::forget_channel_secret,
        incident::commands::severities,
        postmortem::commands::postmortems,
        postmortem::commands::postmortem,
        postmortem::commands::begin_postmortem,
        postmortem::commands::save_postmortem,
        postmortem::commands::keep_undo,
        postmortem::news::postmortem_news,
        postmortem::news::open_tickets,
        postmortem::news::create_ticket,
        postmortem::commands::render_postmortem,
        postmortem::commands::postmortem_history,
        postmortem::commands::postmortem_diff,
        postmortem::commands::restore_postmortem,
        postmortem::commands::evidence,
        postmortem::changes::change_line,
        postmortem::changes::set_moment,
        postmortem::changes::change_action,
        postmortem::ways_out::export_postmortem,
        postmortem::ways_out::open_pull_request,
        way_up::commands::way_up,
        way_up::commands::begin_fix,
        way_up::commands::check_fix_item,
        way_up::commands::push_fix,
        way_up::commands::link_pull_request,
        way_up::commands::start_rollout,
        way_up::commands::choose_rollout,
        way_up::commands::resume_rollout,
    ]
}
