/**
 * Every text of payments, in English; loaded with what shows them, and replaceable like all others.
 *
 * @module
 */
import type { Refutal } from '../../core/client.js';
import type { ErrorCode, LedgerErrorCode } from '../../core/errors.js';
import { withOverrides, type StringOverrides, type Strings } from './en.js';

/** The texts of payments. Amounts come in with their symbol, e.g. `0.001 XBTC`. */
export interface PayStrings {
  // choosing what to pay
  payTitle: (name: string) => string;
  payStarting: string;
  payAmountField: string;
  payAssetField: string;
  payUsable: (amount: string) => string;
  payBalanceLoading: string;
  payMax: string;
  payMaxHint: string;
  payContinue: string;
  payTooPrecise: (symbol: string, decimals: number) => string;
  payTooMuch: (usable: string) => string;

  // agreeing to it
  payConfirmTitle: string;
  payRecipient: string;
  payAmount: string;
  payFee: string;
  payFeeLoading: string;
  payTotal: string;
  payNetwork: string;
  payNetworkName: (chain: string) => string;
  payConfirm: (amount: string) => string;
  payBack: string;
  payFeeRose: (before: string, now: string) => string;

  // on its way
  payProgressTitle: string;
  payProgress: string;
  paySigning: string;
  paySigningInWallet: string;
  payStepSigned: string;
  payStepSent: string;
  payStepInBlock: string;
  payStepFinal: string;
  payStepDone: string;
  payStepCurrent: string;
  payStepOpen: string;
  payMayClose: string;
  payDone: (amount: string, name: string) => string;
  payDoneAsserted: string;
  payStanding: (amount: string, standing: string) => string;
  payDoneTitle: string;
  payFailedTitle: string;
  payAgain: string;
  payClose: string;

  // what is in the way
  paySignInText: string;
  payNoChainTitle: string;
  payConnecting: string;
  payOffline: string;
  payReconnect: string;
  payRefusedTitle: string;
  payLackTitle: (symbol: string) => string;
  payNoFeeText: (fee: string, has: string) => string;
  payTooLittle: (needed: string, has: string) => string;
  payTopUp: (symbol: string) => string;

  // a payment in a conversation
  payment: (amount: string) => string;
  /** Somebody else says so, and this device has not found it on the chain. */
  paymentUnproven: (amount: string) => string;
  paymentUnknownAsset: string;
  paymentByMe: (name: string) => string;
  paymentPaid: (name: string) => string;
  paymentToMe: (name: string) => string;
  paymentClaimed: (name: string) => string;
  paymentSigned: string;
  paymentBroadcast: string;
  paymentInBlock: string;
  paymentRetracted: string;
  paymentFinal: string;
  /** As the sentence before, but nothing proves it: one node of the chain says so. */
  paymentFinalAsserted: string;
  paymentChecked: (name: string) => string;
  paymentFailed: (reason: string) => string;
  paymentArriving: string;
  paymentReceived: string;
  paymentReceivedAsserted: string;
  paymentRefuted: (name: string) => string;
  paymentUnchecked: string;
  paymentDetails: string;
  paymentHash: string;
  paymentCopyHash: string;
  paymentBlock: string;
  paymentIndex: string;
  paymentFrom: string;
  paymentTo: string;
  paymentAsset: string;

  // what an account holds
  balances: string;
  balancesLoading: string;
  balancesProven: string;
  balancesAsserted: string;
  balanceLocked: (amount: string) => string;
  balanceReserved: (amount: string) => string;
  balanceWithdrawing: (amount: string) => string;

  /** Why a claim to have paid is not believed, after the sentence that says so. */
  refutals: Readonly<Record<Refutal, string>>;
}

/** What elements of payments say: their own texts and everybody's. */
export type PayWords = Omit<Strings, 'errors'> &
  PayStrings & { readonly errors: Readonly<Record<ErrorCode, string>> };

