/**
 * All methods and subscriptions by name.
 *
 * @module
 */
import { authorMethods, authorSubscriptions } from './author.js';
import { bitcoinMethods } from './bitcoin.js';
import { chainMethods, chainSubscriptions } from './chain.js';
import { chainxMethods } from './chainx.js';
import { devMethods } from './dev.js';
import type { Method, Subscription } from './method.js';
import { stateMethods, stateSubscriptions } from './state.js';
import { systemMethods } from './system.js';

export const subscriptions: Readonly<Record<string, Subscription>> = {
  ...chainSubscriptions,
  ...stateSubscriptions,
  ...authorSubscriptions,
};

const plain: Record<string, Method> = {
  ...systemMethods,
  ...chainMethods,
  ...stateMethods,
  ...authorMethods,
  ...chainxMethods,
  ...devMethods,
  ...bitcoinMethods,
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
