import { helperPays } from './pays.js';

describe('a helper', () => {
  it('pays where files are large in the mean', () => {
    const [small, large] = [{ size: 10_000 }, { size: 1_000_000 }];
    expect(helperPays([large, large, small])).toBe(true);
    expect(helperPays([small, small, small])).toBe(false);
    expect(helperPays([])).toBe(false);
  });
});
