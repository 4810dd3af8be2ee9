// @ts-check
/** @typedef {import("./types.js").Visit} Visit */
/** @typedef {import("./types.js").Step} Step */
/** @typedef {import("./types.js").Need} Need */
/** @typedef {import("./types.js").Field} Field */
import { text } from "../texts.js";
import { h, instant, local } from "./dom.js";
import { last } from "./model.js";
import * as store from "./store.js";

/**
 * What the forms below need of the page.
 * @typedef {object} Hands
 * @property {string} login
 * @property {(kind: string, body: any, file?: Blob, name?: string) => Promise<void>} act keeps an action to be sent
 * @property {(step: string, need: string, shown: string) => Promise<boolean>} sign
 * @property {(step: string, need: string) => Promise<void>} link
 * @property {() => boolean} online
 */

/** Keeps what is typed until it is saved, over a reload. @param {HTMLElement} form @param {string} key */
function remember(form, key) {
  const fields = () => /** @type {(HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement)[]} */ ([...form.querySelectorAll("input[name], textarea[name], select[name]")]);
  void store.get(key).then((kept) => {
    for (const f of fields()) {
      if (kept?.[f.name] === undefined) continue;
      if (f instanceof HTMLInputElement && (f.type === "checkbox" || f.type === "radio")) f.checked = f.type === "radio" ? kept[f.name] === f.value : kept[f.name];
      else f.value = kept[f.name];
    }
  });
  form.addEventListener("input", () => {
    /** @type {Record<string, any>} */
    const values = {};
    for (const f of fields()) {
      if (f instanceof HTMLInputElement && f.type === "radio") { if (f.checked) values[f.name] = f.value; }
      else values[f.name] = f instanceof HTMLInputElement && f.type === "checkbox" ? f.checked : f.value;
    }
    void store.put(key, values);
  });
}

/** @param {Visit} v @param {Step} s @param {Need} n @param {Hands} hands */
export function needForm(v, s, n, hands) {
  const met = n.have >= n.min;
  const box = h("section", { class: `need${met ? " met" : ""}`, "data-need": n.code, "data-met": String(met) }, h("h3", {}, met ? "✓ " : "", n.name, n.optional ? ` · ${text("visit.js.optional")}` : ""));
  const piece = last(v, s.code, n.code);
  if (met && piece) box.append(h("p", { class: "hint" }, piece.pending ? `◔ ${text("visit.js.unsent")}` : text("visit.js.kept")));
  if (met && n.kind !== "photo") return box;
  if (n.locked) {
    box.append(h("p", { class: "hint", "data-testid": "not-yours" }, `🔒 ${text("visit.js.locked")}${n.locked}`));
    return box;
  }
  const key = `draft:${v.id}.${s.code}.${n.code}@${hands.login}`;
  /** @param {any} body @param {Blob} [file] @param {string} [name] @param {string} [kind] */
  const save = async (body, file, name, kind) => {
    await hands.act("evidence", { step: s.code, need: n.code, kind: kind ?? n.kind, body }, file, name);
    await store.drop(key);
  };
  if (n.kind === "text") box.append(textForm(key, (said) => save({ text: said })));
  else if (n.kind === "photo") box.append(photoButton((file) => save({}, file, "photo.jpg")));
  else if (n.kind === "fact" && n.fields?.some((f) => f.code === "faults")) box.append(checkForm(v, key, save));
  else if (n.kind === "fact") box.append(factForm(n, key, save));
  else if (n.kind === "confirmation") box.append(...confirmForm(v, s, n, hands));
  if (n.or_waiver) box.append(waiverForm(key, (who, why) => save({ who, reason: why }, undefined, undefined, "waiver")));
  return box;
}

/** @param {string} key @param {(said: string) => Promise<void>} save */
function textForm(key, save) {
  const area = /** @type {HTMLTextAreaElement} */ (h("textarea", { name: "text", rows: "4", required: true, maxlength: "10000", "aria-label": text("visit.js.write") }));
  const form = h("form", { class: "form", onsubmit: (/** @type {Event} */ e) => { e.preventDefault(); void save(area.value.trim()); } }, area, saveButton());
  remember(form, key);
  return form;
}

const saveButton = () => h("button", { class: "button button-wide", "data-testid": "save" }, text("visit.js.save"));

/** @param {(file: Blob) => Promise<void>} save */
export function photoButton(save) {
  const input = /** @type {HTMLInputElement} */ (h("input", { type: "file", accept: "image/*", capture: "environment", class: "visually-hidden", "data-testid": "photo" }));
  input.addEventListener("change", async () => {
    const file = input.files?.[0];
    if (file) await save(await smaller(file));
  });
  return h("label", { class: "button button-wide" }, text("visit.js.photo"), input);
}

/** A phone's photo in a size that a bad line can carry. What cannot be drawn is sent as it is. @param {File} file @returns {Promise<Blob>} */
async function smaller(file) {
  try {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, 1600 / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve) => canvas.toBlob((b) => resolve(b ?? file), "image/jpeg", 0.82));
  } catch {
    return file;
  }
}

