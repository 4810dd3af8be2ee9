// @ts-check
// What tells of a call when the page is not looked at: a desktop notification and the title of the window.

const still = matchMedia("(prefers-reduced-motion: reduce)");

export class Attention {
  constructor() {
    this.title = document.title;
    /** @type {ReturnType<typeof setInterval>|0} */
    this.timer = 0;
    /** @type {Notification|null} */
    this.note = null;
    /** @type {{words: string, body: string, tag: string}|null} */
    this.now = null; // what rings
    // Who turns to another window while it rings is told there; who comes back sees the pop itself.
    window.addEventListener("blur", () => this.#note());
    document.addEventListener("visibilitychange", () => this.#note());
    window.addEventListener("focus", () => this.#unnote());
  }

  /**
   * @param {string} words in the title, and as head of the notification
   * @param {string} body
   * @param {string} tag one notification a call
   */
  call(words, body, tag) {
    this.quiet();
    this.title = document.title;
    let on = true;
    document.title = words;
    if (!still.matches) {
      this.timer = setInterval(() => {
        on = !on;
        document.title = on ? words : this.title;
      }, 1000);
    }
    this.now = { words, body, tag };
    this.#note();
  }

  #note() {
    if (!this.now || this.note || document.hasFocus() || !("Notification" in window) || Notification.permission !== "granted") return;
    const { words, body, tag } = this.now;
    try {
      this.note = new Notification(words, { body, tag, requireInteraction: true });
      this.note.onclick = () => {
        window.focus();
        this.#unnote();
      };
    } catch {
      // Some browsers only let service workers notify; the title and the tone remain.
    }
  }

  #unnote() {
    this.note?.close();
    this.note = null;
  }

  quiet() {
    if (this.timer || document.title !== this.title) document.title = this.title;
    clearInterval(this.timer);
    this.timer = 0;
    this.now = null;
    this.#unnote();
  }
}
