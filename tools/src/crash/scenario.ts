import type { Outcome } from './compact-in.js';
import type { SpoolFiles } from './little-spool.js';
import type { Party } from './world.js';

/** Something that an operator's machine does, to be struck at every operation. */
export interface Scenario {
  readonly name: string;
  /** Makes the spool, and what stands in the lake already. */
  prepare(party: Party): Promise<void>;
  /** What is struck; done again, it must end the same. */
  act(party: Party): Promise<Outcome>;
  /** Done when all is done, it changes nothing; {@link act} where it is left out. */
  rest?(party: Party): Promise<Outcome>;
  /** Tasks that fail in the end, as they should. */
  readonly failed?: number;
  /** Whether what is published must stay as it is, though the spool is no proof of it any more. */
  readonly keepsPublished?: true;
  /** Somebody else's run, in the middle of ours; without one, nobody is let in. */
  readonly rival?: Rival;
}

/** Another process that begins and ends while the one that is watched stands still. */
export interface Rival {
  /** Files that have come by then; the process that stands still has not seen them. */
  arrives?(): Promise<SpoolFiles>;
  act(party: Party): Promise<Outcome>;
}
