import { expect, it } from 'vitest';
import { isOnOwnNetwork } from './own-network.ts';

it.each([
  ...['http://localhost:11434/v1', 'http://127.0.0.1:1234/v1', 'http://[::1]:8080', 'http://ollama:11434/v1'],
  ...['http://host.docker.internal:11434', 'http://10.1.2.3', 'http://192.168.0.7', 'http://[fd00::1]/v1'],
  ...['http://172.31.0.1', 'http://gpu.lan:8000'],
])('%s is on an own network', (url) => expect(isOnOwnNetwork(url)).toBe(true));

it.each([
  undefined,
  ...[
    'https://api.openai.com/v1',
    'http://172.32.0.1',
    'http://8.8.8.8',
    'http://[2001:4860::1]',
    'http://localhost.example',
  ],
])('%s is not', (url) => expect(isOnOwnNetwork(url)).toBe(false));
