import type { Serializable } from 'node:child_process';

/** The way from a child process to the program that started it. */
export interface ParentChannel<FromParent, ToParent extends Serializable> {
  /**
   * Resolves when the message is on its way, so that not even a crash right after can take it back; also when
   * nobody takes it any more: the end of the channel ends the process.
   */
  send(message: ToParent): Promise<void>;
  onMessage(listener: (message: FromParent) => void): void;
}

/** The parts of Node's `process` that {@link joinParent} touches. */
export interface ChildProcessLike {
  on(event: string, listener: (value: unknown) => void): unknown;
  exit(code: number): void;
  send?(message: unknown, handle: undefined, options: undefined, sent: () => void): boolean;
}

/**
 * What the main file of a child process begins with. From then on signals are the parent's business, which gets them too
 * and says what is to be done about them; and the child does not outlive its parent.
 *
 * @throws Error when the process was not started by another one with a channel to it.
 */
export function joinParent<FromParent, ToParent extends Serializable>(
  target: ChildProcessLike = process,
): ParentChannel<FromParent, ToParent> {
  if (target.send === undefined) throw new Error('this program is started by another one only');
  target.on('SIGINT', () => undefined);
  target.on('SIGTERM', () => undefined);
  target.on('disconnect', () => target.exit(0));
  return {
    send: (message) => new Promise((resolve) => target.send?.(message, undefined, undefined, resolve)),
    onMessage: (listener) => void target.on('message', (message) => listener(message as FromParent)),
  };
}
