import { joinParent } from '@ticklake/cli-kit';
import { systemClock } from '@ticklake/core';
import { createSignsOfLife } from '@ticklake/jobs';
import { openTools, serveRequests } from './serve-requests.js';
import type { FromWorker, ToWorker } from './worker-messages.js';

/**
 * What the main file of an isolated worker does. A file that is opened, rows that are merged, whatever is written: each is
 * a sign of life. Reading on in one file is none, as a decoder that runs in circles does that too.
 */
export function serveIsolated(open = openTools): void {
  const channel = joinParent<ToWorker, FromWorker>();
  const signs = createSignsOfLife(() => void channel.send({ type: 'alive' }), systemClock);
  serveRequests(channel, (setup) => {
    const { raw, compact, fileSystem, ...rest } = open(setup);
    return {
      ...rest,
      raw: signs.follow(raw, ['read']),
      compact: signs.follow(compact),
      fileSystem: signs.follow(fileSystem),
    };
  });
}
