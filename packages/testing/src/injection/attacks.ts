/** A value in a request that would do harm where it is taken for more than a value. */
export interface Attack {
  name: string;
  /** What is no string stands in the place of one in a body. */
  value: unknown;
}

/** Of the folder that commands in the attacks would make; nothing else does. */
export const commandMarker = "/tmp/llamaagent-command-was-run";

const command = `touch ${commandMarker}`;

export const attacks: readonly Attack[] = [
  { name: "SQL that drops", value: "x'); DROP TABLE agents CASCADE; --" },
  { name: "SQL that is always true", value: "' OR '1'='1" },
  { name: "SQL that sleeps", value: "1' || pg_sleep(30) || '" },
  { name: "SQL in double quotes", value: 'x" OR 1=1; TRUNCATE runs; --' },
  { name: "a pattern of LIKE", value: "%_\\%" },
  { name: "an operator of NoSQL as text", value: '{"$gt":""}' },
  { name: "an operator of NoSQL", value: { $gt: "" } },
  { name: "a script of NoSQL", value: { $where: "sleep(30000)" } },
  { name: "header lines", value: "x\r\nx-injected: yes\r\n\r\n<b>" },
  { name: "log lines", value: 'x\n{"level":"fatal","msg":"injected"}\n\u001b[2J\u009b31m' },
  { name: "a command", value: `x; ${command} | $(${command}) \`${command}\`` },
  { name: "a path", value: "../../../../../../etc/passwd" },
  { name: "a template", value: "{{7*7}}${7*7}<%= 7*7 %>#{7*7}" },
  {
    name: "a script of a page",
    value: "\"><script>alert(1)</script><img src=x onerror='alert(1)'>",
  },
  { name: "a format", value: "%s%d%o%j%n%c" },
  { name: "NUL", value: "a\0b" },
  { name: "a lone surrogate", value: "a\ud800b" },
  { name: "line separators", value: "a\u2028b\u2029c\u0085d" },
  { name: "text that runs the other way", value: "a\u202eb\u2066c" },
  { name: "the prototype of all objects", value: "__proto__" },
  { name: "a property of all objects", value: "constructor" },
];
