import { fireEvent, screen, waitFor, within } from "@testing-library/svelte";
import { describe, expect, it, vi } from "vitest";
import type { Fake } from "../src/ipc/fake";
import type { ScenarioName } from "../src/ipc/fake/scenarios";
import type { UpdateGiven } from "../src/ipc/generated/UpdateGiven";
import { goTo, openWindow } from "./kit";

async function enter(scenario: ScenarioName = "usual"): Promise<Fake> {
  const fake = await openWindow(scenario);
  await goTo("Incidents");
  const [first] = await screen.findAllByTestId("incident-line");
  if (first) await fireEvent.click(first);
  await screen.findByTestId("composer");
  return fake;
}

async function tab(name: RegExp): Promise<void> {
  await fireEvent.click(screen.getByRole("tab", { name }));
}

describe("the incidents", () => {
  it("show what goes on first, the worst on top, and when the next update is due", async () => {
    await openWindow("usual");
    await goTo("Incidents");
    const lines = await screen.findAllByTestId("incident-line");
    expect(lines[0]?.textContent).toMatch(/SEV 2.*Plugin execution.*Next update in\s*4:\d\d/);
    expect(lines[1]?.textContent).toMatch(/SEV 3.*Staging.*Overdue for\s*6:\d\d/);
    expect(lines[2]?.textContent).toContain("Resolved");
  });

  it("say once, wherever the person is, that an update is overdue", async () => {
    const fake = await openWindow("usual");
    await screen.findByText("An update is overdue");
    fake.notify({ kind: "incidents", incidents: fake.room.handlers.incidents({}) });
    expect(screen.getAllByText("An update is overdue")).toHaveLength(1);
  });

  it("are opened by hand, which sends nothing and leads into the room", async () => {
    const fake = await openWindow("quiet");
    await goTo("Incidents");
    await screen.findByText("No incidents");
    await fireEvent.click(screen.getByTestId("open-incident"));
    await fireEvent.input(await screen.findByLabelText("What is wrong"), {
      target: { value: "Logins fail" },
    });
    await fireEvent.click(screen.getByLabelText(/SEV 1/));
    await fireEvent.click(screen.getByRole("button", { name: "Open the incident" }));
    await screen.findByTestId("incident-room");
    expect(fake.calls.find((call) => call.name === "open_incident")?.given).toMatchObject({
      given: { title: "Logins fail", severity: 1, environment: "production", rollback: null },
    });
    expect(fake.count("send_updates")).toBe(0);
  });

  it("open from a rollback with what it knows", async () => {
    const fake = await openWindow("succeeded");
    fake.room.incidents = [];
    fake.notify({ kind: "incidents", incidents: [] });
    await goTo("Rollbacks");
    await fireEvent.click(await screen.findByText("v2.4.1"));
    await fireEvent.click(await screen.findByRole("button", { name: "Open an incident…" }));
    await fireEvent.click(await screen.findByRole("button", { name: "Open the incident" }));
    await screen.findByTestId("incident-room");
    expect(fake.calls.find((call) => call.name === "open_incident")?.given).toMatchObject({
      given: { title: "v2.4.1 failing in production", rollback: "rollback-1" },
    });
  });
});

