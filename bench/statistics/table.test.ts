import { expect, it } from 'vitest';
import { check, withUnit } from '../measures/measure.ts';
import { checksTable, table } from './table.ts';

it('aligns what it is given, whatever its letters', () => {
  expect(
    table(
      ['a', 'b'],
      [
        ['µs', '1'],
        ['longer', '1 234'],
      ],
    ),
  ).toBe(['| a      |     b |', '|--------|------:|', '| µs     |     1 |', '| longer | 1 234 |'].join('\n'));
});

it('shows three digits that count', () => {
  expect([withUnit(0.1234, 'ms'), withUnit(12.34, 'ms'), withUnit(1234567.8, '/s'), withUnit(Number.NaN, 's')]).toEqual(
    ['0.12 ms', '12.3 ms', '1 234 568 /s', '–'],
  );
});

it('says whether a target is met', () => {
  const checks = [
    check('fast', 1.5, { atMost: 1.6, unit: '×' }),
    check('many', 3, { atLeast: 4, unit: '×' }),
    check('unknown', Number.NaN, { atMost: 1, unit: 'ms' }),
  ];
  expect(checks.map(({ met }) => met)).toEqual([true, false, false]);
  expect(checksTable(checks)).toContain('NOT MET');
});
