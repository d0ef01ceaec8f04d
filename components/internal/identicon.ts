/**
 * A picture drawn from a Coming ID, the same everywhere, so that a change is noticed.
 *
 * It helps to recognise and proves nothing: similar pictures can be searched for.
 *
 * @module
 */
import { svg, html, type TemplateResult } from 'lit';

const CELLS = 5;
/** Centre of the first cell, and the way from one to the next, in a picture of 36 by 36. */
const FIRST = 8;
const STEP = 5;

/** 128 bits spread over the whole id (four FNV-1a lanes with different seeds, then mixed). */
function spread(text: string): Uint32Array {
  const lanes = Uint32Array.of(0x811c9dc5, 0x9e3779b9, 0x85ebca6b, 0xc2b2ae35);
  for (let at = 0; at < text.length; at += 1) {
    for (let lane = 0; lane < 4; lane += 1) {
      lanes[lane] = Math.imul((lanes[lane] ?? 0) ^ (text.charCodeAt(at) + lane), 0x01000193);
    }
  }
  return lanes.map((lane) => {
    const mixed = Math.imul(lane ^ (lane >>> 16), 0x7feb352d);
    return Math.imul(mixed ^ (mixed >>> 15), 0x846ca68b) ^ (mixed >>> 16);
  });
}

/** The picture as an SVG with presentation attributes only, so that no style policy is in its way. */
export function identicon(comingId: string): TemplateResult {
  const [low = 0, high = 0, hueBits = 0, turn = 0] = spread(comingId);
  const hue = hueBits % 360;
  const second = (hue + 90 + (turn % 180)) % 360;
  const layers = ['', '', '', ''];
  // The left half and the middle column are drawn from two bits per cell, the right half mirrors them.
  for (let column = 0; column < 3; column += 1) {
    for (let row = 0; row < CELLS; row += 1) {
      const cell = column * CELLS + row;
      const layer = ((low >>> cell) & 1) | (((high >>> cell) & 1) << 1);
      const columns = column === 2 ? [2] : [column, CELLS - 1 - column];
      layers[layer] += columns.map((x) => dot(FIRST + x * STEP, FIRST + row * STEP)).join('');
    }
  }
  return html`<svg class="identicon" viewBox="0 0 36 36" aria-hidden="true" focusable="false">
    ${svg`<circle cx="18" cy="18" r="18" fill="hsl(${hue} 70% 92%)"></circle>
    <path d=${layers[1]} fill="hsl(${hue} 55% 42%)"></path>
    <path d=${layers[2]} fill="hsl(${hue} 60% 68%)"></path>
    <path d=${layers[3]} fill="hsl(${second} 65% 50%)"></path>`}
  </svg>`;
}

const dot = (x: number, y: number): string => `M${x - 2.3} ${y}a2.3 2.3 0 1 0 4.6 0a2.3 2.3 0 1 0-4.6 0`;