describe("the room", () => {
  it("moves the promise on with N, and never while somebody writes", async () => {
    const fake = await enter();
    await fireEvent.keyDown(screen.getByLabelText("Add what you saw or did"), { key: "n" });
    expect(fake.count("nothing_new")).toBe(0);
    await fireEvent.keyDown(document.body, { key: "n" });
    expect(fake.calls.find((call) => call.name === "nothing_new")?.given).toEqual({
      id: "incident-1",
      audience: "team",
    });
    await waitFor(() => expect(screen.getByTestId("next-update").textContent).toMatch(/1[45]:\d\d/));
  });

  it("blocks Send for a value that nobody knows, marks it, and still copies", async () => {
    const writeText = vi.fn().mockResolvedValue(undefined);
    Object.defineProperty(navigator, "clipboard", { value: { writeText }, configurable: true });
    const fake = await enter();
    await tab(/Email to leads/);
    await screen.findByText("Nobody knows the cause yet.");
    const send = screen.getByTestId("send");
    expect(send.getAttribute("aria-disabled")).toBe("true");
    await fireEvent.click(send);
    expect(fake.count("send_updates")).toBe(0);
    await fireEvent.keyDown(screen.getByTestId("copy"), { key: "Enter" });
    await fireEvent.click(await screen.findByText("As plain text"));
    await waitFor(() => expect(writeText).toHaveBeenCalledWith(expect.stringContaining("[Cause]")));
  });

  it("fills every message once the value is said in the room", async () => {
    const fake = await enter();
    await tab(/Email to leads/);
    await screen.findByText("Nobody knows the cause yet.");
    await fireEvent.click(screen.getByRole("button", { name: /^Cause: Not said yet/ }));
    const field = screen.getByRole("textbox", { name: "Cause" });
    await fireEvent.input(field, { target: { value: "fuel metering" } });
    await fireEvent.keyDown(field, { key: "Enter" });
    await screen.findByText("All values filled");
    expect(fake.count("change_incident")).toBe(1);
  });

  it("takes the times that people say, and says what is none", async () => {
    const fake = await enter();
    const say = async (label: string, words: string) => {
      await fireEvent.click(screen.getByRole("button", { name: new RegExp(`^${label}: `) }));
      const field = screen.getByRole("textbox", { name: label });
      await fireEvent.input(field, { target: { value: words } });
      await fireEvent.keyDown(field, { key: "Enter" });
    };
    await say("Ended", "soon");
    await screen.findByText("Ended: this is no time");
    expect(fake.count("change_incident")).toBe(0);
    await say("Ended", "2026-11-16 14:42");
    const change = fake.calls.find((call) => call.name === "change_incident")?.given;
    expect(change).toMatchObject({ change: { kind: "value", name: "impact_ended_at" } });
    await screen.findByText("+1 555 0100");
  });

  it("sends once on a double click, and shows the receipt", async () => {
    const fake = await enter();
    const send = await screen.findByTestId("send");
    await Promise.all([fireEvent.click(send), fireEvent.click(send)]);
    await waitFor(() =>
      expect(within(screen.getByTestId("receipts")).getAllByRole("listitem")).toHaveLength(2),
    );
    expect(fake.count("send_updates")).toBe(1);
    expect(screen.getByTestId("receipts").textContent).toContain("Rolled back: production is on v2.4.0");
  });

  it("says when it could not tell, repeats nothing, and lets a person decide", async () => {
    const fake = await enter("unclear");
    const receipt = await screen.findByText(/did not answer within 20 s/);
    expect(receipt.closest("li")?.dataset.outcome).toBe("unknown");
    expect(fake.count("send_updates")).toBe(0);
    await fireEvent.click(screen.getByRole("button", { name: "It arrived" }));
    const place = screen.getByLabelText("Its address or number there");
    await fireEvent.input(place, { target: { value: "https://status.acme.example/incidents/in1" } });
    await fireEvent.click(screen.getByRole("button", { name: "It arrived" }));
    expect(fake.calls.find((call) => call.name === "settle_receipt")?.given).toMatchObject({
      choice: "it_arrived",
      found: "https://status.acme.example/incidents/in1",
    });
    expect(fake.calls.at(-1)?.name).not.toBe("send_updates");
    await waitFor(() => expect(screen.queryByText(/did not answer within 20 s/)).toBeNull());
  });

  it("shows all that would leave in one list, and sends only what is ready and chosen", async () => {
    const fake = await enter();
    await fireEvent.click(screen.getByRole("button", { name: "To several…" }));
    const list = await screen.findByTestId("send-list");
    await within(list).findByText(/Email goes to customers only from SEV 1/);
    await within(list).findByText(/was rolled back from v2.4.1/);
    await fireEvent.click(await within(list).findByRole("checkbox", { name: /Teams/ }));
    expect(within(list).getByRole<HTMLInputElement>("checkbox", { name: /Status page/ }).disabled).toBe(true);
    await fireEvent.click(screen.getByRole("button", { name: "Send 2 updates" }));
    const sent = fake.calls.find((call) => call.name === "send_updates")?.given as { updates: UpdateGiven[] };
    expect(sent.updates.map((one) => one.destination)).toEqual(["slack", "teams"]);
  });

  it("sends the words that were shown, and reads them again where they changed", async () => {
    const fake = await enter();
    const before = fake.room.handlers.draft({ incident: "incident-1", destination: "slack" }).seen;
    fake.room.incidents = fake.room.incidents.map((one) => ({ ...one, sequence: one.sequence + 1 }));
    await fireEvent.click(screen.getByTestId("send"));
    await screen.findByText(/says something else by now/);
    expect(within(screen.getByTestId("receipts")).getAllByRole("listitem")).toHaveLength(1);
    await fireEvent.click(screen.getByTestId("send"));
    await waitFor(() =>
      expect(within(screen.getByTestId("receipts")).getAllByRole("listitem")).toHaveLength(2),
    );
    const sent = fake.calls.filter((call) => call.name === "send_updates").map((call) => call.given);
    expect(JSON.stringify(sent[0])).toContain(JSON.stringify(before));
  });

  it("takes over the words of an untouched draft when what happened changes them, and never typed ones", async () => {
    const fake = await enter();
    const text = () => fake.room.handlers.draft({ incident: "incident-1", destination: "slack" }).text;
    expect(screen.getByTestId("composer").textContent).toContain("nothing changed");
    await fireEvent.change(screen.getByRole("combobox", { name: "Stage" }), {
      target: { value: "identified" },
    });
    await waitFor(() =>
      expect(fake.calls.find((call) => call.name === "choose_stage")?.given).toMatchObject({
        stage: "identified",
      }),
    );
    expect(text()).toContain("{{");
  });

  it("lets a second person read before it leaves for customers", async () => {
    const fake = await enter();
    fake.room.handlers.change_incident({
      id: "incident-1",
      change: { kind: "value", name: "cause", value: "fuel metering" },
    });
    await tab(/Status page/);
    await screen.findByText("A second person reads it before it leaves.");
    await fireEvent.click(screen.getByTestId("send"));
    await fireEvent.click(await screen.findByRole("button", { name: "Read and decide…" }));
    const dialog = await screen.findByRole("dialog", { name: "Read it before it leaves" });
    // Its lines stay lines: what stands for a character that nobody sees stands for none of them.
    expect(within(dialog).getByRole("region", { name: "The message" }).textContent).not.toContain("\u240a");
    const approve = within(dialog).getByRole<HTMLButtonElement>("button", { name: "Approve and send" });
    expect(approve.disabled).toBe(true);
    await fireEvent.input(within(dialog).getByLabelText(/Who you are/), {
      target: { value: "@support-lead" },
    });
    await fireEvent.click(approve);
    await waitFor(() =>
      expect(screen.queryByRole("dialog", { name: "Read it before it leaves" })).toBeNull(),
    );
    expect(fake.calls.find((call) => call.name === "review_update")?.given).toMatchObject({
      given: { by: "@support-lead", approved: true },
    });
  });

  it("shows each message as its destination will", async () => {
    await enter();
    for (const [name, kind] of [
      [/Teams/, "teams"],
      [/Email to leads/, "email"],
      [/Status page/, "status_page"],
      [/Ticket/, "ticket"],
    ] as const) {
      await tab(name);
      await waitFor(() => expect(screen.getByTestId("preview").dataset.kind).toBe(kind));
    }
  });

  it("moves between destinations by arrow", async () => {
    await enter();
    await fireEvent.keyDown(screen.getByRole("tablist"), { key: "ArrowRight" });
    await waitFor(() =>
      expect(screen.getByRole("tab", { name: /Teams/ }).getAttribute("aria-selected")).toBe("true"),
    );
  });

  it("never lets words from outside run as markup or turn around", async () => {
    await enter("hostile-incident");
    expect(document.querySelector("main img, main script")).toBeNull();
    expect(screen.getByTestId("incident-room").textContent).not.toContain("\u202e");
    expect(screen.getByRole("button", { name: /earlier lines/ })).toBeTruthy();
  });

  it("offers the post-mortem when it is over", async () => {
    await enter();
    await fireEvent.click(screen.getByRole("button", { name: "Resolved" }));
    await fireEvent.click(await screen.findByRole("button", { name: "Write the post-mortem" }));
    await screen.findByTestId("postmortem");
  });
});

