// Which columns hold identifiers, by their names: the rules of src/identity/header.rs.

const EMAIL_WORDS = ["email", "emails", "courriel", "courriels", "mail", "mel", "emailaddress"];
const PHONE_WORDS = [
  "phone", "phones", "phonenumber", "telephone", "telephones", "tel", "cell", "cellulaire", "cellphone", "mobile", "portable",
];
const HASH_WORDS = ["hash", "hashed", "hache", "hachee", "haches", "sha256", "sha", "empreinte"];
// Words that say that a column is about an identifier and holds none.
const ABOUT_WORDS = [
  "opt", "optin", "optout", "in", "consent", "consentement", "statut", "status", "type", "label", "libelle", "etiquette", "valide",
  "valid", "verified", "verifie", "date", "id", "langue", "language", "bounce", "bounced", "abonne", "subscribed", "infolettre",
  "newsletter", "source", "domain", "domaine", "count", "nombre", "poste", "ext", "extension", "pays", "country",
];

const PLAIN = {
  à: "a", â: "a", ä: "a", á: "a", é: "e", è: "e", ê: "e", ë: "e", î: "i", ï: "i", í: "i", ô: "o", ö: "o", ó: "o", ù: "u", û: "u",
  ü: "u", ú: "u", ç: "c",
};

/** The words of a name, without case and accents: `Adresse_courriel` is `adresse`, `courriel`. */
function wordsOf(name) {
  let plain = "";
  let afterSmall = false;
  for (const sign of name) {
    // `AdresseCourriel` is two words.
    if (afterSmall && /\p{Uppercase}/u.test(sign)) plain += " ";
    afterSmall = /\p{Lowercase}/u.test(sign);
    for (const small of sign.toLowerCase()) {
      // Accents that follow their letter, and marks that nobody sees.
      if (!/[\u0300-\u036f\ufeff\u200b]/.test(small)) plain += PLAIN[small] ?? small;
    }
  }
  return plain.split(/[^\p{Alphabetic}\p{N}]/u).filter((word) => word !== "");
}

/** How names are compared: case, accents, punctuation and blanks don't count. */
export function folded(name) {
  return wordsOf(name).join("");
}

/** What a name says that its column holds; null if it is not about identifiers. */
export function meaning(name) {
  const words = wordsOf(name)
    .map((word) => (word === "sha256" ? word : word.replace(/[0-9]+$/, "")))
    .filter((word) => word !== "" && word !== "value" && word !== "valeur");
  // `e-mail`, `E-mail 1`.
  const e = words.findIndex((word, at) => word === "e" && (words[at + 1] ?? "").startsWith("mail"));
  if (e >= 0) {
    words.splice(e, 1);
    words[e] = `e${words[e]}`;
  }
  const has = (list) => words.some((word) => list.includes(word));
  const electronic = words.includes("electronique") && has(["adresse", "courrier"]);
  const email = has(EMAIL_WORDS) || electronic;
  if (email === has(PHONE_WORDS) || has(ABOUT_WORDS)) return null;
  return { kind: email ? "email" : "phone", family: words.join(""), hashed: has(HASH_WORDS) };
}

/** The columns that hold raw identifiers of a kind, and a rival: a column of another family that may hold it as well. */
export function detected(names, kind) {
  const found = names
    .map((name, index) => ({ index, ...meaning(name) }))
    .filter((column) => column.kind === kind && !column.hashed);
  const own = found.filter((column) => column.family === found[0].family);
  const rival = found.find((column) => column.family !== found[0].family);
  return { columns: own.map((column) => column.index), rival: rival ? rival.index : null };
}

/** Whether a first line is rather a row: it holds an address or a number where names belong. */
export function looksLikeARow(names) {
  return names.some((name) => name.includes("@") || (name.replace(/[^0-9]/g, "").length >= 7 && meaning(name) === null));
}
