import type { Session } from '@baton/contracts';
import { z } from 'zod';
import type { Access } from '../access/access.ts';
import type { Handoff } from '../handoff/handoff.ts';
import type { ToolSpec } from '../model/model.ts';

/** [A4] For whom a tool acts, as the server knows them. Nothing the model says gets in here. */
export interface ToolContext {
  session: Session;
  /** The customer's entry that is being answered. */
  unansweredSeq: number;
  /** For a tool that asks the model itself. */
  access: Access;
  /** Aborted when the turn is called off. */
  signal: AbortSignal;
}

/** What came of a call: something to tell the model, or the end of the bot's part. */
export type ToolResult = { ok: boolean; text: string } | { handoff: Handoff };

/** A tool as the registry keeps it. */
export interface Tool {
  spec: ToolSpec;
  /** Checks what the model wrote: a tool runs only with arguments that fit. */
  parse(args: unknown): { ok: true; run: (context: ToolContext) => Promise<ToolResult> } | { ok: false; wrong: string };
}

/**
 * Defines a tool. `args` is an object schema, and also what the model is shown; properties that it does not name, such as
 * a session id of the model's invention, are dropped. `forgiving`, when given, is used to read the arguments instead.
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
