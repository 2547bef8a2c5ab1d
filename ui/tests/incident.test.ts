import { fireEvent, screen, waitFor, within } from "@testing-library/svelte";
import { describe, expect, it, vi } from "vitest";
import type { Fake } from "../src/ipc/fake";
import type { ScenarioName } from "../src/ipc/fake/scenarios";
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
    expect(fake.calls.find((call) => call.name === "send_updates")?.given).toEqual({
      incident: "incident-1",
      destinations: ["slack", "teams"],
    });
  });

  it("shows each message as its destination will", async () => {
    await enter();
    for (const [name, kind] of [
      [/Teams/, "teams"],
      [/Email to leads/, "email"],
      [/Status page/, "status_page"],
      [/Ticket/, "plain"],
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
});
