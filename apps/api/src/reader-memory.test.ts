import { describe, expect, it } from "vitest";
import { createReaderMemory, heldInPieces } from "./reader-memory.ts";

const KIB = 1_024;

describe("createReaderMemory", () => {
  const cut: string[] = [];
  let nowMs = 0;
  const opened = (maxBytes: number) => {
    cut.length = 0;
    const memory = createReaderMemory(maxBytes, () => nowMs);
    return (name: string) => memory.underWay(() => cut.push(name));
  };

  it("cuts off as few as make room, those first that have held theirs longest", () => {
    const open = opened(1_000 * KIB);
    const [a, b, c] = [open("a"), open("b"), open("c")];
    b.hold(300 * KIB);
    a.hold(300 * KIB);
    c.hold(300 * KIB);
    b.hold(400 * KIB);
    expect(cut).toEqual([]);
    open("d").hold(500 * KIB);
    expect(cut).toEqual(["a", "c"]);
  });

  it("cuts off those that have held theirs for a second from half of it on", () => {
    const open = opened(1_000 * KIB);
    open("slow").hold(300 * KIB);
    nowMs += 600;
    open("late").hold(300 * KIB);
    expect(cut).toEqual([]);
    nowMs += 400;
    open("new").hold(300 * KIB);
    expect(cut).toEqual(["slow"]);
    open("newer").hold(400 * KIB);
    expect(cut).toEqual(["slow"]);
    nowMs += 600;
    open("newest").hold(100 * KIB);
    expect(cut).toEqual(["slow", "late"]);
  });

  it("takes a reader's part back when it holds less, has closed or was cut off", () => {
    const open = opened(1_000 * KIB);
    for (let n = 0; n < 10; n += 1) {
      const [first, second] = [open("first"), open("second")];
      first.hold(600 * KIB);
      first.hold(0);
      second.hold(600 * KIB);
      second.close();
    }
    expect(cut).toEqual([]);
    for (const name of ["a", "b", "c"]) open(name).hold(1_000 * KIB);
    expect(cut).toEqual(["a", "b"]);
  });

  it("cuts off one that is too much by itself, and nobody else", () => {
    const open = opened(1_000 * KIB);
    open("other").hold(900 * KIB);
    open("huge").hold(1_001 * KIB);
    expect(cut).toEqual(["huge"]);
  });

  it("holds nothing for one that was cut off", () => {
    const open = opened(1_000 * KIB);
    const [first, second] = [open("first"), open("second")];
    first.hold(600 * KIB);
    second.hold(600 * KIB);
    first.hold(600 * KIB);
    expect(cut).toEqual(["first"]);
  });

  it("does not count places of 64 KiB", () => {
    const open = opened(100 * KIB);
    for (let n = 0; n < 100; n += 1) open(`${n}`).hold(64 * KIB);
    expect(cut).toEqual([]);
  });

  it("refuses what is to be kept and has no room, and takes it once there is", () => {
    const memory = createReaderMemory(2_400 * KIB);
    const [first, second] = [memory.kept(), memory.kept()];
    const others = [memory.kept(), memory.kept()];
    for (const other of others) other.hold(300 * KIB);
    first.hold(400 * KIB);
    expect(() => second.hold(300 * KIB)).toThrow("Readers of `values`");
    second.hold(200 * KIB);
    others[0]?.hold(100 * KIB);
    expect(() => second.hold(401 * KIB)).toThrow();
    second.hold(400 * KIB);
    expect(() => others[0]?.hold(101 * KIB)).toThrow("Readers of `values`");
    for (let twice = 0; twice < 2; twice += 1) first.close();
    others[0]?.hold(400 * KIB);
    expect(() => memory.kept().hold(101 * KIB)).toThrow("Readers of `values`");
  });

  it("refuses for good what is more than a frame may be, where there is room too", () => {
    const place = createReaderMemory(6_000 * KIB).kept();
    place.hold(1_000 * KIB);
    expect(() => place.hold(1_001 * KIB)).toThrow(expect.objectContaining({ code: "conflict" }));
  });

  it("counts three pieces of an answer as long as the next one is not asked for", async () => {
    const open = opened(1_000 * KIB);
    const pieces = async function* () {
      yield new Uint8Array(200 * KIB);
      yield new Uint8Array(KIB);
    };
    const first = heldInPieces(pieces(), open("first"));
    const second = heldInPieces(pieces(), open("second"));
    await first.next();
    await first.next();
    await second.next();
    expect(cut).toEqual([]);
    await heldInPieces(pieces(), open("third")).next();
    expect(cut).toEqual(["second"]);
  });
});
