import { execFile } from "node:child_process";
import { appendFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { type TemporaryFolder, temporaryFolder } from "./temporary-folder.ts";

export interface CertificateFiles {
  /** PEM: the certificate, and behind it those of authorities between. */
  certPath: string;
  /** PEM, of mode 0600. */
  keyPath: string;
}

export interface TestAuthority {
  /** PEM of its own certificate: who trusts it trusts what it has issued. */
  certPath: string;
  /** One at a time. For localhost and 127.0.0.1, from yesterday on and for a year, where nothing else is said. */
  issue(options?: IssueOptions): Promise<CertificateFiles>;
  /** One between: clients that trust this one are sent its certificate. */
  issueAuthority(): Promise<TestAuthority>;
  remove(): Promise<void>;
}

interface IssueOptions {
  /** As OpenSSL writes them: `DNS:localhost`. */
  names?: readonly string[];
  beginsAt?: Date;
  endsAt?: Date;
  /** For `openssl req -newkey`; P-256 where none is given. */
  newkey?: readonly string[];
}

const run = promisify(execFile);
const DAY_MS = 24 * 60 * 60 * 1_000;
const P256 = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"];

/** All that `openssl` needs to know of an authority; of the folder in which it is started. */
const CONFIGURATION = `
[req]
distinguished_name = name
[name]
[ca]
default_ca = authority
[authority]
database = ./index.txt
new_certs_dir = .
rand_serial = yes
default_md = sha256
policy = any_name
unique_subject = no
copy_extensions = copy
[any_name]
commonName = supplied
[of_an_authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
[of_a_server]
extendedKeyUsage = serverAuth
`;

/** Made by the `openssl` on the PATH. Nobody trusts it who was not told to. */
export async function createTestAuthority(): Promise<TestAuthority> {
  const folder = await temporaryFolder("certificates");
  await writeFile(join(folder.path, "openssl.cnf"), CONFIGURATION);
  await writeFile(join(folder.path, "index.txt"), "");
  const root = pathsOf(folder, "root");
  await openssl(
    folder,
    ["req", "-x509", "-config", "openssl.cnf", "-extensions", "of_an_authority", ...P256],
    ["-nodes", "-days", "365", "-subj", "/CN=test authority"],
    ["-keyout", root.keyPath, "-out", root.certPath],
  );
  let issued = 0;
  return authority(folder, { ...root, chain: "", nextName: () => `issued-${++issued}` });
}

function authority(
  folder: TemporaryFolder,
  self: CertificateFiles & {
    /** What stands behind the certificates that it issues. */
    chain: string;
    nextName: () => string;
  },
): TestAuthority {
  async function sign(extensions: string, options: IssueOptions): Promise<CertificateFiles> {
    const { names = ["DNS:localhost", "IP:127.0.0.1"], newkey = P256 } = options;
    const { beginsAt = daysFromNow(-1), endsAt = daysFromNow(365) } = options;
    const name = self.nextName();
    const { certPath, keyPath } = pathsOf(folder, name);
    const request = `${name}.csr`;
    await openssl(
      folder,
      ["req", "-new", "-config", "openssl.cnf", ...newkey, "-nodes", "-subj", `/CN=${name}`],
      ["-addext", `subjectAltName=${names.join(",")}`, "-keyout", keyPath, "-out", request],
    );
    await openssl(
      folder,
      ["ca", "-batch", "-notext", "-config", "openssl.cnf", "-extensions", extensions],
      ["-cert", self.certPath, "-keyfile", self.keyPath, "-in", request, "-out", certPath],
      ["-startdate", opensslTime(beginsAt), "-enddate", opensslTime(endsAt)],
    );
    await appendFile(certPath, self.chain);
    return { certPath, keyPath };
  }
  return {
    certPath: self.certPath,
    issue: (options = {}) => sign("of_a_server", options),
    async issueAuthority() {
      const files = await sign("of_an_authority", {});
      return authority(folder, {
        ...files,
        chain: await readFile(files.certPath, "utf8"),
        nextName: self.nextName,
      });
    },
    remove: () => folder.remove(),
  };
}

const pathsOf = ({ path }: TemporaryFolder, name: string): CertificateFiles => ({
  certPath: join(path, `${name}.crt`),
  keyPath: join(path, `${name}.key`),
});

export const daysFromNow = (days: number): Date => new Date(Date.now() + days * DAY_MS);

/** 20261130195434Z */
const opensslTime = (time: Date): string => `${time.toISOString().replaceAll(/[-:T]|\..*/g, "")}Z`;

async function openssl({ path }: TemporaryFolder, ...args: string[][]): Promise<void> {
  await run("openssl", args.flat(), { cwd: path });
}
