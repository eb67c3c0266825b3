const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/gu;

/** Whether most letters are of scripts that put no spaces between words, which are not split here. */
export function isUnspaced(text: string): boolean {
  const unspaced = text.match(UNSPACED)?.length ?? 0;
  return unspaced > 0 && 2 * unspaced >= (text.match(/\p{L}/gu)?.length ?? 0);
}
