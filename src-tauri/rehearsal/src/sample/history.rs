//! The story of the sample: who changed what, for which release, and when it went where.

use super::edit::Edit::{self, Append, Replace, Write};

/// Handles of the people in the story, the one behind the token first.
pub(crate) const PEOPLE: [&str; 4] = ["platform-lead", "runtime-dev", "web-dev", "on-call"];

const LEAD: &str = "platform-lead";
const RUNTIME: &str = "runtime-dev";
const WEB: &str = "web-dev";

/// Minutes in an hour and in a day, for the times below.
const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;

/// One release. Times are minutes before the epoch at which a deploy has ended.
pub(crate) struct Chapter {
    pub(crate) tag: &'static str,
    pub(crate) title: &'static str,
    pub(crate) staging: i64,
    pub(crate) production: i64,
    /// When production went back to the release before, and to which.
    pub(crate) rolled_back: Option<(i64, &'static str)>,
    /// Why production fails its health check with this release.
    pub(crate) sickness: Option<&'static str>,
    /// The step at which CI failed.
    pub(crate) ci_failure: Option<&'static str>,
    pub(crate) merges: &'static [Merge],
}

/// One pull request.
pub(crate) struct Merge {
    pub(crate) number: u32,
    pub(crate) branch: &'static str,
    pub(crate) title: &'static str,
    pub(crate) author: &'static str,
    pub(crate) commits: &'static [(&'static str, &'static [Edit])],
}

const fn merge(
    number: u32,
    branch: &'static str,
    title: &'static str,
    author: &'static str,
    commits: &'static [(&'static str, &'static [Edit])],
) -> Merge {
    Merge { number, branch, title, author, commits }
}

const PLAIN: Chapter = Chapter {
    tag: "",
    title: "",
    staging: 0,
    production: 0,
    rolled_back: None,
    sickness: None,
    ci_failure: None,
    merges: &[],
};

/// The six releases, oldest first.
pub(crate) const CHAPTERS: [Chapter; 6] = [
    Chapter {
        tag: "v2.2.2",
        title: "Reduce start-up allocations",
        staging: 21 * DAY + 8 * HOUR,
        production: 21 * DAY + HOUR,
        merges: &[
            merge(
                372,
                "smaller-buffer",
                "Start with a smaller plugin buffer",
                RUNTIME,
                &[("Start with a smaller plugin buffer", &[Replace("src/plugin.rs", "65536", "16384")])],
            ),
            merge(
                375,
                "read-once",
                "Read each plugin straight into its buffer",
                RUNTIME,
                &[(
                    "Read each plugin straight into its buffer",
                    &[Replace(
                        "src/plugin.rs",
                        "    let mut code = Vec::with_capacity(BUFFER);\n    code.extend(fs::read(path)?);\n",
                        "    let mut code = fs::read(path)?;\n    code.truncate(BUFFER);\n",
                    )],
                )],
            ),
        ],
        ..PLAIN
    },
    Chapter {
        tag: "v2.2.3",
        title: "Security: plugin manifest escape",
        staging: 16 * DAY + 5 * HOUR,
        production: 16 * DAY + HOUR,
        merges: &[merge(
            381,
            "manifest-escape",
            "Refuse plugins outside their folder",
            LEAD,
            &[
                (
                    "Refuse plugins outside their folder",
                    &[Replace(
                        "src/plugin.rs",
                        "    let name = path",
                        "    if path.is_symlink() {\n        return Err(io::Error::other(\"a plugin must not be a link\"));\n    }\n    let name = path",
                    )],
                ),
                (
                    "Say so in the readme",
                    &[Append("README.md", "\nA plugin is a file in `plugins/`; links are refused.\n")],
                ),
            ],
        )],
        ..PLAIN
    },
    Chapter {
        tag: "v2.3.0",
        title: "Session store rewrite",
        staging: 10 * DAY + 9 * HOUR,
        production: 10 * DAY + 2 * HOUR,
        rolled_back: Some((9 * DAY + 6 * HOUR, "v2.2.3")),
        sickness: Some("session store: every session is taken for expired after the host wakes"),
        merges: &[
            merge(
                384,
                "session-store",
                "Keep sessions in the database",
                WEB,
                &[
                    (
                        "Add a table for sessions",
                        &[Write(
                            "migrations/0003_session.sql",
                            "CREATE TABLE session (id TEXT PRIMARY KEY, person INTEGER NOT NULL REFERENCES person (id), begun INTEGER NOT NULL);\n",
                        )],
                    ),
                    (
                        "Keep the begin of a session by wall clock",
                        &[
                            Replace("src/session.rs", "{Duration, Instant}", "{Duration, SystemTime}"),
                            Replace("src/session.rs", "Vec<Instant>", "Vec<SystemTime>"),
                            Replace(
                                "src/session.rs",
                                "begun.elapsed() < LIFETIME",
                                "begun.elapsed().is_ok_and(|age| age < LIFETIME)",
                            ),
                        ],
                    ),
                    (
                        "Say where sessions are kept",
                        &[Replace("src/session.rs", "in memory", "as the database has them")],
                    ),
                ],
            ),
            merge(
                387,
                "session-hours",
                "Shorter sessions on staging",
                WEB,
                &[(
                    "Shorter sessions on staging",
                    &[Replace("config/staging.env", "SESSION_HOURS=1", "SESSION_HOURS=0.5")],
                )],
            ),
        ],
        ..PLAIN
    },
    Chapter {
        tag: "v2.3.1",
        title: "Fix session expiry on wake",
        staging: 8 * DAY + 10 * HOUR,
        production: 8 * DAY + 2 * HOUR,
        merges: &[merge(
            391,
            "wake",
            "Keep sessions when the clock jumps",
            WEB,
            &[("Keep sessions when the clock jumps", &[Replace("src/session.rs", "is_ok_and(", "map_or(true, ")])],
        )],
        ..PLAIN
    },
    Chapter {
        tag: "v2.4.0",
        title: "Plugin sandbox limits, new audit view",
        staging: 6 * DAY + 14 * HOUR + 20,
        production: 6 * DAY + 4 * HOUR + 50,
        merges: &[
            merge(
                394,
                "sandbox-limits",
                "Limit what a plugin may use",
                RUNTIME,
                &[("Limit what a plugin may use", &[Replace("config/production.env", "MEMORY_MB=64", "MEMORY_MB=32")])],
            ),
            merge(
                397,
                "audit-view",
                "Add the audit view",
                LEAD,
                &[
                    (
                        "Add a table for the audit view",
                        &[Write(
                            "migrations/0004_audit.sql",
                            "CREATE TABLE audit (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, plugin TEXT NOT NULL, deed TEXT NOT NULL);\n",
                        )],
                    ),
                    ("Describe the audit view", &[Append("README.md", "\n`GET /audit` lists what plugins did.\n")]),
                ],
            ),
        ],
        ..PLAIN
    },
    Chapter {
        tag: "v2.4.1",
        title: "Faster plugin loader, advanced fuel metering on",
        staging: 3 * HOUR + 5,
        production: 38,
        sickness: Some("plugin runtime: out of fuel in 9 of 10 calls"),
        ci_failure: Some("Test"),
        merges: &[
            merge(
                405,
                "plugin-cache",
                "Cache compiled plugins",
                RUNTIME,
                &[
                    ("Name the cache folder", &[Append("README.md", "\nCompiled plugins are kept in `cache/`.\n")]),
                    (
                        "Turn the plugin cache on",
                        &[Replace("config/production.env", "PLUGIN_CACHE=off", "PLUGIN_CACHE=on")],
                    ),
                ],
            ),
            merge(
                407,
                "load-times",
                "Tell how many plugins were found",
                WEB,
                &[(
                    "Tell how many plugins were found",
                    &[Replace(
                        "src/main.rs",
                        "    let mut sessions",
                        "    println!(\"{} plugins\", plugins.len());\n    let mut sessions",
                    )],
                )],
            ),
            merge(
                409,
                "parallel-load",
                "Load plugins in parallel",
                RUNTIME,
                &[
                    (
                        "Collect the paths first",
                        &[Replace(
                            "src/plugin.rs",
                            "    entries.map(|entry| load(&entry?.path())).collect()",
                            "    let paths: Vec<_> = entries.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;\n    paths.iter().map(|path| load(path)).collect()",
                        )],
                    ),
                    (
                        "Load plugins in parallel",
                        &[Replace(
                            "src/plugin.rs",
                            "    paths.iter().map(|path| load(path)).collect()",
                            "    std::thread::scope(|scope| {\n        let loads: Vec<_> = paths.iter().map(|path| scope.spawn(|| load(path))).collect();\n        loads.into_iter().map(|load| load.join().expect(\"loading does not panic\")).collect()\n    })",
                        )],
                    ),
                ],
            ),
            merge(
                410,
                "plugin-folder",
                "Document the plugin folder",
                LEAD,
                &[(
                    "Document the plugin folder",
                    &[Append("README.md", "\nPlugins are loaded from `plugins/` at the start, all at once.\n")],
                )],
            ),
            merge(
                412,
                "fuel-metering",
                "Turn on advanced fuel metering",
                RUNTIME,
                &[
                    (
                        "Lower the fuel limit for advanced metering",
                        &[Replace("config/production.env", "FUEL_LIMIT=1000000", "FUEL_LIMIT=250000")],
                    ),
                    (
                        "Explain fuel",
                        &[Append("README.md", "\nEach call of a plugin has fuel; `FUEL_LIMIT` says how much.\n")],
                    ),
                ],
            ),
        ],
        ..PLAIN
    },
];
