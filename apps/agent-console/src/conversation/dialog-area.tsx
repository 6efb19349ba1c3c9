import { classes, TextArea, type TextAreaProps } from '@baton/design';
import { useId } from 'preact/hooks';

/** A text of a dialog, with a line below it that says who reads it, or what is wrong with it. */
export function DialogArea(props: TextAreaProps & { hint: string; problem?: string | undefined }) {
  const { hint, problem, ...area } = props;
  const said = useId();
  return (
    <div class="b-field dialog-area">
      <span class="b-label" aria-hidden="true">
        {area.label}
      </span>
      <TextArea
        maxLength={500}
        maxLines={5}
        {...area}
        aria-describedby={said}
        aria-invalid={problem !== undefined || undefined}
      />
      <p id={said} class={classes('b-said', problem !== undefined && 'b-said-problem')} role="status">
        {problem ?? hint}
      </p>
    </div>
  );
}
