import { fireEvent, render, screen } from "@testing-library/svelte";
import App from "../src/App.svelte";
import { useBackend } from "../src/ipc/backend";
import { Fake } from "../src/ipc/fake";
import type { ScenarioName } from "../src/ipc/fake/scenarios";

/** Opens the window on a scenario and waits for the timeline. */
export async function openWindow(scenario: ScenarioName): Promise<Fake> {
  const fake = new Fake(scenario);
  useBackend(fake);
  render(App);
  await screen.findByTestId("timeline");
  return fake;
}

/** Goes to a place of the sidebar. */
export async function goTo(place: string): Promise<void> {
  await fireEvent.click(screen.getByTitle(place));
}
