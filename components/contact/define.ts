/**
 * Registers `<coming-contact>`; what shows a person is loaded and registered when there is one to show.
 *
 * @module
 */
import { register } from '../internal/register.js';
import { ComingContact } from './contact.js';

register('coming-contact', ComingContact);
