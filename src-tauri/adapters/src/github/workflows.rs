//! Workflows that can be dispatched, with their inputs, from the files on the default branch.

use lastgood_core::error::{Code, Trouble};
use lastgood_core::ports::forge::{Workflow, digest};
use tokio::task::JoinSet;

use super::reading::Page;
use super::transport::encode;
use super::wire::{Content, ListedWorkflow, Workflows};
use super::{Github, workflow_file};

const PAGES: u32 = 10;

impl Page for Workflows {
    type Item = ListedWorkflow;

    fn items(self) -> Vec<ListedWorkflow> {
        self.workflows
    }
}

impl Github {
    /// By file name.
    pub(super) async fn all_workflows(&self) -> Result<Vec<Workflow>, Trouble> {
        let listed = self.reader.all::<Workflows>(&self.path("/actions/workflows?per_page=100"), PAGES).await?;
        let mut asked = JoinSet::new();
        for workflow in listed {
            let github = self.clone();
            asked.spawn(async move { github.workflow(workflow).await });
        }
        let found = asked.join_all().await.into_iter().collect::<Result<Vec<_>, _>>()?;
        let mut workflows: Vec<Workflow> = found.into_iter().flatten().collect();
        workflows.sort_by(|a, b| a.file.cmp(&b.file));
        Ok(workflows)
    }

    async fn workflow(&self, listed: ListedWorkflow) -> Result<Option<Workflow>, Trouble> {
        let Some(file) = listed.path.strip_prefix(".github/workflows/") else { return Ok(None) };
        let text = match self.file(&listed.path).await {
            Ok(Some(text)) => text,
            Ok(None) => return Ok(None),
            // Listed, and not on the default branch: it cannot be dispatched.
            Err(trouble) if trouble.code == Code::NotOnGithub => return Ok(None),
            Err(trouble) => return Err(trouble),
        };
        Ok(workflow_file::dispatch_inputs(&text).map(|inputs| Workflow {
            file: file.to_owned(),
            name: listed.name,
            state: listed.state,
            inputs,
            run_name: workflow_file::run_name(&text),
            digest: digest(&text),
        }))
    }

    /// A file on the default branch; `None` where GitHub does not hand out its text, as from 1 MB on.
    async fn file(&self, path: &str) -> Result<Option<String>, Trouble> {
        let route = self.path(&format!("/contents/{}", encode(path).replace("%2F", "/")));
        let content: Content = self.reader.ask(&route).await?.value;
        Ok(content.text())
    }
}
