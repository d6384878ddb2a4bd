import type { ServerResponse } from 'node:http';
import type { SeenRequest } from './seen-request.ts';

export interface Hold {
  /** The first request that was held. */
  readonly reached: Promise<SeenRequest>;
  /** Lets go what is held, and holds nothing more. */
  release(): void;
}

/** Keeps requests in flight until a test has done (or killed) what it wanted meanwhile. */
export function createHolds() {
  const holds: {
    when: (request: SeenRequest) => boolean;
    reach: (request: SeenRequest) => void;
    released: Promise<void>;
    release: () => void;
  }[] = [];

  return {
    add({ when }: { readonly when: (request: SeenRequest) => boolean }): Hold {
      const { promise: reached, resolve: reach } = Promise.withResolvers<SeenRequest>();
      const { promise: released, resolve: letGo } = Promise.withResolvers<void>();
      const hold = {
        when,
        reach,
        released,
        release() {
          holds.splice(holds.indexOf(hold), 1);
          hold.release = () => {};
          letGo();
        },
      };
      holds.push(hold);
      return { reached, release: () => hold.release() };
    },
    /** False if the client went away while it was held. */
    async pass(request: SeenRequest, response: ServerResponse): Promise<boolean> {
      const gone = new Promise<void>((resolve) => response.once('close', resolve));
      for (const hold of holds.filter((one) => one.when(request))) {
        hold.reach(request);
        await Promise.race([hold.released, gone]);
      }
      return !response.destroyed;
    },
    releaseAll(): void {
      for (const hold of [...holds]) hold.release();
    },
  };
}