describe("the templates", () => {
  async function open(): Promise<Fake> {
    const fake = await openWindow("usual");
    await goTo("Incidents");
    await fireEvent.click(await screen.findByRole("button", { name: "Templates" }));
    await screen.findByText("Ships with Lastgood");
    return fake;
  }

  it("show whose text each is, and take the shipped one back", async () => {
    const fake = await open();
    await fireEvent.click(screen.getByRole("button", { name: /your text/ }));
    await fireEvent.click(await screen.findByRole("button", { name: "Back to the shipped text" }));
    await screen.findByText("Ships with Lastgood");
    expect(fake.count("reset_template")).toBe(1);
  });

  it("are made by the team under a name of their own", async () => {
    const fake = await open();
    const field = screen.getByLabelText("Name of a new template");
    await fireEvent.input(field, { target: { value: "../outside" } });
    expect(screen.getByRole<HTMLButtonElement>("button", { name: "New" }).disabled).toBe(true);
    await fireEvent.input(field, { target: { value: "team-handover" } });
    await fireEvent.click(screen.getByRole("button", { name: "New" }));
    await screen.findByText("Your own");
    expect(fake.calls.find((call) => call.name === "save_template")?.given).toMatchObject({
      id: "team-handover",
    });
  });

  it("are tried on any incident", async () => {
    const fake = await open();
    await fireEvent.change(screen.getByLabelText("On"), { target: { value: "incident-2" } });
    await waitFor(() =>
      expect(fake.calls.at(-1)).toMatchObject({ name: "try_template", given: { incident: "incident-2" } }),
    );
  });
});

