import { setTimeout as pause } from 'node:timers/promises';
import type { Agent, ErrorCode, Refusal, Session, Wait } from '@baton/contracts';
import { Unavailable } from '@baton/runtime';
import { OutcomeUnknown } from '../platform/database-errors.ts';
import type { Publications } from '../publications.ts';
import type { Decision } from './decisions.ts';
import type { ControlStore } from './store-postgres.ts';
import type { AgentsById, Applied, ControlChange, SessionView } from './view.ts';

/** Times that nothing of what was decided could be carried out, as others were quicker each time. */
const MAX_FRUITLESS = 20;
/** Changes in one statement. */
const MAX_CHANGES = 200;

/** What became of one session. `wait` is the present one; of a session that does not wait, the one that it came from. */
export type Result<Code extends ErrorCode> =
  | { kind: 'changed'; session: Session; wait: Wait | null }
  | { kind: 'unchanged'; session: Session; wait: Wait | null }
  | { kind: 'refused'; refusal: Refusal<Code> };

/** The one way in which control of a session changes. */
export interface Control {
  /**
   * Reads sessions, decides about each, carries it out, and announces it. What has changed between reading and carrying
   * out is read and decided again; each such round means that somebody else's change was made, so it ends.
   * @throws Unavailable when others were quicker again and again; OutcomeUnknown when some were changed before that.
   * @returns what became of each; sessions that do not exist are missing.
   */
  changeAll<Code extends ErrorCode>(
    sessionIds: readonly string[],
    decide: (view: SessionView, agents: AgentsById) => Decision<Code>,
    options?: { agentIds?: readonly string[]; offline?: string },
  ): Promise<Map<string, Result<Code>>>;
  /** The same for one; undefined when it does not exist. */
  change<Code extends ErrorCode>(
    sessionId: string,
    decide: (view: SessionView, agents: AgentsById) => Decision<Code>,
    agentIds?: readonly string[],
  ): Promise<Result<Code> | undefined>;
}

export function createControl(options: {
  store: ControlStore;
  publications: Pick<Publications, 'controlChanged' | 'sessionAssigned' | 'agentChanged'>;
}): Control {
  const { store, publications } = options;

  const publish = ({ applied, agents }: { applied: Applied[]; agents: Agent[] }) => {
    for (const { session, entries, source } of applied) {
      publications.controlChanged(session.id, entries, { waitingSince: session.waitingSince, source });
      if (session.status === 'agent' && session.assignedAgent !== null)
        publications.sessionAssigned(session.assignedAgent, session.id, session.epoch);
    }
    for (const agent of agents) publications.agentChanged(agent);
  };

  async function changeAll<Code extends ErrorCode>(
    sessionIds: readonly string[],
    decide: (view: SessionView, agents: AgentsById) => Decision<Code>,
    { agentIds = [], offline }: { agentIds?: readonly string[]; offline?: string } = {},
  ): Promise<Map<string, Result<Code>>> {
    const results = new Map<string, Result<Code>>();
    let pending = [...sessionIds];
    let toMark = offline ?? null;
    let fruitless = 0;
    while (pending.length > 0 || toMark !== null) {
      const part = pending.slice(0, MAX_CHANGES);
      const changes: ControlChange[] = [];
      if (part.length > 0) {
        const { views, agents } = await store.readViews(part, agentIds);
        const agentsById = new Map(agents.map((agent) => [agent.id, agent]));
        for (const view of views) {
          const decision = decide(view, agentsById);
          if (decision.kind === 'change') changes.push(decision.change);
          else results.set(view.session.id, settledAs(decision, view));
        }
      }
      if (changes.length > 0 || toMark !== null) {
        const done = await store.applyChanges(changes, toMark);
        toMark = null;
        publish(done);
        for (const { session, wait } of done.applied) results.set(session.id, { kind: 'changed', session, wait });
      }
      const again = changes.filter(({ sessionId }) => !results.has(sessionId)).map(({ sessionId }) => sessionId);
      pending = [...again, ...pending.slice(MAX_CHANGES)];
      fruitless = changes.length > 0 && again.length === changes.length ? fruitless + 1 : 0;
      if (fruitless === MAX_FRUITLESS) {
        const isDone = [...results.values()].some(({ kind }) => kind === 'changed');
        throw new (isDone ? OutcomeUnknown : Unavailable)(`control of ${again.length} sessions could not be settled`);
      }
      if (fruitless > 1) await pause(Math.random() * 10);
    }
    return results;
  }

  return {
    changeAll,
    change: async (sessionId, decide, agentIds = []) =>
      (await changeAll([sessionId], decide, { agentIds })).get(sessionId),
  };
}

function settledAs<Code extends ErrorCode>(
  decision: Exclude<Decision<Code>, { kind: 'change' }>,
  view: SessionView,
): Result<Code> {
  if (decision.kind === 'refused') return decision;
  return { kind: 'unchanged', session: view.session, wait: lastWait(view) };
}

function lastWait({ session, lastWait }: SessionView): Wait | null {
  return lastWait && { sessionId: session.id, position: null, ...lastWait };
}
