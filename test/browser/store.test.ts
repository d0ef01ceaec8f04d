import { describeDatabase } from '../support/database-contract.js';
import { indexedDatabase, sealedIndexedDatabase } from '../support/indexed-databases.js';

describeDatabase('a database in the IndexedDB of a real browser', indexedDatabase);
describeDatabase('a sealed database in the IndexedDB of a real browser', sealedIndexedDatabase);
