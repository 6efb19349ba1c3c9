import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultProxy } from '@baton/testkit/fault-proxy';
import pg from 'pg';
import type { BackendName } from '../world/backends.ts';
import { type LinkEnd, linksOf, type Member, type ServiceKind, serviceKinds } from '../world/world.ts';
import type { FaultKind, Heal, Scene } from './fault.ts';
import { repeatMessages } from './on-nats.ts';
import { asAdmin, exhaustConnections } from './on-postgres.ts';
import type { Random } from './random.ts';

const LINKS = serviceKinds.flatMap((kind) => linksOf[kind].map((end) => `${kind}→${end}`));
const ENTRANCE = 'clients→gateway';
const ALL_LINKS = [...LINKS, ENTRANCE];
const SERVERS: readonly BackendName[] = ['postgres', 'redis', 'nats'];
const MODEL_BEHAVIOURS = [
  'hang',
  'reset',
  'slow-first-token-1000',
  'slow-first-token-3000',
  'error-500',
  'rate-limited',
  'out-of-quota',
  'stall-mid-stream',
  'cut-mid-stream',
  'end-mid-stream',
  'empty',
  'content-filter',
  'babble',
  'promises-human-without-tool',
  'garbage-tool-call',
  'invalid-tool-arguments',
  'unknown-tool',
  'tool-and-text',
  'two-tool-calls',
  'tool-loop',
];

const nothing: Heal = async () => {};
const partsOfLink = (target: string) => {
  const [from = '', to = ''] = target.split('→');
  return from === 'clients' ? [to, 'clients'] : [from, to];
};

// The targets of a fault come from its own list.
const kindOf = (target: string) => target as ServiceKind;
const serverOf = (target: string) => target as BackendName;

/** Starts it again without waiting until it is well: what it needs may be broken, too. */
function revive({ process }: Member): void {
  if (process.exit !== undefined) process.start().catch(() => {});
}

/** The proxies of a link: of all members, or, as often, of one. */
function proxiesOf({ world }: Scene, target: string, random: Random): FaultProxy[] {
  const [from = '', to = ''] = target.split('→');
  const ends =
    from === 'clients'
      ? world.of('gateway').map(({ entrance }) => entrance)
      : world.of(kindOf(from)).map(({ links }) => links[to as LinkEnd]);
  const there = ends.filter((one) => one !== undefined);
  return random.chance(0.5) ? there : [random.pick(there)];
}

const onService = (
  holdMs: readonly [number, number],
  inject: (members: Member[], random: Random, scene: Scene, kind: ServiceKind) => Promise<Heal>,
): FaultKind => ({
  targets: serviceKinds,
  parts: (target) => [target],
  holdMs,
  inject: (scene, target, random) => inject(scene.world.of(kindOf(target)), random, scene, kindOf(target)),
});

const onLink = (holdMs: readonly [number, number], act: (proxy: FaultProxy, random: Random) => void): FaultKind => ({
  targets: ALL_LINKS,
  parts: partsOfLink,
  holdMs,
  async inject(scene, target, random) {
    const proxies = proxiesOf(scene, target, random);
    for (const proxy of proxies) act(proxy, random);
    return async () => {
      for (const proxy of proxies) proxy.heal();
    };
  },
});

const onServer = (
  targets: readonly BackendName[],
  holdMs: readonly [number, number],
  inject: (scene: Scene, server: BackendName) => Promise<Heal>,
): FaultKind => ({
  targets,
  parts: (target) => [target],
  holdMs,
  inject: (scene, target) => inject(scene, serverOf(target)),
});

const onClients = (
  kind: string,
  holdMs: readonly [number, number],
  inject: (scene: Scene, random: Random, holdMs: number) => void,
): FaultKind => ({
  targets: [kind],
  parts: () => ['clients'],
  holdMs,
  async inject(scene, _target, random) {
    inject(scene, random, holdMs[1]);
    return nothing;
  },
});

/** The replies in place of which a connection is reset: bytes of the request, and of the reply that follows it. */
const LOST_ANSWERS: Record<string, { request: string; answer: string }> = {
  // Postgres' ReadyForQuery in an idle transaction state comes when the commit is done.
  'session→postgres append': { request: 'append', answer: 'Z\0\0\0\x05I' },
  'session→postgres control apply': { request: 'control apply', answer: 'Z\0\0\0\x05I' },
  'session→postgres turn begin': { request: 'turn begin', answer: 'Z\0\0\0\x05I' },
  'queue→redis script': { request: 'evalsha', answer: '"result"' },
  'queue→nats assign': { request: '.session.assign', answer: '"ok":true' },
  'gateway→nats append': { request: '.session.append', answer: '"repeated":false' },
  'ai→nats append': { request: '.session.append', answer: '"repeated":false' },
  'clients→gateway send': { request: '', answer: '"repeated":false' },
};

export const DISK_FULL = 'disk full';

