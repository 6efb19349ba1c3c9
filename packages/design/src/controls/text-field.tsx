import type { InputHTMLAttributes, Ref } from 'preact';
import { useId } from 'preact/hooks';
import './field.css';
import { classes } from '../classes.ts';

export interface TextFieldProps extends Omit<InputHTMLAttributes<HTMLInputElement>, 'label' | 'class' | 'className'> {
  label: string;
  /** The label is read out, but not shown: the place says what it is. */
  labelHidden?: boolean;
  hint?: string;
  /** What is wrong with the input, for the person who typed it. */
  problem?: string | undefined;
  innerRef?: Ref<HTMLInputElement>;
}

export function TextField({ label, labelHidden = false, hint, problem, innerRef, ...rest }: TextFieldProps) {
  const id = useId();
  const said = problem ?? hint;
  return (
    <div class="b-field">
      <label class={labelHidden ? 'b-hidden' : 'b-label'} for={id}>
        {label}
      </label>
      <input
        type="text"
        {...rest}
        {...(innerRef !== undefined && { ref: innerRef })}
        id={id}
        class="b-input"
        aria-invalid={problem !== undefined || undefined}
        aria-describedby={said === undefined ? undefined : `${id}-said`}
      />
      {said !== undefined && (
        <p id={`${id}-said`} class={classes('b-said', problem !== undefined && 'b-said-problem')}>
          {said}
        </p>
      )}
    </div>
  );
}
