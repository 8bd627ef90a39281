export { describePartitionScheme } from './describe-partition-scheme.js';
