export { type DraftView, draftCame, entriesShown, noDraft, withoutDraft } from './draft-order.ts';
export { beginAt, bufferFrom, expectUpTo, isMissing, type ReorderBuffer, takeIn } from './reorder-buffer.ts';
