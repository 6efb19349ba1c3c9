import type { MarkdownIt, StateInline } from 'markdown-it';

const TILDE = 0x7e;
/** One and two tildes do not close each other, so each is a mark of its own. */
const MARKS = [0x7e01, 0x7e02] as const;
const known = (marker: number): boolean => marker === MARKS[0] || marker === MARKS[1];

/** `~one~` and `~~two~~`, as GFM has it; the parser itself knows the second only. */
export function gfmStrikethrough(markdownIt: MarkdownIt): void {
  markdownIt.inline.ruler.at('strikethrough', tokenize);
  markdownIt.inline.ruler2.at('strikethrough', join);
}

function tokenize(state: StateInline, silent: boolean): boolean {
  if (silent || state.src.charCodeAt(state.pos) !== TILDE) return false;
  const { can_open: open, can_close: close, length } = state.scanDelims(state.pos, true);
  const marker = MARKS[length - 1];
  state.push('text', '', 0).content = '~'.repeat(length);
  if (marker !== undefined)
    state.delimiters.push({ marker, length: 0, token: state.tokens.length - 1, end: -1, open, close });
  state.pos += length;
  return true;
}

function join(state: StateInline): boolean {
  const lists = [state.delimiters, ...state.tokens_meta.map((meta) => meta?.delimiters ?? [])];
  for (const delimiters of new Set(lists)) {
    for (const opening of delimiters) {
      const closing = delimiters[opening.end];
      if (!known(opening.marker) || closing === undefined) continue;
      for (const [{ token: at }, nesting] of [
        [opening, 1],
        [closing, -1],
      ] as const) {
        const token = state.tokens[at];
        if (token === undefined) continue;
        token.type = nesting === 1 ? 's_open' : 's_close';
        token.tag = 's';
        token.nesting = nesting;
        token.content = '';
      }
    }
  }
  return true;
}
