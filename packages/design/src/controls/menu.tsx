import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { IconButton } from './button.tsx';
import './menu.css';

export interface MenuItem {
  label: string;
  icon?: ComponentChildren;
  /** Present: a switch, on or off. */
  checked?: boolean;
  danger?: boolean;
  onChoose: () => void;
}

export interface MenuProps {
  label: string;
  icon: ComponentChildren;
  items: readonly MenuItem[];
  size?: 'm' | 's';
}

/** A button that opens a list of things to do: arrows, Home, End and Escape work as in any menu. */
export function Menu({ label, icon, items, size = 'm' }: MenuProps) {
  const [open, setOpen] = useState(false);
  const id = useId();
  const root = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);

  useEffect(() => {
    if (!open) return;
    list.current?.querySelector<HTMLElement>('[role^="menuitem"]')?.focus();
    const outside = (event: Event): void => {
      if (event.target instanceof Node && !root.current?.contains(event.target)) setOpen(false);
    };
    document.addEventListener('pointerdown', outside);
    return () => document.removeEventListener('pointerdown', outside);
  }, [open]);

  const close = (): void => {
    setOpen(false);
    button.current?.focus();
  };
  const keyDown = (event: KeyboardEvent): void => {
    const entries = [...(list.current?.querySelectorAll<HTMLElement>('[role^="menuitem"]') ?? [])];
    const focused = document.activeElement;
    const at = focused instanceof HTMLElement ? entries.indexOf(focused) : -1;
    const to: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 };
    const next = to[event.key];
    if (next !== undefined) entries.at(next % entries.length)?.focus();
    else if (event.key === 'Escape' || event.key === 'Tab') close();
    if (next === undefined && event.key !== 'Escape') return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div class="b-menu" ref={root}>
      <IconButton
        label={label}
        size={size}
        innerRef={button}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={() => setOpen(!open)}
      >
        {icon}
      </IconButton>
      {open && (
        <div class="b-menu-list" id={id} role="menu" aria-label={label} tabIndex={-1} ref={list} onKeyDown={keyDown}>
          {items.map((item) => (
            <button
              key={item.label}
              type="button"
              class={item.danger ? 'b-menu-item b-menu-danger' : 'b-menu-item'}
              {...(item.checked === undefined
                ? { role: 'menuitem' }
                : { role: 'menuitemcheckbox', 'aria-checked': item.checked })}
              tabIndex={-1}
              onClick={() => {
                close();
                item.onChoose();
              }}
            >
              {item.icon}
              <span>{item.label}</span>
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
