/**
 * Runs the runtime, as a Substrate node does: the WebAssembly that the state holds under `:code`. Each call gets a fresh
 * instance in cleared memory.
 *
 * @module
 */
import { hostFunctions } from './host-functions.js';
import { CODE_KEY } from './keys.js';
import { CallMemory } from './memory.js';
import { Overlay } from './overlay.js';
import { setValue } from './trie.js';

const PAGES = 32;
const NOTHING = new Uint8Array();

/** The runtime gave up on a call: bytes that no client should send, or a broken rule inside it. */
export class RuntimeTrap extends Error {
  override readonly name = 'RuntimeTrap';
}

export class Runtime {
  private readonly memory = new WebAssembly.Memory({ initial: PAGES });
  private readonly callMemory = new CallMemory(this.memory);
  private overlay: Overlay | undefined;
  private readonly imports: WebAssembly.Imports;
  /** By their code, of which a state and all that follow it hold the same array. */
  private readonly modules = new WeakMap<Uint8Array, WebAssembly.Module>();

  private constructor(
    /** What a chain begins with. */
    readonly code: Uint8Array,
    module: WebAssembly.Module,
  ) {
    this.modules.set(code, module);
    const host = hostFunctions(
      this.callMemory,
      () => this.overlay!,
      (other) => this.versionOf(other),
    );
    this.imports = { env: { memory: this.memory, ...host } };
  }

  static async load(): Promise<Runtime> {
    const code = await runtimeCode();
    return new Runtime(new Uint8Array(code), await WebAssembly.compile(code));
  }

  has(entry: string, { code }: Overlay): boolean {
    return WebAssembly.Module.exports(this.moduleOf(code!)).some(
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
    const { exports } = new WebAssembly.Instance(this.moduleOf(overlay.code!), this.imports);
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

  private moduleOf(code: Uint8Array): WebAssembly.Module {
    let module = this.modules.get(code);
    if (!module) {
      module = new WebAssembly.Module(code as Uint8Array<ArrayBuffer>);
      this.modules.set(code, module);
    }
    return module;
  }

  /** The encoded version that other code says it has; undefined of what is no runtime for this host. */
  private versionOf(code: Uint8Array): Uint8Array | undefined {
    try {
      const other = new Runtime(code, new WebAssembly.Module(code as Uint8Array<ArrayBuffer>));
      return other.call('Core_version', NOTHING, new Overlay(setValue(undefined, CODE_KEY, code)));
    } catch {
      return undefined;
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
