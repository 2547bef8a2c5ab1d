import { fireEvent, render, screen, within } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";
import App from "../src/App.svelte";
import { useBackend } from "../src/ipc/backend";
import { Fake } from "../src/ipc/fake";
import type { ScenarioName } from "../src/ipc/fake/scenarios";
import { Settings } from "../src/state/settings.svelte";

const CANARY = "canary-pasted-token";

async function open(scenario: ScenarioName): Promise<Fake> {
  const fake = new Fake(scenario);
  useBackend(fake);
  render(App);
  await fireEvent.click(await screen.findByTitle("Settings"));
  await screen.findByTestId("host");
  return fake;
}

describe("the settings", () => {
  it("never go back to an answer that a notice has overtaken", () => {
    const fake = new Fake("usual");
    const settings = new Settings();
    const answer = fake.settings.view();
    const notice = fake.settings.view();
    settings.receive(notice);
    settings.receive(answer);
    expect(settings.view).toBe(notice);
  });

  it("show the account, its scopes, rights, calls and where the token lives", async () => {
    await open("usual");
    const host = screen.getByTestId("host");
    expect(host.textContent).toMatch(/Signed in as @platform-lead.*in your keychain/s);
    const account = screen.getByTestId("account").textContent ?? "";
    expect(account).toContain("repo, workflow");
    expect(account).toMatch(/4\u202f812 of 5\u202f000.*new ones in 3\d min/s);
    expect(account).toMatch(/Push tags\s*yes.*Approve deployments\s*could not tell/s);
    expect(screen.getByTestId("keychain").dataset.state).toBe("ready");
  });

  it("tell how GitHub does and whether this desktop shows alerts", async () => {
    await open("usual");
    expect(screen.getByTestId("github-health").dataset.state).toBe("connected");
    expect(screen.getByTestId("alerts-health").textContent).toContain("dunst shows alerts.");
  });

  it("take a pasted token once, and keep nothing of it in the page", async () => {
    const fake = await open("no-sign-in");
    const field = screen.getByTestId<HTMLInputElement>("token");
    expect(field.type).toBe("password");
    await fireEvent.input(field, { target: { value: ` ${CANARY}\n` } });
    await fireEvent.click(screen.getByText("Sign in"));
    expect(field.value).toBe("");
    await screen.findByText("Signed in as @platform-lead", { exact: false });
    const given = fake.calls.find((call) => call.name === "sign_in_by_token")?.given;
    expect(given).toEqual({ name: "github.com", token: CANARY, sessionOnly: false });
    expect(document.documentElement.outerHTML).not.toContain(CANARY);
  });

  it("clear the field also when the token is refused", async () => {
    const fake = await open("no-sign-in");
    fake.refuse("sign_in_by_token", "internal", "Lastgood is closing.");
    const field = screen.getByTestId<HTMLInputElement>("token");
    await fireEvent.input(field, { target: { value: CANARY } });
    await fireEvent.click(screen.getByText("Sign in"));
    await screen.findByText("Lastgood is closing.");
    expect(field.value).toBe("");
    expect(document.documentElement.outerHTML).not.toContain(CANARY);
  });

  it("sign in for this session only when that is chosen", async () => {
    const fake = await open("no-sign-in");
    await fireEvent.click(screen.getByLabelText("For this session only"));
    await fireEvent.click(screen.getByText("Sign in with a code…"));
    const given = fake.calls.find((call) => call.name === "sign_in_by_code")?.given;
    expect(given).toEqual({ name: "github.com", sessionOnly: true });
  });

  it("show the code to type until GitHub says yes, and let it be cancelled", async () => {
    const fake = await open("no-sign-in");
    await fireEvent.click(screen.getByText("Sign in with a code…"));
    expect((await screen.findByTestId("device-code")).textContent).toBe("WDJB-MJHT");
    expect(screen.queryByTestId("token")).toBeNull();
    await fireEvent.click(screen.getByText("Open the page"));
    expect(fake.count("open_sign_in_page")).toBe(1);
    fake.notify({ kind: "settings", settings: fake.settings.signIn("github.com", "keychain") });
    await screen.findByText("Signed in as @platform-lead", { exact: false });
    expect(screen.queryByTestId("device")).toBeNull();
    await fireEvent.click(screen.getByText("Sign out"));
    await fireEvent.click(await screen.findByText("Sign in with a code…"));
    await fireEvent.click(await screen.findByText("Cancel"));
    await screen.findByTestId("token");
  });

  it("let a person decide about a token that the keychain did not take", async () => {
    const fake = await open("no-sign-in");
    const trouble = { code: "keychain_locked", message: "Your keychain is locked.", hint: "Unlock it." };
    fake.notify({
      kind: "settings",
      settings: fake.settings.change("github.com", { trouble, unkept: true }),
    });
    expect((await screen.findByRole("alert")).textContent).toContain("Your keychain is locked.");
    await fireEvent.click(screen.getByText("Keep it for this session only"));
    await screen.findByText(/in memory, for this session only/);
    expect(fake.count("keep_for_session")).toBe(1);
  });

  it("say why a code cannot be had, and still take a token", async () => {
    const fake = await open("no-sign-in");
    fake.notify({ kind: "settings", settings: fake.settings.change("github.com", { canDevice: false }) });
    await screen.findByText(/A code needs an OAuth app/);
    expect(screen.getByText<HTMLButtonElement>("Sign in with a code…").disabled).toBe(true);
    expect(screen.getByTestId("token")).toBeTruthy();
  });

  it.each([
    ["missing", "none here"],
    ["locked", "locked"],
    ["refused", "refused"],
  ] as const)("tell a keychain that is %s by a word and a glyph", async (state, word) => {
    const fake = await open("usual");
    const keychain = { state, sentence: `It is ${state}.`, hint: "" };
    fake.notify({ kind: "settings", settings: { ...fake.settings.view(), keychain } });
    const card = await screen.findByText(`It is ${state}.`);
    const shown = card.closest<HTMLElement>("[data-testid=keychain]");
    expect(shown?.textContent).toContain(word);
    expect(shown?.querySelector("svg")).not.toBeNull();
  });

  it("add a server of one's own and remove it again", async () => {
    const fake = await open("usual");
    await fireEvent.click(screen.getByText("Add a GitHub server…"));
    const dialog = await screen.findByRole("dialog");
    const field = within(dialog).getByPlaceholderText("github.example.com");
    await fireEvent.input(field, { target: { value: "github.example.com" } });
    await fireEvent.click(within(dialog).getByText("Add it"));
    const card = await screen.findByRole("article", { name: "github.example.com" });
    expect(fake.calls.find((call) => call.name === "save_host")?.given).toEqual({
      choice: { address: "github.example.com", ca: null, clientId: null },
    });
    await fireEvent.click(within(card).getByText("Remove this host"));
    expect(screen.queryByRole("article", { name: "github.example.com" })).toBeNull();
  });

  it("keep what was known when GitHub refuses the token, and ask for another", async () => {
    const fake = await open("usual");
    const sentence = "GitHub says that the token is wrong or expired.";
    const settings = fake.settings.change("github.com", { state: "rejected", sentence });
    fake.notify({ kind: "settings", settings });
    await screen.findByText(sentence, { exact: false });
    expect(screen.getByTestId("account").textContent).toContain("@platform-lead");
    expect(screen.getByTestId("token")).toBeTruthy();
  });

  it("are reached by Ctrl and the comma", async () => {
    useBackend(new Fake("usual"));
    render(App);
    await screen.findByTestId("timeline");
    await fireEvent.keyDown(document.body, { key: ",", ctrlKey: true });
    await screen.findByTestId("settings");
  });
});
