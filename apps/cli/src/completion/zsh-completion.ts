import type { CommandNode } from "./command-tree.ts";
import { quoted, takes, walkArms } from "./shell-cases.ts";

/** Sourced after compinit, or as a file `_llamaagent` in a folder of fpath. */
export function zshCompletion(name: string, nodes: readonly CommandNode[]): string {
  return `#compdef ${name}
# Completion of ${name} for zsh. To have it, after compinit: source <(${name} completion zsh)
_${name}() {
  local at='' takes='' word
  local -a commands options
  for word in "\${(@)words[2,CURRENT-1]}"; do
    if [[ -n $takes ]]; then
      takes=''
      continue
    fi
    case "$at $word" in
${walkArms(nodes).join("\n")}
    esac
  done
  if [[ -z $takes ]]; then
    case $at in
${nodes.map(nodeArms).join("\n")}
    esac
    if [[ $PREFIX == -* ]]; then
      _describe -o option options
      return
    fi
    if (( $#commands )); then
      _describe command commands
      return
    fi
  fi
  case $takes in
    unknown | '') return 1 ;;
    file) _files ;;
    *) compadd -- \${=takes} ;;
  esac
}
if [[ $funcstack[1] == _${name} ]]; then _${name} "$@"; else compdef _${name} ${name}; fi
`;
}

function nodeArms({ path, commands, options, argument }: CommandNode): string {
  const described = (word: string, description: string) =>
    quoted(`${word.replaceAll(":", String.raw`\:`)}:${description}`);
  return `      ${quoted(path)})
        commands=(${commands.map(({ name, description }) => described(name, description)).join(" ")})
        options=(${options
          .flatMap(({ flags, description }) => flags.map((flag) => described(flag, description)))
          .join(" ")})
        takes=${quoted(commands.length > 0 ? "" : takes(argument))} ;;`;
}
