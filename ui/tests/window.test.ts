import { fireEvent, render, screen, waitFor, within } from "@testing-library/svelte";
import { describe, expect, it, vi } from "vitest";
import App from "../src/App.svelte";
import { useBackend } from "../src/ipc/backend";
import { Fake } from "../src/ipc/fake";
import type { ScenarioName } from "../src/ipc/fake/scenarios";

async function open(scenario: ScenarioName): Promise<Fake> {
  const fake = new Fake(scenario);
  useBackend(fake);
  render(App);
  await screen.findByTestId(fake.scenario.open ? "timeline" : "welcome");
  return fake;
}

async function rollBack(): Promise<void> {
  await fireEvent.click(await screen.findByTestId("roll-back"));
  await screen.findByTestId("step-hold");
}

describe("the welcome view", () => {
  it("says what stood in the way, and opens the rehearsal, which says that it is one", async () => {
    await open("trouble");
    expect(screen.getByRole("alert").textContent).toContain("is not there any more");
    await fireEvent.click(screen.getByText("Try the rehearsal"));
    expect((await screen.findByTestId("rehearsal-badge")).textContent).toContain("nothing here is real");
  });

  it("opens a folder that is dropped, and says why when it cannot", async () => {
    const fake = await open("welcome");
    fake.drop({ kind: "dropped", paths: ["/tmp/no-repository"] });
    expect((await screen.findByRole("alert")).textContent).toContain("is not in a git repository");
    fake.drop({ kind: "dropped", paths: ["/home/dev/code/connectias"] });
    await screen.findByTestId("timeline");
  });
});

