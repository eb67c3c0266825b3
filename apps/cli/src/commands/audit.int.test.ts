import { join } from "node:path";
import type { AuditRecord } from "@llamaagent/client";
import { DEFAULT_TENANT_ID } from "@llamaagent/core";
import { createPglite } from "@llamaagent/db";
import { runLlamaAgent } from "@llamaagent/testing/run-llamaagent";
import {
  type EmbeddedServer,
  startEmbeddedServer,
} from "@llamaagent/testing/server/embedded-server";
import { temporaryFolder } from "@llamaagent/testing/services/temporary-folder";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const PLATFORM = "00000000-0000-0000-0000-000000000000";
/** Each command is a process of its own, and there are many. */
const timeout = 180_000;
const HEAD = /^[1-9]\d*:[0-9a-f]{64}\n$/;

describe("llamaagent audit", () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let server: EmbeddedServer | undefined;
  let dataDir: string;
  let admin: string;
  beforeAll(async () => {
    folder = await temporaryFolder("audit");
    dataDir = join(folder.path, "data");
    const first = await runLlamaAgent(["keys", "bootstrap"], { LLAMAAGENT_DATA_DIR: dataDir });
    admin = first.stdout.trim();
    server = await startEmbeddedServer({
      LLAMAAGENT_DATA_DIR: dataDir,
      LLAMAAGENT_AUTH: "required",
    });
  });
  afterAll(async () => {
    await server?.close();
    await folder?.remove();
  });

  const ask = (args: string[], env: NodeJS.ProcessEnv = {}) =>
    runLlamaAgent(args, { LLAMAAGENT_URL: server?.urls[0], LLAMAAGENT_API_KEY: admin, ...env });
  const verify = (...args: string[]) => ask(["audit", "verify", ...args]);
  const stored = (...args: string[]) =>
    runLlamaAgent(["audit", "verify", "--database", ...args], { LLAMAAGENT_DATA_DIR: dataDir });
  const records = async (...args: string[]): Promise<AuditRecord[]> => {
    const { code, stdout, stderr } = await ask(["audit", "list", "--json", ...args]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    return stdout
      .split("\n")
      .filter((line) => line !== "")
      .map((line): AuditRecord => JSON.parse(line));
  };

  it("lists what was done, and by whom", { timeout }, async () => {
    await ask(["keys", "create", "reader", "--role", "viewer"]);
    const all = await records("--all");
    expect(all.map(({ seq, action }) => [seq, action])).toEqual([
      [2, "keys.create"],
      [1, "keys.bootstrap"],
    ]);
    expect(all[1]).toMatchObject({ subject: "cli", authenticated_by: "database" });
    expect(await records("--action", "keys.bootstrap")).toEqual([all[1]]);
    const { stdout } = await ask(["audit", "list"]);
    expect(stdout).toMatch(/^SEQ +AT +ACTION +OUTCOME +ADDRESS/);
    expect(stdout).toMatch(/\n1 +\S+ +keys\.bootstrap +done +cli +\S+\n$/);
  });

  it("lists who was refused, of the platform", async () => {
    await ask(["agents", "list"], { LLAMAAGENT_API_KEY: "the-key-of-another" });
    await expect
      .poll(() => records("--platform"), { timeout: 10_000 })
      .toMatchObject([{ action: "access", code: "unauthorized", tenant_id: PLATFORM }]);
    const { stdout } = await ask(["audit", "list", "--platform"]);
    expect(stdout).toContain("refused 401");
  });

  it(
    "verifies the chain, and prints where it ends, also to be found again",
    { timeout },
    async () => {
      const first = await verify();
      expect(first).toMatchObject({ code: 0, stdout: expect.stringMatching(HEAD) });
      expect(first.stderr).toBe("2 records, each with the hash of the one before\n");
      await ask(["keys", "create", "other", "--role", "viewer"]);
      const head = first.stdout.trim();
      expect(await verify("--expect", head)).toMatchObject({ code: 0 });
      const wrong = await verify("--expect", `2:${"0".repeat(64)}`);
      expect(wrong).toMatchObject({ code: 1, stdout: "" });
      expect(wrong.stderr).toBe("record 2: it is not the record that was expected\n");
      const json = await verify("--json", "--platform");
      expect(JSON.parse(json.stdout)).toEqual({
        is_sound: true,
        head: expect.stringMatching(/^1:[0-9a-f]{64}$/),
      });
    },
  );

  it(
    "verifies all chains of the database itself, and names what was changed",
    { timeout },
    async () => {
      const { stdout: head } = await verify();
      await server?.close();
      server = undefined;
      const sound = await stored();
      expect(sound).toMatchObject({ code: 0 });
      const lines = sound.stdout.trim().split("\n");
      expect(lines.map((line) => line.split(" ")[0])).toEqual([PLATFORM, DEFAULT_TENANT_ID]);
      expect(lines[1]).toBe(`${DEFAULT_TENANT_ID} ${head.trim()}`);

      const db = await createPglite({ dataDir });
      await db.owner((tx) =>
        tx.script(`ALTER TABLE audit_records DISABLE TRIGGER USER;
        UPDATE audit_records SET subject = 'nobody' WHERE tenant_id = '${DEFAULT_TENANT_ID}' AND seq = 2`),
      );
      await db.close();
      const broken = await stored();
      expect([broken.code, broken.stdout]).toEqual([1, `${lines[0]}\n`]);
      expect(broken.stderr).toContain(
        `${DEFAULT_TENANT_ID} record 2: its hash is not that of what it says\n`,
      );
      const json = await stored("--tenant", DEFAULT_TENANT_ID, "--json");
      expect([json.code, JSON.parse(json.stdout)]).toEqual([
        1,
        expect.objectContaining({ tenant_id: DEFAULT_TENANT_ID, is_sound: false, seq: 2 }),
      ]);
    },
  );
});
