/**
 * What a shop's own script does to be paid: connects the wallet, has the chain make one transfer, says how it goes.
 *
 * The least that exercises `core/ledger` and the wallet adapter in a page; an element can take its place.
 *
 * @module
 */
import { connectWallet, payerFor } from '../../components/wallet/wallet.js';
import { codeOf } from '../../core/errors.js';
import { decodeAddress } from '../../core/identity/index.js';
import { openChain, parseAmount, xbtcOn } from '../../core/ledger/index.js';
import { openIndexedDatabase } from '../../core/store/index.js';

const { endpoint, genesis, recipient, amount } = document.body.dataset as Record<string, string>;
const button = document.getElementById('pay') as HTMLButtonElement;
const status = document.getElementById('state')!;
const problem = document.getElementById('problem')!;

const opening = open();

async function open() {
  const database = await openIndexedDatabase('shop');
  await database.takeOwnership();
  return openChain({ endpoints: [endpoint!], genesis: genesis!, database });
}

async function pay(): Promise<void> {
  const chain = await opening;
  const [account] = await connectWallet('A shop');
  const asset = xbtcOn(genesis!);
  const order = {
    id: crypto.randomUUID().replaceAll('-', ''),
    asset,
    amount: parseAmount(amount!, asset.decimals),
    from: decodeAddress(account!.address).account,
    to: decodeAddress(recipient!).account,
  };
  chain.watchTransfer(order.id).subscribe((transfer) => (status.textContent = transfer?.state ?? 'nothing'));
  await chain.transfer(order, payerFor(account!));
}

button.addEventListener('click', () => {
  problem.textContent = '';
  button.disabled = true;
  pay()
    .catch((error: unknown) => (problem.textContent = codeOf(error)))
    .finally(() => (button.disabled = false));
});
