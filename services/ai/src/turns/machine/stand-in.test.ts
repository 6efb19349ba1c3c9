import { expect, it } from 'vitest';
import { systemPrompt } from '../../context/prompt.ts';
import { misusedToolsHandoff, promisedHandoff } from '../../handoff/handoff.ts';
import { concludedAsStandIn } from './stand-in.ts';

it('[A1] every conclusion that is written becomes an answer, and hands nothing off', () => {
  const failed = concludedAsStandIn({ kind: 'hand_off', handoff: misusedToolsHandoff });
  expect(failed).toEqual({
    kind: 'answer',
    text: expect.stringContaining('keep your place'),
    noAnswer: misusedToolsHandoff,
  });
  const promising = { kind: 'answer', text: 'Somebody will come.', handoff: promisedHandoff } as const;
  expect(concludedAsStandIn(promising)).toEqual({ kind: 'answer', text: 'Somebody will come.' });
  const dropped = { kind: 'drop', why: 'control_moved' } as const;
  expect(concludedAsStandIn(dropped)).toBe(dropped);
});

it('tells the model that nobody is online, and of no tool to hand off with', () => {
  const about = { botContext: null, metadata: {} };
  const chat = { botName: 'B', instructions: '', tools: [], about, personaAllowed: false };
  const standing = systemPrompt({ ...chat, standsIn: true });
  expect(standing).toContain('No human agent is online');
  expect(standing).not.toContain('transfer_to_agent');
  expect(systemPrompt(chat)).toContain('transfer_to_agent');
});
