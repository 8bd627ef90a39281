import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { errorText, LakeError } from '@ticklake/core';
import { fakeClock } from '@ticklake/core/testing';
import { parseHookUrl } from './endpoint.js';
import { postJson } from './post-json.js';

interface Received {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly type: string | undefined;
  readonly body: unknown;
}

let server: Server;
let base: string;
let received: Received[];
/** What happens to the requests, one after another; the last goes on for ever. */
let answers: ((response: ServerResponse) => void)[];

const status =
  (code: number, headers = {}) =>
  (response: ServerResponse) =>
    void response.writeHead(code, headers).end('secret answer');

beforeEach(async () => {
  received = [];
  server = createServer((request, response) => void take(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  const { method, url: path, headers } = request;
  const text = Buffer.concat(pieces).toString();
  received.push({ method, path, type: headers['content-type'], body: JSON.parse(text) });
  const answer = answers.length > 1 ? answers.shift() : answers[0];
  answer?.(response);
}

function post(path = '/hook?sig=canary', timeoutMs = 5000) {
  const clock = fakeClock(0);
  const options = { clock, timeoutMs, attemptsMax: 2, delayMs: 1000 };
  return postJson(parseHookUrl(base + path), { text: 'é', rows: 3 }, options).then(() => clock.nowMs());
}

describe('postJson', () => {
  it('posts once when all goes well', async () => {
    answers = [status(204)];
    expect(await post()).toBe(0);
    expect(received).toEqual([
      { method: 'POST', path: '/hook?sig=canary', type: 'application/json', body: { text: 'é', rows: 3 } },
    ]);
  });

  it.each<[string, (response: ServerResponse) => void]>([
    ['500', status(500)],
    ['429', status(429)],
    ['a connection that breaks', (response) => response.destroy()],
  ])('tries once more after %s', async (_, first) => {
    answers = [first, status(200)];
    expect(await post()).toBe(1000);
    expect(received).toHaveLength(2);
  });

  it.each<[string, (response: ServerResponse) => void, number, string, number]>([
    ['503 twice', status(503), 5000, 'unavailable', 2],
    ['no answer in time', () => undefined, 100, 'unavailable', 2],
    ['404', status(404), 5000, 'invalid', 1],
    ['a redirect', status(302, { location: 'http://127.0.0.1:1/' }), 5000, 'invalid', 1],
  ])('fails with %s, and tells neither address nor answer', async (_, answer, timeoutMs, kind, times) => {
    answers = [answer];
    const error: unknown = await post(undefined, timeoutMs).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(LakeError);
    expect(error).toMatchObject({ kind, code: 'POST' });
    expect(errorText(error)).not.toMatch(/canary|secret|127\.0\.0\.1/);
    expect(received).toHaveLength(times);
  });

  it('fails where nobody listens', async () => {
    server.close();
    await once(server, 'close');
    await expect(post()).rejects.toMatchObject({ kind: 'unavailable', details: { reason: 'ECONNREFUSED' } });
  });
});
