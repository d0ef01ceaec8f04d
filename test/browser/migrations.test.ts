import { describeMigrations } from '../support/migration-contract.js';

describeMigrations('a real browser');
