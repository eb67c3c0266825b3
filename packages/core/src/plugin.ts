import { z } from "zod";
import type { ChatModel } from "./chat-model.ts";
import type { PromptingStrategy } from "./prompting-strategy.ts";
import type { Tool } from "./tool.ts";
import { Effect } from "./tool.ts";

export interface ProviderModels {
  /** The parts after the prefix. */
  names: string[];
  /** False where there may be others, which an agent may name as well. */
  isComplete: boolean;
}

/** A family of models under one prefix: `acme` makes `acme/large` and `acme/small`. */
export interface Provider<Settings = never> {
  id: string;
  description: string;
  /** Parsed from the environment as given to the process; unknown variables are ignored. */
  settings: z.ZodType<Settings>;
  /** False where the settings lack what is needed (a key): such a model is refused with a clear error. */
  isConfigured(settings: Settings): boolean;
  /**
   * Why there is no such model, where that is known without a network; undefined where there may be.
   * Agents and runs that name it are refused with this.
   */
  modelFault?(model: string, settings: Settings): string | undefined;
  /**
   * The models to offer, as far as they are told without a paid call; a server may be asked. Left out: that
   * is not known, and any may be named.
   */
  listModels?(settings: Settings, options: { signal: AbortSignal }): Promise<ProviderModels>;
  /** `model` is the part after the prefix. Heavy libraries are imported here, not at the top. */
  create(model: string, settings: Settings): Promise<ChatModel>;
}

export interface Plugin {
  providers?: Provider[];
  tools?: Tool[];
  prompting?: PromptingStrategy[];
}

const name = z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/, "1–64 letters, digits, '_', '.', '-'");
const fn = z.custom<(...args: never[]) => unknown>(
  (v) => typeof v === "function",
  "must be a function",
);
const schema = z.custom<z.ZodType>((v) => v instanceof z.core.$ZodType, "must be a zod schema");

const PluginShape = z.strictObject({
  providers: z
    .array(
      z.strictObject({
        id: name,
        description: z.string(),
        settings: schema,
        isConfigured: fn,
        modelFault: fn.optional(),
        listModels: fn.optional(),
        create: fn,
      }),
    )
    .optional(),
  tools: z
    .array(
      z.strictObject({
        name,
        description: z.string(),
        input: schema,
        effect: Effect,
        timeoutSeconds: z.number().positive(),
        execute: fn,
        probe: fn.optional(),
      }),
    )
    .optional(),
  prompting: z
    .array(z.strictObject({ name, description: z.string(), buildMessages: fn }))
    .optional(),
});

/** The faults of a value that should be a plug-in; empty where it is one. */
export function pluginFaults(value: unknown): string[] {
  const parsed = PluginShape.safeParse(value);
  if (parsed.success) return [];
  return parsed.error.issues.map(
    (issue) => `${issue.path.join(".") || "plugin"}: ${issue.message}`,
  );
}

export function definePlugin(plugin: Plugin): Plugin {
  return plugin;
}

/** Effect defaults to `unsafe`, the time limit to 60 s. */
export function defineTool<Input>(
  tool: Omit<Tool<Input>, "effect" | "timeoutSeconds"> &
    Partial<Pick<Tool<Input>, "effect" | "timeoutSeconds">>,
): Tool {
  // Variance: a list of tools forgets each one's input type; the catalogue parses before execute.
  return { effect: "unsafe", timeoutSeconds: 60, ...tool } as unknown as Tool;
}

/** `isConfigured` defaults to "always". */
export function defineProvider<Settings>(
  provider: Omit<Provider<Settings>, "isConfigured"> &
    Partial<Pick<Provider<Settings>, "isConfigured">>,
): Provider {
  // Variance, as in defineTool: settings are parsed before create.
  return { isConfigured: () => true, ...provider } as unknown as Provider;
}

export function definePrompting(strategy: PromptingStrategy): PromptingStrategy {
  return strategy;
}
