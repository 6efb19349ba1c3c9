import type { Agent, AgentChat, TransferTarget } from '@baton/client';
import { Avatar, Button, classes, Dialog, TextField } from '@baton/design';
import { useEffect, useId, useState } from 'preact/hooks';
import { namesakes } from '../account/namesakes.ts';
import { useConsole } from '../console/context.ts';
import { customerName } from '../customer/customer-name.ts';
import { fill, words } from '../words/words.ts';
import { CustomerMessage } from './customer-message.tsx';
import { DialogArea } from './dialog-area.tsx';
import './dialogs.css';

/** With more colleagues than this, there is a field to find one. */
const MANY = 8;

type Colleagues =
  | { kind: 'loading' }
  | { kind: 'failed'; message: string }
  | { kind: 'here'; agents: readonly Agent[] };

/**
 * Transfers a chat to the queue, to the bot or to a colleague, with a reason and, if the agent likes, words for the
 * customer.
 */
export function TransferDialog({ chat }: { chat: AgentChat }) {
  const { client, actions, agent, working } = useConsole();
  const [to, setTo] = useState<TransferTarget['type']>('queue');
  const [chosen, setChosen] = useState<string>();
  const [reason, setReason] = useState('');
  const [toCustomer, setToCustomer] = useState('');
  const [tried, setTried] = useState(false);
  const colleagues = useColleagues(client.colleagues, agent.value?.id);
  const group = useId();
  const { sessionId, session } = chat;
  const name = customerName(session);
  const reasonProblem = reason.trim() === '' ? words.transfer.reasonMissing : undefined;
  const chosenProblem = to === 'agent' && chosen === undefined ? words.transfer.choose : undefined;
  const close = () => actions.show(null);
  const submit = async () => {
    setTried(true);
    if (reasonProblem !== undefined || chosenProblem !== undefined) return;
    const target: TransferTarget = to === 'agent' ? { type: to, agentId: chosen ?? '' } : { type: to };
    if (await actions.transfer(sessionId, target, reason, toCustomer)) close();
  };

  return (
    <Dialog
      title={fill(words.transfer.title, { name })}
      closeLabel={words.problem.close}
      onClose={close}
      actions={
        <>
          <Button kind="quiet" onClick={close}>
            {words.problem.cancel}
          </Button>
          <Button kind="primary" busy={working.value.has('transfer')} onClick={() => void submit()}>
            {words.transfer.submit}
          </Button>
        </>
      }
    >
      <fieldset class="choices">
        <legend>{words.transfer.to}</legend>
        {(['queue', 'agent', 'bot'] as const).map((one) => (
          <label key={one} class="choice">
            <input
              type="radio"
              name={group}
              checked={to === one}
              autofocus={one === 'queue'}
              onChange={() => setTo(one)}
            />
            <span>
              {words.transfer[one]} <small>{words.transfer[`${one}Hint`]}</small>
            </span>
          </label>
        ))}
      </fieldset>
      {to === 'agent' && (
        <ColleagueChoice
          colleagues={colleagues}
          chosen={chosen}
          onChoose={setChosen}
          problem={tried ? chosenProblem : undefined}
        />
      )}
      <DialogArea
        label={words.transfer.reason}
        hint={words.transfer.reasonHint}
        problem={tried ? reasonProblem : undefined}
        value={reason}
        onText={setReason}
        onEnter={() => void submit()}
        rows={2}
      />
      <CustomerMessage value={toCustomer} onText={setToCustomer} onEnter={() => void submit()} />
    </Dialog>
  );
}

function useColleagues(
  load: () => Promise<{ ok: true; value: readonly Agent[] } | { ok: false; message: string }>,
  me: string | undefined,
) {
  const [state, setState] = useState<Colleagues>({ kind: 'loading' });
  useEffect(() => {
    let wanted = true;
    void load().then((reply) => {
      if (!wanted) return;
      if (!reply.ok) setState({ kind: 'failed', message: reply.message });
      else
        setState({ kind: 'here', agents: reply.value.filter(({ id, status }) => id !== me && status !== 'offline') });
    });
    return () => {
      wanted = false;
    };
  }, []);
  return state;
}

function ColleagueChoice(props: {
  colleagues: Colleagues;
  chosen: string | undefined;
  onChoose: (agentId: string) => void;
  problem: string | undefined;
}) {
  const [sought, setSought] = useState('');
  const group = useId();
  const { colleagues } = props;
  if (colleagues.kind === 'loading') return <p class="faint">{words.transfer.colleaguesLoading}</p>;
  if (colleagues.kind === 'failed')
    return (
      <p class="b-said b-said-problem" role="alert">
        {fill(words.transfer.colleaguesFailed, { message: colleagues.message })}
      </p>
    );
  const { agents } = colleagues;
  if (agents.length === 0) return <p class="faint">{words.transfer.noColleagues}</p>;
  const doubled = namesakes(agents);
  const wanted = sought.trim().toLocaleLowerCase();
  const shown = agents.filter(({ name }) => name.toLocaleLowerCase().includes(wanted));
  return (
    <div class="colleagues">
      {agents.length > MANY && (
        <TextField
          label={words.transfer.find}
          labelHidden
          placeholder={words.transfer.find}
          value={sought}
          onInput={(event) => setSought(event.currentTarget.value)}
        />
      )}
      <div class="colleagues-list" role="radiogroup" aria-label={words.transfer.agent}>
        {shown.map((one) => {
          const full = one.active >= one.capacity;
          return (
            <label key={one.id} class={classes('choice colleague', full && 'colleague-full')}>
              <input
                type="radio"
                name={group}
                checked={props.chosen === one.id}
                disabled={full}
                onChange={() => props.onChoose(one.id)}
              />
              <Avatar who="person" name={one.name} size="s" presence={one.status} />
              <bdi>{one.name}</bdi>
              {doubled.has(one.id) && <small>{doubled.get(one.id)}</small>}
              <small>
                {fill(words.transfer.agentLoad, { active: one.active, capacity: one.capacity })}
                {full && `, ${words.transfer.full}`}
              </small>
            </label>
          );
        })}
      </div>
      {props.problem !== undefined && (
        <p class="b-said b-said-problem" role="alert">
          {props.problem}
        </p>
      )}
    </div>
  );
}
