// @ts-check

/**
 * How the phone stands, in a few words for the strip above the desk.
 * @param {"browser"|"sip"|""} kind
 * @param {import("./types.js").PhoneState} phone
 * @param {boolean} phoneUp what the server says: it counts for a SIP phone
 * @param {string} missing what the check misses, "" when it passed
 * @param {number} now milliseconds
 * @param {string[]} [lacks] switches where the server misses it
 * @returns {{key: string, args: (string|number)[], kind: "good"|"warn"|"bad"}}
 */
export function phoneWord(kind, phone, phoneUp, missing, now, lacks = []) {
  if (kind === "") return { key: "desk.js.phone.unknown", args: [], kind: "warn" };
  if (kind === "sip" && phoneUp && lacks.length > 0) return { key: "desk.js.phone.sippartly", args: [lacks.join(" ")], kind: "warn" };
  if (kind === "sip") return phoneUp ? { key: "desk.js.phone.sip", args: [], kind: "good" } : { key: "desk.js.phone.sipdown", args: [], kind: "bad" };
  switch (phone.line) {
    case "waiting": return { key: "desk.js.phone.waiting", args: [Math.max(0, Math.ceil((phone.retryAt - now) / 1000))], kind: "bad" };
    case "refused": return { key: "desk.js.phone.refused", args: [], kind: "bad" };
    case "othertab": return { key: "desk.js.phone.othertab", args: [], kind: "warn" };
    case "registered":
      if (phone.at < phone.of) return { key: "desk.js.phone.at", args: [phone.at, phone.of], kind: "warn" };
      if (!missing && phone.of > 1) return { key: "desk.js.phone.at", args: [phone.at, phone.of], kind: "good" };
      return missing ? { key: "desk.js.phone.check", args: [], kind: "warn" } : { key: "desk.js.phone.browser", args: [], kind: "good" };
  }
  return { key: "desk.js.phone.connecting", args: [], kind: "warn" };
}
