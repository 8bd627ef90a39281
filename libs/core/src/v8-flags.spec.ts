import { once } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { Script } from 'node:vm';
import { setV8Flags, startThread, threadStarted } from './v8-flags.js';

// Any flags that change no result will do.
const FIRST = { '--stress-lazy-source-positions': '--no-stress-lazy-source-positions' };
const LATER = { '--no-regexp-tier-up': '--regexp-tier-up' };
const SECOND = { '--no-wasm-loop-unrolling': '--wasm-loop-unrolling' };

const SOURCE = '(a) => a + 1';
const cachedData = new Script(SOURCE, { filename: 'compiled' }).createCachedData();
let scripts = 0;

/** Whether flags are what they were when `cachedData` was made. */
function isUsual(): boolean {
  return new Script(SOURCE, { filename: `script ${scripts++}`, cachedData }).cachedDataRejected === false;
}

/** A thread that does what `startThread` expects of it when it hears a word, and then says one. */
function echo(): URL {
  const text = `
    import { parentPort, getEnvironmentData } from 'node:worker_threads';
    import { setFlagsFromString } from 'node:v8';
    ${threadStarted.toString().replace('WANTED', "'ticklake.v8-flags'")}
    parentPort.once('message', (message) => {
      threadStarted();
      parentPort.postMessage(message);
    });`;
  return new URL(`data:text/javascript,${encodeURIComponent(text)}`);
}

afterEach(() => {
  for (const usual of Object.values({ ...FIRST, ...SECOND, ...LATER })) setFlagsFromString(usual);
});

describe('flags of V8', () => {
  it('are set at once', () => {
    expect(isUsual()).toBe(true);
    setV8Flags(FIRST);
    expect(isUsual()).toBe(false);
  });

  it('are what V8 has by itself while a thread starts', async () => {
    setV8Flags({ ...FIRST, ...SECOND });
    const thread = startThread(echo());
    expect(isUsual()).toBe(true);
    thread.postMessage('word');
    expect(await once(thread, 'message')).toEqual(['word']);
    expect(isUsual()).toBe(false);
    setFlagsFromString(SECOND['--no-wasm-loop-unrolling']);
    expect(isUsual()).toBe(false);
    setFlagsFromString(FIRST['--stress-lazy-source-positions']);
    expect(isUsual()).toBe(true);
    await thread.terminate();
  });

  it('are set when a thread that starts has said something', async () => {
    const thread = startThread(echo());
    setV8Flags(LATER);
    expect(isUsual()).toBe(true);
    thread.postMessage('word');
    await once(thread, 'message');
    // What the thread has set is what was wanted when it was started.
    for (const usual of Object.values({ ...FIRST, ...SECOND })) setFlagsFromString(usual);
    expect(isUsual()).toBe(false);
    setFlagsFromString(LATER['--no-regexp-tier-up']);
    expect(isUsual()).toBe(true);
    await thread.terminate();
  });

  it('are set when all threads that start have ended', async () => {
    const [one, other] = [startThread(echo()), startThread(echo())];
    setV8Flags(SECOND);
    await one.terminate();
    expect(isUsual()).toBe(true);
    await other.terminate();
    expect(isUsual()).toBe(false);
  });
});
