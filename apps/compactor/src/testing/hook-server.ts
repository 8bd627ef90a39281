import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Somebody who takes webhooks. */
export interface HookServer {
  /** With a secret in it, as such addresses have. */
  readonly url: string;
  /** What was posted so far. */
  readonly bodies: readonly unknown[];
  /** What the next requests are answered; 200 otherwise. */
  answer(status: number): void;
  close(): Promise<void>;
}

/** The secret in the address of a {@link HookServer}. */
export const HOOK_CANARY = 'canary-hook-0006';

/** A server of this machine that keeps what it is posted. */
export async function startHookServer(): Promise<HookServer> {
  const bodies: unknown[] = [];
  let status = 200;
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8');
    request.on('data', (piece: string) => (text += piece));
    request.on('end', () => {
      bodies.push(JSON.parse(text));
      response.writeHead(status).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/services/${HOOK_CANARY}?key=${HOOK_CANARY}`,
    bodies,
    answer: (code) => void (status = code),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
