import { execFile } from "node:child_process";
import { appendFile, chmod, readFile, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import {
  type CertificateFiles,
  createTestAuthority,
  daysFromNow,
  type TestAuthority,
} from "@llamaagent/testing/services/test-certificates";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { endsSoon, loadCertificate } from "./load-certificate.ts";
import { readCertificate } from "./read-certificate.ts";

let authority: TestAuthority;
beforeAll(async () => {
  authority = await createTestAuthority();
});
afterAll(() => authority?.remove());

const load = ({ certPath, keyPath }: CertificateFiles) =>
  loadCertificate(
    { LLAMAAGENT_TLS_CERT_PATH: certPath, LLAMAAGENT_TLS_KEY_PATH: keyPath },
    new Date(),
  );
const refused = (message: string | RegExp) => ({
  code: "invalid_configuration",
  message: typeof message === "string" ? message : expect.stringMatching(message),
});

describe("a server's certificate", () => {
  it("is read with those of the authorities between, and its end", async () => {
    const between = await authority.issueAuthority();
    const files = await between.issue({ endsAt: new Date("2038-01-02T03:04:05Z") });
    const read = await load(files);
    expect(read).toEqual({
      paths: files,
      cert: await readFile(files.certPath, "utf8"),
      key: await readFile(files.keyPath, "utf8"),
      beginsAt: expect.any(Date),
      endsAt: new Date("2038-01-02T03:04:05Z"),
    });
    expect(read?.cert.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
  });

  it("need not be there", async () => {
    const none = { LLAMAAGENT_TLS_CERT_PATH: undefined, LLAMAAGENT_TLS_KEY_PATH: undefined };
    expect(await loadCertificate(none, new Date())).toBeUndefined();
  });

  it("and its key may be of RSA, and in one file", async () => {
    const { certPath, keyPath } = await authority.issue({ newkey: ["-newkey", "rsa:2048"] });
    await appendFile(keyPath, await readFile(certPath));
    expect(await load({ certPath: keyPath, keyPath })).toMatchObject({ paths: { keyPath } });
  });

  it("that is not there is told together with what is wrong with the key", async () => {
    const { keyPath } = await authority.issue();
    await chmod(keyPath, 0o644);
    await expect(load({ certPath: "/nowhere/tls.crt", keyPath })).rejects.toMatchObject(
      refused(
        `LLAMAAGENT_TLS_CERT_PATH: /nowhere/tls.crt cannot be read\nLLAMAAGENT_TLS_KEY_PATH: ${keyPath} may be read by others (mode 644): chmod 600 it`,
      ),
    );
  });

  it.each([
    ["nothing", "", "no certificate"],
    ["a word", "hunter2", "no certificate"],
    [
      "what looks like one",
      "-----BEGIN CERTIFICATE-----\naHVudGVyMg==\n-----END CERTIFICATE-----\n",
      "what is no certificate",
    ],
  ])("file with %s is refused", async (_what, content, fault) => {
    const { certPath, keyPath } = await authority.issue();
    await writeFile(certPath, content);
    await expect(load({ certPath, keyPath })).rejects.toMatchObject(
      refused(`LLAMAAGENT_TLS_CERT_PATH: ${certPath} holds ${fault} in PEM`),
    );
  });

  it("is refused with a key that is none, and the key is not shown", async () => {
    const { certPath, keyPath } = await authority.issue();
    for (const content of ["", "hunter2", await readFile(certPath, "utf8")]) {
      await writeFile(keyPath, content);
      await expect(load({ certPath, keyPath })).rejects.toMatchObject(
        refused(`LLAMAAGENT_TLS_KEY_PATH: ${keyPath} holds no private key in PEM`),
      );
    }
  });

  it("is refused with a key behind a passphrase", async () => {
    const { certPath, keyPath } = await authority.issue();
    const locked = `${keyPath}.locked`;
    await promisify(execFile)("openssl", [
      "pkcs8",
      "-topk8",
      "-in",
      keyPath,
      "-out",
      locked,
      "-passout",
      "pass:hunter2",
    ]);
    await chmod(locked, 0o600);
    await expect(load({ certPath, keyPath: locked })).rejects.toMatchObject(
      refused(`LLAMAAGENT_TLS_KEY_PATH: ${locked} is locked by a passphrase`),
    );
  });

  it("is refused with another's key", async () => {
    const { certPath } = await authority.issue();
    const { keyPath } = await authority.issue();
    await expect(load({ certPath, keyPath })).rejects.toMatchObject(
      refused(
        `LLAMAAGENT_TLS_KEY_PATH: ${keyPath} is not the key of the first certificate in LLAMAAGENT_TLS_CERT_PATH`,
      ),
    );
  });

  it("is refused where OpenSSL takes it for too weak", async () => {
    const weak = await authority.issue({ newkey: ["-newkey", "rsa:1024"] });
    await expect(load(weak)).rejects.toMatchObject(
      refused(/^LLAMAAGENT_TLS_CERT_PATH: .* cannot serve: OpenSSL says ee key too small$/),
    );
  });

  it.each([
    ["over", -30, -1, /was valid until \d{4}-.*Z$/],
    ["still to come", 1, 30, /is valid from \d{4}-.*Z on$/],
  ])(
    "is refused at boot where its time is %s, and read all the same",
    async (_what, from, to, fault) => {
      const times = { beginsAt: daysFromNow(from), endsAt: daysFromNow(to) };
      const files = await authority.issue(times);
      await expect(load(files)).rejects.toMatchObject(refused(fault));
      expect(await readCertificate(files)).toMatchObject({ paths: files });
    },
  );

  it("ends soon within 14 days", () => {
    const endsAt = new Date("2026-12-15T00:00:00Z");
    expect(endsSoon({ endsAt }, new Date("2026-12-01T00:00:00Z"))).toBe(false);
    expect(endsSoon({ endsAt }, new Date("2026-12-01T00:00:01Z"))).toBe(true);
  });
});
