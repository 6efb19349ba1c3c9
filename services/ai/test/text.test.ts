import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadKnowledge, splitPassages } from '../src/knowledge-minisearch.ts';
import { keepLease } from '../src/lease.ts';
import { shorten, storable, wholeSentences } from '../src/text.ts';
import { transferToAgent } from '../src/tools/transfer-to-agent.ts';

describe('texts', () => {
  it.each([
    ['One. Two! And thr', 'One. Two!'],
    ['It costs 3.', undefined],
    ['It costs 3.50 euros. More', 'It costs 3.50 euros.'],
    ['He said “Yes.” Then', 'He said “Yes.”'],
    ['你好。我们', '你好。'],
    ['A paragraph\n\nAnother that', 'A paragraph'],
    ['no end', undefined],
    ['', undefined],
  ])('whole sentences of %j', (text, sentences) => expect(wholeSentences(text)).toBe(sentences));

  it('are cut between characters, not within', () => {
    expect(shorten('ab🏮🏮', 4)).toBe('ab…');
    expect(shorten('  short ', 10)).toBe('short');
    expect(storable('a\u0000b\ud83d')).toBe('ab\ufffd');
  });
});

describe('knowledge', () => {
  const folder = mkdtempSync(join(tmpdir(), 'baton-knowledge-'));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is split at headings, and titled with those above', () => {
    const markdown = '# Shop\nIntro.\n## Prices\n### Lamps\n49.\n## Code\n```\n# not a heading\n```\n';
    expect(splitPassages(markdown)).toEqual([
      { title: 'Shop', text: 'Intro.' },
      { title: 'Shop › Prices › Lamps', text: '49.' },
      { title: 'Shop › Code', text: '```\n# not a heading\n```' },
    ]);
  });

  it('is found despite a typing error; what is not there is not found', () => {
    mkdirSync(join(folder, 'deep'), { recursive: true });
    writeFileSync(join(folder, 'deep', 'a.md'), '# Returns\nWithin thirty days.\n# Delivery\nBy bicycle.\n');
    writeFileSync(join(folder, 'ignored.txt'), '# Secret');
    const knowledge = loadKnowledge(folder);
    expect(knowledge.size).toBe(2);
    expect(knowledge.search('how is delivry done', 3)[0]).toEqual({ title: 'Delivery', text: 'By bicycle.' });
    expect(knowledge.search('xylophone', 3)).toEqual([]);
  });
});

