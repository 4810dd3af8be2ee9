// @ts-check
// What service managers must know: a list with a count in the top bar; "seen" is kept by the hotline.

import { text, word } from "../texts.js";
import { byId, el, say } from "./dom.js";
import { order } from "./orders.js";

/** @typedef {{id: string, kind: string, login?: string, call?: string, case?: string, detail: string, at: string}} Notice */

const KNOWN = new Set(["wrapup-timeout", "missed-calls", "escalation-overdue", "escalation-declined", "callback-overdue", "followup-overdue", "survey-low", "improvement-overdue", "visit-due", "order-returned", "desk-lost", "phone-unheard", "contradiction", "alarm"]);

export class Notices {
  /** @param {Intl.DateTimeFormat} clock */
  constructor(clock) {
    this.clock = clock;
    this.loading = false;
    this.again = false;
  }

  async load() {
    if (this.loading) { this.again = true; return; }
    this.loading = true;
    try {
      do {
        this.again = false;
        const { ok, data } = await order("GET", "/notices?unseen=true&limit=100");
        if (ok) this.#paint(data.items ?? []);
      } while (this.again);
    } finally { this.loading = false; }
  }

  /** @param {Notice[]} notices */
  #paint(notices) {
    const count = notices.length >= 100 ? "99+" : String(notices.length);
    say(byId("top-notices"), count);
    byId("top-notices").dataset.count = String(notices.length);
    const rows = notices.map((n) => {
      const li = el("li", "notice-row");
      const head = el("strong", "", KNOWN.has(n.kind) ? word("floor.js.notice.kind.", n.kind) : n.kind);
      const about = [n.login, n.case, n.detail].filter(Boolean).join(" · ");
      const seen = el("button", "button button-small", text("floor.js.notice.seen"));
      seen.type = "button";
      seen.addEventListener("click", async () => {
        seen.disabled = true;
        if ((await order("POST", `/notices/${encodeURIComponent(n.id)}/seen`)).ok) await this.load();
        else seen.disabled = false;
      });
      const words = el("div");
      words.append(head, el("span", "quiet num", ` ${this.clock.format(new Date(n.at))}`), el("p", "", about));
      if (n.call) {
        const link = el("a", "", text("floor.js.notice.call"));
        link.href = `/calls/${encodeURIComponent(n.call)}`;
        words.append(link);
      }
      li.append(words, seen);
      return li;
    });
    if (rows.length === 0) rows.push(el("li", "list-empty quiet", text("floor.js.notice.none")));
    byId("notice-list").replaceChildren(...rows);
  }
}
