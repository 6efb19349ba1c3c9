import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { ROOT } from './code-blocks.ts';

const prometheus = z.object({
  scrape_configs: z
    .array(z.object({ dns_sd_configs: z.array(z.object({ names: z.array(z.string()), port: z.number() })) }))
    .default([]),
});
const compose = z.object({
  services: z.record(z.string(), z.object({ environment: z.record(z.string(), z.unknown()).optional() })),
});

/** What a block of Prometheus' configuration gets wrong about where compose's services have their metrics. */
export function faultsOfScraping(text: string): string[] {
  const { services } = compose.parse(parse(readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8'), { merge: true }));
  const { scrape_configs: jobs } = prometheus.parse(parse(text));
  return jobs
    .flatMap(({ dns_sd_configs: found }) => found)
    .flatMap(({ names, port }) => names.map((name) => ({ name, port })))
    .flatMap(({ name, port }) => {
      const service = services[name];
      if (service === undefined) return [`there is no service ${name}`];
      const at = service.environment?.HEALTH_PORT;
      return at === port ? [] : [`${name} has its metrics at ${at}, not at ${port}`];
    });
}
