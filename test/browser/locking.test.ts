import { describeLocking } from '../support/locking-contract.js';

describeLocking('a real browser');
