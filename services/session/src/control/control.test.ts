import type { Session } from '@baton/contracts';
import { Unavailable } from '@baton/runtime';
import { expect, it, vi } from 'vitest';
import { createControl } from './control.ts';
import { change, refused, UNCHANGED } from './decisions.ts';
import type { ControlStore } from './store-postgres.ts';
import type { ControlChange, SessionView } from './view.ts';

const view = (id: string, epoch: number) =>
  // Only the fields that these tests read.
  ({ session: { id, epoch, status: 'bot', waitingSince: null } as Session, lastWait: null }) as SessionView;
const wanted = (it: SessionView) => ({ sessionId: it.session.id, epoch: it.session.epoch }) as ControlChange;

/** A store whose sessions another writer changes before each of the first `late` changes. */
function fakeStore(ids: string[], late: number) {
  const epochs = new Map(ids.map((id) => [id, 1]));
  let reads = 0;
  const applied: string[] = [];
  const store: ControlStore = {
    async readViews(sessionIds) {
      reads++;
      const views = sessionIds.flatMap((id) => (epochs.has(id) ? [view(id, epochs.get(id) ?? 0)] : []));
      return { views, agents: [] };
    },
    async applyChanges(changes) {
      if (late-- > 0) for (const id of epochs.keys()) epochs.set(id, (epochs.get(id) ?? 0) + 1);
      const done = changes.filter(({ sessionId, epoch }) => epochs.get(sessionId) === epoch);
      applied.push(...done.map(({ sessionId }) => sessionId));
      return {
        applied: done.map((one) => ({ ...view(one.sessionId, one.epoch), entries: [], wait: null, source: null })),
        agents: [],
      };
    },
  };
  return { store, applied, reads: () => reads };
}

const fakePublications = () => ({ controlChanged: vi.fn(), sessionAssigned: vi.fn(), agentChanged: vi.fn() });

it('[C2] reads and decides again after a conflict', async () => {
  const { store, applied, reads } = fakeStore(['a'], 3);
  const publications = fakePublications();
  const result = await createControl({ store, publications }).change('a', (it) => change(wanted(it)));
  expect(result).toMatchObject({ kind: 'changed', session: { epoch: 4 } });
  expect(applied).toEqual(['a']);
  expect(reads()).toBe(4);
  expect(publications.controlChanged).toHaveBeenCalledTimes(1);
});

it('omits sessions that do not exist, and publishes only changes', async () => {
  const { store } = fakeStore(['same', 'no'], 0);
  const publications = fakePublications();
  const results = await createControl({ store, publications }).changeAll(['same', 'no', 'missing'], (it) =>
    it.session.id === 'same' ? UNCHANGED : refused('NOT_WAITING', 'x'),
  );
  expect([...results].map(([id, { kind }]) => [id, kind])).toEqual([
    ['same', 'unchanged'],
    ['no', 'refused'],
  ]);
  expect(publications.controlChanged).not.toHaveBeenCalled();
});

it('changes many sessions, some hundreds in a statement', async () => {
  const ids = Array.from({ length: 450 }, (_, n) => `s${n}`);
  const { store, applied, reads } = fakeStore(ids, 0);
  const results = await createControl({ store, publications: fakePublications() }).changeAll(ids, (it) =>
    change(wanted(it)),
  );
  expect(results.size).toBe(450);
  expect(applied).toEqual(ids);
  expect(reads()).toBe(3);
});

it('gives up after too many conflicts', async () => {
  const { store } = fakeStore(['a'], Number.POSITIVE_INFINITY);
  const { change: attempt } = createControl({ store, publications: fakePublications() });
  const settled = attempt('a', (it) => change(wanted(it)));
  await expect(settled).rejects.toThrow('could not be settled');
  // As when a customer keeps writing: nothing was committed, so the caller may retry.
  await expect(settled).rejects.toBeInstanceOf(Unavailable);
});
