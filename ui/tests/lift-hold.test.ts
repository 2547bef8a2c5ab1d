import { fireEvent, screen, waitFor } from "@testing-library/svelte";
import { expect, it, vi } from "vitest";
import { openWindow } from "./kit";

it("a hold is asked for once, and the dialog says that the remote is asked", async () => {
  const fake = await openWindow("blocked");
  const { call } = fake;
  let answer: () => void = () => undefined;
  const asked = new Promise<void>((resolve) => {
    answer = resolve;
  });
  vi.spyOn(fake, "call").mockImplementation(async (name, given) => {
    if (name === "break_hold") await asked;
    return call.call(fake, name, given) as never;
  });
  await fireEvent.click(await screen.findByRole("button", { name: "Break the hold…" }));
  const field = await screen.findByLabelText("Reason");
  await fireEvent.input(field, { target: { value: "Customers cannot pay" } });
  await fireEvent.click(screen.getByRole("button", { name: "Break the hold" }));

  const busy = await screen.findByRole<HTMLButtonElement>("button", { name: "Asking the remote…" });
  expect(busy.disabled).toBe(true);
  expect(screen.getByRole<HTMLButtonElement>("button", { name: "Cancel" }).disabled).toBe(true);
  await fireEvent.submit(document.querySelector("#reason-form") as HTMLFormElement);
  answer();
  await waitFor(() => expect(screen.queryByLabelText("Reason")).toBeNull());
  expect(fake.count("break_hold")).toBe(1);
});
