import { onEachDatabase } from "@llamaagent/testing/each-database";
import { expect, it } from "vitest";
import { checkClock } from "./check-clock.ts";

onEachDatabase((database) => {
  it("warns of a clock that is minutes off, in either direction", async () => {
    const minutesOff = (minutes: number) =>
      checkClock(database(), () => Date.now() + minutes * 60_000);
    expect((await minutesOff(0)).status).toBe("ok");
    const ahead = await minutesOff(5);
    expect(ahead.status).toBe("warn");
    expect(ahead.detail).toMatch(/^this machine's is (299|300|301) s ahead of the database's/);
    expect((await minutesOff(-5)).detail).toContain("s behind the database's");
  });
});
