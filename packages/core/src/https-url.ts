import { z } from "zod";
import { isLoopback } from "./is-loopback.ts";

/** What secrets or keys come over: TLS, but for this machine itself. */
export const HttpsUrl = z.url({ protocol: /^https?$/ }).refine((text) => {
  const url = URL.parse(text);
  return url === null || url.protocol === "https:" || isLoopback(url.hostname);
}, "must begin with https://");
