import { z } from "zod";
import { escapeControls } from "./escape-controls.ts";

const Line = z.looseObject({ level: z.string(), time: z.string(), msg: z.string().default("") });

/** A JSON log line as one line for people: `22:16:53.123 info  message key=value`. */
export function terminalLine(json: string): string {
  const { level, time, msg, ...fields } = Line.parse(JSON.parse(json));
  const pairs = Object.entries(fields).map(([name, value]) => ` ${name}=${shown(value)}`);
  return `${escapeControls(`${time.slice(11, 23)} ${level.padEnd(5)} ${msg}${pairs.join("")}`)}\n`;
}

function shown(value: unknown): string {
  return typeof value === "string" && /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
}
