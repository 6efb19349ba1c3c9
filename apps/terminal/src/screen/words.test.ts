import { describe, expect, it } from 'vitest';
import { DEFAULT_URL, readOptions } from '../options.ts';
import { helpLines, understand } from './commands.ts';
import { harmless } from './foreign.ts';
import { beginning, column, duration, lineOf, noteLine, positionWords } from './words.ts';

describe("a stranger's words", () => {
  it.each<[string, string, string]>([
    ['cannot move the cursor', '\u001b[2Jgone', '[2Jgone'],
    ['cannot set the title', '\u001b]0;owned\u0007', ']0;owned'],
    ['cannot use the eight-bit codes either', '\u009b2J', '2J'],
    ['cannot overwrite their line', 'good\rbad', 'good\nbad'],
    ['cannot turn the direction of writing', 'a\u202eb\u2066c', 'abc'],
    ['keep their lines and tabs', 'a\r\n\tb', 'a\n\tb'],
    ['keep their letters', 'Zoë 👨‍👩‍👧 日本', 'Zoë 👨‍👩‍👧 日本'],
  ])('%s', (_, given, expected) => {
    expect(harmless(given)).toBe(expected);
  });

  it('keep their direction to themselves, for any author and in any position', () => {
    const name = 'אבי\u202e';
    const kept = '\u2068אבי\u2069';
    const change = { from: 'waiting', to: 'agent', cause: 'agent_assigned', by: 'agent', epoch: 3 } as const;
    const assigned = {
      kind: 'change',
      seq: 4,
      change: { ...change, agentName: name, reason: name },
      sentence: name,
    } as const;
    expect(lineOf(assigned, 'customer').text).toBe(`You’re chatting with ${kept}. ${kept}`);
    expect(lineOf(assigned, 'agent').text).toBe(kept);
    const said = {
      id: 'i',
      sessionId: 's',
      kind: 'message',
      seq: 2,
      sender: 'agent',
      timestamp: '',
      metadata: {},
    } as const;
    const message = { ...said, senderName: name, content: `${name}\n${name}` };
    expect(lineOf({ kind: 'message', seq: 2, message }, 'customer')).toMatchObject({
      who: kept,
      text: `${kept}\n${kept}`,
    });
    const note = { id: 'n', sessionId: 's', agentId: 'a', agentName: name, content: name, createdAt: '' };
    expect(noteLine(note)).toMatchObject({ who: `note by ${kept}`, text: kept });
    expect(beginning(name, 10)).toBe(kept);
    expect(column(name, 5)).toBe(`${kept}  `);
    expect(column('Ada', 5)).toBe('Ada  ');
  });

  it('are shortened without cutting a character', () => {
    expect(beginning('a\nb  c', 10)).toBe('a b c');
    expect(beginning('😀😀😀😀', 3)).toBe('😀😀…');
  });
});

it('a customer reads changes of control as what happened to them, without what agents tell each other', () => {
  const change = { from: 'waiting', to: 'bot', cause: 'customer_cancelled', by: 'user', epoch: 3 } as const;
  const sentence = 'The customer no longer waits for an agent. Reason: told the agents';
  const item = { kind: 'change', seq: 4, change: { ...change, reason: 'told the agents' }, sentence } as const;
  expect(lineOf(item, 'customer').text).toBe('You left the queue. The assistant is back.');
  expect(lineOf(item, 'agent').text).toBe(sentence);
});

it('a customer reads what an agent tells about a change of control', () => {
  const change = { from: 'agent', to: 'closed', cause: 'agent_closed', by: 'agent', epoch: 4 } as const;
  const item = { kind: 'change', seq: 5, change: { ...change, reason: 'Write to us anytime.' }, sentence: '' } as const;
  expect(lineOf(item, 'customer').text).toBe('The agent ended the chat. Write to us anytime.');
});

it('an answer that was cut short says so', () => {
  const message = { id: 'i', sessionId: 's', kind: 'message', seq: 2, sender: 'bot', timestamp: '' } as const;
  const line = (metadata: { cut?: string }) =>
    lineOf({ kind: 'message', seq: 2, message: { ...message, content: 'One, two…', metadata } }, 'customer').text;
  expect(line({ cut: 'length' })).toBe('One, two…\n(This answer was cut short. Ask it to continue.)');
  expect(line({})).toBe('One, two…');
});

