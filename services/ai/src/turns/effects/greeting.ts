import type { Admitter } from '../../admission/admission.ts';
import { type AboutCustomer, siteData, systemPrompt } from '../../context/prompt.ts';
import { storable } from '../../context/well-formed-text.ts';
import { promisesHuman } from '../../handoff/promise.ts';
import type { TurnEvent } from '../machine/states.ts';
import type { TurnDependencies } from '../turn-dependencies.ts';
import { requestAnswer, type Spent } from './request-answer.ts';

const MAX_TOKENS = 150;

const TASK =
  'Greet the customer, who has just opened this chat and has not written anything yet: in one or two short sentences, in your persona. Offer your help. This is not a message of the customer; do not mention it.';

export type Greeter = Pick<TurnDependencies, 'model' | 'circuit' | 'health' | 'metrics' | 'settings'>;

/**
 * A greeting in the bot's persona, written by the model. Undefined when it is late, cut off, or promises a human, as a
 * greeting cannot hand off: the caller then uses the configured greeting.
 */
export async function composeGreeting(
  parts: Greeter,
  about: AboutCustomer,
  spent: Spent,
  admitter: Admitter,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const { settings } = parts;
  const deadline = AbortSignal.timeout(settings.greetingTimeoutMs);
  const { botName, instructions, personaAllowed } = settings;
  const system = systemPrompt({ botName, instructions, tools: [], about, personaAllowed });
  let text = '';
  let finish: TurnEvent | undefined;
  await requestAnswer({
    ...parts,
    messages: [{ role: 'system', text: system }, ...siteData(about, personaAllowed), { role: 'user', text: TASK }],
    exchanges: [],
    tools: [],
    maxTokens: Math.min(MAX_TOKENS, settings.maxAnswerTokens),
    timeouts: settings.modelTimeouts,
    admitter,
    signal: signal === undefined ? deadline : AbortSignal.any([signal, deadline]),
    spent,
    tell: (event) => {
      if (event.type === 'text') text = event.afresh ? event.text : text + event.text;
      else finish = event;
    },
  });
  const greeting = storable(text).trim();
  const whole = finish?.type === 'finished' && finish.reason === 'stop';
  return whole && greeting !== '' && !promisesHuman(greeting) ? greeting : undefined;
}
