import type { Clock } from '@ticklake/core';
import type { ObjectStore } from '@ticklake/storage';
import type { DoctorConfig } from '../config/doctor.js';
import type { Diagnosis } from './diagnosis.js';
import type { HostFacts } from './host-facts.js';

/** What checks look at. */
export interface DoctorContext {
  readonly config: DoctorConfig;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly facts: HostFacts;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** `undefined` where it was not told, or cannot be opened. */
  readonly raw: ObjectStore | undefined;
  /** The same; only the check that probes writes there. */
  readonly compact: ObjectStore | undefined;
}

/** One question to the machine or a store. What it throws becomes a failure of the check, and the next one goes on. */
export interface Check {
  readonly name: string;
  look(context: DoctorContext): Promise<readonly Diagnosis[]>;
}
