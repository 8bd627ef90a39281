import type { KernelChoice } from '@ticklake/kernels';

/** Ways of doing something of which a run has one; none of them may change a byte. */
export interface Dimension<T> {
  readonly name: string;
  readonly variants: readonly Variant<T>[];
}

/** One of those, and what it says of how it is done. */
export interface Variant<T> {
  readonly name: string;
  readonly how: Partial<T>;
}

/** One variant of every dimension. */
export interface Combination<T> {
  readonly name: string;
  readonly how: T;
}

/** The versions of Node: the oldest that is supported and the two after it, each at its newest. */
export const NODE_VERSIONS = ['20.20.2', '22.23.3', '24.21.0'] as const;

/** How the compactor is run. */
export interface CompactorWay {
  readonly workers: readonly string[];
  readonly memory: readonly string[];
  /** Of Node itself. */
  readonly nodeFlags: readonly string[];
  /** Whether files are read by a process of their own. */
  readonly isolation: readonly string[];
  /** Where on earth, and on the machine. */
  readonly place: Place;
}

/** What a program may be told about its surroundings. */
export interface Place {
  readonly environment: Readonly<Record<string, string>>;
  /** The folder that it is started in; where everything is, when missing. */
  readonly cwd: string | undefined;
}

const WORKERS: Dimension<CompactorWay> = {
  name: 'workers',
  variants: ['1', '2', '4'].map((count) => ({ name: count, how: { workers: ['--workers', count] } })),
};
/** The smallest budget and few open files send the merge through intermediate files. */
const BUDGETS: Dimension<CompactorWay> = {
  name: 'memory',
  variants: [
    { name: '1GiB', how: { memory: ['--memory', '1GiB'] } },
    { name: '96MiB and 4 open files', how: { memory: ['--memory', '96MiB', '--open-max', '4'] } },
  ],
};
/**
 * A Node without a compiler has no WebAssembly, so all that it does is done by the portable kernels; a process that it starts has one
 * again, so it does everything itself.
 */
const COMPILERS: Dimension<CompactorWay> = {
  name: 'kernels',
  variants: [
    { name: 'wasm', how: { nodeFlags: [], isolation: [] } },
    { name: 'portable', how: { nodeFlags: ['--jitless'], isolation: ['--no-isolate'] } },
  ],
};
/** A language whose letters and numbers go by other rules, and a place where it is another day. */
const PLACES: Dimension<CompactorWay> = {
  name: 'place',
  variants: [
    { name: 'here', how: { place: { environment: {}, cwd: undefined } } },
    {
      name: 'Turkish, in Kiritimati, from the root',
      how: {
        place: {
          environment: { TZ: 'Pacific/Kiritimati', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' },
          cwd: '/',
        },
      },
    },
  ],
};
const ONLY_HERE = { ...PLACES, variants: PLACES.variants.slice(0, 1) };

const ONLY_WASM = { ...COMPILERS, variants: COMPILERS.variants.slice(0, 1) };

/** What the compactor publishes in one form: only between runs of one form are the bytes compared. */
export interface CompactorForm {
  readonly name: string;
  readonly args: readonly string[];
  readonly dimensions: readonly Dimension<CompactorWay>[];
}

/** The forms, and what must not matter to each. Zstandard is WebAssembly itself, and a Node without a compiler is slow. */
export const COMPACTOR_FORMS: readonly CompactorForm[] = [
  {
    name: 'snappy',
    args: ['--compression', 'snappy'],
    dimensions: [WORKERS, BUDGETS, COMPILERS, ONLY_HERE],
  },
  {
    name: 'snappy, pages copied',
    args: ['--compression', 'snappy', '--copy-pages'],
    dimensions: [WORKERS, BUDGETS, ONLY_WASM, ONLY_HERE],
  },
  {
    name: 'zstd',
    args: ['--compression', 'zstd'],
    dimensions: [WORKERS, BUDGETS, ONLY_WASM, PLACES],
  },
  {
    name: 'none',
    args: ['--compression', 'none'],
    dimensions: [WORKERS, BUDGETS, ONLY_WASM, ONLY_HERE],
  },
];

/** How the engine merges. */
export interface MergeWay {
  readonly kernels: KernelChoice;
  /** Whether a second thread takes some of the columns. */
  readonly hasHelper: boolean;
  /** Of the merge's arena, without the second thread's part. */
  readonly arenaBytes: number;
  readonly wholeBytesMax: number;
  readonly windowBytes: number;
  readonly openMax: number;
  readonly sortRows: number;
}

const MIB = 2 ** 20;
const IN_WINDOWS = { wholeBytesMax: 0, windowBytes: 4096 };
const UNBOUNDED = { openMax: 1000, sortRows: 1_000_000 };

/** What must not matter to a merge, whether its pages are copied or not: the place to add to. Each is run with all others. */
export const MERGE_DIMENSIONS: readonly Dimension<MergeWay>[] = [
  {
    name: 'kernels',
    variants: (['wasm', 'portable'] as const).map((kernels) => ({ name: kernels, how: { kernels } })),
  },
  {
    name: 'threads',
    variants: [
      { name: '1', how: { hasHelper: false } },
      { name: '2', how: { hasHelper: true } },
    ],
  },
  {
    name: 'memory',
    variants: [
      {
        name: 'plenty',
        how: { arenaBytes: 512 * MIB, wholeBytesMax: 16 * MIB, windowBytes: MIB / 2, ...UNBOUNDED },
      },
      { name: 'small windows', how: { arenaBytes: 512 * MIB, ...IN_WINDOWS, ...UNBOUNDED } },
      { name: 'spills', how: { arenaBytes: 32 * MIB, ...IN_WINDOWS, openMax: 2, sortRows: 1000 } },
    ],
  },
];

/** One variant of every dimension, in all combinations. `T` has nothing that no dimension says. */
export function combinations<T>(dimensions: readonly Dimension<T>[]): readonly Combination<T>[] {
  let found: readonly { readonly names: readonly string[]; readonly how: Partial<T> }[] = [
    { names: [], how: {} },
  ];
  for (const { name, variants } of dimensions) {
    found = found.flatMap(({ names, how }) =>
      variants.map((variant) => ({
        names: [...names, `${name} ${variant.name}`],
        how: { ...how, ...variant.how },
      })),
    );
  }
  return found.map(({ names, how }) => ({ name: names.join(', '), how: how as T }));
}

/** Dimensions and their variants in one line. */
export function dimensionsText<T>(dimensions: readonly Dimension<T>[]): string {
  return dimensions
    .map(({ name, variants }) => `${name} ${variants.map((one) => one.name).join(' | ')}`)
    .join('; ');
}
