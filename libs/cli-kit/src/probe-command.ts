import { openStore, probePolicy, probeStore, type RequestPolicy } from '@ticklake/storage';
import { z } from 'zod';
import { defineCommand, type AnyCommand } from './command.js';

const probeConfig = z.object({
  url: z.string().min(1).describe('store to try: a path or a store URL').meta({ path: true }),
});

/**
 * `probe URL`: tries on a store what publishing rests on and prints a table; findings where it does not keep a promise (exit 4). The same
 * for every app. `requests` is how patient the app is.
 */
export function probeCommand(requests: RequestPolicy): AnyCommand {
  return defineCommand({
    summary: 'try what a store really promises: conditions, races, pinned reads',
    config: probeConfig,
    positionals: ['url'],
    async run({ config, env, print }) {
      const store = openStore(config.url, { env, requests: probePolicy(requests) });
      const findings = await probeStore(store);
      const width = Math.max(...findings.map(({ check }) => check.length));
      const lines = findings.map(
        ({ check, holds, detail }) => `${check.padEnd(width)}  ${holds ? 'yes' : `NO: ${detail ?? ''}`}`,
      );
      print({ store: store.url, findings }, [store.url, ...lines].join('\n'));
      return findings.every(({ holds }) => holds) ? 'success' : 'findings';
    },
  });
}
