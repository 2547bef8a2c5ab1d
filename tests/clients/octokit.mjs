// What octokit, GitHub's own client, finds in the repository; then it starts a deploy. Prints JSON.
import { Octokit } from '@octokit/rest';

const octokit = new Octokit({ baseUrl: process.env.API, auth: process.env.TOKEN });
const repository = { owner: 'acme', repo: 'connectias' };
const all = (route, more = {}) => octokit.paginate(route, { ...repository, per_page: 5, ...more });

const deployments = await all(octokit.rest.repos.listDeployments);
const newest = deployments[0].id;
const runs = await all(octokit.rest.actions.listWorkflowRunsForRepo);
const started = await octokit.rest.actions.createWorkflowDispatch({
  ...repository,
  workflow_id: 'deploy.yml',
  ref: 'main',
  inputs: { version_tag: 'v2.4.0' },
  return_run_details: true,
});
const run = await octokit.rest.actions.getWorkflowRun({ ...repository, run_id: started.data.workflow_run_id });
const refused = await octokit.rest.repos.getReleaseByTag({ ...repository, tag: 'v9' }).catch((error) => error.status);
const graphql = await octokit.graphql('query($owner: String!, $repo: String!) { repository(owner: $owner, name: $repo) { releases(first: 100, orderBy: { field: CREATED_AT, direction: DESC }) { nodes { tagName } } } }', repository);

console.log(
  JSON.stringify({
    login: (await octokit.rest.users.getAuthenticated()).data.login,
    branch: (await octokit.rest.repos.get(repository)).data.default_branch,
    releases: (await all(octokit.rest.repos.listReleases)).map((one) => one.tag_name),
    latest: (await octokit.rest.repos.getLatestRelease(repository)).data.tag_name,
    tags: (await all(octokit.rest.repos.listTags)).map((one) => [one.name, one.commit.sha]),
    environments: (await octokit.rest.repos.getAllEnvironments(repository)).data.environments.map((one) => one.name),
    workflows: (await all(octokit.rest.actions.listRepoWorkflows)).map((one) => one.path),
    deployments: deployments.map((one) => one.id),
    statuses: (await all(octokit.rest.repos.listDeploymentStatuses, { deployment_id: newest })).map((one) => one.state),
    runs: runs.map((one) => one.id),
    jobs: (await all(octokit.rest.actions.listJobsForWorkflowRun, { run_id: runs[0].id })).map((one) => one.name),
    started: { id: started.data.workflow_run_id, title: run.data.display_title, event: run.data.event },
    refused,
    graphql: graphql.repository.releases.nodes.map((one) => one.tagName),
  }),
);
