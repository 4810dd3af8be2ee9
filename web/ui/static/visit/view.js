// @ts-check
/** @typedef {import("./types.js").Visit} Visit */
/** @typedef {import("./types.js").Step} Step */
/** @typedef {import("./types.js").Action} Action */
/** @typedef {import("./types.js").Conflict} Conflict */
import { text } from "../texts.js";
import { clock, day, h } from "./dom.js";
import { before, current, isSettled, lacking, last, pending } from "./model.js";
import { needForm, photoButton } from "./needs.js";

/** @param {Visit[]} visits @param {Conflict[]} conflicts @param {Action[]} outbox @param {{open: (id: string) => void, settle: (c: Conflict, said: string) => void, again: (a: Action) => void, discard: (a: Action) => void}} hands */
export function list(visits, conflicts, outbox, hands) {
  const out = h("div", { class: "stack" });
  for (const a of outbox.filter((x) => x.trouble)) {
    out.append(h("section", { class: "card conflict", "data-testid": "local-trouble" }, h("h2", {}, `▲ ${text("visit.js.notkept")}`), h("p", {}, a.trouble ?? ""), h("p", { class: "hint" }, what(a.kind, a.body)),
      h("p", { class: "actions" }, h("button", { class: "button", type: "button", onclick: () => hands.again(a) }, text("visit.js.again")), h("button", { class: "button button-plain", type: "button", onclick: () => hands.discard(a) }, text("visit.js.discard")))));
  }
  for (const c of conflicts) out.append(conflictCard(c, hands.settle));
  for (const v of visits) {
    const done = v.steps.filter(isSettled).length;
    out.append(h("button", { class: "card visit-card", type: "button", "data-testid": "visit", "data-id": v.id, onclick: () => hands.open(v.id) },
      h("span", { class: "visit-time" }, v.planned_from ? `${day(v.planned_from)} ${clock(v.planned_from)}–${clock(v.planned_to)}` : text("visit.js.notime")),
      h("strong", {}, v.customer), h("span", {}, v.subject), h("span", { class: "hint" }, `${v.number} · ${text("visit.js.steps", done, v.steps.length)}${v.state === pending ? ` · ◔ ${text("visit.js.unsent")}` : ""}`)));
  }
  if (!visits.length) out.append(h("div", { class: "state" }, h("h2", {}, text("visit.js.novisits")), h("p", {}, text("visit.js.novisits.do"))));
  return out;
}

/** @param {string} kind @param {any} body */
const what = (kind, body) => [kind, body?.step, body?.need, body?.body?.text].filter(Boolean).join(" · ");

/** @param {Conflict} c @param {(c: Conflict, said: string) => void} settle */
function conflictCard(c, settle) {
  /** @type {{what?: string, do?: string, lacks?: string[]}} */
  let why = {};
  try { why = JSON.parse(c.detail); } catch { why = { what: c.detail }; }
  const said = /** @type {HTMLInputElement} */ (h("input", { required: true, maxlength: "500", "aria-label": text("visit.js.settle.say"), placeholder: text("visit.js.settle.say") }));
  return h("section", { class: "card conflict", "data-testid": "conflict" }, h("h2", {}, `▲ ${text("visit.js.conflict")}`), h("p", {}, `${c.number} · ${what(c.kind, c.body)}`),
    h("p", {}, [why.what, ...(why.lacks ?? [])].filter(Boolean).join(" · ")), h("p", { class: "hint" }, text("visit.js.clocks", clock(c.device_at), clock(c.got_at))),
    h("form", { class: "form", onsubmit: (/** @type {Event} */ e) => { e.preventDefault(); settle(c, said.value.trim()); } }, said, h("button", { class: "button button-wide", "data-testid": "settle" }, text("visit.js.settle"))));
}

/** @param {Visit} v @param {import("./needs.js").Hands & {sheet: () => Promise<void>, handCopy: (to: string, how: string, mail?: string) => Promise<void>}} hands @param {string} [chosen] step shown @param {(code: string) => void} [choose] */
export function visit(v, hands, chosen, choose) {
  const now = current(v);
  const shown = v.steps.find((s) => s.code === chosen) ?? now;
  const at = shown ? v.steps.indexOf(shown) + 1 : v.steps.length;
  const atDoor = shown?.code === "arrival" || shown?.code === "identity";
  const out = h("div", { class: "stack" },
    h("details", { class: "card who" }, h("summary", {}, h("strong", {}, v.customer), ` · ${v.subject}`), v.situation && h("p", { class: "situation" }, v.situation),
      h("dl", { class: "facts" }, h("dt", {}, text("visit.js.promised")), h("dd", {}, v.promised_from ? `${day(v.promised_from)} ${clock(v.promised_from)}–${clock(v.promised_to)}` : "–"),
        h("dt", {}, text("visit.js.contact")), h("dd", {}, v.contact, " ", h("a", { href: `tel:${v.phone}` }, v.phone)), h("dt", {}, text("visit.js.place")), h("dd", {}, v.region || "–"), h("dt", {}, text("visit.js.product")), h("dd", {}, v.product || "–"))),
    atDoor && codeCard(v));
  if (v.state === pending) out.append(h("p", { class: "stale" }, text("visit.js.ending")));
  else if (shown) out.append(stepCard(v, shown, at, hands));
  if (!now && v.state !== pending) out.append(finishCard(hands));
  out.append(h("nav", { class: "card", "aria-label": text("visit.js.all") }, h("h2", {}, text("visit.js.all")), h("ol", { class: "steps" }, ...v.steps.map((s) => h("li", { "data-step": s.code, "data-state": s.state },
    h("button", { type: "button", class: "step-link", "aria-current": s === shown ? "step" : undefined, onclick: () => choose?.(s.code) }, h("span", { class: "mark-of", "aria-hidden": "true" }, mark(s)), s.name, h("span", { class: "hint" }, word(s))))))));
  if (v.state !== pending) out.append(nextCard(hands));
  return out;
}

