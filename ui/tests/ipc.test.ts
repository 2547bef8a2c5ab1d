import { describe, expect, it } from "vitest";
import { useBackend } from "../src/ipc/backend";
import { call } from "../src/ipc/commands";
import { IpcError, toIpcError } from "../src/ipc/error";
import { Fake } from "../src/ipc/fake";

describe("whatever is thrown becomes an IpcError", () => {
  it("keeps code, message and hint of the host", () => {
    const error = toIpcError({ code: "tag_missing", message: "The tag moved", hint: "Refresh." });
    expect(error).toBeInstanceOf(IpcError);
    expect([error.code, error.message, error.hint]).toEqual(["tag_missing", "The tag moved", "Refresh."]);
  });

  it("lives without a hint", () => {
    expect(toIpcError({ code: "tag_missing", message: "The tag moved" }).hint).toBe("");
  });

  it("keeps an IpcError as it is", () => {
    const error = new IpcError({ code: "held", message: "b", hint: "c" });
    expect(toIpcError(error)).toBe(error);
  });

  it.each([[new TypeError("x is not a function")], ["x is not a function"]])(
    "keeps the words of %s",
    (thrown) => {
      const error = toIpcError(thrown);
      expect([error.code, error.message]).toEqual(["window.unexpected", "x is not a function"]);
      expect(error.hint).not.toBe("");
    },
  );

  it.each([[null], [undefined], [42], [{}], [{ code: 4, message: "no" }]])(
    "has a sentence for %s",
    (thrown) => {
      expect(toIpcError(thrown).message).toBe("Something unexpected happened in this window.");
    },
  );
});

describe("a call", () => {
  it("carries its name and arguments to the host and its answer back", async () => {
    const fake = new Fake();
    useBackend(fake);
    const detail = await call("release_detail", { environment: "production", tag: "v2.4.0" });
    expect(detail.comparedWith).toBe("v2.4.1");
    expect(fake.calls).toEqual([
      { name: "release_detail", given: { environment: "production", tag: "v2.4.0" } },
    ]);
  });

  it("throws an IpcError when the host refuses", async () => {
    const fake = new Fake();
    fake.refuse("refresh", "rate_limited", "GitHub counts too many calls", "Wait 12 min.");
    useBackend(fake);
    await expect(call("refresh")).rejects.toMatchObject({
      name: "IpcError",
      code: "rate_limited",
      hint: "Wait 12 min.",
    });
  });
});
