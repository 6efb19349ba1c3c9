import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '@baton/runtime';
import { describe, expect, it } from 'vitest';
import { workspaceConfig } from './config.ts';

const env = { DATABASE_URL: 'postgresql://localhost/chat', WORKSPACE_SECRET: 's'.repeat(32) };
const acme = {
  OIDC_1_ID: 'acme',
  OIDC_1_ISSUER: 'https://id.acme.example',
  OIDC_1_CLIENT_ID: 'baton',
  OIDC_1_CLIENT_SECRET: 'secret',
};
const read = (more: Record<string, string>) => readConfig(workspaceConfig, { ...env, ...more }).providers;

describe('identity providers', () => {
  it('are none without settings, and those that are set, in the order of their numbers', () => {
    expect(read({})).toEqual([]);
    const second = {
      OIDC_3_ID: 'local',
      OIDC_3_LABEL: 'Our own',
      OIDC_3_ISSUER: 'http://127.0.0.1:8080/realms/baton',
      OIDC_3_CLIENT_ID: 'baton',
      OIDC_3_CLIENT_SECRET: 'secret',
      OIDC_3_DOMAINS: 'Acme.example, acme.org',
      OIDC_3_TRUST_MFA: 'true',
    };
    expect(read({ ...second, ...acme })).toEqual([
      {
        id: 'acme',
        label: 'acme',
        issuer: 'https://id.acme.example',
        clientId: 'baton',
        clientSecret: 'secret',
        domains: [],
        trustMfa: false,
      },
      expect.objectContaining({ id: 'local', label: 'Our own', domains: ['acme.example', 'acme.org'], trustMfa: true }),
    ]);
  });

  it('have their secret in a file, where one is named', () => {
    const folder = mkdtempSync(join(tmpdir(), 'baton-oidc-'));
    const file = join(folder, 'secret');
    writeFileSync(file, 'from the file\n');
    const { OIDC_1_CLIENT_SECRET: _, ...rest } = acme;
    expect(read({ ...rest, OIDC_1_CLIENT_SECRET_FILE: file })[0]?.clientSecret).toBe('from the file');
    rmSync(folder, { recursive: true });
  });

  it.each([
    ['a missing setting', { OIDC_1_CLIENT_SECRET: '' }, 'OIDC_1_CLIENT_SECRET: must be set'],
    ['an issuer without TLS', { OIDC_1_ISSUER: 'http://id.acme.example' }, 'OIDC_1_ISSUER: must be a URL'],
    ['an issuer with more than a path', { OIDC_1_ISSUER: 'https://id.acme.example?a' }, 'OIDC_1_ISSUER: must be a URL'],
    ['an id that is no part of an address', { OIDC_1_ID: 'Acme/..' }, 'OIDC_1_ID: must have at most 32'],
    ['domains that are addresses', { OIDC_1_DOMAINS: 'ada@acme.example' }, 'OIDC_1_DOMAINS: must be domains'],
    ['a word for a flag', { OIDC_1_TRUST_MFA: 'always' }, 'OIDC_1_TRUST_MFA: must be true or false'],
    ['two of one id', { OIDC_2_ID: 'acme' }, 'OIDC_2_ID: is set for another one already'],
    ['two of one issuer', { OIDC_2_ISSUER: acme.OIDC_1_ISSUER }, 'OIDC_2_ISSUER: is set for another one already'],
  ])('%s stops the process, which names it', (_, wrong, message) => {
    const second = { OIDC_2_ID: 'b', OIDC_2_ISSUER: 'https://b', OIDC_2_CLIENT_ID: 'b', OIDC_2_CLIENT_SECRET: 'b' };
    expect(() => read({ ...acme, ...second, ...wrong })).toThrow(message);
  });
});