describe('[Q4] place and estimate', () => {
  const place = { sessionId: 's', waiting: 5, priority: 'normal' as const };
  it.each([
    [{ ...place, position: 1, estimate: null }, 'You’re next.'],
    [
      { ...place, position: 1, estimate: null, online: false },
      'Nobody is online right now. You keep your place in the queue, and the assistant answers meanwhile; /cancel to leave the queue.',
    ],
    [{ ...place, position: 1, estimate: null, online: true }, 'You’re next.'],
    [{ ...place, position: 2, estimate: null }, 'You’re number 2 of 5 in the queue.'],
    [{ ...place, position: 1, estimate: { lowSeconds: 0, highSeconds: 40 } }, 'You’re next. Wait: under a minute.'],
    [
      { ...place, position: 3, estimate: { lowSeconds: 120, highSeconds: 300 } },
      'You’re number 3 of 5 in the queue. Wait: 2 min to 5 min.',
    ],
    [
      { ...place, position: 3, estimate: { lowSeconds: 110, highSeconds: 125 } },
      'You’re number 3 of 5 in the queue. Wait: about 2 min.',
    ],
  ])('%j', (given, expected) => {
    expect(positionWords(given)).toBe(expected);
  });

  it.each([
    [-1, '0:00'],
    [6.9, '0:06'],
    [299, '4:59'],
    [300, '5 min'],
    [3_600, '1 h'],
    [5_400, '1 h 30 min'],
  ])('%d seconds are %s', (seconds, expected) => {
    expect(duration(seconds)).toBe(expected);
  });
});

describe('commands', () => {
  const end = { takes: '[REASON]', help: 'end it', run: () => {} };
  const commands = { end, go: { help: 'go', run: () => {} } };
  it('are told from what is said', () => {
    expect(understand('hello /end', commands)).toEqual({ say: 'hello /end' });
    expect(understand('  /end  all good\nreally ', commands)).toEqual({ command: end, rest: 'all good\nreally' });
    expect(understand('/stop now', { ...commands, halt: { ...end, formerly: ['stop'] } })).toMatchObject({
      rest: 'now',
    });
    expect(understand('/toString', commands)).toEqual({ unknown: 'toString' });
    expect(understand('//end', commands)).toEqual({ say: '/end' });
  });
  it('are listed in columns', () => {
    expect(helpLines(commands).map(({ text }) => text)).toEqual(['/end [REASON]  end it', '/go            go']);
  });
});

describe('options', () => {
  it('come from the arguments, then the environment, then what is usual', () => {
    expect(readOptions([], {})).toMatchObject({ url: DEFAULT_URL, mode: undefined, script: undefined, customers: 6 });
    expect(readOptions([], { BATON_URL: 'http://a:1', AGENT_KEY: 'k' })).toMatchObject({
      url: 'http://a:1',
      agentKey: 'k',
    });
    expect(readOptions(['--', 'http://b:2', '--mode', 'agent', '--take'], { BATON_URL: 'http://a:1' })).toMatchObject({
      url: 'http://b:2',
      mode: 'agent',
      script: { take: true, say: [], timeoutMs: 60_000 },
    });
    expect(readOptions(['--help', '--mode', 'x'], {})).toBe('help');
  });

  it.each<[string[], string]>([
    [['--mode', 'king'], '--mode is one of customer, agent, crowd, supervisor'],
    [['nonsense'], 'nonsense is not a URL such as http://localhost:3001'],
    [['ftp://a'], 'ftp://a is not a URL such as http://localhost:3001'],
    [['http://a', 'http://b'], 'One URL at most, not: http://a http://b'],
    [['--customers', '0'], '--customers is a whole number from 1 to 50, not 0'],
    [['--say', 'hi'], '--say needs --mode customer or --mode agent'],
    [['--close', '--mode', 'crowd'], '--close needs --mode customer or --mode agent'],
  ])('%j is refused: %s', (args, message) => {
    expect(() => readOptions(args, {})).toThrow(message);
  });
  it('an unknown option is named', () => {
    expect(() => readOptions(['--loud'], {})).toThrow("Unknown option '--loud'");
  });
});
