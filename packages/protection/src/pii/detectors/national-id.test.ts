import { describe, expect, it } from "vitest";
import { words } from "../test/words.ts";
import { nationalId } from "./national-id.ts";

describe("national ids", () => {
  it.each([
    ["US", "536-90-4399"],
    ["GB", "HH 01 23 45 D"],
    ["FR", "295109912611193"],
    ["FR", "2 95 10 99 126 111 93"],
    ["FR, Corsica", "186022A21532523"],
    ["ES, DNI", "54362315K"],
    ["ES, DNI", "54362315-K"],
    ["ES, NIE", "X2482300W"],
    ["ES, NIE", "X-2482300-W"],
    ["IT", "RCCMNL83S18D969H"],
    ["IT", "rccmnl83s18d969h"],
    ["BR", "390.533.447-05"],
    ["IN", "2341 2341 2346"],
    ["CH", "756.9217.0769.85"],
    ["CH", "7569217076985"],
    ["BE", "88.02.29-999.90"],
    ["SE", "811228-9874"],
    ["SE", "19811228-9874"],
    ["FI", "131052-308T"],
    ["NO", "15108695088"],
    ["CN", "360426199101010071"],
  ])("are found as they are written in %s: %s", (_country, id) => {
    expect(words(nationalId, `his number is ${id}, and hers is not known`)).toEqual([id]);
  });

  it.each([
    ["US", "SSN: 536904399", "536904399"],
    ["US", "Social Security no. 536 90 4399", "536 90 4399"],
    ["GB", "NI number HH012345D", "HH012345D"],
    ["GB", "HH 012345 D (national insurance)", "HH 012345 D"],
    ["DE", "Steuer-ID 36574261809", "36574261809"],
    ["DE", "IdNr. 36 574 261 809", "36 574 261 809"],
    ["DE", "Steueridentifikationsnummer: 36574261809", "36574261809"],
    ["NL", "BSN 111222333", "111222333"],
    ["NL", "burgerservicenummer 1112.22.333", "1112.22.333"],
    ["PL", "PESEL 44051401359", "44051401359"],
    ["BR", "CPF 39053344705", "39053344705"],
    ["IN", "Aadhaar: 234123412346", "234123412346"],
    ["BE", "Rijksregisternummer 88022999990", "88022999990"],
    ["DK", "CPR 211062-5629", "211062-5629"],
    ["CA", "SIN 123-456-782", "123-456-782"],
    ["any, in JSON", '"ssn":"536904399"', "536904399"],
  ])("in %s, digits alone with a word near: %s", (_country, text, id) => {
    expect(words(nationalId, text)).toEqual([id]);
    // The same digits in an order: one in ten of all numbers has the checksum.
    expect(words(nationalId, `order ${id.replaceAll(/\D/g, "")} is late`)).toEqual([]);
  });

  it.each([
    ["a checksum", "54362315Z, X2482300A, RCCMNL83S18D969X, 390.533.447-06, 756.9217.0769.86"],
    ["a checksum, with its word", "PESEL 44051401358, BSN 111222334, Steuer-ID 36574261808"],
    ["never issued", "000-12-3456, 666-12-3456, 900-12-3456, 123-00-4567"],
    ["a month", "295139912611193"],
    ["part of a longer one", "1536-90-4399, 536-90-43991, 12341 2341 2346, 2341 2341 2346 1234"],
    ["part of a word", "x536-90-4399, 54362315Kx, id-54362315K"],
  ])("are not those that lack %s: %s", (_what, text) => {
    expect(words(nationalId, text)).toEqual([]);
  });

  it("finds the second of two that begin alike, and both of two", () => {
    expect(words(nationalId, "536-90-4399 536-90-4398")).toEqual(["536-90-4399", "536-90-4398"]);
  });
});
