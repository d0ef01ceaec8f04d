import { build } from '../../scripts/build.mjs';

/** Before the tests that run what is shipped: the servers and the bundle for pages, as the sources are now. */
export default function setup(): void {
  build(['relay', 'devchain', 'cdn']);
}
