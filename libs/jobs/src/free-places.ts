/** So many places that are used in turn, each once it is free. */
export interface FreePlaces {
  /** The next place that is free, when there is one; to one who waits at a time. */
  next(): Promise<number>;
  /** Gives a place back. */
  free(place: number): void;
}

/** Places 0 … `count` − 1, all of them free. */
export function createFreePlaces(count: number): FreePlaces {
  const places = Array.from({ length: count }, (_, place) => place);
  let waiting: ((place: number) => void) | undefined;
  return {
    free(place) {
      const wake = waiting;
      waiting = undefined;
      if (wake === undefined) places.push(place);
      else wake(place);
    },
    async next() {
      return places.shift() ?? new Promise<number>((resolve) => (waiting = resolve));
    },
  };
}
