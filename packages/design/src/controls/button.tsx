import type { ButtonHTMLAttributes, ComponentChildren, Ref } from 'preact';
import './button.css';
import { classes } from '../classes.ts';

type Native = Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'size' | 'icon' | 'label' | 'class' | 'className'> & {
  class?: string;
};

export interface ButtonProps extends Native {
  /** primary: the one thing to do here; quiet: text until pointed at; human: brings a person in; danger: ends. */
  kind?: 'primary' | 'plain' | 'quiet' | 'human' | 'danger';
  size?: 'm' | 's';
  icon?: ComponentChildren;
  /** It works: shown, told to assistive technology, and not pressed twice. */
  busy?: boolean;
  /** As wide as what it stands in. */
  wide?: boolean;
  innerRef?: Ref<HTMLButtonElement>;
}

export function Button(props: ButtonProps) {
  const { kind = 'plain', size = 'm', icon, busy = false, wide = false, innerRef, children, ...others } = props;
  const { disabled = false, onClick, ...rest } = others;
  const idle = busy || Boolean(disabled);
  return (
    <button
      type="button"
      {...rest}
      {...(innerRef !== undefined && { ref: innerRef })}
      class={classes('b-button', `b-button-${kind}`, size === 's' && 'b-small', wide && 'b-wide', rest.class)}
      aria-busy={busy || undefined}
      // Not `disabled`: that would take the focus away from the one who pressed it.
      aria-disabled={idle || undefined}
      // What does nothing submits nothing either.
      onClick={idle ? (event) => event.preventDefault() : onClick}
    >
      {icon}
      {children !== undefined && <span class="b-button-text">{children}</span>}
    </button>
  );
}

export interface IconButtonProps extends Native {
  /** What it does, in words: its accessible name. */
  label: string;
  kind?: 'quiet' | 'primary' | 'plain';
  size?: 'm' | 's';
  children: ComponentChildren;
  innerRef?: Ref<HTMLButtonElement>;
}

/** A button that shows an icon only; its name is in `label`, and in the system's own tooltip. */
export function IconButton({ label, kind = 'quiet', size = 'm', innerRef, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      title={label}
      {...rest}
      {...(innerRef !== undefined && { ref: innerRef })}
      class={classes('b-button', 'b-icon-button', `b-button-${kind}`, size === 's' && 'b-small', rest.class)}
      aria-label={label}
    />
  );
}
