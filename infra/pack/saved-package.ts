export const PACKAGE_FILE = "package.json";
/** The repository's own package.json while the packed one stands in its place. */
export const SAVED_FILE = ".package.json.saved";
