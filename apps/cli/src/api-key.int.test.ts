import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runLlamaAgent } from "@llamaagent/testing/run-llamaagent";
import {
  type EmbeddedServer,
  startEmbeddedServer,
} from "@llamaagent/testing/server/embedded-server";
import { temporaryFolder } from "@llamaagent/testing/services/temporary-folder";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

describe("llamaagent beside a server that wants a key", () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let server: EmbeddedServer;
  let admin: string;
  beforeAll(async () => {
    folder = await temporaryFolder("api-key");
    const LLAMAAGENT_DATA_DIR = join(folder.path, "data");
    const first = await runLlamaAgent(["keys", "bootstrap"], { LLAMAAGENT_DATA_DIR });
    expect(first.stderr).toBe(
      `The first admin key of ${LLAMAAGENT_DATA_DIR}. Keep it: it is shown this once.\n`,
    );
    admin = first.stdout.trim();
    const second = await runLlamaAgent(["keys", "bootstrap"], { LLAMAAGENT_DATA_DIR });
    expect(second).toMatchObject({ code: 1, stdout: "" });
    expect(second.stderr).toContain("There is an admin key ('bootstrap') already");
    server = await startEmbeddedServer({ LLAMAAGENT_DATA_DIR, LLAMAAGENT_AUTH: "required" });
  });
  afterAll(async () => {
    await server?.close();
    await folder?.remove();
  });

  const ask = (args: string[], env: NodeJS.ProcessEnv = { LLAMAAGENT_API_KEY: admin }) =>
    runLlamaAgent(args, { LLAMAAGENT_URL: server.urls[0], ...env });
  const list = (env: NodeJS.ProcessEnv) => ask(["agents", "list"], env);

  it("sends LLAMAAGENT_API_KEY", async () => {
    const { code, stdout, stderr } = await list({ LLAMAAGENT_API_KEY: admin });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain(" default ");
  });

  it("takes the key from the file that LLAMAAGENT_API_KEY_FILE names", async () => {
    const path = join(folder.path, "key");
    await writeFile(path, `${admin}\n`);
    const { code, stderr } = await list({ LLAMAAGENT_API_KEY_FILE: path });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });

  it.each([{}, { LLAMAAGENT_API_KEY: "the-key-of-another" }])(
    "says what is missing, and exits with 1: %j",
    async (env) => {
      expect(await list(env)).toEqual({
        code: 1,
        stdout: "",
        stderr:
          "unauthorized: Valid credentials are needed\n  LLAMAAGENT_API_KEY holds the key that is sent\n",
      });
    },
  );

  it("creates a tenant, whose key sees nothing of the others, and suspends it", async () => {
    const made = await ask(["tenants", "create", "sales"]);
    expect(made.stderr).toMatch(/ 'sales'\. Keep its admin key: it is shown this once\.\n$/);
    const sales = { LLAMAAGENT_API_KEY: made.stdout.trim() };
    const id = made.stderr.split(" ")[0] ?? "";
    const me = await ask(["me", "--json"], sales);
    expect(JSON.parse(me.stdout)).toMatchObject({ tenant_id: id, roles: ["admin"] });
    expect((await list(sales)).code).toBe(0);
    const refused = await ask(["tenants", "list"], sales);
    expect(refused.stderr).toContain("The key does not give the permission tenants:read");
    const other = await ask(["keys", "create", "spare", "--role", "admin", "--tenant", id]);
    expect((await list({ LLAMAAGENT_API_KEY: other.stdout.trim() })).code).toBe(0);

    const renamed = await ask(["tenants", "rename", id, "support"]);
    expect(renamed.stdout).toBe(`${id} is 'support' now\n`);
    const limited = await ask(["tenants", "limit", id, "--open-runs", "0", "--agents", "default"]);
    expect(limited.stderr).toBe("");
    expect(limited.stdout).toMatch(/^open_runs +0$/m);
    expect((await ask(["tenants", "limit", id])).stdout).toBe(limited.stdout);
    const odd = await ask(["tenants", "limit", id, "--agents", "-1"]);
    expect(odd.stderr).toContain("a whole number from 0");
    expect((await ask(["tenants", "suspend", id])).stdout).toBe(`${id}  suspended\n`);
    await expect.poll(async () => (await list(sales)).code, { timeout: 10_000 }).toBe(1);
    expect((await list(sales)).stderr).toContain("The tenant of this key is suspended");
    const { stdout } = await ask(["tenants", "list"]);
    expect(stdout).toMatch(new RegExp(`${id}  suspended \\S+ +\\S+ +support`));
    expect((await ask(["tenants", "resume", id])).stdout).toBe(`${id}  resumed\n`);
    await expect.poll(async () => (await list(sales)).code, { timeout: 10_000 }).toBe(0);
  });

  it("creates a key that may do less, rotates it and revokes it", async () => {
    const made = await ask(["keys", "create", "reader", "--role", "viewer", "--subject", "r"]);
    expect(made.stderr).toMatch(/ 'reader', viewer\. Keep the key: it is shown this once\.\n$/);
    const reader = { LLAMAAGENT_API_KEY: made.stdout.trim() };
    expect((await list(reader)).code).toBe(0);
    const refused = await ask(["keys", "list"], reader);
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toContain("The key does not give the permission keys:read");
    const me = await ask(["me", "--json"], reader);
    expect(JSON.parse(me.stdout)).toMatchObject({ subject: "r", roles: ["viewer"] });

    const id = made.stderr.split(" ")[0] ?? "";
    const rotated = await ask(["keys", "rotate", id, "--overlap", "1", "--json"]);
    const other = JSON.parse(rotated.stdout) as { key: string; key_id: string; subject: string };
    expect(other).toMatchObject({ subject: "r", roles: ["viewer"] });
    const afterwards = { LLAMAAGENT_API_KEY: other.key };
    expect((await list(afterwards)).code).toBe(0);
    await expect.poll(async () => (await list(reader)).code, { timeout: 10_000 }).toBe(1);

    expect(await ask(["keys", "revoke", other.key_id])).toMatchObject({
      code: 0,
      stdout: `${other.key_id}  revoked\n`,
    });
    await expect.poll(async () => (await list(afterwards)).code, { timeout: 10_000 }).toBe(1);
    const { stdout } = await ask(["keys", "list"]);
    expect(stdout).toMatch(new RegExp(`${other.key_id}  revoked +viewer`));
    expect(stdout).toMatch(new RegExp(`${id}  expired +viewer`));
    expect(stdout).not.toContain(other.key);
  });
});
