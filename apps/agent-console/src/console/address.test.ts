import { expect, it } from 'vitest';
import { chatInAddress } from './address.ts';

it('reads the chat that an address names, and nothing else', () => {
  const id = '01990000-0000-7000-8000-00000000abcd';
  expect(chatInAddress(`#/chat/${id}`)).toBe(id);
  expect(chatInAddress(`#/chat/${id.toUpperCase()}`)).toBe(id);
  expect(['', '#', '#/chat/', '#/chat/x', `#/chat/${id}/more`, `#/other/${id}`].map(chatInAddress)).toEqual(
    Array.from({ length: 6 }, () => null),
  );
});
