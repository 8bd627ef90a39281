/**
 * Stops on a programming mistake. Bad input is never reported this way: that is a {@link LakeError}.
 *
 * @throws Error (a bug, exit 1) unless `condition` holds.
 */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${message}`);
}

/** The end of an exhaustive `switch`: a value that the types say cannot be. */
export function unreachable(value: never): never {
  throw new Error(`assertion failed: unexpected value ${String(value)}`);
}
