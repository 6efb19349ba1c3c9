import { Queue, Worker } from 'bullmq';
import { inParts, type Line, levelOf } from './line.ts';

/** BullMQ's prioritised jobs, taken by hand as an agent would. */
export async function bullmqLine(redisUrl: string): Promise<Line> {
  const { hostname, port } = new URL(redisUrl);
  const connection = { host: hostname, port: Number(port), maxRetriesPerRequest: null };
  const queue = new Queue('bench', { connection, defaultJobOptions: { removeOnComplete: true } });
  const worker = new Worker('bench', null, { connection });
  await Promise.all([queue.waitUntilReady(), worker.waitUntilReady()]);
  const job = (id: string) => ({
    name: 'wait',
    data: { sessionId: id, reason: 'The customer asked for a human.' },
    // 0 would be a plain job, which is not prioritised.
    opts: { jobId: id, priority: levelOf(id) + 1 },
  });
  let tokens = 0;
  return {
    async fill(ids) {
      for (const part of inParts(ids, 1_000)) await queue.addBulk(part.map(job));
    },
    enqueue: (id) => queue.add(job(id).name, job(id).data, job(id).opts),
    async claim() {
      const token = `agent-${tokens++}`;
      const next = await worker.getNextJob(token, { block: false });
      await next?.moveToCompleted('taken', token, false);
    },
    position: undefined,
    remove: (id) => queue.remove(id),
    async close() {
      await worker.close();
      await queue.close();
    },
  };
}
