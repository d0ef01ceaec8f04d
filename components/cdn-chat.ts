/**
 * What a page needs for a chat, from one address: `<coming-chat>`, `<coming-provider>` and {@link configure}.
 *
 * @module
 */
import './chat/define.js';
import './provider/define.js';

export { configure } from './provider/configure.js';
