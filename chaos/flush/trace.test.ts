import { expect, it } from 'vitest';
import { judge, readTrace } from './trace.ts';

const seen = (...lines: string[]) => judge(readTrace(lines), ['word-1'], 'repeated').get('word-1');
const write = '10 pwrite64(7, "..word-1..", 8192, 0) = 8192';
const flush = '10 fdatasync(7) = 0';
const answer = '20 writev(9, [{iov_base="word-1 repeated", iov_len=9}], 1) = 9';

it('[M1] what is written, flushed and then answered was flushed before', () => {
  expect(seen(write, flush, answer)).toBe('flushed before');
});

it('an answer before the flush, during it, or after one that began before the write, is not', () => {
  expect(seen(write, answer, flush)).toBe('not flushed before');
  expect(seen(flush, write, answer)).toBe('not flushed before');
  expect(seen(write, '10 fdatasync(7 <unfinished ...>', answer, '10 <... fdatasync resumed>) = 0')).toBe(
    'not flushed before',
  );
  expect(seen('11 fdatasync(7 <unfinished ...>', write, '11 <... fdatasync resumed>) = 0', answer)).toBe(
    'not flushed before',
  );
});

it('a flush that another process made, or that failed, counts as what it is', () => {
  expect(seen(write, '11 fdatasync(7 <unfinished ...>', '11 <... fdatasync resumed>) = 0', answer)).toBe(
    'flushed before',
  );
  expect(seen(write, '10 fdatasync(7) = -1 EIO (Input/output error)', answer)).toBe('not flushed before');
});

it('a message that the trace does not show is told apart', () => {
  expect(seen(flush, answer)).toBe('not written');
  expect(seen(write, flush)).toBe('not acknowledged');
});
