import { css, html, nothing, type CSSResultGroup, type PropertyValues, type TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import { scannerWords, type ScannerWords } from '../locales/en-scanner.js';
import { base } from '../styles/base.styles.js';
import { controls } from '../styles/controls.styles.js';
import { ComingElement } from './element.js';

/** A text was read. Stays inside of the element that has the scanner: it may hold a key. */
export class ScannedEvent extends Event {
  constructor(readonly text: string) {
    super('scanned');
  }
}

/** How often the picture is looked at, ms. */
const LOOK = 150;
/** The longer side of the picture that is looked at: as much as a code on a screen needs. */
const SIDE = 800;

/**
 * Reads a text that another screen shows: with the camera, once the visitor asks for it, or pasted. What the camera
 * sees stays in the page. A part inside of other elements.
 *
 * @tagname coming-scanner
 * @fires {ScannedEvent} scanned - A text was read.
 */
export class ComingScanner extends ComingElement {
  static override styles: CSSResultGroup = [
    base,
    controls,
    css`
      :host {
        display: grid;
        gap: var(--_space-3);
        grid-template-columns: minmax(0, 1fr);
      }
      .frame {
        aspect-ratio: 4 / 3;
        background: #000;
        border-radius: var(--_radius-control);
        inline-size: 100%;
        object-fit: cover;
      }
      .paste {
        display: grid;
        gap: var(--_space-2);
      }
      textarea.field {
        display: block;
        font-family: var(--_mono);
        font-size: var(--_size-small);
        min-block-size: 4.5rem;
        resize: vertical;
      }
    `,
  ];

  /** What the field is called into which the text is pasted. */
  @property({ attribute: false }) label = '';

  @state() private filming = false;
  @state() private denied = false;

  @query('video') private video!: HTMLVideoElement | null;
  @query('textarea') private field!: HTMLTextAreaElement;

  #stream: MediaStream | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Grows with every start and stop, so that a camera that comes too late is switched off at once. */
  #turn = 0;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stop();
    this.denied = false;
  }

  protected override get words(): ScannerWords {
    return scannerWords(this.strings);
  }

  protected override render(): TemplateResult {
    const { words, filming } = this;
    return html`${hasCamera() ? this.#camera() : nothing}
      <form class="paste" @submit=${this.#pasted}>
        <div>
          <label class="label" for="text">${this.label}</label>
          <textarea class="field" id="text" spellcheck="false" autocomplete="off" required></textarea>
        </div>
        <button class=${filming ? 'secondary' : 'primary'} type="submit">${words.scanPasted}</button>
      </form>`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (!(changed as Map<string, unknown>).has('filming') || !this.video || !this.#stream) return;
    this.video.srcObject = this.#stream;
    void this.video.play().catch(() => undefined);
  }

  #camera(): TemplateResult {
    const { words, filming } = this;
    return html`
      ${
        filming
          ? html`<video class="frame" muted playsinline aria-label=${words.scanPicture}></video>
              <button class="secondary" type="button" @click=${this.#stop}>${words.scanStop}</button>`
          : html`<button class="secondary" type="button" @click=${this.#start}>${words.scanStart}</button>`
      }
      <p class="small muted" role="status">
        ${filming ? words.scanHint : this.denied ? words.scanDenied : ''}
      </p>
    `;
  }

  readonly #start = async (): Promise<void> => {
    const turn = ++this.#turn;
    this.denied = false;
    let stream: MediaStream;
    let read: Reader;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
    } catch {
      this.denied = turn === this.#turn;
      return;
    }
    try {
      read = await openReader();
    } catch {
      end(stream);
      return;
    }
    if (turn !== this.#turn) return end(stream);
    this.#stream = stream;
    this.filming = true;
    this.#look(read, turn);
  };

  #look(read: Reader, turn: number): void {
    this.#timer = setTimeout(async () => {
      const { video } = this;
      const text = video && video.readyState >= 2 ? await read(video).catch(() => '') : '';
      if (turn !== this.#turn) return;
      if (!text) return this.#look(read, turn);
      this.#stop();
      this.dispatchEvent(new ScannedEvent(text));
    }, LOOK);
  }

  readonly #stop = (): void => {
    this.#turn += 1;
    clearTimeout(this.#timer);
    if (this.#stream) end(this.#stream);
    this.#stream = undefined;
    this.filming = false;
  };

  readonly #pasted = (event: SubmitEvent): void => {
    event.preventDefault();
    const text = this.field.value.trim();
    this.field.value = '';
    this.#stop();
    if (text) this.dispatchEvent(new ScannedEvent(text));
  };
}

/** Reads the code in a picture; empty when there is none. */
type Reader = (video: HTMLVideoElement) => Promise<string>;

interface Detector {
  detect(source: HTMLVideoElement): Promise<readonly { readonly rawValue: string }[]>;
}
interface DetectorClass {
  new (options: { formats: readonly string[] }): Detector;
  getSupportedFormats(): Promise<readonly string[]>;
}

/** The browser's own detector where there is one, else a library. */
async function openReader(): Promise<Reader> {
  const { BarcodeDetector: native } = globalThis as { BarcodeDetector?: DetectorClass };
  const formats = (await native?.getSupportedFormats().catch(() => [])) ?? [];
  if (native && formats.includes('qr_code')) {
    const detector = new native({ formats: ['qr_code'] });
    return async (video) => (await detector.detect(video))[0]?.rawValue ?? '';
  }
  const { decodeQR } = await import('qr/decode.js');
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  return async (video) => {
    const scale = Math.min(1, SIDE / Math.max(video.videoWidth, video.videoHeight));
    canvas.width = Math.round(video.videoWidth * scale);
    canvas.height = Math.round(video.videoHeight * scale);
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    return decodeQR(context.getImageData(0, 0, canvas.width, canvas.height));
  };
}

const hasCamera = (): boolean => Boolean(globalThis.navigator?.mediaDevices?.getUserMedia);

function end(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}
