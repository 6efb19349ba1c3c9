import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { loadKnowledge, splitPassages } from './knowledge-minisearch.ts';

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

  it('is found despite a typo; missing terms find nothing', () => {
    mkdirSync(join(folder, 'deep'), { recursive: true });
    writeFileSync(join(folder, 'deep', 'a.md'), '# Returns\nWithin thirty days.\n# Delivery\nBy bicycle.\n');
    writeFileSync(join(folder, 'ignored.txt'), '# Secret');
    const knowledge = loadKnowledge(folder);
    expect(knowledge.size).toBe(2);
    expect(knowledge.search('how is delivry done', 3)[0]).toEqual({ title: 'Delivery', text: 'By bicycle.' });
    expect(knowledge.search('xylophone', 3)).toEqual([]);
  });
});

describe('knowledge in scripts without spaces', () => {
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

  it('missing terms find nothing', () => {
    for (const question of ['自転車', '发票', 'สุนัข', 'xylophone']) expect(knowledge.search(question, 3)).toEqual([]);
  });
});
