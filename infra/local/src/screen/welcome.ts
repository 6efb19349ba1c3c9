import { withoutSecrets } from '@baton/addresses';
import { keyIsPlaceholder, type ServiceSpec } from '../processes/services.ts';
import { DATA_SHOWN } from '../project.ts';
import type { Backend } from '../servers/backends.ts';
import { elapsed, heading } from './screen.ts';

/** What somebody who has just started Baton needs to know. */
export function welcome(system: {
  url: string;
  services: readonly ServiceSpec[];
  backends: readonly Backend[];
  env: NodeJS.ProcessEnv;
  watch: boolean;
  /** What is not well; see `healthy`. */
  troubles: string[];
}): string {
  const { url, services, backends, env, watch, troubles } = system;
  const model = services.find(({ name }) => name === 'offline-model');
  const metrics = services
    .filter(({ name }) => name !== 'offline-model')
    .map(({ name, innerPort }) => `${name} :${innerPort}`);
  const rows: [string, string][] = [
    ['Chat', `${url}  (also Socket.IO)`],
    ['Agents', `${url}/agent, and ${url}/admin for who leads them`],
    ['Health', `${url}/health`],
    ['Metrics', `GET /metrics on this machine: ${metrics.join(', ')}`],
    ...backends.map(({ name, title, url: at, own }): [string, string] => [
      title,
      `${withoutSecrets(at)}${name === 'nats' ? `  (${natsCommand(at, own !== undefined)})` : ''}`,
    ]),
    ['Model', model ? `the offline model, http://127.0.0.1:${model.innerPort}/v1` : realModel(env)],
    ['Logs', `${DATA_SHOWN}logs/`],
  ];
  const tries: [string, string][] = [
    [url, 'chat in a browser, ask for a person, and be one in another window at /agent'],
    ['npm run test:client', 'the same in a second terminal'],
    ['npm run nats:services', 'every service on NATS, its endpoints and their statistics'],
  ];
  return [
    '',
    heading(`Baton is up after ${elapsed()}${watch ? ', and restarts what you edit' : ''}.`),
    '',
    ...table(rows),
    '',
    ...troubles.map((trouble) => `Not all is well: ${trouble}`),
    ...(troubles.length > 0 ? [''] : []),
    heading('Three things to try'),
    ...table(tries),
    '',
    ...(keyIsPlaceholder(env) ? ['OPENAI_API_KEY is a placeholder, not a key, so the offline model answers.'] : []),
    ...(model ? ['For a real model set OPENAI_API_KEY or OPENAI_BASE_URL (see .env.example).'] : []),
    `Ctrl-C stops everything; the data stays in ${DATA_SHOWN}`,
    '',
  ].join('\n');
}

/** How the NATS command line, which looks at port 4222 of this machine by itself, looks inside. */
function natsCommand(url: string, ours: boolean): string {
  if (!ours) return 'look inside with nats micro ls';
  const usual = new URL(url).port === '4222';
  return `look inside with nats ${usual ? '' : `--server ${url} `}micro ls`;
}

function realModel(env: NodeJS.ProcessEnv): string {
  const name = env.OPENAI_MODEL ?? 'the default model';
  return `${name} at ${withoutSecrets(env.OPENAI_BASE_URL ?? 'api.openai.com')}`;
}

function table(rows: [string, string][]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
