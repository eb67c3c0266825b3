import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runLlamaAgent } from "@llamaagent/testing/run-llamaagent";
import {
  type EmbeddedServer,
  startEmbeddedServer,
} from "@llamaagent/testing/server/embedded-server";
import { temporaryFolder } from "@llamaagent/testing/services/temporary-folder";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const KEY = "a-key-of-the-server";

describe("llamaagent beside a server that wants a key", () => {
  let server: EmbeddedServer;
  beforeAll(async () => {
    server = await startEmbeddedServer({ LLAMAAGENT_API_KEY: KEY });
  });
  afterAll(() => server.close());

  const list = (env: NodeJS.ProcessEnv) =>
    runLlamaAgent(["agents", "list"], { LLAMAAGENT_URL: server.urls[0], ...env });

  it("sends LLAMAAGENT_API_KEY", async () => {
    const { code, stdout, stderr } = await list({ LLAMAAGENT_API_KEY: KEY });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain(" default ");
  });

  it("takes the key from the file that LLAMAAGENT_API_KEY_FILE names", async () => {
    const folder = await temporaryFolder("api-key");
    const path = join(folder.path, "key");
    await writeFile(path, `${KEY}\n`);
    const { code, stderr } = await list({ LLAMAAGENT_API_KEY_FILE: path });
    await folder.remove();
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
});