describe('knowledge in scripts that are written without spaces', () => {
  const folder = mkdtempSync(join(tmpdir(), 'baton-knowledge-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const passages = {
    station: '当店の最寄り駅は渋谷駅です。南口から徒歩五分です。',
    returns: '商品は三十日以内に返品できます。ﾚｼｰﾄをお持ちください。',
    wifi: '店内のWi-Fiパスワードはレジでお尋ねください。',
    delivery: '我们的配送时间为三到五个工作日，偏远地区除外。',
    refund: '退款将在收到退货后的七天内原路返回。',
    hours: 'ร้านเปิดทุกวันตั้งแต่เวลา 9.00 น. ถึง 18.00 น.',
    parking: 'มีที่จอดรถฟรีหลังร้านสำหรับลูกค้า',
    english: 'The nearest station is Shibuya. Parking is free.',
  };
  writeFileSync(
    join(folder, 'all.md'),
    Object.entries(passages)
      .map(([name, text]) => `# ${name}\n${text}\n`)
      .join(''),
  );
  const knowledge = loadKnowledge(folder);

  it.each<[string, keyof typeof passages]>([
    ['最寄り駅', 'station'],
    ['最寄り駅はどこですか？', 'station'],
    ['駅', 'station'],
    ['返品したい', 'returns'],
    ['レシート', 'returns'],
    ['Wi-Fiのパスワードを教えて', 'wifi'],
    ['配送要多久？', 'delivery'],
    ['退货', 'refund'],
    ['怎么退款', 'refund'],
    ['ร้านเปิดกี่โมง', 'hours'],
    ['มีที่จอดรถไหม', 'parking'],
    ['จอดรถ', 'parking'],
    ['nearest staton', 'english'],
  ])('%s', (question, name) => {
    expect(knowledge.search(question, 1)[0]?.title).toBe(name);
  });

  it('what is not there is not found', () => {
    for (const question of ['自転車', '发票', 'สุนัข', 'xylophone']) expect(knowledge.search(question, 3)).toEqual([]);
  });
});

const HIGH_REASONS = ['danger', 'payment'];

describe('[A3] the transfer tool', () => {
  it.each([undefined, 'text', {}, { reason: 42, priority: 'yesterday', mood: 'purple', language: {} }])(
    'is not lost to arguments such as %j',
    async (args) => {
      const parsed = transferToAgent(HIGH_REASONS).parse(args);
      expect(parsed.ok && (await parsed.run({} as never))).toEqual({
        handover: {
          cause: 'bot_transferred',
          via: 'tool',
          reason: 'A human takes over.',
          priority: 'normal',
          brief: {},
        },
      });
    },
  );
  it('asks the model for what the contract wants', () => {
    expect(transferToAgent(HIGH_REASONS).spec.parameters).toMatchObject({
      required: ['reason', 'priority', 'summary'],
      properties: { priority: { enum: ['high', 'normal', 'low'] }, mood: { enum: ['calm', 'upset', 'angry'] } },
    });
  });

  const priorityOf = async (reasons: readonly string[], args: object) => {
    const parsed = transferToAgent(reasons).parse({ reason: 'Urgent!', summary: 'It is urgent.', ...args });
    return parsed.ok ? await parsed.run({} as never) : parsed;
  };
  it('[S6] gives high only for a reason of the list that the operator set', async () => {
    for (const highBecause of [undefined, 'urgent', 'Payment', ['payment'], null, ''])
      expect(await priorityOf(HIGH_REASONS, { priority: 'high', highBecause })).toMatchObject({
        handover: { priority: 'normal' },
      });
    expect(await priorityOf(HIGH_REASONS, { priority: 'high', highBecause: 'payment' })).toMatchObject({
      handover: { priority: 'high' },
    });
    // A reason alone raises nothing.
    expect(await priorityOf(HIGH_REASONS, { priority: 'low', highBecause: 'payment' })).toMatchObject({
      handover: { priority: 'low' },
    });
    expect(await priorityOf([], { priority: 'high', highBecause: 'payment' })).toMatchObject({
      handover: { priority: 'normal' },
    });
  });
  it('[S6] shows the model that list, and no high without one', () => {
    expect(transferToAgent(HIGH_REASONS).spec.parameters).toMatchObject({
      properties: { highBecause: { enum: HIGH_REASONS } },
    });
    const { properties } = transferToAgent([]).spec.parameters as { properties: Record<string, unknown> };
    expect(properties).toMatchObject({ priority: { enum: ['normal', 'low'] } });
    expect(properties).not.toHaveProperty('highBecause');
  });
});

describe('the lease', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('is renewed while it is kept, and a renewal under way ends before it is given back', async () => {
    const answers: (() => void)[] = [];
    const beginTurn = vi.fn(
      () =>
        new Promise<never>((resolve) => {
          answers.push(() => resolve({ ok: false, code: 'TURN_TAKEN', message: '' } as never));
        }),
    );
    const seen: string[] = [];
    const lease = keepLease({
      session: { beginTurn },
      sessionId: 's',
      worker: 'w',
      onRenewal: (renewal) => void seen.push(renewal.ok ? 'ok' : renewal.code),
    });
    await vi.advanceTimersByTimeAsync(5_000);
    answers.shift()?.();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(beginTurn).toHaveBeenCalledTimes(2);
    expect(seen).toEqual(['TURN_TAKEN']);
    let stopped = false;
    const stopping = lease.stop().then(() => {
      stopped = true;
    });
    await vi.advanceTimersByTimeAsync(20_000);
    expect([beginTurn.mock.calls.length, stopped]).toEqual([2, false]);
    answers.shift()?.();
    await stopping;
    expect(seen).toEqual(['TURN_TAKEN']);
  });
});
