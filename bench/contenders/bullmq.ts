import { type Job, Queue, Worker } from 'bullmq';
import { byTakers, type ContenderQueue, inParts, levelOf } from './queue.ts';

/** The next job's data and id, if one was asked for and is there. */
type Completed = Awaited<ReturnType<Job['moveToCompleted']>>;

/** Its own way from one job to the next, which is kept for those who extend it. */
class Taker extends Worker {
  override nextJobFromJobData(...job: Parameters<Worker['nextJobFromJobData']>) {
    return super.nextJobFromJobData(...job);
  }
}

/** BullMQ's prioritised jobs, taken by hand as an agent would. */
export async function bullmqQueue(redisUrl: string): Promise<ContenderQueue> {
  const { hostname, port } = new URL(redisUrl);
  const connection = { host: hostname, port: Number(port), maxRetriesPerRequest: null };
  const queue = new Queue('bench', { connection, defaultJobOptions: { removeOnComplete: true } });
  const worker = new Taker('bench', null, { connection });
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
    // As BullMQ's own workers do: the worker that completes a job is given the next by the same script.
    claimMany: (takers, count) =>
      byTakers(takers, count, async (another, taker) => {
        const token = `agent-${taker}`;
        if (!another()) return;
        let job: Job | undefined = await worker.getNextJob(token, { block: false });
        while (job) {
          const onward = another();
          const next: Completed = await job.moveToCompleted('taken', token, onward);
          job = onward && next?.[0] ? await worker.nextJobFromJobData(next[0], next[1], token) : undefined;
        }
      }),
    position: undefined,
    remove: (id) => queue.remove(id),
    async close() {
      await worker.close();
      await queue.close();
    },
  };
}
