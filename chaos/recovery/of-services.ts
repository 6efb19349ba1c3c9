import { setTimeout as sleep } from 'node:timers/promises';
import type { Person } from '../clients/customer.ts';
import type { Scene } from '../faults/fault.ts';
import { type Member, type ServiceKind, serviceKinds } from '../world/world.ts';
import { quantile, type Recovery } from './recovery.ts';

const KILLS = 4;
/** From a kill to the restart, and from the restart to the next kill. */
const DOWN_MS = 5_000;
const UP_MS = 3_000;
/** Sends within this time after a kill count as affected by it. */
const JUDGED_MS = 5_000;

/** [O1] How long the affected sends of clients wait that are not connected to the killed process. */
const killed = (kind: ServiceKind): Recovery => ({
  name: `one ${kind} killed`,
  async measure(scene, recorder) {
    const waits: number[] = [];
    let unanswered = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      await sleep(UP_MS);
      const members = scene.world.of(kind);
      const member = members[kill % members.length];
      if (member === undefined) throw new Error(`no ${kind} runs`);
      const others = new Set(elsewhere(scene, member).map(({ name }) => name));
      const at = Date.now();
      await member.process.kill();
      await sleep(DOWN_MS);
      const starting = member.process.start();
      await sleep(1_000);
      for (const { client, sentAt, told } of recorder.history.sends) {
        const answered = told.find(({ ok }) => ok)?.at;
        const met = sentAt <= at + JUDGED_MS && (answered === undefined || answered >= at);
        if (!others.has(client) || !met || told.some(isFinal)) continue;
        if (answered === undefined) unanswered++;
        else waits.push(answered - Math.max(at, sentAt));
      }
      await starting;
    }
    return [
      {
        what: `wait for an acknowledgement, p99 of ${waits.length} (slowest ${Math.max(0, ...waits)} ms)`,
        value: quantile(waits, 0.99),
        unit: 'ms',
        atMost: 3_000,
      },
      { what: 'sends still without an answer a second after', value: unanswered, unit: '', atMost: 0 },
    ];
  },
});

/** Refused because of the session's state, as when it has ended: a retry would change nothing. */
const isFinal = (told: { ok: boolean; code?: string }) =>
  !told.ok && ['SESSION_CLOSED', 'NOT_FOUND', 'NOT_ASSIGNED', 'STALE_EPOCH', 'ID_REUSED'].includes(told.code ?? '');

const people = ({ customers, agents }: Scene): Person[] => [...customers, ...agents];

/** Clients that are connected now, and not to this one. */
const elsewhere = (scene: Scene, { entrance }: Member): Person[] =>
  people(scene).filter(
    ({ connection }) => connection?.up && !(entrance && connection.at.endsWith(`:${entrance.port}`)),
  );

/** What a good client does not report: the server is stopping or the connection was lost, so it reconnects elsewhere. */
const QUIET = new Set(['DRAINING', 'LOST']);
/** Caused by the session and not by the restart: two agents claimed it, or control had changed. */
const OF_THE_CHAT = new Set([
  'QUEUE_EMPTY',
  'ALREADY_TAKEN',
  'NOT_WAITING',
  'AT_CAPACITY',
  'AGENT_OFFLINE',
  'SESSION_CLOSED',
  'NOT_ASSIGNED',
  'STALE_EPOCH',
  'ID_REUSED',
  'NOT_FOUND',
  'FORBIDDEN',
]);

const rollingRestart: Recovery = {
  name: 'rolling restart of all gateways',
  async measure({ world, ...scene }, recorder) {
    await sleep(UP_MS);
    const from = Date.now();
    for (const { process } of world.of('gateway')) {
      await process.term();
      await process.start();
      await sleep(UP_MS);
    }
    const absences = recorder.history.absences.filter((one) => one.to >= from).map((one) => one.to - one.from);
    const still = people({ world, ...scene }).filter(({ connection }) => !connection?.up).length;
    const errors = recorder.history.answers.filter(
      ({ at, ok, code = '' }) => at >= from && !ok && !QUIET.has(code) && !OF_THE_CHAT.has(code),
    );
    return [
      { what: `away, the longest of ${absences.length}`, value: Math.max(0, ...absences), unit: 'ms', atMost: 5_000 },
      { what: 'clients not back', value: still, unit: '', atMost: 0 },
      {
        what: `errors shown ${[...new Set(errors.map(({ code }) => code))].join(' ')}`.trim(),
        value: errors.length,
        unit: '',
        atMost: 0,
      },
    ];
  },
};

export const recoveriesOfServices: readonly Recovery[] = [...serviceKinds.map(killed), rollingRestart];
