// @ts-check
// One browser, one phone: of several windows of the desk only one registers, or each would throw the other out (Web Locks API).

export class PhoneTab {
  /**
   * @param {string} login
   * @param {(mine: boolean) => void} changed
   */
  constructor(login, changed) {
    this.name = `hotline-phone-${login}`;
    this.changed = changed;
    /** @type {(() => void)|null} */
    this.release = null;
    this.waiting = new AbortController();
  }

  /** Takes the phone when no other window has it, and else as soon as that one is closed. */
  async take() {
    if (!navigator.locks) return this.changed(true);
    const told = setTimeout(() => this.changed(false), 1500); // a reload frees the lock a moment late
    this.#hold({ signal: this.waiting.signal }, told);
  }

  /** Takes it away from the other window. */
  steal() {
    this.waiting.abort();
    this.waiting = new AbortController();
    this.#hold({ steal: true }, 0);
  }

  /** @param {LockOptions} options @param {ReturnType<typeof setTimeout>|0} told */
  #hold(options, told) {
    navigator.locks.request(this.name, options, () => {
      clearTimeout(told);
      this.changed(true);
      return new Promise((resolve) => {
        this.release = () => resolve(undefined);
      });
    }).catch(() => {
      if (!options.signal?.aborted) this.changed(false); // stolen by another window
    });
  }
}
