import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createMetrics } from './metrics.ts';

const figureOf = (text: string, figure: string) =>
  Number(new RegExp(`^nodejs_eventloop_lag_${figure}_seconds\\{.*\\} (\\S+)$`, 'm').exec(text)?.[1]);

function block(milliseconds: number): void {
  for (const end = performance.now() + milliseconds; performance.now() < end; );
}

it('[O4] tells how late the event loop was since the last scrape', async () => {
  const { registry } = createMetrics('test');
  await registry.metrics();
  await pause(250);
  block(400);
  await pause(250);
  const blocked = await registry.metrics();
  expect(figureOf(blocked, 'max')).toBeGreaterThan(0.25);
  expect(figureOf(blocked, 'p99')).toBeGreaterThan(0.25);
  expect(figureOf(blocked, 'min')).toBeLessThan(0.2);
  await pause(450);
  expect(figureOf(await registry.metrics(), 'max')).toBeLessThan(0.25);
});
