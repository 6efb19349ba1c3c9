import { Redis } from 'ioredis';
import { type ContenderQueue, inParts, levelOf, oneByOne } from './queue.ts';

const KEYS = ['lists:high', 'lists:normal', 'lists:low'] as const;

/** Plain Redis lists, one for each priority, as the reference design has them. */
export async function plainLists(redisUrl: string): Promise<ContenderQueue> {
  const redis = new Redis(redisUrl);
  const keyOf = (id: string) => KEYS[levelOf(id)];
  const claim = async () => {
    for (const key of KEYS) if ((await redis.lpop(key)) !== null) return;
  };
  return {
    async fill(ids) {
      for (const part of inParts(ids, 1_000)) {
        const pipeline = redis.pipeline();
        for (const id of part) pipeline.rpush(keyOf(id), id);
        await pipeline.exec();
      }
    },
    enqueue: (id) => redis.rpush(keyOf(id), id),
    claim,
    claimMany: oneByOne(claim),
    async position(id) {
      const lists = await Promise.all(KEYS.map((key) => redis.lrange(key, 0, -1)));
      return lists.flat().indexOf(id) + 1;
    },
    remove: (id) => redis.lrem(keyOf(id), 1, id),
    close: async () => redis.disconnect(),
  };
}
