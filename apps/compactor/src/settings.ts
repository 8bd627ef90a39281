import type { Task } from '@ticklake/jobs';
import type { QuarantinedSource, ReceiptOutput } from '@ticklake/manifest';
import type { ObjectMeta } from '@ticklake/storage';
import type { PartitionKey } from './partition-key.js';

/** How partitions are compacted: sizes and limits as data, apart from the stores and the clock. */
export interface Settings {
  /** Bytes that one partition's merge may hold. */
  readonly memory: number;
  readonly openMax: number;
  readonly rowGroupRows: number;
  readonly pageRows: number;
  readonly dictionaryBytesMax: number;
  /** Rows of an unsorted file that are sorted in memory at once. */
  readonly sortRows: number;
  readonly compression: 'none' | 'snappy' | 'zstd';
  readonly zstdLevel: number;
  /** Whether row groups between whose rows no others come are copied as they are stored, where their codec is the output's. */
  readonly copyPages: boolean;
  /** A local directory for files not yet published. */
  readonly scratch: string;
  readonly createdBy: string;
  /** The unit of an integer `ts_event`, where the operator knows it (decisions, time unit). */
  readonly tsUnit: 'ms' | 'us' | 'ns' | undefined;
}

/**
 * What damaged spool files do to their partition (spec row MF-16, decision C-16): keep it from being published, or are left
 * out of it, which its manifest then says.
 */
export type OnCorrupt = 'fail' | 'skip';

/** One partition to compact: the spool files it has, in byte order of name. */
export interface CompactTask extends Task {
  readonly key: PartitionKey;
  readonly sources: readonly ObjectMeta[];
  /** Whether a published partition may be replaced by a newer generation. */
  readonly replace: boolean;
  /** `fail` where it is not said. */
  readonly onCorrupt?: OnCorrupt;
  /** Whether a complete partition may be replaced by one without its damaged files. */
  readonly overwrite?: boolean;
  /**
   * The publication, by the SHA-256 of its data object, that `sources` are merged with: they came after its own sources were
   * collected.
   */
  readonly base?: string;
  /** What the rows must come to: only then are they published (spec row MF-24). */
  readonly expected?: ReceiptOutput;
  /** Damaged files that `sources` does not have, by name; the receipt says so. */
  readonly quarantined?: readonly QuarantinedSource[];
}
