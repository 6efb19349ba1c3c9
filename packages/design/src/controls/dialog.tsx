import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { IconButton } from './button.tsx';
import './dialog.css';
import { CloseIcon } from '../icons/icons.tsx';

export interface DialogProps {
  title: string;
  /** Name of the button that closes it. */
  closeLabel: string;
  onClose: () => void;
  children: ComponentChildren;
  /** Buttons, the one that does it last. */
  actions?: ComponentChildren;
  size?: 'm' | 'l';
}

/**
 * A modal dialog while it is rendered. The browser's own element keeps the focus inside, makes the rest inert, closes
 * on Escape, and gives the focus back.
 */
export function Dialog({ title, closeLabel, onClose, children, actions, size = 'm' }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => {
      element?.close();
      wakeCaret();
    };
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a click beside it closes it; by keyboard, Escape does.
    <dialog
      ref={dialog}
      class={`b-dialog b-dialog-${size}`}
      aria-labelledby={titleId}
      onCancel={(event) => {
        // Whether it is shown is for the one who renders it to say.
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => event.target === dialog.current && onClose()}
    >
      <div class="b-dialog-sheet">
        <header class="b-dialog-head">
          <h2 id={titleId}>{title}</h2>
          <IconButton label={closeLabel} size="s" onClick={onClose}>
            <CloseIcon />
          </IconButton>
        </header>
        <div class="b-dialog-body">{children}</div>
        {actions !== undefined && <footer class="b-dialog-foot">{actions}</footer>}
      </div>
    </dialog>
  );
}

/**
 * Chromium gives the focus back to a text field, but at times not the caret: then keys arrive and nothing is written.
 * Setting the selection to what it is brings it back.
 */
function wakeCaret(): void {
  const { activeElement: field } = document;
  if (field instanceof HTMLTextAreaElement || (field instanceof HTMLInputElement && field.selectionStart !== null))
    field.setSelectionRange(field.selectionStart, field.selectionEnd);
}
