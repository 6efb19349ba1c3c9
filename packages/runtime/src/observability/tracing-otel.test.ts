import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';

const runtime = JSON.stringify(new URL('../index.ts', import.meta.url).href);
/** A service that does one thing and stops. It prints each module of OpenTelemetry's SDK; prom-client loads its API. */
const PROGRAM = `
  import { registerHooks } from 'node:module';
  registerHooks({
    load(url, context, next) {
      if (/@opentelemetry\\/(?!api\\/)/.test(url)) console.log(JSON.stringify({ loaded: url }));
      return next(url, context);
    },
  });
  const { commonConfig, inSpan, inTrace, runService } = await import(${runtime});
  await runService({ name: 'test', config: commonConfig }, async ({ release }) => {
    const open = setInterval(() => {}, 1_000);
    release('work', () => clearInterval(open));
    inTrace('00-${'a'.repeat(32)}-${'b'.repeat(16)}-01', () => inSpan('inner', 'client', () => {}), 'outer');
    setImmediate(() => process.kill(process.pid, 'SIGTERM'));
  });
`;

async function run(env: NodeJS.ProcessEnv) {
  const child = spawn(process.execPath, ['--input-type=module', '-e', PROGRAM], {
    env: { ...process.env, LOG_LEVEL: 'info', ...env },
  });
  let output = '';
  child.stdout.on('data', (data) => {
    output += data;
  });
  const [code] = await once(child, 'close');
  const lines = output
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  return {
    code,
    loaded: lines.flatMap(({ loaded }) => loaded ?? []),
    messages: lines.flatMap(({ msg }) => msg ?? []),
  };
}

/** A collector of OTLP over HTTP that answers each request with `status`. */
async function startCollector(status = 200) {
  const bodies: string[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    bodies.push(`${request.url} ${body}`);
    response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, bodies };
}

// A process is started in each, on a machine that may be busy.
describe('[O4] tracing', { timeout: 60_000 }, () => {
  it('without an endpoint nothing of the SDK is loaded', async () => {
    const { code, loaded, messages } = await run({});
    expect(messages).toEqual(['test is up', 'stopping', 'stopped']);
    expect(loaded).toEqual([]);
    expect(code).toBe(0);
  });

  it('with one, spans are sent before the process ends, of the trace that the caller named', async () => {
    const { endpoint, bodies } = await startCollector();
    const { code, loaded } = await run({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint });
    expect(code).toBe(0);
    expect(loaded.length).toBeGreaterThan(0);
    expect(bodies).toHaveLength(1);
    const [path = '', body = ''] = bodies[0]?.split(/ (.*)/s) ?? [];
    expect(path).toBe('/v1/traces');
    const [resource] = JSON.parse(body).resourceSpans;
    const { spans } = resource.scopeSpans[0];
    expect(spans).toMatchObject([
      { name: 'inner', kind: 3, traceId: 'a'.repeat(32), parentSpanId: spans[1].spanId },
      { name: 'outer', kind: 2, traceId: 'a'.repeat(32), parentSpanId: 'b'.repeat(16) },
    ]);
    expect(resource.resource.attributes).toContainEqual({ key: 'service.name', value: { stringValue: 'test' } });
  });

  it('keeps no trace when the share to keep is 0', async () => {
    const { endpoint, bodies } = await startCollector();
    await run({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_TRACES_SAMPLER_ARG: '0' });
    expect(bodies).toEqual([]);
  });

  it('a collector that refuses or is gone costs one line and a short stop', async () => {
    const refusing = await startCollector(500);
    for (const endpoint of [refusing.endpoint, 'http://127.0.0.1:1']) {
      const start = performance.now();
      const { code, messages } = await run({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint });
      expect(code).toBe(0);
      expect(messages).toEqual([
        'test is up',
        'stopping',
        'spans cannot be sent to the collector; they are dropped',
        'stopped',
      ]);
      expect(performance.now() - start).toBeLessThan(15_000);
    }
  });
});
