import { Button, Dialog } from '@baton/design';
import { useConsole } from '../console/context.ts';
import { counted, words } from '../words/words.ts';

/** Signs out for good; says first what becomes of the chats. */
export function LeaveDialog({ onLeave }: { onLeave: () => void }) {
  const { actions, chats } = useConsole();
  const held = chats.value.filter(({ assignment }) => assignment === 'mine').length;
  return (
    <Dialog
      title={words.status.leaveTitle}
      closeLabel={words.problem.close}
      onClose={() => actions.show(null)}
      actions={
        <>
          <Button kind="quiet" onClick={() => actions.show(null)}>
            {words.problem.cancel}
          </Button>
          <Button
            kind={held > 0 ? 'danger' : 'primary'}
            onClick={() => {
              actions.show(null);
              onLeave();
            }}
          >
            {words.status.leave}
          </Button>
        </>
      }
    >
      <p class="dialog-lead">{held === 0 ? words.status.leaveFree : counted(words.status.leaveLead, held)}</p>
    </Dialog>
  );
}
