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
    if (document.hasFocus() || !("Notification" in window) || Notification.permission !== "granted") return;
    try {
      this.note = new Notification(words, { body, tag, requireInteraction: true });
      this.note.onclick = () => {
        window.focus();
        this.note?.close();
      };
    } catch {
      // Some browsers only let service workers notify; the title and the tone remain.
    }
  }

  quiet() {
    if (this.timer || document.title !== this.title) document.title = this.title;
    clearInterval(this.timer);
    this.timer = 0;
    this.note?.close();
    this.note = null;
  }
}
