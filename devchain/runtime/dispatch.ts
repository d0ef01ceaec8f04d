/**
 * Runs a call: when it fails, nothing stays of what it did.
 *
 * @module
 */
import { Call } from './call';
import {
  ext_storage_commit_transaction_version_1,
  ext_storage_rollback_transaction_version_1,
  ext_storage_start_transaction_version_1,
} from './env';
import { DONE, Dispatch } from './outcome';

export function dispatch(call: Call, origin: usize): Dispatch {
  ext_storage_start_transaction_version_1();
  const error = call.dispatch(origin);
  if (error === DONE) ext_storage_commit_transaction_version_1();
  else ext_storage_rollback_transaction_version_1();
  return error;
}
