import { z } from "zod";

const isLoopback = (text: string): boolean =>
  /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(text).hostname);

/** What secrets or keys come over: TLS, but for this machine itself. */
export const HttpsUrl = z.url({ protocol: /^https?$/ }).refine((text) => {
  return !URL.canParse(text) || new URL(text).protocol === "https:" || isLoopback(text);
}, "must begin with https://");
