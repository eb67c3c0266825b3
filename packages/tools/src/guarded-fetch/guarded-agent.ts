import { isIP, type LookupFunction } from "node:net";
import { callbackify } from "node:util";
import { Agent, buildConnector } from "undici";
import type { FetchAllowance } from "./fetch-allowance.ts";
import type { NameLookup } from "./name-lookup.ts";
import { isPublicAddress } from "./public-address.ts";

/** What is asked for lies where the server does not go on anybody's word. */
class AddressRefused extends Error {
  constructor(host: string) {
    super(`${host} is not an address of the public internet`);
    this.name = "AddressRefused";
  }
}

/**
 * Connects to public addresses only, and to what is allowed besides. Judged is the address that is connected
 * to: names are looked up once, and what they lead to is what is used.
 */
export function guardedAgent(options: {
  allowance: FetchAllowance;
  lookup: NameLookup;
  timeoutMs: number;
}): Agent {
  const { allowance, timeoutMs } = options;
  const lookUp = callbackify(options.lookup);
  const isAllowed = (host: string, port: number, address: string): boolean =>
    isPublicAddress(address) || allowance.allows({ host, port, address });

  function lookupFor(host: string, port: number): LookupFunction {
    return (hostname, lookupOptions, callback) => {
      lookUp(hostname, (error, found) => {
        if (error) return callback(error, []);
        const allowed = found.filter(({ address }) => isAllowed(host, port, address));
        const [first] = allowed;
        if (first === undefined) return callback(new AddressRefused(host), []);
        if (lookupOptions.all === true) callback(null, allowed);
        else callback(null, first.address, first.family);
      });
    };
  }

  return new Agent({
    connect: (target, callback) => {
      const host = target.hostname.replace(/^\[|\]$/g, "");
      const port = Number(target.port) || (target.protocol === "https:" ? 443 : 80);
      if (isIP(host) !== 0 && !isAllowed(host, port, host))
        return callback(new AddressRefused(host), null);
      const connect = buildConnector({ timeout: timeoutMs, lookup: lookupFor(host, port) });
      connect(target, (error, socket) => {
        if (error) return callback(error, null);
        // What is not known to be allowed is not written to.
        if (isAllowed(host, port, socket.remoteAddress ?? "")) return callback(null, socket);
        socket.destroy();
        callback(new AddressRefused(host), null);
      });
    },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  });
}
