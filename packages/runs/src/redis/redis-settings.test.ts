import { readSettings } from "@llamaagent/core";
import { expect, it } from "vitest";
import { connectRedis } from "./redis-connection.ts";
import { redisSettings } from "./redis-settings.ts";

const read = (REDIS_URL: string): string | undefined =>
  readSettings(redisSettings, { REDIS_URL }).REDIS_URL;

it.each([
  ["redis://127.0.0.1:6379", undefined],
  ["redis://user:p%40ss@cache.example:6379/2", undefined],
  ["rediss://cache.example", true],
  ["rediss://:secret@cache.example:6380/1?family=6", true],
  // ioredis itself compares to the letter, and would go on without TLS.
  ["REDISS://cache.example", true],
  [" Rediss://cache.example", true],
])("%s is taken, with TLS: %s", (url, tls) => {
  const redis = connectRedis(read(url) ?? "", "request", () => undefined);
  redis.disconnect();
  expect(redis.options.tls).toBe(tls);
});

it.each([
  ["http://cache.example", "must be redis://… or rediss://…"],
  ["rediss:/cache.example", "must be redis://… or rediss://…"],
  ["rediss:cache.example", "must be redis://… or rediss://…"],
  ["cache.example:6379", "must be redis://… or rediss://…"],
  ["rediss://hunter2@cache.example?tls=", "may hold no parameter"],
  ["rediss://hunter2@cache.example?tls=RedisCloudFixed", "may hold no parameter"],
  ["rediss://hunter2@cache.example?path=/tmp/redis.sock", "may hold no parameter"],
  ["rediss://hunter2@cache.example?rejectUnauthorized=false", "may hold no parameter"],
  ["rediss://hunter2@cache.example?family=4&tls=", "may hold no parameter"],
])("%s is refused, and not shown", (url, fault) => {
  expect(() => read(url)).toThrow(`REDIS_URL: ${fault}`);
  expect(() => read(url)).not.toThrow(/hunter2/);
});
