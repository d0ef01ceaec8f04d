/**
 * The runtime: our WebAssembly, called as a Substrate node calls it. Each call gets a fresh instance in cleared memory.
 *
 * @module
 */
import { hostFunctions } from './host-functions.js';
import { CallMemory } from './memory.js';
import type { Overlay } from './overlay.js';

const PAGES = 32;

/** The runtime gave up on a call: bytes that no client should send, or a broken rule inside it. */
export class RuntimeTrap extends Error {
  override readonly name = 'RuntimeTrap';
}

export class Runtime {
  private readonly memory = new WebAssembly.Memory({ initial: PAGES });
  private readonly callMemory = new CallMemory(this.memory);
  private overlay: Overlay | undefined;
  private readonly imports: WebAssembly.Imports;

  private constructor(private readonly module: WebAssembly.Module) {
    this.imports = {
      env: { memory: this.memory, ...hostFunctions(this.callMemory, () => this.overlay!) },
    };
  }

  static async load(): Promise<Runtime> {
    return new Runtime(await WebAssembly.compile(await runtimeCode()));
  }

  has(entry: string): boolean {
    return WebAssembly.Module.exports(this.module).some(
      ({ name, kind }) => name === entry && kind === 'function',
    );
  }

  /**
   * Runs one entry point on a state; what it writes is in the overlay.
   *
   * @throws RuntimeTrap
   */
  call(entry: string, args: Uint8Array, overlay: Overlay): Uint8Array {
    new Uint8Array(this.memory.buffer).fill(0);
    this.overlay = overlay;
    const { exports } = new WebAssembly.Instance(this.module, this.imports);
    this.callMemory.clear((exports['__heap_base'] as WebAssembly.Global).value as number);
    const run = exports[entry] as (at: number, length: number) => bigint;
    const at = this.callMemory.write(args);
    try {
      return this.callMemory.readSpan(run(at, args.length));
    } catch (error) {
      if (error instanceof WebAssembly.RuntimeError) throw new RuntimeTrap(`${entry} trapped`);
      throw error;
    } finally {
      this.overlay = undefined;
    }
  }
}

/** The WebAssembly, which is kept compressed, as text. */
export async function runtimeCode(): Promise<ArrayBuffer> {
  const { default: deflated } = await import('../gen/runtime.js');
  const bytes = Uint8Array.from(atob(deflated), (character) => character.charCodeAt(0));
  const inflated = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  return new Response(inflated).arrayBuffer();
}
