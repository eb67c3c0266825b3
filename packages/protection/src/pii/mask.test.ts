import { expect, it } from "vitest";
import { findPersonalData } from "./find-personal-data.ts";
import { mask } from "./mask.ts";

it.each([
  ["credential", "hunter2", "********"],
  ["iban", "DE89 3704 0044 0532 0130 00", "DE** **** **** **** **30 00"],
  ["card", "4111-1111-1111-1111", "****-****-****-1111"],
  ["card", "４１１１１１１１１１１１１１１１", "************1111"],
  ["email", "ada.lovelace@example.com", "***@example.com"],
  ["email", "ada%40example.com", "***%40example.com"],
  ["national_id", "536-90-4399", "***-**-4399"],
  ["phone", "+49 30 901820", "+** ** **1820"],
  ["machine_address", "203.0.113.7", "203.0.113.*"],
  ["machine_address", "::ffff:203.0.113.7", "203.0.113.*"],
  ["machine_address", "2001:db8::1", "2001:db8:0:*"],
  ["machine_address", "00:1a:2b:3c:4d:5e", "00:1a:2b:**:**:**"],
] as const)("masks of kind %s %s as %s, which is found no more", (kind, value, masked) => {
  expect(mask(kind, value)).toBe(masked);
  expect(findPersonalData(masked)).toEqual([]);
});
