import { openBench, PEERS, type Bench } from './bench.js';
import { checkFile } from './check-file.js';
import { generatedFile, type GeneratedFile } from './generated-file.js';
import { countOf, type Tally } from '../peers/tally.js';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

it('finds nothing where everybody agrees', async () => {
  const tally: Tally = new Map();
  const found = [];
  for (let index = 0; index < 60; index++) {
    found.push(...(await checkFile(generatedFile(11, index), { bench, tally })));
  }
  expect(found).toEqual([]);
  for (const peer of PEERS) expect(countOf(tally, [`compared with ${peer}`, 'columns'])).toBeGreaterThan(150);
});

describe('finds', () => {
  const file = firstFile(({ rowCount, written }) => rowCount > 5 && written.by === 'ticklake');

  it.each(PEERS)('one value that %s has and we have not', async (peer) => {
    const read = bench.peers[peer];
    const altered: Bench = {
      ...bench,
      peers: {
        ...bench.peers,
        [peer]: async (...args: Parameters<typeof read>) => {
          const [first = [], ...others] = await read(...args);
          return [[...first.slice(0, 4), 'other', ...first.slice(5)], ...others];
        },
      },
    };
    const found = await checkFile(file, { bench: altered, tally: new Map() });
    expect(found).toEqual([
      { index: file.index, peer, what: expect.stringMatching(/, row 4: .*, theirs other$/) },
    ]);
  });

  it.each(PEERS)('a row that %s has not', async (peer) => {
    const read = bench.peers[peer];
    const altered: Bench = {
      ...bench,
      peers: {
        ...bench.peers,
        [peer]: async (...args: Parameters<typeof read>) =>
          (await read(...args)).map((texts) => texts.slice(1)),
      },
    };
    const found = await checkFile(file, { bench: altered, tally: new Map() });
    expect(found.map((one) => one.peer)).toEqual(file.fields.map(() => peer));
    expect(found[0]?.what).toMatch(/: \d+ rows, theirs \d+$/);
  });

  it('a type that we see otherwise', async () => {
    const altered: Bench = {
      ...bench,
      ours: async (written) => {
        const ours = await bench.ours(written);
        return { ...ours, fields: ours.fields.map((field) => ({ ...field, nullable: !field.nullable })) };
      },
    };
    const found = await checkFile(file, { bench: altered, tally: new Map() });
    expect(found.map(({ peer }) => peer)).toEqual(file.fields.map(() => 'ticklake'));
  });

  it.each(['ticklake', ...PEERS] as const)('that %s fails', async (peer) => {
    const fail = () => Promise.reject(new Error('no'));
    const altered: Bench =
      peer === 'ticklake' ? { ...bench, ours: fail } : { ...bench, peers: { ...bench.peers, [peer]: fail } };
    const found = await checkFile(file, { bench: altered, tally: new Map() });
    expect(found).toEqual([{ index: file.index, peer, what: 'no' }]);
  });
});

function firstFile(isWanted: (file: GeneratedFile) => boolean): GeneratedFile {
  for (let index = 0; ; index++) {
    const file = generatedFile(11, index);
    if (isWanted(file)) return file;
  }
}
