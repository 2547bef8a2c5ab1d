//! What kind of project a commit is, by the files at its top, and the commands that fit it.

use crate::error::Trouble;
use crate::ids::ObjectId;
use crate::ports::History;

/// In the order in which they are asked for.
const FILES: [&str; 8] = [
    "Cargo.toml",
    "deny.toml",
    "package-lock.json",
    "yarn.lock",
    ".yarnrc.yml",
    "pnpm-lock.yaml",
    "pubspec.lock",
    "pubspec.yaml",
];

/// By which files are there.
#[derive(Debug, Default)]
pub(super) struct Project {
    rust: bool,
    deny: bool,
    npm: bool,
    yarn: Option<Yarn>,
    pnpm: bool,
    dart: Option<Dart>,
}

/// Yarn 1 and what came after it take other words.
#[derive(Debug)]
enum Yarn {
    Classic,
    Modern,
}

#[derive(Debug)]
enum Dart {
    Plain,
    Flutter,
}

impl Project {
    pub(super) async fn read(history: &dyn History, commit: &ObjectId) -> Result<Self, Trouble> {
        let files = history.files(commit, &FILES.map(str::to_owned)).await?;
        let found = |name: &str| {
            let place = FILES.iter().position(|file| *file == name)?;
            files.get(place)?.as_deref()
        };
        let has = |name: &str| found(name).is_some();
        let flutter = found("pubspec.yaml").is_some_and(|bytes| {
            String::from_utf8_lossy(bytes).lines().any(|line| line.trim_start().starts_with("sdk: flutter"))
        });
        Ok(Self {
            rust: has("Cargo.toml"),
            deny: has("deny.toml"),
            npm: has("package-lock.json"),
            yarn: has("yarn.lock").then(|| if has(".yarnrc.yml") { Yarn::Modern } else { Yarn::Classic }),
            pnpm: has("pnpm-lock.yaml"),
            dart: has("pubspec.lock").then_some(if flutter { Dart::Flutter } else { Dart::Plain }),
        })
    }

    /// None of them runs scripts of packages.
    pub(super) fn dependency_check(&self) -> Vec<Vec<String>> {
        let mut commands: Vec<&[&str]> = Vec::new();
        commands.extend(self.rust.then_some(&["cargo", "check", "--locked"][..]));
        commands.extend(self.npm.then_some(&["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"][..]));
        commands.extend(self.yarn.as_ref().map(|yarn| match yarn {
            Yarn::Classic => &["yarn", "install", "--frozen-lockfile", "--ignore-scripts", "--non-interactive"][..],
            Yarn::Modern => &["yarn", "install", "--immutable", "--mode=skip-build"][..],
        }));
        commands.extend(self.pnpm.then_some(&["pnpm", "install", "--frozen-lockfile", "--ignore-scripts"][..]));
        commands.extend(self.dart.as_ref().map(|dart| match dart {
            Dart::Plain => &["dart", "pub", "get", "--enforce-lockfile"][..],
            Dart::Flutter => &["flutter", "pub", "get", "--enforce-lockfile"][..],
        }));
        owned(&commands)
    }

    /// Dart and Flutter have no scan of their own; OSV's reads their lock file.
    pub(super) fn security_scan(&self) -> Vec<Vec<String>> {
        let mut commands: Vec<&[&str]> = Vec::new();
        commands.extend(self.rust.then_some(&["cargo", "audit"][..]));
        commands.extend((self.rust && self.deny).then_some(&["cargo", "deny", "check"][..]));
        commands.extend(self.npm.then_some(&["npm", "audit", "--audit-level=high"][..]));
        commands.extend(self.yarn.as_ref().map(|yarn| match yarn {
            Yarn::Classic => &["yarn", "audit", "--level", "high"][..],
            Yarn::Modern => &["yarn", "npm", "audit", "--severity", "high", "--recursive"][..],
        }));
        commands.extend(self.pnpm.then_some(&["pnpm", "audit", "--audit-level", "high"][..]));
        commands.extend(self.dart.is_some().then_some(&["osv-scanner", "--lockfile=pubspec.lock"][..]));
        owned(&commands)
    }
}

fn owned(commands: &[&[&str]]) -> Vec<Vec<String>> {
    commands.iter().map(|argv| argv.iter().map(|word| (*word).to_owned()).collect()).collect()
}
