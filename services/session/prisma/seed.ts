// Sample data for development: two agents, and a session in each state. Running it again adds what is missing.
import type { Change } from '@baton/contracts';
import { PrismaPg } from '@prisma/adapter-pg';
import { sentence } from '../src/control/sentences.ts';
import { type Prisma, PrismaClient } from '../src/generated/client.ts';
import { type Sample, sampleAgents, samples } from './samples.ts';

const url = process.env.DATABASE_URL;
if (!url) stop('DATABASE_URL is not set. See .env.example.');
if (process.env.NODE_ENV === 'production') stop('Sample data is not for production (NODE_ENV).');
// The adapter reads every time as UTC, whatever the server's own zone is.
const prisma = new PrismaClient({
  adapter: new PrismaPg({ connectionString: url, options: '-c TimeZone=UTC' }),
});

try {
  const agents = await prisma.agent.createMany({ data: [...sampleAgents], skipDuplicates: true });
  const known = await prisma.chatSession.findMany({
    where: { id: { in: samples.map(({ id }) => id) } },
    select: { id: true },
  });
  const missing = samples.filter(({ id }) => !known.some((session) => session.id === id));
  for (const sample of missing) {
    const session = rowsOf(sample);
    await prisma.$transaction([
      prisma.chatSession.create({ data: session }),
      prisma.agent.updateMany({
        where: { id: session.status === 'agent' ? sampleAgents[0].id : '' },
        data: { active: { increment: 1 } },
      }),
    ]);
  }
  process.stdout.write(`Added ${agents.count} agents and ${missing.length} sessions; the rest was there already.\n`);
} finally {
  await prisma.$disconnect();
}

function stop(reason: string): never {
  process.stderr.write(`${reason}\n`);
  process.exit(1);
}

/** The rows that the service would have written for a sample. */
function rowsOf(sample: Sample): Prisma.ChatSessionUncheckedCreateInput & { status: Change['to'] } {
  const [agent] = sampleAgents;
  const createdAt = new Date(Date.now() - sample.minutesAgo * 60_000);
  const entries: Prisma.MessageUncheckedCreateWithoutSessionInput[] = [];
  const waits: Prisma.TransferRequestUncheckedCreateWithoutSessionInput[] = [];
  const counts = { userMessages: 0, botMessages: 0, agentMessages: 0, waitingTime: 0 };
  let now = createdAt;
  let state: Change | undefined;
  let stateSince = createdAt;
  let firstCustomerAt: Date | undefined;
  let firstResponseTime: number | undefined;

  for (const line of sample.lines) {
    now = new Date(now.getTime() + line.after * 1000);
    const entry = { seq: entries.length + 1, timestamp: now };
    if ('says' in line) {
      const byAgent = line.sender === 'agent' && { senderId: agent.id, senderName: agent.name };
      entries.push({ ...entry, content: line.says, sender: line.sender, ...byAgent });
      counts[`${line.sender}Messages`] += 1;
      if (line.sender === 'user') firstCustomerAt ??= now;
      else if (firstCustomerAt) firstResponseTime ??= now.getTime() - firstCustomerAt.getTime();
      continue;
    }
    const change: Change = {
      from: state?.to ?? null,
      epoch: (state?.epoch ?? 0) + 1,
      ...line.turns,
      ...(line.turns.to === 'agent' && { agentId: agent.id, agentName: agent.name }),
    };
    entries.push({ ...entry, kind: 'event', sender: 'system', content: sentence(change, { before: null }), change });
    if (state?.to === 'waiting') {
      counts.waitingTime += (now.getTime() - stateSince.getTime()) / 1000;
      Object.assign(waits.at(-1) ?? {}, { isActive: false, processedAt: now, outcome: change.cause });
    }
    if (change.to === 'waiting') {
      waits.push({
        reason: change.reason ?? '',
        priority: change.priority ?? 'normal',
        requestedAt: now,
        enqueuedAt: now,
        requestedBy: change.by,
        ...(sample.brief && { brief: { ...sample.brief } }),
      });
    }
    state = change;
    stateSince = now;
  }

  const status = state?.to ?? 'bot';
  return {
    id: sample.id,
    userId: sample.userId,
    status,
    metadata: { ...sample.metadata },
    epoch: state?.epoch ?? 1,
    lastSeq: entries.length,
    createdAt,
    updatedAt: now,
    lastCustomerAt: firstCustomerAt ?? null,
    ...(status === 'agent' && { assignedAgentId: agent.id, assignedAt: stateSince }),
    ...(status === 'waiting' && { waitingSince: stateSince }),
    ...(status === 'closed' && { closedAt: now }),
    entries: { create: entries },
    transferRequests: { create: waits },
    analytics: {
      create: {
        ...counts,
        totalMessages: counts.userMessages + counts.botMessages + counts.agentMessages,
        wasTransferred: waits.length > 0,
        firstCustomerAt: firstCustomerAt ?? null,
        firstResponseTime: firstResponseTime ?? null,
        createdAt,
        ...(status === 'agent' && { firstAgentId: agent.id, lastAgentId: agent.id }),
        ...(status === 'closed' && {
          sessionDuration: Math.round((now.getTime() - createdAt.getTime()) / 1000),
          closedBy: state?.by ?? null,
          rating: sample.rating ?? null,
          ratedAt: sample.rating === undefined ? null : now,
        }),
      },
    },
  };
}
