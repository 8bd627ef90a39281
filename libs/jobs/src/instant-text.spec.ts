import fc from 'fast-check';
import { instantText } from './instant-text.js';

describe('instantText', () => {
  it('is RFC 3339 in UTC, to the millisecond', () => {
    expect(instantText(1_770_091_506_007)).toBe('2026-02-03T04:05:06.007Z');
  });

  it('reads back as the same instant', () => {
    const instants = fc.integer({ min: -62_000_000_000_000, max: 253_000_000_000_000 });
    fc.assert(fc.property(instants, (ms) => Date.parse(instantText(ms)) === ms));
  });
});
