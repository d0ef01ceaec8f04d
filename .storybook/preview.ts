import type { Preview } from '@storybook/web-components-vite';
import { configure } from 'storybook/test';

// A slow machine is not an error: stories wait for what they show, and a second is short for a chain of its own.
configure({ asyncUtilTimeout: 15_000 });

const preview: Preview = {
  tags: ['autodocs'],
  parameters: {
    a11y: { test: 'error' },
    layout: 'padded',
    controls: { disable: true },
  },
};

export default preview;