describe("the timeline", () => {
  it("shows what is live, what was last good and that it is armed", async () => {
    await open("usual");
    expect((await screen.findByTestId("hero-live")).textContent).toMatch(/Failing.*v2\.4\.1/);
    expect(screen.getByTestId("hero-last-good").textContent).toMatch(/Last good.*v2\.4\.0/);
    expect(screen.getByTestId("armed").textContent).toMatch(/Armed\s*checked 1\d s ago/);
  });

  it("tells since when health fails and what the builds said", async () => {
    await open("usual");
    const live = await screen.findByTestId("hero-live");
    expect(live.textContent).toMatch(/Failing\s*since/);
    expect(live.textContent).toContain("health 503 · CI failed");
    const row = within(screen.getByTestId("release-list")).getByText("CI failed");
    expect(row.closest("[data-testid=release-row]")?.getAttribute("data-tag")).toBe("v2.4.1");
  });

  it("keeps what GitHub told last on screen, with its age, while it tells nothing", async () => {
    await open("offline");
    expect((await screen.findByTestId("hero-live")).textContent).toContain("v2.4.1");
    expect(screen.getByTestId("hero-last-good").textContent).toContain("v2.4.0");
    expect(screen.getByTestId("known-at").textContent).toBe("What it told 6 min ago is shown.");
  });

  it("lets a person call a release good with a reason, shows the word, and takes it back", async () => {
    const fake = await open("usual");
    const list = await screen.findByTestId("release-list");
    await fireEvent.click(within(list).getByText("v2.3.1"));
    const reason = async (words: string, deed: string) => {
      await fireEvent.click(screen.getByTestId("mark-good"));
      await fireEvent.input(await screen.findByPlaceholderText("Kept in the journal"), {
        target: { value: words },
      });
      await fireEvent.click(screen.getByRole("button", { name: deed }));
    };
    await reason("It served the sale", "Mark as good");
    await screen.findByText("marked good by @release-manager: It served the sale");
    expect(fake.calls.find((call) => call.name === "mark_good")?.given).toEqual({
      environment: "production",
      tag: "v2.3.1",
      reason: "It served the sale",
    });
    await reason("I was wrong", "Take it back");
    await waitFor(() => expect(screen.queryByText(/marked good by/)).toBeNull());
    expect(fake.count("take_mark_back")).toBe(1);
  });

  it("says who signed a release and leads to the page that compares", async () => {
    const fake = await open("usual");
    const list = await screen.findByTestId("release-list");
    await fireEvent.click(within(list).getByText("v2.3.1"));
    await screen.findByText("v2.3.1 is signed by @platform-lead");
    await fireEvent.click(screen.getByRole("button", { name: "Compare" }));
    expect(fake.calls.find((call) => call.name === "open_link")?.given).toEqual({
      url: "https://github.com/acme/connectias/compare/v2.3.1...v2.4.1",
    });
  });

  it("opens the inbox when it is asked for from outside", async () => {
    const fake = await open("usual");
    fake.tell({ kind: "show_inbox" });
    await screen.findByTestId("inbox");
  });

  it("starts one rollback on a double click and goes to watch it", async () => {
    const fake = await open("usual");
    const button = await screen.findByTestId("roll-back");
    await Promise.all([fireEvent.click(button), fireEvent.click(button), fireEvent.dblClick(button)]);
    await screen.findByTestId("rollback-screen");
    expect(fake.count("start_rollback")).toBe(1);
    expect(fake.calls.find((call) => call.name === "start_rollback")?.given).toEqual({
      environment: "production",
      tag: "v2.4.0",
      reason: "",
    });
  });

  it("says why a rollback that was refused did not start, and stays", async () => {
    const fake = await open("usual");
    fake.refuse("start_rollback", "held", "@on-call-lead holds production", "Ask them, or lift the hold.");
    await fireEvent.click(await screen.findByTestId("roll-back"));
    await screen.findByText("Ask them, or lift the hold.");
    expect(screen.queryByTestId("timeline")).not.toBeNull();
  });

  it("shows who holds and until when, and breaks somebody else's hold with a reason", async () => {
    const fake = await open("blocked");
    await screen.findByText("@on-call-lead holds production");
    expect(screen.getByText(/^until /)).not.toBeNull();
    await fireEvent.click(screen.getByRole("button", { name: "Break the hold…" }));
    await fireEvent.input(await screen.findByLabelText("Reason"), {
      target: { value: "Customers cannot pay" },
    });
    await fireEvent.click(screen.getByRole("button", { name: "Break the hold" }));
    await screen.findByText("@release-manager holds production");
    expect(fake.calls.find((call) => call.name === "break_hold")?.given).toEqual({
      environment: "production",
      reason: "Customers cannot pay",
    });
    await screen.findByRole("button", { name: "Lift the hold…" });
  });

  it("names the one reason when it is blocked", async () => {
    const fake = await open("blocked");
    const button = await screen.findByTestId("roll-back");
    expect(button.getAttribute("aria-disabled")).toBe("true");
    await fireEvent.click(button);
    expect(fake.count("start_rollback")).toBe(0);
    const reason = "v2.4.0 is another object on the remote";
    expect(screen.getByText(`${reason}.`, { selector: "#roll-back-words" })).toBeTruthy();
    expect(screen.getByText(reason, { selector: ".chip *" })).toBeTruthy();
    expect(screen.getByText("@on-call-lead holds production")).toBeTruthy();
  });

  it("names what to do about it", async () => {
    await open("no-workflow");
    const words = await screen.findByText(/^No workflow on the default branch takes a version/, {
      selector: "#roll-back-words",
    });
    expect(words.textContent).toContain("Name it in lastgood.toml: [environments.production] workflow.");
    expect(words.querySelector("code")?.textContent).toBe("[environments.production] workflow");
  });

  it("shows the whole reason of a hold, also to a keyboard", async () => {
    await open("blocked");
    const reason = await screen.findByText("“Data migration in progress”");
    expect(reason.closest(".cut")).toBeNull();
  });

  it("calls the way to a newer release forward, in the dialog too", async () => {
    await open("usual");
    const list = await screen.findByTestId("release-list");
    await fireEvent.click(within(list).getByText("v2.5.0-rc.1"));
    await fireEvent.click(screen.getByRole("button", { name: "Roll forward to this release…" }));
    const dialog = await screen.findByRole("dialog");
    expect(dialog.textContent).toContain("Roll production forward to v2.5.0-rc.1");
    expect(dialog.textContent).not.toMatch(/back/i);
    expect(screen.getByTestId("confirm-roll-back").textContent).toContain("Roll forward to v2.5.0-rc.1");
  });

  it("offers candidates when there is no last good, and asks before it acts on one", async () => {
    const fake = await open("no-last-good");
    const hero = await screen.findByTestId("hero-last-good");
    expect(hero.textContent).toContain("No last good yet");
    await fireEvent.click(within(hero).getByText("v2.4.0"));
    expect(fake.count("start_rollback")).toBe(0);
    await fireEvent.click(await screen.findByTestId("confirm-roll-back"));
    await screen.findByTestId("rollback-screen");
    expect(fake.count("start_rollback")).toBe(1);
  });

  it("lists releases without GitHub and says what to do", async () => {
    await open("no-sign-in");
    expect((await screen.findByTestId("hero-live")).textContent).toContain("gh auth login");
    expect((await screen.findAllByTestId("release-row")).length).toBeGreaterThan(3);
    expect(screen.queryByTestId("roll-back")).toBeNull();
  });

  it("keeps 10 000 releases out of the document but for those that show", async () => {
    await open("many");
    await waitFor(() => expect(screen.getAllByTestId("release-row").length).toBeGreaterThan(5));
    const rows = screen.getAllByTestId("release-row");
    expect(rows.length).toBeLessThan(60);
    expect(rows[0]?.getAttribute("aria-setsize")).toBe("10000");
  });

  it("moves through the list by keyboard and shows the release beside it", async () => {
    await open("usual");
    const list = await screen.findByRole("listbox", { name: "Releases" });
    await fireEvent.keyDown(list, { key: "Home" });
    await fireEvent.keyDown(list, { key: "ArrowDown" });
    await waitFor(() => expect(screen.getByTestId("inspector").textContent).toContain("v2.5.0-rc.1"));
  });

  it("still shows what is known when the release that is looked at is chosen", async () => {
    await open("usual");
    await screen.findByText(
      "config/production.toml: the rollback changes FUEL_LIMIT and removes PLUGIN_CACHE",
    );
    const list = screen.getByTestId("release-list");
    await fireEvent.click(within(list).getByText("v2.4.0"));
    expect(
      screen.getByText("config/production.toml: the rollback changes FUEL_LIMIT and removes PLUGIN_CACHE"),
    ).toBeTruthy();
  });

  it("never lets a name run as markup or turn around", async () => {
    await open("hostile");
    const list = await screen.findByTestId("release-list");
    await within(list).findByText("<img src=x onerror=alert(1)>");
    expect(document.querySelector("img")).toBeNull();
    expect(list.textContent).not.toContain("\u202e");
  });

  it("watches a rollback that runs already", async () => {
    await open("running");
    await fireEvent.click(await screen.findByTestId("watch"));
    await screen.findByTestId("step-follow");
    expect(screen.queryByTestId("roll-back")).toBeNull();
  });
});

