/**
 * Base of the parts that a person goes through step by step: one thing is done at a time, why it failed is said, and the
 * focus goes on to what the next step marks with `data-first`.
 *
 * @module
 */
import { html, type TemplateResult } from 'lit';
import { state } from 'lit/decorators.js';
import { codeOf, type ErrorCode } from '../../core/errors.js';
import { errorText } from '../locales/en.js';
import { ComingElement } from './element.js';

export abstract class StepElement extends ComingElement {
  @state() protected busy = false;
  @state() protected problem: ErrorCode | undefined;

  /** Whether the next rendering takes the focus. */
  protected takesFocus = true;

  protected override updated(): void {
    if (!this.takesFocus) return;
    this.takesFocus = false;
    this.renderRoot.querySelector<HTMLElement>('[data-first]')?.focus();
  }

  /** Puts the focus on what the next rendering marks with `data-first`. */
  protected focusFirst(): void {
    this.takesFocus = true;
    this.requestUpdate();
  }

  /** Does something; when it fails, says why. False also while something else is being done. */
  protected async attempt(work: () => Promise<void>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.problem = undefined;
    try {
      await work();
      return true;
    } catch (error) {
      this.failed(error);
      return false;
    } finally {
      this.busy = false;
    }
  }

  protected failed(error: unknown): void {
    this.problem = codeOf(error);
  }

  /** What is said of the problem; empty without one. */
  protected get trouble(): string {
    return this.problem ? errorText(this.words, this.problem) : '';
  }

  /** @param otherwise - What is wrong where nothing was tried. */
  protected failure(otherwise?: ErrorCode): TemplateResult {
    const standing = otherwise ? errorText(this.words, otherwise) : '';
    return html`<p class="error" role="alert">${this.trouble || standing}</p>`;
  }
}
