import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { z } from "zod";
import { LICENSE_FILE, PACKAGE_FILE, SAVED_FILE } from "./saved-package.ts";

// `npm pack` and `npm publish` call this in the package's folder. In the repository a package's
// entry is its TypeScript source; Node strips no types under node_modules, so the packed one has
// JavaScript, and npm (unlike pnpm) does not apply `publishConfig.exports` by itself.
const Package = z.looseObject({ publishConfig: z.looseObject({ exports: z.json() }) });

if (existsSync(SAVED_FILE)) copyFileSync(SAVED_FILE, PACKAGE_FILE); // an earlier pack was killed
const text = readFileSync(PACKAGE_FILE, "utf8");
const { publishConfig, scripts: _, devDependencies: __, ...rest } = Package.parse(JSON.parse(text));
const { exports, ...publish } = publishConfig;

rmSync("dist", { recursive: true, force: true });
const typescript = dirname(createRequire(import.meta.url).resolve("typescript/package.json"));
const build = spawnSync(
  process.execPath,
  [join(typescript, "bin/tsc"), "--project", "tsconfig.build.json"],
  { stdio: "inherit" },
);
if (build.status !== 0) process.exit(build.status ?? 1);
copyFileSync("../../LICENSE", LICENSE_FILE);

writeFileSync(SAVED_FILE, text);
const packed = { ...rest, exports, publishConfig: publish };
writeFileSync(PACKAGE_FILE, `${JSON.stringify(packed, null, 2)}\n`);
