import { join } from "node:path";

/** Where the embedded server has its master key, if none is set. */
export const ownKeyFile = (dataDir: string): string => join(dataDir, "master-key");
