/** One thing that the protocol does, taken out of the built program. */
export interface Mutant {
  readonly name: string;
  /** What must catch it, in either world. */
  readonly scenario: string;
  readonly strike: string;
  /** Of the built module, from the root of the repository. */
  readonly file: string;
  /** Stands in the module exactly once. */
  readonly find: string;
  readonly replace: string;
}

const STORAGE = 'libs/storage/dist/';
const MANIFEST = 'libs/manifest/dist/';
const JOBS = 'libs/jobs/dist/';
const COMPACTOR = 'apps/compactor/dist/';
const RECORD = 'await recordCollected(context.compact, { key, sources: receipts, clock: context.clock });';

const FSYNCS: readonly Mutant[] = [
  {
    name: 'fsync of what is put',
    scenario: 'create',
    strike: 'power cut',
    file: `${STORAGE}backends/local/write-temporary.js`,
    find: 'try {\n        await file.sync();',
    replace: 'try {',
  },
  {
    name: 'fsync of the directory after a put',
    scenario: 'create',
    strike: 'power cut',
    file: `${STORAGE}backends/local/put-object.js`,
    find: '    await syncDirectory(volume.fileSystem, directory);\n',
    replace: '',
  },
  {
    name: 'fsync of the directory above a new one',
    scenario: 'create',
    strike: 'power cut',
    file: `${STORAGE}backends/local/directories.js`,
    find: '        await syncDirectory(fileSystem, parent);\n',
    replace: '',
  },
  {
    name: 'fsync of the directory above a new root',
    scenario: 'create',
    strike: 'power cut',
    file: `${STORAGE}backends/local/directories.js`,
    find: '        await syncDirectory(fileSystem, dirname(directory));\n',
    replace: '',
  },
  {
    name: 'fsync of the scratch file',
    scenario: 'create',
    strike: 'power cut',
    file: `${STORAGE}scratch/create-scratch-file.js`,
    find: '            await file.sync();\n',
    replace: '',
  },
];

const CONDITIONS: readonly Mutant[] = [
  {
    name: 'link, which replaces nothing, for a rename, which does',
    scenario: 'create',
    strike: 'stand still',
    file: `${STORAGE}backends/local/put-object.js`,
    find: 'await volume.fileSystem.link(existing, pathOf(volume, key));',
    replace: 'await volume.fileSystem.rename(existing, pathOf(volume, key));',
  },
  {
    name: 'comparison of versions under the lock',
    scenario: 'late merge',
    strike: 'stand still',
    file: `${STORAGE}backends/local/put-object.js`,
    find: '        if (onlyIf !== undefined)\n            checkVersion(key, current, onlyIf);\n        lock',
    replace: '        lock',
  },
  {
    name: 'lock around comparing and swapping',
    scenario: 'late merge',
    strike: 'stand still',
    file: `${STORAGE}backends/local/put-object.js`,
    find: 'await underLock(volume.fileSystem, path, (lock) => replace(volume, key, temporary, onlyIf, lock))',
    replace: 'await replace(volume, key, temporary, onlyIf, { assertHeld() {} })',
  },
  {
    name: 'onlyIf of the first data put',
    scenario: 'create',
    strike: 'stand still',
    file: `${MANIFEST}store-data.js`,
    find: "unlessConflict(store.put(key, file.source, { onlyIf: 'absent' }))",
    replace: 'unlessConflict(store.put(key, file.source))',
  },
  {
    name: 'onlyIf of the manifest put',
    scenario: 'create',
    strike: 'stand still',
    file: `${MANIFEST}manifest-document.js`,
    find: 'store.put(key, bytes, { onlyIf, contentType',
    replace: 'store.put(key, bytes, { contentType',
  },
  {
    name: 'onlyIf of the state put',
    scenario: 'state of two runs',
    strike: 'stand still',
    file: `${JOBS}document.js`,
    find: "                onlyIf: stored === undefined ? 'absent' : { etag: stored.etag },\n",
    replace: '',
  },
  {
    name: 'refusal to replace what came after the merge began',
    scenario: 'late merge',
    strike: 'stand still',
    file: `${MANIFEST}publish-parquet.js`,
    find: '        if (base === undefined || !isSamePublication(publication, base, located))\n            break;\n',
    replace: '',
  },
  {
    name: 'refusal to replace files that were not seen',
    scenario: 'late merge',
    strike: 'stand still',
    file: `${COMPACTOR}compact-partition.js`,
    find: '                await requireCovered(context.compact, task);\n',
    replace: '                ;\n',
  },
];

