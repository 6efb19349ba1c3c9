import { expect, it } from 'vitest';
import { namesakes } from './namesakes.ts';

it('agents of one name are told apart by their ids', () => {
  const told = namesakes([
    { id: '019a7c50-7d1e-7c3a-9f6e-2b8d41c0a7f5', name: 'Grace' },
    { id: '019a7c50-7d1e-7c3a-9f6e-2b8d41c01111', name: 'Gráce.' },
    { id: '019a7c50-7d1e-7c3a-9f6e-2b8d41c02222', name: 'Ada' },
  ]);
  expect([...told]).toEqual([
    ['019a7c50-7d1e-7c3a-9f6e-2b8d41c0a7f5', '#a7f5'],
    ['019a7c50-7d1e-7c3a-9f6e-2b8d41c01111', '#1111'],
  ]);
});
