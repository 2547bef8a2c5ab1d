import type { GuardingCommands } from "../commands/guarding";
import { IpcError } from "../error";
import type { BreakGlassView } from "../generated/BreakGlassView";
import type { CommandView } from "../generated/CommandView";
import type { TrustView } from "../generated/TrustView";

type Handlers = {
  [Name in "trust" | "trust_repository" | "grant_command" | "withdraw_command" | "command_output"]: (
    given: GuardingCommands[Name][0],
  ) => GuardingCommands[Name][1];
};

export const OUTPUT = "5f".repeat(32);

/** Which commands may run, as a host keeps it. */
export class FakeTrust {
  view: TrustView;

  constructor(named: boolean, now: number) {
    this.view = { repository: false, commands: named ? commands(now) : [], left: [] };
  }

  readonly handlers: Handlers = {
    trust: () => structuredClone(this.view),
    trust_repository: ({ trusted }) => {
      this.view.repository = trusted;
      if (!trusted) for (const one of this.view.commands) one.granted = false;
      return structuredClone(this.view);
    },
    grant_command: ({ hash }) => this.#set(hash, true),
    withdraw_command: ({ hash }) => this.#set(hash, false),
    command_output: ({ hash }) => {
      if (hash !== OUTPUT)
        throw new IpcError({
          code: "document_unknown",
          message: "This output is not on this machine, or is no longer what was kept.",
          hint: "Ask whoever ran the command, or run it again.",
        });
      return "$ cargo audit\n    Fetching advisory database\n    Scanning Cargo.lock for vulnerabilities (312 crate dependencies)\n";
    },
  };

  #set(hash: string, granted: boolean): TrustView {
    for (const one of this.view.commands) if (one.hash === hash) one.granted = granted;
    return structuredClone(this.view);
  }
}

function commands(now: number): CommandView[] {
  const folder = "A throw-away folder with the files of the target";
  const common = { environments: ["production"], preset: false, granted: false, before: null, folder };
  const smoke = ["npm", "run", "smoke", "--", "--base=https://shop.example.com", "--retries", "two words"];
  return [
    {
      ...common,
      hash: "ab".repeat(32),
      words: ["cargo", "audit", "--deny", "warnings"],
      line: "cargo audit --deny warnings",
      question: "security.scan",
      title: "Security scan",
      before: {
        hash: "cd".repeat(32),
        line: "cargo audit",
        since: new Date(now - 16 * 86_400_000).toISOString(),
      },
    },
    {
      ...common,
      hash: "ef".repeat(32),
      words: smoke,
      line: 'npm run smoke -- --base=https://shop.example.com --retries "two words"',
      question: "proof.functionality",
      title: "Functionality",
    },
  ];
}

export function samplePage(environment: string, now: number): BreakGlassView {
  return {
    environment,
    preparedAt: new Date(now - 3 * 60_000).toISOString(),
    from: "v2.4.1",
    to: "v2.4.0",
    object: "41c0de7a".repeat(5),
    commit: "9f1c2ab4".repeat(5),
    changed: null,
    local: null,
    contacts: [
      { name: "@on-call", how: "pager 555 0100" },
      { name: "@platform-lead", how: "phone 555 0101" },
    ],
    steps: [
      {
        title: "Look that the target is what it was; both lines show its object:",
        ways: [
          "git rev-parse refs/tags/v2.4.0\ngit ls-remote https://github.com/acme/connectias refs/tags/v2.4.0",
        ],
      },
      {
        title: "See who holds the environment, and why; where nothing is printed, nobody does:",
        ways: [
          "git ls-remote --exit-code https://github.com/acme/connectias refs/lastgood/hold/production && git fetch --quiet https://github.com/acme/connectias refs/lastgood/hold/production && git log -1 --format=%B FETCH_HEAD",
        ],
      },
      {
        title:
          "Only if it is held by a rollback of yours that you give up for this page, lift that hold; anybody else is asked to lift theirs:",
        ways: ["git push https://github.com/acme/connectias :refs/lastgood/hold/production"],
      },
      {
        title: "Deploy, by one of these, once:",
        ways: [
          "gh workflow run deploy.yml --repo acme/connectias --ref main -f version_tag=v2.4.0",
          `printf 'Authorization: Bearer %s' "$GITHUB_TOKEN" | curl -fsS -X POST -H @- -d '{"ref":"main"}' https://api.github.com/repos/acme/connectias/actions/workflows/deploy.yml/dispatches`,
        ],
      },
      { title: "Prove it: look at the service, no probe is configured.", ways: [] },
    ],
    files: [{ name: "connectias-2.4.0.tar.zst", bytes: 18_211_904, digest: `sha256:${"41c0".repeat(16)}` }],
  };
}
