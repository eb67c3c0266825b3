import type { FastifyInstance } from "fastify";

/** Requests that come between the two are answered after the second. */
export interface HeldRequests {
  hold: () => void;
  release: () => void;
}

/** Register it before other hooks: what is held has not begun. */
export function holdRequests(app: Pick<FastifyInstance, "addHook">): HeldRequests {
  let held: (() => void)[] | undefined;
  app.addHook("onRequest", (_request, _reply, done) => {
    if (held === undefined) done();
    else held.push(done);
  });
  return {
    hold: () => void (held ??= []),
    release() {
      const waiting = held ?? [];
      held = undefined;
      for (const goOn of waiting) goOn();
    },
  };
}
