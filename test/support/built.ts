import { build } from '../../scripts/build.mjs';

/** Before the tests that run what is shipped: the relay and the bundle for pages, as the sources are now. */
export default function setup(): void {
  build(['relay', 'cdn']);
}
