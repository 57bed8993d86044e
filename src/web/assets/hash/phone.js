// One written form for one phone number: the rules of src/identity/phone.rs, by libphonenumber-js, with the metadata that the command
// line has (.ci/prepare says which).

import { bytesOf, isWhiteOrMark, trimmed } from "./text.js";

const PHONE_BYTES_MAX = 64;
const BETWEEN_DIGITS = " -.()\u00a0\u202f\u2010\u2011\u2013";

/** The form of a number that is hashed: E.164; for `meta`, without `+`; null if there can be no such number. */
export function normalisePhone(cell, profile, country) {
  let text = trimmed(cell, isWhiteOrMark);
  if (bytesOf(text) > PHONE_BYTES_MAX) return null;
  text = compacted(text, country) ?? text;
  const sign = profile === "meta" ? "" : "+";
  const national = northAmerican(text, country);
  if (national !== null) return `${sign}1${national}`;
  const digits = parsed(text, text.startsWith("+") ? undefined : country);
  return digits === null ? null : sign + digits;
}

/**
 * The number without the signs that people put between digits; null if it has any other sign, such as an extension. What is dialled to
 * leave the country, `011` or `00`, is written `+`.
 */
function compacted(text, country) {
  let compact = "";
  for (const sign of text) {
    if ((sign >= "0" && sign <= "9") || (sign === "+" && compact === "")) compact += sign;
    else if (!BETWEEN_DIGITS.includes(sign)) return null;
  }
  const outwards = isNorthAmerican(country) ? "011" : "00";
  return compact.startsWith(outwards) && compact.length > outwards.length ? `+${compact.slice(outwards.length)}` : compact;
}

function isNorthAmerican(country) {
  return country === "CA" || country === "US";
}

/** What the library said of ordinary lines with these four first digits, on which alone it depends. */
const ordinary = new Map();

/** The ten digits of an ordinary line of Canada or the United States; null if the library has to decide. */
function northAmerican(compact, country) {
  const here = isNorthAmerican(country);
  let national = null;
  if (compact.length === 12 && compact.startsWith("+1")) national = compact.slice(2);
  else if (here && compact.length === 11 && compact.startsWith("1")) national = compact.slice(1);
  else if (here && compact.length === 10) national = compact;
  if (national === null || !/^[2-9][0-9]{9}$/.test(national)) return null;
  const prefix = national.slice(0, 4);
  let known = ordinary.get(prefix);
  if (known === undefined) {
    known = isOrdinary(national);
    ordinary.set(prefix, known);
  }
  return known ? national : null;
}

function isOrdinary(national) {
  const number = libphonenumber.parsePhoneNumberFromString(national, { defaultCountry: "CA", extract: false });
  if (!number || !number.isValid() || (number.country !== "CA" && number.country !== "US")) return false;
  return ["FIXED_LINE", "MOBILE", "FIXED_LINE_OR_MOBILE"].includes(number.getType());
}

function parsed(text, country) {
  // What this library reads and the command line's doesn't: parameters, digits of other scripts, a word after the number, or one
  // before a number that names its country.
  if (/[;\uff0b]|(?![0-9])\p{Nd}|\p{L}\)?$|^[^+]*\p{L}.*\+/u.test(text)) return null;
  const number = libphonenumber.parsePhoneNumberFromString(text, { defaultCountry: country, extract: true });
  return number && number.isValid() ? number.number.replace(/^\+/, "") : null;
}
