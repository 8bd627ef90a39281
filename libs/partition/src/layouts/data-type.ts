import { badName } from './bad-name.js';
import { isWindowsDevice } from './windows-device.js';

/** Regular-expression source of a data type. */
export const DATA_TYPE_PATTERN = '[a-z][a-z0-9_]{0,63}';
/** Regular-expression source of a timeframe. */
export const TIMEFRAME_PATTERN = '[1-9]\\d{0,3}[smhdw]';

const DATA_TYPE = new RegExp(`^${DATA_TYPE_PATTERN}$`);
const CANDLES = new RegExp(`^ohlcv_(${TIMEFRAME_PATTERN})$`);

/** The timeframe of candles: `1m` of `ohlcv_1m` (AP-12, AP-19). `undefined` for every other data type. */
export function timeframeOf(dataType: string): string | undefined {
  return CANDLES.exec(dataType)?.[1];
}

/** The data type of candles: `ohlcv_1m` for `1m`. */
export function candlesOf(timeframe: string): string {
  return `ohlcv_${timeframe}`;
}

/**
 * `dataType` itself: 1 to 64 of `a–z 0–9 _`, beginning with a letter.
 *
 * @throws LakeError `invalid` (`NAME`) for any other text, and for the name of a Windows device.
 */
export function checkDataType(dataType: string): string {
  if (DATA_TYPE.test(dataType) && !isWindowsDevice(dataType)) return dataType;
  throw badName('not a data type such as trades', { dataType });
}
