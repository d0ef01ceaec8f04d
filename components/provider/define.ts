/**
 * Registers `<coming-provider>`.
 *
 * @module
 */
import { register } from '../internal/register.js';
import { ComingProvider } from './provider.js';

register('coming-provider', ComingProvider);
