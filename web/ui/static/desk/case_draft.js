// @ts-check
// Keeps what is typed about a case: at once in this browser, after a moment on the server, after a pause in the case itself. The
// browser's copy goes only when the server has confirmed. Of two windows the later typing stands, and both are told.

/**
 * @typedef {{name: string, value: string, seq: number, tab: string, at: string}} Field
 * @typedef {{name: string, code: string, text: string}} Missing
 * @typedef {object} Answer
 * @property {number} seq
 * @property {Field[]} saved
 * @property {Field[]} others
 * @property {Field[]} lost
 * @property {Missing[]} missing
 * @property {Record<string, string>} case
 * @property {string[]} taken
 * @property {string[]} clashes
 * @property {boolean} closed
 */

/**
 * @typedef {"saved" | "saving" | "not" | "signin" | "refused"} State
 * @typedef {object} Hooks
 * @property {(state: State, since: number, why: string) => void} onState
 * @property {(missing: Missing[]) => void} onMissing
 * @property {(kind: "lost" | "other" | "case", name: string, other: string, take: () => void, keep: () => void) => void} onClash
 * @property {() => void} onSignIn
 */

/** @typedef {{value: string, seen: number, dirty: boolean, typed: number}} Standing */

const pause = 700;
const rest = 4000;
const facts = ["subject", "description", "product", "category", "severity"];
const tab = Array.from(crypto.getRandomValues(new Uint8Array(9)), (b) => b.toString(16).padStart(2, "0")).join("");

/** The fields of a form that are kept. @param {Element} e @returns {e is HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement} */
export function isField(e) {
  return (e instanceof HTMLInputElement || e instanceof HTMLTextAreaElement || e instanceof HTMLSelectElement) && e.name !== "" &&
    e.dataset.nodraft === undefined && e.type !== "file" && e.type !== "hidden" && e.type !== "password";
}

export class Draft {
  /** @type {Map<string, Standing>} */
  #fields = new Map();
  /** What stands in the case itself. @type {Map<string, string>} */
  #base = new Map();
  /** Facts that are to go into the case. @type {Set<string>} */
  #due = new Set();
  #since;
  #key;
  #busy = /** @type {Promise<void> | null} */ (null);
  #timer = 0;
  #restTimer = 0;
  #wait = 1000;
  #ended = false;
  #last = Date.now();

