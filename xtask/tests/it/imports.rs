//! The UI's tiers: `views` may use all, `components` use `state` and `ipc`, `state` uses `ipc`, and `ipc` alone
//! knows Tauri. `words` and `styles` are for everyone.

use crate::tree::{SourceFile, files};

const UI: &str = "ui/src";
/// A tier, and the tiers that it never imports from.
const NEVER: [(&str, &[&str]); 4] = [
    ("ipc", &["state", "components", "views"]),
    ("words", &["state", "components", "views"]),
    ("state", &["components", "views"]),
    ("components", &["views"]),
];

#[test]
fn every_import_of_the_ui_keeps_to_its_tier() {
    let sources = files(UI, &["ts", "svelte"]);
    assert!(!sources.is_empty(), "the UI was not found in {UI}");
    assert_eq!(forbidden(&sources), [""; 0]);
}

#[test]
fn an_import_against_the_tiers_is_found() {
    let sources = [
        SourceFile::new("ui/src/components/release/Row.svelte", "import { invoke } from '@tauri-apps/api/core';"),
        SourceFile::new("ui/src/components/shared/Badge.svelte", "import View from \"../../views/Timeline.svelte\";"),
        SourceFile::new("ui/src/state/hold.svelte.ts", "const row = await import('$components/release/Row.svelte');"),
        SourceFile::new("ui/src/ipc/tauri.ts", "import { invoke } from '@tauri-apps/api/core';"),
        SourceFile::new("ui/src/views/Timeline.svelte", "import Row from '../components/release/Row.svelte';"),
        SourceFile::new("ui/src/components/release/List.svelte", "import Row from './views.svelte';"),
    ];
    assert_eq!(
        forbidden(&sources),
        [
            "ui/src/components/release/Row.svelte imports @tauri-apps/api/core; only ui/src/ipc may",
            "ui/src/components/shared/Badge.svelte imports ../../views/Timeline.svelte; components never import views",
            "ui/src/state/hold.svelte.ts imports $components/release/Row.svelte; state never import components",
        ]
    );
}

fn forbidden(sources: &[SourceFile]) -> Vec<String> {
    sources
        .iter()
        .flat_map(|file| imported(&file.text).filter_map(|target| fault(&file.path, target)).collect::<Vec<_>>())
        .collect()
}

fn fault(path: &str, target: &str) -> Option<String> {
    let tier = path.strip_prefix("ui/src/")?.split('/').next()?;
    if target.starts_with("@tauri-apps/") && tier != "ipc" {
        return Some(format!("{path} imports {target}; only ui/src/ipc may"));
    }
    let (_, never) = NEVER.iter().find(|(name, _)| *name == tier)?;
    let reached = tier_of(path, target)?;
    never.contains(&reached.as_str()).then(|| format!("{path} imports {target}; {tier} never import {reached}"))
}

/// The tier that an import reaches: relative to its file, or by an alias such as `$state/…` or `$lib/state/…`.
fn tier_of(path: &str, target: &str) -> Option<String> {
    if let Some(alias) = target.strip_prefix('$').or_else(|| target.strip_prefix("@/")) {
        return alias.trim_start_matches("lib/").split('/').next().map(str::to_owned);
    }
    if !target.starts_with('.') {
        return None;
    }
    let mut place: Vec<&str> = path.split('/').collect();
    place.pop();
    for part in target.split('/') {
        match part {
            "." => {}
            ".." => drop(place.pop()),
            name => place.push(name),
        }
    }
    place.get(2).map(|tier| (*tier).to_owned())
}

/// What stands in quotes after `from`, `import` or `import(`.
fn imported(text: &str) -> impl Iterator<Item = &str> {
    let pieces = text.split(['\'', '"']).collect::<Vec<_>>();
    let pairs: Vec<&str> = pieces
        .windows(2)
        .filter(|pair| {
            let before = pair[0].trim_end().trim_end_matches('(').trim_end();
            before.ends_with("from") || before.ends_with("import")
        })
        .map(|pair| pair[1])
        .collect();
    pairs.into_iter()
}