describe("the channels", () => {
  it("tell whether their secret is there, and what a test said", async () => {
    await openWindow("usual");
    await goTo("Incidents");
    await fireEvent.click(await screen.findByRole("button", { name: "Channels" }));
    const cards = await screen.findAllByTestId("channel");
    expect(cards[1]?.textContent).toContain("Missing");
    expect(cards[2]?.textContent).toContain("Keychain locked");
    await fireEvent.click(screen.getByRole("button", { name: "Test Teams" }));
    await waitFor(() => expect(cards[1]?.textContent).toContain("No address is kept for this channel"));
  });

  it("take a secret in, once, and forget it again", async () => {
    const fake = await openWindow("usual");
    await goTo("Incidents");
    await fireEvent.click(await screen.findByRole("button", { name: "Channels" }));
    await fireEvent.click(await screen.findByRole("button", { name: "Keep the secret of Teams" }));
    const field = await screen.findByLabelText("the webhook's whole address");
    expect(field.getAttribute("type")).toBe("password");
    await fireEvent.input(field, { target: { value: "https://flow.example/?sig=s3cret" } });
    await fireEvent.click(screen.getByRole("button", { name: "Keep" }));
    await screen.findByRole("button", { name: "Replace the secret of Teams" });
    expect(fake.count("keep_channel_secret")).toBe(1);
    expect(document.body.innerHTML).not.toContain("s3cret");
    await fireEvent.click(screen.getByRole("button", { name: "Forget the secret of Teams" }));
    await screen.findByRole("button", { name: "Keep the secret of Teams" });
  });
});
