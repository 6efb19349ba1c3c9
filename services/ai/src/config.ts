import { readFileSync, statSync } from 'node:fs';
import { MAX_CONTENT_LENGTH } from '@baton/contracts';
import { isPlaceholder } from '@baton/contracts/placeholder';
import { commonConfig, env } from '@baton/runtime';
import { z } from 'zod';
import { modelSettings } from './model/settings.ts';

/** Not a reasoning model: the first words should come within a second. */
const DEFAULT_MODEL = 'gpt-4.1-mini';

const DEFAULT_GREETING =
  "Hello! I'm an AI assistant and happy to help. You can ask for a human at any time, and I'll hand you over.";

/** Being upset or in a hurry is not among them: any customer can claim that. */
const DEFAULT_HIGH_REASONS = 'danger,legal,payment';
const MAX_REASONS = 20;
const isListOfReasons = (reasons: readonly string[]) =>
  reasons.length <= MAX_REASONS && reasons.every((reason) => reason.length > 0 && reason.length <= 80);

const readableFile = z
  .string()
  .refine((path) => isThere(path, 'file'), 'must be the path of a readable file')
  .transform((path) => readFileSync(path, 'utf8').trim());
const readableFolder = z.string().refine((path) => isThere(path, 'folder'), 'must be the path of a folder');

const MAX_BUDGET = 2_147_483_647;

