/** A column as DuckDB's `DESCRIBE` reports it. */
export interface SqlColumn {
  readonly name: string;
  /** DuckDB's type text, e.g. `BIGINT` or `TIMESTAMP WITH TIME ZONE`. */
  readonly sqlType: string;
}

/** What to recompute. */
export interface ContentHashQuery {
  /** A Parquet file that DuckDB can open. */
  readonly path: string;
  readonly columns: readonly SqlColumn[];
  /** Names of columns to leave out. */
  readonly exclude: readonly string[];
}

/** A query that gives the columns of the Parquet file at `path`: rows whose first two values are name and type. */
export function describeColumnsSql(path: string): string {
  return `DESCRIBE SELECT * FROM ${file(path, '')}`;
}

/**
 * One DuckDB query that recomputes the content hash of a Parquet file from CONTENT-HASH.md, sharing no code with the
 * library: DuckDB reads the file, and SQL does the arithmetic. It gives one row: `row_count`, `multiset`, `ordered`.
 *
 * @throws Error for a column whose type has no rule here: nested ones, decimals and times of day.
 */
export function contentHashSql({ path, columns, exclude }: ContentHashQuery): string {
  const kept = columns.filter(({ name }) => !exclude.includes(name));
  const source = `SELECT * FROM ${file(path, ', file_row_number = true')}`;
  const cells = kept.map((column) => cellsOf(column)).join('\nUNION ALL\n');
  return `WITH
source AS MATERIALIZED (${source}),
cells AS (${kept.length === 0 ? NO_CELLS : cells}),
hashed AS (${absorbed('cells')}),
sums AS (SELECT file_row_number AS row, ${LANES.map((lane, i) => `any_value(start${i}) AS start${i}, coalesce(sum(${lane}), 0) AS ${lane}`).join(', ')}
  FROM source LEFT JOIN hashed ON file_row_number = cell_row CROSS JOIN (SELECT ${seed(ROW_SEED, 'start')})
  GROUP BY file_row_number),
rows AS (${finished('sums')}),
place_cells AS (SELECT row AS cell_row, ${LANES.map((lane, i) => `place${i} AS ${lane}`).join(', ')},
  0::UBIGINT AS length, row::UBIGINT AS word, NULL::VARCHAR AS bytes
  FROM rows CROSS JOIN (SELECT ${seed(PLACE_SEED, 'place')})),
places AS (${absorbed('place_cells')}),
placed_sums AS (SELECT row, ${LANES.map((lane, i) => `rows.${lane} AS start${i}, places.${lane}`).join(', ')}
  FROM rows JOIN places ON row = cell_row),
placed AS (${finished('placed_sums')})
SELECT count(*)::VARCHAR AS row_count, ${sumOfDigests} AS multiset, (SELECT ${sumOfDigests} FROM placed) AS ordered
FROM rows`;
}

const LANES = ['a', 'b', 'c', 'd'] as const;
const MASK = `4294967295::UBIGINT`;
const sumOfDigests = LANES.map((lane) => littleEndian(`coalesce(sum(${lane}), 0) % ${2 ** 32}`)).join(' || ');
const ROW_SEED = `encode('ticklake content hash 2') || '\\x00'::BLOB || encode('row')`;
const PLACE_SEED = `encode('ticklake content hash 2') || '\\x00'::BLOB || encode('place')`;
const NO_CELLS = `SELECT 0::BIGINT AS cell_row, 0::UBIGINT AS a, 0::UBIGINT AS b, 0::UBIGINT AS c, 0::UBIGINT AS d,
  0::UBIGINT AS length, 0::UBIGINT AS word, NULL::VARCHAR AS bytes WHERE false`;

interface TypeRule {
  readonly name: string;
  readonly word?: (value: string) => string;
}

/** How a DuckDB type is called in the specification, and its value as a 64-bit word; no word for byte strings. */
const TYPES: ReadonlyMap<string, TypeRule> = new Map<string, TypeRule>([
  ['BOOLEAN', { name: 'bool', word: (x) => `${x}::UBIGINT` }],
  ...([8, 16, 32, 64] as const).flatMap((bits, i) => {
    const sqlName = ['TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT'][i] as string;
    const rules: [string, TypeRule][] = [
      [sqlName, { name: `int${bits}`, word: signed }],
      [`U${sqlName}`, { name: `uint${bits}`, word: (x) => `${x}::UBIGINT` }],
    ];
    return rules;
  }),
  ['FLOAT', { name: 'float32', word: (x) => `${x}::BIT::UINTEGER::UBIGINT` }],
  ['DOUBLE', { name: 'float64', word: (x) => `${x}::BIT::UBIGINT` }],
  ['DATE', { name: 'date', word: (x) => signed(`(${x} - DATE '1970-01-01')`) }],
  ['TIMESTAMP_MS', { name: 'timestamp[ms]', word: (x) => signed(`epoch_ms(${x})`) }],
  ['TIMESTAMP', { name: 'timestamp[us]', word: (x) => signed(`epoch_us(${x})`) }],
  ['TIMESTAMP WITH TIME ZONE', { name: 'timestamp[us,utc]', word: (x) => signed(`epoch_us(${x})`) }],
  ['TIMESTAMP_NS', { name: 'timestamp[ns]', word: (x) => signed(`epoch_ns(${x})`) }],
  ['VARCHAR', { name: 'utf8' }],
  ['BLOB', { name: 'bytes' }],
]);

