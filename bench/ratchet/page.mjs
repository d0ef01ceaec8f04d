// The peers that run in a page.
import * as comingKit from './coming-kit.mjs';
import * as olm from './olm.mjs';
import * as privacyresearch from './privacyresearch.mjs';
import { measure } from './measure.mjs';

globalThis.olmOptions = { locateFile: () => '/olm.wasm' };
globalThis.peers = [comingKit, olm, privacyresearch].map(({ name }) => name);
globalThis.measurePeer = (wanted, size) =>
  measure(
    [comingKit, olm, privacyresearch].find(({ name }) => name === wanted),
    size,
  );
