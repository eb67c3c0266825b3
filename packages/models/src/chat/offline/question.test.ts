import { describe, expect, it } from "vitest";
import { parseQuestion } from "./question.ts";

const asked = (text: string) => parseQuestion(text).terms.map(({ term }) => term);

describe("parseQuestion", () => {
  it("leaves out how it is asked", () => {
    expect(asked("Could you tell me how long the sourdough rests?")).toEqual(["sourdough", "rest"]);
    expect(asked("What does the GPL say about computers?")).toEqual(["comput"]);
    expect(asked("What is this document about?")).toEqual([]);
  });

  it("keeps other forms of words that only ask: `called` asks, a `call` is asked about", () => {
    expect(asked("What is it called?")).toEqual([]);
    expect(asked("What is a call?")).toEqual(["call"]);
  });

  it("marks names, numbers and identifiers", () => {
    const marks = parseQuestion("Does Ruth set max_steps to 5432 in 2019?").terms.map(
      ({ surface, isAnchor, isIdentifier }) => ({ surface, isAnchor, isIdentifier }),
    );
    expect(marks).toEqual([
      { surface: "Ruth", isAnchor: true, isIdentifier: false },
      { surface: "set", isAnchor: false, isIdentifier: false },
      { surface: "max_steps", isAnchor: true, isIdentifier: true },
      { surface: "5432", isAnchor: true, isIdentifier: true },
      { surface: "2019", isAnchor: true, isIdentifier: false },
    ]);
  });

  it.each([
    ["What is the population of Cape Farrow?", ["population"]],
    ["Which phone number does Grace Hopper have?", ["phone"]],
    ["What is the email address of Ann?", ["email"]],
    ["What is the address of Ann?", ["address"]],
    ["What is the captain's name?", ["captain's"]],
    ["What is Mr. Osei's address?", ["address"]],
    ["What is the name of Edith's husband?", ["husband"]],
    ["What is the value of MAX_ATTEMPTS?", ["MAX_ATTEMPTS"]],
    ["What is the default base delay?", ["delay"]],
    ["Could you tell me what the capital of New York is?", ["capital"]],
    ["Give me the salary of Ann", ["salary"]],
    ["Who founded the bakery?", ["founded"]],
    ["Who is the mayor of Lisbon?", ["mayor"]],
    ["When was the bakery closed?", ["closed"]],
    ["How many lamps were sold?", ["lamps", "sold"]],
    ["How many attempts are made at most?", ["attempts"]],
    ["Do they sell coffee?", ["sell", "coffee"]],
    ["How do I restart it?", []],
    ["Who handles complaints?", []],
  ])("%s cannot be answered without: %j", (text, words) => {
    const focus = parseQuestion(text).terms.filter((term) => term.isFocus);
    expect(focus.map((term) => term.surface)).toEqual(words);
  });

  it("marks nouns and verbs of asking, unless there is nothing else", () => {
    const generic = (text: string) =>
      parseQuestion(text)
        .terms.filter((term) => term.isGeneric)
        .map((term) => term.surface);
    expect(generic("What is the value of Timeout?")).toEqual(["value"]);
    expect(generic("How many attempts are made at most?")).toEqual(["made", "maximum"]);
    expect(generic("How tall is the lighthouse?")).toEqual(["tall"]);
    expect(generic("What is the default?")).toEqual([]);
  });

  it.each([
    ["How many people work there?", "any"],
    ["How tall is it?", "measure"],
    ["When was it built?", undefined],
  ])("%s wants a number: %s", (text, wanted) => {
    expect(parseQuestion(text).numberAsked).toBe(wanted);
  });

  it("takes names in capitals as one word", () => {
    expect(parseQuestion("Is TypeScript there?").terms).toMatchObject([
      { term: "typescript", parts: [] },
    ]);
    expect(parseQuestion("Is maxSteps there?").terms).toMatchObject([
      { term: "maxstep", parts: ["max", "step"] },
    ]);
  });

  it("searches for the part of a word that its other forms share", () => {
    const texts = parseQuestion("Which companies sell?").terms.map((term) => term.searchText);
    expect(texts).toEqual(["compan", "sell"]);
  });

  it.each([
    ["Who founded the bakery?", "person"],
    ["When was the old bakery founded?", "time"],
    ["How long must the offer be valid?", "time"],
    ["How many people work there?", "number"],
    ["Where is the TLS certificate kept?", "place"],
    ["Why is rye baked twice?", "reason"],
    ["What is a User Product?", "definition"],
    ["Describe the sourdough recipe", "any"],
  ])("%s asks for: %s", (text, type) => {
    expect(parseQuestion(text).answerType).toBe(type);
  });
});
