import { undo } from "@codemirror/commands";
import { EditorView } from "@codemirror/view";
import { fireEvent, screen, waitFor, within } from "@testing-library/svelte";
import { describe, expect, it, vi } from "vitest";
import type { Fake } from "../src/ipc/fake";
import { goTo, openWindow } from "./kit";

async function open(prepare: (fake: Fake) => void = () => undefined): Promise<Fake> {
  const fake = await openWindow("usual");
  prepare(fake);
  await goTo("Post-mortems");
  const [first] = await screen.findAllByTestId("postmortem-line");
  if (first) await fireEvent.click(first);
  await screen.findByTestId("paper-timeline");
  return fake;
}

describe("the library", () => {
  it("finds by title, factor and words", async () => {
    await openWindow("usual");
    await goTo("Post-mortems");
    await screen.findAllByTestId("postmortem-line");
    const search = screen.getByLabelText("Search post-mortems");
    await fireEvent.input(search, { target: { value: "canary session" } });
    await waitFor(() => expect(screen.getAllByTestId("postmortem-line")).toHaveLength(1));
    await fireEvent.input(search, { target: { value: "" } });
    await waitFor(() => expect(screen.getAllByTestId("postmortem-line")).toHaveLength(4));
    await fireEvent.click(screen.getByRole("button", { name: /Alert reached nobody/, pressed: false }));
    expect(screen.getAllByTestId("postmortem-line")).toHaveLength(2);
  });

  it("lists open actions across all, the overdue ones in words", async () => {
    await openWindow("usual");
    await goTo("Post-mortems");
    const actions = await screen.findByTestId("open-actions");
    expect(within(actions).getAllByRole("listitem")).toHaveLength(3);
    expect(actions.textContent).toMatch(/@session-lead · was due/);
  });

  it("says of an open action that its ticket is closed", async () => {
    const fake = await openWindow("usual");
    const known = fake.papers.paper.actions.flatMap((action) => action.ticket ?? []);
    for (const ticket of ["#402", "#418", ...known]) fake.papers.closed.add(ticket);
    await goTo("Post-mortems");
    const actions = await screen.findByTestId("open-actions");
    await waitFor(() => expect(actions.textContent).toMatch(/#\d+, closed/));
  });

  it("says what each metric counts", async () => {
    await openWindow("usual");
    await goTo("Post-mortems");
    const [metric] = await screen.findAllByTestId("metric");
    expect(metric?.textContent).toContain("22 Nov: 2");
    const recovery = screen.getAllByTestId("metric").at(-1);
    expect(recovery?.textContent).toContain("25 Oct: 52 min");
    if (recovery) await fireEvent.click(recovery);
    await screen.findByText(/from its deployment to the next, the middle of all/);
  });

  it("measures the environment that is chosen, and begins one by hand", async () => {
    const fake = await openWindow("usual");
    await goTo("Post-mortems");
    await fireEvent.change(await screen.findByLabelText("Measured in"), { target: { value: "staging" } });
    await waitFor(() =>
      expect(fake.calls.findLast((call) => call.name === "postmortems")?.given).toEqual({
        environment: "staging",
        query: "",
      }),
    );
    await fireEvent.click(screen.getByRole("button", { name: "New…" }));
    await fireEvent.input(await screen.findByLabelText("What it is about, in a few words"), {
      target: { value: "Orders fail" },
    });
    await fireEvent.click(screen.getByRole("button", { name: "Begin" }));
    await screen.findByTestId("paper-timeline");
    expect(fake.papers.paper.title).toBe("Orders fail");
  });

  it("is empty in words", async () => {
    await openWindow("quiet");
    await goTo("Post-mortems");
    await screen.findByText("No post-mortems yet");
  });
});

describe("a post-mortem", () => {
  it("shows its times with what they were made from, and takes a correction with its reason", async () => {
    const fake = await open();
    await fireEvent.click(screen.getByRole("button", { name: /3 min to detect/ }));
    const made = await screen.findByRole("dialog");
    expect(made.textContent).toContain("First failed health probe, 3 of 3 tries");
    const [correct] = within(made).getAllByRole("button", { name: "Correct it…" });
    if (correct) await fireEvent.click(correct);
    expect(within(made).getByRole<HTMLButtonElement>("button", { name: "Correct it" }).disabled).toBe(true);
    await fireEvent.input(within(made).getByLabelText("Why the record is wrong"), {
      target: { value: "seen earlier by hand" },
    });
    await fireEvent.click(within(made).getByRole("button", { name: "Correct it" }));
    expect(fake.calls.find((call) => call.name === "set_moment")?.given).toMatchObject({
      landmark: "began",
      reason: "seen earlier by hand",
    });
  });

  it("opens the evidence behind a line", async () => {
    await open();
    const [evidence] = screen.getAllByRole("button", { name: "evidence" });
    if (evidence) await fireEvent.click(evidence);
    expect((await screen.findByRole("dialog")).textContent).toContain("GET /health → 503");
  });

  it("hides a line, takes a comment, and takes the lines of a chat", async () => {
    const fake = await open();
    const [hide] = screen.getAllByRole("button", { name: "Leave this line out of the document" });
    if (hide) await fireEvent.click(hide);
    await screen.findByRole("button", { name: "Show this line in the document" });
    await fireEvent.click(screen.getByRole("button", { name: "Paste…" }));
    await fireEvent.input(await screen.findByLabelText("Chat or log"), {
      target: { value: "14:05 I see 503\n14:06 me too" },
    });
    await fireEvent.click(screen.getByRole("button", { name: "Take the lines" }));
    await screen.findByText("14:06 me too");
    expect(fake.calls.filter((call) => call.name === "change_line")).toHaveLength(2);
  });

  it("keeps what was pasted and not understood in its field", async () => {
    await open();
    await fireEvent.click(screen.getByRole("button", { name: "Paste…" }));
    const field = await screen.findByLabelText<HTMLTextAreaElement>("Chat or log");
    await fireEvent.input(field, { target: { value: "no time in it" } });
    await fireEvent.click(screen.getByRole("button", { name: "Take the lines" }));
    await screen.findByText(/^No line begins with a time/);
    expect(screen.getByLabelText<HTMLTextAreaElement>("Chat or log").value).toBe("no time in it");
  });

  it("is written on where it was left, with its undo, after it was read", async () => {
    const fake = await open();
    const type = async (words: string) => {
      const box = await screen.findByTestId("paper");
      const content = await waitFor(() => {
        const found = box.shadowRoot?.querySelector<HTMLElement>(".cm-editor");
        if (!found) throw new Error("no editor yet");
        return found;
      });
      const view = EditorView.findFromDOM(content);
      view?.dispatch({ changes: { from: 0, insert: words }, userEvent: "input.type" });
      return view;
    };
    await type("first ");
    await fireEvent.click(screen.getByRole("button", { name: "Read" }));
    await screen.findByTestId("rendered");
    await fireEvent.click(screen.getByRole("button", { name: "Write" }));
    const view = await type("second ");
    expect(view?.state.doc.sliceString(0, 14)).toBe("second first #");
    await waitFor(() => expect(fake.papers.paper.text).toMatch(/^second first #/));
    if (view) expect([undo(view), undo(view), view.state.doc.sliceString(0, 1)]).toEqual([true, true, "#"]);
  });

  it("opens an issue for an action in one click, and says when it is closed", async () => {
    const fake = await open((one) => one.papers.closed.add("#512"));
    await fireEvent.click(screen.getByRole("tab", { name: /Actions/ }));
    await fireEvent.click(
      screen.getByRole("button", { name: "Create a ticket for Overlap on-call rotas by 30 minutes" }),
    );
    await screen.findByText("#512");
    await screen.findByText("closed");
    expect(fake.count("create_ticket")).toBe(1);
  });

  it("keeps actions with owner, day, priority and ticket", async () => {
    const fake = await open();
    await fireEvent.click(screen.getByRole("tab", { name: /Actions/ }));
    await fireEvent.click(screen.getByRole("button", { name: "Add…" }));
    await fireEvent.input(await screen.findByLabelText("What changes in the system"), {
      target: { value: "Alert the lead too" },
    });
    await fireEvent.change(screen.getByLabelText("Priority"), { target: { value: "high" } });
    await fireEvent.click(screen.getByRole("button", { name: "Add" }));
    await fireEvent.click(await screen.findByRole("button", { name: "Alert the lead too" }));
    await fireEvent.input(await screen.findByLabelText("Ticket"), { target: { value: "#422" } });
    await fireEvent.click(screen.getByRole("button", { name: "Keep" }));
    await screen.findByRole("button", { name: "#422" });
    expect(fake.papers.paper.actions.at(-1)).toMatchObject({ title: "Alert the lead too", due: null });
  });

  it("says what became of its pull request, and that somebody changed the repository's copy", async () => {
    await open((one) => {
      one.papers.merged = true;
      one.papers.changedThere = "Somebody changed it in the repository; pushing brings both together.";
    });
    await screen.findByText(/^Published/);
    await screen.findByText(/^Somebody changed it in the repository/);
  });

  it("renders what was written when it is read", async () => {
    const fake = await open();
    await fireEvent.click(screen.getByRole("button", { name: "Read" }));
    const rendered = await screen.findByTestId("rendered");
    await waitFor(() =>
      expect(rendered.firstElementChild?.shadowRoot?.querySelector("h1")?.textContent).toBe(
        "Plugin execution failed after v2.4.1",
      ),
    );
    expect(fake.count("save_postmortem")).toBe(0);
  });

  it("that went apart in the repository is chosen section by section before anything is pushed", async () => {
    const fake = await open((one) => {
      one.papers.conflicts = [
        { mark: "1", title: "Impact", mine: "## Impact\nmine", theirs: "## Impact\ntheirs" },
      ];
    });
    await fireEvent.click(screen.getByTestId("open-pull-request"));
    await screen.findByTestId("merge");
    expect(screen.getByTestId<HTMLButtonElement>("open-pull-request").disabled).toBe(true);
    expect(screen.getByRole<HTMLButtonElement>("button", { name: "1 to choose" }).disabled).toBe(true);
    await fireEvent.click(screen.getByRole("button", { name: "Theirs" }));
    await fireEvent.click(screen.getByRole("button", { name: "Keep these and push" }));
    await waitFor(() => expect(screen.queryByTestId("merge")).toBeNull());
    expect(fake.calls.findLast((call) => call.name === "open_pull_request")?.given).toEqual({
      id: "2026-11-22-plugins",
      choices: [{ section: "1", side: "theirs" }],
      troubleshooting: false,
    });
  });

  it("is chosen anew where the repository's text is another one by now", async () => {
    const shown = { mark: "1", title: "Impact", mine: "## Impact\nmine", theirs: "## Impact\ntheirs" };
    const fake = await open((one) => {
      one.papers.conflicts = [shown];
    });
    await fireEvent.click(screen.getByTestId("open-pull-request"));
    await screen.findByTestId("merge");
    await fireEvent.click(screen.getByRole("button", { name: "Theirs" }));
    fake.papers.conflicts = [{ ...shown, mark: "2", theirs: "## Impact\nnewer" }];
    await fireEvent.click(screen.getByRole("button", { name: "Keep these and push" }));
    await screen.findByText(/newer/);
    expect(screen.getByRole<HTMLButtonElement>("button", { name: "1 to choose" }).disabled).toBe(true);
  });

  it("exports, and opens one pull request", async () => {
    const fake = await open();
    await fireEvent.keyDown(screen.getByTestId("export"), { key: "Enter" });
    await fireEvent.click(await screen.findByText("PDF…"));
    await screen.findByText("Written as PDF");
    await fireEvent.keyDown(screen.getByTestId("export"), { key: "Enter" });
    await fireEvent.click(await screen.findByRole("menuitemcheckbox", { name: /troubleshooting entry/ }));
    await fireEvent.click(screen.getByTestId("open-pull-request"));
    await screen.findByRole("button", { name: /^Pull request/ });
    expect(fake.calls.filter((call) => call.name === "open_pull_request").map((call) => call.given)).toEqual([
      { id: "2026-11-22-plugins", choices: [], troubleshooting: true },
    ]);
  });

  it("shows what changed since a revision", async () => {
    vi.useRealTimers();
    await open();
    await fireEvent.click(screen.getByRole("button", { name: "History" }));
    const history = await screen.findByTestId("history");
    const [newest] = await within(history).findAllByRole("button");
    if (newest) await fireEvent.click(newest);
    expect((await screen.findByRole("group", { name: "What changed" })).textContent).toContain(
      "added: - **Tests differ",
    );
  });
});
