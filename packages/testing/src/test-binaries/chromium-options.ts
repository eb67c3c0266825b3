/** Of a Chromium without a window, that asks nobody but the page's own servers. */
export const chromiumOptions = (profileFolder: string): string[] => [
  "--headless",
  // Root has no sandbox.
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
  `--user-data-dir=${profileFolder}`,
];
