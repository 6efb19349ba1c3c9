import { expect, it } from 'vitest';
import { first, type HandMade, message, rulesBroken } from './test/hand-made.ts';

const entry = ({ ledger }: HandMade, seq: number) =>
  first(ledger.entries, (one) => one.sessionId === 's1' && one.seq === seq);
const send = ({ history }: HandMade, id: string) =>
  first(history.sends, ({ clientMessageId }) => clientMessageId === id);
const session = ({ ledger }: HandMade, id: string) => first(ledger.sessions, (one) => one.id === id);
const shown = ({ history }: HandMade, seq: number) =>
  first(history.shown, (one) => one.view === 'v1' && one.seq === seq);

it('finds nothing in a run in which everything was as promised', () => {
  expect(rulesBroken(() => {})).toEqual([]);
});

/** Takes an entry out of the end of the log, as if it had never been. */
function lose(made: HandMade, seq: number) {
  made.ledger.entries = made.ledger.entries.filter((one) => one.sessionId !== 's1' || one.seq !== seq);
  session(made, 's1').lastSeq = 6;
  made.history.shown = made.history.shown.filter((one) => one.view !== 'v1' || one.seq !== seq);
}

const broken: [promise: string, what: string, rules: string[], spoil: (made: HandMade) => void][] = [
  ['M1', 'an acknowledged message is not in the log', ['M1'], (made) => lose(made, 7)],
  [
    'M1',
    'it was acknowledged with another number',
    ['M1'],
    (made) => {
      send(made, 'm6').told = [{ ok: true, at: 700, seq: 5, id: 's1-6', repeated: false }];
    },
  ],
  [
    'M1',
    'a chat that was opened is gone',
    ['M1'],
    ({ history }) => history.starts.push({ client: 'eve', startId: 'x', sessionId: 's9' }),
  ],
  [
    'M2',
    'it is stored twice',
    ['M2'],
    (made) => {
      made.ledger.entries.splice(7, 0, message(8, { clientMessageId: 'm6', content: 'words s1 6' }));
      session(made, 's1').lastSeq = 8;
      made.history.shown.push({ view: 'v1', seq: 8, id: 's1-8', content: 'words s1 6', at: 800 });
    },
  ],
  [
    'M2',
    'a repeat gave another result',
    ['M2'],
    (made) => send(made, 'm6').told.push({ ok: true, at: 700, seq: 6, id: 'other', repeated: true }),
  ],
  [
    'M2',
    'it was new twice',
    ['M2'],
    (made) => send(made, 'm6').told.push({ ok: true, at: 700, seq: 6, id: 's1-6', repeated: false }),
  ],
  [
    'M2',
    'an id was taken with another content',
    ['M2'],
    ({ history }) =>
      history.probes.push({ client: 'ada', sessionId: 's1', clientMessageId: 'm2', told: { ok: true, code: '' } }),
  ],
  [
    'M2',
    'it was refused for good and is stored',
    ['M2'],
    (made) => {
      send(made, 'm2').told = [{ ok: false, at: 300, code: 'SESSION_CLOSED' }];
    },
  ],
  [
    'M2',
    'one start opened two chats',
    ['M2'],
    ({ history }) =>
      history.starts.push(
        { client: 'ada', startId: 'x', sessionId: 's1' },
        { client: 'ada', startId: 'x', sessionId: 's2' },
      ),
  ],
  [
    'M3',
    'a number is missing',
    ['M3', 'M4'],
    (made) => {
      made.ledger.entries = made.ledger.entries.filter((one) => one !== entry(made, 3));
      made.history.shown = made.history.shown.filter(({ seq }) => seq !== 3);
    },
  ],
  [
    'M3',
    'the log says that it is longer than it is',
    ['M3'],
    (made) => {
      session(made, 's2').lastSeq = 3;
    },
  ],
  [
    'M3',
    'a sender’s messages stand in another order',
    ['M3'],
    (made) => {
      send(made, 'm2').order = 3;
    },
  ],
  [
    'M3',
    'somebody was shown other words',
    ['M3'],
    (made) => {
      shown(made, 6).content = 'others';
    },
  ],
  [
    'M3',
    'somebody was shown what is not in the log',
    ['M3'],
    ({ history }) => history.shown.push({ view: 'v1', seq: 8, id: 'x', content: 'x', at: 900 }),
  ],
  ['M4', 'an entry was shown twice', ['M4'], (made) => made.history.shown.push({ ...shown(made, 7), at: 800 })],
  [
    'M4',
    'an entry was left out',
    ['M4', 'M5'],
    (made) => {
      made.history.shown = made.history.shown.filter((one) => one !== shown(made, 6));
    },
  ],
  [
    'M5',
    'the last entry was never shown',
    ['M5'],
    (made) => {
      made.history.shown = made.history.shown.filter((one) => one !== shown(made, 7));
    },
  ],
  [
    'M5',
    'it was shown late',
    ['M5'],
    (made) => {
      shown(made, 7).at = 9_000;
    },
  ],
];

it.each(broken)('[%s] %s', (_promise, _what, rules, spoil) => {
  expect(rulesBroken(spoil)).toEqual(rules);
});