const ERRORS: Readonly<Record<LedgerErrorCode, string>> = {
  'amount-malformed': 'This is not an amount. Write digits with a point before the decimals, like 0.015.',
  'amount-too-precise': 'This amount has too many decimals. Shorten it.',
  'amount-zero': 'Enter an amount greater than zero.',
  'amount-too-large': 'This amount is too large. Enter a smaller one.',
  'unknown-asset': 'This page does not know this currency. Reload the page, or choose another one.',
  'invalid-recipient': 'This account can’t be paid. Ask the person for their Coming ID again.',
  'insufficient-balance': 'You don’t have enough for this amount. Enter a smaller one, or add money first.',
  'amount-below-minimum': 'This is too little for an account that has nothing yet. Enter a larger amount.',
  'insufficient-fee-balance':
    'You don’t have enough PCX for the network fee. Get a little PCX first, then try again.',
  'fee-changed': 'The network fee went up. Look at the new fee, then confirm again.',
  'chain-unreachable':
    'The payment network can’t be reached. Check your connection; nothing that was sent is lost.',
  'wrong-chain': 'This page is connected to another payment network. Tell the people who run this site.',
  'nodes-disagree':
    'Two computers of the payment network contradict each other, so neither is believed. Try again later.',
  'chain-unsupported':
    'The payment network has changed. Reload the page; if it still does not work, tell the people who run this site.',
  'block-too-old':
    'This payment is too long ago to be checked here. Ask the people who run this site for an archive node.',
  'wallet-signed-other':
    'The wallet signed something else than this payment. Nothing was paid. Update it, or use another wallet.',
  'call-paused': 'The payment network has paused these payments. Try again later.',
  'account-blacklisted': 'The payment network takes no payments from this account. Use another account.',
  'transfer-failed': 'The network did not carry out this payment. Only the network fee was charged.',
  'transfer-refused': 'The network did not take this payment. Nothing was paid. Try again.',
  'transfer-outdated':
    'Another payment from this account came first. Nothing was paid with this one. Try again.',
  'transfer-expired': 'The network did not take this payment in time. Nothing was paid. Try again.',
  'transfer-exists': 'This payment is already on its way. Reload the page to see how it is.',
  'no-chain': 'This page is not set up for payments. Tell the people who run this site.',
};

const MAIN_CHAIN = 'polkadot:6ac13efb5b368b97b4934cef6edfdd99';

