import { expect, it } from "vitest";
import { checkDisk, judgeDisk } from "./check-disk.ts";

it("warns below 1 GiB and fails below 128 MiB", () => {
  expect(judgeDisk(2 ** 30)).toEqual({ check: "disk", status: "ok", detail: "1024 MiB free" });
  expect(judgeDisk(2 ** 30 - 1)).toMatchObject({ status: "warn", detail: "1023 MiB free" });
  expect(judgeDisk(2 ** 27)).toMatchObject({ status: "warn", detail: "128 MiB free" });
  expect(judgeDisk(2 ** 27 - 1)).toMatchObject({ status: "fail", detail: "127 MiB free" });
});

it("reads the disk of a folder", async () => {
  expect((await checkDisk(".")).detail).toMatch(/^\d+ MiB free$/);
  await expect(checkDisk("/no/such/folder")).rejects.toThrow("ENOENT");
});
