import { expect, it } from 'vitest';
import { ariaKeys, type Pressed, shortcutFor, shortcuts } from './shortcuts.ts';

const press = (keys: Partial<Pressed>, where = { typing: false, single: true }) =>
  shortcutFor({ altKey: false, ctrlKey: false, metaKey: false, shiftKey: false, code: '', key: '', ...keys }, where);

it('goes by the physical key, whatever Alt types with it', () => {
  expect(press({ altKey: true, code: 'KeyP', key: 'π' })).toEqual({ name: 'takeNext' });
  expect(press({ altKey: true, code: 'Digit3', key: '“' })).toEqual({ name: 'nth', nth: 2 });
  expect(press({ altKey: true, code: 'ArrowDown' })).toEqual({ name: 'next' });
});

it('leaves alone what belongs to the browser, the system or the text', () => {
  expect(press({ altKey: true, ctrlKey: true, code: 'KeyP' })).toBeUndefined();
  expect(press({ metaKey: true, code: 'KeyP' })).toBeUndefined();
  expect(press({ code: 'KeyP', key: 'p' })).toBeUndefined();
  expect(press({ altKey: true, shiftKey: true, code: 'KeyP' })).toBeUndefined();
  expect(press({ altKey: true, code: 'KeyQ' })).toBeUndefined();
});

it('opens the list on ? only where nobody writes, and only if that is wanted', () => {
  const question = { shiftKey: true, key: '?', code: 'Slash' };
  expect(press(question)).toEqual({ name: 'list' });
  expect(press(question, { typing: true, single: true })).toBeUndefined();
  expect(press(question, { typing: false, single: false })).toBeUndefined();
});

it('has each key once', () => {
  const codes = shortcuts.flatMap(({ code }) => code ?? []);
  expect(new Set(codes).size).toBe(codes.length);
  expect(ariaKeys('previous')).toBe('Alt+ArrowUp');
  expect(ariaKeys('send')).toBeUndefined();
});
