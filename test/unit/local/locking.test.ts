import 'fake-indexeddb/auto';
import { describeLocking } from '../../support/locking-contract.js';

describeLocking('fake-indexeddb');
