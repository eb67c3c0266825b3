import { renameSync } from "node:fs";
import { PACKAGE_FILE, SAVED_FILE } from "./saved-package.ts";

renameSync(SAVED_FILE, PACKAGE_FILE);
