import type { CSSResultGroup } from 'lit';
import { base } from '../styles/base.styles.js';
import { controls } from '../styles/controls.styles.js';
import { launcher } from '../styles/launcher.styles.js';
import { tokens } from '../styles/tokens.styles.js';

export const signInStyles: CSSResultGroup = [tokens, base, controls, launcher];
