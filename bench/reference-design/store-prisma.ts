import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from '../src/generated/client.ts';
import { type Store, TABLES } from './store.ts';

/** Postgres through the ORM that the reference design uses. */
export async function openWithPrisma(databaseUrl: string): Promise<Store> {
  const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: databaseUrl }) });
  for (const table of TABLES) await prisma.$executeRawUnsafe(table);
  return {
    createSession: (userId) => prisma.chatSession.create({ data: { userId } }),
    async updateStatus(id, status, assignedAgent) {
      await prisma.chatSession.update({ where: { id }, data: { status, assignedAgent } });
    },
    addMessage: (sessionId, content, sender) => prisma.message.create({ data: { sessionId, content, sender } }),
    close: () => prisma.$disconnect(),
  };
}
