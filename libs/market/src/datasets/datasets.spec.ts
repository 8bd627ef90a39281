import { typeText } from '@ticklake/columnar';

import { bbo, datasetOf, funding, markPrice, openInterest, trade } from './index.js';

const PREFIX = 'ts_event int64, ts_recv int64, exchange utf8, symbol utf8, stream utf8, stream_version int8';

describe('datasets', () => {
  it.each([
    [bbo, 'bid_price float64, bid_qty float64, ask_price float64, ask_qty float64'],
    [trade, 'price float64, qty float64, side int8, trade_id utf8'],
    [openInterest, 'open_interest float64'],
    [funding, 'funding_rate float64, next_funding_ts int64'],
    [markPrice, 'mark_price float64, index_price float64'],
  ])('$name has the columns that the collector writes', (dataset, own) => {
    const columns = dataset.schema.fields.map(({ name, type }) => `${name} ${typeText(type)}`);
    expect(columns.join(', ')).toBe(`${PREFIX}, ${own}`);
    expect(dataset.schema.fields.every(({ nullable }) => nullable)).toBe(true);
    expect(dataset.orderBy).toEqual(['ts_event']);
    expect(datasetOf(dataset.name)).toBe(dataset);
  });

  it('are found by alias, and made up for streams that nobody described', () => {
    expect(datasetOf('trades')).toBe(trade);
    expect(datasetOf('liquidation')).toMatchObject({ name: 'liquidation', timeColumn: 'ts_event' });
    expect(datasetOf('__proto__').name).toBe('__proto__');
  });
});