/** @param {Need} n @param {string} key @param {(body: any) => Promise<void>} save */
function factForm(n, key, save) {
  const form = /** @type {HTMLFormElement} */ (h("form", { class: "form" }, ...(n.fields ?? []).map(fieldOf), saveButton()));
  form.addEventListener("submit", (e) => {
    e.preventDefault();
    /** @type {Record<string, any>} */
    const body = {};
    for (const f of n.fields ?? []) {
      const el = /** @type {HTMLInputElement} */ (form.elements.namedItem(f.code));
      if (f.type === "yes") body[f.code] = el.checked;
      else if (el.value === "") continue;
      else if (f.type === "number") body[f.code] = Number(el.value);
      else if (f.type === "time") body[f.code] = instant(el.value).toISOString();
      else body[f.code] = el.value.trim();
    }
    void save(body);
  });
  remember(form, key);
  return form;
}

/** @param {Field} f */
function fieldOf(f) {
  const id = `f-${f.code}`;
  const name = f.unit ? `${f.name} (${f.unit})` : f.name;
  const must = !f.optional;
  if (f.type === "yes") return h("label", { class: "check big" }, h("input", { type: "checkbox", name: f.code }), h("span", {}, name));
  let input;
  if (f.type === "choice") input = h("select", { id, name: f.code, required: must }, ...(f.choices ?? []).map((c) => h("option", { value: c.code }, c.name)));
  else if (f.type === "number") input = h("input", { id, name: f.code, type: "number", step: "any", inputmode: "decimal", min: f.min, required: must });
  else if (f.type === "time") input = h("input", { id, name: f.code, type: "datetime-local", required: must, value: local(new Date()) });
  else input = h("input", { id, name: f.code, required: must, maxlength: "1000", autocomplete: "off" });
  return h("p", { class: "field" }, h("label", { for: id }, name), input);
}

/** The whole-system check: every item is in order, a fault, or does not apply. @param {Visit} v @param {string} key @param {(body: any) => Promise<void>} save */
function checkForm(v, key, save) {
  const form = /** @type {HTMLFormElement} */ (h("form", { class: "form checklist" }, h("p", { class: "hint" }, v.checklist.name)));
  const marks = [["ok", text("visit.js.ok")], ["fault", text("visit.js.fault")], ["none", text("visit.js.none")]];
  for (const item of v.checklist.items) {
    form.append(h("fieldset", { class: "check-item" }, h("legend", {}, item.name),
      h("div", { class: "marks" }, ...marks.map(([code, name]) => h("label", { class: "mark" }, h("input", { type: "radio", name: `m-${item.code}`, value: code, required: true }), h("span", {}, name)))),
      h("input", { name: `n-${item.code}`, "aria-label": `${item.name} ${text("visit.js.note")}`, placeholder: text("visit.js.note"), maxlength: "300", autocomplete: "off" })));
  }
  form.append(h("label", { class: "check big" }, h("input", { type: "checkbox", name: "normal" }), h("span", {}, text("visit.js.normal"))), saveButton());
  form.addEventListener("submit", (e) => {
    e.preventDefault();
    const data = new FormData(form);
    const results = v.checklist.items.map((i) => ({ code: i.code, name: i.name, mark: String(data.get(`m-${i.code}`)), note: String(data.get(`n-${i.code}`) ?? "").trim() }));
    void save({ list: v.checklist.name, items: results.length, faults: results.filter((r) => r.mark === "fault").length, normal: data.has("normal"), results });
  });
  remember(form, key);
  return form;
}

/** @param {Visit} v @param {Step} s @param {Need} n @param {Hands} hands */
function confirmForm(v, s, n, hands) {
  const out = [];
  const via = n.via ?? [];
  if (via.includes("link")) {
    out.push(h("button", { class: "button button-wide", type: "button", disabled: !hands.online(), "data-testid": "link", onclick: () => hands.link(s.code, n.code) }, text("visit.js.link")));
    if (!hands.online()) out.push(h("p", { class: "hint" }, text("visit.js.linkoffline")));
  }
  if (via.includes("signature") || !via.length) {
    out.push(h("button", { class: "button button-primary button-wide", type: "button", "data-testid": "sign", onclick: () => hands.sign(s.code, n.code, asked(v, s, n)) }, text("visit.js.sign")));
  }
  return out;
}

/** What the customer reads above the signature. @param {Visit} v @param {Step} s @param {Need} n */
function asked(v, s, n) {
  const lines = [`${v.number} · ${v.customer}`, n.name];
  for (const other of s.needs) {
    const said = other.kind === "text" ? last(v, s.code, other.code)?.body?.text : "";
    if (said) lines.push("", `${other.name}:`, said);
  }
  return lines.join("\n");
}

/** @param {string} key @param {(who: string, why: string) => Promise<void>} save */
function waiverForm(key, save) {
  const form = h("form", { class: "form" },
    h("p", { class: "field" }, h("label", { for: "waive-who" }, text("visit.js.waivewho")), h("input", { id: "waive-who", name: "who", required: true, maxlength: "100", autocomplete: "off" })),
    h("p", { class: "field" }, h("label", { for: "waive-why" }, text("visit.js.waivewhy")), h("input", { id: "waive-why", name: "why", required: true, maxlength: "500", autocomplete: "off" })),
    h("button", { class: "button button-wide" }, text("visit.js.waive")));
  form.addEventListener("submit", (e) => {
    e.preventDefault();
    const data = new FormData(/** @type {HTMLFormElement} */ (form));
    void save(String(data.get("who")), String(data.get("why")));
  });
  remember(form, `${key}.waiver`);
  return h("details", { class: "waiver" }, h("summary", {}, text("visit.js.waiver")), form);
}