/** @param {Step} s */
const mark = (s) => isSettled(s) ? (s.state === pending ? "◔" : "✓") : s.state === "ready" ? "●" : "○";

/** @param {Step} s */
function word(s) {
  if (s.state === pending) return text("visit.js.unsent");
  if (s.state === "waived") return text("visit.js.state.waived");
  if (s.state === "overridden") return text("visit.js.state.overridden");
  if (isSettled(s)) return text("visit.js.state.done");
  if (s.optional) return text("visit.js.optional");
  return s.state === "ready" ? text("visit.js.state.ready") : text("visit.js.state.locked");
}

/** @param {Visit} v */
function codeCard(v) {
  if (!v.code) return undefined;
  return h("section", { class: "card code-card" }, h("h2", {}, text("visit.js.code")), h("p", { class: "visit-code", "data-testid": "code" }, `${v.code.slice(0, 4)} ${v.code.slice(4)}`),
    h("p", { class: "hint" }, v.code_checked ? text("visit.js.code.checked", clock(v.code_checked)) : text("visit.js.code.hint")));
}

/** @param {Visit} v @param {Step} s @param {number} at @param {Parameters<typeof visit>[1]} hands */
function stepCard(v, s, at, hands) {
  const card = h("section", { class: "card step", "data-testid": "step", "data-code": s.code }, h("p", { class: "hint" }, text("visit.js.step", at, v.steps.length)), h("h2", {}, s.name), s.hint ? h("p", {}, s.hint) : "");
  if (isSettled(s)) {
    card.append(h("p", {}, `${mark(s)} ${word(s)}`));
    return card;
  }
  const waits = before(v, s);
  if (waits.length) {
    card.append(h("p", { class: "stale" }, text("visit.js.first", waits.map((x) => x.name).join(" · "))));
    return card;
  }
  const signed = s.needs.find((n) => n.code === "signed");
  const sheet = s.needs.find((n) => n.document === "work_order");
  for (const n of s.needs) {
    if (sheet && (n === sheet || n === signed)) continue;
    if (sheet && n.code === "copy") continue;
    if (n.kind === "document") card.append(h("section", { class: `need${n.have ? " met" : ""}` }, h("h3", {}, n.have ? "✓ " : "", n.name), h("p", { class: "hint" }, text("visit.js.bydesk"))));
    else card.append(needForm(v, s, n, hands));
  }
  if (sheet) card.append(...sheetForms(v, s, hands));
  card.append(photoButton((file) => hands.act("evidence", { step: s.code, need: "", kind: "photo", body: {} }, file, "photo.jpg")));
  const lacks = lacking(s);
  card.append(h("button", { class: "button button-primary button-large button-wide", type: "button", disabled: lacks.length > 0 || !s.mine, "data-testid": "complete", onclick: () => hands.act("complete", { step: s.code }) }, text("visit.js.complete")));
  if (lacks.length) card.append(h("p", { class: "hint", "data-testid": "lacks" }, text("visit.js.lacks", lacks.map((n) => n.name).join(" · "))));
  return card;
}

