export { openPageCodec, type PageCodec, type PageCodecName } from './codec/page-codec.js';
