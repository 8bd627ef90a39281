import { killPoints, mutantsTable, strikesTable, violationText } from './tables.js';
import type { StrikeReport, Violation } from './strike-scenario.js';

const violation: Violation = {
  ...{ scenario: 'create', world: 'disk', strike: 'kill', point: 'before operation 3' },
  broken: ['one thing', 'and another'],
};
const report: StrikeReport = {
  ...{ scenario: 'create', world: 'disk', operations: 160 },
  ...{ points: { kill: 300, 'power cut': 600, 'flipped read': 2 }, violations: [violation] },
};

it('counts places to die at, and no others', () => {
  expect(killPoints([report, report])).toBe(1800);
});

it('shows what scenarios came to, and all together', () => {
  const lines = strikesTable([report])
    .split('\n')
    .map((line) => line.replaceAll(/ +/g, ' '));
  expect(lines[2]).toBe('| create | disk | 160 | 0 | 0 | 0 | 2 | 0 | 600 | 300 | 0 | 1 |');
  expect(lines[3]).toContain('| all |');
});

it('shows who caught a mutant, and who was not caught', () => {
  const text = mutantsTable([
    { name: 'a', caught: violation },
    { name: 'b', caught: undefined },
  ]);
  expect(text).toMatch(/\| a +\| caught +\| create, disk \| kill: one thing \|/);
  expect(text).toMatch(/\| b +\| survived \|/);
});

it('tells a violation with all that it broke', () => {
  expect(violationText(violation)).toBe(
    'create on disk, kill: before operation 3\n  one thing\n  and another',
  );
});