/** One row per cell of a column: its seed, its length, and its word or its bytes in hexadecimal, whole words of them. */
function cellsOf({ name, sqlType }: SqlColumn): string {
  const type = TYPES.get(sqlType);
  if (type === undefined) throw new Error(`no rule for a column of type ${sqlType}`);
  const value = `"${name.replaceAll('"', '""')}"`;
  const tag = `encode('ticklake content hash 2') || '\\x00'::BLOB || encode(${text(type.name)}) || '\\x00'::BLOB`;
  const from = `FROM source CROSS JOIN (SELECT ${seed(`${tag} || encode(${text(name)})`, '')})`;
  const blob = sqlType === 'BLOB' ? value : `encode(${value})`;
  const length = type.word === undefined ? `octet_length(${blob})` : '0';
  const hex = `hex(${blob})`;
  const bytes = `rpad(${hex}, greatest(16, ((length(${hex}) + 15) // 16) * 16)::INTEGER, '0')`;
  return `SELECT file_row_number AS cell_row, a, b, c, d,
  CASE WHEN ${value} IS NULL THEN 4294967295 ELSE ${length} END::UBIGINT AS length,
  ${type.word === undefined ? '0::UBIGINT' : `coalesce(${type.word(value)}, 0)::UBIGINT`} AS word,
  ${type.word === undefined ? `coalesce(${bytes}, '0000000000000000')` : 'NULL::VARCHAR'} AS bytes
  ${from}`;
}

/** The cells after all their words: a recursion that takes the next word of those that have one. */
function absorbed(from: string): string {
  return `WITH RECURSIVE words AS (
  SELECT cell_row, a, b, (c + length) & ${MASK} AS c, d, word, bytes, 0 AS taken FROM ${from}
  UNION ALL
  SELECT cell_row, (p + d) & ${MASK} AS a, b, c, d, word, bytes, taken + 1 AS taken
  FROM (SELECT * REPLACE (${fmix(`xor((b + c) & ${MASK}, d)`)} AS d)
  FROM (SELECT * REPLACE (${fmix(`xor((p + b) & ${MASK}, c)`)} AS c)
  FROM (SELECT * REPLACE (${fmix(`(xor(hi, p) + b) & ${MASK}`)} AS b)
  FROM (SELECT *, ${fmix(`(lo + a) & ${MASK}`)} AS p
  FROM (SELECT *,
    CASE WHEN bytes IS NULL THEN word & ${MASK} ELSE ${hexWord('bytes', 'taken * 16')} END AS lo,
    CASE WHEN bytes IS NULL THEN word >> 32 ELSE ${hexWord('bytes', 'taken * 16 + 8')} END AS hi
  FROM words WHERE taken < coalesce(length(bytes) // 16, 1))))))
)
SELECT * FROM words WHERE taken = coalesce(length(bytes) // 16, 1)`;
}

/** The sums of the rows made into their digests. */
function finished(from: string): string {
  const modulo = (sum: string) => `((${sum}) % ${2 ** 32})::UBIGINT`;
  return `SELECT row, a, (b + a) & ${MASK} AS b, (c + a) & ${MASK} AS c, (d + a) & ${MASK} AS d
  FROM (SELECT * REPLACE ((a + b + c + d) & ${MASK} AS a)
  FROM (SELECT row, ${LANES.map((lane) => `${fmix(lane)} AS ${lane}`).join(', ')}
  FROM (SELECT row, a, (b + a) & ${MASK} AS b, (c + a) & ${MASK} AS c, (d + a) & ${MASK} AS d
  FROM (SELECT * REPLACE ((a + b + c + d) & ${MASK} AS a)
  FROM (SELECT row, ${LANES.map((lane, i) => `${modulo(`${lane} + start${i}`)} AS ${lane}`).join(', ')} FROM ${from})))))`;
}

/** Repeats its argument, which therefore has to be short; sub-queries keep the results apart. */
function fmix(value: string): string {
  const first = `((xor(${value}, (${value}) >> 16) * 2246822507::UBIGINT) & ${MASK})`;
  const second = `((xor(${first}, ${first} >> 13) * 3266489909::UBIGINT) & ${MASK})`;
  return `xor(${second}, ${second} >> 16)`;
}

/** The first 16 bytes of a SHA-256 as four little-endian numbers, named `a` to `d`, or after `prefix`. */
function seed(blob: string, prefix: string): string {
  return LANES.map((lane, i) => {
    const name = prefix === '' ? lane : `${prefix}${i}`;
    return `${hexWord(`sha256(${blob})`, String(i * 8))} AS ${name}`;
  }).join(', ');
}

/** Four bytes of hexadecimal text, from a digit's index, as a little-endian number. */
function hexWord(hex: string, from: string): string {
  const bytes = [7, 5, 3, 1].map((at) => `substr(${hex}, (${from} + ${at})::BIGINT, 2)`);
  return `('0x' || ${bytes.join(' || ')})::UBIGINT`;
}

function littleEndian(value: string): string {
  const bytes = [0, 8, 16, 24].map((shift) => `((${value})::UBIGINT >> ${shift}) & 255`);
  return `printf('%02x%02x%02x%02x', ${bytes.join(', ')})`;
}

function signed(value: string): string {
  return `(${value})::BIGINT::BIT::UBIGINT`;
}

/** Directories such as `symbol=btcusdt` would otherwise replace the file's own columns of those names. */
function file(path: string, options: string): string {
  return `read_parquet(${text(path)}, hive_partitioning = false${options})`;
}

function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
