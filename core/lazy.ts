/**
 * Loading code when it is needed: what a failed load means is said with a code of its own.
 *
 * @module
 */
import { ComingError } from './errors.js';

/**
 * A module that was asked for.
 *
 * @throws ComingError `not-loaded`: the network, or a newer version replaced its file; a reload helps in both cases
 */
export async function loaded<Module>(importing: Promise<Module>): Promise<Module> {
  try {
    return await importing;
  } catch (error) {
    throw new ComingError('not-loaded', 'a part of the code could not be loaded', { cause: error });
  }
}
