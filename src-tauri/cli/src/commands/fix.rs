//! `lastgood fix`: the branch, the checklist and the pull request of what mends a rollback's cause.

use std::process::ExitCode;

use lastgood_adapters::place::Place;
use lastgood_adapters::workspace::{Access, FixWish, Workspace};
use lastgood_core::error::{Code, Trouble};
use lastgood_core::fix::event::Base;
use lastgood_core::fix::{Fix, pull_request_number};
use lastgood_core::ids::RollbackId;
use lastgood_core::ports::publishing::{PullRequest, Standing};
use serde_json::{Value, json};

use crate::arguments;
use crate::output::{self, plain};

pub(crate) async fn run(command: arguments::Fix) -> Result<ExitCode, Trouble> {
    let way = command.way();
    let (folder, as_json) = (way.repository.repo.clone(), way.json);
    let workspace = Workspace::open(&folder, &Place::find()?, Access::from_environment())?;
    let fix = carry_out(&workspace, command).await?;
    let standing = workspace.pull_request_of(&fix).await;
    if as_json {
        output::json(&as_value(&fix, standing));
    } else {
        tell(&fix, standing);
    }
    Ok(ExitCode::SUCCESS)
}

async fn carry_out(workspace: &Workspace, command: arguments::Fix) -> Result<Fix, Trouble> {
    if let arguments::Fix::Begin { rollback, from, branch, push, .. } = command {
        let rollback = match rollback {
            Some(id) => Some(RollbackId::new(id)),
            None => workspace.newest_way_back().await?.map(|rollback| rollback.id),
        };
        if rollback.is_none() && branch.is_none() {
            let message = "No rollback is known whose cause it could mend.";
            return Err(Trouble::new(Code::RollbackUnknown, message, "Name the branch yourself with --branch NAME."));
        }
        let by = workspace.account().await?;
        let wish = FixWish { rollback, base: base(from), branch, about: None, by: by.clone() };
        let fix = workspace.begin_fix(wish).await?;
        return if push { workspace.push_fix(&fix.id, &by).await } else { Ok(fix) };
    }
    let fix = workspace.fix(None).await?;
    match command {
        arguments::Fix::Begin { .. } | arguments::Fix::Show { .. } => Ok(fix),
        arguments::Fix::Check { item, undo, .. } => {
            let place = usize::try_from(item).unwrap_or(usize::MAX).saturating_sub(1);
            workspace.set_fix_item(&fix.id, place, !undo, &workspace.account().await?).await
        }
        arguments::Fix::Push { .. } => workspace.push_fix(&fix.id, &workspace.account().await?).await,
        arguments::Fix::Link { pull_request, .. } => {
            let number = pull_request.as_deref().map(|text| {
                pull_request_number(text).ok_or_else(|| {
                    let message = format!("{text} names no pull request.");
                    Trouble::new(Code::Usage, message, "Give its number, such as 418, or its address.")
                })
            });
            workspace.link_fix(&fix.id, number.transpose()?, &workspace.account().await?).await
        }
    }
}

fn base(from: String) -> Base {
    match from.as_str() {
        "default" => Base::DefaultBranch,
        "bad" => Base::BadRelease,
        _ => Base::Named(from),
    }
}

type Known = Result<Option<PullRequest>, Trouble>;

fn as_value(fix: &Fix, standing: Known) -> Value {
    let beginning = &fix.beginning;
    let items = fix.items.iter().map(|item| {
        let done = item.done.as_ref().map(|(by, at)| json!({ "by": by, "at": at }));
        json!({ "text": item.text, "done": done })
    });
    let (state, trouble) = match &standing {
        Ok(found) => (found.as_ref().map(state), None),
        Err(trouble) => (None, Some(trouble)),
    };
    json!({
        "fix": fix.id,
        "rollback": beginning.rollback,
        "bad": beginning.bad,
        "branch": beginning.branch,
        "commit": beginning.commit,
        "pushed": fix.pushed,
        "playbook": beginning.playbook,
        "checklist": items.collect::<Vec<_>>(),
        "pull_request": fix.pull_request.as_ref().map(|request| json!({
            "number": request.number, "url": request.url, "title": request.title, "state": state,
        })),
        "error": trouble,
    })
}

fn tell(fix: &Fix, standing: Known) {
    let beginning = &fix.beginning;
    let pushed = if fix.pushed.is_some() { "pushed" } else { "not pushed" };
    output::line(&plain(&format!("{} on {}, {pushed}", beginning.branch, beginning.commit.short())));
    output::line(&plain(&format!("  git switch {}", beginning.branch)));
    for (number, item) in (1..).zip(&fix.items) {
        let mark = if item.done.is_some() { "x" } else { " " };
        let by = item.done.as_ref().map_or_else(String::new, |(by, _)| format!(" ({by})"));
        output::line(&plain(&format!("  [{mark}] {number} {}{by}", item.text)));
    }
    match (&fix.pull_request, standing) {
        (None, _) => output::line("  no pull request is linked"),
        (Some(linked), standing) => {
            let state = match &standing {
                Ok(Some(found)) => state(found),
                Ok(None) => "gone",
                Err(_) => "its state could not be asked",
            };
            output::line(&plain(&format!("  #{} {}, {state}: {}", linked.number, linked.title, linked.url)));
        }
    }
}

fn state(request: &PullRequest) -> &'static str {
    match request.standing {
        Standing::Open if request.draft => "draft",
        Standing::Open => "open",
        Standing::Closed => "closed",
        Standing::Merged { .. } => "merged",
    }
}
