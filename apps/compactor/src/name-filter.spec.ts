import { nameFilter } from './name-filter.js';

describe('names', () => {
  it.each<[readonly string[], readonly string[], readonly string[]]>([
    [['btcusdt'], ['btcusdt'], ['BTCUSDT', 'btcusdt2', 'xbtcusdt', '']],
    [['btc.usdt'], ['btc.usdt'], ['btcxusdt']],
    [['BTC-USDT(x)+@|^$'], ['BTC-USDT(x)+@|^$'], ['BTC-USDTx']],
    [['btc*'], ['btc', 'btcusdt', 'btc-usdt', 'btc.usdt'], ['xbtc', 'BTCusdt']],
    [['*'], ['a', '.a', 'a.b'], []],
    [['b?c'], ['bac', 'b.c'], ['bc', 'baac']],
    [['{btc,eth}usdt'], ['btcusdt', 'ethusdt'], ['solusdt', '{btc,eth}usdt', 'btc']],
    [['{btc,eth}{usdt,usdc}'], ['btcusdt', 'ethusdc'], ['btc']],
    [['btc{,2}'], ['btc', 'btc2'], ['btc3']],
    [['x{1..3}'], ['x1', 'x3'], ['x4', 'x{1..3}']],
    [['[be]tc'], ['btc', 'etc'], ['[be]tc', 'atc']],
    [['[!be]tc'], ['atc'], ['btc', 'etc']],
    [['[^be]tc'], ['atc'], ['btc', 'etc']],
    [['a(b*'], ['a(b', 'a(bc'], ['ab']],
    [['@(a|b)*'], ['@(a|b)c'], ['a', 'b']],
    [['a+*'], ['a+', 'a+b'], ['a', 'aab']],
    [['a\\*b'], ['a*b'], ['aab', 'ab']],
    [['a\\{b'], ['a{b'], ['ab']],
    [['btc*', 'ethusdt'], ['btcusdt', 'ethusdt'], ['ethusdc']],
    [['btc*', '!btc*_*'], ['btcusdt'], ['btcusdt_260327', 'eth']],
    [['!btc*_*', 'btc*'], ['btcusdt'], ['btcusdt_260327', 'eth']],
    [['!btcusdt'], ['eth', 'btc'], ['btcusdt']],
    [['\\!ticker'], ['!ticker'], ['ticker', 'eth']],
    [['!\\!t*'], ['t'], ['!ticker']],
  ])('%j have %j and not %j', (patterns, wanted, others) => {
    const filter = nameFilter(patterns);
    expect(wanted.filter((name) => !filter.has(name))).toEqual([]);
    expect(others.filter((name) => filter.has(name))).toEqual([]);
  });

  it.each(['[ab', 'ab]', '{a,b', '[z-a]', 'a\\', '', '!', '![', '[]', '{a,{b}'])(
    'of %j are refused',
    (glob) => {
      expect(() => nameFilter(['btcusdt', glob])).toThrow(
        expect.objectContaining({ kind: 'invalid', code: 'GLOB' }),
      );
    },
  );
});
