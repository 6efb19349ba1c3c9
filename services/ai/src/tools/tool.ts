import type { Session } from '@baton/contracts';
import { z } from 'zod';
import type { Admitter } from '../admission/admission.ts';
import type { Handoff } from '../handoff/handoff.ts';
import type { ToolSpec } from '../model/model.ts';
import type { ToolCustomer } from './tool-customer.ts';

/**
 * [A4] The session and customer that a tool acts for, as the server knows them. Nothing in it comes from the model.
 */
export interface ToolContext {
  session: Pick<Session, 'id'>;
  customer: ToolCustomer;
  /** The customer's entry that is being answered. */
  unansweredSeq: number;
  /** For a tool that calls the model itself. */
  admitter: Admitter;
  /** Aborted when the turn is dropped or restarted. */
  signal: AbortSignal;
}

/** A result for the model, or a handoff, which ends the bot's part. */
export type ToolResult = { ok: boolean; text: string } | { handoff: Handoff };

/** A tool as the registry keeps it. */
export interface Tool {
  spec: ToolSpec;
  /** Validates what the model wrote: a tool runs with valid arguments only. */
  parse(args: unknown): { ok: true; run: (context: ToolContext) => Promise<ToolResult> } | { ok: false; wrong: string };
}

/**
 * Defines a tool. The model is shown `args`, an object schema. Properties that it does not name, such as a session id
 * that the model invented, are dropped. `forgiving`, when given, parses the arguments instead.
 */
export function defineTool<Args extends z.ZodType>(definition: {
  name: string;
  description: string;
  args: Args;
  forgiving?: z.ZodType<z.output<Args>>;
  run: (args: z.output<Args>, context: ToolContext) => Promise<ToolResult> | ToolResult;
}): Tool {
  const { $schema: _, ...parameters } = z.toJSONSchema(definition.args, { io: 'input' });
  const schema = definition.forgiving ?? definition.args;
  return {
    spec: { name: definition.name, description: definition.description, parameters },
    parse(args) {
      const parsed = schema.safeParse(args);
      return parsed.success
        ? { ok: true, run: async (context) => definition.run(parsed.data, context) }
        : { ok: false, wrong: z.prettifyError(parsed.error) };
    },
  };
}