  /** @param {HTMLElement} root @param {Hooks} hooks */
  constructor(root, hooks) {
    this.root = root;
    this.hooks = hooks;
    this.number = root.dataset.case ?? "";
    this.call = root.dataset.call ?? "";
    this.#since = Number(root.dataset.seq) || 0;
    this.#key = `hotline.draft.${root.dataset.login}.${this.number}`;
    for (const e of this.elements()) {
      this.#learn(e);
      if (e.dataset.base !== undefined) this.#base.set(e.name, e.dataset.base);
    }
    this.#restore();
    this.hooks.onState("saved", this.#last, "");
  }

  /** All fields on the desk. */
  elements() {
    const all = [...this.root.querySelectorAll("[name]"), ...document.querySelectorAll("#case-more-body [name]")];
    return all.filter(isField);
  }

  /** The elements of a name. @param {string} name */
  named(name) {
    return this.elements().filter((e) => e.name === name);
  }

  /** @param {string} name */
  value(name) {
    const all = this.named(name);
    const first = all[0];
    if (first instanceof HTMLInputElement && first.type === "radio") {
      for (const e of all) if (e instanceof HTMLInputElement && e.checked) return e.value;
      return "";
    }
    if (first instanceof HTMLInputElement && first.type === "checkbox") return first.checked ? "true" : "";
    return first ? first.value : (this.#fields.get(name)?.value ?? "");
  }

  /** Puts a value into the form as if it had been typed. @param {string} name @param {string} value */
  type(name, value) {
    this.#show(name, value);
    this.touch(name);
  }

  /** @param {string} name @param {string} value */
  #show(name, value) {
    for (const e of this.named(name)) {
      if (e instanceof HTMLInputElement && e.type === "radio") e.checked = e.value === value;
      else if (e instanceof HTMLInputElement && e.type === "checkbox") e.checked = value === "true";
      else if (e.value !== value) e.value = value;
    }
  }

  /** @param {HTMLElement & {name: string}} e */
  #learn(e) {
    if (!this.#fields.has(e.name)) this.#fields.set(e.name, { value: this.value(e.name), seen: this.#since, dirty: false, typed: 0 });
  }

  /** Fields came that were not there, from a fragment. */
  look() {
    for (const e of this.elements()) this.#learn(e);
  }

  /** A field may have changed. @param {string} name @param {number} [typed] when, if not now */
  touch(name, typed = Date.now()) {
    if (this.#ended || !this.number) return;
    const value = this.value(name);
    const was = this.#fields.get(name);
    if (was && was.value === value) return;
    const f = { value, seen: was?.seen ?? 0, dirty: true, typed };
    this.#fields.set(name, f);
    this.#mirror(name, f);
    if (facts.includes(name)) {
      this.#due.add(name);
      clearTimeout(this.#restTimer);
      this.#restTimer = setTimeout(() => this.#due.size > 0 && void this.save(true), rest);
    }
    this.#soon(pause);
  }

  /** @param {number} ms */
  #soon(ms) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.save(false), ms);
  }

  /** The copy in this browser, until the server has confirmed. @param {string} name @param {Standing | null} f */
  #mirror(name, f) {
    try {
      const all = JSON.parse(localStorage.getItem(this.#key) ?? "{}");
      if (f) all[name] = { v: f.value, t: f.typed, s: f.seen };
      else delete all[name];
      if (Object.keys(all).length > 0) localStorage.setItem(this.#key, JSON.stringify(all));
      else localStorage.removeItem(this.#key);
    } catch {
      // A browser without storage: the server's copy is all there is, and its state is shown.
    }
  }

  /** What a crash or a lost line left behind. */
  #restore() {
    /** @type {Record<string, {v: string, t: number, s: number}>} */
    let left = {};
    try {
      left = JSON.parse(localStorage.getItem(this.#key) ?? "{}");
    } catch {
      localStorage.removeItem(this.#key);
    }
    for (const [name, f] of Object.entries(left)) {
      if (typeof f?.v !== "string") continue;
      this.#show(name, f.v);
      this.#fields.set(name, { value: f.v, seen: Number(f.s) || 0, dirty: true, typed: Number(f.t) || Date.now() });
      if (facts.includes(name)) this.#due.add(name);
    }
    if (Object.keys(left).length > 0) this.#soon(0);
  }

  get dirty() {
    for (const f of this.#fields.values()) if (f.dirty) return true;
    return false;
  }

  /** Sends what is not confirmed yet; with commit also writes facts into the case. @param {boolean} commit @param {boolean} [keepalive] */
  async save(commit, keepalive = false) {
    if (this.#ended || !this.number) return;
    if (this.#busy && !keepalive) {
      await this.#busy;
      if (!this.dirty && !(commit && this.#due.size > 0)) return;
    }
    clearTimeout(this.#timer);
    this.#busy = this.#send(commit, keepalive);
    await this.#busy;
    this.#busy = null;
  }

  /** Looks what other windows and colleagues did. */
  async poll() {
    if (!this.dirty && !this.#busy) await this.save(false);
  }

  /** @param {boolean} commit @param {boolean} keepalive */
  async #send(commit, keepalive) {
    const now = Date.now();
    const sent = new Map([...this.#fields].filter(([, f]) => f.dirty));
    const due = commit ? [...this.#due] : [];
    if (sent.size > 0) this.hooks.onState("saving", this.#last, "");
    /** @type {Response} */
    let answer;
    try {
      answer = await fetch(`/desk/cases/${encodeURIComponent(this.number)}/draft`, {
        method: "POST", keepalive, headers: { "Content-Type": "application/json", "HX-Request": "true" },
        body: JSON.stringify({
          tab, call: this.call, since: this.#since, commit: due, base: Object.fromEntries(this.#base),
          changes: [...sent].map(([name, f]) => ({ name, value: f.value, seen: f.seen, age_ms: Math.max(0, Math.round(now - f.typed)) })),
        }),
      });
    } catch {
      this.#again();
      return;
    }
    if (answer.status === 401) {
      this.hooks.onState("signin", this.#last, "");
      this.hooks.onSignIn();
      return;
    }
    if (answer.status >= 500) {
      this.#again();
      return;
    }
    if (!answer.ok) {
      const why = await answer.json().catch(() => ({}));
      this.hooks.onState("refused", this.#last, why.what ?? String(answer.status));
      return;
    }
    this.#wait = 1000;
    this.#took(await answer.json(), sent);
  }

  #again() {
    this.hooks.onState("not", this.#last, "");
    this.#soon(this.#wait);
    this.#wait = Math.min(this.#wait * 2, 15_000);
  }

  /** @param {Answer} a @param {Map<string, Standing>} sent */
  #took(a, sent) {
    this.#since = Math.max(this.#since, a.seq);
    for (const f of a.saved) {
      const own = this.#fields.get(f.name);
      if (!own) continue;
      own.seen = f.seq;
      if (own.value === f.value) {
        own.dirty = false;
        this.#mirror(f.name, null);
      }
    }
    for (const lost of a.lost) this.#lost(lost, a);
    for (const other of a.others) if (!a.lost.some((l) => l.name === other.name)) this.#other(other);
    if (a.closed) this.end();
    this.#facts(a);
    if (sent.size > 0 || this.#last === 0) this.#last = Date.now();
    this.hooks.onState(this.dirty ? "saving" : "saved", this.#last, "");
    this.hooks.onMissing(a.missing);
    if (this.dirty) this.#soon(pause);
  }

  /** Two windows typed into one field. @param {Field} lost @param {Answer} a */
  #lost(lost, a) {
    const stands = a.others.find((o) => o.name === lost.name);
    if (stands) {
      const own = this.#fields.get(lost.name);
      if (own && own.value === lost.value) {
        this.#fields.set(lost.name, { value: stands.value, seen: stands.seq, dirty: false, typed: 0 });
        this.#mirror(lost.name, null);
        this.#show(lost.name, stands.value);
      }
    }
    if (lost.value.trim() !== "") this.hooks.onClash("lost", lost.name, lost.value, () => this.type(lost.name, lost.value), () => {});
  }

  /** Another window changed a field that nobody touches here. @param {Field} f */
  #other(f) {
    const own = this.#fields.get(f.name);
    if (own?.dirty || own?.value === f.value) return;
    const was = own?.value ?? "";
    this.#fields.set(f.name, { value: f.value, seen: f.seq, dirty: false, typed: 0 });
    this.#show(f.name, f.value);
    if (was.trim() !== "") this.hooks.onClash("other", f.name, was, () => this.type(f.name, was), () => {});
  }

  /** What the case says now. @param {Answer} a */
  #facts(a) {
    for (const [name, value] of Object.entries(a.case)) {
      const before = this.#base.get(name);
      const own = this.#fields.get(name);
      if (a.taken.includes(name)) {
        this.#due.delete(name);
        this.#base.set(name, value);
      } else if (a.clashes.includes(name)) {
        this.#due.delete(name);
        this.hooks.onClash("case", name, value, () => {
          this.#base.set(name, value);
          this.type(name, value);
        }, () => {
          this.#base.set(name, value);
          this.#due.add(name);
          void this.save(true);
        });
      } else if (before !== value && own && !own.dirty && own.value === before) {
        this.#base.set(name, value);
        own.value = value;
        this.#show(name, value);
      }
    }
  }

  /** Waits until everything is confirmed, at most ms. @param {number} ms */
  async flush(ms) {
    const late = new Promise((resolve) => setTimeout(resolve, ms));
    const all = (async () => {
      if (this.dirty || this.#busy) await this.save(false);
    })();
    await Promise.race([all, late]);
  }

  /** Fields that were finished by other ways are no longer drafts. @param {string[]} names */
  taken(names) {
    for (const name of names) {
      this.#fields.set(name, { value: this.value(name), seen: this.#since, dirty: false, typed: 0 });
      this.#mirror(name, null);
    }
  }

  /** Nothing more is to be kept here. */
  end() {
    this.#ended = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#restTimer);
  }

  /** The case is finished: the copy in this browser goes, too. @param {string} login @param {string} number */
  static forget(login, number) {
    try {
      localStorage.removeItem(`hotline.draft.${login}.${number}`);
    } catch {
      // no storage, nothing kept
    }
  }
}
