/** A metric, or those of its samples that carry some tags: `http_req_duration{name:create_run}`. */
export interface Selector {
  text: string;
  metric: string;
  tags: Record<string, string>;
}

/** Throws where it is no selector. */
export function parseSelector(text: string): Selector {
  const [, metric, list] = /^([A-Za-z_]\w*)(?:\{(.*)\})?$/.exec(text) ?? [];
  if (metric === undefined) throw new Error(`'${text}' names no metric`);
  const pairs = list === undefined ? [] : list.split(",").map((pair) => parsePair(text, pair));
  return { text, metric, tags: Object.fromEntries(pairs) };
}

function parsePair(text: string, pair: string): [string, string] {
  const [, tag, value] = /^\s*([\w-]+)\s*:\s*(.*?)\s*$/.exec(pair) ?? [];
  if (tag === undefined || value === undefined)
    throw new Error(`'${text}': '${pair}' is no tag with its value`);
  return [tag, value];
}

export function isSelected(selector: Selector, tags: Readonly<Record<string, string>>): boolean {
  return Object.entries(selector.tags).every(([tag, value]) => tags[tag] === value);
}
