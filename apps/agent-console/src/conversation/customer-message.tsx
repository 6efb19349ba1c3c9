import { words } from '../words/words.ts';
import { DialogArea } from './dialog-area.tsx';

/** What the customer reads of a transfer or an end. The reason beside it is for colleagues. */
export function CustomerMessage(props: { value: string; onText: (text: string) => void; onEnter: () => void }) {
  return (
    <div class="to-customer">
      <DialogArea label={words.customerMessage.label} hint={words.customerMessage.hint} {...props} />
    </div>
  );
}
