import type { Verdict } from './judge.js';
import {
  attackTable,
  brokenRules,
  verdictTable,
  type AttackResult,
  type MutantResult,
} from './scoreboard.js';

const mutant = (mutation: string, verdict: Verdict, readMs = 1): MutantResult => ({
  mutation,
  base: 'a',
  verdict,
  readMs,
  peakRssBytes: 2 ** 20,
});
const attack = (name: string, end: string, isAsItMust = true): AttackResult => ({
  attack: name,
  end,
  isAsItMust,
  readMs: 2,
  peakRssBytes: 3 * 2 ** 20,
});
const rules = (mutants: MutantResult[], attacks: AttackResult[] = []) =>
  brokenRules(mutants, { attacks, peakRssBytesMax: 4 * 2 ** 20 });
const cells = (table: string) =>
  table.split('\n').map((line) => line.split(' | ').map((cell) => cell.replace(/\|/g, '').trim()));

describe('the scoreboard', () => {
  it('counts mutants by damage and verdict', () => {
    const results = [
      mutant('cut', 'rejected', 7),
      mutant('flip', 'unaffected'),
      mutant('flip', 'rejected'),
      mutant('flip', 'wrong-footer'),
    ];
    const [head, , flip, cut, total] = cells(
      verdictTable(results, { title: 'damage', by: 'mutation', names: ['flip', 'cut'] }),
    );
    const count = (row: string[] | undefined, title: string) => row?.[head?.indexOf(title) ?? -1];
    expect(flip?.slice(0, 2)).toEqual(['flip', '3']);
    expect(['unaffected', 'rejected', 'wrong', 'wrong (footer)'].map((title) => count(flip, title))).toEqual([
      '1',
      '1',
      '0',
      '1',
    ]);
    expect(count(cut, 'rejected')).toBe('1');
    expect([count(total, 'n'), count(total, 'rejected'), count(total, 'slowest ms')]).toEqual([
      '4',
      '2',
      '7',
    ]);
  });

  it('counts attacks by how they end', () => {
    const table = cells(attackTable([attack('x', 'LIMIT'), attack('y', 'LIMIT'), attack('z', 'valid')]));
    expect(table.slice(2).map(([end, n]) => [end, n])).toEqual([
      ['LIMIT', '2'],
      ['valid', '1'],
      ['**total**', '3'],
    ]);
  });

  it.each(['unaffected', 'rejected', 'wrong-unsealed', 'wrong-footer', 'wrong-moved'] as const)(
    'allows %s',
    (verdict) => expect(rules([mutant('flip', verdict)])).toEqual([]),
  );

  it.each([
    ['wrong', 'wrong'],
    ['copy', 'copy'],
    ['leak', 'leak'],
    ['untyped', 'untyped'],
    ['unplaced', 'no place'],
    ['hang', 'hang'],
    ['memory', 'memory'],
    ['crash', 'crash'],
  ] as const)('forbids %s', (verdict, title) => {
    expect(rules([mutant('flip', 'rejected'), mutant('flip', verdict)])).toEqual([`1 mutants: ${title}`]);
  });

  it('forbids attacks that end otherwise than they must, and too much memory', () => {
    expect(rules([], [attack('bomb', 'valid', false)])).toEqual(['bomb: valid']);
    const large = { ...mutant('flip', 'rejected'), peakRssBytes: 5 * 2 ** 20 };
    expect(rules([large])).toEqual(['peak memory 5 MiB of 4 MiB']);
  });
});
