import { helperPays } from './pays.js';

const files = (count: number, size: number) => new Array<{ size: number }>(count).fill({ size });

describe('a helper', () => {
  it('pays where there is much to do, and files are large in the mean', () => {
    expect(helperPays([...files(300, 1_000_000), ...files(100, 10_000)])).toBe(true);
    expect(helperPays(files(3000, 100_000))).toBe(false);
    expect(helperPays(files(60, 1_000_000))).toBe(false);
    expect(helperPays([])).toBe(false);
  });
});
