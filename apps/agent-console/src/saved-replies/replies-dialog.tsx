import { Button, CloseIcon, Dialog, IconButton, PlusIcon, TextArea, TextField } from '@baton/design';
import { useState } from 'preact/hooks';
import { useConsole, useShared } from '../console/context.ts';
import { fill, words } from '../words/words.ts';
import { isReplyName, type SavedReply } from './saved-replies.ts';
import './replies.css';

/** The agent's saved replies, to be written, changed and thrown away. */
export function RepliesDialog() {
  const { actions } = useConsole();
  const { replies } = useShared();
  const [edited, setEdited] = useState<{ reply: SavedReply; old: string | undefined }>();
  const close = () => actions.show(null);
  return (
    <Dialog
      title={words.replies.title}
      closeLabel={words.problem.close}
      size="l"
      onClose={close}
      actions={
        edited === undefined && (
          <>
            <Button kind="quiet" onClick={replies.reset}>
              {words.replies.reset}
            </Button>
            <Button
              kind="primary"
              icon={<PlusIcon size={16} />}
              onClick={() => setEdited({ reply: { name: '', text: '' }, old: undefined })}
            >
              {words.replies.add}
            </Button>
          </>
        )
      }
    >
      {edited !== undefined ? (
        <ReplyForm
          first={edited.reply}
          taken={replies.all.value.filter(({ name }) => name !== edited.old).map(({ name }) => name)}
          onSave={(reply) => {
            replies.save(reply, edited.old);
            setEdited(undefined);
          }}
          onCancel={() => setEdited(undefined)}
        />
      ) : (
        <>
          <p class="dialog-lead">{words.replies.lead}</p>
          <ul class="replies-list">
            {replies.all.value.map((reply) => (
              <li key={reply.name}>
                <button type="button" class="replies-edit" onClick={() => setEdited({ reply, old: reply.name })}>
                  <span class="b-hidden">{words.replies.edit} </span>
                  <span class="replies-name">/{reply.name}</span>
                  <span class="replies-text">{reply.text}</span>
                </button>
                <IconButton
                  label={fill(words.replies.remove, { name: reply.name })}
                  size="s"
                  onClick={() => replies.remove(reply.name)}
                >
                  <CloseIcon size={16} />
                </IconButton>
              </li>
            ))}
          </ul>
        </>
      )}
    </Dialog>
  );
}

function ReplyForm(props: {
  first: SavedReply;
  taken: readonly string[];
  onSave: (reply: SavedReply) => void;
  onCancel: () => void;
}) {
  const [name, setName] = useState(props.first.name);
  const [text, setText] = useState(props.first.text);
  const [tried, setTried] = useState(false);
  const wanted = name.trim().replace(/^\//, '').toLocaleLowerCase();
  const nameProblem = !isReplyName(wanted)
    ? words.replies.badName
    : props.taken.includes(wanted)
      ? words.replies.taken
      : undefined;
  const textProblem = text.trim() === '' ? words.replies.noText : undefined;
  return (
    <form
      class="replies-form"
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (nameProblem === undefined && textProblem === undefined) props.onSave({ name: wanted, text: text.trim() });
      }}
    >
      <TextField
        label={words.replies.name}
        hint={words.replies.nameHint}
        problem={tried ? nameProblem : undefined}
        value={name}
        autocomplete="off"
        onInput={(event) => setName(event.currentTarget.value)}
      />
      <div class="b-field">
        <span class="b-label" aria-hidden="true">
          {words.replies.text}
        </span>
        <TextArea label={words.replies.text} value={text} onText={setText} maxLines={12} rows={4} />
        {tried && textProblem !== undefined && (
          <p class="b-said b-said-problem" role="alert">
            {textProblem}
          </p>
        )}
      </div>
      <div class="form-foot">
        <Button kind="quiet" onClick={props.onCancel}>
          {words.replies.cancel}
        </Button>
        <Button kind="primary" type="submit">
          {words.replies.save}
        </Button>
      </div>
    </form>
  );
}