export const aiConfig = commonConfig
  .extend({
    OPENAI_API_KEY: z.string().optional(),
    /** Any endpoint with the OpenAI API: Ollama, vLLM, a gateway, the offline model. */
    OPENAI_BASE_URL: env.url('http:', 'https:').optional(),
    OPENAI_MODEL: z.string().max(200).default(DEFAULT_MODEL),
    ...modelSettings,
    /** The offline model, which answers while neither a key nor an endpoint is set. */
    OFFLINE_MODEL_URL: env.url('http:', 'https:').optional(),
    HEALTH_PORT: env.port(3013),

    FIRST_TOKEN_TIMEOUT_MS: env.integer(10_000, 100, 120_000),
    IDLE_TIMEOUT_MS: env.integer(8_000, 100, 120_000),
    TURN_TIMEOUT_MS: env.integer(45_000, 1_000, 240_000),
    /** How long a turn may wait in all while the model endpoint limits the rate. Then it is handed off. */
    MODEL_WAIT_MS: env.integer(10_000, 0, 60_000),
    BURST_QUIET_MS: env.integer(300, 0, 5_000),
    CONTEXT_TOKENS: env.integer(6_000, 500, 1_000_000),
    MAX_ANSWER_TOKENS: env.integer(800, 16, 32_000),
    DRAFT_EVERY_MS: env.integer(60, 0, 5_000),
    MAX_TURNS: env.integer(200, 1, 10_000),

    /** Budgets of model calls: see docs/security.md. 0: no limit. The offline model costs nothing. */
    BUDGET_MESSAGE_CALLS: env.integer(8, 0, MAX_BUDGET),
    BUDGET_MESSAGE_TOKENS: env.integer(60_000, 0, MAX_BUDGET),
    BUDGET_CHAT_CALLS_PER_MINUTE: env.integer(30, 0, MAX_BUDGET),
    BUDGET_CHAT_CALLS_PER_DAY: env.integer(150, 0, MAX_BUDGET),
    BUDGET_CHAT_TOKENS_PER_DAY: env.integer(500_000, 0, MAX_BUDGET),
    BUDGET_CUSTOMER_CALLS_PER_MINUTE: env.integer(40, 0, MAX_BUDGET),
    BUDGET_CUSTOMER_CALLS_PER_DAY: env.integer(300, 0, MAX_BUDGET),
    BUDGET_CUSTOMER_TOKENS_PER_DAY: env.integer(1_000_000, 0, MAX_BUDGET),
    BUDGET_ADDRESS_CALLS_PER_MINUTE: env.integer(60, 0, MAX_BUDGET),
    BUDGET_ADDRESS_CALLS_PER_DAY: env.integer(1_500, 0, MAX_BUDGET),
    BUDGET_ADDRESS_TOKENS_PER_DAY: env.integer(4_000_000, 0, MAX_BUDGET),
    BUDGET_ALL_CALLS_PER_MINUTE: env.integer(0, 0, MAX_BUDGET),
    /** The most that one day may cost. */
    BUDGET_ALL_CALLS_PER_DAY: env.integer(10_000, 0, MAX_BUDGET),
    BUDGET_ALL_TOKENS_PER_DAY: env.integer(20_000_000, 0, MAX_BUDGET),
    /** Whether the bot has a tool that writes poems. */
    WRITE_POEM: env.flag(true),

    BOT_NAME: z.string().max(80).default('Assistant'),
    BOT_GREETING: z.string().max(MAX_CONTENT_LENGTH).default(DEFAULT_GREETING),
    /** How long the model may take to greet in a persona, before the configured greeting is used. */
    GREETING_TIMEOUT_MS: env.integer(2_500, 100, 30_000),
    /** Whether a text as botContext instructs the bot. Unset: everywhere but in production. */
    ALLOW_PERSONA: env.yesOrNo().optional(),
    /** [S6] Reasons for which the bot may give high priority; `none`: it never does. */
    AI_HIGH_REASONS: z
      .string()
      .default(DEFAULT_HIGH_REASONS)
      .transform((list) => (list === 'none' ? [] : [...new Set(list.split(',').map((reason) => reason.trim()))]))
      .refine(
        isListOfReasons,
        `must be up to ${MAX_REASONS} reasons of 1 to 80 characters with commas between, or none`,
      ),
    BOT_INSTRUCTIONS: z.string().optional(),
    SYSTEM_PROMPT_FILE: readableFile.optional(),
    KNOWLEDGE_DIR: readableFolder.optional(),
  })
  .superRefine((config, context) => {
    if (hasModel(config) || config.OFFLINE_MODEL_URL !== undefined) return;
    const given = config.OPENAI_API_KEY === undefined ? '' : 'is the placeholder of an example, not a key; it ';
    context.addIssue({
      code: 'custom',
      path: ['OPENAI_API_KEY'],
      message: `${given}must be set, unless OPENAI_BASE_URL names an endpoint that needs no key`,
    });
  })
  .transform((config) => ({
    ...config,
    personaAllowed: config.ALLOW_PERSONA ?? config.NODE_ENV !== 'production',
    ...(hasModel(config)
      ? { OPENAI_API_KEY: config.OPENAI_API_KEY ?? 'offline' }
      : { OPENAI_API_KEY: 'offline', OPENAI_BASE_URL: config.OFFLINE_MODEL_URL, OPENAI_MODEL: 'baton-offline' }),
    /** Logged: a newcomer may believe that an example's key is real. */
    keyIsPlaceholder: !hasModel(config) && config.OPENAI_API_KEY !== undefined,
    /** What the operator tells the bot, from the variable, the file or both. */
    instructions: [config.BOT_INSTRUCTIONS, config.SYSTEM_PROMPT_FILE]
      .filter((part) => part !== undefined)
      .join('\n\n'),
  }));
export type AiConfig = z.output<typeof aiConfig>;

/** A configured endpoint may accept any key; OpenAI's own needs a real one. */
function hasModel(config: { OPENAI_API_KEY?: string | undefined; OPENAI_BASE_URL?: string | undefined }): boolean {
  if (config.OPENAI_BASE_URL !== undefined) return true;
  return config.OPENAI_API_KEY !== undefined && !isPlaceholder(config.OPENAI_API_KEY);
}

function isThere(path: string, what: 'file' | 'folder'): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return what === 'file' ? found?.isFile() === true : found?.isDirectory() === true;
}
