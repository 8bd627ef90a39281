/** Lets a bounded number of partitions through (spec row CM-31). */
export interface PartitionQuota {
  /**
   * Whether a partition that is asked for is among those. Ask in the order of the plan: the answers are given in that order too, however long it takes
   * to find out what each partition needs, so that the same are taken whatever the number of workers. Never rejects.
   */
  allow(needsWork: Promise<boolean>): Promise<boolean>;
  /** One that was let through came to nothing: another may take its place, so that a partition that always fails holds up no other. */
  giveBack(): void;
  /** How many needed work and were not let through. */
  readonly leftCount: number;
}

/** A quota of `countMax` partitions; `undefined` is no bound. */
export function createPartitionQuota(countMax = Number.POSITIVE_INFINITY): PartitionQuota {
  let room = countMax;
  let leftCount = 0;
  let turn: Promise<unknown> = Promise.resolve();
  const answer = (needsWork: boolean): boolean => {
    if (!needsWork) return false;
    if (room > 0) {
      room--;
      return true;
    }
    leftCount++;
    return false;
  };
  return {
    allow(needsWork) {
      // A partition of which nobody can find out takes no place; whoever asks hears why from the promise itself.
      const settled = needsWork.catch(() => false);
      const answered = Promise.all([settled, turn]).then(([needs]) => answer(needs));
      turn = answered;
      return answered;
    },
    giveBack: () => void room++,
    get leftCount() {
      return leftCount;
    },
  };
}
