// One written form for one e-mail address: the rules of src/identity/email.rs.

import { bytesOf, isAscii, isWhite, isWhiteOrMark, trimmed } from "./text.js";

const EMAIL_BYTES_MAX = 512;

// One `@`, something before it, a domain with dots inside; none of the signs that mean that the cell holds more than an address.
const ADDRESS = /^[^\0- @<>()[\]\\",;:\x7f]+@[^\0- @<>()[\]\\",;:\x7f.]+(?:\.[^\0- @<>()[\]\\",;:\x7f.]+)+$/;

/** The form of an address that is hashed; null if it is none. */
export function normaliseEmail(cell, profile) {
  const text = trimmed(cell, isWhiteOrMark);
  if (bytesOf(text) > EMAIL_BYTES_MAX) return null;
  if (!isAscii(text)) {
    for (let at = 0; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (isWhite(code) || code < 32 || (code >= 127 && code <= 159)) return null;
    }
  }
  const address = text.toLowerCase();
  if (!ADDRESS.test(address)) return null;
  return profile === "uid2" ? withoutAliases(address) : address;
}

/** `first.last+news@gmail.com` and `firstlast@gmail.com` are one mailbox, and UID2 hashes them alike. */
function withoutAliases(address) {
  const gmail = "@gmail.com";
  if (!address.endsWith(gmail)) return address;
  const mailbox = address.slice(0, -gmail.length).split("+", 1)[0].replaceAll(".", "");
  return mailbox === "" ? null : mailbox + gmail;
}
