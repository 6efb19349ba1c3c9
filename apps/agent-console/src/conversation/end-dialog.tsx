import type { AgentChat } from '@baton/client';
import { Button, Dialog } from '@baton/design';
import { useState } from 'preact/hooks';
import { useConsole } from '../console/context.ts';
import { customerName } from '../customer/customer-name.ts';
import { fill, words } from '../words/words.ts';
import { CustomerMessage } from './customer-message.tsx';
import { DialogArea } from './dialog-area.tsx';
import './dialogs.css';

/** Ends a chat, with a word for colleagues and another for the customer if the agent likes. */
export function EndDialog({ chat }: { chat: AgentChat }) {
  const { actions, working } = useConsole();
  const [reason, setReason] = useState('');
  const [toCustomer, setToCustomer] = useState('');
  const close = () => actions.show(null);
  const submit = async () => {
    if (await actions.end(chat.sessionId, reason, toCustomer)) close();
  };
  return (
    <Dialog
      title={fill(words.end.title, { name: customerName(chat.session) })}
      closeLabel={words.problem.close}
      onClose={close}
      actions={
        <>
          <Button kind="quiet" onClick={close}>
            {words.problem.cancel}
          </Button>
          <Button kind="danger" busy={working.value.has('end')} onClick={() => void submit()}>
            {words.end.submit}
          </Button>
        </>
      }
    >
      <p class="dialog-lead">{words.end.lead}</p>
      <DialogArea
        label={words.end.reason}
        hint={words.end.reasonHint}
        value={reason}
        onText={setReason}
        onEnter={() => void submit()}
        autofocus
      />
      <CustomerMessage value={toCustomer} onText={setToCustomer} onEnter={() => void submit()} />
    </Dialog>
  );
}
