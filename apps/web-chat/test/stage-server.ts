import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type StaticServer, startStaticServer } from '@baton/testkit/browser';
import { buildStage } from '../stage/build.ts';

/** As the gateway serves its pages. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/** The stage, built and served under the pages' own content security policy. */
export async function serveStage(): Promise<StaticServer> {
  const folder = await mkdtemp(join(tmpdir(), 'baton-stage-'));
  await buildStage(folder);
  const server = await startStaticServer({ folder, headers: { 'content-security-policy': POLICY } });
  return {
    url: server.url,
    close: async () => {
      await server.close();
      await rm(folder, { recursive: true });
    },
  };
}
