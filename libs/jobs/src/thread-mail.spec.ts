import { Worker } from 'node:worker_threads';
import { isLakeError, LakeError, writeFailure } from '@ticklake/core';
import { openThreadMail } from './thread-mail.js';

/** Says what it is told to say; `throw` and `exit` end it. */
const SCRIPT = `
  const { parentPort } = require('node:worker_threads');
  parentPort.on('message', (messages) => {
    for (const message of messages) {
      if (message.type === 'throw') throw new RangeError('out of bounds');
      if (message.type === 'exit') process.exit(3);
      parentPort.postMessage(message);
    }
  });
`;

let worker: Worker;
afterEach(() => worker.terminate());

function open() {
  worker = new Worker(SCRIPT, { eval: true });
  return openThreadMail<readonly object[], { readonly type: string }>(worker);
}

it('gives messages in their order, whether they come before they are asked for or after', async () => {
  const mail = open();
  mail.post([{ type: 'a' }, { type: 'b' }]);
  const asked = [await mail.next(), await mail.next()];
  const early = mail.next();
  mail.post([{ type: 'c' }]);
  expect([...asked, await early].map(({ type }) => type)).toEqual(['a', 'b', 'c']);
  expect(mail.isLost).toBe(false);
});

it('throws what failed in the thread as what it was, and goes on', async () => {
  const mail = open();
  const failure = writeFailure(
    new LakeError('corrupt', 'bad', { code: 'CRC_MISMATCH', details: { page: 3 } }),
  );
  mail.post([{ type: 'failed', failure }, { type: 'a' }]);
  const error = await mail.next().catch((reason: unknown) => reason);
  expect(isLakeError(error, 'corrupt') && error.details).toEqual({ page: 3 });
  expect(await mail.next()).toEqual({ type: 'a' });
  expect(mail.isLost).toBe(false);
});

it.each([
  ['throw', 'out of bounds'],
  ['exit', 'a thread ended before its work did'],
])('tells of a thread that is lost once what it said was heard: %s', async (type, reason) => {
  const mail = open();
  mail.post([{ type: 'a' }]);
  expect(await mail.next()).toEqual({ type: 'a' });
  mail.post([{ type }]);
  await expect(mail.next()).rejects.toThrow(reason);
  expect(mail.isLost).toBe(true);
  await expect(mail.next()).rejects.toThrow(reason);
});
