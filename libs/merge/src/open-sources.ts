import type { MergeSource } from './merge-source.js';

/** The sources a merge still has to close. Internal. */
export interface OpenSources {
  add(source: MergeSource): void;
  /** Close `source`, unless that has been done. */
  close(source: MergeSource): Promise<void>;
  /** Close what is left after a failure or an early end; what goes wrong here would only hide the reason. */
  closeAll(): Promise<void>;
}

/** Makes sure that every source is closed exactly once. */
export function createOpenSources(sources: readonly MergeSource[]): OpenSources {
  const open = new Set(sources);
  return {
    add(source) {
      open.add(source);
    },
    async close(source) {
      if (open.delete(source)) await source.close();
    },
    async closeAll() {
      const left = [...open];
      open.clear();
      await Promise.allSettled(left.map((source) => source.close()));
    },
  };
}
