/**
 * A step of a dialog by itself, for those that only a press of a person's own leads to: a story cannot make one.
 *
 * @module
 */
import { LitElement, type TemplateResult } from 'lit';
import { defineFlows } from '../../components/identity/define-flows.js';
import { flowStyles } from '../../components/identity/flow.styles.js';

class StoryStep extends LitElement {
  static override styles = flowStyles;
  static override properties = { step: { attribute: false } };

  declare step: TemplateResult;

  protected override render(): TemplateResult {
    return this.step;
  }
}

export function defineStoryStep(): void {
  defineFlows();
  if (!customElements.get('story-step')) customElements.define('story-step', StoryStep);
}
