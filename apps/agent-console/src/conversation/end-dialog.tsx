import type { DeskChat } from '@baton/client';
import { Button, Dialog, TextArea } from '@baton/design';
import { useState } from 'preact/hooks';
import { useConsole } from '../console/context.ts';
import { customerName } from '../customer/customer-name.ts';
import { fill, words } from '../words/words.ts';
import './dialogs.css';

/** Ends a chat, with a word on how it went if the agent likes. */
export function EndDialog({ chat }: { chat: DeskChat }) {
  const { actions, working } = useConsole();
  const [reason, setReason] = useState('');
  const close = () => actions.show(null);
  const submit = async () => {
    if (await actions.end(chat.sessionId, reason)) close();
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
      <div class="b-field">
        <span class="b-label" aria-hidden="true">
          {words.end.reason}
        </span>
        <TextArea
          label={words.end.reason}
          value={reason}
          onText={setReason}
          onEnter={() => void submit()}
          maxLength={500}
          maxLines={5}
          autofocus
        />
      </div>
    </Dialog>
  );
}
