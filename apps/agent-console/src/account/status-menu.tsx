import { Avatar, classes } from '@baton/design';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { useConsole } from '../console/context.ts';
import { ariaKeys } from '../shortcuts/shortcuts.ts';
import { counted, fill, words } from '../words/words.ts';

const statuses = ['available', 'busy', 'offline'] as const;

/** Who is online here, and whether they take chats. */
export function StatusMenu() {
  const { agent, actions } = useConsole();
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();
  const me = agent.value;

  useEffect(() => {
    if (!open) return;
    root.current?.querySelector<HTMLElement>('[role="menuitemradio"][aria-checked="true"]')?.focus();
    const outside = (event: Event) => {
      if (event.target instanceof Node && !root.current?.contains(event.target)) setOpen(false);
    };
    document.addEventListener('pointerdown', outside);
    return () => document.removeEventListener('pointerdown', outside);
  }, [open]);
  if (me === null) return null;

  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  const keyDown = (event: KeyboardEvent) => {
    const entries = [...(root.current?.querySelectorAll<HTMLElement>('[role^="menuitem"]') ?? [])];
    const { activeElement } = document;
    const at = activeElement instanceof HTMLElement ? entries.indexOf(activeElement) : -1;
    const to: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 };
    const next = to[event.key];
    if (next !== undefined) entries.at(next % entries.length)?.focus();
    else if (event.key === 'Escape' || event.key === 'Tab') close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div class="status" ref={root}>
      <button
        type="button"
        class="status-button"
        ref={button}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        aria-keyshortcuts={ariaKeys('status')}
        title={fill('{name}: {status}', { name: me.name, status: words.status[me.status] })}
        onClick={() => setOpen(!open)}
      >
        <Avatar who="person" name={me.name} presence={me.status} />
        <span class="b-hidden">{`${me.name}. ${fill(words.status.label, { status: words.status[me.status] })}`}</span>
      </button>
      {open && (
        <div class="status-menu" id={id} role="menu" aria-label={words.status.label} tabIndex={-1} onKeyDown={keyDown}>
          <p class="status-me">
            <strong dir="auto">{me.name}</strong>
            <span>{counted(words.status.load, me.active, { capacity: me.capacity })}</span>
          </p>
          {statuses.map((status) => (
            <button
              key={status}
              type="button"
              class="status-option"
              role="menuitemradio"
              aria-checked={me.status === status}
              tabIndex={-1}
              onClick={() => {
                close();
                void actions.setStatus(status);
              }}
            >
              <span class={classes('status-dot', `b-presence-${status}`)} />
              <span>
                {words.status[status]} <small>{words.status[`${status}Hint`]}</small>
              </span>
            </button>
          ))}
          <hr />
          <button
            type="button"
            class="status-option"
            role="menuitem"
            tabIndex={-1}
            onClick={() => {
              close();
              actions.show('leave');
            }}
          >
            <span class="status-dot status-dot-none" />
            <span>{words.status.leave}</span>
          </button>
        </div>
      )}
    </div>
  );
}
