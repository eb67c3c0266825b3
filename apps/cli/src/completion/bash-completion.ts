import type { CommandNode } from "./command-tree.ts";
import { quoted, takes, walkArms } from "./shell-cases.ts";

/** For bash 3.2 and later: no associative arrays. */
export function bashCompletion(name: string, nodes: readonly CommandNode[]): string {
  return `# Completion of ${name} for bash. To have it: source <(${name} completion bash)
_${name}() {
  local current=\${COMP_WORDS[COMP_CWORD]} at='' takes='' options='' words='' word i
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    # bash parts --option=value into three words.
    if [[ -n $takes ]]; then
      [[ $word == = ]] || takes=''
      continue
    fi
    case "$at $word" in
${walkArms(nodes).join("\n")}
    esac
  done
  [[ $current == = ]] && current=''
  if [[ -z $takes ]]; then
    case $at in
${nodes.map(nodeArm).join("\n")}
    esac
    if [[ $current == -* ]]; then takes=$options; else takes=$words; fi
  fi
  COMPREPLY=()
  case $takes in
    unknown | '') ;;
    file)
      local IFS=$'\\n'
      COMPREPLY=($(compgen -f -- "$current"))
      compopt -o filenames 2>/dev/null
      ;;
    *) COMPREPLY=($(compgen -W "$takes" -- "$current")) ;;
  esac
}
complete -F _${name} ${name}
`;
}

function nodeArm({ path, commands, options, argument }: CommandNode): string {
  const flags = options.flatMap((option) => option.flags).join(" ");
  const words = commands.length > 0 ? commands.map(({ name }) => name).join(" ") : takes(argument);
  return `      ${quoted(path)}) options=${quoted(flags)} words=${quoted(words)} ;;`;
}
