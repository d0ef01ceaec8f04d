import { expect, it } from 'vitest';
import { hostOf } from '../../components/internal/origins.js';

it('an origin is shown so that no two look alike: a site by its name, one without encryption as such', () => {
  const origins = [
    'https://shop.example',
    'http://shop.example',
    'https://shop.example:8443',
    'http://shop.example:8443',
    'app:shop.example',
  ];
  expect(origins.map(hostOf)).toEqual([
    'shop.example',
    'http://shop.example',
    'shop.example:8443',
    'http://shop.example:8443',
    'app:shop.example',
  ]);
});
