import { MemoryDatabase, MemoryStorage } from '../../../core/store/index.js';
import { describeDatabase } from '../../support/database-contract.js';

describeDatabase('a database in memory', () => {
  const storage = new MemoryStorage();
  return Promise.resolve({
    open: () => Promise.resolve(new MemoryDatabase(storage)),
    destroy: () => Promise.resolve(),
  });
});
