export { type ContentHashes, type FileFacts, type Finding } from './facts.js';
export { finishReplacement } from './finish-replacement.js';
export {
  manifestDigest,
  placeOf,
  proofShape,
  prove,
  type Proof,
  type StatedPlace,
} from './manifest-proof.js';
export { loadManifest, putManifest, readManifest, type ManifestVersion } from './manifest-document.js';
export {
  parseStagedName,
  stagedName,
  type Commitment,
  type Conclusion,
  type DataPlace,
  type FilePublication,
  type Publication,
  type PublishedDataset,
  type PublishedPlace,
  type PublishOutcome,
} from './publication.js';
export { publishFile, publishParquet } from './publish-parquet.js';
export { readPublished } from './read-published.js';
export { restorePublished } from './restore-published.js';
export { readReceiptFooter, receiptFooter, sourcesSha256, type ReceiptFooter } from './receipt-footer.js';
export {
  balanceReceipt,
  baseReceiptSchema,
  quarantinedSourceSchema,
  receiptSchema,
  sourceReceiptSchema,
  type BaseReceipt,
  type QuarantinedSource,
  type Receipt,
  type ReceiptOutput,
  type SourceReceipt,
} from './receipt.js';
export {
  writeVerified,
  type IdentifiedBytes,
  type ProvenFile,
  type VerifiedFile,
  type WriteTools,
} from './write-verified.js';
export { type Verification } from './judge-file.js';
export { verifyPages, type PageOptions } from './verify-pages.js';
export { readRowsInTurn, type ReadRows, type ReadRowsOptions } from './read-rows.js';
export { type RowGroupTurns } from './row-group-turns.js';
export { verifyParquet, type ReadApart, type VerifyOptions } from './verify-parquet.js';
export {
  compactDayText,
  contentSchema,
  int64Text,
  multisetHex,
  sha256Hex,
  siblingName,
  utcInstant,
  wholeCount,
} from './wire.js';
