//! Plugins: found in one folder, read once.

use std::{fs, io, path::Path};

/// Bytes that one plugin may use.
pub const BUFFER: usize = 65536;

/// A plugin that is ready to run.
pub struct Plugin {
    pub name: String,
    pub code: Vec<u8>,
}

/// Reads every plugin of the folder; no folder means no plugins.
pub fn load_all(folder: &Path) -> io::Result<Vec<Plugin>> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(Vec::new()) };
    entries.map(|entry| load(&entry?.path())).collect()
}

fn load(path: &Path) -> io::Result<Plugin> {
    let name = path.display().to_string();
    let mut code = Vec::with_capacity(BUFFER);
    code.extend(fs::read(path)?);
    Ok(Plugin { name, code })
}
