import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SNAPSHOT_PATH } from '../documents/documents.ts';
import { adviceFor, compareWire, describeChanges } from './wire-diff.ts';
import { snapshotText, type WireSnapshot, wireSnapshot } from './wire-snapshot.ts';

const frozenText = readFileSync(join(import.meta.dirname, '../../../..', SNAPSHOT_PATH), 'utf8');

describe('the wire', () => {
  it('is as it was frozen', () => {
    const frozen = JSON.parse(frozenText) as WireSnapshot;
    const current = wireSnapshot();
    const changes = compareWire(frozen, current);
    if (changes.length > 0)
      expect.fail(
        `The wire is not as ${SNAPSHOT_PATH} froze it.\n\n${describeChanges(changes)}\n\n${adviceFor(changes, frozen, current)}`,
      );
    expect(snapshotText(current), 'edited by hand? pnpm contracts:generate').toBe(frozenText);
  });
});

describe('comparing two states of the wire', () => {
  /** What is found when a copy of the frozen wire is changed. Paths lead to real places, so a typing error fails. */
  const changesAfter = (change: (wire: Loose) => void): string[] => {
    const before = JSON.parse(frozenText) as WireSnapshot;
    const after = structuredClone(before);
    change(after as unknown as Loose);
    return compareWire(before, after).map(({ severity, where, what }) => `${severity}: ${where}: ${what}`);
  };
  // biome-ignore lint/suspicious/noExplicitAny: JSON of any shape, to be broken in every way
  type Loose = any;

  it.each<[string, (wire: Loose) => void, string[]]>([
    ['nothing', () => {}, []],
    [
      'a new optional member of a request',
      (wire) => {
        wire.endpoints['session.create'].request.properties.locale = { type: 'string' };
      },
      ['additive: session.create request.locale: was added'],
    ],
    [
      'a new required member of a request',
      (wire) => {
        wire.endpoints['session.create'].request.properties.locale = { type: 'string' };
        wire.endpoints['session.create'].request.required.push('locale');
      },
      ['breaking: session.create request.locale: was added, required'],
    ],
    [
      'an optional member of a request that becomes required',
      (wire) => wire.endpoints['session.create'].request.required.push('metadata'),
      ['breaking: session.create request.metadata: is required now'],
    ],
    [
      'a member of an answer that may be missing now',
      (wire) => wire.endpoints['session.create'].value.required.splice(0, 1),
      ['breaking: session.create value.repeated: may be missing now'],
    ],
    [
      'a member of a shape that is only sent, reported once however often the shape is used',
      (wire) => {
        delete wire.definitions.Session.properties.agentName;
      },
      ['breaking: Session (as sent by Baton).agentName: was removed'],
    ],
    [
      'a narrower limit on a request',
      (wire) => {
        wire.endpoints['session.create'].request.properties.userId.maxLength = 100;
      },
      ['breaking: session.create request.userId: maxLength was 200 and is 100'],
    ],
    [
      'a wider limit on a request',
      (wire) => {
        wire.endpoints['session.create'].request.properties.userId.maxLength = 300;
      },
      ['additive: session.create request.userId: maxLength was 200 and is 300'],
    ],
    [
      'a word that is no longer taken',
      (wire) => wire.clientEvents['agent:set_status'].payload.properties.status.enum.splice(1, 1),
      ['breaking: agent:set_status payload.status: "busy" is no longer possible'],
    ],
    [
      'a word that is taken now',
      (wire) => wire.clientEvents['agent:set_status'].payload.properties.status.enum.push('away'),
      ['additive: agent:set_status payload.status: "away" is possible now'],
    ],
    [
      'a word that readers do not know',
      (wire) => wire.definitions.Head.properties.status.enum.push('paused'),
      ['breaking: Head (as sent by Baton).status: "paused" is possible now'],
    ],
    [
      'a new cause of a change, which readers take as open',
      (wire) => wire.definitions.Change.properties.cause.enum.push('storm'),
      ['additive: Change (as sent by Baton).cause: "storm" is possible now'],
    ],
    [
      'a member that may be null now',
      (wire) => {
        wire.definitions.Head.properties.epoch = { anyOf: [wire.definitions.Head.properties.epoch, { type: 'null' }] };
      },
      ['breaking: Head (as sent by Baton).epoch: null is possible now'],
    ],
    [
      'another form of what a caller gave and is given back',
      (wire) => {
        wire.definitions.Session.properties.botContext.anyOf.push({ type: 'number' });
      },
      ['additive: Session (as sent by Baton).botContext: number is possible now'],
    ],
    [
      'a form of a request that is no longer taken',
      (wire) => wire.clientEvents['agent:release_session'].payload.properties.to.oneOf.pop(),
      ['breaking: agent:release_session payload.to: type "agent" is no longer possible'],
    ],
    [
      'another type',
      (wire) => {
        wire.definitions.Head.properties.epoch.type = 'string';
      },
      [
        'breaking: Head (as sent by Baton).epoch: string is possible now',
        'additive: Head (as sent by Baton).epoch: integer is no longer possible',
      ],
    ],
    [
      'another default',
      (wire) => {
        wire.endpoints['session.listEntries'].request.properties.limit.default = 50;
      },
      ['breaking: session.listEntries request.limit: left out meant 200 and means 50'],
    ],
    [
      'an endpoint and an event that are gone',
      (wire) => {
        delete wire.endpoints['session.get'];
        delete wire.serverEvents.typing;
      },
      ['breaking: endpoints session.get: was removed', 'breaking: serverEvents typing: was removed'],
    ],
    [
      'another subject',
      (wire) => {
        wire.endpoints['session.get'].subject = 'chat.session.fetch';
      },
      ['breaking: session.get: subject was chat.session.get and is chat.session.fetch'],
    ],
    [
      'an endpoint that must not be repeated any more',
      (wire) => {
        wire.endpoints['session.get'].repeatable = false;
      },
      ['breaking: session.get: repeatable was true and is false'],
    ],
    [
      'a new code and a new refusal with it',
      (wire) => {
        wire.codes.push('BANNED');
        wire.endpoints['session.get'].refusals.push('BANNED');
      },
      ['additive: code BANNED: was added', 'additive: session.get: may refuse with BANNED now'],
    ],
    ['a code that is gone', (wire) => wire.codes.splice(0, 1), ['breaking: code AGENT_OFFLINE: was removed']],
  ])('%s', (_, change, expected) => {
    expect(changesAfter(change)).toEqual(expected);
  });

  it('wants a higher version for what is breaking, and says how to get there', () => {
    const before = JSON.parse(frozenText) as WireSnapshot;
    const after = structuredClone(before);
    delete after.endpoints['session.get'];
    const changes = compareWire(before, after);
    expect(adviceFor(changes, before, after)).toContain(`raise PROTOCOL_VERSION`);
    after.protocolVersion++;
    expect(adviceFor(changes, before, after)).toBe('If it is meant: pnpm contracts:generate');
  });
});