export const faultKinds: Record<string, FaultKind> = {
  'killed (SIGKILL)': onService([500, 4_000], async (members, random) => {
    const member = random.pick(members);
    await member.process.kill();
    return async () => revive(member);
  }),
  'all killed': onService([500, 3_000], async (members) => {
    await Promise.all(members.map(({ process }) => process.kill()));
    return async () => members.forEach(revive);
  }),
  'stopped (SIGTERM)': onService([500, 4_000], async (members, random) => {
    const member = random.pick(members);
    await member.process.term();
    return async () => revive(member);
  }),
  'frozen (SIGSTOP)': onService([1_000, 10_000], async (members, random) => {
    const { process } = random.pick(members);
    process.pause();
    return async () => process.resume();
  }),
  'frozen for a minute (SIGSTOP)': {
    ...onService([60_000, 60_000], async (members, random) => {
      const { process } = random.pick(members);
      process.pause();
      return async () => process.resume();
    }),
    seldom: true,
  },
  'crash loop': onService([2_000, 6_000], async (members, random) => {
    const member = random.pick(members);
    let healed = false;
    const looping = (async () => {
      while (!healed) {
        await member.process.kill();
        revive(member);
        await sleep(random.int(200, 1_200));
      }
    })();
    return async () => {
      healed = true;
      await looping;
      revive(member);
    };
  }),
  'rolling restart': onService([0, 0], async (members) => {
    for (const member of members) {
      await member.process.term();
      await member.process.start().catch(() => {});
    }
    return nothing;
  }),
  'scaled 1 → more → 1': onService([1_000, 3_000], async (members, _random, { world }, kind) => {
    const [first, ...others] = members;
    await Promise.all(others.map(({ process }) => process.term()));
    if (first) revive(first);
    // As many as there were, and one more the first time.
    others.forEach(revive);
    if (members.length < 3) await world.add(kind).catch(() => {});
    return async () => others.forEach(revive);
  }),

  'link cut': onLink([300, 4_000], (proxy) => proxy.trouble({ cut: true })),
  'link silent both ways': onLink([1_000, 8_000], (proxy) => proxy.trouble({ blackhole: ['up', 'down'] })),
  'link silent one way': onLink([1_000, 8_000], (proxy, random) =>
    proxy.trouble({ blackhole: [random.pick(['up', 'down'] as const)] }),
  ),
  'link slow': onLink([1_000, 5_000], (proxy, random) => proxy.trouble({ delayMs: random.int(20, 400) })),
  'link reset': onLink([0, 0], (proxy) => proxy.reset()),
  'answer lost': {
    targets: Object.keys(LOST_ANSWERS),
    parts: (target) => partsOfLink(target.split(' ')[0] ?? ''),
    holdMs: [300, 1_500],
    async inject(scene, target, random) {
      const which = LOST_ANSWERS[target];
      if (which === undefined) throw new Error(`there is no such answer: ${target}`);
      const set = proxiesOf(scene, target.split(' ')[0] ?? '', random).map((proxy) => proxy.loseAnswer(which));
      return async () => {
        for (const one of set) one.cancel();
      };
    },
  },

  'server killed': onServer(SERVERS, [500, 5_000], async ({ world }, name) => {
    const server = world.backends[name];
    await server.kill();
    return () => server.start();
  }),
  'server frozen': onServer(['redis', 'nats'], [1_000, 8_000], async ({ world }, name) => {
    const server = world.backends[name];
    await server.signal('SIGSTOP');
    return () => server.signal('SIGCONT');
  }),
  'server restarted empty': onServer(['redis', 'nats'], [300, 3_000], async ({ world }, name) => {
    const server = world.backends[name];
    await server.kill();
    await server.wipe();
    return () => server.start();
  }),
  'data flushed': onServer(['redis'], [0, 0], async ({ world }) => {
    await world.flushRedis();
    return nothing;
  }),
  [DISK_FULL]: onServer(['postgres'], [1_000, 5_000], async ({ world }, name) => {
    const { disk } = world.backends;
    if (disk === undefined) throw new Error('Postgres has no small disk here');
    await disk.fill();
    return async () => {
      await disk.empty();
      // Without room for its own log Postgres may have ended.
      await world.backends[name].revive();
    };
  }),
  'connections ended by the server': onServer(['postgres'], [0, 0], async ({ world }) => {
    await asAdmin(world, (admin) =>
      admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [world.root]),
    );
    return nothing;
  }),
  'connections exhausted': onServer(['postgres'], [1_000, 4_000], ({ world }) => exhaustConnections(world)),
  'tables locked': onServer(['postgres'], [500, 5_000], async ({ world }) => {
    const client = new pg.Client({ connectionString: world.databaseUrl });
    client.on('error', () => {});
    await client.connect();
    await client.query('BEGIN; LOCK TABLE chat_sessions IN EXCLUSIVE MODE');
    return async () => void (await client.end().catch(() => {}));
  }),

  model: {
    targets: MODEL_BEHAVIOURS,
    parts: () => ['model'],
    holdMs: [1_000, 6_000],
    async inject({ world }, behaviour) {
      await world.modelBehaves(behaviour);
      return () => world.modelBehaves('usual');
    },
  },
  'model killed': {
    targets: ['model'],
    parts: () => ['model'],
    holdMs: [500, 4_000],
    async inject({ world }) {
      await world.model.kill();
      return async () => void world.model.start().catch(() => {});
    },
  },

  'storm of reconnects': onClients('clients', [0, 0], ({ customers, agents }) => {
    for (const { connection } of [...customers, ...agents]) connection?.cut();
  }),
  'clients that do not read': onClients('clients', [1_000, 4_000], ({ customers }, random, holdMs) => {
    for (const { connection } of customers) if (random.chance(0.5)) connection?.stopReading(holdMs);
  }),

  'messages of NATS repeated and reordered': {
    targets: ['event', 'bot', 'live', 'agent'],
    parts: () => ['nats messages'],
    holdMs: [1_000, 6_000],
    inject: ({ world }, target, random) => repeatMessages(world, target, random),
  },
};
