type Value = string | number;

/** `?name=value&…` of what is given, a list as its name with each value; empty where nothing is. */
export function query(parameters: Record<string, Value | readonly Value[] | undefined>): string {
  const given = Object.entries(parameters).flatMap(([name, value = []]) =>
    [value].flat().map((each): [string, string] => [name, String(each)]),
  );
  return given.length === 0 ? "" : `?${new URLSearchParams(given).toString()}`;
}
