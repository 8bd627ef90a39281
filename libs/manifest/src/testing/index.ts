export {
  contentHashSql,
  describeColumnsSql,
  type ContentHashQuery,
  type SqlColumn,
} from './content-hash-sql.js';
