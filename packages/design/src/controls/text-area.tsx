import type { Ref, TextareaHTMLAttributes } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import './field.css';
import { classes } from '../classes.ts';

type Native = Omit<
  TextareaHTMLAttributes<HTMLTextAreaElement>,
  'label' | 'value' | 'onInput' | 'onKeyDown' | 'class' | 'className'
>;

export interface TextAreaProps extends Native {
  label: string;
  value: string;
  onText: (text: string) => void;
  /** Enter, but not Shift+Enter, and not the Enter that ends the composition of a word (IME). */
  onEnter?: () => void;
  /** Sees keys before Enter is acted on; what it prevents is not acted on. */
  onKeyDown?: (event: KeyboardEvent) => void;
  /** Grows with its text up to this many lines, then scrolls. */
  maxLines?: number;
  /** Without its own border: it stands in something that has one. */
  bare?: boolean;
  innerRef?: { current: HTMLTextAreaElement | null };
}

/** Safari ends a composition before the key that ended it; that key still has this code. */
const COMPOSING_KEY_CODE = 229;

export function TextArea(props: TextAreaProps) {
  const { label, value, onText, onEnter, onKeyDown, maxLines = 8, bare = false, innerRef, ...rest } = props;
  const id = useId();
  const own = useRef<HTMLTextAreaElement | null>(null);

  useLayoutEffect(() => {
    const area = own.current;
    if (area === null) return;
    // Height follows the text: let go first, so that it also shrinks.
    area.style.height = 'auto';
    const style = getComputedStyle(area);
    const frame = Number.parseFloat(style.paddingTop) + Number.parseFloat(style.paddingBottom);
    const most = Number.parseFloat(style.lineHeight) * maxLines + frame;
    const borders = area.offsetHeight - area.clientHeight;
    area.style.height = `${Math.min(area.scrollHeight, most) + borders}px`;
    area.style.overflowY = area.scrollHeight > most ? 'auto' : 'hidden';
  }, [value, maxLines]);

  const keyDown = (event: KeyboardEvent): void => {
    onKeyDown?.(event);
    const composing = event.isComposing || event.keyCode === COMPOSING_KEY_CODE;
    if (event.defaultPrevented || composing || event.key !== 'Enter' || onEnter === undefined) return;
    if (event.shiftKey || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    onEnter();
  };
  const setRef: Ref<HTMLTextAreaElement> = (element) => {
    own.current = element;
    if (innerRef !== undefined) innerRef.current = element;
  };
  return (
    <>
      <label class="b-hidden" for={id}>
        {label}
      </label>
      <textarea
        rows={1}
        {...rest}
        ref={setRef}
        id={id}
        class={classes('b-area', bare ? 'b-area-bare' : 'b-input')}
        value={value}
        onInput={(event) => onText(event.currentTarget.value)}
        onKeyDown={keyDown}
      />
    </>
  );
}
