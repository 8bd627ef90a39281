import { dayText, durationText, sizeText } from './config-types.js';

describe('sizeText', () => {
  it.each([
    ['0', 0],
    ['65536', 65536],
    ['512MiB', 536_870_912],
    ['1GiB', 1_073_741_824],
    ['2GB', 2_000_000_000],
    ['1.5 kib', 1536],
    ['10b', 10],
    ['1TiB', 2 ** 40],
  ])('%s', (text, bytes) => expect(sizeText.parse(text)).toBe(bytes));

  it.each([
    '',
    'MiB',
    '-1',
    '1e3',
    '1.5',
    '1XB',
    '0x10',
    '9999999TiB',
    '1 GiB 2',
    'constructor',
    '1toString',
  ])('refuses %p', (text) => expect(sizeText.safeParse(text).success).toBe(false));
});

describe('durationText', () => {
  it.each([
    ['500ms', 500],
    ['120s', 120_000],
    ['5m', 300_000],
    ['5min', 300_000],
    ['1.5h', 5_400_000],
    ['7d', 604_800_000],
  ])('%s', (text, ms) => expect(durationText.parse(text)).toBe(ms));

  it.each(['', '5', '5 weeks', '-1s', '0.5ms'])('refuses %p', (text) => {
    expect(durationText.safeParse(text).success).toBe(false);
  });
});

describe('dayText', () => {
  it('reads both spellings', () => {
    expect(dayText.parse('20240229')).toBe('2024-02-29');
    expect(dayText.parse('2024-02-29')).toBe('2024-02-29');
  });

  it.each(['20230229', '2026-0203', '', 'today', '20260203 '])('refuses %p', (text) => {
    expect(dayText.safeParse(text).success).toBe(false);
  });
});