/** @param {Visit} v @param {Step} s @param {Parameters<typeof visit>[1]} hands */
function sheetForms(v, s, hands) {
  const signed = s.needs.find((n) => n.code === "signed");
  const sheet = s.needs.find((n) => n.document === "work_order");
  const copy = s.needs.find((n) => n.code === "copy");
  const out = [];
  const isSigned = (signed?.have ?? 0) > 0;
  out.push(h("section", { class: `need${isSigned ? " met" : ""}` }, h("h3", {}, isSigned ? "✓ " : "", sheet?.name ?? ""), isSigned
    ? h("p", { class: "hint" }, last(v, s.code, "signed")?.pending ? `◔ ${text("visit.js.unsent")}` : text("visit.js.kept"))
    : h("button", { class: "button button-primary button-wide", type: "button", "data-testid": "sheet", onclick: () => hands.sheet() }, text("visit.js.sheet"))));
  if (copy && isSigned && copy.have < 1) {
    const to = /** @type {HTMLInputElement} */ (h("input", { id: "copy-to", value: v.contact, maxlength: "100", autocomplete: "off" }));
    const mail = /** @type {HTMLInputElement} */ (h("input", { id: "copy-mail", type: "email", placeholder: v.mail_known ?? "", maxlength: "254", autocomplete: "off" }));
    const known = () => mail.value.trim() || v.mail_known;
    const send = () => { if (known() && mail.checkValidity()) void hands.handCopy(to.value, "mail", mail.value.trim()); else mail.focus(); };
    out.push(h("section", { class: "need" }, h("h3", {}, copy.name), h("p", { class: "field" }, h("label", { for: "copy-to" }, text("visit.js.copyto")), to),
      v.mail ? h("p", { class: "field" }, h("label", { for: "copy-mail" }, text("visit.js.copyaddress")), mail) : "",
      v.mail ? h("button", { class: "button button-wide", type: "button", "data-testid": "copy-mail", onclick: send }, text("visit.js.copymail")) : "",
      h("button", { class: "button button-wide", type: "button", "data-testid": "copy-link", disabled: !hands.online(), onclick: () => hands.handCopy(to.value, "link") }, text("visit.js.copylink")),
      h("button", { class: "button button-wide", type: "button", "data-testid": "copy-paper", onclick: () => hands.handCopy(to.value, "paper") }, text("visit.js.copypaper"))));
  } else if (copy) {
    out.push(h("section", { class: `need${copy.have ? " met" : ""}` }, h("h3", {}, copy.have ? "✓ " : "", copy.name)));
  }
  return out;
}

/** @param {Parameters<typeof visit>[1]} hands */
function finishCard(hands) {
  const result = /** @type {HTMLTextAreaElement} */ (h("textarea", { id: "result", required: true, rows: "3", maxlength: "2000" }));
  return h("form", { class: "card form", "data-testid": "finish-form", onsubmit: (/** @type {Event} */ e) => { e.preventDefault(); void hands.act("finish", { result: result.value.trim() }); } },
    h("h2", {}, text("visit.js.finish")), h("p", { class: "field" }, h("label", { for: "result" }, text("visit.js.result")), result), h("button", { class: "button button-primary button-large button-wide", "data-testid": "finish" }, text("visit.js.finish")));
}

/** @param {Parameters<typeof visit>[1]} hands */
function nextCard(hands) {
  const why = /** @type {HTMLTextAreaElement} */ (h("textarea", { id: "why-next", required: true, rows: "3", maxlength: "2000" }));
  return h("details", { class: "card" }, h("summary", {}, text("visit.js.next")), h("form", { class: "form", onsubmit: (/** @type {Event} */ e) => { e.preventDefault(); void hands.act("next", { reason: why.value.trim() }); } },
    h("p", { class: "hint" }, text("visit.js.next.hint")), h("p", { class: "field" }, h("label", { for: "why-next" }, text("visit.js.next.why")), why), h("button", { class: "button button-wide", "data-testid": "next" }, text("visit.js.next.do"))));
}

/** What the customer reads and signs on the work order: everything that will be printed on it. @param {Visit} v */
export function sheetText(v) {
  const lines = [text("visit.js.sheettitle"), `${v.number} · ${v.customer}`, `${text("visit.js.product")}: ${v.product || "–"}`, v.subject];
  for (const s of v.steps) {
    for (const n of s.needs) {
      const piece = last(v, s.code, n.code);
      if (!piece || n.document || n.code === "signed" || n.code === "copy") continue;
      lines.push("", n.name, spoken(n, piece));
    }
  }
  return lines.join("\n");
}

/** @param {import("./types.js").Need} n @param {import("./types.js").Evidence} e */
function spoken(n, e) {
  const b = e.body ?? {};
  if (e.kind === "waiver") return `${b.who}: ${b.reason}`;
  if (e.kind === "confirmation") return `${b.who ?? ""} ${day(e.device_at ?? e.at)} ${clock(e.device_at ?? e.at)}`.trim();
  if (b.results) return b.results.map((/** @type {any} */ r) => `${r.mark === "ok" ? "✓" : r.mark === "fault" ? "✗" : "–"} ${r.name}${r.note ? ` (${r.note})` : ""}`).join("\n");
  if (n.fields) return n.fields.filter((f) => b[f.code] !== undefined).map((f) => `${f.name}: ${valueOf(f, b[f.code])}${f.unit ? ` ${f.unit}` : ""}`).join("\n");
  return b.text ?? "✓";
}

/** @param {import("./types.js").Field} f @param {any} value */
function valueOf(f, value) {
  if (f.type === "yes") return value ? "✓" : "✗";
  if (f.type === "time") return `${day(value)} ${clock(value)}`;
  return f.choices?.find((c) => c.code === value)?.name ?? String(value);
}
