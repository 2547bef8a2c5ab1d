import { fireEvent, screen, waitFor } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";
import type { InboxItem } from "../src/ipc/generated/InboxItem";
import { openWindow } from "./kit";

const items: InboxItem[] = [
  {
    id: 3,
    at: "2026-11-23T14:44:00Z",
    title: "GitHub says that the token is wrong or expired.",
    body: "Sign in again with a new token.",
    place: { name: "settings" },
    read: false,
  },
  {
    id: 2,
    at: "2026-11-23T14:40:00Z",
    title: "production is failing",
    body: "v2.4.1: health 503.",
    place: { name: "timeline" },
    read: false,
  },
];

describe("alerts", () => {
  it("lead from the inbox to what they are about, where that is another place", async () => {
    const fake = await openWindow("usual");
    // The inbox as it was at the start comes first.
    await screen.findByRole("button", { name: "Inbox, 1 new note" });
    fake.notify({ kind: "inbox", items });
    await fireEvent.click(await screen.findByRole("button", { name: "Inbox, 2 new notes" }));
    const inbox = await screen.findByTestId("inbox");
    expect(inbox.querySelectorAll("li button")).toHaveLength(1);
    await fireEvent.click(screen.getByText("Open Settings"));
    await screen.findByTestId("settings");
    await waitFor(() => expect(screen.queryByTestId("inbox")).toBeNull());
  });

  it("bring the window to what they are about when their button is pressed", async () => {
    const fake = await openWindow("usual");
    fake.notify({ kind: "show", place: { name: "settings" } });
    await screen.findByTestId("settings");
    fake.notify({ kind: "show", place: { name: "timeline" } });
    await screen.findByTestId("timeline");
  });
});
