export const PACKAGE_FILE = "package.json";
/** The repository's own package.json while the packed one stands in its place. */
export const SAVED_FILE = ".package.json.saved";
/** In the package's folder while it is packed: npm takes it into the tarball's root by itself. */
export const LICENSE_FILE = "LICENSE";
