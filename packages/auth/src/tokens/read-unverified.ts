/**
 * What a token says of itself before anything of it is verified: by whom and with which key that is to be
 * done, nothing else. Empty where it is none.
 */
export function readUnverified(token: string): { issuer?: string; kid?: string } {
  const [header, payload, signature, ...rest] = token.split(".");
  if (signature === undefined || rest.length > 0) return {};
  const issuer = textOf(payload, "iss");
  const kid = textOf(header, "kid");
  return { ...(issuer === undefined ? {} : { issuer }), ...(kid === undefined ? {} : { kid }) };
}

function textOf(part: string | undefined, name: string): string | undefined {
  try {
    const read = JSON.parse(Buffer.from(part ?? "", "base64url").toString()) as unknown;
    if (typeof read !== "object" || read === null || !Object.hasOwn(read, name)) return undefined;
    const value = (read as Record<string, unknown>)[name]; // its own, as was asked
    return typeof value === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}
