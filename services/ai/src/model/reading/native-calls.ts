import { ModelFailure, type ToolCall } from '../model.ts';
import { isFields } from './chunk.ts';
import { knownName } from './known-name.ts';

const MAX_CALLS = 32;
const MAX_INDEX = 127;
const MAX_ARGUMENTS = 100_000;

interface PartialCall {
  index: number | undefined;
  id: string;
  name: string;
  arguments: string;
  opaque: unknown;
}

/** One piece of a call, as far as it can be read. */
type Piece = Pick<PartialCall, 'index' | 'id' | 'name' | 'arguments' | 'opaque'> & {
  /** Its arguments came as an object, so they are complete. */
  whole: boolean;
};

/**
 * Assembles tool calls from their pieces. OpenAI sends a call's id and name first, its arguments after, and an index
 * with each. Others leave out the id or the index, give all calls the same index, repeat the name with every piece,
 * send arguments as an object, or a whole call twice.
 */
export function createNativeCalls(known: readonly string[]) {
  const calls: PartialCall[] = [];

  const find = ({ id, index }: Piece): PartialCall | undefined => {
    if (id !== '') {
      const sameId = calls.findLast((call) => call.id === id && (index === undefined || call.index === index));
      if (sameId !== undefined) return sameId;
    }
    if (index !== undefined) {
      const sameIndex = calls.findLast((call) => call.index === index);
      if (sameIndex !== undefined) return sameIndex;
    }
    return calls.at(-1);
  };

  const add = (piece: Piece) => {
    if (calls.length >= MAX_CALLS) throw new ModelFailure('garbled', { detail: 'too many tool calls at once' });
    const { index, id, name, arguments: text, opaque } = piece;
    calls.push({ index, id, name, arguments: text, opaque });
  };

  const extend = (call: PartialCall, piece: Piece) => {
    if (call.id === '') call.id = piece.id;
    call.name = joinNames(call.name, piece.name, known);
    call.opaque ??= piece.opaque;
    // Some endpoints send empty arguments first.
    if (piece.whole || call.arguments === '{}') call.arguments = piece.arguments || call.arguments;
    else if (!isRepeat(call, piece)) call.arguments += piece.arguments;
    if (call.arguments.length > MAX_ARGUMENTS)
      throw new ModelFailure('garbled', { detail: 'arguments without an end' });
  };

  return {
    get begun() {
      return calls.length > 0;
    },
    take(value: unknown): void {
      const piece = readPiece(value);
      if (piece === undefined) return;
      const call = find(piece);
      if (call === undefined || isAnother(call, piece, known)) add(piece);
      else extend(call, piece);
    },
    /** All calls, each with a unique id. */
    all: (): ToolCall[] => withOwnIds(calls.map((call) => ({ ...call, name: knownName(call.name, known) }))),
  };
}

function readPiece(value: unknown): Piece | undefined {
  if (!isFields(value)) return undefined;
  const called = isFields(value.function) ? value.function : value;
  const given = called.arguments ?? called.parameters;
  const index = value.index === undefined || value.index === null ? undefined : Number(value.index);
  if (index !== undefined && !(Number.isInteger(index) && index >= 0 && index <= MAX_INDEX))
    throw new ModelFailure('garbled', { detail: 'too many tool calls at once' });
  return {
    index,
    id: typeof value.id === 'string' ? value.id : '',
    name: typeof called.name === 'string' ? called.name : '',
    arguments: typeof given === 'string' ? given : given === undefined || given === null ? '' : JSON.stringify(given),
    whole: typeof given === 'object' && given !== null,
    opaque: value.extra_content ?? undefined,
  };
}

/** Whether a piece begins another call instead of continuing this one. A piece without a name never does. */
function isAnother(call: PartialCall, piece: Piece, known: readonly string[]): boolean {
  if (piece.name === '') return false;
  if (piece.index !== undefined && call.index !== undefined && piece.index !== call.index) return true;
  if (call.name === '') return false;
  const begun = call.arguments.trim() !== '' && call.arguments !== '{}';
  if (begun && !isComplete(call.arguments)) return false;
  const otherId = piece.id !== call.id && piece.id !== '';
  if (otherId && (call.id !== '' || piece.index === undefined)) return true;
  if (piece.name !== call.name) return !isPartOfName(call.name + piece.name, known);
  return begun && piece.arguments.trim() !== '' && !isRepeat(call, piece);
}

const isRepeat = (call: PartialCall, piece: Piece): boolean =>
  piece.name !== '' && piece.name === call.name && piece.arguments !== '' && piece.arguments === call.arguments;

function isComplete(text: string): boolean {
  if (!text.trimEnd().endsWith('}')) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** A repeated name is the same name. Pieces of a name are joined where that gives a known one. */
function joinNames(before: string, next: string, known: readonly string[]): string {
  if (next === '' || next === before) return before;
  return isPartOfName(before + next, known) ? before + next : next;
}

const isPartOfName = (text: string, known: readonly string[]) => known.some((name) => name.startsWith(text));

function withOwnIds(calls: readonly PartialCall[]): ToolCall[] {
  const taken = new Set<string>();
  return calls.map(({ id, name, arguments: text, opaque }, position) => {
    let own = id === '' ? `call_${position}` : id;
    for (let more = position; taken.has(own); more++) own = `call_${more}`;
    taken.add(own);
    return { id: own, name, arguments: text, ...(opaque !== undefined && { opaque }) };
  });
}