export const enPay: PayStrings = {
  payTitle: (name) => `Pay ${name}`,
  payStarting: 'Getting ready…',
  payAmountField: 'Amount',
  payAssetField: 'Currency',
  payUsable: (amount) => `You can use ${amount}`,
  payBalanceLoading: 'Looking up your balance…',
  payMax: 'Max',
  payMaxHint: 'Enter all that you can use',
  payContinue: 'Continue',
  payTooPrecise: (symbol, decimals) =>
    `${symbol} has ${decimals} decimals at most. Shorten the part after the point.`,
  payTooMuch: (usable) => `This is more than you can use. You can use ${usable}.`,

  payConfirmTitle: 'Confirm payment',
  payRecipient: 'To',
  payAmount: 'Amount',
  payFee: 'Network fee',
  payFeeLoading: 'Looking up the fee…',
  payTotal: 'Total',
  payNetwork: 'Network',
  payNetworkName: (chain) =>
    chain === MAIN_CHAIN ? 'ChainX' : `Other network (${chain.replace('polkadot:', '').slice(0, 8)})`,
  payConfirm: (amount) => `Pay ${amount}`,
  payBack: 'Back',
  payFeeRose: (before, now) =>
    `The network fee went up from ${before} to ${now}. Nothing was paid. Pay only if you agree.`,

  payProgressTitle: 'Payment',
  payProgress: 'How far the payment is',
  paySigning: 'Signing…',
  paySigningInWallet: 'Confirm in your wallet. It shows what you sign.',
  payStepSigned: 'Signed',
  payStepSent: 'Sent to the network',
  payStepInBlock: 'In a block, can still be undone',
  payStepFinal: 'Final, can’t be undone',
  payStepDone: 'done',
  payStepCurrent: 'under way',
  payStepOpen: 'to come',
  payMayClose: 'You can close this. The payment goes on by itself.',
  payDone: (amount, name) => `You paid ${amount} to ${name}`,
  payDoneAsserted:
    'One computer of the payment network says so. This page has no second one to compare it with.',
  payStanding: (amount, standing) => `${amount}: ${standing}`,
  payDoneTitle: 'Paid',
  payFailedTitle: 'Not paid',
  payAgain: 'Try again',
  payClose: 'Close',

  paySignInText: 'An identity is needed to pay.',
  payNoChainTitle: 'No payments here',
  payConnecting: 'Connecting to the payment network…',
  payOffline: 'The payment network can’t be reached.',
  payReconnect: 'Try again',
  payRefusedTitle: 'This can’t be paid',
  payLackTitle: (symbol) => `You need more ${symbol}`,
  payNoFeeText: (fee, has) =>
    `Every payment costs a network fee. This one costs ${fee}, and you have ${has}.`,
  payTooLittle: (needed, has) => `This payment takes ${needed}, and you have ${has}.`,
  payTopUp: (symbol) => `Have ${symbol} sent to your account; this goes on when it arrives:`,

  payment: (amount) => `Payment: ${amount}`,
  paymentUnproven: (amount) => `Payment, not proven yet: ${amount}`,
  paymentUnknownAsset: 'Unknown currency',
  paymentByMe: (name) => `To ${name}`,
  paymentPaid: (name) => `You paid ${name}`,
  paymentToMe: (name) => `${name} paid you`,
  paymentClaimed: (name) => `From ${name}`,
  paymentSigned: 'Signed, on its way',
  paymentBroadcast: 'Sent to the network',
  paymentInBlock: 'In a block, not final yet',
  paymentRetracted: 'Its block did not last; it is sent again',
  paymentFinal: 'Final',
  paymentFinalAsserted: 'Final, as one computer of the network says',
  paymentChecked: (name) => `Final, and checked by ${name}’s device`,
  paymentFailed: (reason) => `Not paid. ${reason}`,
  paymentArriving: 'Arriving, not confirmed yet',
  paymentReceived: 'Received, checked on the chain',
  paymentReceivedAsserted: 'Received, as one computer of the network says',
  paymentRefuted: (name) => `${name} says they paid, but the chain does not show it.`,
  paymentUnchecked: 'This page cannot check payments',
  paymentDetails: 'Details',
  paymentHash: 'Transaction',
  paymentCopyHash: 'Copy transaction',
  paymentBlock: 'Block',
  paymentIndex: 'Place in the block',
  paymentFrom: 'From',
  paymentTo: 'To',
  paymentAsset: 'Currency',

  balances: 'Balance',
  balancesLoading: 'Looking up…',
  balancesProven: 'Checked: two computers of the payment network agree.',
  balancesAsserted: 'As one computer of the payment network says.',
  balanceLocked: (amount) => `${amount} more is locked, for example by a vote.`,
  balanceReserved: (amount) => `${amount} more is held back for a deposit or an order.`,
  balanceWithdrawing: (amount) => `${amount} of what is held back waits to be paid out in Bitcoin.`,

  refutals: {
    malformed: 'What they sent names no payment.',
    'other-chain': 'It was on another network.',
    'unknown-block': 'The block they named is not in the chain.',
    'no-such-extrinsic': 'The block they named holds no such transaction.',
    failed: 'The transaction failed, so nothing was moved.',
    'no-such-payment': 'The transaction paid something else, or somebody else.',
    'unknown-asset': 'It was in a currency that this page does not know.',
    'other-account': 'It was between other accounts.',
    'counted-before': 'This payment was already shown once, and counts only once.',
    'block-too-old': 'It is too long ago to be checked here.',
  },
};

let last: { from: StringOverrides | undefined; words: PayWords } | undefined;

/** The English texts with some of them replaced. */
export function payWords(overrides: StringOverrides | undefined): PayWords {
  if (!last || last.from !== overrides) {
    const { errors, ...rest } = withOverrides(overrides);
    const refutals = { ...enPay.refutals, ...overrides?.refutals };
    last = { from: overrides, words: { ...enPay, ...rest, errors: { ...ERRORS, ...errors }, refutals } };
  }
  return last.words;
}
