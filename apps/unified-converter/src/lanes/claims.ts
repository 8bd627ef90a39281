/** Which row groups of a source have somebody who reads them: a thread takes the next when it is free. Shared by two. */
export interface Claims {
  /** What {@link sharedClaims} of another thread is given. */
  readonly memory: SharedArrayBuffer;
  /** Row groups, of `count`, that nobody had taken before, each taken when it is asked for. */
  take(count: number): Iterable<number>;
  /** The reading thread has sent a message with rows. */
  send(): void;
  /** How many were sent. */
  readonly sent: number;
}

const NEXT = 0;
const SENT = 1;

/** Claims to a source, of which nobody has any yet where `memory` is new. */
export function sharedClaims(memory = new SharedArrayBuffer(8)): Claims {
  const words = new Int32Array(memory);
  return {
    memory,
    *take(count) {
      for (let group = Atomics.add(words, NEXT, 1); group < count; group = Atomics.add(words, NEXT, 1))
        yield group;
    },
    send: () => void Atomics.add(words, SENT, 1),
    get sent() {
      return Atomics.load(words, SENT);
    },
  };
}