describe("the rollback", () => {
  it("is undone by its button, and says that nothing was pushed", async () => {
    const fake = await open("usual");
    await rollBack();
    await fireEvent.click(await screen.findByTestId("undo"));
    const outcome = await screen.findByTestId("outcome");
    expect(outcome.dataset.phase).toBe("aborted");
    expect(outcome.textContent).toContain("before anything was pushed");
    expect(fake.count("undo_rollback")).toBe(1);
  });

  it.each(["Escape", "u"])("is undone by %s", async (key) => {
    const fake = await open("usual");
    await rollBack();
    await fireEvent.keyDown(document.body, { key });
    await screen.findByTestId("outcome");
    expect(fake.count("undo_rollback")).toBe(1);
  });

  it("takes a reason while it can be undone; a U in it undoes nothing", async () => {
    const fake = await open("usual");
    await rollBack();
    const field = screen.getByLabelText("Why");
    await fireEvent.input(field, { target: { value: "503 since the fuel metering change" } });
    await fireEvent.keyDown(field, { key: "u" });
    await fireEvent.blur(field);
    expect(fake.count("undo_rollback")).toBe(0);
    expect(fake.calls.find((call) => call.name === "give_reason")?.given).toEqual({
      id: "rollback-1",
      reason: "503 since the fuel metering change",
    });
  });

  it("keeps a reason while somebody types on and on, and says so", async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    const fake = await open("usual");
    await rollBack();
    const field = screen.getByLabelText("Why");
    for (const value of ["5", "50", "503", "503 s", "503 si", "503 sin"]) {
      await fireEvent.input(field, { target: { value } });
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(fake.count("give_reason")).toBeGreaterThan(0);
    await fireEvent.keyDown(field, { key: "Enter" });
    await screen.findByText("kept");
    vi.useRealTimers();
  });

  it("shows each step, then the proofs", async () => {
    const fake = await open("usual");
    await rollBack();
    fake.advance(65_000);
    await waitFor(() => expect(screen.getByTestId("step-follow").dataset.phase).toBe("running"));
    expect(screen.queryByTestId("undo")).toBeNull();
    expect(screen.getByText("waiting for 2 of 3 instances")).toBeTruthy();
    fake.advance(60_000);
    const outcome = await screen.findByTestId("outcome");
    expect(outcome.dataset.phase).toBe("succeeded");
    expect(outcome.textContent).toContain("Health: healthy 3 times in a row");
  });

  it("that cannot tell lets a person decide", async () => {
    const fake = await open("inconclusive");
    await fireEvent.click(await screen.findByTestId("watch"));
    await screen.findByText("Could not tell – you decide");
    await fireEvent.click(screen.getByText("Look again"));
    expect(fake.calls.at(-1)).toEqual({ name: "choose", given: { id: "rollback-1", choice: "look_again" } });
  });
});

describe("the palette", () => {
  it("opens by Ctrl K, finds a release and shows it", async () => {
    await open("usual");
    await screen.findByTestId("inspector");
    await fireEvent.keyDown(document.body, { key: "k", ctrlKey: true });
    const palette = await screen.findByTestId("palette");
    await fireEvent.input(within(palette).getByRole("combobox"), { target: { value: "session store" } });
    await fireEvent.click(await within(palette).findByText("v2.3.0"));
    await waitFor(() =>
      expect(screen.getByTestId("inspector").textContent).toContain("Session store rewrite"),
    );
  });
});

describe("the palette and post-mortems", () => {
  it("finds one by its title, once somebody looks for it", async () => {
    await open("usual");
    await screen.findByTestId("inspector");
    await fireEvent.keyDown(document.body, { key: "k", ctrlKey: true });
    const palette = await screen.findByTestId("palette");
    expect(within(palette).queryByText("Post-mortems")).toBeNull();
    await fireEvent.input(within(palette).getByRole("combobox"), { target: { value: "plugin execution" } });
    await fireEvent.click(await within(palette).findByText(/^Plugin execution failed/));
    await screen.findByTestId("paper-timeline");
  });
});

describe("the rollbacks", () => {
  it("lists what the journal knows and opens one", async () => {
    await open("succeeded");
    await fireEvent.click(screen.getByTitle("Rollbacks"));
    await fireEvent.click(await screen.findByText("v2.4.1"));
    expect((await screen.findByTestId("outcome")).dataset.phase).toBe("succeeded");
  });
});
