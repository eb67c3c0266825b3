import { renameSync, rmSync } from "node:fs";
import { LICENSE_FILE, PACKAGE_FILE, SAVED_FILE } from "./saved-package.ts";

renameSync(SAVED_FILE, PACKAGE_FILE);
rmSync(LICENSE_FILE, { force: true });
