import {
  accountId,
  bool,
  bytes,
  hash,
  option,
  primitive,
  struct,
  tuple,
  u128,
  u32,
  u64,
  variants,
  vec,
  who,
} from '../chainx-types.mjs';
import { le, zeros } from '../values.mjs';

const h256 = [hash, 'H256'];
const light = (name, fields) => struct(`light_bitcoin_chain::${name}`, fields);
const header = light('block_header::BlockHeader', {
  version: [u32, 'u32'],
  previous_header_hash: h256,
  merkle_root_hash: h256,
  time: [u32, 'u32'],
  bits: [u32, 'Compact'],
  nonce: [u32, 'u32'],
});
const transaction = light('transaction::Transaction', {
  version: [primitive('i32'), 'i32'],
  inputs: [
    vec(
      light('transaction::TransactionInput', {
        previous_output: [light('transaction::OutPoint', { txid: h256, index: [u32, 'u32'] }), 'OutPoint'],
        script_sig: [bytes, 'Bytes'],
        sequence: [u32, 'u32'],
        script_witness: [vec(bytes), 'Vec<Bytes>'],
      }),
    ),
    'Vec<TransactionInput>',
  ],
  outputs: [
    vec(light('transaction::TransactionOutput', { value: [u64, 'u64'], script_pubkey: [bytes, 'Bytes'] })),
    'Vec<TransactionOutput>',
  ],
  lock_time: [u32, 'u32'],
});
const own = (name) => `xpallet_gateway_bitcoin::types::${name}`;
const index = struct(own('BtcHeaderIndex'), { hash: h256, height: [u32, 'u32'] });
const info = struct(own('BtcHeaderInfo'), { header: [header, 'BtcHeader'], height: [u32, 'u32'] });
const txState = struct(own('BtcTxState'), {
  tx_type: [
    variants('xp_gateway_bitcoin::types::BtcTxType', {
      Withdrawal: [],
      Deposit: [],
      HotAndCold: [],
      TrusteeTransition: [],
      Irrelevance: [],
    }),
    'BtcTxType',
  ],
  result: [variants(own('BtcTxResult'), { Success: [], Failure: [] }), 'BtcTxResult'],
});
const waiting = struct(own('BtcDepositCache'), { txid: h256, balance: [u64, 'u64'] });
const params = struct(
  own('BtcParams'),
  Object.fromEntries(
    [
      'max_bits',
      'block_max_future',
      'target_timespan_seconds',
      'target_spacing_seconds',
      'retargeting_factor',
      'retargeting_interval',
      'min_timespan',
      'max_timespan',
    ].map((name) => [name, [u32, 'u32']]),
  ),
);
const proposal = struct(
  own('BtcWithdrawalProposal'),
  {
    sig_state: [variants(own('VoteResult'), { Unfinish: [], Finish: [] }), 'VoteResult'],
    withdrawal_id_list: [vec(u32), 'Vec<u32>'],
    tx: [transaction, 'BtcTransaction'],
    trustee_list: [vec(tuple(accountId, bool)), 'Vec<(AccountId, bool)>'],
  },
  { AccountId: accountId },
);
const network = variants('xp_gateway_bitcoin::types::BtcNetwork', { Mainnet: [], Testnet: [] });
const balance = [u128, 'BalanceOf<T>'];
const address = [bytes, 'BtcAddress'];

export const xGatewayBitcoin = {
  name: 'XGatewayBitcoin',
  crate: 'xpallet_gateway_bitcoin',
  index: 31,
  storage: {
    BestIndex: [index, zeros(36)],
    ConfirmedIndex: [index],
    BlockHashFor: [vec(hash), zeros(1), { Twox64Concat: u32 }],
    MainChain: [bool, zeros(1), { Identity: hash }],
    Headers: [info, undefined, { Identity: hash }],
    TxState: [txState, undefined, { Identity: hash }],
    PendingDeposits: [vec(waiting), zeros(1), { Blake2128Concat: bytes }],
    WithdrawalProposal: [proposal],
    GenesisInfo: [tuple(header, u32), zeros(84)],
    ParamsInfo: [params, zeros(32)],
    NetworkId: [network, zeros(1)],
    ConfirmationNumber: [u32, zeros(4)],
    BtcWithdrawalFee: [u64, le(500_000, 8)],
    BtcMinDeposit: [u64, le(100_000, 8)],
  },
  calls: {
    push_header: { index: 0, fields: { header: [bytes, 'Vec<u8>'] } },
    push_transaction: {
      index: 1,
      fields: {
        raw_tx: [bytes, 'Vec<u8>'],
        relayed_info: [bytes, 'Vec<u8>'],
        prev_tx: [option(bytes), 'Option<Vec<u8>>'],
      },
    },
    create_taproot_withdraw_tx: {
      index: 2,
      fields: { withdrawal_id_list: [vec(u32), 'Vec<u32>'], tx: [bytes, 'Vec<u8>'] },
    },
  },
  events: {
    HeaderInserted: [h256],
    TxProcessed: [h256, h256, [txState, 'BtcTxState']],
    Deposited: [h256, who, balance],
    Withdrawn: [h256, [vec(u32), 'Vec<u32>'], balance],
    UnclaimedDeposit: [h256, address],
    PendingDepositRemoved: [who, balance, h256, address],
    WithdrawalProposalCreated: [who, [vec(u32), 'Vec<u32>']],
    WithdrawalProposalVoted: [who, [bool, 'bool']],
    WithdrawalFatalErr: [h256, h256],
  },
  errors: [
    'InvalidBase58',
    'InvalidAddr',
    'InvalidPoW',
    'AncientFork',
    'InvalidPrevTx',
    'HeaderFuturisticTimestamp',
    'HeaderNBitsNotMatch',
    'ExistingHeader',
    'PrevHeaderNotExisted',
    'DeserializeErr',
    'BadMerkleProof',
    'UnconfirmedTx',
    'ReplayedTx',
    'ProcessTxFailed',
    'InvalidAddress',
    'InvalidPublicKey',
    'NotTrustee',
    'DuplicatedKeys',
    'GenerateMultisigFailed',
    'InvalidTrusteeCount',
    'WrongWithdrawalCount',
    'NoProposal',
    'TxOutputsNotMatch',
    'NotFinishProposal',
    'NoWithdrawalRecord',
    'DuplicateVote',
    'TrusteeTransitionPeriod',
    'TxOutputNotColdAddr',
    'TxNotFullAmount',
  ],
};
