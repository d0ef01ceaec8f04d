/**
 * All methods and subscriptions by name.
 *
 * @module
 */
import { authorMethods, authorSubscriptions } from './author.js';
import type { bitcoinMethods } from './bitcoin.js';
import { chainMethods, chainSubscriptions } from './chain.js';
import type { chainxMethods } from './chainx.js';
import { devMethods } from './dev.js';
import type { Method, Subscription } from './method.js';
import type { rootMethods } from './root.js';
import { stateMethods, stateSubscriptions } from './state.js';
import { systemMethods } from './system.js';

export const subscriptions: Readonly<Record<string, Subscription>> = {
  ...chainSubscriptions,
  ...stateSubscriptions,
  ...authorSubscriptions,
};

/** Methods that few pages call: what carries them out is loaded when the first of them is. */
function later<T extends Record<string, Method>>(
  names: Readonly<Record<keyof T, true>>,
  load: () => Promise<T>,
): Record<string, Method> {
  const named =
    (name: string): Method =>
    async (node, params) =>
      (await load())[name]!(node, params);
  return Object.fromEntries(Object.keys(names).map((name) => [name, named(name)]));
}

const chainx = later<typeof chainxMethods>(
  {
    xassets_getAssets: true,
    xassets_getAssetsByAccount: true,
    xgatewaycommon_withdrawalLimit: true,
    xgatewaycommon_verifyWithdrawal: true,
    xgatewaycommon_boundAddrs: true,
    xgatewaycommon_bitcoinTrusteeSessionInfo: true,
    xgatewayrecords_withdrawalList: true,
    xgatewayrecords_withdrawalListByAccount: true,
  },
  async () => (await import('./chainx.js')).chainxMethods,
);
const bitcoin = later<typeof bitcoinMethods>(
  {
    dev_bitcoin: true,
    dev_bitcoinPay: true,
    dev_bitcoinBroadcast: true,
    dev_bitcoinMine: true,
    dev_bitcoinTransaction: true,
    dev_bitcoinPayOut: true,
  },
  async () => (await import('./bitcoin.js')).bitcoinMethods,
);
const root = later<typeof rootMethods>(
  { dev_asRoot: true, dev_setPaused: true, dev_setBlacklisted: true, dev_upgradeRuntime: true },
  async () => (await import('./root.js')).rootMethods,
);

const plain: Record<string, Method> = {
  ...systemMethods,
  ...chainMethods,
  ...stateMethods,
  ...authorMethods,
  ...chainx,
  ...devMethods,
  ...bitcoin,
  ...root,
};

export const unsubscribes: ReadonlySet<string> = new Set(
  Object.values(subscriptions).map(({ unsubscribe }) => unsubscribe),
);

export const methods: Readonly<Record<string, Method>> = {
  ...plain,
  rpc_methods: () => ({
    version: 1,
    methods: [...Object.keys(plain), 'rpc_methods', ...Object.keys(subscriptions), ...unsubscribes].sort(),
  }),
};
