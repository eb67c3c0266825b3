import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

export interface ContainerService {
  url: string;
  close(): Promise<void>;
}

const SOCKETS = ["/var/run/docker.sock", join(homedir(), ".docker", "run", "docker.sock")];

/** Cheap: no library is loaded where no engine can answer. */
export function mayHaveContainerEngine(env: Readonly<Record<string, string | undefined>>): boolean {
  return Boolean(env["DOCKER_HOST"]) || SOCKETS.some((socket) => existsSync(socket));
}

/** The same versions as the local binaries, as far as images have them. */
export async function startPostgresContainer(): Promise<ContainerService> {
  const { GenericContainer, Wait } = await import("testcontainers");
  const container = await new GenericContainer("pgvector/pgvector:0.8.6-pg18")
    .withEnvironment({ POSTGRES_HOST_AUTH_METHOD: "trust" })
    .withCommand(["postgres", "-c", "fsync=off", "-c", "max_connections=200"])
    .withExposedPorts(5432)
    // The image starts it twice: once to set up, once for good.
    .withWaitStrategy(Wait.forLogMessage(/database system is ready to accept connections/, 2))
    .start();
  return {
    url: `postgres://postgres@${container.getHost()}:${container.getMappedPort(5432)}/postgres`,
    close: async () => void (await container.stop()),
  };
}

export async function startRedisContainer(): Promise<ContainerService> {
  const { GenericContainer, Wait } = await import("testcontainers");
  const container = await new GenericContainer("redis:7.4-alpine")
    .withExposedPorts(6379)
    .withWaitStrategy(Wait.forLogMessage(/Ready to accept connections/))
    .start();
  return {
    url: `redis://${container.getHost()}:${container.getMappedPort(6379)}`,
    close: async () => void (await container.stop()),
  };
}
