import { describeDatabase } from '../support/database-contract.js';
import { indexedDatabase } from '../support/indexed-databases.js';

describeDatabase('a database in the IndexedDB of a real browser', indexedDatabase);