const ORDER: readonly Mutant[] = [
  {
    name: 'data before its manifest',
    scenario: 'create',
    strike: 'kill',
    file: `${MANIFEST}publish-parquet.js`,
    find: `    const { name, meta } = await storeFirst(publication, file);
    const place = { data: name, generation: 1, etag: meta.etag };
    const committed = await commit(publication, file, { place, onlyIf: 'absent' });
    if (committed === undefined)
        return undefined;
`,
    replace: `    const place = { data: publication.dataName, generation: 1, etag: 'none yet' };
    const committed = await commit(publication, file, { place, onlyIf: 'absent' });
    if (committed === undefined)
        return undefined;
    await storeFirst(publication, file);
`,
  },
  {
    name: 'copy of the old generation',
    scenario: 'late merge',
    strike: 'kill',
    file: `${MANIFEST}replace-published.js`,
    find: '    await keepOld(publication, old);\n',
    replace: '',
  },
  {
    name: 'putting right what a dead run left staged',
    scenario: 'late merge after gc-raw',
    strike: 'kill',
    file: `${COMPACTOR}job.js`,
    find: 'if (decision.isUnsettled)',
    replace: 'if (false)',
  },
  {
    name: 'lifting of a quarantine that a dead run left',
    scenario: 'quarantine made good',
    strike: 'kill',
    file: `${COMPACTOR}job.js`,
    find: 'if (meta.complete && mayBeQuarantined(scope.state, task.id))',
    replace: 'if (false)',
  },
  {
    name: 'saying which spool files go before the first is gone',
    scenario: 'gc-raw',
    strike: 'kill',
    file: `${COMPACTOR}collect-sources.js`,
    find: `    ${RECORD}
    for (const [i, { object }] of files.entries())`,
    replace: `    for (const { object } of files) await deleteFile(object, isSame, context);
    ${RECORD}
    for (const [i, { object }] of [])`,
  },
];

const VERIFICATIONS: readonly Mutant[] = [
  {
    name: 'reading back what was written',
    scenario: 'create',
    strike: 'flipped write',
    file: `${MANIFEST}write-verified.js`,
    find: 'if (facts !== undefined && faults.length === 0)',
    replace: 'if (facts !== undefined)',
  },
  {
    name: 'confirming what the store holds',
    scenario: 'create',
    strike: 'short put',
    file: `${MANIFEST}store-data.js`,
    find: 'if (put !== undefined && (await confirmStored(publication, put, file)))',
    replace: 'if (put !== undefined)',
  },
  {
    name: 'second look at the sources',
    scenario: 'create',
    strike: 'changed source',
    file: `${COMPACTOR}compact-partition.js`,
    find: '            await requireUnchanged(context.raw, base === undefined ? inspected : inspected.slice(1));\n',
    replace: '',
  },
  {
    name: 'comparing a quarantined copy',
    scenario: 'quarantine',
    strike: 'short put',
    file: `${JOBS}quarantine.js`,
    find: 'if ((await sha256Of(there)) === sha256)\n',
    replace: 'if (true)\n',
  },
  {
    name: 'second reading before a file is condemned',
    scenario: 'quarantine',
    strike: 'flipped read',
    file: `${COMPACTOR}find-damage.js`,
    find: "    if (!('error' in first))\n",
    replace: '    if (true)\n',
  },
  {
    name: 'comparing an orphan before it is adopted',
    scenario: "create beside another's orphan",
    strike: 'kill',
    file: `${MANIFEST}store-data.js`,
    find: 'there !== undefined && (await holdsBytes(there, file.facts, signal))',
    replace: 'there !== undefined',
  },
];

/** The place to add to. */
export const MUTANTS: readonly Mutant[] = [...FSYNCS, ...CONDITIONS, ...ORDER, ...VERIFICATIONS];
