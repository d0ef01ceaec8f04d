/**
 * Registers `<coming-identity>` and the parts inside it.
 *
 * @module
 */
import '../internal/define-parts.js';
import { register } from '../internal/register.js';
import { ComingIdentity } from './identity.js';

register('coming-identity', ComingIdentity);
