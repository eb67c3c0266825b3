import { describe, expect, it } from "vitest";
import { findService } from "./find-service.ts";

const service = (url: string) => () => Promise.resolve({ url, close: () => Promise.resolve() });
const all = {
  given: "redis://given",
  container: service("redis://container"),
  local: service("redis://local"),
  howToGet: "install it",
};

describe("findService", () => {
  it("takes the given URL before all else", async () => {
    expect(await findService(all)).toMatchObject({ url: "redis://given", source: "given URL" });
  });

  it("takes a container before a local binary", async () => {
    expect(await findService({ ...all, given: undefined })).toMatchObject({
      url: "redis://container",
    });
  });

  it("goes on to the local binary where the container does not start", async () => {
    const found = await findService({
      ...all,
      given: "",
      container: () => Promise.reject(new Error("no engine")),
    });
    expect(found).toMatchObject({ url: "redis://local", source: "local binary" });
  });

  it("says what failed and how to get it where there is none", async () => {
    const found = await findService({
      ...all,
      given: undefined,
      container: () => Promise.reject(new Error("no engine")),
      local: undefined,
    });
    expect(found).toEqual({ missing: "container: no engine; install it" });
  });
});
