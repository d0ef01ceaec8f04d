// The peers that run in Node.
export * as comingKit from './coming-kit.mjs';
export * as libsignalClient from './libsignal-client.mjs';
export * as olm from './olm.mjs';
export * as privacyresearch from './privacyresearch.mjs';
export { measure } from './measure.mjs';
