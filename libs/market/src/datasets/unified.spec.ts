import { typeText } from '@ticklake/columnar';
import { UNIFIED } from './index.js';

/** As S4 prints them. */
const PRINTED = {
  klines:
    'timestamp int64, exchange utf8, symbol utf8, timeframe utf8, open float64, high float64, low float64, close float64, volume float64, year int16, month int8, day int8',
  aggtrades:
    'timestamp int64, exchange utf8, symbol utf8, timeframe utf8, trade_price float64, trade_quantity float64, trade_is_buyer_maker bool, trade_id int64, year int16, month int8, day int8',
  futures:
    'timestamp int64, exchange utf8, symbol utf8, timeframe utf8, funding_rate float64, funding_time int64, year int16, month int8, day int8',
};

it.each(Object.values(UNIFIED))(
  '$name has the columns that its guide prints, in their order',
  ({ name, schema }) => {
    expect(schema.fields.map((field) => `${field.name} ${typeText(field.type)}`).join(', ')).toBe(
      PRINTED[name],
    );
  },
);
