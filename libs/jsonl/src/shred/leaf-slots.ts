import type { DataType, StripedLeaf } from '@ticklake/columnar';
import { GrowingBytes } from './growing.js';
import { createLeafValues, type LeafValues } from './leaf-sink.js';

/** The slots of one leaf: levels and values. */
export class LeafSlots {
  readonly values: LeafValues;
  private readonly definitions = new GrowingBytes();
  private readonly repetitions: GrowingBytes | undefined;
  private absentCount = 0;

  /** `definitionMax` is the level of a value that is present; `repeats` tells whether a list is above. */
  constructor(
    type: DataType,
    private readonly definitionMax: number,
    repeats: boolean,
  ) {
    this.values = createLeafValues(type);
    this.repetitions = repeats ? new GrowingBytes() : undefined;
  }

  putPresent(repetition: number): void {
    this.definitions.put(this.definitionMax);
    this.repetitions?.put(repetition);
  }

  putAbsent(repetition: number, definition: number): void {
    this.definitions.put(definition);
    this.repetitions?.put(repetition);
    this.absentCount++;
  }

  /** All of them, until the next is put. */
  view(): StripedLeaf {
    return {
      slotCount: this.definitions.length,
      definitions: this.absentCount === 0 ? undefined : this.definitions.view(),
      repetitions: this.repetitions?.view(),
      values: this.values.column(),
    };
  }

  clear(): void {
    this.definitions.clear();
    this.repetitions?.clear();
    this.absentCount = 0;
    this.values.clear();
  }
}
