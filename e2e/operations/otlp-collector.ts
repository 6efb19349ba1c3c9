import { createServer } from 'node:http';
import { freePort } from '@baton/testkit';

/** A span as OTLP's JSON has it, with the name of the service that made it. */
export interface CollectedSpan {
  service: string;
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
}

interface ExportRequest {
  resourceSpans: {
    resource: { attributes: { key: string; value: { stringValue?: string } }[] };
    scopeSpans: { spans: Omit<CollectedSpan, 'service'>[] }[];
  }[];
}

/** Takes what services send by OTLP over HTTP, and keeps it. */
export async function startCollector() {
  const spans: CollectedSpan[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    // The exporter's own form, by the protocol's specification.
    const sent = JSON.parse(body) as ExportRequest;
    for (const { resource, scopeSpans } of sent.resourceSpans) {
      const service = resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue ?? '';
      for (const { spans: some } of scopeSpans) spans.push(...some.map((span) => ({ ...span, service })));
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${port}`,
    spans: spans as readonly CollectedSpan[],
    ofTrace: (traceId: string) => spans.filter((span) => span.traceId === traceId),
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
