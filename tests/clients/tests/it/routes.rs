//! Every route that we ask, and that each was asked through Prism.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use lastgood_clients::Served;

/// What only reading asks.
pub(crate) const READ: [&str; 21] = [
    "GET ",
    "GET actions/jobs/*/logs",
    "GET actions/runs",
    "GET actions/runs/*",
    "GET actions/runs/*/approvals",
    "GET actions/runs/*/jobs",
    "GET actions/runs/*/pending_deployments",
    "GET actions/workflows",
    "GET actions/workflows/*/runs",
    "GET contents/*",
    "GET deployments",
    "GET deployments/*/statuses",
    "GET environments",
    "GET git/ref/tags/*",
    "GET git/tags/*",
    "GET issues",
    "GET issues/*",
    "GET issues/*/comments",
    "GET pulls",
    "GET pulls/*",
    "GET releases",
];

/// What is read of one release.
pub(crate) const RELEASE: [&str; 2] = ["GET releases/latest", "GET releases/tags/*"];

/// What changes something.
pub(crate) const WRITTEN: [&str; 10] = [
    "PATCH issues/*",
    "PATCH releases/*",
    "POST actions/runs/*/cancel",
    "POST actions/runs/*/pending_deployments",
    "POST actions/workflows/*/dispatches",
    "POST git/refs",
    "POST git/tags",
    "POST issues",
    "POST issues/*/comments",
    "POST pulls",
];

/// Those that were asked, with the questions that make an answer another one.
pub(crate) fn asked(served: &Served) -> BTreeSet<String> {
    let requests = served.github().requests().into_iter();
    let of_repository = requests.filter_map(|request| {
        let path = request.path_and_query.strip_prefix("/repos/acme/connectias")?.trim_start_matches('/');
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let kind = ["page", "environment"]
            .iter()
            .find(|kind| query.split('&').any(|pair| pair.starts_with(&format!("{kind}="))));
        let kind = kind.map_or_else(String::new, |kind| format!("?{kind}"));
        Some(format!("{} {}{kind}", request.method, template(path)))
    });
    of_repository.collect()
}

#[test]
fn the_list_names_every_route_that_our_client_spells() {
    let listed: BTreeSet<String> = all().filter_map(|route| Some(route.split_once(' ')?.1.to_owned())).collect();
    assert_eq!(spelled(), listed);
}

fn all() -> impl Iterator<Item = &'static str> {
    READ.into_iter().chain(RELEASE).chain(WRITTEN)
}

/// Numbers, names and ids are a star.
fn template(path: &str) -> String {
    for named in ["contents/", "releases/tags/", "git/ref/tags/", "git/tags/"] {
        if path.starts_with(named) {
            return format!("{named}*");
        }
    }
    let parts: Vec<&str> = path.split('/').collect();
    let stars = parts.iter().enumerate().map(|(place, part)| {
        let is_name = place > 0 && parts[place - 1] == "workflows";
        if is_name || (!part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit())) { "*" } else { part }
    });
    stars.collect::<Vec<_>>().join("/")
}

/// The texts that the client's source builds its paths from.
fn spelled() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../src-tauri/adapters/src");
    let files = [files_below(&folder.join("github")), vec![folder.join("github.rs")]].concat();
    let texts: Vec<String> = files.iter().map(|file| std::fs::read_to_string(file).unwrap()).collect();
    let found = texts.iter().flat_map(|text| text.split("self.path(").skip(1)).filter_map(|rest| {
        let literal = rest.split('"').nth(1)?.split('?').next()?;
        (!literal.starts_with('#')).then(|| starred(literal))
    });
    found.collect()
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    paths.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}

fn starred(literal: &str) -> String {
    let mut parts = literal.trim_start_matches('/').split('{');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |path, part| path + "*" + part.split_once('}').map_or("", |(_, rest)| rest))
}
