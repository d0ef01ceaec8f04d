import type { StorybookConfig } from '@storybook/web-components-vite';
import { withAliases } from '../scripts/aliases.mjs';

const config: StorybookConfig = {
  stories: ['../stories/*.stories.ts'],
  addons: ['@storybook/addon-docs', '@storybook/addon-a11y', '@storybook/addon-vitest'],
  framework: { name: '@storybook/web-components-vite', options: {} },
  core: { disableTelemetry: true, disableWhatsNewNotifications: true },
  viteFinal: (vite) => {
    vite.plugins = [...(vite.plugins ?? []), withAliases()];
    return vite;
  },
};

export default config;
