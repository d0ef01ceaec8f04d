/**
 * Everything from one address: registers all elements; the client's code loads when first needed.
 *
 * @module
 */
import './cdn-chat.js';
import './contact/define.js';
import './identity/define.js';
import './pay/define.js';
import './sign-in/define.js';
import type { ComingClient } from '../core/client.js';
import type { LocalClientOptions } from '../core/local/index.js';
import type { WorkerClientOptions } from '../core/shared/worker-client.js';

export { configure } from './cdn-chat.js';

/** As {@link createClient}, in a worker, where one can be had. */
export async function createWorkerClient(options: WorkerClientOptions): Promise<ComingClient> {
  const { createWorkerClient } = await import('../core/shared/worker-client.js');
  return createWorkerClient(options);
}

/** Loads the client's code and makes a client; for pages that want to speak to it themselves. */
export async function createClient(options: LocalClientOptions): Promise<ComingClient> {
  const { createSharedClient } = await import('../core/shared/index.js');
  return createSharedClient(options);
}
