use crate::tree::{SourceFile, files};

/// Past this a file is about more than one thing.
const MOST_LINES: usize = 600;

#[test]
fn no_file_is_too_long_or_named_mod() {
    let sources = files("", &["rs", "ts", "svelte"]);
    assert!(!sources.is_empty(), "no sources were found");
    assert_eq!(ill_cut(&sources), [""; 0]);
}

#[test]
fn a_long_file_and_a_mod_file_are_found() {
    let long = SourceFile::new("ui/src/long.ts", &"line\n".repeat(MOST_LINES + 1));
    let named = SourceFile::new("src-tauri/src/ipc/mod.rs", "");
    let good = SourceFile::new("src-tauri/src/ipc.rs", &"line\n".repeat(MOST_LINES));
    assert_eq!(
        ill_cut(&[long, named, good]),
        [
            "ui/src/long.ts has 601 lines; split it by what it is about",
            "src-tauri/src/ipc/mod.rs belongs beside its folder, as ipc.rs",
        ]
    );
}

fn ill_cut(sources: &[SourceFile]) -> Vec<String> {
    sources.iter().filter_map(fault).collect()
}

fn fault(file: &SourceFile) -> Option<String> {
    let SourceFile { path, text } = file;
    if let Some((folder, "mod.rs")) = path.rsplit_once('/') {
        let name = folder.rsplit('/').next().unwrap_or(folder);
        return Some(format!("{path} belongs beside its folder, as {name}.rs"));
    }
    let lines = text.lines().count();
    (lines > MOST_LINES).then(|| format!("{path} has {lines} lines; split it by what it is about"))
}
