// @ts-check
/** @typedef {import("./types.js").Action} Action */
// What the phone keeps: the visits as the server last told them, what is not yet sent, and what was typed and not yet saved.

/** @type {Promise<IDBDatabase> | undefined} */
let opening;

function open() {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open("hotline-visit", 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("kept");
      request.result.createObjectStore("outbox", { keyPath: "seq", autoIncrement: true }).createIndex("client", "client", { unique: true });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opening;
}

/**
 * Runs one request in a transaction that is on the disk when it resolves.
 * @template T @param {string} store @param {IDBTransactionMode} mode @param {(s: IDBObjectStore) => IDBRequest<T>} run @returns {Promise<T>}
 */
async function inside(store, mode, run) {
  const db = await open();
  return new Promise((resolve, reject) => {
    const t = db.transaction(store, mode, { durability: "strict" });
    const request = run(t.objectStore(store));
    t.oncomplete = () => resolve(request.result);
    t.onabort = t.onerror = () => reject(t.error);
  });
}

/** @param {string} key @returns {Promise<any>} */
export const get = (key) => inside("kept", "readonly", (s) => s.get(key));
/** @param {string} key @param {any} value */
export const put = (key, value) => inside("kept", "readwrite", (s) => s.put(value, key));
/** @param {string} key */
export const drop = (key) => inside("kept", "readwrite", (s) => s.delete(key));
/** @param {Action} action */
export const queue = (action) => inside("outbox", "readwrite", (s) => s.add(action));
/** @param {Action} action */
export const change = (action) => inside("outbox", "readwrite", (s) => s.put(action));
/** @param {number} seq */
export const sent = (seq) => inside("outbox", "readwrite", (s) => s.delete(seq));
/** In the order in which they were done. @param {string} login @returns {Promise<Action[]>} */
export const waiting = async (login) => (await inside("outbox", "readonly", (s) => s.getAll())).filter((a) => a.login === login);

/** Forgets the visits of whoever used this phone before; what they have not sent stays theirs. @param {string} login */
export async function only(login) {
  for (const key of await inside("kept", "readonly", (s) => s.getAllKeys())) {
    if (!String(key).endsWith(`@${login}`)) await drop(String(key));
  }
}
