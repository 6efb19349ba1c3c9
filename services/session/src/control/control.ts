import { setTimeout as pause } from 'node:timers/promises';
import type { Agent, ErrorCode, Refusal, Session, Wait } from '@baton/contracts';
import { OutcomeUnknown, Unavailable } from '@baton/runtime';
import type { Publications } from '../publications.ts';
import type { Decision } from './decisions.ts';
import type { ControlStore } from './store-postgres.ts';
import type { AgentsById, Applied, ControlChange, SessionView } from './view.ts';

/** Rounds in a row in which every change was lost to another writer. */
const MAX_CONFLICTS = 20;
/** Changes in one statement. */
const MAX_CHANGES = 200;

/** The outcome for one session. `wait` is the current wait, or the last one. */
export type Result<Code extends ErrorCode> =
  | { kind: 'changed'; session: Session; wait: Wait | null }
  | { kind: 'unchanged'; session: Session; wait: Wait | null }
  | { kind: 'refused'; refusal: Refusal<Code> };

/** The only way in which control of a session changes. */
export interface Control {
  /**
   * Reads sessions, decides about each, applies the decisions, and publishes the changes. A session that changed
   * between reading and applying is read and decided again. Every such conflict means that another writer made
   * progress, so the retries end.
   * @throws Unavailable after too many conflicts; OutcomeUnknown when some sessions were changed before that.
   * @returns the outcome by session, without those that do not exist.
   */
  changeAll<Code extends ErrorCode>(
    sessionIds: readonly string[],
    decide: (view: SessionView, agents: AgentsById) => Decision<Code>,
    options?: { agentIds?: readonly string[]; offline?: string },
  ): Promise<Map<string, Result<Code>>>;
  /** The same for one session; undefined when it does not exist. */
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
    let toMarkOffline = offline ?? null;
    let conflicts = 0;
    while (pending.length > 0 || toMarkOffline !== null) {
      const batch = pending.slice(0, MAX_CHANGES);
      const changes: ControlChange[] = [];
      if (batch.length > 0) {
        const { views, agents } = await store.readViews(batch, agentIds);
        const agentsById = new Map(agents.map((agent) => [agent.id, agent]));
        for (const view of views) {
          const decision = decide(view, agentsById);
          if (decision.kind === 'change') changes.push(decision.change);
          else results.set(view.session.id, resultWithoutChange(decision, view));
        }
      }
      if (changes.length > 0 || toMarkOffline !== null) {
        const outcome = await store.applyChanges(changes, toMarkOffline);
        toMarkOffline = null;
        publish(outcome);
        for (const { session, wait } of outcome.applied) results.set(session.id, { kind: 'changed', session, wait });
      }
      const lost = changes.filter(({ sessionId }) => !results.has(sessionId)).map(({ sessionId }) => sessionId);
      pending = [...lost, ...pending.slice(MAX_CHANGES)];
      conflicts = changes.length > 0 && lost.length === changes.length ? conflicts + 1 : 0;
      if (conflicts === MAX_CONFLICTS) {
        const someChanged = [...results.values()].some(({ kind }) => kind === 'changed');
        throw new (someChanged ? OutcomeUnknown : Unavailable)(
          `control of ${lost.length} sessions could not be settled`,
        );
      }
      if (conflicts > 1) await pause(Math.random() * 10);
    }
    return results;
  }

  return {
    changeAll,
    change: async (sessionId, decide, agentIds = []) =>
      (await changeAll([sessionId], decide, { agentIds })).get(sessionId),
  };
}

function resultWithoutChange<Code extends ErrorCode>(
  decision: Exclude<Decision<Code>, { kind: 'change' }>,
  view: SessionView,
): Result<Code> {
  if (decision.kind === 'refused') return decision;
  return { kind: 'unchanged', session: view.session, wait: lastWait(view) };
}

function lastWait({ session, lastWait }: SessionView): Wait | null {
  return lastWait && { sessionId: session.id, position: null, ...lastWait };
}
