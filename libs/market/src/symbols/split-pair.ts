/** Assets that are known well enough to tell where a pair is to be cut when two of the quotes fit its end. */
const WELL_KNOWN: ReadonlySet<string> = new Set(
  (
    'AAVE ADA ALGO APE APT ARB ATOM AVAX AXS BAT BCH BNB BTC BUSD CHZ COMP CRV DAI DASH DOGE DOT DYDX EGLD ENJ EOS ETC ETH EUR FDUSD FIL ' +
    'FTM GALA GBP GMX GRT HBAR HNT ICP INJ IOTA KAVA KSM LDO LINK LTC LUNA LUNA2 MANA MATIC MKR NEAR NEO OMG OP PEPE PERP POL QTUM RUNE ' +
    'SAND SHIB SNX SOL SUI SUSHI THETA TIA TON TRX TUSD UNI USDC USDP USDT VET WBTC XLM XMR XRP XTZ YFI ZEC ZRX'
  ).split(' '),
);

/**
 * A pair that is written in one word, by the quotes that it may end in. Where two of them fit (`ADAEUR` as ADA and EUR, or as AD and AEUR),
 * the one that leaves a well-known asset counts; `undefined` where none fits, or where it cannot be told.
 */
export function splitPair(
  pair: string,
  quotes: readonly string[],
): { readonly base: string; readonly quote: string } | undefined {
  const cuts = quotes
    .filter((quote) => pair.length > quote.length && pair.endsWith(quote))
    .map((quote) => ({ base: pair.slice(0, -quote.length), quote }));
  if (cuts.length <= 1) return cuts[0];
  const known = cuts.filter(({ base }) => WELL_KNOWN.has(base));
  return known.length === 1 ? known[0] : undefined;
}
