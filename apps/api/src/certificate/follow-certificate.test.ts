import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { copyFile, mkdir, readFile, rename, symlink, writeFile } from "node:fs/promises";
import https from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import tls from "node:tls";
import {
  type CertificateFiles,
  createTestAuthority,
  daysFromNow,
  type TestAuthority,
} from "@llamaagent/testing/services/test-certificates";
import {
  type TemporaryFolder,
  temporaryFolder,
} from "@llamaagent/testing/services/temporary-folder";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { followCertificate, secureContext } from "./follow-certificate.ts";
import { readCertificate } from "./read-certificate.ts";

const LOOK_MS = 20;
const UNUSABLE = "warn: the certificate's files cannot be used: the former go on";
let authority: TestAuthority;
let ca: string;
beforeAll(async () => {
  authority = await createTestAuthority();
  ca = await readFile(authority.certPath, "utf8");
});
afterAll(() => authority?.remove());

let folder: TemporaryFolder;
/** What the server is told to read. */
let files: CertificateFiles;
beforeEach(async () => {
  folder = await temporaryFolder("follow-certificate");
  files = { certPath: join(folder.path, "tls.crt"), keyPath: join(folder.path, "tls.key") };
});
let end: () => void = () => undefined;
afterEach(async () => {
  end();
  await folder.remove();
});

async function write({ certPath, keyPath }: CertificateFiles): Promise<void> {
  await copyFile(certPath, files.certPath);
  await copyFile(keyPath, files.keyPath);
}

/** A server that goes on with what is in `files`, on a clock that stands still. */
async function follow() {
  const logged: [level: string, message: string, fields: object][] = [];
  const time = { now: new Date(), monotonicMs: 0 };
  const certificate = await readCertificate(files);
  const server = https.createServer(secureContext(certificate));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const leave = followCertificate(server, certificate, {
    clock: { now: () => time.now, monotonicMs: () => time.monotonicMs },
    logger: {
      info: (fields: object, message: string) => void logged.push(["info", message, fields]),
      warn: (fields: object, message: string) => void logged.push(["warn", message, fields]),
    } as Parameters<typeof followCertificate>[2]["logger"],
    lookMs: LOOK_MS,
  });
  end = () => {
    leave();
    server.close();
    server.closeAllConnections();
  };
  // A TCP server's address is an AddressInfo.
  const { port } = server.address() as AddressInfo;
  const open = async (): Promise<tls.TLSSocket> => {
    const socket = tls.connect({ port, host: "127.0.0.1", ca });
    await once(socket, "secureConnect");
    return socket;
  };
  /** Of the certificate that a new connection is shown. */
  const shown = async (): Promise<string> => {
    const socket = await open();
    const { serialNumber } = socket.getPeerCertificate();
    socket.destroy();
    return serialNumber;
  };
  const messages = () => logged.map(([level, message]) => `${level}: ${message}`);
  return { logged, messages, time, open, shown };
}

const serialOf = async ({ certPath }: CertificateFiles): Promise<string> =>
  new X509Certificate(await readFile(certPath)).serialNumber;

it("gives new connections what was renewed, and leaves those that are open", async () => {
  const [first, second] = [await authority.issue(), await authority.issue()];
  await write(first);
  const { shown, open, messages } = await follow();
  expect(await shown()).toBe(await serialOf(first));
  const stays = await open();
  await write(second);
  await expect.poll(shown).toBe(await serialOf(second));
  expect(messages()).toContain("info: the certificate was renewed");
  expect([stays.destroyed, stays.writable]).toEqual([false, true]);
  stays.destroy();
});

