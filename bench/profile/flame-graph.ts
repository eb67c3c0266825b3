import type { StackNode } from "./cpu-profile.ts";

const WIDTH = 1600;
const LINE = 18;
const TOP = 40;
/** Narrower boxes are left out, with all that stands on them. */
const NARROWEST = 0.6;
const CHARACTER = 6.6;

/**
 * A flame graph (https://www.brendangregg.com/flamegraphs.html) as one SVG that needs nothing else:
 * width is time on the CPU, callers stand above; the pointer on a box tells its file and share.
 */
export function flameGraph(root: StackNode, title: string): string {
  const boxes: string[] = [];
  let deepest = 0;
  const perPixel = root.microseconds / WIDTH;
  const draw = (node: StackNode, left: number, depth: number): void => {
    const width = node.microseconds / perPixel;
    if (width < NARROWEST) return;
    deepest = Math.max(deepest, depth);
    boxes.push(box({ node, left, width, depth, all: root.microseconds }));
    let at = left;
    for (const child of node.children) {
      draw(child, at, depth + 1);
      at += child.microseconds / perPixel;
    }
  };
  draw(root, 0, 0);
  const height = TOP + (deepest + 1) * LINE + 10;
  const seconds = (root.microseconds / 1e6).toFixed(1);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" font-family="ui-monospace, monospace" font-size="11">
<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>
<text x="10" y="24" font-size="15">${escape(title)}: ${seconds} s on the CPU</text>
${boxes.join("\n")}
</svg>
`;
}

function box(at: {
  node: StackNode;
  left: number;
  width: number;
  depth: number;
  all: number;
}): string {
  const { node, left, width, depth, all } = at;
  const y = TOP + depth * LINE;
  const share = ((node.microseconds / all) * 100).toFixed(1);
  const letters = Math.floor((width - 6) / CHARACTER);
  const label =
    letters < 3
      ? ""
      : `<text x="${(left + 3).toFixed(1)}" y="${y + 13}">${escape(node.name.slice(0, letters))}</text>`;
  return `<g><title>${escape(`${node.name} ${node.place} ${share} %`)}</title><rect x="${left.toFixed(1)}" y="${y}" width="${width.toFixed(1)}" height="${LINE - 1}" fill="${color(node.place)}"/>${label}</g>`;
}

/** Ours warm, packages blue, Node and the engine grey. */
function color(place: string): string {
  if (/^(packages|apps|bench)\//.test(place)) return "#f2a65a";
  if (place === "" || place.startsWith("node:")) return "#cfd6dc";
  return "#8fb8de";
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
