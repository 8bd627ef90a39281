import type { DocumentShape } from '../listing.js';
import { binance } from './binance.js';
import { bybit } from './bybit.js';
import { deribit } from './deribit.js';
import { okx } from './okx.js';
import { tardis } from './tardis.js';

/** Documents whose shape is known; no document has two. A new exchange is a file beside this one and a line here (AP-34). */
export const DOCUMENT_SHAPES: readonly DocumentShape[] = [binance, bybit, okx, deribit, tardis];