it("sees that Kubernetes has swapped the folder behind its links", async () => {
  const [first, second] = [await authority.issue(), await authority.issue()];
  for (const [name, issued] of Object.entries({ first, second })) {
    await mkdir(join(folder.path, name));
    await copyFile(issued.certPath, join(folder.path, name, "tls.crt"));
    await copyFile(issued.keyPath, join(folder.path, name, "tls.key"));
  }
  await symlink("first", join(folder.path, "..data"));
  await symlink("..data/tls.crt", files.certPath);
  await symlink("..data/tls.key", files.keyPath);
  const { shown, messages } = await follow();
  await symlink("second", join(folder.path, "..data_tmp"));
  await rename(join(folder.path, "..data_tmp"), join(folder.path, "..data"));
  await expect.poll(shown).toBe(await serialOf(second));
  expect(messages()).toContain("info: the certificate was renewed");
});

it("goes on with the former where the key is still to come, says so once, and takes both then", async () => {
  const [first, second] = [await authority.issue(), await authority.issue()];
  await write(first);
  const { shown, logged, messages } = await follow();
  await copyFile(second.certPath, files.certPath);
  await expect.poll(() => logged.length).toBe(1);
  await new Promise((resolve) => setTimeout(resolve, 5 * LOOK_MS));
  expect(messages()).toEqual([UNUSABLE]);
  expect(logged[0]?.[2]).toMatchObject({
    err: { message: expect.stringContaining("is not the key of the first certificate") },
  });
  expect(await shown()).toBe(await serialOf(first));
  await copyFile(second.keyPath, files.keyPath);
  await expect.poll(shown).toBe(await serialOf(second));
});

it.each([
  ["is no certificate", async () => writeFile(files.certPath, "hunter2")],
  [
    "is over",
    async () =>
      write(await authority.issue({ beginsAt: daysFromNow(-9), endsAt: daysFromNow(-1) })),
  ],
  ["is still to come", async () => write(await authority.issue({ beginsAt: daysFromNow(1) }))],
])("goes on with the former where the new one %s", async (_what, replace) => {
  const first = await authority.issue();
  await write(first);
  const { shown, messages } = await follow();
  await replace();
  await expect.poll(messages).toContain(UNUSABLE);
  await new Promise((resolve) => setTimeout(resolve, 5 * LOOK_MS));
  expect(new Set(messages())).toEqual(new Set([UNUSABLE]));
  expect(await shown()).toBe(await serialOf(first));
});

it("takes one whose time was still to come once it has", async () => {
  await write(await authority.issue());
  const { shown, messages, time } = await follow();
  const later = await authority.issue({ beginsAt: daysFromNow(1) });
  await write(later);
  await expect.poll(messages).toContain(UNUSABLE);
  time.now = daysFromNow(2);
  // Clients go by the real clock, and do not trust it yet.
  await expect.poll(messages).toContain("info: the certificate was renewed");
  await expect(shown()).rejects.toMatchObject({ code: "CERT_NOT_YET_VALID" });
});

it("tells once a day of an end within 14 days, until it is renewed", async () => {
  await write(await authority.issue({ endsAt: daysFromNow(20) }));
  const { messages, time } = await follow();
  const toldOfEnd = () =>
    messages().filter((one) => one === "warn: the certificate ends soon, or has ended: renew it");
  await new Promise((resolve) => setTimeout(resolve, 5 * LOOK_MS));
  expect(toldOfEnd()).toEqual([]);
  time.now = daysFromNow(7);
  await expect.poll(toldOfEnd).toHaveLength(1);
  time.monotonicMs += 23 * 60 * 60 * 1_000;
  await new Promise((resolve) => setTimeout(resolve, 5 * LOOK_MS));
  expect(toldOfEnd()).toHaveLength(1);
  time.monotonicMs += 60 * 60 * 1_000;
  await expect.poll(toldOfEnd).toHaveLength(2);
  await write(await authority.issue());
  await expect.poll(messages).toContain("info: the certificate was renewed");
  time.monotonicMs += 25 * 60 * 60 * 1_000;
  await new Promise((resolve) => setTimeout(resolve, 5 * LOOK_MS));
  expect(toldOfEnd()).toHaveLength(2);
});
